"""``lambdatui invoke``: one invocation, as a pipe would want it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import click

from lambdatui.cli import diagnostics, invoke_result, options, projects
from lambdatui.cli.calls import Answer, Order, Show, refused
from lambdatui.cli.engine_setup import EngineSettings, tell_in_vain
from lambdatui.cli.event_source import ChosenEvent, read_event
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand
from lambdatui.model.invocation import InvocationType
from lambdatui.model.series import NoPlan, SeriesPlan, read_plan
from lambdatui.service.rendezvous import find


@click.command(cls=ProjectCommand, short_help="Invoke a function.", context_settings=options.CONTEXT)
@click.argument("function", required=False)
@options.PROJECT
@click.option(
    "-e",
    "--event",
    metavar="FILE|-|SAMPLE",
    help="A JSON file, - for stdin, or a sample event (`lambdatui events ls`).  [default: {}]",
)
@click.option("--async", "asynchronous", is_flag=True, help="Hand the event over; a failure is retried twice.")
@click.option("--dry-run", is_flag=True, help="Check the call; nothing runs.")
@click.option("--qualifier", metavar="Q", help="Version or alias; only $LATEST exists.")
@click.option("--repeat", metavar="N", type=int, help="Invoke N times and print what came of it all.")
@click.option("--rate", metavar="R/s", help="With --repeat: begin so many a second (or 30/m).")
@click.option("--parallel", metavar="P", type=int, help="With --repeat: at most so many at once.  [default: 1]")
@options.JSON
@options.ENV_VARS
@PARAMETER_OVERRIDES
@options.SPEED
@options.ISOLATION
@options.CPU_SHARE
def command(
    function: str | None,
    path: Path,
    event: str | None,
    asynchronous: bool,
    dry_run: bool,
    qualifier: str | None,
    repeat: int | None,
    rate: str | None,
    parallel: int | None,
    as_json: bool,
    env_vars: Path | None,
    parameter_overrides: dict[str, str],
    speed: float,
    isolation: str,
    cpu_share: bool,
) -> int:
    """Invoke FUNCTION: its response on stdout, its log lines and REPORT on stderr.

    Uses the project's running engine when there is one, else an engine of its own for this one call; --env-vars,
    --parameter-overrides, --speed, --isolation and --cpu-share are for the latter. FUNCTION may be left out when the
    project has exactly one; it may also be an ARN, or NAME:QUALIFIER.

    With --repeat only a summary is printed: outcomes, and how long the caller waited; Ctrl-C ends it early.

    Exit codes: 0 ok, 1 the function failed (of a series: one invocation did, or was throttled), 2 usage or
    configuration, 3 engine.
    """
    settings = EngineSettings(
        path=path,
        env_vars=env_vars,
        parameter_overrides=parameter_overrides,
        speed=speed,
        isolation=isolation,
        cpu_share=cpu_share,
    )
    name, qualifier = _reference(function, qualifier)
    if asynchronous and dry_run:
        raise click.UsageError("--async and --dry-run exclude each other")
    kind = InvocationType.DRY_RUN if dry_run else InvocationType.REQUEST_RESPONSE
    order = _Invoke(settings, name, qualifier, InvocationType.EVENT if asynchronous else kind, as_json)
    plan = _plan(repeat, rate, parallel)
    return order.run(event) if plan is None else order.run_series(event, plan)


@dataclass(frozen=True, slots=True)
class _Invoke:
    settings: EngineSettings
    wanted: str | None
    qualifier: str | None
    kind: InvocationType
    as_json: bool

    def run(self, event: str | None) -> int:
        root = projects.project_root(self.settings.path)
        chosen = read_event(event, root)
        lines: list[str] = []
        show: Show = lines.extend if self.as_json else diagnostics.log_lines
        called = self._by_running(root, chosen, show)
        answer, log = called or self._alone(chosen, show)
        if self.kind is InvocationType.DRY_RUN and not self.as_json:
            diagnostics.note("dry run: the call would be accepted; nothing ran")
        if self.kind is InvocationType.EVENT:
            invoke_result.tell_accepted(answer, log, engine_runs=called is not None)
        if self.as_json:
            return invoke_result.show_document(answer, log, lines)
        return invoke_result.show(answer, log)

    def run_series(self, event: str | None, plan: SeriesPlan) -> int:
        from lambdatui.cli.series import run_series, tell

        chosen = read_event(event, projects.project_root(self.settings.path))
        name, found = asyncio.run(run_series(self.settings, self._order(self.wanted or "", chosen), plan))
        return tell(name, found, as_json=self.as_json)

    def _by_running(self, root: Path, chosen: ChosenEvent, show: Show) -> tuple[Answer, InvocationLog] | None:
        """None where no engine runs."""
        rendezvous = find(root)
        if rendezvous is None:
            return None
        from lambdatui.cli.invoke_running import choose, invoke_running

        async def call() -> tuple[Answer, InvocationLog]:
            function = await choose(rendezvous, self.wanted)
            return await invoke_running(rendezvous, self._order(function.name, chosen), function.logging, show)

        tell_in_vain(self.settings)
        return asyncio.run(call())

    def _alone(self, chosen: ChosenEvent, show: Show) -> tuple[Answer, InvocationLog]:
        from lambdatui.cli.engine_setup import read
        from lambdatui.cli.invoke_alone import invoke_alone

        project = read(self.settings)
        names = [function.name for function in project.functions]
        name = projects.choose_function(self.wanted, names, project.problems)
        projects.tell_problems_of_invoke(project, name)
        if self.wanted is None:
            projects.tell_left_out(project, name)
        diagnostics.configure_logging()
        return asyncio.run(invoke_alone(project, self.settings, self._order(name, chosen), show))

    def _order(self, name: str, chosen: ChosenEvent) -> Order:
        return Order(function=name, event=chosen, invocation_type=self.kind, qualifier=self.qualifier)


def _plan(repeat: int | None, rate: str | None, parallel: int | None) -> SeriesPlan | None:
    if repeat is None:
        if rate is not None or parallel is not None:
            raise click.UsageError("--rate and --parallel are for a series: say with --repeat how often")
        return None
    try:
        return read_plan(
            " ".join([str(repeat), *([f"@{rate}"] if rate else []), *([f"x{parallel}"] if parallel else [])])
        )
    except NoPlan as error:
        raise click.UsageError(str(error)) from error


def _reference(function: str | None, qualifier: str | None) -> tuple[str | None, str | None]:
    """Name and qualifier out of an ARN or NAME:QUALIFIER; a bare name needs no look at Lambda's grammar."""
    if function is None or ":" not in function:
        return function, qualifier
    from lambdatui.api.constraints import Violations
    from lambdatui.api.names import parse_reference
    from lambdatui.service.invoking import ServiceError

    try:
        found = parse_reference(function, qualifier, Violations())
    except ServiceError as error:
        raise refused(error.status_code, error.name, error.message) from error
    return found.name, found.qualifier
