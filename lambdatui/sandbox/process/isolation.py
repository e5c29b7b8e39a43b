"""How far an environment is separated from the machine."""

from enum import StrEnum


class Isolation(StrEnum):
    """What a backend is asked for. AUTO takes namespaces where the kernel allows them, and says why where it does
    not.
    """

    AUTO = "auto"
    NAMESPACES = "namespaces"
    PLAIN = "plain"
