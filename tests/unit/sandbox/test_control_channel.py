"""The end of a control socket that the processes of an environment read: it believes nothing."""

import os

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.runtimes.python.control_channel import ControlChannel


def test_messages_are_whole_however_they_arrive() -> None:
    channel = ControlChannel(-1)
    assert channel.parse(b'{"op": "fre') == []
    assert channel.parse(b'eze"}\n{"op": "thaw"}\n{"op') == [{"op": "freeze"}, {"op": "thaw"}]


def test_empty_chunk_is_the_end() -> None:
    assert ControlChannel(-1).parse(b"") is None


@given(st.lists(st.binary(min_size=1), max_size=20))
def test_garbage_is_left_out_and_does_not_harm_what_follows(chunks: list[bytes]) -> None:
    channel = ControlChannel(-1)
    for chunk in chunks:
        assert all(isinstance(message, dict) for message in channel.parse(chunk) or [])
    messages = channel.parse(b'\n{"op": "kill"}\n')
    assert messages is not None
    assert messages[-1] == {"op": "kill"}


def test_endless_line_is_dropped() -> None:
    channel = ControlChannel(-1)
    for _ in range(9):
        assert channel.parse(b"x" * 1024 * 1024) == []
    assert channel.parse(b'{"op": "kill"}\n') == [{"op": "kill"}]


def test_sending_to_nobody_is_not_an_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    channel = ControlChannel(writer)
    channel.send(op="ready")
    channel.close()
