"""The pages of concepts, as they lie in the package. Their names are what people type."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CONCEPTS = {
    "environments": "where code runs, one invoke at a time",
    "init": "once per environment, before the first invoke",
    "invoke": "one event, one call of the handler",
    "freeze": "nothing runs between invokes",
    "tmp": "the only place to write to",
    "reset": "what happens after a timeout or a crash",
    "retries": "who tries again, when, and how often",
    "extensions": "companions in the environment, and what they cost",
    "cold-starts": "why the first one is slow",
    "billing": "what is paid for, measured and estimated",
}
"""Name and one line of every page, in the order in which they are best read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``text`` is plain Markdown without the title: headings, paragraphs, lists with dashes, words in backticks."""

    name: str
    title: str
    text: str


@cache
def page(name: str) -> Page:
    """Raises KeyError for what is no concept."""
    if name not in CONCEPTS:
        raise KeyError(name)
    document = (files("lambdatui.concepts") / "pages" / f"{name}.md").read_text(encoding="utf-8")
    heading, _, text = document.partition("\n")
    return Page(name=name, title=heading.removeprefix("# "), text=text.strip("\n"))


def meant(word: str) -> str | None:
    """The concept that a word names: ``/tmp``, ``Cold start``, ``environment``; None for any other."""
    plain = word.strip().strip("/").lower().replace(" ", "-").replace("_", "-")
    for name in (plain, f"{plain}s", plain.removesuffix("ing"), plain.removesuffix("s")):
        if name in CONCEPTS:
            return name
    return _ALSO.get(plain)


_ALSO = {
    "env": "environments",
    "cold": "cold-starts",
    "warm": "cold-starts",
    "frozen": "freeze",
    "thaw": "freeze",
    "initialization": "init",
    "timeout": "reset",
    "cost": "billing",
    "price": "billing",
    "async": "retries",
    "retry": "retries",
    "scratch": "tmp",
}
