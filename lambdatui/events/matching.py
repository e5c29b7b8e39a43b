"""Which sample suits a function, judged by the event sources that its template declares. Pure."""

from collections.abc import Sequence

from lambdatui.events.catalogue import SampleEvent

FALLBACK = "hello"

_SAMPLE_BY_SOURCE = {
    "ALB": "alb-get",
    "Api": "rest-get",
    "CloudWatchEvent": "eventbridge-custom",
    "CloudWatchLogs": "logs-subscription",
    "Cognito": "cognito-presignup",
    "DynamoDB": "dynamodb-stream",
    "EventBridgeRule": "eventbridge-custom",
    "FunctionUrl": "url-get",
    "HttpApi": "http-get",
    "Kinesis": "kinesis-stream",
    "S3": "s3-put",
    "SNS": "sns-notification",
    "SQS": "sqs-single",
    "Schedule": "eventbridge-schedule",
    "ScheduleV2": "eventbridge-schedule",
}
"""Keys are SAM's event source types, and ``ALB`` and ``FunctionUrl``, which SAM declares elsewhere."""


def best_sample_name(sources: Sequence[str]) -> str:
    """The sample for the first source that we have one for; a plain greeting when there is none."""
    return next((_SAMPLE_BY_SOURCE[source] for source in sources if source in _SAMPLE_BY_SOURCE), FALLBACK)


def best_first(samples: Sequence[SampleEvent], sources: Sequence[str]) -> tuple[SampleEvent, ...]:
    """The best sample, then the others of the declared services, then the rest; each group in catalogue order."""
    wanted = {_SAMPLE_BY_SOURCE[source] for source in sources if source in _SAMPLE_BY_SOURCE}
    services = {sample.service for sample in samples if sample.name in wanted}
    best = best_sample_name(sources)
    return tuple(sorted(samples, key=lambda sample: (sample.name != best, sample.service not in services)))
