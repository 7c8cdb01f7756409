"""Detection: the lines of a sample vote."""

from __future__ import annotations

from datetime import UTC

import pytest

from flask_status_cli.formats import (
    FORMAT_NAMES,
    FORMATS,
    LineCounter,
    detect,
    known_formats,
    parse_line,
)
from flask_status_cli.model import LogEntry

COMMON = b'1.2.3.4 - - [23/Nov/2026:06:42:01 +0000] "GET / HTTP/1.1" 200 2\n'
COMBINED = COMMON[:-1] + b' "-" "curl/8"\n'
VHOST = b"example.com:80 " + COMBINED
VHOST_NAME = b"example.com " + COMBINED
FORWARDED = b"10.0.0.1, " + COMBINED
BEHIND_SYSLOG = b"Nov 23 06:42:01 web1 nginx: " + COMBINED
CUT_AGENT = COMBINED[:-3] + b"\n"
WERKZEUG = b'1.2.3.4 - - [23/Nov/2026 06:42:01] "GET / HTTP/1.1" 200 -\n'


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (COMMON, "common"),
        (COMMON[:-1] + b" 1234\n", "common"),
        (COMBINED, "combined"),
        (CUT_AGENT, "combined"),
        (FORWARDED, "combined"),
        (BEHIND_SYSLOG, "combined"),
        (COMBINED.replace(b" 2 ", b" - "), "combined"),
        (VHOST, "vhost_combined"),
        (VHOST_NAME, "vhost_combined"),
        (WERKZEUG, "werkzeug"),
        (b"\0\0" + WERKZEUG, "werkzeug"),
        (b"INFO:werkzeug:" + WERKZEUG, "werkzeug"),
        (b" * Running on http://127.0.0.1:5000\n", None),
        (b"", None),
    ],
)
def test_a_line_votes_for_its_format(line: bytes, name: str | None) -> None:
    detection = detect(line)
    assert detection.name == name
    assert detection.votes == ({} if name is None else {name: 1})
    assert sorted(detection.order) == sorted(FORMAT_NAMES)
    assert name is None or detection.order[0] == name


def test_most_votes_come_first() -> None:
    found = detect(COMBINED + WERKZEUG * 3 + COMMON * 2 + b"what?\n")
    assert (found.name, found.votes) == ("werkzeug", {"werkzeug": 3, "common": 2, "combined": 1})
    assert found.order[:4] == ("werkzeug", "common", "combined", "vhost_combined")


IMPOSSIBLE = COMBINED.replace(b"23/Nov", b"31/Nov")


@pytest.mark.parametrize(
    ("sample", "votes"),
    [
        (COMBINED * 3, {"combined": 3}),
        (COMBINED * 2 + COMBINED[:-1], {"combined": 3}),  # the end of the last line is missing
        (COMBINED * 2 + COMMON, {"combined": 2, "common": 1}),
        (COMBINED * 2 + b"\n" + COMBINED, {"combined": 3}),
        (COMBINED * 2 + WERKZEUG, {"combined": 2, "werkzeug": 1}),
        (IMPOSSIBLE * 3, {}),  # they look like entries
        (IMPOSSIBLE + COMBINED, {"combined": 1}),
    ],
)
def test_lines_that_are_alike_vote_like_others(sample: bytes, votes: dict[str, int]) -> None:
    found = detect(sample)
    assert dict(found.votes) == votes
    assert found.name == (max(votes, key=lambda name: votes[name]) if votes else None)


def test_the_former_format_wins_a_tie() -> None:
    assert detect(COMBINED + WERKZEUG, former="werkzeug").name == "werkzeug"
    assert detect(COMBINED + WERKZEUG, former="combined").name == "combined"
    assert detect(b"", former="werkzeug").order[0] == "werkzeug"
    assert detect(b"", former="a format of a newer version").name is None


def test_every_format_names_its_own_lines() -> None:
    for one in known_formats():
        assert FORMATS[one.name].family.variant(one.example.encode()) == one.name


W3C = b"""#Software: IIS
#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status time-taken
2026-11-23 10:05:42 GET /a x=1 200 12
2026-11-23 10:05:43 GET /b - 500 7
"""
COLUMNS = "#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status time-taken"


@pytest.mark.parametrize(
    ("sample", "votes"),
    [
        (COMBINED * 2 + WERKZEUG + COMBINED, {"combined": 9}),  # it begins and ends as the other
        (COMBINED, {"combined": 9}),
        (COMMON + COMBINED, {"common": 1, "combined": 1}),
        (COMBINED + COMMON, {"common": 1, "combined": 1}),
        (COMBINED + b"what?\n", {"combined": 1}),
        (WERKZEUG * 3, {"werkzeug": 3}),
        (b"\n", {}),
    ],
)
def test_a_log_that_begins_and_ends_as_the_one_before_takes_no_vote(
    sample: bytes, votes: dict[str, int]
) -> None:
    assert detect(sample, before=detect(COMBINED * 9)).votes == votes


@pytest.mark.parametrize("before", [COMBINED * 8 + COMMON, b"", W3C])
def test_a_log_whose_lines_differ_is_no_example_for_another(before: bytes) -> None:
    assert detect(COMBINED * 2, before=detect(before)).votes == {"combined": 2}


def test_a_stream_of_another_format_takes_a_vote() -> None:
    before = detect(COMBINED)
    assert detect(COMBINED * 2, former="common", before=before).votes == {"combined": 2}
    assert detect(COMBINED * 2, former="combined", before=before).votes == {"combined": 1}


def test_the_fields_line_of_a_w3c_log_is_its_format() -> None:
    found = detect(W3C)
    assert (found.name, found.votes) == (COLUMNS, {COLUMNS: 2})
    later = detect(b"2026-11-23 10:06:42 GET /a - 200 12\n", former=COLUMNS)
    assert later.order[0] == later.name == COLUMNS
    assert isinstance(parse_line(W3C.split(b"\n")[2], order=later.order, zone=UTC), LogEntry)


def test_a_fields_line_in_the_middle_changes_the_columns() -> None:
    other = "#Fields: time date sc-status cs-method cs-uri-stem"
    log = W3C + other.encode() + b"\n10:07:00 2026-11-23 404 GET /c\n"
    counter = LineCounter(
        lambda _method, _target, status: status, order=detect(W3C).order, zone=UTC
    )
    counter.feed(log)
    counted = counter.take()
    assert counted.minutes == {29_923_805: {200: 1, 500: 1}, 29_923_807: {404: 1}}
    assert counted.noise == {"header of a W3C log": 3}
    assert counter.header == other
    assert detect(log).votes == {COLUMNS: 2, other: 1}
