"""The example's handlers do with our sample events what their README promises."""

import importlib.util
import json
import struct
import tempfile
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lambdatui.events.catalogue import find

PROJECT = Path(__file__).resolve().parents[3] / "examples" / "orders"
Answer = dict[str, Any]  # what a handler returns is JSON


def _load(folder: str) -> ModuleType:
    """A fresh import each time, as after a cold start."""
    spec = importlib.util.spec_from_file_location(f"orders_{folder}", PROJECT / folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _invoke(module: ModuleType, sample: str) -> Answer:
    answer: Answer = module.lambda_handler(json.loads(find(sample).body), None)
    return answer


def _post(module: ModuleType, body: str | None) -> Answer:
    event = json.loads(find("http-post").body) | {"body": body}
    answer: Answer = module.lambda_handler(event, None)
    return answer


def test_listing_orders_is_answered_with_a_json_document() -> None:
    answer = _invoke(_load("api"), "http-get")
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["orders"] == [{"orderId": "o-1", "item": "tea towel", "quantity": 1}]


def test_a_created_order_is_located_and_listed() -> None:
    api = _load("api")
    created = _invoke(api, "http-post")
    assert created["statusCode"] == 201
    assert created["headers"]["location"] == "/orders/o-2"
    assert json.loads(created["body"]) in json.loads(_invoke(api, "http-get")["body"])["orders"]


def test_a_warm_environment_keeps_what_a_cold_one_has_lost() -> None:
    api = _load("api")
    assert [_invoke(api, "http-get")["headers"]["x-start"] for _ in range(2)] == ["cold", "warm"]
    assert _invoke(_load("api"), "http-get")["headers"]["x-start"] == "cold"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "the body is not JSON"),
        ("{", "the body is not JSON"),
        ("[]", "'item' must be a text"),
        ('{"item": 3}', "'item' must be a text"),
        ('{"item": "mug", "quantity": 0}', "'quantity' must be a whole number from 1"),
        ('{"item": "mug", "quantity": true}', "'quantity' must be a whole number from 1"),
    ],
)
def test_a_bad_order_is_refused_with_the_reason_and_not_kept(body: str | None, message: str) -> None:
    api = _load("api")
    answer = _post(api, body)
    assert (answer["statusCode"], json.loads(answer["body"])) == (400, {"message": message})
    assert len(api.orders) == 1


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_an_uploaded_photo_leaves_a_real_png_in_the_scratch_space(scratch: Path) -> None:
    assert _invoke(_load("thumbnails"), "s3-put") == {"thumbnails": ["ceramic mug.png"]}
    png = (scratch / "thumbnails" / "ceramic mug.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack("!II", png[16:24]) == (64, 64)
    length = struct.unpack("!I", png[33:37])[0]
    assert len(zlib.decompress(png[41 : 41 + length])) == 64 * (1 + 3 * 64)


def test_a_deleted_photo_takes_its_thumbnail_along(scratch: Path) -> None:
    thumbnails = _load("thumbnails")
    _invoke(thumbnails, "s3-put")
    assert _invoke(thumbnails, "s3-delete") == {"thumbnails": []}


@pytest.mark.parametrize(("sample", "packed"), [("sqs-single", ["o-1001"]), ("sqs-fifo", ["o-1005", "o-1006"])])
def test_readable_records_are_packed_in_order(sample: str, packed: list[str]) -> None:
    assert _invoke(_load("batch"), sample) == {"packed": packed}


def test_the_poison_record_of_the_batch_fails_the_function_and_is_named() -> None:
    batch = _load("batch")
    poison = json.loads(find("sqs-batch").body)["Records"][1]["messageId"]
    with pytest.raises(batch.PoisonRecord, match=poison):
        _invoke(batch, "sqs-batch")
