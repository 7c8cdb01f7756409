"""The episodes of one route, in minutes that are drawn with one character each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.incidents import RouteOrSite, find_episodes

if TYPE_CHECKING:
    from tests.incidents.conftest import MemorySource

ROUTE = RouteOrSite("", "/")
FIRST = 29_000_000

MINUTES = {
    ".": None,  # nothing judged
    "s": (1, 0),
    "S": (20, 0),
    "f": (0, 1),
    "2": (0, 2),
    "t": (0, 3),
    "F": (0, 20),
    "m": (16, 4),  # exactly 20 %
    "l": (17, 4),  # less
    "x": (1, 1),
    "o": (20, 1),  # one of many
    "b": (4, 1),
    "c": (2, 1),
}

CASES = [
    # A high rate: five failures in five minutes, which are a fifth of their judged requests.
    ("SSSSSFSSSSSSSSSSS", [(5, 5, True)]),
    ("SSSSSmSSSSSSSSSSS", []),  # four failures
    ("SSSS.....mmSSSSSSSSSS", [(9, 10, True)]),  # exactly a fifth
    ("SSSS....smmSSSSSSSSSS", []),  # 8 of 41
    ("SSSSSlllllSSSSSSSSSSS", []),  # never a fifth in a minute
    ("SoooooooooSSSSSSSSSSS", []),
    # The window's first failing minute is the beginning, though it is not bad itself.
    ("ssssxxxxxssssssssssss", [(4, 8, True)]),
    # A streak: three failures in two minutes and no success since.
    ("s.f..f..f..sssssssssss", [(2, 8, True)]),
    ("s.2..f..s.s.s.s.s.s.s", [(2, 5, True)]),
    ("s.f..f..s..f..f..s..s..s..s", []),
    ("s.t.s.s.s.s.s.s.s.s", []),  # three in one minute
    ("ffs.........", []),  # two failures
    ("f.......f.......f", [(0, 16, None)]),  # from the first line on
    # A minute with a success in it is no part of a streak.
    ("S2xSSSSSSSSSSSSSS", []),
    # An episode ends with its last failing minute, even if that minute is not bad.
    ("SSSSFFFFSSSSxSSSSSSSSSSSSS", [(4, 12, True)]),
    # An episode is over after ten minutes and three successes without a failing minute.
    ("SSSSFSSSSSSSSSS", [(4, 4, True)]),
    ("SSSSFSSSSSSSSS", [(4, 4, None)]),  # nine minutes
    ("SSSSF..........ss", [(4, 4, None)]),  # two successes
    ("SSSSF..........sss", [(4, 4, True)]),
    ("SSSSFsss.......s", [(4, 4, True)]),
    # If it fails again within 30 minutes of the last failing minute, it is one episode.
    ("SSSSFSSSSSSSSSSFSSSSSSSSSSSSSSS", [(4, 15, True)]),
    ("SSSSF" + "S" * 29 + "FSSSSSSSSSS", [(4, 34, True)]),
    ("SSSSF" + "S" * 30 + "FSSSSSSSSSS", [(4, 4, True), (35, 35, True)]),
    ("SSSSF" + "S" * 20 + "F" + "S" * 20 + "FSSSSSSSSS", [(4, 46, None)]),
    # A failing minute that is not bad begins no episode.
    ("SSSSF" + "S" * 20 + "f" + "S" * 12, [(4, 4, True)]),
    # A minute that is not failing may have failures.
    ("SSSSFoooooooooo", [(4, 4, True)]),
    # Silence keeps it open,
    ("SSSSFF" + "." * 1400 + "f" + "S" * 11, [(4, 1406, True)]),
    # and closes it after 25 hours.
    ("SSSSFF" + "." * 1499 + "f" + "S" * 11, [(4, 1505, True)]),
    ("SSSSFF" + "." * 1500 + "f" + "S" * 11, [(4, 5, False)]),
    ("SSSSFF" + "." * 1500 + "fff" + "S" * 11, [(4, 5, False), (1506, 1508, True)]),
    ("SSSSFss" + "." * 1500 + "S", [(4, 4, False)]),
    # A job that runs every day fails in one episode, even if it comes a bit later than the day before.
    ("S" + ("." * 1440 + "f") * 4, [(1441, 5764, None)]),
    # A streak does not continue after such a silence either.
    ("ff" + "." * 1500 + "f" + "S" * 11, []),
    ("ff" + "." * 1499 + "f" + "S" * 11, [(0, 1501, True)]),
    # Noise: at 1 %, five failures of 17 have a chance of 0.6 in a million, five of 19 one of 1.03.
    ("SSSSSSSSSSbccccsssssssssss", [(10, 14, True)]),
    ("SSSSSSSSSSbbcccsssssssssss", []),
    # The long window, for a site with few requests: six of twelve failed, never three in a row.
    (".s.f" * 6 + "." + "s" * 11, [(3, 23, True)]),
    (".s.f" * 4 + "." + "s" * 11, []),
    # A route that usually fails once in ten requests has to fail more often in a row.
    ("sssssssssf" * 60 + "fffssssssssssss", []),
    ("sssssssssf" * 60 + "fffffssssssssssss", [(599, 604, True)]),
    # Failures of an earlier outage are no background.
    ("s" * 60 + "f" * 60 + "s" * 60 + "fff" + "s" * 11, [(60, 119, True), (180, 182, True)]),
    # Nothing at all
    ("", []),
    ("SSSSSSSSS", []),
    ("..........", []),
]


@pytest.mark.parametrize(("drawn", "expected"), CASES, ids=[drawn[:40] for drawn, _ in CASES])
@pytest.mark.parametrize("vague", [False, True], ids=["known", "vague"])
def test_episodes_are_found(
    drawn: str,
    expected: list[tuple[int, int, bool | None]],
    vague: bool,
    new_source: Callable[..., MemorySource],
) -> None:
    series = {
        FIRST + place: counts
        for place, character in enumerate(drawn)
        if (counts := MINUTES[character]) is not None
    }
    newest = FIRST + max(len(drawn) - 1, 0)
    source = new_source({ROUTE: series}, newest=newest, vague=vague)
    found = [
        (each.start - FIRST, each.last - FIRST, each.recovered)
        for each in find_episodes(source, major=Fraction(3, 10)).get(ROUTE, ())
    ]
    assert found == expected


def test_silence_closes_an_episode_after_25_hours(
    new_source: Callable[..., MemorySource],
) -> None:
    series = {FIRST: (0, 9)}
    for newest, recovered in ((FIRST + 1499, None), (FIRST + 1500, False)):
        (episode,) = find_episodes(
            new_source({ROUTE: series}, newest=newest), major=Fraction(3, 10)
        )[ROUTE]
        assert (episode.start, episode.last, episode.recovered) == (FIRST, FIRST, recovered)


@pytest.mark.parametrize(
    ("drawn", "decided"),
    [
        ("SSSSFSSSSSSSSSSSS", 14),  # ten minutes
        ("SSSSF............sss", 19),  # the third success
        ("SSSSF" + "." * 1500 + "S", 4),  # the last judged request before a silence
        ("SSSSFSSS", 7),  # open: the newest minute
    ],
)
def test_an_episode_has_the_minute_that_decided_its_end(
    drawn: str, decided: int, new_source: Callable[..., MemorySource]
) -> None:
    series = {n: counts for n, c in enumerate(drawn) if (counts := MINUTES[c]) is not None}
    (episode,) = find_episodes(new_source({ROUTE: series}), major=Fraction(3, 10))[ROUTE]
    assert episode.decided == decided


def test_in_a_long_quiet_log_only_minutes_near_failures_are_read(
    new_source: Callable[..., MemorySource],
) -> None:
    series = {minute: (50, 1 if minute % 100 == 0 else 0) for minute in range(43_200)}
    source = new_source({ROUTE: series})
    assert not find_episodes(source, major=Fraction(3, 10))
    assert source.read == 0
    series[20_000] = (0, 50)
    source = new_source({ROUTE: series})
    (episode,) = find_episodes(source, major=Fraction(3, 10))[ROUTE]
    assert (episode.start, episode.last) == (20_000, 20_000)
    assert source.read < 400
