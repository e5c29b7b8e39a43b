"""X-Ray trace headers: every invocation has one, the caller's or a new one that is not sampled."""


def trace_header(given: str | None, *, epoch_s: float, random_hex: str) -> str:
    """``random_hex`` has at least 40 digits. A caller's header is kept as it is where it names a root."""
    if given and "Root=" in given:
        return given if "Parent=" in given else f"{given};Parent={random_hex[24:40]}"
    root = f"1-{int(epoch_s):08x}-{random_hex[:24]}"
    return f"Root={root};Parent={random_hex[24:40]};Sampled=0"
