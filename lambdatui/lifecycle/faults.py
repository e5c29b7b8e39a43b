"""Lines that the platform adds to the log for people: what AWS tells by a type only, and what to do about it."""

from lambdatui.model.ids import RequestId
from lambdatui.model.records import PlatformFault


def launch_fault(extension: str, reason: str, hint: str, request_id: RequestId | None) -> PlatformFault:
    """Why an external extension could not be executed; its EXTENSION line has only the type."""
    message = f"Extension {extension} could not be started: {reason}"
    return PlatformFault(request_id=request_id, message=f"{message} ({hint})" if hint else message)
