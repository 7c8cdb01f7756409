"""`flask-status counts` as CSV and JSON: exact text, one line at a time."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import MinuteCount, Stretch
from flask_status_cli.render.commands.counts import csv_lines, json_lines

MINUTE = int(datetime(2026, 11, 23, 10, 5, tzinfo=UTC).timestamp()) // 60
COUNTS = [
    MinuteCount(MINUTE, "", "/", 200, 31),
    MinuteCount(MINUTE, "shop", "/users/<int:id>", 404, 2),
    MinuteCount(MINUTE + 1, "", "<unmatched>", 404, 1204),
]
TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)


class Lines(Protocol):
    def __call__(self, counts: Iterable[MinuteCount], *, by: Stretch) -> Iterator[str]: ...


def test_csv() -> None:
    assert "".join(csv_lines(COUNTS, by="minute")) == (
        "time,label,route,status,requests\n"
        "2026-11-23T10:05Z,,/,200,31\n"
        "2026-11-23T10:05Z,shop,/users/<int:id>,404,2\n"
        "2026-11-23T10:06Z,,<unmatched>,404,1204\n"
    )


def test_json() -> None:
    assert "".join(json_lines(COUNTS[1:], by="minute")) == (
        "[\n"
        '{"time": "2026-11-23T10:05Z", "label": "shop", "route": "/users/<int:id>", '
        '"status": 404, "requests": 2},\n'
        '{"time": "2026-11-23T10:06Z", "label": "", "route": "<unmatched>", '
        '"status": 404, "requests": 1204}\n'
        "]\n"
    )


@pytest.mark.parametrize(
    ("by", "time"),
    [("minute", "2026-11-23T00:00Z"), ("hour", "2026-11-23T00:00Z"), ("day", "2026-11-23")],
)
def test_times_say_no_more_than_they_mean(by: Stretch, time: str) -> None:
    midnight = [MinuteCount(MINUTE - 605, "", "/", 200, 31)]
    assert [row["time"] for row in json.loads("".join(json_lines(midnight, by=by)))] == [time]
    assert "".join(csv_lines(midnight, by=by)).endswith(f"\n{time},,/,200,31\n")


def test_no_counts_are_still_a_table_and_a_list() -> None:
    assert "".join(csv_lines([], by="day")) == "time,label,route,status,requests\n"
    assert "".join(json_lines([], by="day")) == "[]\n"


@pytest.mark.parametrize("lines", [csv_lines, json_lines])
def test_a_line_is_written_before_the_next_count_is_asked_for(lines: Lines) -> None:
    asked = itertools.count()
    endless = (MinuteCount(next(asked), "", "/", 200, 1) for _ in itertools.repeat(None))
    first = list(itertools.islice(lines(endless, by="minute"), 1000))
    assert len(first) == 1000
    assert next(asked) <= 1001


def test_a_rule_is_no_formula_for_a_spreadsheet() -> None:
    assert '"\'=1,2"' in "".join(csv_lines([MinuteCount(0, "", "=1,2", 200, 1)], by="minute"))


@given(
    st.lists(st.tuples(st.integers(0, 60_000_000), TEXT, TEXT, st.integers(0, 999), st.integers(1)))
)
def test_both_carry_every_count_whatever_the_text(
    rows: list[tuple[int, str, str, int, int]],
) -> None:
    counts = [MinuteCount(*row) for row in rows]
    for by in ("minute", "day"):
        text = "".join(csv_lines(counts, by=by))
        text.encode()
        objects = json.loads("".join(json_lines(counts, by=by)).encode())
        read = list(csv.DictReader(text.splitlines(keepends=True)))
        assert [int(row["requests"]) for row in read] == [each.requests for each in counts]
        assert [row["requests"] for row in objects] == [each.requests for each in counts]
        assert [row["time"] for row in read] == [row["time"] for row in objects]
