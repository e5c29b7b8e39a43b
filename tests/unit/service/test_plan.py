"""Which functions can have one snapshot for all environments, as far as their configuration tells."""

from pathlib import Path
from typing import Any

import pytest

from lambdatui.model.function import Function, RuntimeClient
from lambdatui.model.ids import FunctionName
from lambdatui.service.plan import why_alone


def function(runtime: str = "python3.12", **options: Any) -> Function:
    return Function(name=FunctionName("orders"), runtime=runtime, handler="app.handler", code_path=Path(), **options)


@pytest.mark.parametrize(
    ("configured", "why"),
    [
        (function(), ""),
        (function("java21"), "java21 cannot be forked, as Python can"),
        (function(runtime_client=RuntimeClient.OFFICIAL), "AWS's own runtime interface client cannot be forked"),
        (function(environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}), "it runs under a wrapper script"),
    ],
)
def test_function_whose_processes_cannot_be_forked_says_why(configured: Function, why: str) -> None:
    assert why_alone(configured) == why
