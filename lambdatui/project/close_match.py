"""What somebody probably meant."""

from collections.abc import Iterable


def did_you_mean(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """``did you mean 'timeout'?``, or an empty string when nothing is near. ``cutoff`` 1 takes what is equal only."""
    from difflib import get_close_matches  # only on the way to an error message

    choices = [str(each) for each in known]
    by_lower = {choice.lower(): choice for choice in choices}
    near = get_close_matches(written.lower()[:200], list(by_lower), n=1, cutoff=cutoff)
    return f"did you mean {by_lower[near[0]]!r}?" if near else ""
