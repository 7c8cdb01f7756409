"""Many small logs are counted at once: each as if it were counted alone."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.formats import LineCounter, first_minute
from flask_status_cli.formats.families import clf
from flask_status_cli.formats.families.clf import variant_of_all
from tests.compiled_modules import needed

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
PLAIN = b'10.0.0.%d - - [%02d/Nov/2026:%02d:%02d:59 +0000] "GET /%d HTTP/1.1" %d 2 "-" "curl"\n'
ODD = (
    b"* Running on http://127.0.0.1:5000\n",
    b"\n",
    b"what?\n",
    b"\0\0" + PLAIN % (1, 1, 1, 1, 1, 200),
    PLAIN.replace(b"+0000", b"+0530") % (1, 1, 1, 1, 1, 200),
    PLAIN.replace(b":59 ", b":61 ") % (1, 1, 1, 1, 1, 200),
    b'10.0.0.1 - - [31/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 2\n',
    b'10.0.0.1 - - [23/Nov/2026:10:00:00 +0000] "GET /\\" HTTP/1.1" 200 2\n',
)

plain = st.builds(
    lambda *parts: PLAIN % parts,
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 3),
    st.sampled_from([200, 404, 500]),
)
line = st.one_of(plain, plain, plain, plain, plain, plain, st.sampled_from(ODD))
logs = st.lists(st.lists(line, min_size=1, max_size=6).map(b"".join), min_size=1, max_size=12)


def code(_method: str | None, target: str | None, status: int) -> int:
    return int((target or "/")[1:2] or 9) * 1000 + status


def counter() -> LineCounter:
    return LineCounter(code, zone=UTC)


def counted_alone(log: bytes) -> tuple[Counter[tuple[int, int]], tuple[int, int | None]]:
    """Count a log line by line, as a reader of one log does."""
    alone = counter()
    for each in log.splitlines(keepends=True):
        alone.feed(each)
    found = alone.take()
    cells = {(m, c): n for m, row in found.minutes.items() for c, n in row.items()}
    return Counter(cells), (found.lines, alone.newest)


@settings(max_examples=EXAMPLES, deadline=None)
@given(logs)
def test_logs_that_are_counted_at_once_count_as_one_by_one(many: list[bytes]) -> None:
    needed("formats.counting.compiled._scanner")
    at_once, place = counter(), 0
    while place < len(many):
        groups = at_once.count_logs(
            many[place:], lambda lines, minutes: lines > 2 and minutes > 600
        )
        for group in groups:
            assert not group.apart or len(group.logs) == 1
            some = [counted_alone(log) for log in many[place : place + len(group.logs)]]
            assert group.logs == [facts for _, facts in some]
            cells = {(m, c): n for m, row in group.minutes.items() for c, n in row.items()}
            assert cells == sum((each for each, _ in some), start=Counter())
            place += len(group.logs)
        if place < len(many):
            # An odd line may stop the counting, or be counted and leave the next log apart.
            near = b"".join(many[max(place - 1, 0) : place + 1])
            assert any(each in ODD for each in near.splitlines(keepends=True))
            place += 1


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(line, min_size=1, max_size=20))
def test_the_minutes_of_first_lines_are_those_of_the_reference_parser(lines: list[bytes]) -> None:
    for one, minute in zip(lines, counter().minutes_of(lines), strict=True):
        assert minute is None or minute == first_minute(one, zone=UTC)


def test_a_log_with_enough_lines_in_enough_minutes_is_counted_apart() -> None:
    needed("formats.counting.compiled._scanner")
    short, long = (
        b"".join(PLAIN % (1, 1, 1, minute, 1, 200) for minute in minutes)
        for minutes in (range(3), range(3, 30))
    )
    groups = counter().count_logs([short, short, long, short], lambda n, m: (n, m) == (27, 27))
    assert [(group.apart, len(group.logs)) for group in groups] == [
        (False, 2),
        (True, 1),
        (False, 1),
    ]


@pytest.mark.parametrize("minutes", [(59, 1), (1, 59)])
def test_lines_of_an_hour_that_occurs_twice_are_left_to_the_counter_of_one_log(
    minutes: tuple[int, int],
) -> None:
    """Which of the two is meant depends on the lines before, in the same log."""
    stamp = b'10.0.0.1 - - [25/Oct/2026 02:%02d:00] "GET / HTTP/1.1" 200 -\n'
    log = b"".join(stamp % minute for minute in minutes)
    berlin = LineCounter(code, order=["werkzeug"], zone=ZoneInfo("Europe/Berlin"))
    assert berlin.count_logs([log], lambda *_: False) == []


AGENT = b'"-" "curl/8.0 (x; y)"'
FIRST = b'10.0.0.1 - - [23/Nov/2026:10:00:59 +0000] "GET /a HTTP/1.1" 200 2 '


def test_lines_are_known_to_be_combined_all_at_once() -> None:
    assert variant_of_all((FIRST + AGENT + b"\n") * 3) == "combined"


@pytest.mark.parametrize(
    "line",
    [
        FIRST,  # common
        FIRST + b'"-"',
        FIRST + AGENT + b"\r",
        FIRST.replace(b"GET", b'G\\"T') + AGENT,  # an escaped quote
        b"web.example.org:443 " + FIRST + AGENT,  # vhost_combined
        FIRST.replace(b"- -", b"- alice") + AGENT,
        FIRST.replace(b"10:00:59", b"10:00:61") + AGENT,
        b'{"log": "' + FIRST + b'"}',
        b"",
    ],
)
def test_one_other_line_leaves_the_format_to_be_found_line_by_line(line: bytes) -> None:
    usual = FIRST + AGENT + b"\n"
    assert variant_of_all(usual + line + b"\n" + usual) is None


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.sampled_from([b'"', b"\\", b"\n", b" ", b"-", b"]", b"}", b"0"]), max_size=4),
    st.data(),
)
def test_lines_that_are_known_to_be_combined_are_so_one_by_one(
    texts: list[bytes], data: st.DataObject
) -> None:
    whole = FIRST + AGENT + b"\n"
    for text in texts:
        place = data.draw(st.integers(0, len(whole)))
        whole = whole[:place] + text + whole[place:]
    if variant_of_all(whole) is not None:
        assert {clf.variant(line) for line in whole.split(b"\n")[:-1]} == {"combined"}
