"""What Lambda accepts around a function: logging, tracing, SnapStart, which program runs it. Decides only."""

import re

from lambdatui.model import limits
from lambdatui.model.function import Function, LogFormat, LoggingConfig, RuntimeClient
from lambdatui.project.checks import Refusal, constraint
from lambdatui.project.close_match import did_you_mean

APPLICATION_LOG_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
SYSTEM_LOG_LEVELS = ("DEBUG", "INFO", "WARN")
MAX_LOG_GROUP_CHARS = 512
MAX_SNAP_START_STORAGE_MB = 512

NO_ALIAS = "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function"
"""As SAM says it."""

_LOG_GROUP = re.compile(r"[\.\-_/#A-Za-z0-9]+\Z")
_SNAP_START_SINCE = {"python": (3, 12), "java": (11,), "dotnet": (8,)}
_VERSION = re.compile(r"([a-z]+)(\d+)(?:\.(\d+))?")


def one_of(text: str, member: str, allowed: tuple[str, ...]) -> str:
    """``text``, if it is one of the words that the API knows for ``member``."""
    if text not in allowed:
        rule = f"satisfy enum value set: [{', '.join(allowed)}]"
        raise Refusal(constraint(text, member, rule), did_you_mean(text, allowed) or f"use {allowed[0]}")
    return text


def log_format(text: str) -> LogFormat:
    return LogFormat(one_of(text, "loggingConfig.logFormat", tuple(LogFormat)))


def application_log_level(text: str) -> str:
    return one_of(text, "loggingConfig.applicationLogLevel", APPLICATION_LOG_LEVELS)


def system_log_level(text: str) -> str:
    return one_of(text, "loggingConfig.systemLogLevel", SYSTEM_LOG_LEVELS)


def log_group(text: str) -> str:
    if not _LOG_GROUP.match(text):
        rule = r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"
        raise Refusal(constraint(text, "loggingConfig.logGroup", rule), "use letters, digits and . - _ / #")
    if len(text) > MAX_LOG_GROUP_CHARS:
        rule = f"have length less than or equal to {MAX_LOG_GROUP_CHARS}"
        raise Refusal(constraint(text, "loggingConfig.logGroup", rule), f"{len(text)} characters are too many")
    if text.lower().startswith("aws/"):
        raise Refusal("Log groups starting with AWS/ are reserved for AWS.", f"start it with a /: /{text}")
    return text


def levels_need_json(config: LoggingConfig) -> None:
    """Raises Refusal when the text format is given a level: it knows none."""
    if config.log_format is LogFormat.TEXT and (config.application_log_level or config.system_log_level):
        message = (
            'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change '
            'the LogFormat to "Json" and try again.'
        )
        raise Refusal(message, "set the log format to JSON, or remove the level")


def active_tracing(text: str) -> bool:
    if text == "Disabled":  # SAM's word for it
        return False
    return one_of(text, "tracingConfig.mode", ("Active", "PassThrough")) == "Active"


def snap_start(text: str) -> bool:
    """Of a template's ApplyOn, or ``true`` and ``false`` of the project file."""
    if text in ("true", "false"):
        return text == "true"
    return one_of(text, "snapStart.applyOn", ("PublishedVersions", "None")) == "PublishedVersions"


def snap_start_possible(runtime: str, ephemeral_storage_mb: int) -> None:
    """Raises Refusal for a runtime without SnapStart, and for more /tmp than a snapshot takes."""
    found = _VERSION.match(runtime)
    since = _SNAP_START_SINCE.get(found[1]) if found else None
    if found is None or since is None or tuple(int(part) for part in found.groups()[1:] if part) < since:
        message = f"{runtime} is not supported for SnapStart enabled functions."
        raise Refusal(message, "use python3.12 or later, java11 or later, dotnet8 or later; or leave SnapStart out")
    if ephemeral_storage_mb > MAX_SNAP_START_STORAGE_MB:
        message = f"SnapStart does not work with a /tmp of more than {MAX_SNAP_START_STORAGE_MB} MB"
        raise Refusal(message, f"{ephemeral_storage_mb} MB are configured: leave one of the two out")


def provisioned_concurrency_possible(function: Function) -> None:
    """Raises Refusal where something else of the function, or the account, stands against it."""
    wanted, reserved = function.provisioned_concurrency or 0, function.reserved_concurrency
    if function.snap_start:
        message = "Provisioned Concurrency is not supported for SnapStart enabled functions."
        raise Refusal(message, "leave one of the two out")
    if reserved is not None and wanted > reserved:
        message = (
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
        raise Refusal(message, f"{reserved} are reserved: reserve more, or provision less")
    unreserved, kept = limits.ACCOUNT_CONCURRENCY, limits.MIN_UNRESERVED_CONCURRENCY
    if reserved is None and wanted > unreserved - kept:
        why = (
            f"is greater than account's unreserved concurrency [{unreserved}]."
            if wanted > unreserved
            else f"decreases account's UnreservedConcurrentExecution below its minimum value of [{kept}]."
        )
        raise Refusal(f"Specified ConcurrentExecutions for function {why}", f"provision at most {unreserved - kept}")


def network(text: str) -> bool:
    return text == "true"


def runtime_client(text: str) -> RuntimeClient:
    if text not in tuple(RuntimeClient):
        known = " or ".join(repr(str(client)) for client in RuntimeClient)
        raise Refusal(
            f"must be {known}, not {text[:80]!r}", did_you_mean(text, tuple(RuntimeClient)) or "use one of these"
        )
    return RuntimeClient(text)


def runtime_client_warning(client: RuntimeClient, runtime: str) -> tuple[str, str] | None:
    if client is RuntimeClient.OFFICIAL and not runtime.startswith("python"):
        return f"only Python functions can run the official runtime client, not {runtime}", "remove it"
    return None


def bootstrap_warning(code_file: str, *, exists: bool, executable: bool, has_layers: bool) -> tuple[str, str] | None:
    """Why a ``provided`` runtime would not start the function. ``code_file`` is the bootstrap as people read it."""
    if exists and not executable:
        return f"{code_file} is not executable", f"chmod +x {code_file}"
    if not exists and not has_layers:
        return f"{code_file} does not exist", "build the program there under that name, or add a layer that brings it"
    return None
