import asyncio
import fcntl
import os
import struct
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from lambdatui.service.log_reader import CHUNK_BYTES, RECORD_CHARS, LogReader
from lambdatui.telemetry.log_frames import MAX_LINE_BYTES

LINE = b"line of fifty characters, more or less, as is usual\n"
MANY = LINE * (500_000 // len(LINE))

needs_big_pipes = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has pipes of a megabyte")


class Pipe:
    """A log pipe and everything that was read from it; ``came`` is set by each record."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        if sys.platform == "linux":
            fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, 1024 * 1024)
        self.records: list[tuple[str, ...]] = []
        self.came = asyncio.Event()

    def reader(self, held_back: Callable[[], bool] = lambda: False) -> LogReader:
        return LogReader(self.reading, self._add, held_back)

    def write(self, data: bytes) -> None:
        assert os.write(self.writing, data) == len(data)

    @property
    def text(self) -> bytes:
        return "".join(line + "\n" for record in self.records for line in record).encode()

    def _add(self, lines: tuple[str, ...]) -> None:
        self.records.append(lines)
        self.came.set()


@pytest.fixture
async def pipe() -> AsyncIterator[Pipe]:
    made = Pipe()
    yield made
    os.close(made.reading)
    os.close(made.writing)


@needs_big_pipes
async def test_drain_delivers_all_that_was_written_before_it(pipe: Pipe) -> None:
    reader = pipe.reader()
    pipe.write(MANY)
    reader.drain()
    assert pipe.text == MANY
    reader.close()


@needs_big_pipes
async def test_no_record_is_longer_than_its_limit(pipe: Pipe) -> None:
    reader = pipe.reader()
    pipe.write(MANY)
    reader.drain()
    assert max(sum(map(len, record)) for record in pipe.records) <= RECORD_CHARS
    reader.close()


@needs_big_pipes
async def test_line_longer_than_a_record_is_one_of_its_own(pipe: Pipe) -> None:
    reader = pipe.reader()
    message = b"x" * (2 * MAX_LINE_BYTES + 7)
    pipe.write(b"short\n" + struct.pack(">IIQ", 0xA55A000E, len(message), 1) + message + b"short\n")
    reader.drain()
    assert [len(record[0]) for record in pipe.records] == [5, MAX_LINE_BYTES, MAX_LINE_BYTES, 7]
    assert pipe.records[-1] == ("x" * 7, "short")
    reader.close()


@needs_big_pipes
async def test_one_turn_of_the_loop_reads_one_chunk_and_the_next_ones_the_rest(pipe: Pipe) -> None:
    reader = pipe.reader()
    pipe.write(MANY)
    await pipe.came.wait()
    assert len(pipe.text) <= CHUNK_BYTES
    while len(pipe.text) < len(MANY):
        pipe.came.clear()
        await pipe.came.wait()
    assert pipe.text == MANY
    reader.close()


async def test_reader_that_is_held_back_leaves_the_pipe_alone_until_it_is_let_go(pipe: Pipe) -> None:
    held, asked = True, asyncio.Semaphore(0)

    def held_back() -> bool:
        asked.release()
        return held

    reader = pipe.reader(held_back)
    pipe.write(LINE)
    for _ in range(3):
        await asked.acquire()
    assert pipe.records == []
    held = False
    await pipe.came.wait()
    assert pipe.text == LINE
    reader.close()


async def test_drain_does_not_wait_for_whoever_holds_the_reader_back(pipe: Pipe) -> None:
    reader = pipe.reader(lambda: True)
    pipe.write(LINE)
    reader.drain()
    assert pipe.text == LINE
    reader.close()


async def test_close_delivers_what_is_left_with_a_last_line_that_never_ended(pipe: Pipe) -> None:
    reader = pipe.reader()
    pipe.write(LINE + b"torn")
    reader.close()
    reader.close()
    assert pipe.text == LINE + b"torn\n"


async def test_lines_of_a_function_that_logs_json_come_with_the_levels_of_their_runtime(pipe: Pipe) -> None:
    labelled: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    reader = LogReader(pipe.reading, pipe.records.append, on_labelled=lambda *both: labelled.append(both))
    message = b'{"level":"WARNING"}'
    pipe.write(b"printed\n" + struct.pack(">IIQ", 0xA55A0012, len(message), 1) + message)
    reader.close()
    assert labelled == [(("printed", '{"level":"WARNING"}'), ("", "WARN"))]
    assert pipe.records == []
