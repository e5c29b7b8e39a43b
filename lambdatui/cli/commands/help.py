"""``lambdatui help [CONCEPT]``: what Lambda's concepts are; the same pages as behind ``?`` in the terminal UI."""

import shutil

import click

from lambdatui.cli import options, output
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.failures import CommandFailed
from lambdatui.concepts.pages import CONCEPTS, Page, meant, page
from lambdatui.concepts.wrapping import wrapped

WIDEST = 100


@click.command(short_help="Explain a concept of Lambda.", context_settings=options.CONTEXT)
@click.argument("concept", nargs=-1)
def command(concept: tuple[str, ...]) -> int:
    """Explain CONCEPT, such as freeze, init or /tmp; without one, list them all. `lambdatui explain` does the same.

    For how to use a command: `lambdatui COMMAND --help`.
    """
    word = " ".join(concept)
    if not word:
        _list()
        return ExitCode.OK
    name = meant(word)
    if name is None:
        raise _unknown(word)
    _print(page(name))
    return ExitCode.OK


def _list() -> None:
    output.table(("CONCEPT", "WHAT IT IS ABOUT"), list(CONCEPTS.items()))
    output.line()
    output.line("lambdatui help CONCEPT explains one; lambdatui COMMAND --help tells how to use a command.")


def _print(shown: Page) -> None:
    output.line(shown.title)
    output.line("─" * len(shown.title))
    output.line()
    for line in wrapped(shown.text, min(WIDEST, shutil.get_terminal_size().columns)):
        output.line(line.removeprefix("## "))


def _unknown(word: str) -> CommandFailed:
    from lambdatui.cli.main import COMMANDS
    from lambdatui.project.close_match import did_you_mean

    if word in COMMANDS:
        return CommandFailed(f"'{word}' is a command, not a concept", f"type: lambdatui {word} --help")
    hint = did_you_mean(word, CONCEPTS) or f"there are: {', '.join(CONCEPTS)}"
    return CommandFailed(f"there is no page about '{word}'", hint)
