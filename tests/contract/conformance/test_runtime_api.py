"""What a handler sees of the Runtime API, through a whole engine; and its limit of a stream."""

import json
from pathlib import Path

import pytest

from lambdatui.lifecycle.inputs import ResponseFault, RuntimeBeganStreaming, RuntimeEndedStreaming
from lambdatui.net.heads import LAST_CHUNK, render_chunk
from tests.contract.runtime_api.door import ApiDoor
from tests.contract.runtime_api.test_streaming import HEAD
from tests.support.running import running, write_project

SHOW = """
import os
AT_IMPORT = os.environ.get("_X_AMZN_TRACE_ID")

def handler(event, context):
    return {
        "event": event if isinstance(event, (dict, str)) else type(event).__name__,
        "arn": context.invoked_function_arn.rpartition(":function:")[2],
        "trace at import": AT_IMPORT,
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
    }
"""


async def shown(tmp_path: Path, **options: object) -> dict[str, object]:
    """What the handler saw of an invoke with these options."""
    async with running(write_project(tmp_path, {"show": SHOW})) as run:
        outcome = await run.invoke("show", **options)
    assert outcome.result is not None
    seen = json.loads(outcome.result.payload)
    assert isinstance(seen, dict)
    return seen


async def test_arn_has_no_qualifier_where_the_caller_gave_none(tmp_path: Path) -> None:
    assert (await shown(tmp_path))["arn"] == "show"


async def test_arn_has_the_qualifier_that_the_caller_gave(tmp_path: Path) -> None:
    assert (await shown(tmp_path, qualifier="$LATEST"))["arn"] == "show:$LATEST"


@pytest.mark.parametrize(
    ("content_type", "event"),
    [("application/json", {}), ("text/plain", "bytes"), ("application/json;charset=utf-8", "bytes")],
)
async def test_only_an_event_that_is_called_json_is_parsed(tmp_path: Path, content_type: str, event: object) -> None:
    assert (await shown(tmp_path, content_type=content_type))["event"] == event


async def test_trace_of_the_caller_is_the_invokes_variable_and_not_there_before(tmp_path: Path) -> None:
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1"
    seen = await shown(tmp_path, trace_id=trace)
    assert (seen["trace at import"], seen["trace"]) == (None, trace)


@pytest.mark.parametrize(("more", "fault"), [(b"", None), (b"x", ResponseFault.TOO_LARGE)])
async def test_stream_may_have_200_mb_and_no_byte_more(more: bytes, fault: ResponseFault | None) -> None:
    piece = b"x" * (8 << 20)
    async with ApiDoor() as door:
        peer = await door.connect()
        await peer.send(HEAD)
        stream = door.api.read_stream((await door.came(RuntimeBeganStreaming)).token)
        for _ in range(200 // 8):
            peer.write(render_chunk(piece))
            read = 0
            while read < len(piece):
                read += len(await stream.next_piece())
        peer.write((render_chunk(more) if more else b"") + LAST_CHUNK)
        assert await stream.next_piece() == b""
        ended = await door.came(RuntimeEndedStreaming)
    assert ended.fault is fault
