"""X-Ray trace headers: every invocation has one, the caller's or a new one. Which segment its handler hangs on is the
function's where it traces, else the caller's, as Lambda only passes that on.
"""


def trace_header(given: str | None, *, epoch_s: float, random_hex: str, active: bool = False) -> str:
    """Root, Parent and Sampled, then whatever else the caller sent; one that names no root counts as none.

    ``active``: the function traces. It is sampled then, unless the caller decided; on Lambda that is one in a second
    and then 5 %. ``random_hex`` has at least 40 digits.
    """
    if given is None:
        return f"Root={_new_root(epoch_s, random_hex)};Parent={random_hex[24:40]};Sampled={'1' if active else '0'}"
    parts = dict(part.strip().partition("=")[::2] for part in given.split(";") if "=" in part)
    if not parts.get("Root"):
        parts = {"Root": _new_root(epoch_s, random_hex)}
    root, parent, sampled = parts.pop("Root"), parts.pop("Parent", ""), parts.pop("Sampled", "")
    if active or not parent:
        parent = random_hex[24:40]
    if sampled not in ("0", "1"):
        sampled = "1" if active else "0"
    rest = [f";{name}={value}" for name, value in parts.items()]
    return f"Root={root};Parent={parent};Sampled={sampled}{''.join(rest)}"


def _new_root(epoch_s: float, random_hex: str) -> str:
    return f"1-{int(epoch_s):08x}-{random_hex[:24]}"
