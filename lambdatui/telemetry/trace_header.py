"""The X-Amzn-Trace-Id header: which trace, which segment of it is the parent, and whether it is recorded."""

from typing import NamedTuple


class TraceHeader(NamedTuple):
    """Parts that a header does not have are empty."""

    root: str = ""
    parent: str = ""
    sampled: bool = False


def parse_trace_header(text: str) -> TraceHeader:
    """Unknown parts, such as Lineage, are passed over."""
    parts = dict(part.strip().partition("=")[::2] for part in text.split(";"))
    return TraceHeader(parts.get("Root", ""), parts.get("Parent", ""), parts.get("Sampled") == "1")
