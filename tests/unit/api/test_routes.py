from typing import Any

import pytest

from lambdatui.api.routes import OPERATIONS, Operation, Parameters, Router
from lambdatui.net.request import Request


def invoke(request: Request, parameters: Parameters) -> None: ...
def show(request: Request, parameters: Parameters) -> None: ...
def home(request: Request, parameters: Parameters) -> None: ...


ROUTER = Router(
    [
        ("POST", "/2015-03-31/functions/{FunctionName}/invocations", invoke),
        ("GET", "/2015-03-31/functions/{FunctionName}", show),
        ("GET", "/", home),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "handler", "parameters"),
    [
        ("POST", "/2015-03-31/functions/orders/invocations", invoke, {"FunctionName": "orders"}),
        ("POST", "/2015-03-31/functions/orders/invocations/", invoke, {"FunctionName": "orders"}),
        ("POST", "/2015-03-31/functions/a%3A%24LATEST/invocations", invoke, {"FunctionName": "a:$LATEST"}),
        ("POST", "/2015-03-31/functions/a%2Fb/invocations", invoke, {"FunctionName": "a/b"}),
        ("GET", "/2015-03-31/functions/orders", show, {"FunctionName": "orders"}),
        ("GET", "/", home, {}),
    ],
)
def test_path_finds_its_handler(method: str, path: str, handler: Any, parameters: dict[str, str]) -> None:
    assert ROUTER.resolve(method, path) == (handler, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/2015-03-31/functions/orders/invocations"),
        ("POST", "/2015-03-31/functions/orders/invocation"),
        ("POST", "/2015-03-30/functions/orders/invocations"),
        ("POST", "2015-03-31/functions/orders/invocations"),
        ("GET", "*"),
        ("GET", ""),
    ],
)
def test_anything_else_has_no_handler(method: str, path: str) -> None:
    assert ROUTER.resolve(method, path) is None


@pytest.fixture(scope="module")
def service_model() -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model("lambda")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_operation_is_as_the_service_model_says(operation: Operation, service_model: Any) -> None:
    http = service_model.operation_model(operation.name).http
    assert (operation.method, operation.pattern, operation.status_code) == (
        http["method"],
        http["requestUri"],
        http["responseCode"],
    )


def test_patterns_of_names_are_as_the_service_model_says(service_model: Any) -> None:
    from lambdatui.api import constraints

    assert service_model.shape_for("NamespacedFunctionName").metadata["pattern"] == constraints.FUNCTION_NAME_PATTERN
    qualifier = service_model.shape_for("NumericLatestPublishedOrAliasQualifier").metadata
    assert (qualifier["pattern"], qualifier["max"]) == (constraints.QUALIFIER_PATTERN, constraints.MAX_QUALIFIER_CHARS)
    tenant = service_model.shape_for("TenantId").metadata
    assert (tenant["pattern"], tenant["max"]) == (constraints.TENANT_PATTERN, constraints.MAX_TENANT_CHARS)
