"""What a Python function runs as when it is not our own bootstrap."""

OFFICIAL_CLIENT = "official_client.py"


def official_program(interpreter: str, *, runtime_dir: str = "/var/runtime") -> tuple[str, ...]:
    """AWS's runtime interface client on this interpreter: ``runtime_client = "official"``. Paths inside the place.

    Without bytecode being written: it would lie beside the code, and one of a young file could hide a save.
    """
    return (interpreter, "-s", "-B", f"{runtime_dir}/{OFFICIAL_CLIENT}")
