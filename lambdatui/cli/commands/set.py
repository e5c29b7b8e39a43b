"""``lambdatui set``: what a running engine is to do otherwise than the project's files say."""

import asyncio
from pathlib import Path

import click

from lambdatui.cli import diagnostics, options, output, projects
from lambdatui.cli.changing import carry_out, read_words
from lambdatui.model.settings import SettingView, WrittenSettings, variable_name, word_of

_HEADER = ("SETTING", "NOW", "FILES SAY", "WHERE")


@click.command(short_help="Change settings for this session.", context_settings=options.CONTEXT)
@click.argument("words", nargs=-1, metavar="[FUNCTION] [NAME=VALUE]...")
@options.PROJECT
@click.option("--unset", multiple=True, metavar="NAME", help="Take a variable, or the concurrency, away.")
@click.option("--undo", multiple=True, metavar="NAME|all", help="Back to what the files say.")
@click.option("--write", is_flag=True, help="Write the function's changes into lambdatui.toml; comments stay.")
@click.option("--write-secrets", is_flag=True, help="--write, and what is secret by its name too, in plain.")
@options.JSON
def command(
    words: tuple[str, ...],
    path: Path,
    unset: tuple[str, ...],
    undo: tuple[str, ...],
    write: bool,
    write_secrets: bool,
    as_json: bool,
) -> None:
    """Change settings while the engine runs: memory=512 timeout=10 concurrency=2 env.STAGE=test of FUNCTION, which may
    be left out where there is one only; speed=60 and reload=off are the engine's.

    Changes last as long as the engine, and are checked as Lambda would. Environments with the old configuration go, as
    on Lambda. Prints the function's settings as they are then.

    Exit codes: 0 done, 2 refused or mistyped, 3 no engine runs.
    """
    asked = read_words(words, unset=unset, undo=undo, write=write, secrets=write_secrets)
    outcome = asyncio.run(carry_out(projects.project_root(path), asked))
    if outcome.written is not None:
        _tell_written(outcome.written)
    if as_json:
        output.document([_document(row) for row in outcome.rows])
    elif outcome.rows:
        output.table(_HEADER, [_row(row) for row in outcome.rows])


def _tell_written(written: WrittenSettings) -> None:
    names = ", ".join(map(word_of, written.written)) or "nothing"
    diagnostics.note(f"{written.file}: {names} written")
    for key in written.kept:
        diagnostics.warning(
            f"{word_of(key)} cannot be decided by {written.file}: .env, --env-vars or a template is "
            "stronger there; it stays as it is for this session"
        )
    for key in written.secret:
        diagnostics.warning(
            f"{word_of(key)} is secret and was not written to {written.file}; it stays as it is for this session. "
            f"Put {variable_name(key)}=… into .env (for every function), or write it in plain with --write-secrets"
        )


def _row(row: SettingView) -> tuple[str, ...]:
    now = _shown(row.value) + (" *" if row.changed else "")
    return word_of(row.key), now, _shown(row.given), row.origin


def _shown(text: str | None) -> str:
    return "-" if text is None else text or '""'


def _document(row: SettingView) -> dict[str, object]:
    return {
        "setting": row.key,
        "value": row.value,
        "given": row.given,
        "origin": row.origin,
        "source": "session" if row.changed else "files",
    }
