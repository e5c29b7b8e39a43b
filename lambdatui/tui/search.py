"""Marks what a filter found in a row. Pure."""

from lambdatui.tui.spans import Line


def mark(line: Line, needles: tuple[str, ...]) -> Line:
    """``line`` with every occurrence of a needle in the tone ``hit``; a needle across two spans is not marked."""
    if not needles:
        return line
    marked: list[tuple[str, str]] = []
    for text, tone in line:
        lowered, at = text.lower(), 0
        if len(lowered) != len(text):
            marked.append((text, tone))
            continue
        while at < len(text):
            found = min(((lowered.find(needle, at), len(needle)) for needle in needles if needle in lowered[at:]),
                        default=None)  # fmt: skip
            if found is None:
                marked.append((text[at:], tone))
                break
            start, length = found
            marked += [(text[at:start], tone)] if start > at else []
            marked.append((text[start : start + length], "hit"))
            at = start + length
    return tuple(marked)
