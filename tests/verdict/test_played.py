"""Outages played through the real commands: every medium says the same, at the right time."""

from __future__ import annotations

import pytest

from tests.verdict.conftest import MINUTE, Media, Played

HEALTHY = "✓ All 3 routes operational"
PATHS = ("/", "/login", "/cart")

TOTAL = dict.fromkeys(PATHS, (0, 1))
PARTIAL = {"/login": (1, 1)}
"""Of each path how many of a minute's requests succeed, and how many fail, while the outage lasts."""


def play(played: Played, broken: dict[str, tuple[int, int]], minute: int, until: int) -> None:
    """Write a minute of traffic; the outage is of the minutes 0 to `until`."""
    for path in PATHS:
        success, failure = broken.get(path, (1, 0)) if 0 <= minute < until else (1, 0)
        played.write(*[(path, 200)] * 3 * success, *[(path, 500)] * 3 * failure)


def red(media: Media) -> bool:
    """Return whether every medium tells an outage; they may not differ."""
    signs = {
        media.headline[0] in "✕▲",
        "down" in media.banner or "degraded" in media.banner,
        "down" in media.tab or "degraded" in media.tab,
        "down" in media.badge or "degraded" in media.badge,
        media.color in {"cf222e", "9a6700"},
        media.indicator != "none",
        "down" in media.description or "degraded" in media.description,
        media.check in {1, 2},
    }
    assert len(signs) == 1, media
    return signs.pop()


@pytest.mark.parametrize(
    ("broken", "headline", "indicator", "check"),
    [
        (TOTAL, "✕ All 3 routes down since 12:00 (6 min)", "critical", 2),
        (PARTIAL, "▲ 1 route degraded since 12:00; 2 operational", "minor", 1),
    ],
)
def test_every_medium_is_red_while_it_is_down_and_green_when_it_is_over(
    played: Played, broken: dict[str, tuple[int, int]], headline: str, indicator: str, check: int
) -> None:
    start = played.now
    # it opens with a minute whose failures are enough, and is over ten minutes after the last one
    lasts, sampled = 12, {-1: False, 1: True, 5: True, 20: True, 21: False}
    for minute in range(-40, 22):
        played.now = start + minute * MINUTE
        play(played, broken, minute, lasts)
        if minute in sampled:
            assert played.ingest().status == 0
            media = played.media()
            assert red(media) is sampled[minute], (minute, media)
            assert media.headline[2:] == media.banner
        if minute == 5:
            assert (media.headline, media.indicator, media.check) == (headline, indicator, check)
            assert media.description == headline[2:]
            assert headline[2:] in media.check_text
    assert media.headline == HEALTHY
    assert media.description == "All Systems Operational"
    assert media.check_text.startswith("OK - All 3 routes operational; availability ")


def test_routes_without_requests_since_an_outage_of_the_site_are_quiet_when_it_is_over(
    played: Played,
) -> None:
    """`/terms` and paths that have never worked are requested no more after the outage."""
    start = played.now
    for minute in range(-40, 100):
        played.now = start + minute * MINUTE
        play(played, TOTAL, minute, 20)
        if minute in {-40, 3, 8, 14}:
            played.write(*[("/terms", 200 if minute < 0 else 500)] * 2)
        if minute in {4, 9, 13}:
            played.write(("/wp-login.php", 500), ("/admin", 500))
        if minute in {18, 29}:
            played.ingest()
            assert red(played.media()) is (minute == 18)
    played.ingest()
    media = played.media()
    assert media.headline == "✓ 3 operational, 1 quiet"
    assert (media.check, media.badge[:17], media.indicator) == (0, "Fully Operational", "none")
    listed = played.call("incidents", "--json").out
    assert listed.count('"open": false') == 1
    assert '"open": true' not in listed
    for minute in (101, 103):
        played.now = start + minute * MINUTE
        played.write(*[("/terms", 500)] * 2)
    played.ingest()
    assert played.media().headline == "✕ 1 route down since 13:41; 3 operational"
    assert played.call("incidents", "--json").out.count('"open": true') == 1


def test_every_medium_says_the_same_about_silence(played: Played) -> None:
    played.write(("/", 200), ("/", 200), ago=3 * 1440)
    assert played.ingest().status == 0
    media = played.media()
    silence = "No requests since 20 Nov 12:00, 3 days"
    assert media.headline == f"– {silence}"
    assert (media.banner, media.description) == (silence, silence)
    assert (media.tab, media.badge[:7], media.color) == ("No Data – Status", "No Data", "59636e")
    assert (media.indicator, media.check) == ("minor", 3)
    assert media.check_text == f"UNKNOWN - {silence}\n"


def test_a_database_without_new_runs_shows_no_present_outage(played: Played) -> None:
    for minute in range(-20, 6):
        played.now += MINUTE
        played.write(*[("/", 500 if minute >= 0 else 200)] * 3)
    assert played.ingest().status == 0
    assert red(played.media())
    opened = ("incidents", "--open", "--fail-if-open")
    assert played.call(*opened).status == 3
    played.now += 365 * 1440 * MINUTE
    media = played.media()
    assert media.headline.startswith("– Log not read since 23 Nov 2026 12:26, 365 days ago. ")
    assert (media.tab, media.badge) == ("Log not read – Status", "Log not read")
    assert (media.indicator, media.check) == ("minor", 3)
    told = played.call(*opened)
    assert told.status == 0
    assert "last known open" in told.out
    assert "so far" not in played.call("report").out


def test_with_little_data_the_report_says_since_when(played: Played) -> None:
    for minute in (44, 20, 0):
        played.write(("/", 200), ago=minute)
    played.ingest()
    assert "since 11:16 today, time zone UTC" in played.call("report", "--timezone", "UTC").out
