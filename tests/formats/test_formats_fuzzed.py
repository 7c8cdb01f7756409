"""Lines of every format, changed at random: nothing raises, and no line takes more than linear time.

By hand: `MUTATED=1000000 pytest tests/formats/test_formats_fuzzed.py`, so many lines a format.
"""

from __future__ import annotations

import json
import os
import random
import time
from datetime import UTC
from functools import lru_cache
from pathlib import Path

import pytest

from flask_status_cli.formats import (
    FORMAT_NAMES,
    Noise,
    Refusal,
    known_formats,
    line_parser,
    parse_line,
)
from flask_status_cli.formats.line_parser import read_line
from flask_status_cli.formats.other_lines.noise import noise_reason
from flask_status_cli.formats.registry import families
from flask_status_cli.model import LogEntry

MUTATED = int(os.environ.get("MUTATED", "150"))

FIXTURE = Path(__file__).parents[2] / "fixtures/formats/servers.jsonl"
SPLINTERS = [
    b'"', b"\\", b'\\"', b"[", b"]", b"{", b"}", b" ", b"\t", b"\r", b"\0", b"-", b",", b":", b"=", b"|",
    b"#22", b" - - ", b'" 200 ', b'] "', b"\xff", b"\xc3\xa9", b"\x1b[31m", b"2026-11-23", b"10:05:42",
    b"999", b"1e9", b"GET / HTTP/1.1", b"=> generated", b"null", b"\\ud800", b"#Fields:", b"%(h)s", b"9" * 40,
    b"[" * 50,
    b'{"' * 20,
]  # fmt: skip


def lines_of(name: str) -> list[bytes]:
    found = [one.example.encode() for one in known_formats() if one.name == name]
    cases = map(json.loads, FIXTURE.read_text().splitlines())
    return [*found, *(case["line"].encode() for case in cases if case.get("format") == name)]


def mutated(line: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(line))
        to = min(len(line), at + rng.randint(1, 12))
        line = rng.choice(
            (
                line[:at] + rng.choice(SPLINTERS) + line[at:],
                line[:at] + line[to:],
                line[:to] + line[at:],
                line[:at],
                line[at:],
                line[:at] + bytes([rng.randrange(256)]) + line[to:],
                line[:at] + rng.choice(others)[at:],
            )
        ).replace(b"\n", b"")
    return line


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_no_line_raises_and_any_order_of_formats_reads_it_alike(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is no entry does not depend on the formats that were tried, so it is judged once a line.
    monkeypatch.setattr(line_parser, "noise_reason", lru_cache(4)(noise_reason))
    rng = random.Random(name)
    everything, own = families(None), families((name,))
    backwards = families(FORMAT_NAMES[::-1])
    others = [one.example.encode() for one in known_formats()]
    origin = lines_of(name)
    assert origin
    for _ in range(MUTATED):
        line = mutated(rng.choice(origin), rng, others)
        found = read_line(line, everything, zone=UTC, newest=None)
        assert isinstance(found, LogEntry | Noise | Refusal)
        assert read_line(line, backwards, zone=UTC, newest=None) == found, line
        alone = read_line(line, own, zone=UTC, newest=None)
        assert not isinstance(alone, LogEntry) or alone == found, line


FILLINGS = (
    b" ",
    b'"',
    b"[",
    b"a.",
    b"1:",
    b"{",
    b"\\",
    b" - ",
    b"x=1 ",
    b"a:b\t",
    b'" 200 ',
    b"=> generated ",
)


CLEAR, SLOWER, NOISE = 6, 10, 0.05
"""Lines of four times the length take 4 times as long in linear time, and 16 times in quadratic time.

Below `CLEAR` times, one look is enough. Else the least of two looks must be below `SLOWER` times, and `NOISE`
seconds more, whatever the machine does beside.
"""


def seconds(name: str, length: int) -> float:
    """The processor time for lines of a format with so much filling in their middle."""
    start = time.process_time()
    for line in lines_of(name)[:1]:
        for filling in FILLINGS:
            for at in (0, len(line) // 2, len(line)):
                body = filling * (length // len(filling))
                parse_line(line[:at] + body + line[at:], order=(name,), zone=UTC)
    return time.process_time() - start


@pytest.mark.parametrize(
    "name", [one for one in FORMAT_NAMES if one not in ("common", "vhost_combined")]
)
def test_a_long_line_takes_no_longer_a_byte_than_a_shorter_one(name: str) -> None:
    shorter, longer = seconds(name, 8_000), seconds(name, 32_000)
    if longer >= shorter * CLEAR:
        shorter = min(shorter, seconds(name, 8_000))
        longer = min(longer, seconds(name, 32_000))
        assert longer < shorter * SLOWER + NOISE
