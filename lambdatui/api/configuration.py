"""A function of the project in the shapes of AWS's Lambda API.

Pure, except for reading the code: its size, hash and time of change come from disk, so ``read_code`` may block.
What a sandbox cannot know (role, runtime version) is a placeholder or left out. Environment variables are complete,
secrets included, as AWS shows them to whoever may call these operations.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lambdatui.model import limits
from lambdatui.model.arn import function_arn, layer_arn
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST
from lambdatui.model.phase import FunctionState
from lambdatui.project.code import code_files, code_sha256, code_size_bytes

Document = Mapping[str, object]
IDLE = "The function was idle for long; its next invoke starts it again."
_ROLE_ARN = f"arn:aws:iam::{limits.ACCOUNT_ID}:role/lambdatui"
"""There are no roles here; the member is required, so it says whose idea it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """What the service says about a function's code. ``modified_s`` is seconds since the epoch, of the newest file."""

    sha256: str
    size_bytes: int
    modified_s: float


NO_CODE = CodeFacts(sha256="", size_bytes=0, modified_s=0.0)
"""The code is missing or cannot be read; the function stays listed."""


def read_code(function: Function) -> CodeFacts:
    """Blocks: reads every file. NO_CODE when it cannot be read."""
    try:
        return CodeFacts(
            sha256=code_sha256(function), size_bytes=code_size_bytes(function), modified_s=_modified_s(function)
        )
    except OSError:
        return NO_CODE


def configuration(
    function: Function, code: CodeFacts, state: FunctionState, *, qualifier: str | None
) -> dict[str, object]:
    """The FunctionConfiguration that GetFunctionConfiguration answers with."""
    why = {"StateReason": IDLE, "StateReasonCode": "Idle"} if state is FunctionState.INACTIVE else {}
    return {
        **summary(function, code),
        "FunctionArn": function_arn(function.name, qualifier),
        "State": state,
        **why,
        "LastUpdateStatus": "Successful",
    }


def summary(function: Function, code: CodeFacts) -> dict[str, object]:
    """The FunctionConfiguration inside a list, which says nothing about states."""
    document: dict[str, object] = {
        "FunctionName": function.name,
        "FunctionArn": function_arn(function.name),
        "Runtime": function.runtime,
        "Role": _ROLE_ARN,
        "Handler": function.handler,
        "CodeSize": code.size_bytes,
        "Description": function.description,
        "Timeout": function.timeout_s,
        "MemorySize": function.memory_mb,
        "LastModified": _timestamp(code.modified_s),
        "CodeSha256": code.sha256,
        "Version": LATEST,
        "TracingConfig": {"Mode": "Active" if function.active_tracing else "PassThrough"},
        "RevisionId": _revision_id(function, code),
        "PackageType": "Zip",
        "Architectures": list(function.architectures),
        "EphemeralStorage": {"Size": function.ephemeral_storage_mb},
        "SnapStart": {"ApplyOn": "PublishedVersions" if function.snap_start else "None", "OptimizationStatus": "Off"},
        "LoggingConfig": _logging(function),
    }
    if function.environment:
        document["Environment"] = {"Variables": dict(function.environment)}
    if function.layers:
        document["Layers"] = [{"Arn": layer_arn(layer.stem)} for layer in function.layers]
    return document


def _logging(function: Function) -> dict[str, str]:
    """Levels only where the format knows them."""
    config = function.logging
    written = {
        "LogFormat": config.log_format,
        "ApplicationLogLevel": config.application_log_level,
        "SystemLogLevel": config.system_log_level,
        "LogGroup": config.log_group or f"/aws/lambda/{function.name}",
    }
    return {name: str(value) for name, value in written.items() if value is not None}


def description(
    function: Function, code: CodeFacts, state: FunctionState, *, qualifier: str | None
) -> dict[str, object]:
    """What GetFunction answers with. The code's location is where it lies on this machine."""
    document: dict[str, object] = {
        "Configuration": configuration(function, code, state, qualifier=qualifier),
        "Code": {"RepositoryType": "S3", "Location": function.code_path.absolute().as_uri()},
    }
    if function.reserved_concurrency is not None:
        document["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved_concurrency}
    return document


def _modified_s(function: Function) -> float:
    if not function.code_path.is_dir():
        return function.code_path.stat().st_mtime
    return max((path.stat().st_mtime for path in code_files(function.code_path)), default=0.0)


def _timestamp(time_s: float) -> str:
    """As AWS prints it here: milliseconds and ``+0000``."""
    moment = datetime.fromtimestamp(int(time_s * 1000) / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


def _revision_id(function: Function, code: CodeFacts) -> str:
    """Changes when code or configuration change, and only then; in the form of AWS's ids."""
    seen = repr(
        (
            function.name,
            function.runtime,
            function.handler,
            function.description,
            function.timeout_s,
            function.memory_mb,
            function.ephemeral_storage_mb,
            function.architectures,
            function.layers,
            function.logging,
            function.active_tracing,
            function.snap_start,
            sorted(function.environment.items()),
            code.sha256,
        )
    )
    return str(uuid.UUID(bytes=hashlib.sha256(seen.encode("utf-8", "surrogateescape")).digest()[:16], version=4))
