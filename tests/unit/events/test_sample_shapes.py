"""Each sample is what its service sends: names, types, and the values that can be computed from others."""

import base64
import gzip
import hashlib
import json
import re
import struct
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest

from lambdatui.events.catalogue import catalogue, find

Event = dict[str, Any]  # JSON of somebody else's making
PAYLOAD_2 = ("http-get", "http-post", "url-get", "url-post")
QUEUED = tuple(sample.name for sample in catalogue() if sample.service == "sqs")


def _event(name: str) -> Event:
    event: Event = json.loads(find(name).body)
    return event


def _records(name: str) -> list[Event]:
    records: list[Event] = _event(name)["Records"]
    return records


@pytest.mark.parametrize("name", PAYLOAD_2)
def test_payload_2_has_lower_case_headers_and_no_key_for_what_is_absent(name: str) -> None:
    event = _event(name)
    assert event["version"] == "2.0"
    assert all(header == header.lower() for header in event["headers"])
    assert event["isBase64Encoded"] is False
    assert None not in event.values()
    assert ("body" in event) == (event["requestContext"]["http"]["method"] == "POST")
    assert ("queryStringParameters" in event) == bool(event["rawQueryString"])


@pytest.mark.parametrize("name", PAYLOAD_2)
def test_payload_2_agrees_with_itself(name: str) -> None:
    event = _event(name)
    context = event["requestContext"]
    assert context["routeKey"] == event["routeKey"]
    assert context["http"]["path"] == event["rawPath"]
    assert context["domainName"] == event["headers"]["host"]
    assert context["domainName"].split(".")[0] == context["domainPrefix"] == context["apiId"]
    assert datetime.strptime(context["time"], "%d/%b/%Y:%H:%M:%S %z").timestamp() == context["timeEpoch"] // 1000
    if "body" in event:
        assert int(event["headers"]["content-length"]) == len(event["body"].encode())


@pytest.mark.parametrize("name", PAYLOAD_2)
def test_payload_2_joins_repeated_query_parameters_with_a_comma(name: str) -> None:
    event = _event(name)
    joined = {key: ",".join(values) for key, values in parse_qs(event["rawQueryString"]).items()}
    assert event.get("queryStringParameters", {}) == joined


def test_a_function_url_of_auth_type_none_is_called_by_anonymous() -> None:
    event = _event("url-get")
    assert event["requestContext"]["accountId"] == "anonymous"
    assert "authorizer" not in event["requestContext"]
    assert re.fullmatch(r"[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws", event["requestContext"]["domainName"])


def test_a_function_url_gets_its_cookies_twice() -> None:
    event = _event("url-get")
    assert event["headers"]["cookie"] == "; ".join(event["cookies"])


def test_an_http_api_names_the_route_it_matched() -> None:
    assert _event("http-get")["routeKey"] == "GET /orders"
    assert _event("http-post")["routeKey"] == "POST /orders"


def test_a_rest_api_keeps_absent_maps_as_null_and_takes_the_last_of_repeated_values() -> None:
    event = _event("rest-get")
    assert "version" not in event
    assert event["stageVariables"] is None
    assert event["body"] is None
    assert {key: values[-1] for key, values in event["multiValueQueryStringParameters"].items()} == event[
        "queryStringParameters"
    ]
    assert event["multiValueHeaders"] == {key: [value] for key, value in event["headers"].items()}


def test_a_load_balancer_sends_an_empty_body_and_does_not_decode_the_query() -> None:
    event = _event("alb-get")
    assert ":targetgroup/" in event["requestContext"]["elb"]["targetGroupArn"]
    assert event["body"] == ""
    assert event["queryStringParameters"]["name"] == "ceramic%20mug"


@pytest.mark.parametrize("name", QUEUED)
def test_a_queue_record_has_the_md5_of_its_body_and_string_attributes(name: str) -> None:
    for record in _records(name):
        assert record["eventSource"] == "aws:sqs"
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
        assert all(isinstance(value, str) for value in record["attributes"].values())
        assert {"ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= set(
            record["attributes"]
        )


@pytest.mark.parametrize("name", QUEUED)
def test_a_queue_record_has_an_md5_of_message_attributes_only_when_there_are_any(name: str) -> None:
    for record in _records(name):
        attributes = record["messageAttributes"]
        assert record.get("md5OfMessageAttributes") == (_attributes_md5(attributes) if attributes else None)
        assert ("md5OfMessageAttributes" in record) == bool(attributes)


def _attributes_md5(attributes: Event) -> str:
    """SQS's own rule: sorted names; each part with its length; 1 marks a string value."""
    digest = hashlib.md5(usedforsecurity=False)
    for name, value in sorted(attributes.items()):
        for part in (name, value["dataType"]):
            digest.update(struct.pack("!I", len(part)) + part.encode())
        digest.update(b"\x01" + struct.pack("!I", len(value["stringValue"])) + value["stringValue"].encode())
    return digest.hexdigest()


def test_the_batch_holds_one_message_that_is_not_json() -> None:
    assert [_is_json(record["body"]) for record in _records("sqs-batch")] == [True, False, True]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def test_fifo_records_are_of_one_group_in_order_with_content_based_deduplication() -> None:
    records = _records("sqs-fifo")
    attributes = [record["attributes"] for record in records]
    assert all(record["eventSourceARN"].endswith(".fifo") for record in records)
    assert len({one["MessageGroupId"] for one in attributes}) == 1
    assert [one["SequenceNumber"] for one in attributes] == sorted(one["SequenceNumber"] for one in attributes)
    assert [one["MessageDeduplicationId"] for one in attributes] == [
        hashlib.sha256(record["body"].encode()).hexdigest() for record in records
    ]


def test_an_s3_put_describes_the_object_under_an_encoded_key() -> None:
    (record,) = _records("s3-put")
    assert (record["eventSource"], record["eventVersion"]) == ("aws:s3", "2.1")
    assert record["eventName"] == "ObjectCreated:Put"
    assert set(record["s3"]["object"]) == {"key", "size", "eTag", "sequencer"}
    assert unquote_plus(record["s3"]["object"]["key"]) == "photos/ceramic mug.png"
    assert record["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{record['s3']['bucket']['name']}"


def test_an_s3_delete_knows_neither_size_nor_etag_and_comes_after_the_put() -> None:
    (put,), (deleted,) = _records("s3-put"), _records("s3-delete")
    assert deleted["eventName"] == "ObjectRemoved:Delete"
    assert set(deleted["s3"]["object"]) == {"key", "sequencer"}
    assert deleted["s3"]["object"]["key"] == put["s3"]["object"]["key"]
    assert deleted["s3"]["object"]["sequencer"] > put["s3"]["object"]["sequencer"]


def test_an_sns_record_spells_its_keys_with_capitals_and_its_addresses_as_url() -> None:
    (record,) = _records("sns-notification")
    assert (record["EventSource"], record["EventVersion"]) == ("aws:sns", "1.0")
    assert record["EventSubscriptionArn"].startswith(record["Sns"]["TopicArn"] + ":")
    assert record["Sns"]["Type"] == "Notification"
    assert {"SigningCertUrl", "UnsubscribeUrl", "MessageAttributes", "Subject"} <= set(record["Sns"])


@pytest.mark.parametrize("name", ["eventbridge-custom", "eventbridge-schedule"])
def test_an_eventbridge_event_has_the_whole_envelope(name: str) -> None:
    event = _event(name)
    assert list(event) == [
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    ]  # fmt: skip
    assert event["version"] == "0"
    assert datetime.strptime(event["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).year >= 2026


def test_a_schedule_names_its_rule_and_has_no_detail() -> None:
    event = _event("eventbridge-schedule")
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    assert ":rule/" in event["resources"][0]


def test_a_dynamodb_stream_has_the_images_that_fit_the_kind_of_change() -> None:
    images = {
        record["eventName"]: {key for key in record["dynamodb"] if key.endswith("Image")}
        for record in _records("dynamodb-stream")
    }
    assert images == {"INSERT": {"NewImage"}, "MODIFY": {"NewImage", "OldImage"}, "REMOVE": {"OldImage"}}


def test_a_dynamodb_stream_is_in_order_and_marks_a_deletion_by_ttl() -> None:
    records = _records("dynamodb-stream")
    assert [record["dynamodb"]["SequenceNumber"] for record in records] == sorted(
        record["dynamodb"]["SequenceNumber"] for record in records
    )
    assert [record.get("userIdentity", {}).get("principalId") for record in records] == [
        None, None, "dynamodb.amazonaws.com",
    ]  # fmt: skip
    assert all(re.fullmatch(r"[0-9a-f]{32}", record["eventID"]) for record in records)


def test_kinesis_data_is_base64_and_an_event_id_is_shard_and_sequence_number() -> None:
    for record in _records("kinesis-stream"):
        assert json.loads(base64.b64decode(record["kinesis"]["data"], validate=True))
        assert record["eventID"] == f"shardId-000000000006:{record['kinesis']['sequenceNumber']}"
        assert re.fullmatch(r"\d{56}", record["kinesis"]["sequenceNumber"])
        assert isinstance(record["kinesis"]["approximateArrivalTimestamp"], float)


def test_a_log_subscription_is_base64_of_gzip_of_json() -> None:
    data = json.loads(gzip.decompress(base64.b64decode(_event("logs-subscription")["awslogs"]["data"])))
    assert data["messageType"] == "DATA_MESSAGE"
    assert data["logGroup"] == "/aws/lambda/orders-api"
    assert all(set(line) == {"id", "timestamp", "message"} for line in data["logEvents"])


def test_a_cognito_trigger_carries_the_response_for_the_function_to_fill() -> None:
    event = _event("cognito-presignup")
    assert (event["version"], event["triggerSource"]) == ("1", "PreSignUp_SignUp")
    assert event["response"] == {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}
