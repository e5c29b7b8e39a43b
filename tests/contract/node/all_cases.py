"""Every case, and with which of Lambda's two clients it is tried."""

from __future__ import annotations

from tests.contract.node.init_cases import INIT_CASES
from tests.contract.node.invocation_cases import INVOCATION_CASES
from tests.contract.node.log_cases import LOG_CASES
from tests.contract.node.node_process import Case, Generation
from tests.contract.node.stream_cases import STREAM_CASES

ALL_CASES: tuple[tuple[Case, Generation], ...] = tuple(
    (case, generation)
    for case in (*INVOCATION_CASES, *INIT_CASES, *LOG_CASES, *STREAM_CASES)
    for generation in case.generations
)


def key_of(case: Case, generation: Generation) -> str:
    return f"{case.name} [{generation}]"
