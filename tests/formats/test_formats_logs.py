"""Whole logs of real servers: our counts are those of an independent program."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.formats import FORMAT_NAMES, LineCounter, detect, first_minute

Totals = tuple[dict[str, int], dict[tuple[str, int], int]]


def count(data: bytes, *, zone: str, order: tuple[str, ...]) -> Totals:
    codes: dict[tuple[str | None, int], int] = {}
    counter = LineCounter(
        lambda _method, target, status: codes.setdefault((target, status), len(codes)),
        order=order,
        zone=ZoneInfo(zone),
    )
    counter.feed(data)
    counted = counter.take()
    statuses = [status for _, status in codes]
    cells: Counter[tuple[str, int]] = Counter()
    for minute, requests in counted.minutes.items():
        text = f"{datetime.fromtimestamp(minute * 60, UTC):%Y-%m-%dT%H:%MZ}"
        for code, number in requests.items():
            cells[text, statuses[code]] += number
    totals = {
        "lines": counted.lines,
        "entries": counted.entries,
        "noise": sum(counted.noise.values()),
        "refused": sum(counted.refused.values()),
    }
    return totals, dict(cells)


@pytest.mark.parametrize("order", [FORMAT_NAMES, FORMAT_NAMES[::-1]], ids=["clf", "werkzeug"])
def test_each_log_has_the_counts_of_an_independent_program(
    independent: ModuleType, order: tuple[str, ...]
) -> None:
    logs = independent.logs()
    assert len(logs) > 50
    for log in logs:
        data = log.file.read_bytes()
        expected = independent.read_expected(log.expected.read_text())
        totals = {key: getattr(expected, key) for key in ("lines", "entries", "noise", "refused")}
        whole_lines = data[: data.rfind(b"\n") + 1]
        found = count(whole_lines, zone=log.zone, order=order)
        assert found == (totals, dict(expected.cells)), log.path


DETECTED = {
    "elastic-examples/apache_logs": "combined",
    "beats/nginx-access-test-with-host.log": "vhost_combined",
    "crowdsec/http-bf-wordpress-bf__http-bf-wordpress-bf.log": "combined",  # behind a syslog header
    "captured/apache-common-spoof.log": "common",
    "captured/gunicorn.access": "combined",
    "captured/gunicorn.err": None,
    "captured/nginx-error.log": None,
    "captured/fl-flaskdoc.log": "werkzeug",
    "flask-biosustain/flask.log": "werkzeug",
    "lnav/logfile_empty.0": None,
}


def test_a_log_is_detected_by_its_lines(independent: ModuleType) -> None:
    found = {
        log.path: detect(log.file.read_bytes()).name
        for log in independent.logs()
        if log.path in DETECTED
    }
    assert found == DETECTED


def test_the_first_minute_is_that_of_the_first_entry(independent: ModuleType) -> None:
    for log in independent.logs():
        expected = independent.read_expected(log.expected.read_text())
        lines = log.file.read_bytes().splitlines(keepends=True)
        minute = first_minute(b"".join(lines[:100]), zone=ZoneInfo(log.zone))
        if minute is None:
            assert not expected.entries, log.path
        else:
            text = f"{datetime.fromtimestamp(minute * 60, UTC):%Y-%m-%dT%H:%MZ}"
            assert text in {cell[0] for cell in expected.cells}, log.path
