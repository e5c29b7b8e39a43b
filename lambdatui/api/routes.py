"""Which handler answers a method and path. AWS's operations stand in a table of their own, beside the router.

The table is written by hand, because importing botocore takes a third of a second; a test holds it against botocore's
service model, which stays the authority.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from lambdatui.net.request import Request

Parameters = Mapping[str, str]
"""Percent-decoded values of the ``{Name}`` segments of a pattern."""
Handler = Callable[[Request, Parameters], None]
"""Answers now, or spawns whoever answers later. Raises ServiceError for a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation of AWS's Lambda API; ``pattern`` is the requestUri of the service model."""

    name: str
    method: str
    pattern: str
    status_code: int


INVOKE = Operation(
    name="Invoke", method="POST", pattern="/2015-03-31/functions/{FunctionName}/invocations", status_code=200
)
INVOKE_ASYNC = Operation(
    name="InvokeAsync", method="POST", pattern="/2014-11-13/functions/{FunctionName}/invoke-async", status_code=202
)
INVOKE_WITH_RESPONSE_STREAM = Operation(
    name="InvokeWithResponseStream",
    method="POST",
    pattern="/2021-11-15/functions/{FunctionName}/response-streaming-invocations",
    status_code=200,
)
LIST_FUNCTIONS = Operation(name="ListFunctions", method="GET", pattern="/2015-03-31/functions", status_code=200)
GET_FUNCTION = Operation(
    name="GetFunction", method="GET", pattern="/2015-03-31/functions/{FunctionName}", status_code=200
)
GET_FUNCTION_CONFIGURATION = Operation(
    name="GetFunctionConfiguration",
    method="GET",
    pattern="/2015-03-31/functions/{FunctionName}/configuration",
    status_code=200,
)
REMEMBERED_PATHS = 512
OPERATIONS = (
    INVOKE,
    INVOKE_ASYNC,
    INVOKE_WITH_RESPONSE_STREAM,
    LIST_FUNCTIONS,
    GET_FUNCTION,
    GET_FUNCTION_CONFIGURATION,
)


@dataclass(frozen=True, slots=True)
class _Route:
    segments: tuple[str | None, ...]
    """None stands for a parameter."""
    parameters: tuple[tuple[int, str], ...]
    handler: Handler

    def matches(self, segments: list[str]) -> bool:
        return all(mine is None or mine == theirs for mine, theirs in zip(self.segments, segments, strict=True))


class Router:
    """Routes by method and number of segments, then segment by segment; the first match wins.

    What was found for a path is remembered: callers ask for the same few paths again and again.
    """

    def __init__(self, routes: Iterable[tuple[str, str, Handler]]) -> None:
        self._routes: dict[tuple[str, int], list[_Route]] = {}
        self.resolve = lru_cache(maxsize=REMEMBERED_PATHS)(self._resolve)
        """The handler and its parameters, or None. The path is as sent; a slash at its end makes no difference."""
        for method, pattern, handler in routes:
            route = _route(pattern, handler)
            self._routes.setdefault((method, len(route.segments)), []).append(route)

    def _resolve(self, method: str, path: str) -> tuple[Handler, Parameters] | None:
        segments = path.split("/")
        if len(segments) > 2 and not segments[-1]:
            segments.pop()
        for route in self._routes.get((method, len(segments)), ()):
            if route.matches(segments):
                return route.handler, {name: _decoded(segments[index]) for index, name in route.parameters}
        return None


def _route(pattern: str, handler: Handler) -> _Route:
    segments = pattern.split("/")
    parameters = tuple((index, part[1:-1]) for index, part in enumerate(segments) if part.startswith("{"))
    indexes = {index for index, _ in parameters}
    fixed = tuple(None if index in indexes else part for index, part in enumerate(segments))
    return _Route(fixed, parameters, handler)


def _decoded(segment: str) -> str:
    return unquote(segment) if "%" in segment else segment
