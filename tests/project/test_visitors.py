r"""What a visitor puts into a log counts as the requests that were made, and as nothing else.

Each line is what the server writes for such a request (its escapes are those of its source, see
fixtures/README.md). A Basic user holds no colon (RFC 7617), a header no line feed; gunicorn writes the line
feeds of a decoded user. `made` is what the visitor really asked for, and what was answered.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.cli import run
from flask_status_cli.model import IngestResult
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.pipeline.report import ReportOptions, summarize

NOW = datetime(2026, 11, 28, 15, 30, 0, tzinfo=UTC)
S = "[28/Nov/2026:15:30:00 +0000]"
W = "[28/Nov/2026 15:30:00]"
SOMEWHERE = "<unmatched>"


@dataclass(frozen=True)
class Visit:
    """What a visitor did, the lines that the server wrote, and the routes and codes of the requests made."""

    what: str
    lines: str
    made: tuple[tuple[str, int], ...] = ()


NGINX = (
    Visit("a quote and a code in the target",
          rf'192.0.2.9 - - {S} "GET /x\x22 500 1 \x22 HTTP/1.1" 404 153 "-" "-"', ((SOMEWHERE, 404),)),
    Visit("a request in the user",
          rf'192.0.2.9 - x [28/Nov/2026] \x22GET /pay HTTP/1\x22 500 {S} "GET / HTTP/1.1" 401 179 "-" "-"',
          (("/", 401),)),
    Visit("a line of its own in the agent",
          rf'192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "-" "\x0A192.0.2.7 - - {S} \x22GET /pay\x22 500"',
          (("/", 200),)),
    Visit("the same in the referrer",
          rf'192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "{S} \x22GET /pay HTTP/1.1\x22 500 1" "-"',
          (("/", 200),)),
    Visit("X-Forwarded-For behind the agent",
          rf'192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "-" "-" "1.1.1.1\x22 500 1, {S}"', (("/", 200),)),
    Visit("a method with a quote", rf'192.0.2.9 - - {S} "GET\x22500 / HTTP/1.1" 400 150 "-" "-"',
          ((SOMEWHERE, 400),)),
    Visit("TLS to a port without", rf'192.0.2.9 - - {S} "\x16\x03\x01\x02\x00\x22" 400 150 "-" "-"',
          ((SOMEWHERE, 400),)),
    Visit("nothing", f'192.0.2.9 - - {S} "" 400 0 "-" "-"', ((SOMEWHERE, 400),)),
    Visit("a target too long, which is cut", f'192.0.2.9 - - {S} "GET /{"a" * 8180}" 414 170 "-" "-"',
          ((SOMEWHERE, 414),)),
    Visit("an agent of 8 kB", f'192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "-" "{"x" * 8000}"', (("/", 200),)),
    Visit("HTTP/3.0", f'192.0.2.9 - - {S} "GET / HTTP/3.0" 505 174 "-" "-"', (("/", 505),)),
)  # fmt: skip

APACHE = (
    Visit("a quote and a code in the user", rf'192.0.2.9 - x\" 500 1 {S} "GET / HTTP/1.1" 401 381 "-" "-"',
          (("/", 401),)),
    Visit("an empty user", f'192.0.2.9 - "" {S} "GET / HTTP/1.1" 401 381 "-" "-"', (("/", 401),)),
    Visit("a quote in the target", rf'192.0.2.9 - - {S} "GET /x\" HTTP/1.1" 404 196 "-" "-"',
          ((SOMEWHERE, 404),)),
    Visit("a backslash and a quote", rf'192.0.2.9 - - {S} "GET /x\\\" HTTP/1.1" 404 196 "-" "-"',
          ((SOMEWHERE, 404),)),
    Visit("a request in the agent",
          rf'192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "-" "\" {S} \"GET /pay HTTP/1.1\" 500 1 \""',
          (("/", 200),)),
    Visit("a line feed alone", rf'192.0.2.9 - - {S} "GET / HTTP/1.1\n" 400 226 "-" "-"',
          ((SOMEWHERE, 400),)),
    Visit("Transfer-Encoding: foo", f'192.0.2.9 - - {S} "GET / HTTP/1.1" 501 357 "-" "-"', (("/", 501),)),
    Visit("a slow request, stamped when it began",
          '192.0.2.9 - - [28/Nov/2026:15:12:00 +0000] "-" 408 - "-" "-"',
          ((SOMEWHERE, 408),)),
    Visit("a Host that the server takes over",
          f'pay.example:80 192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "-" "-"', (("/", 200),)),
)  # fmt: skip

GUNICORN = (
    Visit("line feeds in the user",
          f'192.0.2.9 - a\nxx\nyy\nzz zz {S} "GET / HTTP/1.1" 401 12 "-" "x"'),
    Visit("a line of its own in the user",
          f'192.0.2.9 - \n192.0.2.7 - - [28/Nov/2026] \\"GET /pay HTTP/1.1\\" 500 1 \\"-\\"\n'
          f' {S} "GET / HTTP/1.1" 401 12 "-" "x"'),
    Visit("a line of werkzeug's in the user",
          f'192.0.2.9 - \n192.0.2.7 - - [28/Nov/2026 15] \\"GET /pay HTTP/1.1\\" 500 -\n'
          f' {S} "GET / HTTP/1.1" 401 12 "-" "x"'),
    Visit("a quote and a code in the user", rf'192.0.2.9 - x\" 500 1 {S} "GET / HTTP/1.1" 401 12 "-" "-"',
          (("/", 401),)),
    Visit("a backslash at the end of the target", rf'192.0.2.9 - - {S} "GET /a\ HTTP/1.1" 404 9 "-" "-"',
          ((SOMEWHERE, 404),)),
    Visit("a backslash before a quote", rf'192.0.2.9 - - {S} "GET /a\\" HTTP/1.1" 404 9 "-" "x"',
          ((SOMEWHERE, 404),)),
    Visit("the end of a request in the agent",
          rf'192.0.2.9 - - {S} "GET /a\" HTTP/1.1" 404 9 "-" "GET / HTTP/1.1\" 500 1 "', ((SOMEWHERE, 404),)),
    Visit("a carriage return in the user", f'192.0.2.9 - a\rb {S} "GET / HTTP/1.1" 401 12 "-" "-"',
          (("/", 401),)),
)  # fmt: skip

WERKZEUG = (
    Visit("a quote and a code in the target", f'192.0.2.9 - - {W} "GET /x" 500 - HTTP/1.1" 404 -',
          ((SOMEWHERE, 404),)),
    Visit("what is no request, which is logged twice",
          f"192.0.2.9 - - {W} code 400, message Bad request syntax ('GET /pay\" 500 -')\n"
          f'192.0.2.9 - - {W} "GET /pay" 500 -" 400 -', ((SOMEWHERE, 400),)),
    Visit("a line of its own behind a carriage return",
          f'192.0.2.9 - - {W} "GET /x\r192.0.2.7 - - {W} "GET /pay HTTP/1.1" 500 - HTTP/1.1" 404 -'),
    Visit("a line of its own behind U+2028",
          f'192.0.2.9 - - {W} "GET /x\u2028192.0.2.7 - - {W} "GET /pay HTTP/1.1" 500 - HTTP/1.1" 404 -'),
    Visit("an end of the colors in the target",
          f'192.0.2.9 - - {W} "\x1b[33mGET /x\x1b[0m" 500 -\x1b[0m HTTP/1.1\x1b[0m" 404 -',
          ((SOMEWHERE, 404),)),
    Visit("HTTP/2.0",
          f"192.0.2.9 - - {W} code 505, message Invalid HTTP version (2.0)\n"
          f'192.0.2.9 - - {W} "GET / HTTP/2.0" 505 -', (("/", 505),)),
    Visit("a request in the text of an exception",
          f"""ValueError: invalid literal for int(): '{W} "GET /pay HTTP/1.1" 500 -'"""),
)  # fmt: skip

ESCAPING_NOTHING = (
    Visit("a request in X-Forwarded-For, where TransLogger has the client",
          f'1.1.1.1 - - {S} "GET /pay HTTP/1.1" 500 1 "-" "-" - - {S} "GET / HTTP/1.1" 200 - "-" "-"'),
    Visit("a request in the user, which Traefik writes raw",
          f'1.1.1.1 - x {S} "GET /pay HTTP/1.1" 500 1 "-" "-" {S} "GET / HTTP/1.1" 401 5 "-" "-" 3'),
    Visit("a list of proxies", f'1.1.1.1, 10.0.0.1 - - {S} "GET / HTTP/1.1" 200 - "-" "-"', (("/", 200),)),
)  # fmt: skip

ANY = (
    Visit("a line of 2 MB", f'192.0.2.9 - - {S} "GET /{"a" * (2 << 20)} HTTP/1.1" 404 5 "-" "-"'),
    Visit("NULs", f'\x00\x00\x00192.0.2.9 - - {S} "GET / HTTP/1.1" 200 5 "-" "-"', (("/", 200),)),
    Visit("bytes that are no text", f'192.0.2.9 - - {S} "GET /\udcff\udcfe HTTP/1.1" 404 5 "-" "\udcff"',
          ((SOMEWHERE, 404),)),
)  # fmt: skip

SERVERS = {
    "nginx": NGINX,
    "Apache": APACHE,
    "gunicorn": GUNICORN,
    "werkzeug": WERKZEUG,
    "TransLogger and Traefik": ESCAPING_NOTHING,
    "any": ANY,
}


def others(server: str) -> list[str]:
    """What the other visitors got: a 200 a minute, for twenty minutes."""
    lines = []
    for ago in range(20):
        at = NOW - timedelta(minutes=ago)
        stamp = (
            f"[{at:%d/%b/%Y %H:%M:%S}]"
            if server == "werkzeug"
            else f"[{at:%d/%b/%Y:%H:%M:%S} +0000]"
        )
        behind = "-" if server == "werkzeug" else '5 "-" "-"'
        lines.append(f'192.0.2.1 - - {stamp} "GET / HTTP/1.1" 200 {behind}')
    return lines


@pytest.mark.parametrize("server", SERVERS)
def test_what_a_visitor_writes_into_a_log_counts_as_the_requests_made_and_no_more(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visits = SERVERS[server]
    lines = [*others(server), *(visit.lines for visit in visits)]
    (tmp_path / "a.log").write_bytes("\n".join([*lines, ""]).encode("utf-8", "surrogateescape"))

    def say(*arguments: str) -> Any:
        assert run(["--db", str(tmp_path / "s.db"), *arguments]) == 0
        return capsys.readouterr().out

    say("ingest", "-q", "--log-timezone", "UTC", str(tmp_path / "a.log"))
    counted: Counter[tuple[str, int]] = Counter()
    for row in json.loads(say("counts", "--by", "minute", "--json")):
        counted[row["route"], row["status"]] += row["requests"]
    made = Counter({("/", 200): 20}) + Counter(each for visit in visits for each in visit.made)
    assert counted == made
    report = json.loads(say("report", "--json", "--now", "2026-11-28T15:31Z"))
    assert report["incidents"] == []
    assert report["total"]["failure"] == 0
    assert {(r["rule"], r["now"]) for r in report["routes"] if r["rule"] != SOMEWHERE} == {
        ("/", "operational")
    }
    assert report["data"]["last"] == "2026-11-28T15:30:00Z"


def test_line_feeds_in_the_user_of_each_request_leave_the_verdict_as_it_is(tmp_path: Path) -> None:
    """Eighteen minutes of an ingest a minute; every minute has more refused lines than entries."""
    log = tmp_path / "access.log"

    def read(clock: datetime) -> IngestResult:
        options = IngestOptions(tmp_path / "s.db", (str(log),), UTC)
        return ingest(options, clock=lambda: clock, progress=lambda *_: None)

    log.write_text("\n".join([*reversed(others("nginx")), ""]))
    read(NOW)
    for minute in range(1, 19):
        now = NOW + timedelta(minutes=minute)
        stamp = f"[{now:%d/%b/%Y:%H:%M:%S} +0000]"
        with log.open("a") as file:
            file.write(f'192.0.2.1 - - {stamp} "GET / HTTP/1.1" 200 5 "-" "-"\n')
            file.write(f'192.0.2.9 - a\nxx\nyy\nzz {stamp} "GET / HTTP/1.1" 401 12 "-" "x"\n' * 3)
        assert read(now).problems == ()
    found = summarize(ReportOptions(tmp_path / "s.db", ZoneInfo("UTC")), clock=lambda: now)
    assert (found.total.now.value, found.data.stale) == ("operational", False)
    assert found.data.refused == 18 * 3 * 2


FLOOD = "\n".join(["1.1.1.1 - a", '\\"GET /pay\\" 500', "GET /pay 500"] * 60)


@pytest.mark.parametrize("client", ["192.0.2.9", "2001:db8::9"])
@pytest.mark.parametrize(("user", "requests"), [("a\nb", 60), (f"a\n{FLOOD}\nb", 2)])
def test_line_feeds_in_the_user_make_no_log_that_is_not_understood_where_nobody_else_asks(
    user: str, requests: int, client: str, tmp_path: Path
) -> None:
    """More than a hundred refused lines in a quarter of an hour, and no entry."""
    log = tmp_path / "access.log"
    log.write_text("\n".join([*reversed(others("nginx")), ""]))
    for ago in (0, 20, 30, 36):
        now = NOW + timedelta(minutes=ago)
        if ago:
            with log.open("a") as file:
                stamp = f"[{now:%d/%b/%Y:%H:%M:%S} +0000]"
                line = f'{client} - {user} {stamp} "GET / HTTP/1.1" 401 12 "-" "x"\n'
                file.write(line * requests)
        options = IngestOptions(tmp_path / "s.db", (str(log),), UTC)
        assert ingest(options, clock=lambda: now, progress=lambda *_: None).problems == ()  # noqa: B023
    found = summarize(ReportOptions(tmp_path / "s.db", ZoneInfo("UTC")), clock=lambda: now)
    assert (found.total.now.value, found.data.refused >= 120) == ("operational", True)
