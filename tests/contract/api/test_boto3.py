"""AWS's own client against the API: it parses every answer by its service model and raises the modelled exceptions."""

import asyncio
import base64
import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.phase import FunctionState
from lambdatui.net.listener import serve_tcp
from tests.contract.api.standin import REQUEST_ID, StandIn, echo

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
Call = Callable[..., Any]


def make_client(port: int, access_key_id: str = "test") -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=access_key_id,
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.fixture
def client(port: int) -> Iterator[Any]:
    client = make_client(port)
    yield client
    client.close()


@pytest.fixture
def call(client: Any) -> Call:
    """Call an operation by name, off the loop that serves it."""

    async def run(operation: str, **parameters: object) -> Any:
        return await asyncio.to_thread(getattr(client, operation), **parameters)

    return run


async def refusal(call: Call, operation: str, **parameters: object) -> ClientError:
    with pytest.raises(ClientError) as raised:
        await call(operation, **parameters)
    return raised.value


class TestInvoke:
    async def test_synchronous(self, call: Call) -> None:
        answer = await call("invoke", FunctionName="orders", Payload=b'{"a": 1}', LogType="Tail")
        assert await asyncio.to_thread(answer["Payload"].read) == b'{"a": 1}'
        assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
        assert base64.b64decode(answer["LogResult"]).startswith(b"START")
        assert answer["ResponseMetadata"]["RequestId"] == REQUEST_ID
        assert "FunctionError" not in answer

    @pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
    async def test_asynchronous_and_dry_run(self, call: Call, kind: str, status: int) -> None:
        answer = await call("invoke", FunctionName="orders", InvocationType=kind)
        assert (answer["StatusCode"], await asyncio.to_thread(answer["Payload"].read)) == (status, b"")
        assert "ExecutedVersion" not in answer

    async def test_function_error(self, call: Call, service: StandIn) -> None:
        result = InvokeResult(payload=b'{"errorType": "E"}', function_error="Unhandled")
        service.respond = lambda request: dataclasses.replace(echo(request), result=result)
        answer = await call("invoke", FunctionName="orders")
        assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")

    async def test_qualified_arn(self, call: Call, service: StandIn) -> None:
        await call("invoke", FunctionName=f"{ARN}orders:$LATEST", Qualifier="$LATEST")
        assert (service.invoked[0].function, service.invoked[0].qualifier) == ("orders", "$LATEST")

    async def test_client_context_and_tenant(self, call: Call, service: StandIn) -> None:
        context = base64.b64encode(b'{"custom":{}}').decode()
        await call("invoke", FunctionName="orders", ClientContext=context, TenantId="blue")
        assert (service.invoked[0].client_context, service.invoked[0].tenant_id) == ('{"custom":{}}', "blue")

    @pytest.mark.parametrize(
        ("parameters", "code", "status"),
        [
            ({"FunctionName": "nope"}, "ResourceNotFoundException", 404),
            ({"FunctionName": "orders", "Qualifier": "live"}, "ResourceNotFoundException", 404),
            ({"FunctionName": "orders:1", "Qualifier": "2"}, "InvalidParameterValueException", 400),
            ({"FunctionName": "*"}, "ValidationException", 400),
            ({"FunctionName": "orders", "InvocationType": "Sync"}, "ValidationException", 400),
            ({"FunctionName": "orders", "Payload": b"{"}, "InvalidRequestContentException", 400),
            ({"FunctionName": "orders", "Payload": b"1" * 6_291_457}, "RequestEntityTooLargeException", 413),
        ],
    )
    async def test_refusal_is_raised_under_its_code(
        self, call: Call, parameters: dict[str, Any], code: str, status: int
    ) -> None:
        response = (await refusal(call, "invoke", **parameters)).response
        assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)

    async def test_missing_function_is_the_modelled_exception(self, call: Call, client: Any) -> None:
        with pytest.raises(client.exceptions.ResourceNotFoundException) as raised:
            await call("invoke", FunctionName="nope")
        assert raised.value.response["Error"]["Message"] == f"Function not found: {ARN}nope:$LATEST"
        assert raised.value.response["Type"] == "User"


class TestGetFunction:
    async def test_configuration_has_every_member_the_service_sends(self, call: Call) -> None:
        configuration = (await call("get_function", FunctionName="orders"))["Configuration"]
        variable = {name: configuration.pop(name) for name in ("CodeSha256", "CodeSize", "LastModified", "RevisionId")}
        assert configuration == {
            "FunctionName": "orders",
            "FunctionArn": f"{ARN}orders",
            "Runtime": "python3.12",
            "Role": "arn:aws:iam::123456789012:role/lambdatui",
            "Handler": "app.handler",
            "Description": "Takes orders",
            "Timeout": 3,
            "MemorySize": 128,
            "Version": "$LATEST",
            "Environment": {"Variables": {"TABLE": "o"}},
            "TracingConfig": {"Mode": "PassThrough"},
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
            "EphemeralStorage": {"Size": 512},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/orders"},
        }
        assert len(base64.b64decode(variable["CodeSha256"])) == 32
        assert variable["CodeSize"] == len("def handler(event, context): return event\n")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", variable["LastModified"])
        assert re.fullmatch(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}", variable["RevisionId"])

    async def test_code_is_where_it_lies_on_this_machine(self, call: Call, project: Project) -> None:
        code = (await call("get_function", FunctionName="orders"))["Code"]
        assert code == {"RepositoryType": "S3", "Location": project.functions[0].code_path.as_uri()}

    async def test_concurrency_is_there_only_when_reserved(self, call: Call) -> None:
        reserved = await call("get_function", FunctionName="orders")
        assert reserved["Concurrency"] == {"ReservedConcurrentExecutions": 5}
        assert "Concurrency" not in await call("get_function", FunctionName="thumbnails")

    async def test_environment_is_left_out_when_there_is_none(self, call: Call) -> None:
        assert "Environment" not in await call("get_function_configuration", FunctionName="thumbnails")

    async def test_qualified_request_gets_a_qualified_arn(self, call: Call) -> None:
        answer = await call("get_function_configuration", FunctionName="orders", Qualifier="$LATEST")
        assert answer["FunctionArn"] == f"{ARN}orders:$LATEST"

    async def test_revision_changes_with_the_code(self, call: Call, project: Project) -> None:
        before = await call("get_function_configuration", FunctionName="orders")
        again = await call("get_function_configuration", FunctionName="orders")
        (project.functions[0].code_path / "app.py").write_text("changed = True\n")
        after = await call("get_function_configuration", FunctionName="orders")
        assert before["RevisionId"] == again["RevisionId"] != after["RevisionId"]

    async def test_function_whose_code_is_missing_is_still_described(
        self, call: Call, service: StandIn, project: Project
    ) -> None:
        lost = dataclasses.replace(project.functions[0], code_path=project.root / "gone")
        service.project = dataclasses.replace(project, functions=(lost,))
        answer = await call("get_function_configuration", FunctionName="orders")
        assert (answer["CodeSha256"], answer["CodeSize"]) == ("", 0)

    @pytest.mark.parametrize("operation", ["get_function", "get_function_configuration"])
    @pytest.mark.parametrize(
        ("name", "qualifier", "arn"),
        [
            ("nope", {}, f"{ARN}nope"),
            ("nope", {"Qualifier": "$LATEST"}, f"{ARN}nope:$LATEST"),
            ("orders", {"Qualifier": "1221"}, f"{ARN}orders:1221"),
            ("orders", {"Qualifier": "$latest"}, f"{ARN}orders:$latest"),
            ("arn:aws:lambda:us-east-1:123456789012:function", {}, f"{ARN}function"),
        ],
    )
    async def test_what_does_not_exist_is_named_by_its_arn(
        self, call: Call, operation: str, name: str, qualifier: dict[str, str], arn: str
    ) -> None:
        error = (await refusal(call, operation, FunctionName=name, **qualifier)).response["Error"]
        assert error == {"Code": "ResourceNotFoundException", "Message": f"Function not found: {arn}"}


class TestListFunctions:
    @pytest.fixture
    def many(self, service: StandIn, project: Project) -> StandIn:
        functions = (
            dataclasses.replace(project.functions[0], name=FunctionName(f"f{number:03}")) for number in range(120)
        )
        service.project = dataclasses.replace(project, functions=tuple(functions))
        return service

    async def test_listed_function_says_nothing_about_its_state(self, call: Call) -> None:
        answer = await call("list_functions")
        assert [function["FunctionName"] for function in answer["Functions"]] == ["orders", "thumbnails"]
        assert "State" not in answer["Functions"][0]
        assert "NextMarker" not in answer

    async def test_listing_all_versions_prints_qualified_arns(self, call: Call) -> None:
        answer = await call("list_functions", FunctionVersion="ALL")
        assert answer["Functions"][0]["FunctionArn"] == f"{ARN}orders:$LATEST"

    async def test_paginator_walks_through_everything_once(self, client: Any, many: StandIn) -> None:
        def names() -> list[str]:
            pages = client.get_paginator("list_functions").paginate()
            return [function["FunctionName"] for page in pages for function in page["Functions"]]

        assert await asyncio.to_thread(names) == [f"f{number:03}" for number in range(120)]

    @pytest.mark.parametrize(("max_items", "listed"), [(7, 7), (50, 50), (10_000, 50)])
    async def test_page_has_at_most_fifty(self, call: Call, many: StandIn, max_items: int, listed: int) -> None:
        answer = await call("list_functions", MaxItems=max_items)
        assert (len(answer["Functions"]), "NextMarker" in answer) == (listed, True)

    async def test_marker_that_is_not_ours_is_refused(self, call: Call) -> None:
        error = await refusal(call, "list_functions", Marker="!")
        assert error.response["Error"]["Code"] == "InvalidParameterValueException"

    async def test_unknown_function_version_is_refused_in_awss_words(self, call: Call) -> None:
        error = await refusal(call, "list_functions", FunctionVersion="invalid")
        assert error.response["Error"] == {
            "Code": "ValidationException",
            "Message": "1 validation error detected: Value 'invalid' at 'functionVersion' failed to satisfy "
            "constraint: Member must satisfy enum value set: [ALL]",
        }


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("ListFunctions", {}),
        ("GetFunction", {"FunctionName": "orders"}),
        ("GetFunctionConfiguration", {"FunctionName": "orders"}),
    ],
)
async def test_answer_is_what_the_service_model_describes(
    port: int, client: Any, operation: str, parameters: dict[str, str]
) -> None:
    """botocore drops members it does not know while parsing, so the raw document is what is checked."""
    from tests.contract.api.wire import exchange, request_bytes

    model = client.meta.service_model.operation_model(operation)
    target = model.http["requestUri"].format(**parameters)
    document = (await exchange(port, request_bytes("GET", target))).json
    report = ParamValidator().validate(document, model.output_shape)
    assert report.generate_report() == ""
    assert unknown_members(document, model.output_shape) == []


def unknown_members(document: Any, shape: Any) -> list[str]:
    if shape.type_name == "list":
        return [name for each in document for name in unknown_members(each, shape.member)]
    if shape.type_name != "structure":
        return []
    unknown = [name for name in document if name not in shape.members]
    known = [name for name in document if name in shape.members]
    return unknown + [name for each in known for name in unknown_members(document[each], shape.members[each])]


async def test_token_as_access_key_id_lets_an_unchanged_sdk_in(service: StandIn) -> None:
    api = ApiServer(service, token="s3cret")
    listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
    right, wrong = make_client(listener.port, "s3cret"), make_client(listener.port, "other")
    try:
        assert (await asyncio.to_thread(right.invoke, FunctionName="orders"))["StatusCode"] == 200
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            await asyncio.to_thread(wrong.invoke, FunctionName="orders")
    finally:
        right.close()
        wrong.close()
        listener.close()
        await listener.wait_closed()
        api.close()


async def test_function_that_nobody_used_for_long_is_inactive(call: Call, service: StandIn) -> None:
    service.state = FunctionState.INACTIVE
    answer = await call("get_function_configuration", FunctionName="orders")
    assert (answer["State"], answer["StateReasonCode"]) == ("Inactive", "Idle")
