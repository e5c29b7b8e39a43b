"""What happens around a snapshot: hooks before it and after each restore, in order, and those that fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.contract.runtimes.recording_api import Event
from tests.contract.runtimes.runtime_process import Case

SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
HOOKS = """
from snapshot_restore_py import register_after_restore, register_before_snapshot
CALLS = []
register_before_snapshot(CALLS.append, "before 1")
@register_before_snapshot
def before():
    CALLS.append("before 2")
register_after_restore(CALLS.extend, ["after 1"])
@register_after_restore
def after():
    print("after 2"); CALLS.append("after 2")
def handler(event, context):
    return CALLS
"""
REGISTER = "from snapshot_restore_py import register_after_restore, register_before_snapshot\n"
HANDLER = "def handler(e, c):\n    return 'served'\n"


def _hook(registration: str, body: str) -> str:
    return f"{REGISTER}@{registration}\ndef hook():\n    {body}\n{HANDLER}"


def _case(name: str, source: str, environment: Mapping[str, str] | None = None) -> Case:
    return Case(name=name, source=source, environment={**SNAP_START, **(environment or {})})


def _failing(registration: str, when: str) -> list[Case]:
    return [
        _case(f"exception {when}", _hook(registration, "raise ValueError('no é')")),
        _case(f"exception deep inside {when}", _hook(registration, "import json; json.loads('{')")),
        _case(f"sys.exit {when}", _hook(registration, "import sys; sys.exit(3)")),
        _case(f"interrupt {when}", _hook(registration, "raise KeyboardInterrupt")),
        _case(f"exception {when}, as JSON log", _hook(registration, "1 / 0"), {"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
        replace(_case(f"exception {when}, framed", _hook(registration, "1 / 0")), framed=True),
        replace(
            _case(f"exception {when}, report refused", _hook(registration, "1 / 0")),
            dies=True,
            events=(Event(report_status=403),),
        ),
    ]


RESTORE_CASES = [
    _case("hooks run in the documented order", HOOKS),
    replace(_case("hooks run once", HOOKS), events=(Event(), Event())),
    Case(name="hooks of a function without SnapStart never run", source=HOOKS),
    Case(
        name="hooks of another kind of initialisation never run",
        source=HOOKS,
        environment={"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"},
    ),
    _case("SnapStart without hooks", HANDLER),
    _case("hook that registers another", _hook("register_before_snapshot", "register_before_snapshot(print, 'late')")),
    _case("initialisation fails before a snapshot", "1 / 0\n"),
    replace(_case("restore refused", HANDLER), restore_status=403),
    *_failing("register_before_snapshot", "before the snapshot"),
    *_failing("register_after_restore", "after the restore"),
]
