"""Changed lines of every format count as the reference parser reads them, in linear time, without an error.

By hand: `CHANGED=1000000 pytest -k NAME tests/formats/test_formats_changed.py`, so many lines a format, in
two minutes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from random import Random

import pytest

from flask_status_cli.formats import FORMAT_NAMES, known_formats
from flask_status_cli.formats.line_parser import read_line
from flask_status_cli.formats.registry import families, lookup
from tests.formats.changed_lines import BEFORE, carried, changed, in_an_object, in_docker, long
from tests.formats.count_any_lines import (
    ZONE,
    Comparison,
    by_host,
    by_request,
    by_route,
    longest_time,
)
from tests.formats.test_formats_fuzzed import lines_of

CHANGED = int(os.environ.get("CHANGED", "250"))
SEED = os.environ.get("SEED", "")
MOST_LINES = 600
OTHERS = [one.example.encode() for one in known_formats()]

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
MAPPED = "json:status=res.code,time=ts,target=req.where,duration_ms=took"
DESCRIBED[MAPPED] = [
    '{"ts":"2026-11-23T10:05:42Z","res":{"code":200},"req":{"where":"/a?b=1","how":"GET"},"took":12.5}',
    '{"ts":1795428342.125,"method":"POST","req":{"where":"/a%20b"},"res":{"code":"503"},"took":"7"}',
]

COMBINED = [
    b'192.0.2.7 - ann [23/Nov/2026:10:05:42 +0000] "GET /users/7 HTTP/1.1" 200 512 "-" "curl/8.5"',
    b'::1 - - [23/Nov/2026:10:05:42 +0530] "POST /a HTTP/2.0" 503 0',
    b'192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "" 400 0 "-" "-"',
    b'192.0.2.7 - - [23/Nov/2026 10:05:42] "GET /a?b HTTP/1.1" 200 -',
    b'192.0.2.7 - - [23/Nov/2026 10:05:42] "\x1b[33mGET /b HTTP/1.1\x1b[0m" 404 -',
]
LOGGERS = [
    b"INFO:werkzeug:",
    b"[2026-11-28 10:00:00,123] INFO in _internal: ",
    b"2026-11-28 10:00:00,123 - gunicorn.access - INFO - ",
    b"[2026-11-28 10:00:00 +0000] [123] [INFO] ",
    b"2026-11-28 10:00:00.123 | INFO     | werkzeug._internal:_log:97 - ",
    b"\x1b[32m2026-11-28 10:00:00.123\x1b[0m | \x1b[1mINFO    \x1b[0m | \x1b[36mwerkzeug\x1b[0m - \x1b[1m",
    b"2026-11-28T10:00:00.123456Z [info     ] ",
]
RNG = Random(1)
CARRIED = {
    "combined behind carriers": [one + line for one in BEFORE for line in COMBINED],
    "combined behind loggers": [one + line for one in LOGGERS for line in COMBINED],
    "combined in docker's objects": [in_docker(line, RNG) for line in COMBINED * 8],
    "combined in loggers' objects": [in_an_object(line, RNG) for line in COMBINED * 24],
    "json in docker's objects": [in_docker(line, RNG) for line in lines_of("json")],
}
"""Lines that are changed together with what carries them."""


def origin_of(name: str) -> list[bytes]:
    """Return lines of a format, as a server writes them."""
    if name in CARRIED:
        return CARRIED[name]
    return [line.encode() for line in DESCRIBED.get(name, ())] or lines_of(name)


def comparisons(name: str) -> list[Comparison]:
    """Return all ways to count lines of a format: by request, route and host; with all formats or one."""
    first = name.partition(" ")[0] if name in CARRIED else name
    family = lookup(first).family
    scanners = (True,) if family.shapes is None else (True, False)
    alone, every = (first,), (first, *FORMAT_NAMES)
    found = [
        Comparison(alone, by_request, scanners),
        Comparison(alone, by_route, scanners),
        Comparison(every, by_request, scanners),
        Comparison(every, by_route, scanners),
    ]
    return [*found, Comparison(alone, by_host, scanners)] if family.hosts_before else found


def a_block(name: str, origin: Sequence[bytes], rng: Random, most: int) -> list[bytes]:
    """Return changed lines of a format. Some blocks have few lines of another form, others many."""
    calm, wild = rng.choice((0.1, 0.5, 0.8, 0.95)), rng.choice((0.05, 0.2, 0.5))
    parts = OTHERS if rng.random() < 0.3 else origin
    found = [
        changed(rng.choice(origin), rng, parts, calm=calm, wild=wild)
        for _ in range(rng.randint(1, most))
    ]
    if name not in CARRIED:
        found = carried(found, rng)
    if rng.random() < 0.2:
        at = rng.randrange(len(found))
        found[at] = long(found[at], rng, 20_000)
    return found


def slow_lines(lines: Sequence[bytes], order: tuple[str, ...]) -> list[tuple[float, bytes]]:
    """Return the lines that take the reference parser longer than lines of their length ever should."""
    readers, found = families(order), []
    for line in lines:
        taken = []
        for _ in range(3):
            start = time.thread_time()
            read_line(line, readers, zone=ZONE, newest=None)
            taken.append(time.thread_time() - start)
            if taken[-1] < longest_time(line):
                break
        if min(taken) > longest_time(line):
            found.append((min(taken), line))
    return found


@pytest.mark.parametrize("name", [*FORMAT_NAMES, *DESCRIBED, *CARRIED])
def test_changed_lines_count_as_one_by_one_and_take_linear_time(name: str) -> None:
    rng = Random(f"{SEED} changed lines of {name}")
    origin, ways, lines = origin_of(name), comparisons(name), 0
    most = min(MOST_LINES, max(8, CHANGED // 10))
    while lines < CHANGED:
        way = rng.choice(ways)
        block = a_block(name, origin, rng, most)
        lines += len(block)
        at = rng.randint(0, len(block))
        different = way.differs(block, at)
        if different is not None:
            few = way.smallest(block, at)
            raise AssertionError(
                (way.order[:2], way.codes.__name__, few, way.differs(few, 0) or different)
            )
        assert slow_lines(way.slow, way.order) == []
        way.slow.clear()
