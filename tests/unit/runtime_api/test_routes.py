"""Every path of the Runtime API, and some that look like one."""

import pytest

from lambdatui.runtime_api.routes import Endpoint, Route, find_route


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/2018-06-01/runtime/invocation/next", Route(Endpoint.NEXT, "GET")),
        ("/2018-06-01/runtime/invocation/abc/response", Route(Endpoint.RESPONSE, "POST", "abc")),
        ("/2018-06-01/runtime/invocation/abc/error", Route(Endpoint.ERROR, "POST", "abc")),
        ("/2018-06-01/runtime/invocation/next/response", Route(Endpoint.RESPONSE, "POST", "next")),
        ("/2018-06-01/runtime/init/error", Route(Endpoint.INIT_ERROR, "POST")),
        ("/2018-06-01/ping", Route(Endpoint.PING, "GET")),
        ("/2018-06-01/runtime/restore/next", Route(Endpoint.RESTORE_NEXT, "GET")),
        ("/2018-06-01/runtime/restore/error", Route(Endpoint.RESTORE_ERROR, "POST")),
        ("/2020-01-01/extension/register", Route(Endpoint.REGISTER, "POST")),
        ("/2020-01-01/extension/event/next", Route(Endpoint.EVENT_NEXT, "GET")),
        ("/2020-01-01/extension/init/error", Route(Endpoint.EXTENSION_INIT_ERROR, "POST")),
        ("/2020-01-01/extension/exit/error", Route(Endpoint.EXTENSION_EXIT_ERROR, "POST")),
        ("/2022-07-01/telemetry", Route(Endpoint.TELEMETRY, "PUT")),
        ("/2020-08-15/logs", Route(Endpoint.LOGS, "PUT")),
        ("/2021-04-23/credentials", Route(Endpoint.CREDENTIALS, "GET")),
        ("/2026-01-15/metadata/execution-environment", Route(Endpoint.METADATA, "GET")),
    ],
)
def test_a_path_of_the_api_is_known(path: str, route: Route) -> None:
    assert find_route(path) == route


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ping",
        "/2018-06-01",
        "/2018-06-01/runtime/invocation/",
        "/2018-06-01/runtime/invocation/next/",
        "/2018-06-01/runtime/invocation//response",
        "/2018-06-01/runtime/invocation/a/b/response",
        "/2018-06-01/runtime/invocation/abc/Response",
        "/2018-06-01/extension/register",
        "/2020-01-01/extension/register/",
        "/2020-01-01/runtime/invocation/next",
    ],
)
def test_any_other_path_is_not(path: str) -> None:
    assert find_route(path) is None
