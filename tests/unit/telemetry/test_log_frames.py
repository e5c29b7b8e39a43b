import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.telemetry.log_frames import MAX_FRAME_BYTES, MAX_LINE_BYTES, LogLine, LogParser

WHEN_US = 1_795_219_595_923_417


def frame(message: bytes, kind: int = 0x0F, length: int | None = None) -> bytes:
    size = len(message) if length is None else length
    return bytes([0xA5, 0x5A, 0x00, kind]) + size.to_bytes(4, "big") + WHEN_US.to_bytes(8, "big") + message


def framed(text: str, level: str | None = "INFO") -> LogLine:
    return LogLine(text, framed=True, level=level, time_us=WHEN_US)


def parse(*chunks: bytes) -> list[LogLine]:
    parser = LogParser()
    return [line for chunk in chunks for line in parser.feed(chunk)] + parser.close()


def test_raw_output_is_split_at_line_feeds_and_keeps_carriage_returns() -> None:
    assert parse(b"one\r\n\ntwo\rthree\n") == [LogLine("one\r"), LogLine(""), LogLine("two\rthree")]


def test_unfinished_line_waits_for_its_end() -> None:
    parser = LogParser()
    assert parser.feed(b"Task ") == []
    assert parser.feed(b"done\nnext") == [LogLine("Task done")]


def test_flush_delivers_an_unfinished_line_as_it_stands() -> None:
    parser = LogParser()
    parser.feed(b"no newline")
    assert parser.flush() == [LogLine("no newline")]
    assert parser.flush() == []


def test_invalid_utf8_is_replaced() -> None:
    assert parse(b"caf\xe9 \xc3\n") == [LogLine("caf\ufffd \ufffd")]


def test_framed_record_is_one_line_without_its_line_feed() -> None:
    assert parse(frame(b"[ERROR] boom\r  File\nmore\n", 0x17)) == [framed("[ERROR] boom\r  File\nmore", "ERROR")]


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (0x02, None),
        (0x03, None),
        (0x06, "TRACE"),
        (0x07, "TRACE"),
        (0x0A, "DEBUG"),
        (0x0B, "DEBUG"),
        (0x0E, "INFO"),
        (0x0F, "INFO"),
        (0x12, "WARN"),
        (0x13, "WARN"),
        (0x16, "ERROR"),
        (0x17, "ERROR"),
        (0x1A, "FATAL"),
        (0x1B, "FATAL"),
    ],
)
def test_frame_type_names_the_level(kind: int, level: str | None) -> None:
    assert parse(frame(b"x", kind)) == [framed("x", level)]


@pytest.mark.parametrize("kind", [0x00, 0x01, 0x04, 0x1F, 0xFF])
def test_type_that_no_runtime_writes_is_text(kind: int) -> None:
    assert parse(frame(b"x\n", kind)) == parse(frame(b"x\n", kind)[0:1], frame(b"x\n", kind)[1:])
    assert not any(line.framed for line in parse(frame(b"x\n", kind)))


def test_print_without_newline_before_a_frame_is_a_line_of_its_own() -> None:
    assert parse(b"a\nprogress" + frame(b"logged") + b"b\n") == [
        LogLine("a"),
        LogLine("progress"),
        framed("logged"),
        LogLine("b"),
    ]


def test_frame_that_contains_a_header_is_still_one_frame() -> None:
    parser = LogParser()
    (line,) = parser.feed(frame(b"dump: " + frame(b"inner")))
    assert line.framed
    assert line.text.endswith("inner")


def test_empty_frame_is_an_empty_line() -> None:
    assert parse(frame(b"")) == [framed("")]


def test_header_with_an_absurd_length_is_text() -> None:
    lines = parse(frame(b"hello\n", length=MAX_FRAME_BYTES + 1))
    assert [line.framed for line in lines] == [False]
    assert lines[0].text.endswith("hello")


def test_frame_in_the_making_survives_a_flush() -> None:
    whole = frame(b"logged by a thread that was frozen")
    parser = LogParser()
    assert parser.feed(whole[:20]) == []
    assert parser.flush() == []
    assert parser.feed(whole[20:]) == [framed("logged by a thread that was frozen")]


def test_close_delivers_a_torn_frame_as_text_and_starts_anew() -> None:
    parser = LogParser()
    parser.feed(b"before" + frame(b"torn apart")[:-6])
    assert [line.framed for line in parser.close()] == [False, False]
    assert parser.feed(frame(b"next generation")) == [framed("next generation")]


def test_text_that_ends_like_the_beginning_of_a_frame_is_not_lost() -> None:
    parser = LogParser()
    parser.feed(b"x\xa5")
    assert parser.flush() == [LogLine("x\ufffd")]


def test_long_line_is_split_at_the_limit() -> None:
    texts = [line.text for line in parse(b"x" * (MAX_LINE_BYTES + 10) + b"\n")]
    assert texts == ["x" * MAX_LINE_BYTES, "x" * 10]


def test_line_of_exactly_the_limit_is_one_line() -> None:
    assert [len(line.text) for line in parse(b"x" * MAX_LINE_BYTES, b"\n")] == [MAX_LINE_BYTES]


def test_long_line_is_not_split_inside_a_character() -> None:
    line = "a" + "é" * MAX_LINE_BYTES
    assert "".join(part.text for part in parse(line.encode() + b"\n")) == line


def test_endless_line_is_delivered_piece_by_piece() -> None:
    parser = LogParser()
    delivered = [line for _ in range(9) for line in parser.feed(b"x" * (MAX_LINE_BYTES // 2))]
    assert [len(line.text) for line in delivered] == [MAX_LINE_BYTES] * 4


def test_long_framed_record_is_split_at_the_limit() -> None:
    lines = parse(frame(b"x" * (MAX_LINE_BYTES + 1)))
    assert [(len(line.text), line.framed) for line in lines] == [(MAX_LINE_BYTES, True), (1, True)]


PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"\n", b"\r\n", b"\xa5", b"\xa5\x5a", b"\xa5\x5a\x00", b"\xa5\x5a\x00\x0f", b"print"]),
    st.builds(frame, st.binary(max_size=20), st.sampled_from([0x02, 0x0F, 0x1B, 0x1F])),
    st.builds(frame, st.binary(max_size=4), st.just(0x0F), st.sampled_from([0, 3, 2**31])),
)


@given(pieces=st.lists(PIECES, max_size=12), cuts=st.lists(st.integers(min_value=0, max_value=200), max_size=12))
def test_how_the_bytes_are_cut_never_changes_the_lines(pieces: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(pieces)
    edges = [0, *sorted(cut for cut in cuts if cut <= len(whole)), len(whole)]
    chunks = [whole[start:end] for start, end in itertools.pairwise(edges)]
    assert parse(*chunks) == parse(whole)


@given(st.lists(PIECES, max_size=8))
def test_byte_by_byte_gives_the_same_lines(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    assert parse(*(bytes([byte]) for byte in whole)) == parse(whole)
