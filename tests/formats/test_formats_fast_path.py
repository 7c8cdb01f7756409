"""The hot loops count exactly what the reference parser reads, for any lines, cuts and orders."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import FORMAT_NAMES, LineCounter, Noise, Refusal, parse_line
from flask_status_cli.formats.counting import line_counter as counter
from flask_status_cli.formats.line_parser import read_line
from flask_status_cli.model import LogEntry, UnreadKind

pytestmark = pytest.mark.usefixtures("engine")

EXAMPLES = int(os.environ.get("EXAMPLES", "150"))
FIXTURES = Path(__file__).parents[2] / "fixtures"
ZONE = ZoneInfo("America/New_York")
ORDERS = [("combined",), ("werkzeug",), FORMAT_NAMES, FORMAT_NAMES[::-1]]

Unreads = Mapping[tuple[UnreadKind, str], int]
Books = tuple[
    Mapping[tuple[int, str | None, int], int],  # minute, target, status
    Mapping[tuple[int, UnreadKind, str], int],
    Unreads,
    int | None,
]


def read_one_by_one(log: bytes, order: tuple[str, ...]) -> Books:
    """Count a log by the reference parser alone: the model that the counter must agree with."""
    requests: Counter[tuple[int, str | None, int]] = Counter()
    unread: Counter[tuple[int, UnreadKind, str]] = Counter()
    pending: Counter[tuple[UnreadKind, str]] = Counter()
    newest: int | None = None
    for line in log.split(b"\n")[:-1]:
        text = line.removesuffix(b"\r")
        result = parse_line(text, order=order, zone=ZONE, newest=newest)
        others: list[tuple[UnreadKind, str]] = []
        if text.startswith(b"\0") and result != Noise("nul bytes"):
            others.append((UnreadKind.NOISE, "nul bytes"))
        if not isinstance(result, LogEntry):
            kind = UnreadKind.NOISE if isinstance(result, Noise) else UnreadKind.REFUSED
            others.append((kind, result.reason))
        for other in others:
            if newest is None:
                pending[other] += 1
            else:
                unread[newest // 15, *other] += 1
        if isinstance(result, LogEntry):
            if newest is None:
                unread.update({(result.minute // 15, *key): n for key, n in pending.items()})
                pending.clear()
            newest = max(result.minute, newest or 0)
            requests[result.minute, result.target, result.status] += 1
    return requests, unread, pending, newest


def read_in_blocks(log: bytes, order: tuple[str, ...], cuts: list[int]) -> Books:
    """Count a log by the counter, cut into blocks of whole lines."""
    codes: dict[tuple[str | None, int], int] = {}
    counter = LineCounter(
        lambda _method, target, status: codes.setdefault((target, status), len(codes)),
        order=order,
        zone=ZONE,
    )
    ends = sorted({log.find(b"\n", cut % (len(log) + 1)) + 1 or len(log) for cut in cuts})
    for start, end in pairwise([0, *ends, len(log)]):
        counter.feed(log[start:end])
    counted = counter.take()
    assert counted.lines == (
        counted.entries + sum(counted.noise.values()) + sum(counted.refused.values())
    )
    keys = list(codes)
    requests = {
        (minute, *keys[code]): number
        for minute, row in counted.minutes.items()
        for code, number in row.items()
    }
    assert sum(requests.values()) == counted.entries
    by_reason: Counter[tuple[UnreadKind, str]] = Counter()
    for (_, kind, reason), lines in counted.unread.items():
        by_reason[kind, reason] += lines
    by_reason.update(counter.pending)
    assert {reason: n for (kind, reason), n in by_reason.items() if kind is UnreadKind.NOISE} == (
        counted.noise
    )
    return requests, counted.unread, counter.pending, counter.newest


def real_lines() -> list[bytes]:
    cases = (FIXTURES / "formats/cases.jsonl").read_text().splitlines()
    lines = [base64.b64decode(json.loads(case)["line_b64"]) for case in cases]
    for expected in sorted((FIXTURES / "logs").glob("*/*.expected.jsonl")):
        log = expected.with_name(expected.name.removesuffix(".expected.jsonl"))
        if "w3c" not in log.name:  # its lines mean what the line before them says
            lines += log.read_bytes().split(b"\n")[:40]
    return sorted({line[:2000] for line in lines if b"\n" not in line})


# Lines made to look like others up to where they differ, and stamps of a doubled and a skipped hour.
HOSTILE = [
    b'1.2.3.4 - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'1.2.3.4 - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200',
    b'1.2.3.4 - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 2000 2',
    b'1.2.3.4 - - [23/Nov/2026:06:42:01 -0330] "GET /x HTTP/1.1" 200 2',
    b'1.2.3.4 - - [30/Feb/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'1.2.3.4 - bob [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'1.2.3.4 - b [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'1| ERROR:x:y - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'1Error: - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'1.E: - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'INFO:demo:x - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'(INFO)x - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'06:42:01:INFO:x - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'06:42:INFO:x:y - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b' - - [23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b'[23/Nov/2026:06:42:01 +0530] "GET /x HTTP/1.1" 200 2',
    b':01 +0530] "GET /x HTTP/1.1" 200 2',
    b":01 +0530] x",
    b'1.2.3.4 - - [23/Nov/2026:06:42:60 +0530] "GET /x HTTP/1.1" 200 2',
    b'1.2.3.4 - - [23/Nov/2026 06:42:01] "GET /x HTTP/1.1" 200 -',
    b'1.2.3.4 - - [23/Nov/2026 06:42:01] "GET /x HTTP/1.1" 200 5',
    b'1.2.3.4 - - [23/Nov/2026 06:42:01] "\x1b[33mGET /x HTTP/1.1\x1b[0m" 404 -',
    b'demo - - [23/Nov/2026 06:42:01] "GET /x HTTP/1.1" 200 -',
    b'1.2.3.4 - - [01/Nov/2026 01:30:01] "GET /x HTTP/1.1" 200 -',
    b'1.2.3.4 - - [01/Nov/2026 01:59:01] "GET /x HTTP/1.1" 200 -',
    b'1.2.3.4 - - [01/Nov/2026 01:05:01] "GET /x HTTP/1.1" 200 -',
    b'1.2.3.4 - - [08/Mar/2026 02:30:01] "GET /x HTTP/1.1" 200 -',
    b':01] "GET /x HTTP/1.1" 200 -',
    b':01] "" 200 -',
]
SPLINTERS = [
    b'"', b"\\", b"\0", b"\r", b" ", b"[", b"]", b"-", b"1", b"\x1b[0m", b"\xff", b' "', b'] "', b'" 200 ',
    b'" 200 -', b"WARNING in fl: ", b"INFO:demo:", b"\xef\xbb\xbf",
    b'[23/Nov/2026:06:42:01 +0530] "', b'[23/Nov/2026 06:42:01] "',
]  # fmt: skip

POOL = HOSTILE + real_lines()


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A line with a byte changed, an end cut off, a splinter inserted, or the end of another line."""
    line = draw(st.sampled_from(POOL))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(line)))
        line = draw(
            st.sampled_from(
                [
                    line[:at],
                    line[at:],
                    line[:at] + draw(st.sampled_from(SPLINTERS)) + line[at:],
                    line[:at] + draw(st.binary(min_size=1, max_size=1)) + line[at + 1 :],
                    line[:at] + draw(st.sampled_from(POOL))[at:],
                ]
            )
        )
    return line.replace(b"\n", b"")


LINES = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(POOL), broken(), st.binary(max_size=60))
LOGS = st.lists(LINES, min_size=1, max_size=25).map(lambda lines: b"\n".join(lines) + b"\n")


@settings(max_examples=EXAMPLES)
@given(
    LOGS,
    st.sampled_from(ORDERS),
    st.lists(st.integers(0, 5000), max_size=4),
    st.sampled_from([0, 0, counter.WORTH]),
)
def test_any_log_in_any_blocks_counts_as_line_by_line(
    log: bytes, order: tuple[str, ...], cuts: list[int], worth: int
) -> None:
    # Twice, so that what was proven the first time is used the second.
    twice = log * 2
    with mock.patch.object(counter, "WORTH", worth):
        assert read_in_blocks(twice, order, cuts) == read_one_by_one(twice, order)


@settings(max_examples=EXAMPLES)
@given(st.lists(st.sampled_from(HOSTILE), max_size=12), st.sampled_from(ORDERS))
def test_lines_that_differ_in_one_place_are_told_apart(
    lines: list[bytes], order: tuple[str, ...]
) -> None:
    log = b"".join(line + b"\n" for line in lines)
    assert read_in_blocks(log, order, []) == read_one_by_one(log, order)


@pytest.mark.parametrize("order", ORDERS, ids=["clf", "werkzeug", "all", "all reversed"])
def test_every_real_line_counts_as_the_reference_parser_reads_it(order: tuple[str, ...]) -> None:
    log = b"".join(line + b"\n" for line in POOL) * 2
    cuts = list(range(0, len(log), 4001))
    assert read_in_blocks(log, order, cuts) == read_one_by_one(log, order)


@settings(max_examples=EXAMPLES)
@given(LINES)
def test_the_order_of_formats_never_changes_what_a_line_means(line: bytes) -> None:
    results = {parse_line(line, order=order, zone=ZONE, newest=None) for order in ORDERS[2:]}
    assert len(results) == 1
    entries = [parse_line(line, order=order, zone=ZONE, newest=None) for order in ORDERS[:2]]
    assert sum(isinstance(entry, LogEntry) for entry in entries) < 2


def test_plain_lines_never_reach_the_reference_parser(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow: list[bytes] = []

    def slowly(line: bytes, *arguments: Any, **options: Any) -> LogEntry | Noise | Refusal:
        slow.append(line)
        return read_line(line, *arguments, **options)

    monkeypatch.setattr(counter, "read_line", slowly)
    clf, wz = HOSTILE[0], b'::1 - - [23/Nov/2026 06:42:01] "\x1b[33mGET /x HTTP/1.1\x1b[0m" 404 -'
    for order, lines in (("combined", [clf] * 9), ("werkzeug", [wz] * 9)):
        log = b"".join(line + b"\n" for line in lines)
        read_in_blocks(log, (order,), [200, 400])
    # line by line, the first one says which offset the stamps have
    assert slow == ([] if engine == "compiled" else [clf])
