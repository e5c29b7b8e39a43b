"""``lambdatui serve``: the engine alone, until it is told to end."""

from pathlib import Path

import click

from lambdatui.cli import diagnostics, doors, engine_setup, options, projects
from lambdatui.cli.doors import Address
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand


@click.command(cls=ProjectCommand, short_help="Run the engine alone.", context_settings=options.CONTEXT)
@options.PATH
@click.option("--host", default=doors.DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=doors.DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="0 finds a free one."
)
@options.SPEED
@options.NO_RELOAD
@click.option("--no-history", is_flag=True, help="Keep nothing of what happens for later.")
@click.option("--token", metavar="T", envvar="LAMBDATUI_TOKEN", help="Answer only who sends it. Also LAMBDATUI_TOKEN.")
@click.option("--insecure", is_flag=True, help="Listen beyond this machine without a token.")
@options.ENV_VARS
@PARAMETER_OVERRIDES
@options.ISOLATION
@options.CPU_SHARE
@options.IDLE_TIMEOUT
@options.MAX_LIFETIME
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End with the process that started this one.")
def command(
    path: Path,
    host: str,
    port: int,
    speed: float,
    no_reload: bool,
    no_history: bool,
    token: str | None,
    insecure: bool,
    env_vars: Path | None,
    parameter_overrides: dict[str, str],
    isolation: str,
    cpu_share: bool,
    idle_timeout: float | None,
    max_lifetime: float | None,
    until_stdin_closes: bool,
) -> None:
    """Run the engine of the project at PATH (default: here), without a terminal UI.

    When it is ready it prints one line on stdout: lambdatui ready http://HOST:PORT functions=N. SIGTERM and SIGINT
    end it. Lambda's Invoke API is at that address: boto3, the AWS CLI and curl can call it.

    Exit codes: 0 ended as asked, 2 usage, 3 the engine could not start.
    """
    address = Address(host=host, port=port, token=token or None)
    doors.check(address, insecure=insecure)
    settings = EngineSettings(
        take_up=True,
        provision=True,
        path=path.absolute(),
        env_vars=env_vars,
        parameter_overrides=parameter_overrides,
        speed=speed,
        isolation=isolation,
        cpu_share=cpu_share,
        reload=not no_reload,
        history=not no_history,
        idle_timeout_s=idle_timeout,
        max_lifetime_s=max_lifetime,
    )
    diagnostics.configure_logging()
    project = engine_setup.read(settings)
    bound = doors.bind(project.root, address)
    projects.tell_problems(project.problems)

    import uvloop

    from lambdatui.cli.serving import serve_until_told

    try:
        uvloop.run(serve_until_told(project, settings, bound, watch_stdin=until_stdin_closes))
    finally:
        bound.close()
