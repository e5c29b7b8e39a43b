"""How many files the engine may have open: some ten for each environment, and what it needs for itself."""

import resource

from lambdatui.sandbox.protocol import SandboxError

WANTED = 65_536
PER_ENVIRONMENT = 12
_RESERVE = 64
"""Left for connections, history and code of what there is already, so that these never fail of one more environment."""


def raise_limit() -> None:
    """Of this process and whatever it starts, as far as that needs no privilege."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            # macOS has a limit of its own, and does not say which; 10,240 is below it everywhere.
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, 10_240), hard))


def require_room(newest: int, environments: int) -> None:
    """For one more environment; ``newest`` is a descriptor just opened, which is the lowest number that was free. Of
    the ``environments`` that there are some may have just begun to open theirs.

    Raises SandboxError, in words for people.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    in_use = max(newest, environments * PER_ENVIRONMENT)
    if limit != resource.RLIM_INFINITY and in_use + PER_ENVIRONMENT + _RESERVE > limit:
        raise SandboxError(
            f"no room for another environment: each needs about {PER_ENVIRONMENT} open files, and this engine may "
            f"have {limit}. Start it again after `ulimit -n {WANTED}`, or give functions less reserved concurrency."
        )
