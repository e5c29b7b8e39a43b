"""Frames on the telemetry descriptor, and text on stdout."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lambdatui.runtimes.python.log_sink import FramedSink, StandardOutputSink, Unbuffered, open_log_sink

ERROR_FRAME = bytes.fromhex("a55a0017")


@pytest.fixture
def packets() -> Iterator[tuple[FramedSink, socket.socket]]:
    """A sink on a socket that keeps writes apart, so that a test sees each of them."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, far:
        far.settimeout(5)
        yield FramedSink(near.fileno()), far


def test_frame_is_type_length_time_and_message_in_one_write(packets: tuple[FramedSink, socket.socket]) -> None:
    sink, far = packets
    before_us = time.time_ns() // 1000
    sink.log("é\n", ERROR_FRAME)
    frame = far.recv(100)
    assert (frame[:4], frame[4:8], frame[16:]) == (ERROR_FRAME, b"\0\0\0\3", "é\n".encode())
    assert before_us <= int.from_bytes(frame[8:16], "big") <= time.time_ns() // 1000


def test_frame_without_a_type_is_unlabelled_text(packets: tuple[FramedSink, socket.socket]) -> None:
    sink, far = packets
    sink.log("x")
    assert far.recv(100)[:4] == bytes.fromhex("a55a0003")


def test_lines_of_an_error_are_one_frame(packets: tuple[FramedSink, socket.socket]) -> None:
    sink, far = packets
    sink.log_error(["one", "two"], ERROR_FRAME)
    assert far.recv(100)[16:] == b"one\ntwo"


def test_large_frame_is_written_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written = bytearray()

    def write_a_little(fd: int, data: bytes) -> int:
        written.extend(data[:1000])
        return min(len(data), 1000)

    monkeypatch.setattr(os, "write", write_a_little)
    FramedSink(1).log("x" * 2_500)
    assert len(written) == 16 + 2_500


def test_descriptor_is_taken_out_of_the_environment() -> None:
    environ = {"_LAMBDA_TELEMETRY_LOG_FD": "7", "OTHER": "1"}
    sink = open_log_sink(environ)
    assert isinstance(sink, FramedSink)
    assert sink.fd == 7
    assert environ == {"OTHER": "1"}


def test_without_a_descriptor_records_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    sink = open_log_sink({})
    assert isinstance(sink, StandardOutputSink)
    sink.log_error(["one", "two"], ERROR_FRAME)
    assert capsys.readouterr().out == "one\rtwo\n"


def test_every_write_reaches_the_descriptor_at_once() -> None:
    read_end, write_end = os.pipe()
    with open(read_end, "rb", buffering=0) as reader, open(write_end, "w", encoding="utf-8") as stream:
        unbuffered = Unbuffered(stream)
        assert unbuffered.write("a") is None  # type: ignore[func-returns-value]
        assert reader.read(10) == b"a"
        unbuffered.writelines(["b", "c\n"])
        assert reader.read(10) == b"bc\n"
        assert unbuffered.encoding == "utf-8"


def test_text_longer_than_a_pipe_arrives_whole_and_in_the_encoding_of_the_stream() -> None:
    read_end, write_end = os.pipe()
    text = "ä" * 300_000
    with open(read_end, "rb") as reader, ThreadPoolExecutor(1) as other_end:
        with open(write_end, "w", encoding="utf-8") as stream:
            received = other_end.submit(reader.read)
            Unbuffered(stream).write(text)
        assert received.result().decode() == text
