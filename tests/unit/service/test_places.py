"""Plans of environments: what runs them, and the names of their logs."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.lifecycle.decisions import StartEnvironment
from lambdatui.model.function import Function, LoggingConfig
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.sandbox.protocol import SandboxError
from lambdatui.service.places import Places
from lambdatui.service.plan import Plan
from lambdatui.service.state_dir import StateDir

NONCE = "0123456789abcdef" * 2


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "src").mkdir()
    return Places(StateDir.of_project(tmp_path), tmp_path)


def function(places: Places, runtime: str = "provided.al2023") -> Function:
    return Function(
        name=FunctionName("orders"), runtime=runtime, handler="app.handler", code_path=places.project_root / "src"
    )


def plan(places: Places, wanted: Function) -> Plan:
    start = StartEnvironment(environment_id=EnvironmentId("e1"), revision=0)
    return places.plan(wanted, start, wall_s=1_795_240_000.0, nonce=NONCE)


def test_log_stream_is_date_version_and_a_number(places: Places) -> None:
    made = plan(places, function(places))
    assert made.log_group == "/aws/lambda/orders"
    assert made.log_stream == f"2026/11/21/[$LATEST]{NONCE}"


def test_stream_in_a_group_of_its_own_names_the_function(places: Places) -> None:
    made = plan(places, replace(function(places), logging=LoggingConfig(log_group="shared")))
    assert made.log_group == "shared"
    assert re.fullmatch(r"2026/11/21/orders\[\$LATEST\]\[[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\]", made.log_stream)


def test_custom_runtime_needs_no_interpreter(places: Places) -> None:
    made = plan(places, function(places))
    assert (made.interpreter, made.executables, made.runtime_version) == ("", (), "provided:al2023.local")


@pytest.mark.parametrize("runtime", ["java21", "nodejs4.x", "python3.1"])
def test_runtime_that_cannot_be_run_here_is_refused_in_words(places: Places, runtime: str) -> None:
    with pytest.raises(SandboxError, match=re.escape(runtime)):
        places.interpreter(function(places, runtime))
