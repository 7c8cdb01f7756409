"""The loops that look parts of lines up count what the reference parser reads, on lines of every format.

By hand: `LOGS=3000 pytest tests/formats/test_formats_records.py`, so many logs a format.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.formats import FORMAT_NAMES, LineCounter, Noise, known_formats, parse_line
from flask_status_cli.formats.counting import line_counter
from flask_status_cli.formats.families.known_names import plain
from flask_status_cli.formats.families.named_parts import KNOWN
from flask_status_cli.formats.families.w3c import fields_line
from flask_status_cli.formats.line_parser import read_line
from flask_status_cli.formats.prefixes.carriers import CARRIERS
from flask_status_cli.formats.prefixes.json_envelope import LOGGER_KEYS, opened_carried_line
from flask_status_cli.formats.records.carried_lines import CarriedLines
from flask_status_cli.formats.records.stamps import with_minute, without_seconds
from flask_status_cli.formats.timestamp_spellings import minute_of
from flask_status_cli.model import LogEntry
from flask_status_cli.model.duration_buckets import CODES, bucket_of
from tests.formats.test_formats_fuzzed import lines_of, mutated

LOGS = int(os.environ.get("LOGS", "12"))
ZONE = ZoneInfo("America/New_York")

Found = Counter[tuple[object, ...]]
"""Requests by minute, target and status; durations by hour and bucket; other lines by quarter and reason."""

OTHER_TIMES = (  # hours that exist twice, not at all, or on another day
    (b"2026-11-23", b"2026-11-01"), (b"23/Nov/2026", b"01/Nov/2026"), (b"Nov 23", b"Nov  1"),
    (b"261123", b"261101"), (b"2026/11/23", b"2026/11/01"), (b" 10:05", b" 01:35"), (b":10:05", b":01:05"),
    (b"T10:05", b"T01:59"), (b"Nov/2026", b"Mar/2026"), (b"-11-23", b"-03-08"), (b":42", b":60"),
)  # fmt: skip
BEFORE = [text for one in CARRIERS for text in one.examples]
ATTRS = ('"attrs":{"tag":"web"},', '"attrs":{"log":"a","log":"b"},', '"attrs":{"x":{}},', "")


def in_docker(line: bytes, rng: random.Random) -> bytes:
    """The line as docker's json-file has it, sometimes with what docker never writes."""
    text = json.dumps(
        line.decode("utf-8", "surrogateescape") + rng.choice(("\n", "\n", "\r\n", ""))
    )
    if rng.random() < 0.5:  # Go escapes these
        text = text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
    time = rng.choice(
        ("2026-11-23T10:05:42.123456789Z", "2026-11-01T01:35:00", "", "x", "1795428342")
    )
    attrs = rng.choice(ATTRS) if rng.random() < 0.2 else ""
    return f'{{"log":{text},"stream":"stdout",{attrs}"time":"{time}"}}'.encode()


OBJECTS: tuple[dict[str, object], ...] = (
    {"__REALTIME_TIMESTAMP": "1795428342123456", "_PID": "7", "MESSAGE": None, "PRIORITY": "6"},
    {"MESSAGE": None, "_SYSTEMD_UNIT": "shop.service", "__REALTIME_TIMESTAMP": "1795428342123456"},
    {"__REALTIME_TIMESTAMP": "1795428342123456", "MESSAGE": None, "STATUS": "503", "REQUEST": "GET /b"},
    {"asctime": "2026-11-23 10:05:42,123", "levelname": "INFO", "name": "gunicorn.access", "message": None},
    {"timestamp": "2026-11-23T10:05:42.123Z", "level": "info", "event": None, "logger": "werkzeug"},
    {"ts": 1795428342.125, "level": "info", "msg": None},
    {"time": 1795428342125, "message": None, "name": "shop"},
    {"time": "2026-11-01 01:35:42", "status": 200, "message": None},
)  # fmt: skip


def in_an_object(line: bytes, rng: random.Random) -> bytes:
    """The line as the journal or a logger writes it, sometimes with other values or another key."""
    found = dict(OBJECTS[rng.randrange(3) if rng.random() < 0.3 else rng.randrange(len(OBJECTS))])
    text = line.decode("utf-8", "surrogateescape") + rng.choice(("", "", "", "\n", "\r\n"))
    found = {key: text if value is None else value for key, value in found.items()}
    if rng.random() < 0.1:
        key = rng.choice(list(found))
        found[key] = rng.choice(
            (None, True, 7, 1e30, "", "x", "2026-11-23T10:05:42Z", [104, 105], {"a": 1}, " a")
        )
    if rng.random() < 0.05:
        found[rng.choice(("status", "path", "log", "event", "time", "t"))] = rng.choice(
            (200, "/a", None)
        )
    spaces = rng.choice(((",", ":"), (", ", ": ")))
    return json.dumps(found, separators=spaces, ensure_ascii=rng.random() < 0.8).encode(
        "utf-8", "surrogateescape"
    )


def a_line(origin: Sequence[bytes], others: list[bytes], rng: random.Random) -> bytes:
    """A line of a format: as it is, with other digits or another time, or changed in any place."""
    line = rng.choice(origin)
    for _ in range(rng.choice((0, 0, 1, 2))):
        digits = [at for at, byte in enumerate(line) if 48 <= byte < 58]
        if digits:
            at = rng.choice(digits)
            line = line[:at] + b"%d" % rng.randrange(10) + line[at + 1 :]
    if rng.random() < 0.3:
        for now, then in rng.sample(OTHER_TIMES, 4):
            line = line.replace(now, then)
    return mutated(line, rng, others) if rng.random() < 0.3 else line


def a_log(origin: Sequence[bytes], others: list[bytes], rng: random.Random) -> list[bytes]:
    """Lines of a format, all of them bare, in docker's objects or behind a carrier, but for a few."""
    lines = [a_line(origin, others, rng) for _ in range(rng.randint(1, 10))]
    lines.append(rng.choice((b"Traceback (most recent call last):", rng.choice(others))))
    kind = rng.choice((0, 0, 1, 1, 2, 4, 4))
    carrier = rng.choice(BEFORE)
    found = []
    for line in lines:
        how = kind if rng.random() < 0.9 else rng.choice((0, 1, 2, 3, 4))
        docker, logged = in_docker(line, rng), in_an_object(line, rng)
        found.append((line, docker, carrier + line, b"\0\0" + line + b"\r", logged)[how])
    return found


def one_by_one(lines: Sequence[bytes], order: Sequence[str]) -> Found:
    """Count lines by the reference parser alone."""
    found: Found = Counter()
    pending: Found = Counter()
    newest: int | None = None
    now = order  # of the formats: what a #Fields line names comes first
    for line in lines:
        text = line.removesuffix(b"\r")
        result = parse_line(text, order=now, zone=ZONE, newest=newest)
        reasons = []
        if text.startswith(b"\0") and result != Noise("nul bytes"):
            reasons.append("nul bytes")
        if not isinstance(result, LogEntry):
            reasons.append(result.reason)
            name = fields_line(line) if result.reason == "header of a W3C log" else None
            now = now if name is None else tuple(dict.fromkeys((name, *order)))
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
            key = result.target, result.status
            found[(result.minute, *key)] += 1
            if result.duration is not None:
                found[("took", result.minute // 60, *key, bucket_of(result.duration))] += 1
    return found + pending


def by_the_loop(lines: Sequence[bytes], order: Sequence[str]) -> Found:
    """Count lines by the counter, which takes each piece by the loops of the first format."""
    codes: dict[tuple[str | None, int], int] = {}
    one = LineCounter(
        lambda _method, target, status: codes.setdefault((target, status), len(codes)),
        order=order,
        zone=ZONE,
    )
    for start in (0, len(lines) // 2):
        end = len(lines) // 2 if start == 0 else len(lines)
        one.feed(b"".join(line + b"\n" for line in lines[start:end]))
    counted = one.take()
    keys = list(codes)
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


IIS = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip sc-status time-taken"
TURNED = "#Fields: date time s-ip cs-uri-stem cs-method cs-uri-query c-ip sc-status time-taken"
DESCRIBED = {
    IIS: ["2026-11-23 10:05:42 10.0.0.1 GET /a b=1&c 192.0.2.7 200 31", IIS, IIS,
          "2026-11-23 10:05:42 10.0.0.1 POST /a - 192.0.2.7 503 -", TURNED],
    "$time_iso8601 $status $request_method $uri $request_time": [
        "2026-11-23T10:05:42+00:00 200 GET /a 0.012", "2026-11-23T10:05:42+05:30 503 POST /a%20b -"],
    '%h %{%Y-%m-%d %H:%M:%S}t "%r" %>s %{ms}T': [
        '192.0.2.7 2026-11-23 10:05:42 "GET /a?b HTTP/1.1" 200 12', '::1 2026-11-23 10:05:42 "-" 408 -'],
    '%(h)s %(t)s "%(r)s" %(s)s %(M)s': [
        '192.0.2.7 [23/Nov/2026:10:05:42 +0000] "GET /a HTTP/1.1" 200 7',
        r'192.0.2.7 [23/Nov/2026:10:05:42 +0000] "GET /\"a HTTP/1.1" 404 7'],
    '%{%S:%M:%H %d/%b/%Y}t %m %U%q %s %D': ["42:05:10 23/Nov/2026 GET /a?b=1 200 1234"],
    '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)s': [
        '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /a?b&c HTTP/1.1" 200 7 "-" "curl/8" 12',
        r'web - x [23/Nov/2026:10:05:42 +0530] "GET /\"a HTTP/1.1" 404 7 "-" "curl/8" -',
        '::1 - - [23/Nov/2026:10:05:42 +0000] "GET / HTTP/1.1" 499 0 "-" "[23/Nov/2026:10:05:42 +0000] b" 7'],
    '$msec "$request" $status $upstream_response_time': [
        '1795428342.120 "GET /a HTTP/1.1" 200 0.1, 0.2', '1795428342.120 "GET /a HTTP/1.1" 499 -'],
}  # fmt: skip


def origin_of(name: str) -> list[bytes]:
    return [line.encode() for line in DESCRIBED.get(name, ())] or lines_of(name)


@pytest.mark.parametrize("name", [*FORMAT_NAMES, *DESCRIBED])
def test_any_lines_count_as_one_by_one(name: str) -> None:
    rng = random.Random(f"records of {name}")
    others = [one.example.encode() for one in known_formats()]
    origin = origin_of(name)
    for _ in range(LOGS):
        lines = (
            a_log(origin, others, rng) * 2
        )  # what was remembered the first time is used the second
        for order in ((name,), (name, *FORMAT_NAMES)):
            assert by_the_loop(lines, order) == one_by_one(lines, order), lines


@pytest.mark.parametrize("name", sorted({*FORMAT_NAMES, *DESCRIBED} - {"json", IIS}))
def test_like_lines_are_looked_up_bare_and_in_docker(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow: list[bytes] = []

    def slowly(line: bytes, *arguments: object, **options: object) -> object:
        slow.append(line)
        return read_line(line, *arguments, **options)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(line_counter, "read_line", slowly)
    line = origin_of(name)[0]
    wrapped = json.dumps(
        {"log": line.decode() + "\n", "stream": "stderr", "time": "2026-11-23T10:05:42.1Z"}
    )
    docker = wrapped.replace('": ', '":').replace(', "', ',"').encode()
    for each in (line, docker):
        slow.clear()
        found = by_the_loop([each] * 6, (name, *FORMAT_NAMES))
        assert sum(found.values()) >= 6
        assert slow[1:] == []  # the first one may tell an offset, or the names


def test_a_stamp_without_its_seconds_means_the_same_minute() -> None:
    rng = random.Random(5)
    stamps = [b"2026-11-23T10:05:42.123Z", b"23/Nov/2026:10:05:42 +0530", b"Mon Nov 23 10:05:42 2026",
              b"261123 10:05:42.7", b"2026/11/23 10:05:42,123", b"1795428342.310", b"[2026-11-23 10:05:42]",
              b"20261123T10:05:42.5", b"Mon, 23 Nov 2026 10:05:42 GMT", b"2026-11-01 01:35:42"]  # fmt: skip
    for number in range(LOGS * 200):
        stamp = rng.choice(stamps)
        stamp = mutated(stamp, rng, stamps) if number > len(stamps) * 4 else stamp
        for newest in (None, 1 << 40):
            text = with_minute(without_seconds(stamp))
            expected = minute_of(stamp, zone=ZONE, newest=newest)
            assert minute_of(text, zone=ZONE, newest=newest) == expected, stamp


def test_a_key_that_is_not_utf_8_is_no_error() -> None:
    line = b'{"__REALTIME_TIMESTAMP":"1795428342123456","MESSAGE":"x","_SYSTE\xe4UNIT":"a"}'
    for _ in range(2):
        CarriedLines().line(line)
    assert by_the_loop([line, line], FORMAT_NAMES) == one_by_one([line, line], FORMAT_NAMES)


def test_no_key_of_a_logger_is_the_name_of_a_status() -> None:
    assert not {plain(key) for key in LOGGER_KEYS} & {*KNOWN.status}


def test_a_line_is_taken_out_of_objects_as_the_reference_parser_opens_them() -> None:
    rng = random.Random(6)
    unwrapped = CarriedLines()
    others = [one.example.encode() for one in known_formats()]
    taken = 0
    for number in range(LOGS * 200):
        around = in_docker if number % 2 else in_an_object
        line = around(a_line(others, others, rng), rng)
        line = mutated(line, rng, [line]) if rng.random() < 0.5 else line
        found = unwrapped.line(line)
        if found is not None:
            envelope = opened_carried_line(line)
            assert envelope is not None
            assert not envelope.by_app
            assert found == (envelope.text, envelope.time), line
            taken += 1
    assert taken > LOGS * 50


@pytest.mark.parametrize(
    "name", ["combined", "common", "vhost_combined", "werkzeug", "gevent", "ltsv"]
)
def test_lines_in_docker_objects_have_the_format_of_the_lines_in_them(name: str) -> None:
    text = json.dumps(lines_of(name)[0].decode() + "\n")
    line = f'{{"log":{text},"stream":"stdout","time":"2026-11-23T10:05:42.1Z"}}'.encode()
    one = LineCounter(
        lambda _method, _target, status: status, order=(name, *FORMAT_NAMES), zone=ZONE
    )
    one.feed(line + b"\n")
    one.take()
    one.begin_log(None, {})  # what was learned of one log is used for the next
    one.feed(line + b"\n")
    assert one.proven_format([line, line]) == name
