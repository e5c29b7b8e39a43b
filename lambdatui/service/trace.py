"""X-Ray trace headers: every invocation has one, the caller's or a new one."""


def trace_header(given: str | None, *, epoch_s: float, random_hex: str, sampled: bool = False) -> str:
    """``random_hex`` has at least 40 digits. A caller's header is kept as it is where it names a root; ``sampled`` (the
    function traces actively) decides only where the caller did not. On Lambda that is one in a second and then 5 %.
    """
    parent, decision = random_hex[24:40], f"Sampled={int(sampled)}"
    if given and "Root=" in given:
        header = given if "Parent=" in given else f"{given};Parent={parent}"
        return header if "Sampled=" in header or not sampled else f"{header};{decision}"
    root = f"1-{int(epoch_s):08x}-{random_hex[:24]}"
    return f"Root={root};Parent={parent};{decision}"
