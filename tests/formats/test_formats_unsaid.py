"""Times without an offset and durations without a unit: what each server means, and what nobody can know."""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.formats import parse_line, unsaid
from flask_status_cli.formats.counting import line_counter
from flask_status_cli.model import LogEntry
from flask_status_cli.model.log.unsaid import ALL_SAID, Unsaid
from flask_status_cli.unnamed_zone import UnnamedZone
from tests.formats.count_in_two_ways import in_bulk, one_by_one

AT = int(datetime(2026, 11, 23, 10, 5, tzinfo=UTC).timestamp()) // 60
HERE = UnnamedZone("Asia/Kolkata")
NAMED = ZoneInfo("Asia/Kolkata")
AHEAD = 330

CADDY = (
    '{"level":"info","ts":%s,"logger":"http.log.access.log0","msg":"handled request",'
    '"request":{"remote_ip":"192.0.2.7","proto":"HTTP/1.1","method":"GET","host":"shop.example","uri":"/a"},'
    '"bytes_read":0,"user_id":"","duration":%s,"size":3,"status":200,'
    '"resp_headers":{"Date":["Mon, 23 Nov 2026 10:05:42 GMT"]}}'
)

# Each `time_format` that Caddy documents, as modules/logging/encoders.go writes 10:05:42.123 UTC where the
# server is in Kolkata: the text, and whether it has an offset.
TIME_FORMATS = [
    ("1795428342.123", True),  # unix_seconds_float, the default
    ("1795428342123.456", True),  # unix_milli_float
    ("1795428342123456789", True),  # unix_nano
    ('"2026-11-23T15:35:42.123+0530"', True),  # iso8601: always local
    ('"2026-11-23T10:05:42Z"', True),  # rfc3339
    ('"2026-11-23T10:05:42.123456789Z"', True),  # rfc3339_nano
    ('"2026/11/23 10:05:42"', False),  # wall
    ('"2026/11/23 10:05:42.123"', False),  # wall_milli
    ('"2026/11/23 10:05:42.123456789"', False),  # wall_nano
    ('"23/Nov/2026:10:05:42 +0000"', True),  # common_log
    ('"2026-11-23 10:05:42"', False),  # a layout of one's own
]


def read(line: str, zone: tzinfo = HERE, name: str | None = None) -> LogEntry:
    found = parse_line(line.encode(), order=None if name is None else (name,), zone=zone)
    assert isinstance(found, LogEntry), found
    return found


@pytest.mark.parametrize(("written", "has_offset"), TIME_FORMATS)
def test_caddys_times_are_in_utc_unless_a_zone_is_named(written: str, has_offset: bool) -> None:
    line = CADDY % (written, "0.25")
    assert read(line).minute == AT
    assert read(line, NAMED).minute == (AT if has_offset else AT - AHEAD)


def test_cloudfronts_times_are_in_utc_in_json_too() -> None:
    line = (
        '{"date":"2026-11-23","time":"10:05:42","x-edge-location":"IAD","cs-method":"GET",'
        '"cs-uri-stem":"/a","sc-status":"502"}'
    )
    assert read(line).minute == AT
    assert read(line, NAMED).minute == AT - AHEAD


def test_the_console_encoder_writes_utc_too() -> None:
    line = CADDY % ("null", "0.25")
    console = (
        "2026/11/23 10:05:42.123\t\x1b[34mINFO\x1b[0m\thttp.log.access.log0\thandled request\t"
        + line
    )
    assert read(console).minute == AT
    assert read(console, NAMED).minute == AT - AHEAD


# What `duration_format` writes for 1.5 s, and for 250 ms: the text, and the microseconds that are certain.
DURATIONS = [
    ("1.5", 1_500_000),  # the default, seconds
    ("0.250123456", 250_123),
    ('"1.5s"', 1_500_000),  # string
    ('"250.123456ms"', 250_123),
    ('"61.5µs"', 61),
    ("1500", None),  # ms, or ns
    ("1500000000", None),
    ("0", None),
]


@pytest.mark.parametrize(("written", "took"), DURATIONS)
def test_caddys_durations_are_counted_if_their_unit_is_certain(
    written: str, took: int | None
) -> None:
    assert read(CADDY % ('"2026/11/23 10:05:42"', written)).duration == took


@pytest.mark.parametrize(
    ("time", "part", "took"),
    [
        ("[23/Nov/2026:10:05:42 +0000]", '"duration":"12345"', None),
        ("[23/Nov/2026:10:05:42 +0000]", '"duration":"0.012345"', 12_345),
        ("[23/Nov/2026:10:05:42 +0000]", '"duration":"12ms"', 12_000),
        ("[23/Nov/2026:10:05:42 +0000]", '"request_usec":"12345"', 12_345),
        ("23/Nov/2026:10:05:42 +0000", '"duration":12', 12_000),  # nginx's $time_local
        ("2026-11-23T10:05:42Z", '"event":{"duration":"0.300"}', None),
        ("2026-11-23T10:05:42Z", '"event":{"duration":300000000.0}', 300_000),
    ],
)
def test_a_whole_number_beside_a_time_of_gunicorn_is_not_taken_for_milliseconds(
    time: str, part: str, took: int | None
) -> None:
    """gunicorn's `%(t)s` is in brackets, and its durations are `%(D)s`, `%(M)s`, `%(L)s` and `%(T)s`."""
    line = PLAIN % (time, part)
    assert read(line).duration == took
    lines = f"{line}\n".encode() * 3
    assert in_bulk([lines], "json") == one_by_one(lines, "json")


@pytest.mark.parametrize(
    ("given", "took"), [("duration_ms=duration", 1_500_000), ("duration_ns=duration", 1)]
)
def test_the_user_can_name_the_unit(given: str, took: int) -> None:
    line = CADDY % ("1795428342.1", "1500")
    console = "2026/11/23 10:05:42.123\tINFO\thttp.log.access.log0\thandled request\t" + line
    for text in (line, console.replace('"ts":1795428342.1,', "")):
        found = read(text, name=f"json:{given}")
        assert (found.minute, found.duration) == (AT, took)


@pytest.mark.parametrize("zone", [HERE, NAMED])
def test_many_lines_of_caddy_count_as_one_by_one(
    zone: tzinfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_counter, "WORTH", 0)
    times = [time for time, _ in TIME_FORMATS]
    log = "".join(CADDY % (time, took) + "\n" for took, _ in DURATIONS for time in times).encode()
    for each in ("json", "json:duration_ms=duration"):
        assert in_bulk([log, log], each, zone) == one_by_one(log + log, each, zone)


WALL = '"2026/11/23 10:05:42"'
LOCAL = '"2026/11/23 15:35:42"'
PLAIN = '{"time":"%s","request":"GET /a HTTP/1.1","status":200,%s}'
OFFSET, WITHOUT = "2026-11-23T10:05:42Z", "2026-11-23 10:05:42"
LOGS: dict[str, tuple[str, str, Unsaid]] = {
    "Caddy as it comes": ("json", CADDY % ("1795428342.1", "0.25"), ALL_SAID),
    "Caddy, in UTC as its responses": (
        "json", CADDY % (WALL, "0.25"), Unsaid(zone=True, in_utc=True, ahead=0)
    ),
    "Caddy, time_local": (
        "json", CADDY % (LOCAL, "0.25"), Unsaid(zone=True, in_utc=True, ahead=AHEAD)
    ),
    "Caddy, without headers": (
        "json", (CADDY % (WALL, "0.25")).partition(',"resp')[0] + "}", Unsaid(zone=True, in_utc=True)
    ),
    "Caddy, whole durations": (
        "json", CADDY % ("1795428342.1", "1500"), Unsaid(duration="duration")
    ),
    "Caddy, whole durations with their unit": (
        "json:duration_ms=duration", CADDY % ("1795428342.1", "1500"), ALL_SAID
    ),
    "a time without an offset": ("json", PLAIN % (WITHOUT, '"x":1'), Unsaid(zone=True)),
    "seconds by name": ("json", PLAIN % (OFFSET, '"request_time":"0.250"'), ALL_SAID),
    "a unit in the value": ("json", PLAIN % (OFFSET, '"duration":"12ms"'), ALL_SAID),
    "a timedelta of Python": ("json", PLAIN % (OFFSET, '"elapsed":"0:00:00.012345"'), ALL_SAID),
    "a fraction": ("json", PLAIN % (OFFSET, '"respTime":1.5'), Unsaid(duration="respTime", unit="s")),
    "a whole number": ("json", PLAIN % (OFFSET, '"res":{"took":12}'), ALL_SAID),
    "a nested whole number": (
        "json", PLAIN % (OFFSET, '"data":{"took":12}'), Unsaid(duration="data.took", unit="ms")
    ),
    "pino-http": (
        "json",
        '{"time":1795428342123,"req":{"method":"GET","url":"/a"},"res":{"statusCode":200},"responseTime":13}',
        ALL_SAID,
    ),
    "Envoy": (
        "json",
        '{"start_time":"2026-11-23T10:05:42.1Z","method":"GET","path":"/a","response_code":200,"duration":11}',
        ALL_SAID,
    ),
    "behind docker": (
        "json",
        json.dumps({"log": PLAIN % (WITHOUT, '"took":1.5'), "stream": "stdout", "time": OFFSET}),
        Unsaid(zone=True, duration="took", unit="s"),
    ),
    "logfmt": (
        "logfmt", f'time="{OFFSET}" method=GET path=/a status=200 elapsed=0.25',
        Unsaid(duration="elapsed", unit="s"),
    ),
    "logfmt with units": ("logfmt", f'time="{OFFSET}" method=GET path=/a status=200 took=12ms', ALL_SAID),
    "gunicorn with %(D)s, %(M)s or %(T)s": (
        "json", PLAIN % ("[23/Nov/2026:10:05:42 +0000]", '"response_time":12345'),
        Unsaid(duration="response_time"),
    ),
    "gunicorn with %(L)s": (
        "json", PLAIN % ("[23/Nov/2026:10:05:42 +0000]", '"duration":"0.012345"'),
        ALL_SAID,
    ),
    "gunicorn with a unit in the name": (
        "json", PLAIN % ("[23/Nov/2026:10:05:42 +0000]", '"request_usec":"12345"'), ALL_SAID
    ),
    "ECS, but nginx's seconds": (
        "json", PLAIN % (OFFSET, '"event":{"duration":"0.300"}'), Unsaid(duration="event.duration")
    ),
    "ECS": ("json", PLAIN % (OFFSET, '"event":{"duration":300000000}'), ALL_SAID),
    "a number that may be money": (
        "json", PLAIN % (OFFSET, '"cost":0.25'), Unsaid(duration="cost")
    ),
    "a duration beside a number that may be one": (
        "json", PLAIN % (OFFSET, '"cost":0.25,"request_time":0.25'), ALL_SAID
    ),
    "logfmt, a number that may be one": (
        "logfmt", f'time="{OFFSET}" method=GET path=/a status=200 handle_time=12',
        Unsaid(duration="handle_time"),
    ),
    "logfmt, cost with a unit": (
        "logfmt", f'time="{OFFSET}" method=GET path=/a status=200 cost=12ms', ALL_SAID
    ),
    "LTSV": (
        "ltsv", f"time:{WITHOUT}\treq:GET /a HTTP/1.1\tstatus:200\treqtime:0.25", Unsaid(zone=True)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "line", "expected"), LOGS.values(), ids=LOGS)
def test_what_lines_do_not_say_is_found(name: str, line: str, expected: Unsaid) -> None:
    found = unsaid(f"{line}\n{line}\n".encode(), name=name, zone=HERE)
    assert found == Unsaid(
        **{
            each: getattr(expected, each)
            for each in ("zone", "in_utc", "ahead", "duration", "unit")
        },
        json=name not in ("ltsv", "logfmt"),
    )
    assert not unsaid(f"{line}\n{line}\n".encode(), name=name, zone=NAMED).in_utc


def test_one_response_proves_no_zone() -> None:
    one = (CADDY % (LOCAL, "0.25") + "\n").encode()
    assert unsaid(one, name="json", zone=HERE).ahead is None
    other = one.replace(b"15:35", b"16:05")
    assert unsaid(one + other, name="json", zone=HERE).ahead is None


# The columns beside `time-taken`, one line, and the microseconds: ASP.NET's W3CLoggingMiddleware writes
# `TotalMilliseconds`, CloudFront seconds, NetScaler seconds (its manual), IIS whole milliseconds; Tomcat's
# ExtendedAccessLogValve seconds with a fraction, and whole ones since 10.1.
W3C = [
    ("s-computername s-ip s-port", "web1 10.0.0.2 80", "12.3456", 12_345),
    ("sc-win32-status sc-substatus", "0 0", "12", 12_000),
    ("x-edge-location", "IAD89-C3", "0.338", 338_000),
    ("x-edge-location", "IAD89-C3", "2", 2_000_000),
    ("sc-servicename s-ip s-port", "HTTP 10.0.0.2 80", "1", 1_000_000),
    ("c-ip s-ip", "192.0.2.7 192.0.2.8", "1", None),  # 1.2 s, as Tomcat 10.1.60 wrote it
    ("c-ip", "192.0.2.7", "0.012", None),
]


@pytest.mark.parametrize(("columns", "values", "written", "took"), W3C)
def test_the_columns_of_a_w3c_log_show_the_unit_of_its_durations(
    columns: str, values: str, written: str, took: int | None
) -> None:
    name = f"#Fields: date time {columns} cs-method cs-uri-stem sc-status time-taken"
    line = f"2026-11-23 10:05:42 {values} GET /a 200 {written}"
    found = read(line, name=name)
    assert (found.minute, found.duration) == (AT, took)
    assert in_bulk([f"{line}\n".encode() * 3], name) == one_by_one(f"{line}\n".encode() * 3, name)
