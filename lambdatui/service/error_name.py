"""What people call an error: the function's own name for it where it gave one."""

import json

from lambdatui.model.error_types import RUNTIME_UNKNOWN
from lambdatui.model.invocation import InvokeResult

LONGEST_DOCUMENT_BYTES = 64 * 1024


def error_name(result: InvokeResult) -> str:
    """``errorType`` of the document where the platform only knows that the function failed; else the platform's."""
    known = result.error_type or result.function_error or RUNTIME_UNKNOWN
    if known != RUNTIME_UNKNOWN or len(result.payload) > LONGEST_DOCUMENT_BYTES:
        return known
    try:
        document = json.loads(result.payload)
    except ValueError:
        return known
    named = document.get("errorType") if isinstance(document, dict) else None
    return named if isinstance(named, str) and named else known
