"""Pages in lines that fit a width: paragraphs are filled, lists keep their indentation, headings stand alone. Pure."""

import textwrap
from collections.abc import Iterator

_HEADING = "## "
_BULLET = "- "


def wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of at most ``width`` cells, Markdown's marks still in them, an empty one between two blocks."""
    for number, block in enumerate(text.split("\n\n")):
        if number:
            yield ""
        if block.startswith(_HEADING):
            yield block
        elif block.startswith(_BULLET):
            for item in block.removeprefix(_BULLET).split(f"\n{_BULLET}"):
                yield from _filled(item, width, first=_BULLET, further="  ")
        else:
            yield from _filled(block, width)


def _filled(block: str, width: int, *, first: str = "", further: str = "") -> list[str]:
    text = " ".join(block.split())
    room = max(20, width)
    return textwrap.wrap(text, room, initial_indent=first, subsequent_indent=further, break_on_hyphens=False)
