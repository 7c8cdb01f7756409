"""The headline: how many routes are in which state, since when, and what is said where nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flask_status_cli.model import (
    UNMATCHED,
    Condition,
    Counts,
    Headline,
    RowState,
    StatusSummary,
)
from flask_status_cli.render.text import headline
from flask_status_cli.render.text.words import ENGLISH, Words, moment, rough_duration

if TYPE_CHECKING:
    from tests.render.conftest import Example

UP, PARTIAL, MAJOR, NONE = (
    Condition.OPERATIONAL,
    Condition.PARTIAL_OUTAGE,
    Condition.MAJOR_OUTAGE,
    Condition.NO_DATA,
)
LAST = datetime(2026, 11, 23, 10, 4, tzinfo=UTC)
"""The newest entry of the examples; their zone is an hour ahead."""

BEGAN = LAST - timedelta(minutes=20)


def summary_of(example: Example, *rows: RowState, **data: Any) -> StatusSummary:
    made = example.summary(data=replace(example.data(entries=1), as_of=LAST, **data))
    return replace(made, headline=Headline.of(rows))


def standings(states: list[Condition], stray: Condition | None, *, since: bool) -> list[RowState]:
    outages = {MAJOR: BEGAN, PARTIAL: BEGAN - timedelta(hours=3)}
    rows = [
        RowState(f"/{number}", state, outages.get(state) if since else None)
        for number, state in enumerate(states)
    ]
    if stray is not None:
        rows.append(RowState(UNMATCHED, stray, outages.get(stray) if since else None))
    return rows


@pytest.mark.parametrize(
    ("states", "stray", "expected"),
    [
        # the worst first, and since when; the rest behind it
        ([UP] * 45 + [PARTIAL] + [MAJOR] * 2, None,
         "2 routes down since 10:44, 1 degraded; 45 operational"),
        ([UP, MAJOR], None, "1 route down since 10:44; 1 operational"),
        ([PARTIAL, NONE, NONE], None, "1 route degraded since 07:44; 2 quiet"),
        # all of them, and how long
        ([MAJOR] * 3, None, "All 3 routes down since 10:44 (21 min)"),
        ([MAJOR] * 1234, None, "All 1,234 routes down since 10:44 (21 min)"),
        ([PARTIAL] * 2, None, "All 2 routes degraded since 07:44 (3 h 21 min)"),
        ([MAJOR], None, "1 route down since 10:44 (21 min)"),
        # well, and quiet
        ([UP] * 48, None, "All 48 routes operational"),
        ([UP], None, "1 route operational"),
        ([UP] * 17 + [NONE] * 217, None, "17 operational, 217 quiet"),
        # <unmatched> is no route; it is named when it fails
        ([UP] * 3, UP, "All 3 routes operational"),
        ([UP] * 3, NONE, "All 3 routes operational"),
        ([UP] * 3, MAJOR, "Requests without a route fail since 10:44; 3 operational"),
        ([UP] * 3 + [MAJOR], PARTIAL,
         "1 route down since 10:44, some requests without a route fail; 3 operational"),
        ([UP] * 3 + [PARTIAL], MAJOR,
         "Requests without a route fail since 10:44, 1 degraded; 3 operational"),
        ([MAJOR] * 2, MAJOR, "All 2 routes down since 10:44 (21 min), requests without a route fail"),
        ([], MAJOR, "Requests without a route fail since 10:44 (21 min)"),
        ([], NONE, "No routes to show"),
        ([], None, "No routes to show"),
    ],
)  # fmt: skip
def test_the_headline_says_what_is_down_and_since_when(
    states: list[Condition], stray: Condition | None, expected: str, example: Example
) -> None:
    told = summary_of(example, *standings(states, stray, since=True))
    assert headline.headline(told, ENGLISH) == expected


@pytest.mark.parametrize(
    ("states", "stray", "expected", "brief"),
    [
        ([MAJOR] * 2 + [NONE] * 39, MAJOR,
         "Nothing works: 2 routes down since 10:44, requests without a route fail; 39 quiet",
         "Nothing works"),
        # a single failure of each route is no major outage of it, but the sum of them is one
        ([PARTIAL] + [NONE] * 27, PARTIAL,
         "Nothing works: 1 route degraded since 07:44, some requests without a route fail; 27 quiet",
         "Nothing works"),
        ([PARTIAL] * 3, None, "Nothing works: all 3 routes degraded since 07:44 (3 h 21 min)",
         "Nothing works"),
        ([NONE] * 4, MAJOR, "Nothing works: requests without a route fail since 10:44; 4 quiet",
         "Nothing works"),
        # if all routes are down, this says it
        ([MAJOR] * 3, None, "All 3 routes down since 10:44 (21 min)", "All 3 routes down"),
    ],
)  # fmt: skip
def test_if_no_request_succeeds_the_headline_says_that_nothing_works(
    states: list[Condition], stray: Condition | None, expected: str, brief: str, example: Example
) -> None:
    rows = standings(states, stray, since=True)
    told = replace(summary_of(example), headline=Headline.of(rows, total=MAJOR))
    assert headline.headline(told, ENGLISH) == expected
    assert headline.in_brief(told, ENGLISH) == brief
    assert headline.worst(told) is MAJOR


def test_a_single_success_or_a_partial_outage_of_the_sum_is_not_nothing(example: Example) -> None:
    rows = standings([MAJOR, NONE], None, since=True)
    for other in (
        Headline.of([*rows, RowState("/a", PARTIAL, BEGAN, successes=1)], total=MAJOR),
        Headline.of([*rows, RowState("/a", PARTIAL, BEGAN)], total=PARTIAL),
    ):
        told = replace(summary_of(example), headline=other)
        assert headline.headline(told, ENGLISH) == "1 route down since 10:44, 1 degraded; 1 quiet"


def test_a_site_that_only_redirects_has_requests_but_no_route(example: Example) -> None:
    told = summary_of(example, *standings([], UP, since=False))
    redirects = replace(told.total, counts=Counts(success=9))
    told = replace(told, total=redirects)
    assert headline.headline(told, ENGLISH) == "No request has a route"


def test_an_outage_outside_of_incidents_has_no_beginning(example: Example) -> None:
    told = summary_of(example, *standings([PARTIAL, UP, UP], None, since=False))
    assert headline.headline(told, ENGLISH) == "1 route degraded; 2 operational"


@pytest.mark.parametrize(
    ("last_ago", "expected"),
    [
        (timedelta(minutes=59), "No request to judge in the last hour"),
        (timedelta(minutes=60), "No requests since 10:04, 1 h"),
        (timedelta(minutes=61), "No requests since 10:03, 1 h"),
        (timedelta(days=3), "No requests since 20 Nov 11:04, 3 days"),
        (timedelta(days=400), "No requests since 19 Oct 2025 12:04, 400 days"),
    ],
)
def test_if_all_routes_are_quiet_the_headline_says_since_when(
    last_ago: timedelta, expected: str, example: Example
) -> None:
    told = summary_of(example, RowState("/", NONE), RowState("/a", NONE), last=LAST - last_ago)
    assert headline.headline(told, ENGLISH) == expected
    assert headline.in_brief(told, ENGLISH) == "No Data"
    assert headline.worst(told) is NONE


def test_the_first_words_say_since_when_the_log_was_not_read(example: Example) -> None:
    told = summary_of(example, *standings([MAJOR, UP], None, since=True), stale=True)
    later = replace(told, generated_at=datetime(2026, 11, 23, 13, 20, tzinfo=UTC))
    assert headline.headline(later, ENGLISH) == (
        "Log not read since 11:05, 3 h ago. As of then: 1 route down since 10:44; 1 operational"
    )
    assert headline.headline(later, Words.of("es")) == (
        "Registro no leído desde 11:05, hace 3 h. En aquel momento: 1 ruta caída desde 10:44; 1 operativa"
    )
    assert headline.worst(later) is NONE
    assert headline.in_brief(later, ENGLISH) == "Log not read"
    never = replace(later, data=replace(later.data, ingested_at=None))
    assert headline.headline(never, ENGLISH) == (
        "Log never read without problems. As of then: 1 route down since 10:44; 1 operational"
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"ingested_at": None, "stale": True, "first": None},
            "Nothing to show yet: no log has been read",
        ),
        ({"first": None}, "Nothing to show yet: the logs read so far hold no entries"),
        ({"future": 12}, "Nothing to show yet: every entry lies in the future"),
    ],
)
def test_the_headline_says_that_there_is_nothing(
    facts: dict[str, Any], expected: str, example: Example
) -> None:
    told = summary_of(example, last=None, entries=0, **facts)
    assert headline.headline(told, ENGLISH) == expected
    assert headline.worst(told) is NONE


def test_the_headline_says_that_nothing_is_in_the_window(example: Example) -> None:
    told = summary_of(example, entries=0)
    assert headline.headline(told, ENGLISH) == "No entries in the last 30 days"
    today = replace(told, window=replace(told.window, days=1))
    assert headline.headline(today, ENGLISH) == "No entries today"


@pytest.mark.parametrize(
    ("states", "stray", "expected"),
    [
        ([MAJOR] * 3, None, "All 3 routes down"),
        ([MAJOR, MAJOR, PARTIAL, UP], None, "2 routes down"),
        ([PARTIAL, UP], None, "1 route degraded"),
        ([PARTIAL, UP], MAJOR, "Requests without a route fail"),
        ([UP, NONE], None, "Fully Operational"),
        ([NONE, NONE], None, "No Data"),
        ([], None, "No Data"),
    ],
)
def test_a_tab_and_a_badge_have_it_in_brief(
    states: list[Condition], stray: Condition | None, expected: str, example: Example
) -> None:
    told = summary_of(example, *standings(states, stray, since=True))
    assert headline.in_brief(told, ENGLISH) == expected


@pytest.mark.parametrize(
    ("states", "stray", "worst"),
    [
        ([UP, NONE], None, UP),
        ([UP, NONE], PARTIAL, PARTIAL),
        ([PARTIAL, MAJOR], None, MAJOR),
        ([NONE, NONE], UP, NONE),
        ([], None, NONE),
    ],
)
def test_the_sign_is_that_of_the_worst_state_and_never_well_without_data(
    states: list[Condition], stray: Condition | None, worst: Condition, example: Example
) -> None:
    told = summary_of(example, *standings(states, stray, since=False))
    assert headline.worst(told) is worst
    assert headline.worst(replace(told, data=replace(told.data, stale=True))) is NONE


def test_instants_are_short_for_people() -> None:
    now = datetime(2026, 1, 2, 0, 30, tzinfo=UTC)
    spanish = Words.of("es")
    for back, english, said in (
        (timedelta(minutes=30), "00:00", "00:00"),
        (timedelta(minutes=31), "1 Jan 23:59", "1 ene 23:59"),
        (timedelta(days=2), "31 Dec 2025 00:30", "31 dic 2025 00:30"),
    ):
        assert moment(now - back, UTC, ENGLISH, now=now) == english
        assert moment(now - back, UTC, spanish, now=now) == said


def test_an_instant_for_any_reader_has_its_year() -> None:
    when = datetime(2015, 5, 17, 21, 5, tzinfo=UTC)
    assert moment(when, UTC, ENGLISH, now=None) == "17 May 2015 21:05"
    assert moment(when, UTC, Words.of("es"), now=None) == "17 may 2015 21:05"


@pytest.mark.parametrize(
    ("states", "english", "spanish"),
    [
        (
            [MAJOR, UP],
            "As of 23 Nov 2026 11:05: 1 route down since 10:44; 1 operational",
            "A fecha de 23 nov 2026 11:05: 1 ruta caída desde 10:44; 1 operativa",
        ),
        (
            [UP, UP],
            "As of 23 Nov 2026 11:05: all 2 routes operational",
            "A fecha de 23 nov 2026 11:05: las 2 rutas operativas",
        ),
    ],
)
def test_a_headline_as_of_a_chosen_instant_names_it(
    states: list[Condition], english: str, spanish: str, example: Example
) -> None:
    given = replace(summary_of(example, *standings(states, None, since=True)), given=True)
    assert headline.headline(given, ENGLISH) == english
    assert headline.headline(given, Words.of("es")) == spanish


def test_a_verdict_as_of_a_chosen_instant_has_days_and_years(example: Example) -> None:
    told = summary_of(example, *standings([MAJOR, UP], None, since=True))
    assert "since 10:44;" in headline.verdict(told, ENGLISH)
    assert "since 23 Nov 2026 10:44;" in headline.verdict(replace(told, given=True), ENGLISH)


def test_the_words_before_an_old_headline_have_the_year_and_come_once(example: Example) -> None:
    told = summary_of(example, *standings([UP], None, since=False))
    assert headline.past(told, ENGLISH) == "As of 23 Nov 2026 11:05, {age}: "
    assert headline.past(replace(told, given=True), ENGLISH) == ""


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (1439, "23 h"), (1440, "1 day"), (4400, "3 days")],
)
def test_lengths_are_shown_in_their_largest_unit(minutes: int, text: str) -> None:
    assert rough_duration(minutes, ENGLISH) == text
