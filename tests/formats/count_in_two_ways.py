"""Counts a log in two ways: line by line with the reference parser, and in pieces with the counter."""

from __future__ import annotations

from collections import Counter
from datetime import tzinfo
from zoneinfo import ZoneInfo

from flask_status_cli.formats import LineCounter, parse_line
from flask_status_cli.model import LogEntry
from flask_status_cli.model.duration_buckets import CODES, bucket_of
from flask_status_cli.routes import DISCOVERY, alike, fold
from flask_status_cli.tally import Tally

ZONE = ZoneInfo("America/New_York")

Found = Counter[tuple[object, ...]]
"""Numbers of requests: by minute, rule and status, and by hour, rule, status and bucket of durations."""


def one_by_one(log: bytes, name: str, zone: tzinfo = ZONE) -> Found:
    """Count the lines of a log one by one, with the reference parser and the format of this name."""
    found: Found = Counter()
    newest: int | None = None
    for line in log.split(b"\n")[:-1]:
        entry = parse_line(line.removesuffix(b"\r"), order=[name], zone=zone, newest=newest)
        if isinstance(entry, LogEntry):
            found[entry.minute, fold(entry.target), entry.status] += 1
            if entry.duration is not None:
                key = entry.minute // 60, fold(entry.target), entry.status
                found[*key, bucket_of(entry.duration)] += 1
            newest = max(entry.minute, newest or 0)
    return found


def in_bulk(pieces: list[bytes], name: str, zone: tzinfo = ZONE) -> Found:
    """Count the pieces of a log with the counter, which counts plain lines many at once."""
    tally = Tally(DISCOVERY.rule_of, rule_of_path=DISCOVERY.rule_of_path)
    one = LineCounter(
        tally.code,
        order=[name],
        zone=zone,
        alike=alike,
        code_of_path=tally.code_of_path,
        codes_of_rules=tally.codes,
    )
    for piece in pieces:
        one.feed(piece)
    counted = one.take()
    lines = sum(piece.count(b"\n") for piece in pieces)
    nuls = sum(n for reason, n in counted.noise.items() if reason == "nul bytes")
    assert lines <= counted.lines <= lines + nuls
    found: Found = Counter()
    for minute, codes in counted.minutes.items():
        for code, number in codes.items():
            found[minute, *tally.keys[code]] += number
    for hour, cells in counted.durations.items():
        for key, number in cells.items():
            found[hour, *tally.keys[key % CODES], key // CODES] += number
    return found
