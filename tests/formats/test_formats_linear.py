"""No line takes more than linear time, whatever it is full of."""

from __future__ import annotations

import time
from datetime import UTC

import pytest

from flask_status_cli.formats import LineCounter, detect
from flask_status_cli.model import MAX_LINE

STAMP = b"[23/Nov/2026:06:42:01 +0530]"
WZ_STAMP = b"[23/Nov/2026 06:42:01]"
SECONDS = 2.0  # a linear pass takes some hundredths; a quadratic one, hours

FILLINGS = [
    b" ",
    b'"',
    b"[",
    b"\\",
    b'\\"',
    b"1",
    b"1:",
    b"a.",
    b"a ",
    b"\0",
    b"\r",
    b"- - ",
    b"\x1b[0m",
    b"2026-11-23 06:42:01,123        ",
    b"2026-11-23 06:42:01,123(",
    b":Thread-1{a}10.0.0.1",
    b"INFO:werkzeug:",
    b"{",
    STAMP,
    STAMP + b' "',
    WZ_STAMP + b' "',
    b'" 200 ',
    b'" 200 -',
    b"a | ",
    b"\xff",
]
HEADS = [
    b"",
    b"1.2.3.4 - - " + STAMP + b' "',
    b"1.2.3.4 - - " + WZ_STAMP + b' "',
    b"INFO:werkzeug:",
    b"web-1  | ",
]
TAILS = [b"", b'" 200 -']


@pytest.mark.parametrize("filling", FILLINGS)
def test_a_megabyte_of_anything_is_read_in_no_time(filling: bytes) -> None:
    body = filling * ((MAX_LINE - 100) // len(filling))
    block = b"".join(head + body + tail + b"\n" for head in HEADS for tail in TAILS)
    start = time.process_time()
    counter = LineCounter(lambda target, status: status, zone=UTC)
    counter.feed(block)
    assert counter.take().lines >= len(HEADS) * len(TAILS)
    detect(block)
    assert time.process_time() - start < SECONDS * len(HEADS) * len(TAILS) / 4


@pytest.mark.parametrize("filling", FILLINGS)
def test_many_lines_of_half_a_kilobyte_are_read_in_no_time(filling: bytes) -> None:
    body = filling * (600 // len(filling))
    block = b"".join(head + body + tail + b"\n" for head in HEADS for tail in TAILS) * 50
    start = time.process_time()
    counter = LineCounter(lambda target, status: status, zone=UTC)
    counter.feed(block)
    assert time.process_time() - start < SECONDS / 4  # a millisecond a line
