"""No line takes more than linear time, whatever it is full of."""

from __future__ import annotations

import os
import time
from datetime import UTC

import pytest

from flask_status_cli.formats import LineCounter, detect
from flask_status_cli.model import MAX_LINE

STAMP = b"[23/Nov/2026:06:42:01 +0530]"
WZ_STAMP = b"[23/Nov/2026 06:42:01]"

LONGEST = int(os.environ.get("LONGEST", str(MAX_LINE // 8)))
"""An eighth of the longest line shows what is not linear, in an eighth of the time."""

TIMES = 4
"""So many times longer are the lines that the others are compared with."""

SLOWER = 10
"""So many times longer may they take: a linear pass takes 4 times as long, a quadratic one 16."""

NOISE = 0.05
"""Seconds of processor time that are nothing, whatever the machine does beside."""

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


ATTEMPTS = 3
"""So often is it tried: what the machine does beside may make one attempt slow, and hardly ever all."""


def seconds(filling: bytes, length: int, *, repeated: int = 1) -> float:
    """The processor time for lines filled up to about this length."""
    body = filling * (length // len(filling))
    block = b"".join(head + body + tail + b"\n" for head in HEADS for tail in TAILS) * repeated
    start = time.process_time()
    counter = LineCounter(lambda _method, target, status: status, zone=UTC)
    counter.feed(block)
    assert counter.take().lines >= len(HEADS) * len(TAILS) * repeated
    detect(block)
    return time.process_time() - start


def grows_linearly(filling: bytes, length: int, *, repeated: int = 1) -> bool:
    shorter = seconds(filling, length // TIMES, repeated=repeated)
    return seconds(filling, length, repeated=repeated) < shorter * SLOWER + NOISE


@pytest.mark.parametrize("filling", FILLINGS)
def test_a_long_line_takes_no_longer_a_byte_than_a_shorter_one(filling: bytes) -> None:
    assert any(grows_linearly(filling, LONGEST) for _ in range(ATTEMPTS))


@pytest.mark.parametrize("filling", FILLINGS)
def test_lines_of_half_a_kilobyte_take_no_longer_a_byte_than_shorter_ones(filling: bytes) -> None:
    assert any(grows_linearly(filling, 600, repeated=50) for _ in range(ATTEMPTS))
