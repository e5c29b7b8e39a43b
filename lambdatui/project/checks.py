"""What Lambda accepts as a function's configuration, with the service's own texts.

Decides only; reads nothing but whether code and handler files exist. A refusal is an ERROR and takes the function
out of the project; a WARNING leaves it in.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lambdatui.model import limits
from lambdatui.model.function import Problem, Severity
from lambdatui.model.ids import FunctionName
from lambdatui.project import runtimes
from lambdatui.project.access import denial, denied
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.env_files import RESERVED_VARIABLES, VARIABLE_NAME
from lambdatui.project.settings import Setting
from lambdatui.telemetry.redaction import redacted

NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
    r"(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)
"""As the service prints it."""
MAX_HANDLER_CHARS = 128
MAX_DESCRIPTION_CHARS = 256
ARCHITECTURES = ("x86_64", "arm64")

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}")
"""As JSON writes one: Python would also take spaces, underscores and the digits of other scripts."""
_NAME = re.compile(r"[a-zA-Z0-9_-]+\Z")
_SHOWN_CHARS = 120
"""Of the variables in the message about their size, which on AWS has them all, secrets included."""

_NODE_SUFFIXES = ("js", "mjs", "cjs")
_ZIP_SUFFIXES = frozenset({".zip", ".jar"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRule:
    """``member`` is the API's name of the field."""

    member: str
    minimum: int
    maximum: int | None
    hint: str


NUMBER_RULES = {
    "timeout_s": NumberRule(
        member="timeout", minimum=limits.MIN_TIMEOUT_S, maximum=limits.MAX_TIMEOUT_S, hint="in seconds, from 1 to 900"
    ),
    "memory_mb": NumberRule(
        member="memorySize", minimum=limits.MIN_MEMORY_MB, maximum=limits.MAX_MEMORY_MB, hint="in MB, from 128 to 10240"
    ),
    "ephemeral_storage_mb": NumberRule(
        member="ephemeralStorage.size",
        minimum=limits.MIN_EPHEMERAL_STORAGE_MB,
        maximum=limits.MAX_EPHEMERAL_STORAGE_MB,
        hint="in MB, from 512 to 10240",
    ),
    "reserved_concurrency": NumberRule(
        member="reservedConcurrentExecutions", minimum=0, maximum=None, hint="0 stops the function, more limits it"
    ),
    "provisioned_concurrency": NumberRule(
        member="provisionedConcurrentExecutions",
        minimum=limits.MIN_PROVISIONED_CONCURRENCY,
        maximum=None,
        hint="leave it out where nothing is to be provisioned",
    ),
}


class Refusal(Exception):
    """A value Lambda would not take."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def constraint(value: object, member: str, rule: str) -> str:
    """The service's sentence for a value that is out of bounds."""
    return (
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}"
    )


def number_check(field: str) -> Callable[[str], int]:
    """The check of a numeric field of ``Function``."""
    return lambda text: whole_number(text, NUMBER_RULES[field])


def whole_number(text: str, rule: NumberRule) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise Refusal(f"must be a whole number, not {text[:80]!r}", rule.hint)
    number = int(text)
    if number < rule.minimum:
        raise Refusal(constraint(number, rule.member, f"have value greater than or equal to {rule.minimum}"), rule.hint)
    if rule.maximum is not None and number > rule.maximum:
        raise Refusal(constraint(number, rule.member, f"have value less than or equal to {rule.maximum}"), rule.hint)
    return number


def function_name(name: str) -> FunctionName:
    if not _NAME.match(name):
        suggestion = re.sub(r"[^a-zA-Z0-9_-]+", "-", name).strip("-") or "my-function"
        rule = f"satisfy regular expression pattern: {NAME_PATTERN}"
        raise Refusal(
            constraint(name, "functionName", rule), f"use letters, digits, - and _, such as {suggestion[:64]!r}"
        )
    if len(name) > limits.MAX_FUNCTION_NAME_CHARS:
        rule = f"have length less than or equal to {limits.MAX_FUNCTION_NAME_CHARS}"
        raise Refusal(constraint(name, "functionName", rule), f"{len(name)} characters are {len(name) - 64} too many")
    return FunctionName(name)


def handler(text: str) -> str:
    if not text or re.search(r"\s", text):
        rule = r"satisfy regular expression pattern: [^\s]+"
        raise Refusal(constraint(text, "handler", rule), "write it as module.function, such as app.lambda_handler")
    if len(text) > MAX_HANDLER_CHARS:
        rule = f"have length less than or equal to {MAX_HANDLER_CHARS}"
        raise Refusal(constraint(text, "handler", rule), "move the module nearer to the top of the code directory")
    return text


def description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION_CHARS:
        rule = f"have length less than or equal to {MAX_DESCRIPTION_CHARS}"
        raise Refusal(constraint(text, "description", rule), f"{len(text)} characters are too many")
    return text


def runtime(text: str) -> str:
    if text not in runtimes.KNOWN:
        known = ", ".join(runtimes.CURRENT)
        rule = f"satisfy enum value set: [{known}] or be a valid ARN"
        raise Refusal(
            f"Value {text} at 'runtime' failed to satisfy constraint: Member must {rule}",
            did_you_mean(text, runtimes.CURRENT) or "use one of these",
        )
    return text


def architectures(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) != 1 or values[0] not in ARCHITECTURES:
        rule = f"satisfy constraint: [Member must satisfy enum value set: [{', '.join(ARCHITECTURES)}]]"
        raise Refusal(constraint(f"[{', '.join(values)}]", "architectures", rule), "name exactly one of the two")
    return values


def runtime_warning(text: str) -> tuple[str, str] | None:
    """Why a function of this runtime may not do what is hoped."""
    if not runtimes.runs_here(text):
        return f"{text} cannot be run here: only python3.9, nodejs18.x and later, and provided can", (
            "the function is listed; invoking it says the same"
        )
    if text in runtimes.DEPRECATED:
        return (
            f"The runtime parameter of {text} is no longer supported for creating or updating AWS Lambda functions",
            (f"use {runtimes.replacement(text)}; here it still runs"),
        )
    return None


def code_path(path: Path, shown: str) -> Path:
    if part := denied(path):
        raise Refusal(*denial(part))
    if not os.path.exists(path):
        return _missing_code(path, shown)
    if os.path.isfile(path) and path.suffix not in _ZIP_SUFFIXES:
        raise Refusal(f"{shown} is neither a directory nor a zip file", f"point at its directory: {_parent(shown)}")
    if os.path.isfile(path):
        import zipfile

        if not zipfile.is_zipfile(path):
            raise Refusal(f"{shown} is not a zip file", f"build it again, then check it with: unzip -l {shown}")
    return path


def _missing_code(path: Path, shown: str) -> Path:
    parent = path.parent
    siblings = [entry.name for entry in parent.iterdir()] if os.path.isdir(parent) else []
    hint = did_you_mean(path.name, siblings) or f"create it, or correct the path; it is relative to {parent}"
    raise Refusal(f"{shown} does not exist", hint)


def _parent(shown: str) -> str:
    parent = shown.rpartition("/")[0]
    return f"{parent}/" if parent else "."


def handler_warning(text: str, code: Path) -> tuple[str, str] | None:
    """Why a Python runtime would not find the handler's module in the directory ``code``."""
    module, dot, function = text.rpartition(".")
    if not dot or not module or not function:
        return f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)", (
            "write it as module.function, such as app.lambda_handler"
        )
    if module.endswith(".py") or function == "py":
        return f"{text!r} names a file", "write it as module.function, such as app.lambda_handler"
    parts = Path(*module.replace(".", "/").split("/"))
    if (
        not os.path.isdir(code)
        or os.path.exists((code / parts).with_name(f"{parts.name}.py"))
        or os.path.exists(code / parts)
    ):
        return None
    directory = (code / parts).parent
    siblings = [entry.stem for entry in directory.glob("*.py")] if os.path.isdir(directory) else []
    if near := did_you_mean(parts.name, siblings):
        return f"{parts}.py is not in {code.name}/", near
    return f"{parts}.py is not in {code.name}/", "create it, or correct the handler; a layer may still bring it"


def node_handler_warning(text: str, code: Path) -> tuple[str, str] | None:
    """Why a Node.js runtime would not find the handler's module in the directory ``code``."""
    module, dot, function = text.rpartition(".")
    if not dot or not module or not function:
        return f"Bad handler {text}", "write it as file.function, such as index.handler"
    if function in _NODE_SUFFIXES:
        return f"{text!r} names a file", f"write it as file.function, such as {module}.handler"
    place = code / module
    if not os.path.isdir(code) or any(
        os.path.exists(place.with_name(f"{place.name}.{suffix}")) for suffix in _NODE_SUFFIXES
    ):
        return None
    siblings = [entry.stem for suffix in _NODE_SUFFIXES for entry in place.parent.glob(f"*.{suffix}")]
    hint = did_you_mean(place.name, siblings) or "create it, or build it, or correct the handler"
    return f"{module}.js or .mjs or .cjs is not in {code.name}/", hint


def environment(settings: Mapping[str, Setting], name: FunctionName) -> Iterator[Problem]:
    """What UpdateFunctionConfiguration would refuse about the function's own variables."""
    for key in sorted(RESERVED_VARIABLES & settings.keys()):
        message = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {key}"
        )
        yield problem_at(settings[key], message, "remove it; Lambda sets it itself", name)
    for key, setting in settings.items():
        if key not in RESERVED_VARIABLES and not VARIABLE_NAME.match(key):
            message = (
                "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys "
                "must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
            )
            yield problem_at(setting, message, "start with a letter, then letters, digits or _", name)
    values = {key: variable_text(setting) for key, setting in settings.items()}
    for key, text in values.items():
        if not _is_sayable(text):
            hint = "no process can be given it: take the character out, or write it as base64"
            yield problem_at(settings[key], f"The value of {key} has a character that no variable can have", hint, name)
    size = len(_compact(values).encode("utf-8", "surrogatepass"))
    if size > limits.MAX_ENVIRONMENT_BYTES:
        largest = max(values, key=lambda key: len(values[key]))
        message = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {_compact(redacted(values)):.{_SHOWN_CHARS}}…"
        )
        hint = f"{size:,} bytes as JSON, {limits.MAX_ENVIRONMENT_BYTES:,} allowed; the largest is {largest}"
        yield problem_at(settings[largest], message, hint, name)


def _is_sayable(text: str) -> bool:
    """Neither NUL nor half of a surrogate pair: neither gets through execve, nor through an API call."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def variable_text(setting: Setting) -> str:
    """What the function sees of a variable; a list is joined by commas."""
    return ",".join(setting.value) if isinstance(setting.value, tuple) else str(setting.value)


def _compact(values: Mapping[str, str]) -> str:
    """The JSON that the service measures."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def problem_at(
    setting: Setting, message: str, hint: str, name: FunctionName | None, severity: Severity = Severity.ERROR
) -> Problem:
    origin = setting.origin
    return Problem(
        message=message,
        hint=hint,
        severity=severity,
        file=origin.file,
        line=origin.line,
        key=setting.key,
        function=name,
    )
