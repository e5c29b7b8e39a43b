"""The variables that processes of an environment start with, by language, logging and SnapStart."""

from dataclasses import replace
from pathlib import Path

from lambdatui.model.function import Function, LogFormat, LoggingConfig
from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import InitializationType
from lambdatui.sandbox.protocol import SandboxPaths
from lambdatui.service.environ import Instance, extension_environ, runtime_environ

FUNCTION = Function(
    name=FunctionName("orders"), runtime="python3.12", handler="app.handler", code_path=Path("src"), memory_mb=256
)
PATHS = SandboxPaths(task_root="/var/task", opt="/opt", runtime_dir="/var/runtime", tmp="/tmp")
INSTANCE = Instance(
    runtime_api="127.0.0.1:9001",
    log_group="/aws/lambda/orders",
    log_stream="2026/11/21/[$LATEST]00",
    metadata_token="secret",
    xray_address="127.0.0.1:2345",
    credentials_uri="http://127.0.0.1:9001/2021-04-23/credentials",
    credentials_token="token",
)


def environ(**changes: object) -> dict[str, str]:
    return runtime_environ(replace(FUNCTION, **changes), INSTANCE, PATHS)  # type: ignore[arg-type]


def test_reserved_names_are_not_the_functions_to_set() -> None:
    own = {"AWS_REGION": "mars", "_HANDLER": "mine", "_SECRET": "x", "TZ": "Europe/Vienna", "TABLE": "t"}
    told = environ(environment=own)
    assert (told["AWS_REGION"], told["_HANDLER"], told["TZ"], told["TABLE"]) == (
        "us-east-1",
        "app.handler",
        "Europe/Vienna",
        "t",
    )
    assert "_SECRET" not in told


def test_custom_runtime_is_told_of_no_execution_environment() -> None:
    assert "AWS_EXECUTION_ENV" not in environ(runtime="provided.al2023")
    assert environ(runtime="nodejs22.x")["AWS_EXECUTION_ENV"] == "AWS_Lambda_nodejs22.x"


def test_each_language_is_told_where_its_modules_are() -> None:
    assert environ()["PYTHONPATH"] == "/var/runtime"
    node = environ(runtime="nodejs22.x")
    assert "PYTHONPATH" not in node
    assert node["NODE_PATH"].startswith("/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules")


def test_locale_that_pythons_interpreter_makes_up_is_told_to_no_other_runtime() -> None:
    assert environ()["LC_CTYPE"] == "C.UTF-8"
    assert "LC_CTYPE" not in environ(runtime="nodejs22.x")
    assert "LC_CTYPE" not in environ(runtime="provided.al2023")


def test_log_format_and_level_are_told_only_where_they_were_chosen() -> None:
    assert "AWS_LAMBDA_LOG_FORMAT" not in environ()
    told = environ(logging=LoggingConfig(log_format=LogFormat.JSON, application_log_level="WARN"))
    assert (told["AWS_LAMBDA_LOG_FORMAT"], told["AWS_LAMBDA_LOG_LEVEL"]) == ("JSON", "WARN")


def test_snapshot_asks_for_credentials_and_knows_no_log_stream() -> None:
    told = runtime_environ(FUNCTION, replace(INSTANCE, initialization_type=InitializationType.SNAP_START), PATHS)
    assert told["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == INSTANCE.credentials_uri
    assert told["AWS_CONTAINER_AUTHORIZATION_TOKEN"] == "token"
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_LAMBDA_LOG_STREAM_NAME"} & set(told)


def test_xray_address_is_told_in_all_three_forms() -> None:
    told = environ()
    assert told["AWS_XRAY_DAEMON_ADDRESS"] == "127.0.0.1:2345"
    assert (told["_AWS_XRAY_DAEMON_ADDRESS"], told["_AWS_XRAY_DAEMON_PORT"]) == ("127.0.0.1", "2345")


def test_extension_has_what_is_not_the_runtimes_own() -> None:
    whole = environ(environment={"TABLE": "t"})
    told = extension_environ(replace(FUNCTION, environment={"TABLE": "t"}), INSTANCE, PATHS)
    assert set(whole) - set(told) == {
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_AWS_XRAY_DAEMON_ADDRESS",
        "_AWS_XRAY_DAEMON_PORT",
        "_HANDLER",
    }
