"""boto3 inside a handler, against moto's server: the SDK finds a region, credentials and an endpoint, and works."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from tests.contract.third_party.conftest import WithPackages

STORES = """
import boto3
s3 = boto3.client("s3")

def handler(event, context):
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key=event["key"], Body=b"12345")
    found = s3.list_objects_v2(Bucket="photos")["Contents"]
    return {"region": s3.meta.region_name, "keys": [(each["Key"], each["Size"]) for each in found]}
"""
WHO = """
import boto3

def handler(event, context):
    return boto3.client("sts").get_caller_identity()["Account"]
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


async def test_handler_uses_a_service_through_the_endpoint_it_was_given(
    with_packages: WithPackages, endpoint: str
) -> None:
    settings = {"f": f'timeout = 20\nenvironment = {{ AWS_ENDPOINT_URL = "{endpoint}" }}'}
    async with with_packages({"f": STORES}, settings) as run:
        answer = await run.result("f", {"key": "cat.jpg"})
    assert answer == {"region": "us-east-1", "keys": [["cat.jpg", 5]]}


async def test_credentials_are_none_of_the_developers(
    with_packages: WithPackages, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIADEVELOPER")
    source = "import boto3\ndef handler(event, context):\n    return boto3.Session().get_credentials().access_key\n"
    settings = {"f": "timeout = 20"}
    async with with_packages(
        {"f": source, "who": WHO},
        {**settings, "who": f'timeout = 20\nenvironment = {{ AWS_ENDPOINT_URL = "{endpoint}" }}'},
    ) as run:
        assert await run.result("f") == "ASIALAMBDATUILOCAL00"
        assert await run.result("who") == "123456789012"
