"""The read operations on functions: ListFunctions, GetFunction, GetFunctionConfiguration, answered from the project."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from lambdatui.api.answers import answer_json, spawn_answer
from lambdatui.api.configuration import CodeFacts, configuration, description, read_code, summary
from lambdatui.api.constraints import Violations
from lambdatui.api.errors import invalid_parameter, serialization_error
from lambdatui.api.lookup import find_function, query_values, reference
from lambdatui.api.names import FunctionReference, refuse_unpublished
from lambdatui.api.ports import Service
from lambdatui.api.routes import Parameters
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST
from lambdatui.net.request import Request

MAX_ITEMS = 10_000
PAGE_ITEMS = 50
"""AWS never lists more than this at once, whatever MaxItems asks for."""


class FunctionOperations:
    """Three routes for one engine. Code is hashed on a thread of its own, so that nobody's invoke waits for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="lambdatui-code-facts")

    def close(self) -> None:
        self._disk.shutdown(wait=False, cancel_futures=True)

    def list_functions(self, request: Request, parameters: Parameters) -> None:
        query = query_values(request.query)
        violations = Violations()
        if (version := query.get("FunctionVersion")) is not None:
            violations.one_of("functionVersion", version, ("ALL",))
        max_items = _max_items(query.get("MaxItems"), violations)
        violations.check()
        functions, next_marker = page(self._service.project.functions, query.get("Marker"), max_items)
        work = self._answer_list(request, functions, next_marker, qualified=version is not None)
        spawn_answer(self._service, "list functions", request, work)

    def get_function(self, request: Request, parameters: Parameters) -> None:
        function, named = self._find(request, parameters)
        spawn_answer(
            self._service, f"get function:{function.name}", request, self._answer_get(request, function, named)
        )

    def get_function_configuration(self, request: Request, parameters: Parameters) -> None:
        function, named = self._find(request, parameters)
        work = self._answer_configuration(request, function, named)
        spawn_answer(self._service, f"get configuration:{function.name}", request, work)

    def _find(self, request: Request, parameters: Parameters) -> tuple[Function, FunctionReference]:
        named = reference(parameters["FunctionName"], query_values(request.query), Violations())
        function = find_function(self._service, named, missing_qualifier=None)
        refuse_unpublished(named)
        return function, named

    async def _answer_list(
        self, request: Request, functions: Sequence[Function], next_marker: str | None, *, qualified: bool
    ) -> None:
        listed = []
        for function in functions:
            document = summary(function, await self._read_code(function))
            # Listed with its versions, even the unpublished one stands under its qualified name.
            listed.append(document | {"FunctionArn": f"{document['FunctionArn']}:{LATEST}"} if qualified else document)
        answer: dict[str, object] = {"Functions": listed}
        if next_marker is not None:
            answer["NextMarker"] = next_marker
        answer_json(request, answer)

    async def _answer_get(self, request: Request, function: Function, named: FunctionReference) -> None:
        code = await self._read_code(function)
        answer_json(
            request, description(function, code, self._service.function_state(function.name), qualifier=named.qualifier)
        )

    async def _answer_configuration(self, request: Request, function: Function, named: FunctionReference) -> None:
        code = await self._read_code(function)
        answer_json(
            request,
            configuration(function, code, self._service.function_state(function.name), qualifier=named.qualifier),
        )

    async def _read_code(self, function: Function) -> CodeFacts:
        return await asyncio.get_running_loop().run_in_executor(self._disk, read_code, function)


def page(functions: Sequence[Function], marker: str | None, max_items: int) -> tuple[Sequence[Function], str | None]:
    """One page in order of name, and the marker of the next. Raises ServiceError for a marker that is not ours."""
    ordered = sorted(functions, key=lambda function: function.name)
    after = _marked_name(marker) if marker else ""
    rest = [function for function in ordered if function.name > after]
    shown = rest[: min(max_items, PAGE_ITEMS)]
    if len(shown) == len(rest):
        return shown, None
    return shown, base64.urlsafe_b64encode(shown[-1].name.encode()).decode()


def _marked_name(marker: str) -> str:
    try:
        return base64.b64decode(marker, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid_parameter("Invalid marker: send the NextMarker of the previous page.") from None


def _max_items(text: str | None, violations: Violations) -> int:
    if text is None:
        return PAGE_ITEMS
    try:
        count = int(text)
    except ValueError:
        raise serialization_error(f"'{text}' can not be converted to an Integer") from None
    violations.number("maxItems", count, at_least=1, at_most=MAX_ITEMS)
    return count
