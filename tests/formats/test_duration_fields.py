"""How long a request took, as the format strings of servers tell it."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import LineCounter, PartCounter, parse_line
from flask_status_cli.formats.logformat.duration_fields import microseconds_of
from flask_status_cli.model import LogEntry

COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
COMBINED_LINE = '1.2.3.4 - - [23/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 12 "-" "a \\" b"'
GUNICORN = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'
NGINX = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)
NGINX_LINE = '1.2.3.4 - - [23/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 12 "-" "curl, 1"'

# Units: Apache, mod_log_config; nginx, ngx_http_log_module and ngx_http_upstream_module.
CASES: dict[str, tuple[str, str, int | None]] = {
    "Apache's %D is microseconds": (f"{COMBINED} %D", f"{COMBINED_LINE} 1500", 1_500),
    "Apache's %T is seconds": (f"{COMBINED} %T", f"{COMBINED_LINE} 3", 3_000_000),
    "a unit of %T: ms": (f"{COMBINED} %{{ms}}T", f"{COMBINED_LINE} 15", 15_000),
    "a unit of %T: us": (f"{COMBINED} %{{us}}T", f"{COMBINED_LINE} 15", 15),
    "a unit of %T: s": (f"{COMBINED} %{{s}}T", f"{COMBINED_LINE} 2", 2_000_000),
    "of two the finer one is read": (f"{COMBINED} %T/%D", f"{COMBINED_LINE} 0/1500", 1_500),
    "a word before it": (f"{COMBINED} took=%Dus", f"{COMBINED_LINE} took=1500us", 1_500),
    "before the request": (
        '%h %D %t "%r" %>s',
        '1.2.3.4 1500 [23/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200',
        1_500,
    ),
    "not printed for this status": (f"{COMBINED} %!200D", f"{COMBINED_LINE} -", None),
    "nginx's $request_time is seconds": (f"{NGINX} $request_time", f"{NGINX_LINE} 0.123", 123_000),
    "with a word": (f"{NGINX} rt=$request_time u=$pid", f"{NGINX_LINE} rt=0.123 u=7", 123_000),
    "in quotes": (f'{NGINX} "$request_time"', f'{NGINX_LINE} "1.000"', 1_000_000),
    "the request's time, not its upstream's": (
        f'{NGINX} "$upstream_response_time" $request_time',
        f'{NGINX_LINE} "0.100" 0.250',
        250_000,
    ),
    "several upstream servers are added up": (
        f'{NGINX} "$upstream_response_time"',
        f'{NGINX_LINE} "0.100, 0.020 : 0.003"',
        123_000,
    ),
    "no upstream server": (f'{NGINX} "$upstream_response_time"', f'{NGINX_LINE} "-"', None),
    "one of the servers told nothing": (
        f'{NGINX} "$upstream_response_time"',
        f'{NGINX_LINE} "-, 0.020"',
        20_000,
    ),
    "gunicorn's %(D)s is microseconds": (f"{GUNICORN} %(D)s", f"{COMBINED_LINE} 1500", 1_500),
    "gunicorn's %(M)s is milliseconds": (f"{GUNICORN} %(M)s", f"{COMBINED_LINE} 15", 15_000),
    "gunicorn's %(L)s is seconds": (f"{GUNICORN} %(L)s", f"{COMBINED_LINE} 0.001500", 1_500),
    "%(L)s is finer than %(T)s": (f"{GUNICORN} %(T)s %(L)s", f"{COMBINED_LINE} 0 0.2", 200_000),
    "a format of its own": (
        "$time_iso8601 $status $request_method $uri $request_time",
        "2026-11-23T10:00:00+00:00 200 GET /x 0.010",
        10_000,
    ),
    "a line that ends after the status": (
        f"{NGINX} $request_time",
        '1.2.3.4 - - [23/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 ',
        None,
    ),
    "a word of nginx behind it": (
        f"{NGINX} $upstream_addr $upstream_response_time $request_time $upstream_cache_status",
        f"{NGINX_LINE} 127.0.0.1:1, 127.0.0.1:2 0.000, 0.084 0.085 MISS",
        85_000,
    ),
    "no duration in the format": (NGINX, NGINX_LINE, None),
    "time to the first byte is not a duration": (f"{COMBINED} %^FB", f"{COMBINED_LINE} 1500", None),
    "nor is a time behind a user agent that nobody named": ("combined", f"{COMBINED_LINE} 9", None),
}


@pytest.mark.parametrize(("text", "line", "expected"), CASES.values(), ids=CASES)
def test_a_duration_is_read_in_its_unit(text: str, line: str, expected: int | None) -> None:
    entry = parse_line(line.encode(), order=[text], zone=UTC)
    assert isinstance(entry, LogEntry)
    assert (entry.target, entry.status, entry.duration) == ("/x", 200, expected)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        (b"0.000", "s", 0),
        (b"0.0005", "s", 500),
        (b"1500", "us", 1_500),
        (b"1500", "ms", 1_500_000),
        (b"-", "s", None),
        (b"", "s", None),
        (b"-1", "us", None),
        (b"nan", "s", None),
        (b"\xff", "s", None),
        (b"1" * 400, "s", None),
    ],
)
def test_a_text_that_is_not_a_duration_gives_none(
    text: bytes, unit: str, expected: int | None
) -> None:
    assert microseconds_of(text, unit) == expected


@pytest.mark.parametrize("text", ["$request_time", "$request_id $request_time"])
def test_durations_counted_by_several_workers_add_up(text: str) -> None:
    form = f"{NGINX} {text}"
    before = "id " if "id" in text else ""
    lines = [
        NGINX_LINE.replace("10:00", f"{9 + n % 3:02}:{n % 60:02}")
        .replace("/x", f"/{n % 4}")
        .encode()
        + f" {before}{n / 100:.3f}\n".encode()
        for n in range(200)
    ]
    codes: dict[str | None, int] = {}

    def resolve(_method: str | None, target: str | None, _status: int) -> int:
        return codes.setdefault(target, len(codes))

    whole = LineCounter(resolve, order=[form], zone=UTC)
    whole.feed(b"".join(lines))
    expected = whole.take().durations
    assert sum(sum(cells.values()) for cells in expected.values()) == len(lines)

    mine: dict[str | None, int] = {}
    added = LineCounter(lambda *_: 0, order=[form], zone=UTC)
    part = PartCounter(lambda _m, t, _s: mine.setdefault(t, len(mine)), order=[form], zone=UTC)
    for start, end in ((150, 200), (0, 150)):
        counted = part.count([b"".join(lines[start:end])])
        added.absorb(counted, [codes[target] for target in mine])
    assert added.take().durations == expected
