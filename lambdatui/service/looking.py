"""Looks into one environment for somebody who asked: its machine, its processes, what they are given and see.

Nothing is kept for this but the trail of its machine; what blocks is read beside the event loop.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Protocol

from lambdatui.lifecycle.as_test import source_of_test
from lambdatui.lifecycle.extension_lines import extension_lines
from lambdatui.lifecycle.retelling import retell
from lambdatui.lifecycle.trail import Step
from lambdatui.lifecycle.transcript import command_text, input_text
from lambdatui.model.environment_detail import (
    ArmedTimer,
    Descriptor,
    EnvironmentDetail,
    EnvironmentVariable,
    ExtensionLine,
    Mount,
    ProcessFacts,
    StepText,
)
from lambdatui.model.value import value
from lambdatui.model.views import Views
from lambdatui.service import process_files
from lambdatui.service.driver import Driver
from lambdatui.telemetry.redaction import redacted

_NOT_LINUX = "only Linux lists the processes of an environment"
_ENDED = "it has ended, and its place with it"
_NO_PLACE = "it has no place"
_NO_MOUNTS = "its processes see this machine's own files: there is no mount namespace"


class Building(Protocol):
    """The engine, as far as looking needs it."""

    @property
    def views(self) -> Views: ...
    def driver(self, environment_id: str) -> Driver:
        """Raises KeyError."""


@value
class _Seen:
    """What was read beside the loop."""

    steps: tuple[StepText, ...]
    extension_lines: tuple[ExtensionLine, ...]
    processes: tuple[ProcessFacts, ...] = ()
    descriptors: tuple[Descriptor, ...] = ()
    mounts: tuple[Mount, ...] | None = None


async def look_at(building: Building, environment_id: str, *, reveal: bool) -> EnvironmentDetail:
    """``reveal``: with the values of secrets. Raises KeyError."""
    driver = building.driver(environment_id)
    clock, plan = driver.ports.clock, driver.plan
    # Where it has ended, its process ids may be somebody else's by now.
    sandbox = None if driver.gone.is_set() else driver.place.sandbox
    at, now_s = clock.monotonic(), clock.wall()
    first_pid = None if sandbox is None else sandbox.first_pid
    # Everything of the machine is taken now: it goes on while files are read.
    machine = driver.machine.picture(at)
    timers = _timers(driver, at)
    used_mb = None if sandbox is None else sandbox.memory_used_mb()
    look = partial(
        _read,
        steps=driver.trail.steps,
        names=driver.machine.extension_names(),
        offset_s=now_s - at,
        first_pid=first_pid,
        roles={} if sandbox is None else sandbox.roles(),
    )
    inputs = driver.trail.count
    seen = await asyncio.get_running_loop().run_in_executor(driver.ports.files, look)
    no_place = _ENDED if driver.gone.is_set() else _NO_PLACE
    unknown = no_place if first_pid is None else "" if process_files.readable() else _NOT_LINUX
    return EnvironmentDetail(
        id=driver.id,
        function=plan.function.name,
        version=plan.version,
        revision=plan.revision,
        log_stream=plan.log_stream,
        as_of_s=now_s,
        machine=machine,
        timers=timers,
        inputs=inputs,
        steps=seen.steps,
        extension_lines=seen.extension_lines,
        memory_mb=plan.function.memory_mb,
        memory_used_mb=used_mb,
        processes=seen.processes,
        processes_unknown=unknown,
        descriptors=seen.descriptors,
        variables=_variables(driver, reveal=reveal),
        mounts=seen.mounts or (),
        mounts_unknown=unknown or ("" if seen.mounts else _NO_MOUNTS),
        capabilities=building.views.engine.capabilities,
    )


def retold_as_test(building: Building, environment_id: str) -> str:
    """A Python test of what the machine was told last. Raises KeyError."""
    driver = building.driver(environment_id)
    retold = retell(driver.plan.identity, driver.trail)
    if retold is None:
        return f"# Nothing has happened to environment {driver.id} that could be told again.\n"
    return source_of_test(retold, environment=driver.id, function=driver.plan.function.name)


def _timers(driver: Driver, at: float) -> tuple[ArmedTimer, ...]:
    armed = [
        ArmedTimer(name=str(timer), remaining_s=max(0.0, due_at - at)) for timer, due_at in driver.deadlines.armed()
    ]
    if (ends_in_s := driver.listener.ends_in_s(driver)) is not None:
        armed.append(ArmedTimer(name="end of life", remaining_s=ends_in_s))
    return tuple(armed)


def _read(
    *,
    steps: tuple[Step, ...],
    names: Mapping[str, str],
    offset_s: float,
    first_pid: int | None,
    roles: Mapping[int, str],
) -> _Seen:
    """Beside the loop."""
    texts = tuple(
        StepText(
            time_s=step.happened.at + offset_s,
            happened=input_text(step.happened, step.payload_bytes),
            commands=tuple(command_text(each, step.happened.at) for each in step.commands),
        )
        for step in steps
    )
    lines = extension_lines(steps, names, offset_s)
    if first_pid is None or not process_files.readable():
        return _Seen(steps=texts, extension_lines=lines)
    runtime = next((pid for pid, role in roles.items() if role == "runtime"), None)
    return _Seen(
        steps=texts,
        extension_lines=lines,
        processes=tuple(process_files.processes_below(first_pid, roles)),
        descriptors=() if runtime is None else process_files.descriptors_of(runtime),
        mounts=process_files.mounts_of(runtime or first_pid),
    )


def _variables(driver: Driver, *, reveal: bool) -> tuple[EnvironmentVariable, ...]:
    if driver.place.processes is None:
        return ()
    environ = driver.place.processes.environ()
    shown = environ if reveal else redacted(environ)
    own = driver.plan.function.environment
    return tuple(
        EnvironmentVariable(
            name=name,
            value=shown[name],
            hidden=shown[name] != environ[name],
            of_function=own.get(name) == environ[name],
        )
        for name in sorted(environ)
    )
