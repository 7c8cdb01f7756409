"""Counts any lines in two ways, and compares: the counter of the product, and the reference parser alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from unittest import mock
from zoneinfo import ZoneInfo

from flask_status_cli.formats import LineCounter, Noise, Refusal
from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.families.w3c import fields_line
from flask_status_cli.formats.line_parser import read_line
from flask_status_cli.formats.registry import Family, families
from flask_status_cli.model import LogEntry
from flask_status_cli.model.duration_buckets import CODES, bucket_of
from flask_status_cli.routes import DISCOVERY, alike, fold
from flask_status_cli.tally import Tally

ZONE = ZoneInfo("America/New_York")

Key: TypeAlias = tuple[object, ...]
Found = Counter[Key]
"""Requests by minute and key; durations by hour, key and bucket; other lines by quarter and reason."""


@dataclass(frozen=True, slots=True)
class Codes:
    """How requests become codes: what the counter is given, the keys of its codes, the key of an entry."""

    given: dict[str, Any]
    keys: Callable[[], Sequence[Key]]
    key_of: Callable[[LogEntry], Key]


def by_request() -> Codes:
    """Give each method, target and status a code."""
    codes: dict[Key, int] = {}
    return Codes(
        {"resolve": lambda *key: codes.setdefault(key, len(codes))},
        lambda: list(codes),
        lambda entry: (entry.method, entry.target, entry.status),
    )


def by_host() -> Codes:
    """Give each virtual host, method, target and status a code."""
    codes: dict[Key, int] = {}
    return Codes(
        {"resolve": _never, "by_host": lambda *key: codes.setdefault(key, len(codes))},
        lambda: list(codes),
        lambda entry: (entry.host, entry.method, entry.target, entry.status),
    )


def _never(*_key: object) -> int:
    raise AssertionError("a request was counted without its host")


def by_route() -> Codes:
    """Give each route and status a code, as an ingest does."""
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    return Codes(
        {"resolve": tally.code, "alike": alike, "code_of_path": tally.code_of_path,
         "codes_of_rules": tally.codes},
        lambda: tally.keys,
        lambda entry: (fold(entry.target), entry.status),
    )  # fmt: skip


Read: TypeAlias = "Callable[[bytes, Sequence[Family], int | None], LogEntry | Noise | Refusal]"


def _read(line: bytes, readers: Sequence[Family], newest: int | None) -> LogEntry | Noise | Refusal:
    return read_line(line, readers, zone=ZONE, newest=newest)


def one_by_one(
    lines: Sequence[bytes],
    order: Sequence[str],
    codes: Codes | None = None,
    read: Read = _read,
) -> Found:
    """Count lines by the reference parser alone."""
    key_of = (codes or by_request()).key_of
    found: Found = Counter()
    pending: Found = Counter()
    newest: int | None = None
    now = families(order)  # what a #Fields line names comes first
    for line in lines:
        text = line.removesuffix(b"\r")
        result = read(text, now, newest)
        reasons = []
        if text.startswith(b"\0") and result != Noise("nul bytes"):
            reasons.append("nul bytes")
        if not isinstance(result, LogEntry):
            reasons.append(result.reason)
            name = fields_line(line) if result.reason == "header of a W3C log" else None
            now = now if name is None else families(dict.fromkeys((name, *order)))
        for reason in reasons:
            if newest is None:
                pending[(reason,)] += 1
            else:
                found[newest // 15, reason] += 1
        if isinstance(result, LogEntry):
            if newest is None:
                found.update({(result.minute // 15, *key): n for key, n in pending.items()})
                pending.clear()
            newest = max(result.minute, newest or 0)
            key = key_of(result)
            found[(result.minute, *key)] += 1
            if result.duration is not None:
                found[("took", result.minute // 60, *key, bucket_of(result.duration))] += 1
    return found + pending


def by_the_counter(
    pieces: Sequence[Sequence[bytes]], order: Sequence[str], codes: Codes | None = None
) -> Found:
    """Count lines by the counter, which takes each piece by the loops of the first format."""
    codes = codes or by_request()
    one = LineCounter(order=order, zone=ZONE, **codes.given)
    for lines in pieces:
        one.feed(b"".join(line + b"\n" for line in lines))
    counted = one.take()
    keys = codes.keys()
    found: Found = Counter(
        {(minute, *keys[code]): n for minute, row in counted.minutes.items() for code, n in row.items()}
    )  # fmt: skip
    for hour, cells in counted.durations.items():
        for cell, number in cells.items():
            found["took", hour, *keys[cell % CODES], cell // CODES] += number
    for (quarter, _kind, reason), number in counted.unread.items():
        found[quarter, reason] += number
    for (_kind, reason), number in one.pending.items():
        found[(reason,)] += number
    return found


def longest_time(line: bytes) -> float:
    """Return the seconds that a line of this length may take the reference parser."""
    return 0.01 + len(line) * 3e-6


def no_scanner() -> None:
    """Stand for an installation without a C compiler."""


@dataclass(slots=True)
class Comparison:
    """Compares both ways on blocks of lines.

    `slow` are the lines that took the reference parser long. On a busy machine, it may not be their fault.
    """

    order: tuple[str, ...]
    codes: Callable[[], Codes] = by_request
    scanners: tuple[bool, ...] = (True,)
    entries: int = 0
    slow: list[bytes] = field(default_factory=list)

    def differs(self, lines: Sequence[bytes], at: int) -> tuple[Found, Found] | None:
        """Return what only the reference parser counts and what only the counter counts, if anything.

        The counter reads the lines up to `at` and the others as two pieces. A line that it leaves to the
        reference parser is read once, because it is read by the same function.
        """
        known: dict[tuple[bytes, int | None, int], LogEntry | Noise | Refusal] = {}
        kept: list[Sequence[Family]] = []  # so that no two have the same id

        def remembered(
            line: bytes, readers: Sequence[Family], *, zone: ZoneInfo, newest: int | None
        ) -> LogEntry | Noise | Refusal:
            key = line, newest, id(readers)
            if key not in known:
                if not any(readers is one for one in kept):
                    kept.append(readers)
                start = time.perf_counter()
                known[key] = read_line(line, readers, zone=zone, newest=newest)
                if time.perf_counter() - start > longest_time(line):
                    self.slow.append(line)
            return known[key]

        def read(
            line: bytes, readers: Sequence[Family], newest: int | None
        ) -> LogEntry | Noise | Refusal:
            return remembered(line, readers, zone=ZONE, newest=newest)

        pieces = [piece for piece in (lines[:at], lines[at:]) if piece]
        found = []
        with mock.patch.object(line_counter, "read_line", remembered):
            for scanner in self.scanners:
                if scanner:
                    found.append(by_the_counter(pieces, self.order, self.codes()))
                else:
                    with mock.patch.object(line_counter, "compiled", no_scanner):
                        found.append(by_the_counter(pieces, self.order, self.codes()))
        expected = one_by_one(lines, self.order, self.codes(), read)
        self.entries += sum(n for key, n in expected.items() if len(key) > 2 and key[0] != "took")
        for one in found:
            if one != expected:
                return expected - one, one - expected
        return None

    def smallest(self, lines: Sequence[bytes], at: int) -> list[bytes]:
        """Return few of these lines, on which both ways still differ."""
        found = list(lines)
        step = len(found) // 2
        while step:
            for start in range(0, len(found), step):
                fewer = found[:start] + found[start + step :]
                cut = min(at, len(fewer))
                if fewer and self.differs(fewer, cut) is not None:
                    found = fewer
                    break
            else:
                step //= 2
            step = min(step, len(found) // 2)
        return found
