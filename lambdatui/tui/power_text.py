"""Power tuning as rows of the screen: time and cost by memory size, what wins, and what is enforced here. Pure."""

from collections.abc import Iterator

from lambdatui.model import prices
from lambdatui.telemetry.power_figures import MB_PER_CPU, PowerFigures, SizeFigures
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, left

_ENFORCED = (
    "The processor is limited here to memory / 1769 MB, as on Lambda, and in slices: an invoke that is done within its "
    "slice runs at full speed. It is this machine's processor, not Lambda's, and it may have fewer cores than a large "
    "size would get."
)
_NOT_ENFORCED = (
    "The processor is not limited on this machine (`lambdatui doctor` says why): every size runs at full speed, so "
    "durations do not depend on memory here, and nothing is marked as the fastest. On Lambda small sizes are slower."
)


def rows(found: PowerFigures, room: int) -> tuple[Line, ...]:
    """The whole picture, for a view ``room`` cells wide; sentences are one row each, to be broken by the view."""
    return (
        *_table(found),
        EMPTY,
        *_bars(found, room),
        EMPTY,
        *((("• ", "accent"), (sentence, "plain")) for sentence in sentences(found)),
        (("• ", "accent"), (_ENFORCED if found.cpu_limited else _NOT_ENFORCED, "dim")),
        (("• ", "accent"), (_priced(), "dim")),
    )


def sentences(found: PowerFigures) -> Iterator[str]:
    """What the figures say, each on its own true."""
    sizes = {each.memory_mb: each for each in found.sizes}
    cheapest, fastest = sizes.get(found.cheapest_mb or 0), sizes.get(found.fastest_mb or 0)
    if cheapest is not None:
        yield (
            f"Cheapest is {cheapest.memory_mb} MB: {dollars(cheapest.dollars(found.architecture))} for a million "
            f"invokes on {found.architecture}, {figures.duration(cheapest.warm.p50)} each (median)."
        )
    if fastest is not None:
        yield (
            f"Fastest is {fastest.memory_mb} MB: {figures.duration(fastest.warm.p50)} each, "
            f"{dollars(fastest.dollars(found.architecture))} for a million."
        )
    for each in found.sizes:
        if each.error is not None:
            yield f"At {each.memory_mb} MB the function failed with {clean(each.error)}; that size wins nothing."


def dollars(amount: float | None) -> str:
    """``$0.41``, ``$12.30``, an en dash for what is not known."""
    return "–" if amount is None else f"${amount:.2f}"


def _table(found: PowerFigures) -> Iterator[Line]:
    names = ("memory", "p50", "p95", "max", "init", "used", "x86/M", "arm/M")
    yield (("".join(name.rjust(9) for name in names), "dim"),)
    for each in found.sizes:
        times = (each.warm.p50, each.warm.p95, each.warm.most, each.init_ms)
        used = "–" if each.memory_used_mb is None else f"{each.memory_used_mb} MB"
        cells = [f"{each.memory_mb} MB", *map(figures.duration, times), used]
        cells += [dollars(each.x86_dollars), dollars(each.arm_dollars)]
        tone = "plain" if each.error is None else "bad"
        yield (("".join(cell.rjust(9) for cell in cells), tone), *_marks(found, each))


def _marks(found: PowerFigures, each: SizeFigures) -> Iterator[tuple[str, str]]:
    if each.memory_mb == found.cheapest_mb:
        yield ("  $", "ok bold")
    if each.memory_mb == found.fastest_mb:
        yield ("  »", "info bold")


def _bars(found: PowerFigures, room: int) -> Iterator[Line]:
    good = [each for each in found.sizes if each.error is None and each.warm.p50 is not None]
    longest = max((each.warm.p50 or 0.0 for each in good), default=0.0)
    dearest = max((each.dollars(found.architecture) or 0.0 for each in good), default=0.0)
    if not good or not longest or not dearest:
        yield (("nothing measured", "dim"),)
        return
    width = max(6, (room - 36) // 2)
    yield ((left("", 10) + left("time (median)", width + 2), "dim"),
           (f"cost of a million on {found.architecture}", "dim"))  # fmt: skip
    for each in good:
        cost = each.dollars(found.architecture) or 0.0
        cheapest, fastest = each.memory_mb == found.cheapest_mb, each.memory_mb == found.fastest_mb
        yield (
            (f"{each.memory_mb} MB".rjust(8) + "  ", "plain"),
            (figures.bar((each.warm.p50 or 0.0) / longest, width) + "  ", "info" if fastest else "invoke"),
            (figures.bar(cost / dearest, width), "ok" if cheapest else "init"),
            (" $ cheapest" if cheapest else "", "ok bold"),
            (" » fastest" if fastest else "", "info bold"),
        )


def _priced() -> str:
    x86, arm = prices.DOLLARS_PER_GB_S[prices.X86_64], prices.DOLLARS_PER_GB_S[prices.ARM64]
    return (
        f"Prices of {prices.AS_OF}, {prices.REGION}, without the free tier: ${x86:.10f} (x86) and "
        f"${arm:.10f} (arm) per GB-s, "
        f"${prices.DOLLARS_PER_MILLION_REQUESTS:.2f} per million requests ({prices.SOURCE}). One GB-s is 1024 MB for a "
        f"second; {MB_PER_CPU} MB is one whole processor. Both columns are of the durations measured here."
    )
