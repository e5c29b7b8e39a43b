"""A series: the same event many times, at a rate or as fast as the answers come, so many at once."""

import re

from lambdatui.model.value import value

MAX_TIMES = 100_000
MAX_PARALLEL = 200
MAX_RATE_PER_S = 10_000.0
_WORD = re.compile(r"(?P<times>\d+)|@(?P<rate>\d+(?:\.\d+)?)(?:/(?P<unit>s|m|min))?|[x×](?P<parallel>\d+)")


@value
class SeriesPlan:
    """``times`` invocations, at most ``parallel`` at once. With a rate one begins every 1/``rate_per_s`` seconds, as
    long as fewer than that wait for their answer; without, each begins when one of them has its answer.
    """

    times: int
    parallel: int = 1
    rate_per_s: float | None = None

    def __str__(self) -> str:
        """As ``read_plan`` takes it."""
        rate = "" if self.rate_per_s is None else f" @{self.rate_per_s:g}/s"
        usual = 1 if self.rate_per_s is None else min(self.times, MAX_PARALLEL)
        return f"{self.times}{rate}" + ("" if self.parallel == usual else f" x{self.parallel}")


class NoPlan(ValueError):
    """What was typed is no series; the message says what may stand there."""


def make_plan(times: int, *, rate_per_s: float | None = None, parallel: int | None = None) -> SeriesPlan:
    """Without ``parallel``: one at once, or with a rate as many as it takes. Raises NoPlan."""
    if not 1 <= times <= MAX_TIMES:
        raise NoPlan(f"a series is of 1 to {MAX_TIMES:,} invokes, not {times:,}")
    if rate_per_s is not None and not 0 < rate_per_s <= MAX_RATE_PER_S:
        raise NoPlan(f"a rate is above 0 and at most {MAX_RATE_PER_S:,.0f}/s, not {rate_per_s:g}/s")
    at_once = parallel if parallel is not None else 1 if rate_per_s is None else MAX_PARALLEL
    if not 1 <= at_once <= MAX_PARALLEL:
        raise NoPlan(f"1 to {MAX_PARALLEL} run at once, not {at_once}")
    return SeriesPlan(times=times, parallel=min(at_once, times), rate_per_s=rate_per_s)


def read_plan(text: str) -> SeriesPlan:
    """``100``, ``100 @20/s``, ``100 x8``, ``100 @30/m x8``. Raises NoPlan."""
    found: dict[str, str] = {}
    unit = "s"
    for word in text.split():
        match = _WORD.fullmatch(word)
        if match is None or match.lastgroup is None:
            raise NoPlan(f"'{word}' is neither a number, a rate such as @20/s, nor x8 for eight at once")
        unit = match["unit"] or unit
        found |= {name: given for name, given in match.groupdict().items() if given is not None}
    if "times" not in found:
        raise NoPlan("how often? such as 100, 100 @20/s or 100 x8")
    rate = None if "rate" not in found else float(found["rate"]) / (1 if unit == "s" else 60)
    parallel = int(found["parallel"]) if "parallel" in found else None
    return make_plan(int(found["times"]), rate_per_s=rate, parallel=parallel)


@value
class Shot:
    """What came of one invocation of a series: ``outcome`` is ``ok``, an error type, or a refusal's name.

    ``waited_ms`` is how long the caller waited for the answer; None where it was refused and never ran.
    """

    outcome: str
    waited_ms: float | None = None
    good: bool = True
