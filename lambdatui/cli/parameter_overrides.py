"""``--parameter-overrides KEY=VALUE ...``: values for the template's Parameters, spelled as `sam` takes them."""

import re
from collections.abc import Iterator, Mapping, Sequence

import click

OPTION = "--parameter-overrides"
_STARTS_PAIR = re.compile(r"[A-Za-z0-9]+=")


class ProjectCommand(click.Command):
    """A command whose ``--parameter-overrides`` takes as many KEY=VALUE as follow it, and leaves the PATH alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_repeated(args)))


def parse(given: Sequence[str]) -> dict[str, str]:
    """``K=V``, ``K="two words"`` and ``ParameterKey=K,ParameterValue=V``, several in one text or one by one; the last
    value of a key counts. Raises ValueError with the text that is none of these.
    """
    from lambdatui.project.parameters import parse_overrides

    pairs: dict[str, str] = {}
    for text in given:
        pairs |= parse_overrides(text)
    return pairs


def arguments(overrides: Mapping[str, str]) -> list[str]:
    """The command line that hands ``overrides`` on to another process, word for word."""
    words: list[str] = []
    for key, value in overrides.items():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        words += [OPTION, f'{key}="{escaped}"']
    return words


def _callback(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    try:
        return parse(given)
    except ValueError as error:
        raise click.BadParameter(f"takes KEY=VALUE, not {str(error)!r}") from error


PARAMETER_OVERRIDES = click.option(
    OPTION,
    metavar="KEY=VALUE...",
    multiple=True,
    callback=_callback,
    help="Values for the template's Parameters, as `sam` takes them; stronger than their Default.",
)


def _repeated(words: Sequence[str]) -> Iterator[str]:
    """The option before each of its values, as click understands it."""
    taking = False
    for position, word in enumerate(words):
        if word == "--":
            yield from words[position:]
            return
        if taking and _STARTS_PAIR.match(word):
            yield from (OPTION, word)
            continue
        taking = word == OPTION or word.startswith(f"{OPTION}=")
        follows = words[position + 1] if position + 1 < len(words) else ""
        if word != OPTION or not _STARTS_PAIR.match(follows):
            yield word
