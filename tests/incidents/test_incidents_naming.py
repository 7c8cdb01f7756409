"""The ids of incidents, and their descriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from flask_status_cli.incidents import (
    SITE,
    Episode,
    IdentifiedIncident,
    RouteOrSite,
    find_episodes,
    identify,
    join_episodes,
)
from flask_status_cli.incidents.description import describe_incident
from flask_status_cli.model import Incident, IncidentAnchor, WorstMinute

if TYPE_CHECKING:
    from tests.incidents.conftest import MemorySource

A, B, SHOP = RouteOrSite("", "/a"), RouteOrSite("", "/b"), RouteOrSite("shop", "/a")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def episode(start: int, last: int, *, recovered: bool | None = True) -> Episode:
    return Episode(start, last, start + 1, recovered, last + 10)


def named(
    episodes: Mapping[RouteOrSite, list[Episode]], *anchors: IncidentAnchor
) -> tuple[IdentifiedIncident, ...]:
    return identify(join_episodes(episodes), anchors)


# The id is made of the label, rule and minute of the first episode. If several begin in the same minute,
# it is the one with the lowest rule, and a route before the site.


def test_the_id_is_made_of_label_rule_and_first_minute() -> None:
    (found,) = named({SHOP: [episode(29_000_000, 29_000_005)]})
    assert (found.id, found.aliases) == (digest("shop|/a|29000000")[:8], ())


def test_of_episodes_that_began_together_the_lowest_rule_names_the_incident() -> None:
    each = [episode(100, 105)]
    (found,) = named({SITE: each, B: each, SHOP: each, A: each})
    assert found.id == digest("|/a|100")[:8]
    assert [part.who for part in found.group] == [A, SHOP, B, SITE]


def test_an_earlier_episode_names_it_whatever_its_rule() -> None:
    (found,) = named({A: [episode(101, 105)], B: [episode(100, 105)]})
    assert found.id == digest("|/b|100")[:8]


def test_the_site_has_a_name_of_its_own() -> None:
    (found,) = named({SITE: [episode(100, 105)]})
    assert found.id == digest("|*|100")[:8]


# Announced ids are kept.


def test_an_announced_id_is_kept_when_late_lines_move_the_beginning() -> None:
    told = IncidentAnchor(digest("|/a|100")[:8], "", "/a", 101)
    (found,) = named({A: [episode(90, 105)]}, told)
    assert (found.id, found.aliases) == (told.id, (digest("|/a|90")[:8],))


def test_of_several_announced_ids_the_oldest_is_kept_and_the_others_are_aliases() -> None:
    first, second = (
        IncidentAnchor("bbbbbbbb", "", "/a", 104),
        IncidentAnchor("aaaaaaaa", "", "/b", 99),
    )
    episodes = {A: [episode(100, 105)], B: [episode(98, 103)]}
    (found,) = named(episodes, first, second)
    assert (found.id, found.aliases) == ("bbbbbbbb", ("aaaaaaaa", digest("|/b|98")[:8]))


def test_an_anchor_of_another_route_or_between_episodes_has_no_effect() -> None:
    for anchor in (
        IncidentAnchor("aaaaaaaa", "", "/b", 101),
        IncidentAnchor("aaaaaaaa", "shop", "/a", 101),
        IncidentAnchor("aaaaaaaa", "", "/a", 106),
        IncidentAnchor("aaaaaaaa", "", "/a", 99),
    ):
        (found,) = named({A: [episode(100, 105)]}, anchor)
        assert (found.id, found.aliases) == (digest("|/a|100")[:8], ())


def test_two_incidents_never_have_one_id() -> None:
    # Late successes remove the beginning of an episode. The id of what is left is in use already.
    told = IncidentAnchor(digest("|/a|100")[:8], "", "/a", 150)
    first, second = named({A: [episode(100, 105), episode(140, 160)]}, told)
    assert second.id == told.id
    assert first.id == digest("|/a|100")[8:16]


# The description of an incident.

FIRST = 29_000_000
START = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=FIRST)


def told(source: MemorySource, **choices: object) -> list[Incident]:
    found = identify(join_episodes(find_episodes(source, major=Fraction(3, 10))), ())
    each = (describe_incident(source, one, **choices) for one in found)  # type: ignore[arg-type]  # any choices
    return [incident for incident in each if incident is not None]


def quiet(*failing: tuple[int, int, int]) -> dict[int, tuple[int, int]]:
    """An hour of a success a minute, but for (minute, successes, failures)."""
    minutes = {FIRST + n: (1, 0) for n in range(60)}
    return minutes | {FIRST + n: (success, failure) for n, success, failure in failing}


def test_the_figures_are_those_of_its_routes(new_source: Callable[..., MemorySource]) -> None:
    source = new_source(
        {
            A: quiet((20, 0, 6), (21, 4, 1), (22, 2, 6)),
            B: quiet((22, 1, 9)),
            SHOP: quiet((21, 50, 1)),
        }
    )
    (incident,) = told(source)
    assert [(r.rule, r.label, r.failures, r.valid) for r in incident.routes] == [
        ("/a", "", 13, 19),
        ("/b", "", 9, 10),
    ]
    assert (incident.failures, incident.valid) == (22, 29)
    assert incident.statuses == {503: 22}
    assert (incident.start, incident.end) == (
        START + timedelta(minutes=20),
        START + timedelta(minutes=23),
    )
    assert incident.duration_minutes == 3
    assert incident.worst == WorstMinute(START + timedelta(minutes=20), 6, 6)
    assert (incident.open, incident.recovered) == (False, True)


def test_of_equally_bad_minutes_the_one_with_more_failures_is_worst_then_the_first(
    new_source: Callable[..., MemorySource],
) -> None:
    source = new_source({A: quiet((20, 0, 6), (21, 0, 7), (22, 0, 7), (23, 5, 8))})
    (incident,) = told(source)
    assert incident.worst == WorstMinute(START + timedelta(minutes=21), 7, 7)


def test_an_open_one_lasts_up_to_the_newest_entry(new_source: Callable[..., MemorySource]) -> None:
    source = new_source({A: {FIRST + n: (0, 3) for n in range(4)}}, newest=FIRST + 30)
    (incident,) = told(source)
    assert (incident.end, incident.recovered, incident.duration_minutes) == (None, None, 31)
    assert incident.last_failure == incident.last_request == START + timedelta(minutes=3)


def test_if_only_the_site_fails_its_routes_are_those_with_failures(
    new_source: Callable[..., MemorySource],
) -> None:
    many = {RouteOrSite("", f"/{n}"): quiet((20 + n % 4, 0, 1)) for n in range(20)}
    source = new_source(many)
    (incident,) = told(source)
    assert {route.rule for route in incident.routes} == {f"/{n}" for n in range(20)}
    assert (incident.failures, incident.valid) == (20, 80)
    assert incident.anchor.rule == "*"


def test_only_shown_routes_are_described(new_source: Callable[..., MemorySource]) -> None:
    source = new_source({A: quiet((20, 0, 6), (21, 0, 6)), B: quiet((21, 0, 6))})
    (whole,) = told(source)
    (part,) = told(source, shows=lambda who: who == B)
    assert [route.rule for route in part.routes] == ["/b"]
    assert (part.id, part.start, part.failures) == (whole.id, START + timedelta(minutes=21), 6)
    assert told(source, shows=lambda who: who == SHOP) == []


def test_an_incident_is_open_while_the_site_fails(
    new_source: Callable[..., MemorySource],
) -> None:
    # Two of three requests still fail, on many routes. Each route fails too seldom to have an outage.
    up = {FIRST + n: (1, 0) for n in range(60)}
    many = {RouteOrSite("", f"/{n}"): {FIRST + 20 + n: (1, 2)} for n in range(40)}
    source = new_source({A: up | {FIRST + n: (0, 6) for n in range(20, 25)}, **many})
    (incident,) = told(source)
    assert [(route.rule, route.end) for route in incident.routes] == [
        ("/a", START + timedelta(minutes=25))
    ]
    assert (incident.open, incident.last_failure) == (True, START + timedelta(minutes=59))
    # If only that route is shown, the incident is over.
    (part,) = told(source, shows=lambda who: who == A)
    assert (part.end, part.recovered) == (START + timedelta(minutes=25), True)


def test_an_outage_of_a_route_is_no_second_incident_when_other_traffic_falls(
    new_source: Callable[..., MemorySource],
) -> None:
    night = range(60, 180)
    failing = {FIRST + n: (0, 2) for n in range(20, 180)}
    busy = {FIRST + n: (1 if n in night else 50, 0) for n in range(180)}
    (incident,) = told(new_source({A: failing, B: busy}))
    assert [route.rule for route in incident.routes] == ["/a"]


def test_other_routes_that_fail_meanwhile_make_an_incident(
    new_source: Callable[..., MemorySource],
) -> None:
    failing = {FIRST + n: (20, 5) for n in range(20, 180)}
    up = {FIRST + n: (1, 0) for n in range(180)}
    many = {RouteOrSite("", f"/{n}"): up | {FIRST + 100 + n % 3: (0, 1)} for n in range(30)}
    found = told(new_source({A: failing, **many}))
    assert [len(incident.routes) for incident in found] == [1, 31]
