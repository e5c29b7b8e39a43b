"""Subscriptions as extensions write them, and the service's answers to wrong ones."""

import json
from typing import Any

import pytest

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.runtime_api.telemetry_subscription import (
    Buffering,
    Destination,
    InvalidSubscription,
    Protocol,
    SubscriptionSpec,
    parse_subscription,
)

HTTP = {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/lumigo?x=1"}
WHOLE: dict[str, Any] = {
    "schemaVersion": "2022-12-13",
    "types": ["platform", "function", "platform"],
    "buffering": {"maxItems": 1000, "maxBytes": 1048576, "timeoutMs": 25},
    "destination": HTTP,
}


def parse(document: object, api: SubscriptionApi = SubscriptionApi.TELEMETRY) -> SubscriptionSpec:
    return parse_subscription(api, json.dumps(document).encode())


def complaint(document: object, api: SubscriptionApi = SubscriptionApi.TELEMETRY) -> str:
    with pytest.raises(InvalidSubscription) as caught:
        parse(document, api)
    return caught.value.refusal.message


def test_whole_subscription_is_understood() -> None:
    assert parse(WHOLE) == SubscriptionSpec(
        api=SubscriptionApi.TELEMETRY,
        schema_version="2022-12-13",
        types=("platform", "function"),
        destination=Destination(protocol=Protocol.HTTP, port=8080, target="/lumigo?x=1"),
        buffering=Buffering(max_items=1000, max_bytes=1048576, timeout_ms=25),
    )


def test_buffering_that_is_left_out_has_the_services_defaults() -> None:
    spec = parse({key: value for key, value in WHOLE.items() if key != "buffering"})
    assert spec.buffering == Buffering(max_items=10_000, max_bytes=262_144, timeout_ms=1_000)


def test_single_limit_leaves_the_others_at_their_defaults() -> None:
    assert parse({**WHOLE, "buffering": {"maxItems": 1000}}).buffering == Buffering(max_items=1000)


@pytest.mark.parametrize("version", ["2022-07-01", "2022-12-13", "2025-01-29"])
def test_every_schema_version_of_the_telemetry_api_is_known(version: str) -> None:
    assert parse({**WHOLE, "schemaVersion": version}).schema_version == version


@pytest.mark.parametrize("version", ["2020-08-15", "2021-03-18"])
def test_every_schema_version_of_the_logs_api_is_known(version: str) -> None:
    assert parse({**WHOLE, "schemaVersion": version}, SubscriptionApi.LOGS).schema_version == version


def test_logs_api_without_a_version_means_its_first() -> None:
    document = {"types": ["function"], "destination": HTTP}
    assert parse(document, SubscriptionApi.LOGS).schema_version == "2020-08-15"


def test_tcp_destination_has_a_port_only() -> None:
    spec = parse({**WHOLE, "destination": {"protocol": "TCP", "port": 65535}})
    assert spec.destination == Destination(protocol=Protocol.TCP, port=65535)


@pytest.mark.parametrize("uri", ["http://sandbox:80", "HTTP://SANDBOX.localdomain:80/"])
def test_either_name_of_the_sandbox_will_do(uri: str) -> None:
    assert parse({**WHOLE, "destination": {"protocol": "HTTP", "URI": uri}}).destination.port == 80


def test_logs_may_be_put_instead_of_posted() -> None:
    spec = parse({"types": ["function"], "destination": {**HTTP, "method": "PUT"}}, SubscriptionApi.LOGS)
    assert spec.destination.method == "PUT"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    document = {**WHOLE, "types": [], "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain"}}
    assert complaint(document) == "URI port is not provided; types should not be empty"


@pytest.mark.parametrize(
    ("api", "error_type"),
    [(SubscriptionApi.TELEMETRY, "ValidationError"), (SubscriptionApi.LOGS, "Logs.ValidationError")],
)
def test_each_api_has_an_error_type_of_its_own(api: SubscriptionApi, error_type: str) -> None:
    with pytest.raises(InvalidSubscription) as caught:
        parse({}, api)
    assert (caught.value.refusal.status_code, caught.value.refusal.error_type) == (400, error_type)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schemaVersion": None}, "schemaVersion is not provided"),
        (
            {"schemaVersion": "2021-03-18"},
            'schemaVersion "2021-03-18" is not one of 2022-07-01, 2022-12-13, 2025-01-29',
        ),
        ({"schemaVersion": ["2022-07-01"]}, "schemaVersion ["),
        ({"types": None}, "types should not be empty"),
        ({"types": "platform"}, "types should be an array"),
        ({"types": ["Platform"]}, 'type "Platform" is not one of platform, function, extension'),
        ({"types": [{}]}, "type {} is not one of"),
        ({"destination": None}, "destination is not provided"),
        ({"destination": []}, "destination should be an object"),
        ({"destination": {}}, "destination protocol is not provided"),
        ({"destination": {"protocol": "UDP"}}, 'destination protocol "UDP" is not one of HTTP, TCP'),
        ({"destination": {"protocol": "HTTP"}}, "URI is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "https://sandbox:80"}}, "URI scheme should be http"),
        ({"destination": {"protocol": "HTTP", "URI": "http://localhost:80"}}, "URI host should be sandbox.localdomain"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:99999"}}, "is malformed"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:80/\r\nX: y"}}, "is malformed"),
        ({"destination": {**HTTP, "method": "GET"}}, 'destination method "GET" is not one of POST, PUT'),
        ({"destination": {"protocol": "TCP"}}, "port is not provided"),
        ({"destination": {"protocol": "TCP", "port": 0}}, "port 0 is not between 1 and 65535"),
        ({"destination": {"protocol": "TCP", "port": True}}, "port true is not between 1 and 65535"),
        ({"buffering": 3}, "buffering should be an object"),
        ({"buffering": {"maxItems": 999}}, "maxItems 999 is not between 1000 and 10000"),
        ({"buffering": {"maxBytes": 1048577}}, "maxBytes 1048577 is not between 262144 and 1048576"),
        ({"buffering": {"timeoutMs": 24}}, "timeoutMs 24 is not between 25 and 30000"),
        ({"buffering": {"timeoutMs": 30001}}, "timeoutMs 30001 is not between 25 and 30000"),
        ({"buffering": {"timeoutMs": "25"}}, 'timeoutMs "25" is not between'),
    ],
)
def test_wrong_value_is_named(change: dict[str, object], message: str) -> None:
    assert message in complaint({**WHOLE, **change})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSubscription, match="failed to parse JSON"):
        parse_subscription(SubscriptionApi.TELEMETRY, body)


def test_body_that_is_no_object_is_refused() -> None:
    assert complaint([1]) == "the subscription should be a JSON object"
