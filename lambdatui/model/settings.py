"""What a session can change about a function while the engine runs, by the names that ``Function.origins`` uses."""

from collections.abc import Mapping

from lambdatui.model.value import value

MEMORY_MB = "memory_mb"
TIMEOUT_S = "timeout_s"
RESERVED_CONCURRENCY = "reserved_concurrency"
NUMBERS = (MEMORY_MB, TIMEOUT_S, RESERVED_CONCURRENCY)
VARIABLE = "environment."
"""What the name of an environment variable follows."""

Changes = Mapping[str, str | None]
"""New values by their keys; None takes a variable, or the reserved concurrency, away."""


def variable_key(name: str) -> str:
    return VARIABLE + name


def variable_name(key: str) -> str | None:
    """Of a key that is one's; None for any other."""
    return key.removeprefix(VARIABLE) if key.startswith(VARIABLE) else None


_WORDS = {"memory": MEMORY_MB, "timeout": TIMEOUT_S, "concurrency": RESERVED_CONCURRENCY}
_VARIABLE_WORD = "env."


def key_of(word: str) -> str:
    """Of what people type: ``memory``, ``timeout``, ``concurrency``, ``env.NAME``; a key stands for itself."""
    if word.startswith(_VARIABLE_WORD):
        return variable_key(word.removeprefix(_VARIABLE_WORD))
    return _WORDS.get(word, word)


def word_of(key: str) -> str:
    """The inverse."""
    name = variable_name(key)
    return next((word for word, each in _WORDS.items() if each == key), key) if name is None else _VARIABLE_WORD + name


@value
class SettingView:
    """One setting of a function. ``given`` is what the project's files say and ``origin`` where; None is not set.

    ``changed``: the session says otherwise. Secrets are hidden in both values.
    """

    key: str
    value: str | None
    given: str | None
    origin: str
    changed: bool = False


@value
class WrittenSettings:
    """What became of settings that were to be written down. ``kept`` are those that the file cannot decide: something
    stronger says otherwise, or nothing can take a value away; ``secret`` those that nobody asked to have there in
    plain. Both stay the session's alone.
    """

    file: str
    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
