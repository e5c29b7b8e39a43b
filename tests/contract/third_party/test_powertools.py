"""aws-lambda-powertools, unmodified, in a real environment: it finds what it reads, and what it writes is kept."""

import json

from tests.contract.third_party.conftest import WithPackages

LOGS = """
from aws_lambda_powertools import Logger
logger = Logger(service="orders")

@logger.inject_lambda_context(log_event=True)
def handler(event, context):
    logger.info("looking", extra={"order": event["order"]})
    return "logged"
"""
COUNTS = """
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
metrics = Metrics(namespace="shop", service="orders")

@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event, context):
    metrics.add_metric(name="OrdersSeen", unit=MetricUnit.Count, value=event["seen"])
    return "counted"
"""
PARSES = """
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
app = APIGatewayHttpResolver()

@app.get("/orders")
def orders():
    return {"orders": [1, 2]}

def handler(event, context):
    return app.resolve(event, context)
"""
BATCHES = """
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
processor = BatchProcessor(event_type=EventType.SQS)

def one(record):
    if record.json_body["orderId"] == "bad":
        raise ValueError("bad order")

def handler(event, context):
    return process_partial_response(event=event, record_handler=one, processor=processor, context=context)
"""


async def test_logger_finds_the_context_and_tells_cold_from_warm(with_packages: WithPackages) -> None:
    async with with_packages({"f": LOGS}) as run:
        cold, warm = [await run.tail("f", {"order": 7}) for _ in range(2)]
    first = [json.loads(line) for line in cold.splitlines() if line.startswith("{")]
    second = [json.loads(line) for line in warm.splitlines() if line.startswith("{")]
    assert [line["message"] for line in first] == [{"order": 7}, "looking"]
    assert (first[1]["function_name"], first[1]["order"], first[1]["service"]) == ("f", 7, "orders")
    assert (first[1]["function_memory_size"], first[1]["cold_start"], second[1]["cold_start"]) == ("128", True, False)
    assert f"START RequestId: {first[1]['function_request_id']}" in cold


async def test_metrics_are_recognised_and_summed_up(with_packages: WithPackages) -> None:
    async with with_packages({"f": COUNTS}) as run:
        for seen in (2, 5):
            assert await run.result("f", {"seen": seen}) == "counted"
        embedded = run.engine.views.functions["f"].embedded  # type: ignore[index]
    counted = {metric.name: (metric.namespace, metric.count, metric.total) for metric in embedded.metrics}
    assert counted == {"OrdersSeen": ("shop", 2, 7.0), "ColdStart": ("shop", 1, 1.0)}
    assert embedded.invalid == 0


async def test_http_resolver_understands_the_sample_events(with_packages: WithPackages) -> None:
    from lambdatui.events.catalogue import find

    async with with_packages({"f": PARSES}) as run:
        answer = await run.result("f", json.loads(find("http-get").body))
    assert isinstance(answer, dict)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"orders": [1, 2]})


async def test_batch_processor_reports_the_records_that_failed(with_packages: WithPackages) -> None:
    records: list[dict[str, object]] = [
        {"messageId": name, "body": json.dumps({"orderId": name}), "eventSource": "aws:sqs", "attributes": {}}
        for name in ("good", "bad")
    ]
    async with with_packages({"f": BATCHES}) as run:
        answer = await run.result("f", {"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
