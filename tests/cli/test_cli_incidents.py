"""Incidents and maintenance at the command line: found, noted, excused, told to scripts."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

EPOCH_MINUTE = int(datetime(2026, 11, 23, 10, 0, tzinfo=UTC).timestamp()) // 60


def lines(entries: Iterable[tuple[int, str, int]]) -> bytes:
    """Write a line for each (minute after ten, path, status)."""
    return b"".join(
        f"10.0.0.1 - - [23/Nov/2026:{10 + minute // 60}:{minute % 60:02}:00 +0000] "
        f'"GET {path} HTTP/1.1" {status} 5 "-" "curl"\n'.encode()
        for minute, path, status in entries
    )


def day(failing: range, until: int = 59) -> list[tuple[int, str, int]]:
    """Two requests a minute to two routes; of one of them those in `failing` fail."""
    return [
        (minute, path, 502 if path == "/pay" and minute in failing else 200)
        for minute in range(until + 1)
        for path in ("/", "/", "/pay", "/pay")
    ]


def computed(rule: str, minute: int) -> str:
    """The id of an incident that begins with this route and minute, as the README defines it."""
    return hashlib.sha256(f"|{rule}|{EPOCH_MINUTE + minute}".encode()).hexdigest()[:8]


@pytest.fixture
def ingest(call: Call, tmp_path: Path) -> Callable[[str, Iterable[tuple[int, str, int]]], None]:
    def ingested(name: str, entries: Iterable[tuple[int, str, int]]) -> None:
        log = tmp_path / name
        log.write_bytes(lines(entries))
        assert call("ingest", "-q", log).status == 0

    return ingested


def test_requests_of_a_visitor_alone_cause_no_outage(
    ingest: Callable[..., None], call: Call
) -> None:
    """Half of an hour's answers are 505 or 501: to `GET / HTTP/3.0`, and to an unknown transfer coding."""
    asked = [(minute, "/", 501 if minute % 7 == 0 else 505) for minute in range(60)]
    ingest("access.log", [*day(range(0)), *asked, *asked])
    assert json.loads(call("incidents", "--json", "--now", "last").out)["incidents"] == []
    report = json.loads(call("report", "--json", "--now", "last").out)
    assert (report["total"]["failure"], report["total"]["ignored"]) == (0, 120)
    assert report["total"]["now"] == "operational"


# Whether one goes on is judged at the time up to which the log is known to be read.


@pytest.fixture
def ends(call: Call, tmp_path: Path) -> Callable[[datetime], None]:
    """Ingests twenty minutes of failures that end at an instant, after as many healthy ones."""

    def ended(end: datetime) -> None:
        log = tmp_path / "access.log"
        times = [end - timedelta(minutes=ago) for ago in range(39, -1, -1)]
        log.write_text(
            "".join(
                f"10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "
                f'"GET /pay HTTP/1.1" {200 if place < 20 else 502} 5\n' * 3
                for place, at in enumerate(times)
            )
        )
        assert call("ingest", "-q", log).status == 0

    return ended


def listed(call: Call, *words: object) -> Any:
    (found,) = json.loads(call("incidents", "--json", *words).out)["incidents"]
    return found


def test_25_hours_without_requests_in_a_log_that_is_read_close_an_incident(
    ends: Callable[[datetime], None], call: Call
) -> None:
    ends(datetime.now(UTC) - timedelta(hours=25, minutes=5))
    incident = listed(call)
    assert (incident["open"], incident["recovered"]) == (False, False)


def test_if_the_log_is_not_read_an_incident_is_last_known_to_be_open(
    ends: Callable[[datetime], None], call: Call, tmp_path: Path
) -> None:
    begun = datetime.now(UTC)
    ends(begun - timedelta(minutes=5))
    incident = listed(call)
    assert (incident["open"], incident["last_known"]) == (True, None)
    assert call("incidents", "--fail-if-open").status == 3
    # Nobody has read it for a year. Nothing goes on, and nothing has ended.
    later = f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%dT%H:%MZ}"
    incident = listed(call, "--now", later)
    assert (incident["open"], incident["end"], incident["duration_minutes"]) == (True, None, None)
    read = datetime.strptime(incident["last_known"], "%Y-%m-%dT%H:%M:%S%z")
    assert begun - timedelta(minutes=1) < read <= datetime.now(UTC)
    found = call("incidents", "--fail-if-open", "--now", later)
    assert found.status == 0
    assert "last known open" in found.out
    page = tmp_path / "status.html"
    assert call("report", "--days", 400, "--now", later, "--html", page).status == 0
    assert "last known open at" in page.read_text()
    assert "so far" not in page.read_text()
    assert "last known open at" in call("report", "--days", 400, "--now", later).out


@pytest.fixture
def outage(ingest: Callable[..., None]) -> str:
    """An outage of one route of two, from 10:10 to 10:29, and its id."""
    ingest("access.log", day(range(10, 30)))
    return computed("/pay", 10)


def test_incidents_lists_incidents(call: Call, outage: str) -> None:
    assert call("incidents").out == (
        "Incident  Began                 Lasted  Failed    Codes  Routes\n"
        f"{outage}  2026-11-23 10:10 UTC  20 min  40 of 40  502    /pay\n"
    )


def test_incidents_says_that_there_are_none(call: Call, log: Path) -> None:
    call("ingest", log)
    assert call("incidents") == type(call("incidents"))(0, "No incidents\n", "")


def test_incidents_json_is_that_of_a_report(call: Call, outage: str) -> None:
    alone = json.loads(call("incidents", "--json").out)
    report = json.loads(call("report", "--json", "--now", "last").out)
    assert alone["incidents"] == report["incidents"]
    assert alone["incidents"] == [
        {
            "id": outage,
            "kind": "failing",
            "start": "2026-11-23T10:10:00Z",
            "end": "2026-11-23T10:30:00Z",
            "open": False,
            "recovered": True,
            "last_known": None,
            "stretches": 1,
            "last_failure": "2026-11-23T10:29:00Z",
            "duration_minutes": 20,
            "failures": 40,
            "valid": 40,
            "statuses": {"502": 40},
            "note": None,
            "deploy": None,
            "routes": [
                {
                    "label": "",
                    "rule": "/pay",
                    "start": "2026-11-23T10:10:00Z",
                    "end": "2026-11-23T10:30:00Z",
                    "failures": 40,
                    "valid": 40,
                }
            ],
        }
    ]


def test_incidents_csv_is_a_line_an_incident(call: Call, outage: str) -> None:
    call("incidents", "note", outage, "--title", "=1+1", "--cause", "a\nb")
    (row,) = csv.DictReader(io.StringIO(call("incidents", "--csv").out))
    assert (row["id"], row["end"], row["statuses"]) == (outage, "2026-11-23T10:30:00Z", "502:40")
    assert (row["routes"], row["title"], row["cause"]) == ("/pay", "'=1+1", "a\\x0ab")


def test_incidents_markdown_is_a_table(call: Call, outage: str) -> None:
    assert call("incidents", "--markdown").out.splitlines()[2] == (
        f"| `{outage}` | 2026-11-23 10:10 UTC | 20 min | 40 of 40 | 502 | `/pay` |"
    )


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--since", "2026-11-23T10:29"], 1),
        (["--since", "2026-11-23T10:30"], 0),
        (["--since", "31m", "--now", "2026-11-23T11:00"], 1),
        (["--since", "30m", "--now", "2026-11-23T11:00"], 0),
        (["--open"], 0),
        (["--open", "--now", "2026-11-23T10:15"], 1),
        (["--now", "2026-11-23T10:04"], 0),
    ],
)
def test_incidents_are_chosen(call: Call, outage: str, options: list[str], found: int) -> None:
    told = call("incidents", "--json", *options)
    assert len(json.loads(told.out)["incidents"]) == found


# Only --fail-if-open makes an exit status of an incident, and only of one that goes on.
@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 0),
        (["--fail-if-open"], 0),
        (["--now", "2026-11-23T10:15"], 0),
        (["--open", "--now", "2026-11-23T10:15"], 0),
        (["--fail-if-open", "--now", "2026-11-23T10:15"], 3),
        (["--fail-if-open", "--json", "--now", "2026-11-23T10:15"], 3),
    ],
)
def test_only_an_open_incident_sets_exit_status_3_with_fail_if_open(
    call: Call, outage: str, options: list[str], status: int
) -> None:
    assert call("incidents", *options).status == status


def test_a_false_alarm_is_listed_and_fails_nothing(call: Call, ingest: Callable[..., None]) -> None:
    ingest("access.log", day(range(10, 99)))
    open_id = computed("/pay", 10)
    assert call("incidents", "--fail-if-open", "--now", "last").status == 3
    assert call("check", "--incidents", "--now", "last").status == 2
    assert f"Incident {open_id}" in call("report", "--now", "last").out
    assert call("incidents", "note", open_id, "--false-alarm").err == (
        f"the note of incident {open_id} is stored\n"
    )
    told = call("incidents", "--fail-if-open", "--now", "last")
    assert (told.status, "false alarm; /pay" in told.out) == (0, True)
    assert call("check", "--incidents", "--now", "last").status == 0
    assert call("incidents", "--open").out == "No incidents\n"
    assert f"Incident {open_id}" not in call("report", "--now", "last").out
    assert json.loads(call("report", "--json", "--now", "last").out)["incidents"][0]["note"] == {
        "title": "",
        "cause": "",
        "post_mortem": "",
        "false_alarm": True,
    }
    call("incidents", "note", open_id, "--no-false-alarm")
    assert call("incidents", "--fail-if-open", "--now", "last").status == 3


def test_incidents_show_shows_all_of_an_incident(call: Call, outage: str) -> None:
    call("incidents", "note", outage, "--title", "Bank down", "--cause", "Their [red]certificate")
    call("incidents", "note", outage, "--post-mortem", "https://wiki/\x1b[31m1")
    assert call("incidents", "show", outage).out == (
        f"Bank down  {outage}\n"
        "2026-11-23 10:10 UTC to 2026-11-23 10:30 UTC, 20 min\n"
        "40 of 40 requests failed: 502 × 40\n"
        "Worst minute: 2026-11-23 10:10 UTC, 2 of 2 failed\n"
        "Cause: Their [red]certificate\n"
        "Post-mortem: https://wiki/\\x1b[31m1\n"
        "\n"
        "/pay: 2026-11-23 10:10 UTC to 2026-11-23 10:30 UTC, 40 of 40 failed\n"
    )
    document = json.loads(call("incidents", "show", outage, "--json").out)
    assert [each["id"] for each in document["incidents"]] == [outage]


def test_a_noted_incident_outlives_its_route(call: Call, ingest: Callable[..., None]) -> None:
    ingest("access.log", day(range(10, 99)))
    noted = computed("/pay", 10)
    call("incidents", "note", noted, "--title", "Bank down")
    assert call("routes", "forget", "--yes", "/pay").status == 0
    document = json.loads(call("incidents", "show", noted, "--json").out)
    (found,) = document["incidents"]
    assert (found["failures"], found["valid"], found["open"]) == (100, 100, False)
    told = call("incidents", "show", noted).out
    assert "The route was deleted" in told


def test_a_note_is_taken_back_part_by_part(call: Call, outage: str) -> None:
    call("incidents", "note", outage, "--title", "Bank down", "--cause", "A cable")
    call("incidents", "note", outage, "--title", "")
    (found,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert (found["note"]["title"], found["note"]["cause"]) == ("", "A cable")


def test_late_lines_move_the_beginning_and_orphan_no_note(
    call: Call, outage: str, ingest: Callable[..., None]
) -> None:
    call("incidents", "note", outage, "--title", "Bank down")
    ingest("other.log", [(minute, "/pay", 502) for minute in (8, 8, 9, 9)])
    (found,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert (found["id"], found["start"]) == (outage, "2026-11-23T10:08:00Z")
    assert found["note"]["title"] == "Bank down"
    # The id that it would have now is understood, too.
    told = call("incidents", "note", computed("/pay", 8), "--cause", "A cable")
    assert told.err == f"the note of incident {outage} is stored\n"
    assert f"Also known as {computed('/pay', 8)}" in call("incidents", "show", outage).out


def test_incidents_that_turn_out_to_be_one_keep_the_older_id_and_both_names(
    call: Call, ingest: Callable[..., None]
) -> None:
    ingest("access.log", day(range(10, 15)))
    ingest("more.log", [(minute, "/pay", 502) for minute in range(50, 55) for _ in range(6)])
    older, newer = computed("/pay", 10), computed("/pay", 50)
    for each, title in ((newer, "Second"), (older, "First")):
        call("incidents", "note", each, "--title", title)
    ingest("late.log", [(minute, "/pay", 502) for minute in range(15, 50) for _ in range(6)])
    (found,) = json.loads(call("incidents", "--json").out)["incidents"]
    assert (found["id"], found["note"]["title"]) == (newer, "Second")
    assert f"Also known as {older}" in call("incidents", "show", older).out


# What is no incident is told in one line, with the nearest that is.
@pytest.mark.parametrize("command", [["show"], ["note", "--title", "x"]])
def test_an_unknown_id_is_refused_with_the_nearest(
    call: Call, outage: str, command: list[str]
) -> None:
    wrong = outage[:-1] + ("0" if outage[-1] != "0" else "1")
    told = call("incidents", *command, wrong)
    assert (told.status, told.out) == (1, "")
    assert told.err == (f"flask-status: {wrong}: no such incident; did you mean {outage}?\n")
    told = call("incidents", *command, "zz\x1b")
    assert told.err == ("flask-status: zz\\x1b: no such incident; see flask-status incidents\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["incidents", "--json", "--csv"], "choose one of --json and --csv"),
        (
            ["incidents", "--open", "show", "x"],
            "--open is an option of the list: show does not take it",
        ),
        (["incidents", "note", "x"], "give a note: --title,"),
        (["incidents", "--since", "soon"], "use for example 7d or 2026-11-23T10:05"),
        (["maintenance", "add"], "give the end: --to INSTANT or --for LENGTH"),
        (["maintenance", "add", "--to", "2026-11-24", "--for", "2h"], "give the end: --to"),
        (["maintenance", "add", "--for", "2 hours"], "use for example 90s, 15m, 2h, 1d or 4w"),
        (["maintenance", "add", "--from", "now", "--for", "2h"], "'now' is not an instant"),
        (["maintenance", "add", "--from", "2026-11-24", "--to", "2026-11-24"], "is not after"),
        (["maintenance", "remove", "x"], "'x' is not a valid integer"),
    ],
)
def test_usage_errors_say_what_is_wrong(
    call: Call, outage: str, arguments: list[str], said: str
) -> None:
    told = call(*arguments)
    assert (told.status, told.out) == (2, "")
    assert said in told.err


def test_maintenance_is_snapped_outwards_and_holds_for_the_past(call: Call, outage: str) -> None:
    told = call("maintenance", "add", "--from", "2026-11-23T10:10", "--to", "2026-11-23T10:29")
    window = "1: 2026-11-23 10:00 UTC to 2026-11-23 10:30 UTC, all routes"
    assert told.err == f"added maintenance {window} (extended to whole quarter hours)\n"
    assert call("maintenance", "list", "--lang", "es").out == (
        "1: de 2026-11-23 10:00 UTC a 2026-11-23 10:30 UTC, todas las rutas\n"
    )
    assert call("maintenance", "list").out == f"{window}\n"
    assert call("incidents").out == "No incidents\n"
    report = json.loads(call("report", "--json", "--now", "last").out)
    assert report["incidents"] == []
    assert report["total"]["availability"] == "100%"
    assert report["total"]["requests"] == 240
    assert (
        report["maintenance"]
        == json.loads(call("maintenance", "list", "--json").out)["maintenance"]
    )
    assert call("maintenance", "remove", "1").err == "removed maintenance 1\n"
    assert outage in call("incidents").out
    assert call("maintenance", "remove", "1").err == (
        "flask-status: 1: no such maintenance window; flask-status maintenance list shows them\n"
    )


def test_maintenance_of_some_routes(call: Call, outage: str) -> None:
    options = ["--from", "2026-11-23T10:00+00:00", "--for", "1h", "--note", "new disk"]
    told = call("maintenance", "add", *options, "--route", "/p*", "--route", "/pray")
    window = "1: 2026-11-23 10:00 UTC to 2026-11-23 11:00 UTC, /p*, /pray: new disk"
    assert told.err == f"added maintenance {window}\nno route matches '/pray' so far\n"
    rows = json.loads(call("report", "--json", "--now", "last").out)["routes"]
    assert {row["rule"]: row["availability"] for row in rows} == {"/": "100%", "/pay": None}


def test_text_that_is_no_utf8_is_written_out(call: Call, outage: str) -> None:
    call("incidents", "note", outage, "--title", "caf\udce9")
    call("maintenance", "add", "--for", "1h", "--note", "caf\udce9", "--route", "/\udce9")
    assert "caf\\udce9" in call("incidents").out
    assert "/\\udce9: caf\\udce9" in call("maintenance", "list").out


def test_incidents_and_maintenance_create_no_database(call: Call, database: Path) -> None:
    for arguments in (
        ["incidents"],
        ["incidents", "note", "x", "--title", "y"],
        ["maintenance", "list"],
        ["maintenance", "add", "--for", "2h"],
    ):
        told = call(*arguments)
        assert (told.status, "the database does not exist" in told.err) == (1, True)
    assert not database.exists()
