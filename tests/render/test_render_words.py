"""The sentences of a report: numbers, instants, footnotes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import OTHER, WORST_FIRST, Condition, NoData, Origin
from flask_status_cli.model.settings import RoutePolicy
from flask_status_cli.render.text import sentences, words
from flask_status_cli.render.text.words import ENGLISH

if TYPE_CHECKING:
    from tests.render.conftest import Example

UP, PARTIAL, MAJOR, NONE = (
    Condition.OPERATIONAL,
    Condition.PARTIAL_OUTAGE,
    Condition.MAJOR_OUTAGE,
    Condition.NO_DATA,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9_999, "9999"),
        (10_000, "10.0k"),
        (12_399, "12.3k"),  # floored: never more than there is
        (99_999, "99.9k"),
        (100_000, "100k"),
        (999_999, "999k"),
        (1_000_000, "1.0M"),
        (1_290_000, "1.2M"),
        (999_999_999, "999M"),
        (1_000_000_000, "1.0G"),
        (10**13, "10.0T"),
    ],
)
def test_compact_numbers(number: int, text: str) -> None:
    assert words.compact(number) == text


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_compact_number_is_short_and_never_too_large(number: int) -> None:
    text = words.compact(number)
    units = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
    value = Fraction(text.rstrip("kMGTPE")) * 10 ** units.get(text[-1], 0)
    assert len(text) <= 5
    assert 0 <= number - value <= number / Fraction(10)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(99, 100), "0.99"),
        (Fraction(1), "1"),
        (Fraction(0), "0"),
        (Fraction(3, 10), "0.3"),
        (Fraction(9995, 10_000), "0.9995"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_exact_shares(share: Fraction, text: str) -> None:
    assert words.decimal(share) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (1, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (752, "12 h 32 min"),
        (1439, "23 h 59 min"),
        (1440, "1 d"),
        (1441, "1 d"),  # floored to two units
        (4560, "3 d 4 h"),
        (60 * 24 * 400, "400 d"),
    ],
)
def test_how_long_something_lasted(minutes: int, text: str) -> None:
    assert words.duration(minutes) == text


def test_thresholds_as_people_read_them() -> None:
    assert ENGLISH.percent(Fraction(9995, 10_000)) == "99.95 %"
    assert ENGLISH.percent(Fraction(1)) == "100 %"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "2026-11-23 10:04 UTC"),
        ("Asia/Kolkata", "2026-11-23 15:34 +05:30"),
        ("America/St_Johns", "2026-11-23 06:34 -03:30"),
    ],
)
def test_an_instant_has_its_offset(zone: str, text: str, example: Example) -> None:
    last = example.data().last
    assert last is not None
    assert words.instant(last, ZoneInfo(zone)) == text


def test_on_a_page_no_line_is_broken_around_the_sign_of_a_number_of_requests() -> None:
    assert ENGLISH.unbroken().times([(404, 12)]) == "404\u202f×\u202f12"


def test_the_footnotes_of_a_quiet_log(example: Example) -> None:
    summary = example.summary(example.route("/", "o" * 30), timezone="UTC")
    assert sentences.footnotes(summary, ENGLISH) == (
        "30 days, 2026-10-25 to 2026-11-23, time zone UTC",
        "Data from 2026-09-01 00:03 UTC until 2026-11-23 10:04 UTC; log read 2026-11-23 10:05 UTC",
        "Response times: not logged.",
        (
            "Availability = success / (success + failure), rounded down. "
            "Success: 2xx, 3xx. Failure: 404, 5xx (not 501, 505). All else is ignored."
        ),
        (
            "Fully Operational from 99 %, Major Outage below 30 % with 3 or more server errors, "
            "Partial Outage between. Now: judged by the last 60 minutes; in an incident, by the last "
            "5 minutes with requests."
        ),
    )


@pytest.mark.parametrize(
    ("noise", "refused", "line"),
    [
        (0, 0, None),
        (1, 0, "1 line was not a request"),
        (0, 1, "1 line was not understood"),
        (1204, 3, "1,204 lines were not requests; 3 lines were not understood"),
    ],
)
def test_lines_that_were_no_entries_are_counted(
    noise: int, refused: int, line: str | None, example: Example
) -> None:
    summary = example.summary(data=example.data(noise=noise, refused=refused))
    assert sentences.unread_line(summary, ENGLISH) == line


def test_a_window_in_which_the_data_begin_says_since_when(example: Example) -> None:
    begun = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
    summary = example.summary(data=replace(example.data(), first=begun))
    zone = "time zone Europe/Berlin"
    assert sentences.window_line(summary, ENGLISH) == f"since 09:14 today, {zone}"
    given = replace(summary, given=True)
    assert sentences.window_line(given, ENGLISH) == f"since 23 Nov 2026 09:14, {zone}"


def test_every_state_and_reason_has_its_words_and_signs() -> None:
    assert set(words.GLYPHS) == set(words.ASCII_GLYPHS) == set(WORST_FIRST) == set(Condition)
    assert len({*words.GLYPHS.values()}) == len({*words.ASCII_GLYPHS.values()}) == len(Condition)
    for state in Condition:
        assert ENGLISH.condition(state)
        assert ENGLISH.short().condition(state)
    for reason in NoData:
        assert ENGLISH.no_data(reason)


def test_a_short_phrase_replaces_one_with_the_same_facts() -> None:
    phrases = ENGLISH.language.phrases
    short = {key.removeprefix(words.SHORT) for key in phrases if key.startswith(words.SHORT)}
    assert short < phrases.keys()
    assert ENGLISH.short().many("some.no_data", 3) == "3 No data"
    assert ENGLISH.short().say("total") == ENGLISH.say("total")
    facts = re.compile(r"\{\w+\}")
    for key in short:
        assert set(facts.findall(phrases[key])) == set(facts.findall(phrases[words.SHORT + key]))


def test_a_page_makes_discovered_routes_known_and_no_others(example: Example) -> None:
    found = example.route("/a", "o" * 30)
    own = replace(example.route("/b", "o" * 30), origin=Origin.APP)
    rest = example.route(OTHER, "o" * 30)
    assert sentences.public_routes(example.summary(own, rest, example.unmatched()), ENGLISH) is None
    chosen = "--only and --exclude choose which."
    one = sentences.public_routes(example.summary(found, own, rest, example.unmatched()), ENGLISH)
    assert one == f"The page publishes 1 discovered route; {chosen}"
    many = sentences.public_routes(example.summary(*[found] * 1204), ENGLISH)
    assert many == f"The page publishes 1,204 discovered routes; {chosen}"


def test_routes_with_another_policy_are_named_if_they_are_shown(example: Example) -> None:
    shop = example.shop()
    judged = replace(
        shop.policy,
        overrides=(
            RoutePolicy("/*", failure=(404, "5xx"), operational=Fraction(999, 1000)),
            RoutePolicy("/nowhere", major=Fraction(1, 10)),
        ),
    )
    notes = sentences.footnotes(replace(shop, policy=judged), ENGLISH)
    assert "Judged differently: /* (failure: 404, 5xx, Fully Operational from 99.9 %)." in notes
    assert not any("otherwise" in note for note in sentences.footnotes(shop, ENGLISH))
