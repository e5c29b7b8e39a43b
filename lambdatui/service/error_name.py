"""What people call an error: the function's own name for it where it gave one."""

import json
from dataclasses import replace

from lambdatui.model.error_types import FUNCTION_UNKNOWN, RUNTIME_UNKNOWN
from lambdatui.model.invocation import InvokeResult

LONGEST_DOCUMENT_BYTES = 64 * 1024
LONGEST_NAME_CHARS = 200


def named(result: InvokeResult) -> InvokeResult:
    """With what people call its error, if it is one, as ``error_type``."""
    if result.function_error is None:
        return result
    name = error_name(result)
    return result if name == result.error_type else replace(result, error_type=name)


def error_name(result: InvokeResult) -> str:
    """``errorType`` of the document where the platform only knows that the function failed; else the platform's."""
    known = result.error_type or result.function_error or RUNTIME_UNKNOWN
    if known not in (RUNTIME_UNKNOWN, FUNCTION_UNKNOWN) or len(result.payload) > LONGEST_DOCUMENT_BYTES:
        return known
    try:
        document = json.loads(result.payload)
    except (ValueError, RecursionError):
        return known
    name = document.get("errorType") if isinstance(document, dict) else None
    return name[:LONGEST_NAME_CHARS] if isinstance(name, str) and name else known
