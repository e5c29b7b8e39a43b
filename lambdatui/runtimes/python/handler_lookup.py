"""From a handler string such as `folder/module.function` to the callable, with Lambda's diagnoses when that fails."""

from __future__ import annotations

import importlib
import sys

from .faults import (
    BUILT_IN_MODULE_CONFLICT,
    HANDLER_NOT_FOUND,
    IMPORT_MODULE_ERROR,
    MALFORMED_HANDLER_NAME,
    USER_CODE_SYNTAX_ERROR,
    Fault,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def find_handler(handler: str) -> Any:
    """Import the handler's module and return the named attribute (whether it can be called shows at the first invoke).

    Raises Fault for what Lambda names, and lets every other exception of the user's module through.
    """
    try:
        module_name, attribute = handler.rsplit(".", 1)
    except ValueError as reason:
        raise Fault(MALFORMED_HANDLER_NAME, f"Bad handler '{handler}': {reason}") from None
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(BUILT_IN_MODULE_CONFLICT, f"Cannot use built-in module {module_name} as a handler module")
    module = _import(module_name)
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise Fault(HANDLER_NOT_FOUND, f"Handler '{attribute}' missing on module '{module_name}'") from None


def _import(module_name: str) -> ModuleType:
    try:
        return importlib.import_module(module_name.replace("/", "."))
    except ImportError as reason:
        raise Fault(IMPORT_MODULE_ERROR, f"Unable to import module '{module_name}': {reason}") from None
    except SyntaxError as reason:
        place = f'  File "{reason.filename}" Line {reason.lineno}\n    {reason.text}'
        raise Fault(USER_CODE_SYNTAX_ERROR, f"Syntax error in module '{module_name}': {reason}", [place]) from None
