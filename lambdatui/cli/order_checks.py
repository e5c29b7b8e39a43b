"""What can be told about an invocation before any engine starts: a refusal then costs nothing and leaves nothing."""

from pathlib import Path

from lambdatui.cli.calls import Order, refused
from lambdatui.model import limits
from lambdatui.model.arn import function_arn
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST
from lambdatui.service.invoking import ServiceError, function_not_found, not_runnable


def check_order(order: Order, function: Function, project_root: Path) -> str:
    """The Python that will run it, empty where it is of another language. Raises CommandFailed, in the words in which
    an engine would refuse.
    """
    try:
        _check_size(order)
        if order.qualifier not in (None, LATEST):
            raise function_not_found(function_arn(function.name, order.qualifier))
        return _interpreter(function, project_root)
    except ServiceError as error:
        raise refused(error.status_code, error.name, error.message) from error


def _check_size(order: Order) -> None:
    size_bytes = len(order.event.payload)
    if size_bytes <= limits.MAX_ASYNC_REQUEST_BYTES:
        return
    from lambdatui.api.payload import check_size

    check_size(size_bytes, order.invocation_type)


def _interpreter(function: Function, project_root: Path) -> str:
    from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime, find_interpreter

    try:
        if function.runtime.startswith("provided"):
            return ""
        if function.runtime.startswith("nodejs"):
            from lambdatui.runtimes.node_programs import find_node

            find_node(function.runtime, project_root)
            return ""
        return find_interpreter(function.runtime, project_root).executable
    except (InterpreterNotFound, UnsupportedRuntime) as error:
        raise not_runnable(str(error)) from error
