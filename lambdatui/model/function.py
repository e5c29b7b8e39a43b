"""A function as the user configured it, and where each of its values came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lambdatui.model import limits
from lambdatui.model.ids import FunctionName


class Source(StrEnum):
    """The kind of place a configured value was read from, weakest first."""

    DEFAULT = "default"
    DISCOVERED = "discovered"
    GLOBALS = "globals"
    TEMPLATE = "template"
    SAMCONFIG = "samconfig.toml"
    PARAMETERS = "--parameter-overrides"
    PROJECT_FILE = "lambdatui.toml"
    DOTENV = ".env"
    ENV_VARS_FILE = "--env-vars"
    SESSION = "session"
    """Changed while the engine runs, and written nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value was written: ``file`` is relative to the project root; ``line`` counts from 1."""

    source: Source
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return str(self.source)
        return f"{self.file}:{self.line}" if self.line else self.file


class LogFormat(StrEnum):
    TEXT = "Text"
    JSON = "JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingConfig:
    """A function's LoggingConfig. The levels are None in the text format, which knows none.

    ``log_group`` None is ``/aws/lambda/NAME``.
    """

    log_format: LogFormat = LogFormat.TEXT
    application_log_level: str | None = None
    system_log_level: str | None = None
    log_group: str | None = None


class RuntimeClient(StrEnum):
    """Which program talks to the Runtime API: lambdatui's own, or AWS's from the function's dependencies."""

    BUILT_IN = "built-in"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function, ready to run. ``code_path`` is a directory or a zip file; ``handler`` is ``module.function``.

    ``inline_code`` is source text that the template holds itself; ``code_path`` is then the template.

    ``origins`` maps a field name, or ``environment.NAME``, to the place that decided it; absent means default.
    ``layers`` are directories or zip files in the order they are merged. ``network`` False: as in a VPC without NAT.
    ``snap_start``: SnapStart applies to published versions, or to every environment where the project file says so.
    ``provisioned_concurrency``: so many environments are made ahead of any invoke; None is none.
    ``events`` names the event sources the template declares (``HttpApi``, ``S3``, ``SQS`` …), for picking a sample.
    """

    name: FunctionName
    runtime: str
    handler: str
    code_path: Path
    inline_code: str | None = None
    logical_id: str = ""
    description: str = ""
    timeout_s: int = limits.DEFAULT_TIMEOUT_S
    memory_mb: int = limits.DEFAULT_MEMORY_MB
    ephemeral_storage_mb: int = limits.DEFAULT_EPHEMERAL_STORAGE_MB
    architectures: tuple[str, ...] = ("x86_64",)
    environment: Mapping[str, str] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    provisioned_concurrency: int | None = None
    layers: tuple[Path, ...] = ()
    logging: LoggingConfig = LoggingConfig()
    active_tracing: bool = False
    snap_start: bool = False
    network: bool = True
    runtime_client: RuntimeClient = RuntimeClient.BUILT_IN
    events: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in the user's files. ``function`` is the one it breaks; None when it is about the whole file.

    ``when_deployed``: it matters to who deploys the function, and not to an invoke here.
    """

    message: str
    hint: str
    severity: Severity = Severity.ERROR
    file: str | None = None
    line: int | None = None
    key: str | None = None
    function: FunctionName | None = None
    when_deployed: bool = False

    def __str__(self) -> str:
        where = "" if self.file is None else f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        what = f"{self.key}: {self.message}" if self.key else self.message
        return f"{where}{what}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All that was found on disk. Broken functions are in ``problems`` only; they never hide the working ones.

    ``config_files`` are the files whose change means that the project has to be read again.
    """

    name: str
    root: Path
    functions: tuple[Function, ...] = ()
    problems: tuple[Problem, ...] = ()
    config_files: tuple[Path, ...] = ()
