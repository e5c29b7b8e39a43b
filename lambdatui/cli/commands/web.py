"""``lambdatui web``: the workbench in a browser, on this machine, behind a token."""

import asyncio
import sys
from pathlib import Path

import click

from lambdatui.cli import diagnostics, doors, options, output, projects
from lambdatui.cli.doors import Address
from lambdatui.cli.engine_options import ENGINE_OPTIONS
from lambdatui.cli.failures import CommandFailed
from lambdatui.cli.parameter_overrides import ProjectCommand

DEFAULT_PORT = 8000


@click.command(cls=ProjectCommand, short_help="The workbench in a browser.", context_settings=options.CONTEXT)
@options.PATH
@click.option("--host", default=doors.DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="0 finds a free one."
)
@ENGINE_OPTIONS
@click.option("--inside", is_flag=True, hidden=True, help="Be the workbench of one browser tab.")
def command(path: Path, host: str, port: int, engine: tuple[str, ...], inside: bool) -> int | None:
    """Show the terminal UI of the project at PATH (default: here) in a browser.

    Prints one line with the address to open; the token in it is new each time, and without it nobody gets in. Every tab
    is a workbench of its own on the project's engine, which is started where none runs. Ctrl-C ends it.

    Needs textual-serve: pip install 'lambdatui[web]'.
    """
    root = projects.project_root(path)
    if inside:
        return _workbench(root, path)
    try:
        from lambdatui.cli import web_server
    except ModuleNotFoundError as error:
        raise CommandFailed(
            f"the browser view needs a package that is not installed: {error.name}", "pip install 'lambdatui[web]'"
        ) from error
    from lambdatui.cli.client_errors import failed
    from lambdatui.cli.engine_process import EngineProcess
    from lambdatui.cli.web_guard import Guard, new_token
    from lambdatui.client import ClientError

    address = Address(host=host, port=port, token=new_token())
    doors.check(address, insecure=False)
    projects.tell_new_place(root)
    bound = doors.bind_tcp(address)
    number = bound.getsockname()[1]
    guard = Guard(token=address.token or "", port=number, names=doors.names_of(address))
    process = EngineProcess(root, path, engine)
    tab = [sys.executable, "-m", "lambdatui.cli", "web", str(path.absolute()), "--inside"]
    shown = f"[{host}]" if ":" in host else host
    diagnostics.configure_logging()

    def ready() -> None:
        output.line(f"lambdatui web http://{shown}:{number}/?token={guard.token}")

    async def until_told() -> None:
        try:
            await process.connect()  # before the first tab: several tabs must not start several engines
        except ClientError as error:
            raise failed(error) from error
        await web_server.serve(bound, guard, tab, f"lambdatui · {root.name}", ready)

    try:
        asyncio.run(until_told())
    finally:
        bound.close()
        process.stop()
    return None


def _workbench(root: Path, path: Path) -> int:
    """What one tab shows; textual-serve is at the other end of stdin and stdout."""
    from lambdatui.cli.engine_process import EngineProcess
    from lambdatui.tui.launch import run

    engine = EngineProcess(root, path)
    try:
        return run(engine.connect)
    finally:
        engine.stop()
