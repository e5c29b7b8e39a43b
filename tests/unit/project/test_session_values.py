"""What a session may change, what Lambda would refuse of it, and how it shows."""

from pathlib import Path

import pytest

from lambdatui.model.function import Function, Origin, Source
from lambdatui.model.ids import FunctionName
from lambdatui.model.settings import SettingView
from lambdatui.project.checks import Refusal
from lambdatui.project.session_values import check, differing, over, rows

FUNCTION = Function(
    name=FunctionName("orders"),
    runtime="python3.12",
    handler="app.handler",
    code_path=Path("/x"),
    memory_mb=256,
    reserved_concurrency=2,
    environment={"STAGE": "prod", "API_TOKEN": "s3cret"},
    origins={"memory_mb": Origin(source=Source.TEMPLATE, file="template.yaml", line=7)},
)


def test_changed_values_have_the_session_as_their_origin() -> None:
    changed = over(FUNCTION, {"memory_mb": "512", "timeout_s": "9"})
    assert (changed.memory_mb, changed.timeout_s) == (512, 9)
    assert {key: str(origin) for key, origin in changed.origins.items()} == dict.fromkeys(
        ("memory_mb", "timeout_s"), "session"
    )


def test_variables_are_added_replaced_and_taken_away() -> None:
    changed = over(FUNCTION, {"environment.STAGE": "test", "environment.NEW": "1", "environment.API_TOKEN": None})
    assert changed.environment == {"STAGE": "test", "NEW": "1"}


def test_reserved_concurrency_can_be_taken_away() -> None:
    assert over(FUNCTION, {"reserved_concurrency": None}).reserved_concurrency is None


@pytest.mark.parametrize(
    ("key", "text", "complaint"),
    [
        ("memory_mb", "64", "Value '64' at 'memorySize' failed to satisfy constraint"),
        ("timeout_s", "901", "Value '901' at 'timeout' failed to satisfy constraint"),
        ("timeout_s", "soon", "must be a whole number, not 'soon'"),
        ("memory_mb", None, "memory_mb cannot be taken away"),
        ("reserved_concurrency", "-1", "greater than or equal to 0"),
        ("memory", "512", "there is no setting called 'memory'"),
        ("environment.", "1", "there is no setting called 'environment.'"),
        ("environment.AWS_REGION", "mars-1", "Reserved keys used in this request: AWS_REGION"),
        ("environment.1st", "x", "regular expression pattern"),
        ("environment.LONG", "x" * 4096, "exceeded the 4KB limit"),
    ],
)
def test_what_lambda_would_not_take_is_refused_in_its_words(key: str, text: str | None, complaint: str) -> None:
    with pytest.raises(Refusal) as refused:
        check(FUNCTION, {key: text})
    assert complaint in refused.value.message


def test_change_to_what_the_files_say_is_none() -> None:
    assert differing(FUNCTION, {"memory_mb": "256", "timeout_s": "9", "environment.NONE": None}) == {"timeout_s": "9"}


def test_rows_tell_the_value_the_files_value_and_where_it_stands() -> None:
    shown = {row.key: row for row in rows(FUNCTION, {"memory_mb": "512", "environment.STAGE": None})}
    assert shown["memory_mb"] == SettingView(
        key="memory_mb", value="512", given="256", origin="template.yaml:7", changed=True
    )
    assert (shown["environment.STAGE"].value, shown["environment.STAGE"].given) == (None, "prod")
    assert (shown["timeout_s"].value, shown["timeout_s"].origin, shown["timeout_s"].changed) == ("3", "default", False)


def test_rows_hide_secrets() -> None:
    shown = {row.key: row for row in rows(FUNCTION, {"environment.API_TOKEN": "other"})}["environment.API_TOKEN"]
    assert (shown.value, shown.given, shown.changed) == ("********", "********", True)


@pytest.mark.parametrize("text", [" 512", "5_12", "٥١٢", "+512", "512.0", ""])
def test_number_is_spelled_as_json_spells_one(text: str) -> None:
    with pytest.raises(Refusal, match="must be a whole number"):
        check(FUNCTION, {"memory_mb": text})


@pytest.mark.parametrize("value", ["a\0b", "half \ud800"])
def test_value_that_no_process_can_be_given_is_refused(value: str) -> None:
    with pytest.raises(Refusal, match="character that no variable can have"):
        check(FUNCTION, {"environment.STAGE": value})
