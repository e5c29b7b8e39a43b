"""Every way in which an environment breaks: what it means to the caller, to the records, and to extensions."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.extension_inputs import ExtensionExited, ExtensionLaunchFailed
from lambdatui.lifecycle.extension_refusals import MAX_EXTENSIONS
from lambdatui.lifecycle.platform_errors import UNHANDLED, end_of_process, exit_reason, platform_error
from lambdatui.model import error_types
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.limits import RESTORE_TIMEOUT_S
from lambdatui.model.phase import Status

FAILURE, TIMEOUT, SPINDOWN = "failure", "timeout", "spindown"
"""``shutdownReason`` of the event that extensions get."""

_OUT_OF_MEMORY = "out of memory"


class ServiceRefusal(NamedTuple):
    """What a caller gets whose invocation never began: an exception of the service."""

    exception: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """``error_type`` is what the records say, ``document_type`` and ``message`` what the caller's document says.

    ``posted`` is a document that the runtime itself wrote for the caller. ``reason`` is for people.
    """

    status: Status
    error_type: str | None
    document_type: str
    message: str
    reason: str
    posted: InvokeResult | None = None
    memory_used_mb: int | None = None
    shutdown_reason: str = FAILURE
    refusal: ServiceRefusal | None = None
    """Instead of a document, where the invocation waited for a restore."""

    def result(self, request_id: RequestId) -> InvokeResult:
        """What the caller of ``request_id`` gets, if it has nothing yet."""
        if self.posted is not None:
            return self.posted
        return platform_error(self.document_type, f"RequestId: {request_id} Error: {self.message}")

    def caused_by(self, first: str | None) -> "Breakdown":
        """What was reported before it broke is what it broke of; a timeout of an invoke stays one."""
        if first is None or self.error_type is None:
            return self
        return replace(self, error_type=first, document_type=first)


_RESTORE_FAILED = ServiceRefusal(
    "SnapStartException",
    "The afterRestore() runtime hook encountered an error. For more information, check the Amazon CloudWatch logs.",
)
_RESTORE_TIMED_OUT = ServiceRefusal(
    "SnapStartTimeoutException", "Lambda couldn't restore the snapshot within the timeout limit."
)


def runtime_exited(happened: inputs.RuntimeExited, memory_mb: int) -> Breakdown:
    """Out of memory it was killed, whatever it made of that; then the maximum was used, by definition."""
    if happened.out_of_memory:
        killed = exit_reason(exit_code=None, signal=9)
        return replace(
            _error(error_types.RUNTIME_EXIT_ERROR, killed, reason=_OUT_OF_MEMORY),
            error_type=error_types.RUNTIME_OUT_OF_MEMORY,
            memory_used_mb=memory_mb,
        )
    reason = exit_reason(exit_code=happened.exit_code, signal=happened.signal)
    return replace(_error(error_types.RUNTIME_EXIT_ERROR, reason), memory_used_mb=happened.memory_used_mb)


def runtime_launch_failed(happened: inputs.RuntimeLaunchFailed) -> Breakdown:
    return replace(_error(happened.error_type, happened.reason), memory_used_mb=happened.memory_used_mb)


def runtime_posted(happened: inputs.RuntimePostedInitError | inputs.RuntimePostedRestoreError) -> Breakdown:
    """Init or restore failed by the runtime's own account; the caller of a failed init gets its document."""
    posted = InvokeResult(
        payload=happened.payload,
        content_type=happened.content_type,
        function_error=UNHANDLED,
        error_type=happened.error_type,
    )
    broke = _error(happened.error_type, happened.error_type)
    return replace(broke, posted=posted, memory_used_mb=happened.memory_used_mb)


def extension_exited(happened: ExtensionExited, memory_mb: int) -> Breakdown:
    """As a runtime's, out of memory is the maximum by definition; whose memory it was makes no difference to that."""
    end = end_of_process(exit_code=happened.exit_code, signal=happened.signal)
    why = _OUT_OF_MEMORY if happened.out_of_memory else end
    broke = _error(error_types.EXTENSION_CRASH, end, reason=f"extension {happened.name} ended: {why}")
    return replace(broke, memory_used_mb=memory_mb if happened.out_of_memory else happened.memory_used_mb)


def extension_launch_failed(happened: ExtensionLaunchFailed) -> Breakdown:
    why = happened.reason or happened.error_type
    broke = _error(error_types.EXTENSION_LAUNCH_ERROR, f"fork/exec /opt/extensions/{happened.name}: {why}")
    return replace(broke, memory_used_mb=happened.memory_used_mb)


def too_many_extensions() -> Breakdown:
    return _error(error_types.EXTENSION_LAUNCH_ERROR, f"Extension limit ({MAX_EXTENSIONS}) reached")


def init_timed_out(limit_s: float) -> Breakdown:
    return Breakdown(
        status=Status.TIMEOUT,
        error_type=error_types.RUNTIME_UNKNOWN,
        document_type=error_types.RUNTIME_UNKNOWN,
        message="",
        reason=f"init took longer than {limit_s:g} s",
        shutdown_reason=TIMEOUT,
    )


def restore_timed_out() -> Breakdown:
    return Breakdown(
        status=Status.TIMEOUT,
        error_type=error_types.RESTORE_TIMEOUT,
        document_type=error_types.RESTORE_TIMEOUT,
        message="",
        reason=f"restoring the snapshot took longer than {RESTORE_TIMEOUT_S:g} s",
        shutdown_reason=TIMEOUT,
        refusal=_RESTORE_TIMED_OUT,
    )


def invoke_timed_out(timeout_s: float, memory_used_mb: int | None) -> Breakdown:
    return Breakdown(
        status=Status.TIMEOUT,
        error_type=None,
        document_type=error_types.SANDBOX_TIMEDOUT,
        message=f"Task timed out after {timeout_s:.2f} seconds",
        reason=error_types.SANDBOX_TIMEDOUT,
        memory_used_mb=memory_used_mb,
        shutdown_reason=TIMEOUT,
    )


def stopped(reason: str, memory_used_mb: int | None) -> Breakdown:
    """From outside, in the middle of something: to its caller that is a kill."""
    killed = exit_reason(exit_code=None, signal=9)
    broke = _error(error_types.RUNTIME_EXIT_ERROR, killed, reason=reason)
    return replace(broke, refusal=None, memory_used_mb=memory_used_mb)


def sandbox_lost(happened: inputs.SandboxLost) -> Breakdown:
    broke = _error(error_types.SANDBOX_FAILURE, happened.reason)
    return replace(broke, status=Status.FAILURE, refusal=None, memory_used_mb=happened.memory_used_mb)


def _error(error_type: str, message: str, reason: str = "") -> Breakdown:
    return Breakdown(
        status=Status.ERROR,
        error_type=error_type,
        document_type=error_type,
        message=message,
        reason=reason or message,
        refusal=_RESTORE_FAILED,
    )
