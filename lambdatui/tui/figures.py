"""Numbers as people read them: fixed shapes, unit after a space, nothing rounded to a lie."""

import math
import os
import time

from lambdatui.tui.sanitise import clean


def duration(ms: float | None) -> str:
    """``3.52 ms``, ``412 ms``, ``1.24 s``, ``2 m 05 s``; an en dash for what is not known."""
    if ms is None:
        return "–"
    if ms < 9.995:
        return f"{ms:.2f} ms"
    if ms < 99.95:
        return f"{ms:.1f} ms"
    if ms < 1000:
        return f"{ms:.0f} ms"
    if ms < 60_000:
        return f"{ms / 1000:.2f} s"
    return f"{int(ms // 60_000)} m {int(ms // 1000) % 60:02d} s"


def age(seconds: float) -> str:
    """How long ago, or until: ``0 s`` … ``59 s``, ``3 m 20 s``, ``2 h 05 m``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02d} s"
    return f"{whole // 3600} h {whole // 60 % 60:02d} m"


def uptime(seconds: float) -> str:
    """``00:14:22``."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def size(size_bytes: int) -> str:
    """``812 B``, ``4.2 kB``, ``12.1 MB``: powers of 1024 under the names Lambda uses."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    for unit, scale in (("kB", 1024), ("MB", 1024**2), ("GB", 1024**3)):
        value = size_bytes / scale
        if value < 999.5 or unit == "GB":
            return f"{value:.1f} {unit}" if value < 99.95 else f"{value:.0f} {unit}"
    raise AssertionError("unreachable: GB takes everything")


def clock(time_s: float, *, short: bool = False) -> str:
    """Local time of day with milliseconds; ``short`` leaves the hour away."""
    parts = time.localtime(time_s)
    millis = int(time_s * 1000) % 1000
    if short:
        return f"{parts.tm_min:02d}:{parts.tm_sec:02d}.{millis:03d}"
    return f"{parts.tm_hour:02d}:{parts.tm_min:02d}:{parts.tm_sec:02d}.{millis:03d}"


def day_time(time_s: float) -> str:
    """Local time of day to the second."""
    parts = time.localtime(time_s)
    return f"{parts.tm_hour:02d}:{parts.tm_min:02d}:{parts.tm_sec:02d}"


def dollars(amount: float) -> str:
    """``$12.30``, ``$0.21``, ``$0.0000083``: two digits that say something."""
    if amount <= 0:
        return "$0"
    digits = max(2, 1 - math.floor(math.log10(amount)))
    return f"${amount:,.{digits}f}"


def short_id(request_id: str | None) -> str:
    """The first block's first four digits: enough to tell neighbours apart."""
    return clean(request_id[:4]) if request_id else ""


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: tuple[float, ...], width: int) -> str:
    """The last ``width`` values as bars, scaled from 0 to their maximum."""
    shown = values[-width:] if width > 0 else ()
    top = max(shown, default=0.0)
    if top <= 0:
        return _BARS[0] * len(shown)
    return "".join(_BARS[min(7, int(value / top * 7.999))] for value in shown)


def bar(part: float, width: int) -> str:
    """A bar of ``width`` cells, filled to ``part`` (0 to 1) in eighths of a cell."""
    eighths = round(max(0.0, min(1.0, part)) * width * 8)
    if part > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width)


def path(text: str) -> str:
    """A path of this machine, shorter where it is the user's own: ``~/src/orders``."""
    home = os.path.expanduser("~")
    return f"~{text.removeprefix(home)}" if home != "/" and (text == home or text.startswith(f"{home}/")) else text
