"""Names of log groups and log streams."""

from pathlib import Path

from lambdatui.model.function import Function, LoggingConfig
from lambdatui.model.ids import FunctionName
from lambdatui.telemetry.log_names import log_group_name, log_stream_name

GUID = "1f2e0000000000000000000000000000"
MARCH_4_2024_S = 1709553600.0


def function(group: str | None) -> Function:
    return Function(
        name=FunctionName("orders"),
        runtime="python3.12",
        handler="a.b",
        code_path=Path(),
        logging=LoggingConfig(log_group=group),
    )


def stream(group: str | None, version: str) -> str:
    return log_stream_name(function(group), version=version, started_s=MARCH_4_2024_S, instance=GUID)


def test_group_of_a_function_has_its_name() -> None:
    assert log_group_name(FunctionName("orders"), LoggingConfig()) == "/aws/lambda/orders"


def test_configured_group_is_taken_as_it_is() -> None:
    assert log_group_name(FunctionName("orders"), LoggingConfig(log_group="/shop/all")) == "/shop/all"


def test_stream_is_day_version_and_environment() -> None:
    assert stream(None, "$LATEST") == f"2024/03/04/[$LATEST]{GUID}"


def test_stream_in_a_configured_group_names_its_function() -> None:
    assert stream("/shop/all", "7") == f"2024/03/04/orders[7]{GUID}"
