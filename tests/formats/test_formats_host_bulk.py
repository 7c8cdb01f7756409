"""Lines that are counted host by host count as the reference parser reads them, in their order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import FORMAT_NAMES, LineCounter, Noise, parse_line
from flask_status_cli.formats.counting import host_bulk, line_counter
from flask_status_cli.formats.families import clf
from flask_status_cli.formats.prefixes.carriers import CARRIERS
from flask_status_cli.model import LogEntry, UnreadKind
from tests.compiled_modules import needed

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))

HOSTS = [
    "shop.example:443 ", "shop.example ", "api.example:80 ", "app ", "_ ", "", "127.0.1.1:80 ", "[::1]:80 ",
    "192.0.2.9 ", "- ", "2026-11-23T10:05:42Z ", "web-1 | shop.example:80 ", "shop.example: ", "a..b ",
    "x" * 90 + ".example ", "shop.example:443  ",
]  # fmt: skip
CLIENTS = [
    "192.0.2.7",
    "198.51.100.200",
    "2001:db8::1",
    "::",
    "1.2.3",
    "256.1.1.1",
    "client.example",
    "-",
]
COLUMNS = [" - - ", " - - ", " - bob ", "  - - ", " - ", ", 192.0.2.8 - - "]
STAMPS = [
    "23/Nov/2026:10:05:42 +0000", "23/Nov/2026:10:05:59 +0000", "23/Nov/2026:10:20:00 +0000",
    "23/Nov/2026:09:05:00 +0000", "23/Nov/2026:15:35:42 +0530", "31/Nov/2026:10:05:42 +0000",
    "23/Nov/2026:10:05:42 +9999", "23/Nov/2026:24:00:00 +0000", "23/Nov/2026:10:05:60 +0000",
    "23/Xyz/2026:10:05:42 +0000", "1/Nov/2026:10:05:42 +0000",
]  # fmt: skip
REQUESTS = [
    "GET /a HTTP/1.1",
    "GET /users/17 HTTP/1.1",
    "POST /b?c=d HTTP/2.0",
    "-",
    "",
    "\\x16\\x03",
    'a" b',
]
TAILS = [
    "200 5",
    "404 5",
    '503 5 "-" "curl/8"',
    '200 5 "-" "[23/Nov/2026:10:05:42 +0000] "',
    "20 5",
    "200",
]
OTHERS = [
    "",
    "what is this",
    " * Running on http://127.0.0.1:5000",
    "\0\0",
    "shop.example:443 192.0.2.7",
]


@st.composite
def lines(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(OTHERS)) + "\n"
    usual = draw(st.integers(0, 9)) > 0

    def one_of(values: list[str], first: int) -> str:
        return draw(st.sampled_from(values[:first] if usual else values))

    return (
        f"{one_of(HOSTS, 6)}{one_of(CLIENTS, 3)}{one_of(COLUMNS, 2)}[{one_of(STAMPS, 5)}] "
        f'"{one_of(REQUESTS, 3)}" {one_of(TAILS, 3)}{draw(st.sampled_from(["", "", "", chr(13)]))}\n'
    )


Books = tuple[
    Mapping[tuple[int, str | None, str | None, int], int],  # minute, host, target, status
    Mapping[tuple[int, UnreadKind, str], int],
    Mapping[tuple[UnreadKind, str], int],
    int | None,
    list[tuple[int, bytes]],  # refused lines with their numbers
]


def one_by_one(log: bytes) -> Books:
    requests: Counter[tuple[int, str | None, str | None, int]] = Counter()
    unread: Counter[tuple[int, UnreadKind, str]] = Counter()
    pending: Counter[tuple[UnreadKind, str]] = Counter()
    refused: list[tuple[int, bytes]] = []
    newest: int | None = None
    for number, line in enumerate(log.split(b"\n")[:-1], 1):
        text = line.removesuffix(b"\r")
        result = parse_line(text, order=FORMAT_NAMES, zone=UTC, newest=newest)
        others = []
        if text.startswith(b"\0") and result != Noise("nul bytes"):
            others.append((UnreadKind.NOISE, "nul bytes"))
        if isinstance(result, LogEntry):
            if newest is None:
                unread.update({(result.minute // 15, *key): n for key, n in pending.items()})
                pending.clear()
            newest = max(result.minute, newest or 0)
            requests[result.minute, result.host, result.target, result.status] += 1
            continue
        kind = UnreadKind.NOISE if isinstance(result, Noise) else UnreadKind.REFUSED
        if kind is UnreadKind.REFUSED:
            refused.append((number, line + b"\n"))
        for other in (*others, (kind, result.reason)):
            if newest is None:
                pending[other] += 1
            else:
                unread[newest // 15, *other] += 1
    return requests, unread, pending, newest, refused


def in_blocks(log: bytes, cuts: list[int]) -> Books:
    codes: dict[tuple[Any, ...], int] = {}
    refused: list[tuple[int, bytes]] = []
    counter = LineCounter(
        lambda *key: codes.setdefault((None, *key), len(codes)),
        order=FORMAT_NAMES,
        zone=UTC,
        by_host=lambda host, _method, *key: codes.setdefault((host, *key), len(codes)),
        on_refused=lambda number, _reason, line: refused.append((number, line)),
    )
    ends = sorted({log.find(b"\n", cut % (len(log) + 1)) + 1 or len(log) for cut in cuts})
    for start, end in pairwise([0, *ends, len(log)]):
        counter.feed(log[start:end])
    counted, keys = counter.take(), list(codes)
    requests = {
        (minute, *keys[code]): number
        for minute, row in counted.minutes.items()
        for code, number in row.items()
    }
    assert sum(requests.values()) == counted.entries
    return requests, counted.unread, counter.pending, counter.newest, refused


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count blocks of any size host by host; return the numbers of lines that were counted so."""
    needed("formats.counting.compiled._scanner")
    monkeypatch.setattr(line_counter, "WORTH", 0)
    together: list[int] = []
    count = host_bulk.HostBulk.count

    def watched(self: host_bulk.HostBulk, piece: bytes, others: Any) -> int:
        handed: list[bytes] = []

        def hand_over(counted: int, text: bytes) -> None:
            handed.append(text)
            others(counted, text)

        left = count(self, piece, hand_over)
        together.append(piece.count(b"\n") - b"".join(handed).count(b"\n"))
        return left

    monkeypatch.setattr(host_bulk.HostBulk, "count", watched)
    return together


def test_any_log_in_any_blocks_counts_as_line_by_line(at_once: list[int]) -> None:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.lists(lines(), min_size=1, max_size=40), st.lists(st.integers(0, 9999), max_size=3))
    def holds(log: list[str], cuts: list[int]) -> None:
        whole = "".join(log).encode()
        assert in_blocks(whole, cuts) == one_by_one(whole)

    holds()
    assert sum(at_once) > 0


USUAL = '{host}:443 192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /{n} HTTP/1.1" 200 5\n'


def test_all_plain_lines_after_the_first_block_are_counted_at_once(at_once: list[int]) -> None:
    log = "".join(USUAL.format(host=f"h{n % 7}.example", n=n % 50) for n in range(400)).encode()
    assert in_blocks(log, [100]) == one_by_one(log)
    assert at_once == [0, 398]


def test_one_odd_line_among_many_is_found(at_once: list[int]) -> None:
    plain = [USUAL.format(host=f"h{n % 3}.example", n=n) for n in range(64)]
    twice = USUAL.format(host="h1.example", n=1)[:-1] + ' [23/Nov/2026:10:05:42 +0000] "x"\n'
    log = "".join([*plain, *plain[:50], twice, *plain]).encode()
    assert in_blocks(log, [len("".join(plain)) - 1]) == one_by_one(log)
    assert at_once == [0, 115 - 4]  # halved until 4 are left: 57, 29, 15, 8, 4


def test_lines_of_more_hosts_than_have_counters_are_read_one_by_one(
    at_once: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_bulk, "MOST_HOSTS", 3)
    log = "".join(USUAL.format(host=f"h{n % 4}.example", n=n) for n in range(404)).encode()
    assert in_blocks(log, [300]) == one_by_one(log)
    assert at_once[1] == 300


PREFIXES = [
    *(carrier.decode("latin-1") for each in CARRIERS for carrier in each.examples), *HOSTS, "a b ",
    "a.b c.d ", "192.0.2.1 shop.example ", "192.0.2.1, ", "192.0.2.1:80 ", "10.0.0.1 - - ", "localhost ",
]  # fmt: skip


@pytest.mark.parametrize("head", PREFIXES)
def test_the_host_before_a_client_does_not_depend_on_the_address(head: str) -> None:
    found = {
        (clf.may_precede(prefix), clf.may_precede(prefix) and clf.host_of(prefix))
        for client in ("192.0.2.1", "1.1.1.1", "203.0.113.255", "999.999.999.999", "00.0.00.000")
        for prefix in [f"{head}{client} - - ".encode("latin-1")]
    }
    assert len(found) == 1
