"""Plots in text: where measured values lie on an axis, and bars beside each other. Pure."""

from collections.abc import Sequence
from math import log

from lambdatui.tui import figures

_DENSITY = "▁▂▃▄▅▆▇█"


def strip(values: Sequence[float], least: float, most: float, width: int) -> str:
    """How many values lie in each of ``width`` cells of a logarithmic axis, as bars scaled to the fullest cell."""
    counts = [0] * width
    for value in values:
        counts[position(value, least, most, width)] += 1
    top = max(counts, default=0)
    return "".join(" " if count == 0 else _DENSITY[-(-count * 8 // top) - 1] for count in counts)


def position(value: float, least: float, most: float, width: int) -> int:
    """The cell of a value on a logarithmic axis; whatever lies outside is at its end."""
    if most <= least or width <= 1:
        return 0
    part = log(max(value, least) / least) / log(most / least)
    return max(0, min(width - 1, int(part * width)))


def axis(least: float, most: float, width: int) -> str:
    """The ends of the axis and its middle, which is far from half on a logarithmic one."""
    first, last = figures.duration(least), figures.duration(most)
    middle = figures.duration((least * most) ** 0.5)
    free = width - len(first) - len(middle) - len(last)
    if free < 4:
        return first + last.rjust(width - len(first))
    return first + middle.center(free + len(middle)) + last
