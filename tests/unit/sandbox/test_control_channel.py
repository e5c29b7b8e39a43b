"""The end of a control socket that the processes of an environment read: it believes nothing."""

import array
import os
import socket

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


def test_descriptors_are_taken_in_the_order_of_the_messages_that_brought_them() -> None:
    ours, theirs = socket.socketpair()
    pipes = [os.pipe() for _ in range(3)]
    with ours, theirs:
        channel = ControlChannel(theirs.fileno())
        for count, sent in ((2, [pipes[0][1], pipes[1][1]]), (1, [pipes[2][1]])):
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", sent))]
            ours.sendmsg([b'{"fds": %d}\n' % count], rights)
        received = [message for _ in range(2) for message in channel.receive() or []]
        for message, readers in zip(received, (pipes[:2], pipes[2:]), strict=True):
            for fd, (reader, _) in zip(channel.take_fds(message["fds"]), readers, strict=True):
                assert not os.get_inheritable(fd)
                os.write(fd, b"through")
                assert os.read(reader, 100) == b"through"
                os.close(fd)
    for pipe in pipes:
        os.close(pipe[0])
        os.close(pipe[1])


def test_connection_without_a_reader_is_at_its_end() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.close()
        assert ControlChannel(theirs.fileno()).receive() is None
