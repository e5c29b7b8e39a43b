"""``lambdatui [PATH]``: the terminal UI on the project's engine."""

from pathlib import Path

import click

from lambdatui.cli import main, options, output, projects
from lambdatui.cli.engine_options import ENGINE_OPTIONS
from lambdatui.cli.failures import CommandFailed
from lambdatui.cli.parameter_overrides import ProjectCommand


class _Help(ProjectCommand):
    """The help of the whole program: this command is what runs when no other is named."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl(list(main.COMMANDS.items()))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage("lambdatui", "[OPTIONS] [PATH]")
        formatter.write_usage("lambdatui", "COMMAND [ARGS]...", prefix="       ")


@click.command(cls=_Help, context_settings=options.CONTEXT)
@options.PATH
@ENGINE_OPTIONS
@click.option("--version", is_flag=True, help="Print the version and leave.")
def command(path: Path, engine: tuple[str, ...], version: bool) -> int:
    """The AWS Lambda service on your own machine, with the lid off.

    Opens the terminal UI on the project at PATH (default: here): a directory, a template, a lambdatui.toml or a Python
    file. It attaches to the project's running engine, or starts one and stops it on exit; the options are for the
    latter.
    """
    if version:
        return main.print_version()
    root = projects.project_root(path)
    if not output.is_terminal():
        raise CommandFailed(
            "the terminal UI needs a terminal, and one of stdin, stdout and stderr is none",
            f"`lambdatui tour {path}` shows every function without one; `lambdatui serve {path}` runs the engine alone",
        )
    return _open(root, path, engine)


def _open(root: Path, path: Path, arguments: tuple[str, ...]) -> int:
    from lambdatui.cli.engine_process import EngineProcess
    from lambdatui.service import rendezvous

    projects.tell_new_place(root)
    engine = EngineProcess(root, path, arguments)
    if rendezvous.find(root) is None:
        engine.start()  # while the screen is being imported and painted
    from lambdatui.tui.launch import run

    try:
        return run(engine.connect)
    finally:
        engine.stop()
