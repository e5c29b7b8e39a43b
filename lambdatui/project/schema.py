"""Every key of ``lambdatui.toml``: its shape, and what ``docs/configuration.md`` says of it.

What a value may be is decided in ``checks``. Plain tables: importing a validation library for two dozen keys would
take longer than starting a function.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Path = tuple[str, ...]
Shape = Callable[[object, Path], "Iterator[Fault]"]
"""What is wrong with a value at a path; nothing when it has the shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``path`` from the table that was looked at; ``known`` are the keys there are, where this one is unknown."""

    path: Path
    message: str
    written: object
    known: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """``kind``, ``default`` and ``template`` (what the key is called there) are for people."""

    shape: Shape
    kind: str
    default: str
    template: str
    meaning: str


def table(keys: Mapping[str, Shape]) -> Shape:
    """A table of these keys and no others; all may be missing."""

    def look(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path=path, message="must be a table", written=value)
            return
        for key, item in value.items():
            if key in keys:
                yield from keys[key](item, (*path, key))
            else:
                yield Fault(path=(*path, key), message="unknown key", written=item, known=tuple(keys))

    return look


def _text(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path=path, message="must be a text", written=value)


def _whole_number(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Fault(path=path, message="must be a whole number", written=value)


def _truth(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(path=path, message="must be true or false", written=value)


def _texts(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(path=path, message="must be a list", written=value)
        return
    for index, item in enumerate(value):
        yield from _text(item, (*path, str(index)))


def _variables(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(path=path, message="must be a table", written=value)
        return
    for name, item in value.items():
        if not isinstance(item, str | int | float | bool):
            yield Fault(path=(*path, name), message="must be a text, a number, true or false", written=item)


def _layer_paths(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(path=path, message="must be a table", written=value)
        return
    for name, item in value.items():
        if item is not False and not isinstance(item, str):
            yield Fault(path=(*path, name), message="must be a path, or false to do without", written=item)


PROJECT_KEYS = {
    "name": Key(
        shape=_text,
        kind="text",
        default="the directory's name",
        template="stack name",
        meaning="What the project is called on screen, and what `AWS::StackName` stands for.",
    ),
}

LOGGING_KEYS = {
    "log_format": Key(
        shape=_text,
        kind="`Text` or `JSON`",
        default="`Text`",
        template="`LoggingConfig.LogFormat`",
        meaning="How log lines are written.",
    ),
    "application_log_level": Key(
        shape=_text,
        kind="text",
        default="`INFO` with `JSON`",
        template="`LoggingConfig.ApplicationLogLevel`",
        meaning="The least level of the function's own lines: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`; "
        "`JSON` only.",
    ),
    "system_log_level": Key(
        shape=_text,
        kind="text",
        default="`INFO` with `JSON`",
        template="`LoggingConfig.SystemLogLevel`",
        meaning="The least level of Lambda's lines: `DEBUG`, `INFO` or `WARN`; `JSON` only.",
    ),
    "log_group": Key(
        shape=_text,
        kind="text",
        default="`/aws/lambda/NAME`",
        template="`LoggingConfig.LogGroup`",
        meaning="The name of the log group that the function is told.",
    ),
}

FUNCTION_KEYS = {
    "handler": Key(
        shape=_text,
        kind="text",
        default="none; `bootstrap` for `provided.*`",
        template="`Handler`",
        meaning="`module.function`, below `code_uri`. With it a function needs no template.",
    ),
    "code_uri": Key(
        shape=_text,
        kind="path",
        default="the project's directory",
        template="`CodeUri`, `Code`",
        meaning="Directory or zip file that appears at `/var/task`; relative to this file.",
    ),
    "runtime": Key(
        shape=_text,
        kind="text",
        default="the version of the project's `.venv`, else of the running Python",
        template="`Runtime`",
        meaning="Lambda's name of the runtime, such as `python3.13`, `nodejs22.x`, `provided.al2023`.",
    ),
    "memory_size": Key(
        shape=_whole_number,
        kind="number, MB",
        default="128",
        template="`MemorySize`",
        meaning="Memory of one environment, 128 to 10240.",
    ),
    "timeout": Key(
        shape=_whole_number,
        kind="number, seconds",
        default="3",
        template="`Timeout`",
        meaning="Longest invoke, 1 to 900.",
    ),
    "ephemeral_storage": Key(
        shape=_whole_number,
        kind="number, MB",
        default="512",
        template="`EphemeralStorage.Size`",
        meaning="Size of `/tmp`, 512 to 10240.",
    ),
    "environment": Key(
        shape=_variables,
        kind="table",
        default="empty",
        template="`Environment.Variables`",
        meaning="Variables of the function, added to those of the template; 4 KB in all.",
    ),
    "layers": Key(
        shape=_texts,
        kind="list of paths, ARNs or names",
        default="empty",
        template="`Layers`",
        meaning="Up to 5 directories or zip files, merged in this order into `/opt`; instead of the template's. An ARN "
        "or a name is looked up in `[layers]`.",
    ),
    "logging_config": Key(
        shape=table({name: key.shape for name, key in LOGGING_KEYS.items()}),
        kind="table",
        default="empty",
        template="`LoggingConfig`",
        meaning="How the function logs: the keys of the next table.",
    ),
    "tracing": Key(
        shape=_text,
        kind="`Active` or `PassThrough`",
        default="`PassThrough`",
        template="`Tracing`, `TracingConfig.Mode`",
        meaning="`Active` samples invokes for X-Ray.",
    ),
    "snap_start": Key(
        shape=_truth,
        kind="true or false",
        default="false",
        template="`SnapStart.ApplyOn`",
        meaning="true initialises the code once, ahead of any invoke, and restores every environment from that; "
        "a template's `PublishedVersions` says so of published versions only.",
    ),
    "network": Key(
        shape=_truth,
        kind="true or false",
        default="true",
        template="`VpcConfig`, nearly",
        meaning="false takes the network away, as in a VPC without NAT, and gives each environment ports and a "
        "loopback of its own; either value answers the note that a `VpcConfig` causes.",
    ),
    "runtime_client": Key(
        shape=_text,
        kind="`built-in` or `official`",
        default="`built-in`",
        template="none",
        meaning="`official` runs AWS's own `awslambdaric` out of the function's dependencies.",
    ),
    "architectures": Key(
        shape=_texts,
        kind="list of one text",
        default='`["x86_64"]`',
        template="`Architectures`",
        meaning="`x86_64` or `arm64`. Shown only; code runs on this machine's own.",
    ),
    "reserved_concurrent_executions": Key(
        shape=_whole_number,
        kind="number",
        default="none",
        template="`ReservedConcurrentExecutions`",
        meaning="Most environments at the same time; 0 throttles every invoke.",
    ),
    "provisioned_concurrency": Key(
        shape=_whole_number,
        kind="number",
        default="none",
        template="`ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions`",
        meaning="So many environments are initialised ahead and kept ready while an engine runs, from its start and "
        "after each reload; more are made on demand. It is for the function as a whole: there are no versions and "
        "aliases here. At most what is reserved; not with SnapStart.",
    ),
    "description": Key(
        shape=_text,
        kind="text",
        default="empty",
        template="`Description`",
        meaning="Up to 256 characters.",
    ),
}
"""``[functions.NAME]``."""

LAYERS_KEY = Key(
    shape=_layer_paths,
    kind="path or false",
    default="none",
    template="`Layers`",
    meaning="Where the layer of this ARN, ARN without version, layer name or logical id lies on this machine, as a "
    "directory or zip file relative to this file; false runs without it.",
)
"""Every key of ``[layers]``."""

FUNCTION = table({name: key.shape for name, key in FUNCTION_KEYS.items()})

FILE = table({"project": table({name: key.shape for name, key in PROJECT_KEYS.items()}), "layers": LAYERS_KEY.shape})
"""The file without its ``functions``."""
