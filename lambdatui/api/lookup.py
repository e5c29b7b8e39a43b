"""From what a caller named to a function of this project, including the emulator's name for the only one."""

from urllib.parse import parse_qsl

from lambdatui.api.constraints import Violations
from lambdatui.api.names import FunctionReference, parse_reference
from lambdatui.api.ports import Service
from lambdatui.model.arn import function_arn
from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.service.invoking import ServiceError, function_not_found

EMULATOR_NAME = "function"
"""Scripts written for AWS's runtime interface emulator invoke this name, whatever the function is called."""


def query_values(query: str) -> dict[str, str]:
    """The first value of each parameter, decoded; an empty value is a value."""
    if not query:
        return {}
    return dict(reversed(parse_qsl(query, keep_blank_values=True)))


def reference(name: str, query: dict[str, str], violations: Violations) -> FunctionReference:
    """Raises as ``parse_reference`` does."""
    return parse_reference(name, query.get("Qualifier"), violations)


def find_function(service: Service, named: FunctionReference, *, missing_qualifier: str | None) -> Function:
    """The function that was named. Raises ServiceError 404 with the ARN as AWS prints it: under the qualifier that was
    asked for, else under ``missing_qualifier``.
    """
    try:
        return service.function(_known_name(service, named.name))
    except ServiceError as error:
        if error.status_code != 404:
            raise
        qualifier = named.qualifier or missing_qualifier
        raise function_not_found(function_arn(named.name, qualifier)) from None


def _known_name(service: Service, name: FunctionName) -> FunctionName:
    if name == EMULATOR_NAME:
        functions = service.project.functions
        if len(functions) == 1:
            return functions[0].name
    return name
