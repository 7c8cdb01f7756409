"""Formats that are made from lines that no format reads."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from flask_status_cli.formats import parse_line, propose, unsupported_log
from flask_status_cli.model import LogEntry

FIXTURES = Path(__file__).parents[2] / "fixtures/logs/captured"
AT = 29_931_000  # 2026-11-28 10:00 UTC

LINES = [
    ('10.0.0.1 1795860042 "GET /a HTTP/1.1" 200 5', '%l %{sec}t "%r" %>s'),
    ('2026-11-28 10:00:00,123 200 "GET /a HTTP/1.1" x',
     '%{%Y-%m-%d %H:%M:%S}t,%{msec_frac}t %>s "%r" %l'),
    ('web 2026-11-28 10:00:00.123 10.0.0.1 "GET /a HTTP/1.1" 200',
     '%l %{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t %l "%r" %>s'),
    ('x "a b" 12 [28/Nov/2026:10:00:42 +0000] "GET /a HTTP/1.1" "c d" 200 0.3',
     '%l "%{Referer}i" %l %t "%r" "%{Referer}i" %>s'),
    ("2026-11-28T10:00:00+00:00 200 GET /a 0.010",
     "$time_iso8601 $status $request_method $request_uri $hostname"),
    ('2026-11-28T10:00:00+00:00|200|10.0.0.1|"GET /a HTTP/1.1"|0.010',
     '$time_iso8601|$status|$hostname|"$request"|$hostname'),
    # a fraction and a zone belong to the time
    ('10.0.0.1 2026/11/28 12:00:00.123456 +0200 "GET /a HTTP/1.1" 200',
     '%l %{%Y/%m/%d %H:%M:%S}t.%{usec_frac}t%{ %z}t "%r" %>s'),
    ('Sat, 28 Nov 2026 10:00:00 GMT 10.0.0.1 "GET /a HTTP/1.1" 200',
     '%{%a, %d %b %Y %H:%M:%S %Z}t %l "%r" %>s'),
    # only the end of the line shows where a request outside quotes ends, so all columns are given
    ("10.0.0.1 [28/Nov/2026:10:00:00 +0000] GET /a HTTP/1.1 200 5", "%l %t %r %>s %l"),
    ("2026-11-28 10:00:00 GET /a 200 x y", "%{%Y-%m-%d %H:%M:%S}t %m %{raw}U %>s %l %l"),
    ("2026-11-28T10:00:00Z INFO done method=GET path=/a status=200 took=1ms",
     ("$time_iso8601 $hostname $hostname $hostname=$request_method $hostname=$request_uri"
      " $hostname=$status $hostname")),
    ('"10.0.0.1","28/Nov/2026:10:00:00 +0000","GET","/a","200","5"',
     '"%{Referer}i","%{%d/%b/%Y:%H:%M:%S %z}t","%m","%{raw}U","%>s"'),
    ("28.11.2026 10:00:01|10.0.0.1|GET|/a|200|12", "%{%d.%m.%Y %H:%M:%S}t|%l|%m|%{raw}U|%>s|%l"),
    ("2026-11-28T10:00:00Z,GET,/a,200,12", "$time_iso8601,$request_method,$request_uri,$status,$hostname"),
    ("2026-11-28;10:00:00;GET;/a;200", "%{%Y-%m-%d;%H:%M:%S}t;%m;%{raw}U;%>s"),
    ('"Nov 28, 2026 @ 10:00:00.123",GET,"/a",200,"10.0.0.1"',  # Kibana exports it
     '"%{%b %d, %Y @ %H:%M:%S}t.%{msec_frac}t",%m,"%{raw}U",%>s'),
    # a quote behind a needed part ends it, although another quote follows
    ('2026-11-28 10:00:00 "GET /a" 200 "x" "y z"', '%{%Y-%m-%d %H:%M:%S}t "%m %{raw}U" %>s'),
    # a middleware of FastAPI that writes the version without its name
    ('2026-11-28T10:00:00Z 10.0.0.1:5 - "GET /a 1.1" 200 0.00s "x"',
     '$time_iso8601 $hostname $hostname "$request_method $request_uri $hostname" $status'),
    ("1795860042.566831\tC1\tGET\tshop.example\t/a\t1.1\t0\t200\tOK",  # Zeek
     "%{sec}t.%{usec_frac}t\t%l\t%m\t%l\t%{raw}U\t%l\t%l\t%>s\t%l"),
    # IIS without its #Fields line: the columns that it writes by default, with times in UTC
    ("2026-11-28 10:00:00 10.0.0.2 GET /a - 80 - 10.0.0.1 Mozilla/5.0+(X11) - 200 0 0 15",
     ("#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent)"
      " cs(Referer) sc-status sc-substatus sc-win32-status time-taken")),
    # the status is the number beside the request, not the first one of three digits
    ('2026-11-28 10:00:00,123 - synapse - 460 - {None} 12B 200 "GET /a HTTP/1.1" "curl/8"',
     '%{%Y-%m-%d %H:%M:%S}t,%{msec_frac}t %l %l %l %l %l %l %l %>s "%r" "%{Referer}i"'),
    ('h 10.0.0.1 [28/Nov/2026:10:00:00 +0000] GET "/a" HTTP/2.0 200 "-" "curl/8" 512',
     '%l %l %t %m "%{raw}U" %l %>s'),  # Kinsta
    # a second time is no time of the line
    ('2026-11-28 10:00:00.123 7 [req None] 10.0.0.1 [28/Nov/2026 10:00:42] "GET /a HTTP/1.1" 200',
     '%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t %l %l %l %l %l %l "%r" %>s'),
    # Serilog, Fiber with a date, NestJS on Linux, imgproxy
    ("2026-11-28 10:00:00.123 +00:00 [INF] HTTP GET /a responded 200 in 12.3456 ms",
     "%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t%{ %z}t %l %l %m %{raw}U %l %>s %l %l %l"),
    ("2026/11/28 10:00:42 | 200 |      1.345678ms | 192.0.2.7 | GET | /a | -",
     "%{%Y/%m/%d %H:%M:%S}t | %>s |  %l | %l | %m | %{raw}U | %l"),
    ("[Nest] 7  - 11/28/2026, 10:00:42 AM   ERROR [HTTP] GET /a 200 1",
     "%l %l  %l %{%m/%d/%Y, %I:%M:%S %p}t  %l %l %m %{raw}U %>s %l"),
    ("INFO    [2026-11-28T10:00:42Z] Completed in 12.3ms /a  id=x method=GET status=200",
     ("$hostname  [$time_iso8601] $hostname $hostname $hostname $request_uri  $hostname"
      " $hostname=$request_method $hostname=$status")),
    # a comma ends a target; IIS in its own format
    ("192.0.2.7, -, 11/28/2026, 10:00:42, W3SVC1, WEB, 10.0.0.1, 12, 163, 3223, 200, 0, GET, /a, -,",
     "%l, %l, %{%m/%d/%Y, %H:%M:%S}t, %l, %l, %l, %l, %l, %l, %>s, %l, %m, %{raw}U, %l,"),
    # the level TRACE is no method; Ktor
    ("2026-11-28 10:00:42.123 [main-1] TRACE ktor.application - 200 OK: GET - /a in 4ms",
     "%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t %l %l %l %l %>s %{phrase}s: %m %l %{raw}U %l %l"),
    ('(203.0.113.5, 10.0.0.7) 192.0.2.7 - - [28/Nov/2026:10:00:42 +0000] "GET /a HTTP/1.1" 200 5',
     '(%{X-Forwarded-For}i) %l %l %l %t "%r" %>s'),
    ('{"zeit":"2026-11-28T10:00:00Z","res":{"zahl":200},"verb":"GET","wo":"/a","port":443}',
     "json:status=res.zahl,time=zeit,method=verb,target=wo"),
    # nginx for Elasticsearch, and for Matomo: the method is missing
    ('{"@timestamp":"2026-11-28T10:00:00Z","size":5,"url":"/a","status":"200"}',
     "json:status=status,time=@timestamp,target=url"),
    ('{"zeit":1795860042,"line":"GET /a HTTP/1.1","ergebnis":"200"}',
     "json:status=ergebnis,time=zeit,request=line"),
]  # fmt: skip


def test_a_format_for_one_line_of_many_is_not_proposed() -> None:
    """A time in a cookie made a format of one line of Zeek's, and the others were taken for noise."""
    line = "C%d\tGET\tshop.example\t/a\t200\tx=%s; y\n"
    sample = "".join(line % (number, "1795860042" if not number else "z") for number in range(9))
    assert propose(sample.encode()) is None


def test_a_blank_in_a_path_prevents_no_proposal_for_json() -> None:
    """nginx's `$uri` is decoded. The format for Elasticsearch has it, and no method."""
    line = '{"@timestamp":"2026-11-28T10:00:00Z","url":"/a%s","status":"200"}\n'
    name = propose((line % "" * 3 + line % " b").encode())
    assert name == "json:status=status,time=@timestamp,target=url"


def test_a_duration_whose_key_is_known_within_another_one_is_proposed() -> None:
    """The keys of logstash-logback-encoder 1, whose durations are milliseconds."""
    line = (
        '{"@timestamp":"2026-11-28T10:00:00Z","@message":"x","@fields.method":"GET",'
        '"@fields.status_code":200,"@fields.requested_url":"GET /a HTTP/1.1","@fields.elapsed_time":12}\n'
    )
    name = propose(line.encode() * 2)
    assert name == (
        "json:status=@fields.status_code,time=@timestamp,request=@fields.requested_url,"
        "duration=@fields.elapsed_time"
    )
    read = parse_line(line.rstrip().encode(), order=(name,), zone=UTC)
    assert read == LogEntry(AT, "GET", "/a", 200, 12_000)


@pytest.mark.parametrize(("line", "name"), LINES)
def test_a_format_is_made_from_the_line_itself_and_reads_it(line: str, name: str) -> None:
    assert propose(f"{line}\n".encode() * 3) == name
    assert parse_line(line.encode(), order=(name,), zone=UTC) == LogEntry(AT, "GET", "/a", 200)


def test_a_color_before_a_line_hinders_no_proposal() -> None:
    """winston writes such lines, with morgan's as their messages, and colors all of a line."""
    line = "2026-11-28 10:00:00 http: GET /a %d 0 - 2.590 ms -"
    colored = "\x1b[35m" + line + "\x1b[39m"
    name = propose((colored % 200 + "\n" + colored % 302 + "\n").encode() * 2)
    assert name is not None
    for text in (colored % 500, line % 500):
        read = parse_line(text.encode(), order=(name,), zone=UTC)
        assert read == LogEntry(AT, "GET", "/a", 500)
    assert unsupported_log(f"{line % 200}\n".encode()) is None


def test_a_query_stays_a_query_in_a_proposed_format() -> None:
    for line in ("2026-11-28 10:00:00 GET /a?b=/c 200 x", "2026-11-28T10:00:00Z GET /a?b=/c 200 x"):
        name = propose(f"{line}\n".encode() * 3)
        assert name is not None
        assert parse_line(line.encode(), order=(name,), zone=UTC) == LogEntry(
            AT, "GET", "/a?b=/c", 200
        )


def test_a_target_is_read_as_it_was_sent_by_a_proposed_format() -> None:
    """Its route was `/a%2520b`: Apache's directive for a path is of a decoded one."""
    line = "2026-11-28 10:00:00 GET %s 200 x"
    name = propose((line % "/a" + "\n").encode() * 3)
    assert name is not None
    for target in ("/a%20b?c=%22", "/50%25", "/a b"):  # the last one by a server that decodes it
        read = parse_line((line % target).encode(), order=(name,), zone=UTC)
        assert read == LogEntry(AT, "GET", target, 200)


def test_a_blank_in_one_of_the_targets_prevents_no_proposal() -> None:
    line = "2026-11-28 10:00:00 +0000 GET %s 200 0ms\n"
    name = propose((line % "/a" * 5 + line % "/a b").encode())
    assert name == "%{%Y-%m-%d %H:%M:%S %z}t %m %{raw}U %>s %l"


def test_a_user_agent_of_another_shape_is_read_by_the_proposed_format() -> None:
    line = "10.0.0.1 [28/Nov/2026:10:00:00 +0000] x/5(y=1) GET /a HTTP/1.1 200 %s\n"
    name = propose(((line % "curl/8(x)") * 3).encode())
    assert name is not None
    other = (line.replace("x/5(y=1)", "w") % "w").encode().rstrip()
    assert isinstance(parse_line(other, order=(name,), zone=UTC), LogEntry)


def test_a_number_that_is_no_code_is_a_size() -> None:
    line = '192.0.2.7:5 [28/Nov/2026:10:00:01.703] 0/0/1/12/13 200 512 "GET /a HTTP/1.1"\n'
    name = propose(line.encode() * 3)
    times = "%l/%l/%l/%l/%{ms}T"
    assert name == f'%l [%{{%d/%b/%Y:%H:%M:%S}}t.%{{msec_frac}}t] {times} %>s %l "%r"'


@pytest.mark.parametrize(
    ("days", "name"),
    [
        ((5, 14), "%{%d-%m-%Y %H:%M:%S}t %l  %>s %m %{raw}U"),
        ((12, 28), "%{%d-%m-%Y %H:%M:%S}t %l  %>s %m %{raw}U"),
        ((5, 12), None),
    ],
)
def test_a_date_that_may_have_the_month_first_is_read_as_all_lines_show(
    days: tuple[int, int], name: str | None
) -> None:
    """Tornado, as an app of 2010 logged: github.com/debuggerUA/scandinavian_auction, tornado.log."""
    line = "%02d-07-2010 02:21:23 INFO     200 GET /a (127.0.0.1) 2004.67ms\n"
    found = propose("".join(line % day for day in range(*days)).encode())
    assert found is None if name is None else found is not None and found.startswith(name)


def test_labels_between_bars_are_a_format() -> None:
    """nginx, as github.com/4ennyx/hng13-stage2-devops has it, logs/access.log."""
    line = (
        "time:2025-10-30T22:41:00+00:00|remote_addr:172.18.0.1|method:%s|uri:/version|status:%d|"
        "request_time:0.002|upstream_status:200|pool:blue\n"
    )
    name = propose((line % ("GET", 200) + line % ("POST", 502)).encode())
    assert name is not None
    read = parse_line((line % ("POST", 502)).encode().rstrip(), order=(name,), zone=UTC)
    assert isinstance(read, LogEntry)
    assert (read.method, read.target, read.status) == ("POST", "/version", 502)


KTOR = "2026-11-28 10:00:42.123 [main-1] INFO  Application - %s: GET - %s"


@pytest.mark.parametrize(
    "answer",
    [
        "500 Internal Server Error",
        "404 Not Found",
        "418 I'm a teapot",
        "204 No Content",
        "599 Unknown Status Code",
    ],
)
def test_a_format_made_from_successes_reads_failures_whose_status_has_more_words(
    answer: str,
) -> None:
    name = propose((KTOR % ("200 OK", "/a") + "\n").encode() * 20)
    assert name is not None
    read = parse_line((KTOR % (answer, "/b")).encode(), order=(name,), zone=UTC)
    assert read == LogEntry(AT, "GET", "/b", int(answer[:3]))


@pytest.mark.parametrize(
    "line",
    [
        "[2026-11-28 10:00:42,123] INFO in app: 127.0.0.1 GET http /a %s",  # Flask's after_request
        "2026/11/28 10:00:42 ...r.go:102:f() [I] router: completed GET /a for [::1]:0, %s in 1ms @ x.go:1(x)",
        "2026-11-28 10:00:42,123 INFO access - GET /a -> %s in 12 ms",  # Akka
    ],
)
def test_a_format_reads_failures_whose_status_is_behind_the_target(line: str) -> None:
    name = propose((line % "200 OK" + "\n").encode() * 20)
    assert name is not None
    for answer in ("500 Internal Server Error", "404 NOT FOUND"):
        read = parse_line((line % answer).encode(), order=(name,), zone=UTC)
        assert read == LogEntry(AT, "GET", "/a", int(answer[:3]))


def test_of_several_formats_the_one_that_reads_the_most_lines_is_proposed() -> None:
    """Eight lines of ten have one blank between the level and the logger, two have more."""
    line = "2026-11-28 10:00:42 %s x - %d GET /a z\n"
    lines = line % ("ERROR", 500) * 8 + line % ("INFO ", 200) * 2
    assert propose(lines.encode()) == "%{%Y-%m-%d %H:%M:%S}t %l  %l %l %>s %m %{raw}U %l"


def test_nothing_is_proposed_that_would_take_the_end_of_a_line_for_a_part_of_the_target() -> None:
    """PHP's own server writes the error behind the target."""
    line = "[Sat Nov 28 10:00:42 2026] [::1]:5 [%s]: GET /a%s\n"
    lines = line % (200, "") * 9 + line % (500, " - Uncaught Exception: x")
    assert propose(lines.encode()) is None


def test_keys_of_requests_are_found_among_more_other_objects() -> None:
    other = '{"w":"2026-11-28T10:00:00Z","m":"started"}\n'
    line = (
        '{"w":"2026-11-28T10:00:00Z","res":{"status":200},"x":{"verb_":"GET","where_path":"/a"}}\n'
    )
    assert propose((other * 4 + line * 2).encode()) == (
        "json:status=res.status,time=w,method=x.verb_,target=x.where_path"
    )


def test_a_number_that_may_be_something_else_is_no_status() -> None:
    line = '2026-11-28 10:00:00 404 x 200 y "GET /a HTTP/1.1" z\n'
    assert propose(line.encode() * 3) is None


GLUED = '192.0.2.4 - - [28/Nov/2026:15:30:00 +0000] "GET / HTTP/1.1" '


@pytest.mark.parametrize(
    "lines",
    [
        "user 17 logged in\n",
        '{"level":"info","msg":"hello"}\n',
        '{"time":"2026-11-28T10:00:00Z","pid":123,"module":"/x/y"}\n',
        '{"time":"2026-11-28T10:00:00Z","status":200,"file":"/x/y"}\n',
        "GET /a 200\n",  # when?
        "2026-11-28 10:00:00 GET /a\n",  # answered how?
        '[{"time":"2026-11-28T10:00:00Z","m":"GET","p":"/a","s":200},{"time":1}]\n',
        f"{GLUED}200 12{GLUED}500 12\n",  # one of the two records would be lost
        "{" * 4000 + "\n",
        "\xff\xfe\0\n",
        "",
    ],
)
def test_nothing_is_proposed_that_would_not_read_the_log(lines: str) -> None:
    assert propose(lines.encode() * 3) is None


@pytest.mark.parametrize("name", ["nginx-error.log", "apache-error.log"])
def test_no_number_of_an_error_log_is_taken_for_a_status(name: str) -> None:
    lines = (FIXTURES / name).read_bytes().splitlines(keepends=True)
    assert [line for line in lines if propose(line) is not None] == []
    assert propose(b"".join(lines)) is None


def test_no_format_of_a_thousand_words_is_proposed() -> None:
    """Before, it took 9 s of CPU to make one."""
    line = b"2026-11-23 10:05:42 GET /cart 500 " + b"a b " * 500 + b"\n"
    assert propose(line * 5) is None
