"""``lambdatui demo``: the workbench on a copy of the examples, with a guide; or a recording of it."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from lambdatui.cli import demo_project, diagnostics, options, output
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.failures import CommandFailed, engine_failed

SPEED = "60"
_ENGINE = ("--speed", SPEED, "--idle-timeout", "never", "--max-lifetime", "never")
_KEYS = {"ctrl+n": b"\x0e", "ctrl+q": b"\x11"}


def _size(_context: click.Context, _parameter: click.Parameter, given: str) -> tuple[int, int]:
    columns, _, rows = given.partition("x")
    if not (columns.isdecimal() and rows.isdecimal()):
        raise click.BadParameter(f"takes columns and rows such as 120x36, not {given!r}")
    return int(columns), int(rows)


@click.command(short_help="A guided tour in the terminal UI.", context_settings=options.CONTEXT)
@click.option(
    "--record", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Run it in a terminal of its own, press the keys, and write an asciinema cast.",
)  # fmt: skip
@click.option("--size", default="120x36", show_default=True, callback=_size, help="Of the recorded terminal.")
@click.option(
    "--pause", "pause_s", default=2.5, show_default=True, metavar="SECONDS", type=click.FloatRange(0, 60),
    help="How long each text of a recording stays.",
)  # fmt: skip
def command(record: Path | None, size: tuple[int, int], pause_s: float) -> int:
    """See in ten steps what Lambda does to code: a cold start, a warm one, the freeze, a timeout, retries, a reload.

    The real thing, on a copy of the example functions in a temporary directory, which goes when you leave. A panel
    explains each step and names the key to press. Retries run 60 times as fast as on Lambda.
    """
    if record is not None:
        return _record(record, size, pause_s)
    if not output.is_terminal():
        raise CommandFailed(
            "the demo needs a terminal, and one of stdin, stdout and stderr is none",
            "`lambdatui demo --record FILE` records it without one; `lambdatui tour` is a tour as text",
        )
    with tempfile.TemporaryDirectory(prefix="lambdatui-") as folder:
        return _show(Path(folder).resolve() / "demo")


def _show(root: Path) -> int:
    from lambdatui.cli.engine_process import EngineProcess

    handler = demo_project.write(root)
    engine = EngineProcess(root, root, _ENGINE)
    engine.start()  # while the screen is being imported and painted
    from lambdatui.tui.launch import run
    from lambdatui.tui.screens.demo import Demo

    try:
        return run(engine.connect, demo=Demo(save=lambda: demo_project.save_again(handler), place=str(handler)))
    finally:
        engine.stop()


def _record(file: Path, size: tuple[int, int], pause_s: float) -> int:
    from lambdatui.cli import recording
    from lambdatui.tui.demo_script import STEPS

    program = [sys.executable, "-m", "lambdatui.cli", "demo"]
    columns, rows = size
    began = int(datetime.now(UTC).timestamp())
    try:
        cast = file.open("w", encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}", "name another file") from error
    with cast:
        running = recording.start(program, cast, columns=columns, rows=rows, title="lambdatui demo", recorded_s=began)
        try:
            for number, step in enumerate(STEPS, 1):
                running.wait_for(f"▶ {number}/{len(STEPS)}")
                running.watch(pause_s)
                for key in step.keys:
                    running.type(_KEYS.get(key) or key.encode())
                running.wait_for(f"✔ seen {number}/{len(STEPS)}")
                running.watch(pause_s)
                running.type(_KEYS["ctrl+n"])
            running.wait_for("The end")
            running.watch(pause_s)
            running.type(_KEYS["ctrl+q"])
            code = running.end()
        except recording.NothingCame as error:
            raise engine_failed(f"the demo got stuck: {error}", f"what was drawn until then is in {file}") from error
        finally:
            recording.abandon(running)
    if code == ExitCode.OK:
        diagnostics.note(f"{len(STEPS)} steps recorded: `asciinema play {file}` shows them")
    return code
