"""The incidents on the page: those that go on, all by day, and their minutes in a route's section."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import Condition, Counts, IncidentNote
from flask_status_cli.render.html import render
from flask_status_cli.render.html.incidents import MOST, ROUTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_status_cli.model import RouteSummary, StatusSummary
    from tests.render_html.conftest import Element, Kit

NOW = datetime(2026, 11, 23, 14, 6, tzinfo=UTC)


def sections(page: Element) -> dict[str, Element]:
    """The sections of incidents, by their headings."""
    return {each.one("h2").text: each for each in page.all("section", "incidents")}


def text(element: Element) -> str:
    return " ".join(element.text.split())


def test_open_incidents_are_below_the_banner(kit: Kit) -> None:
    page, complaints = kit.read(render(kit.troubled()))
    assert not complaints
    parts = [each.attributes.get("class") for each in page.one("main").all() if each.tag != "p"]
    assert parts.index("banner m") < parts.index("incidents") < parts.index("figures")
    (article,) = sections(page)["Ongoing incidents"].all("article")
    assert article.attributes == {"id": "incident-0000000a", "class": "m"}
    assert text(article) == (
        "Outage of Checkout /checkout "
        "2026-11-23 11:06 UTC – ongoing, 3 h. 9 of 10 requests failed: 500 × 8, 502 × 1"
    )


def test_without_incidents_the_page_says_since_when_there_are_data(kit: Kit) -> None:
    def said(summary: StatusSummary) -> str:
        page, _ = kit.read(render(summary))
        return text(sections(page)["Incidents"].one("p"))

    month = kit.summary([kit.route("/")])
    assert said(month) == "No incidents in the last 30 days."
    begun = replace(month.data, first=datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    assert said(replace(month, data=begun)) == "No incidents since 09:30."
    nothing = replace(month.total, counts=Counts())
    assert said(replace(month, total=nothing)) == "No data"


def test_incidents_are_told_by_day_newest_first(kit: Kit) -> None:
    page, _ = kit.read(render(kit.troubled()))
    history = sections(page)["Other incidents"]
    assert [each.text for each in history.all("h3")] == [
        "2026-11-22",
        "2026-11-21",
        "2026-11-20",
    ]
    told = [text(each) for each in history.all("article")]
    assert told == [
        (
            "Cable cut 2026-11-22 11:06 UTC – 11:53, 47 min. "
            "18 of 20 requests failed: 500 × 16, 502 × 2 "
            "Checkout /checkout 9 of 10 failed shop: /search 9 of 10 failed "
            "A digger. We now have two cables."
        ),
        (
            "Outage of shop: /search 2026-11-21 11:06 UTC – 2026-11-22 11:06 UTC, 1 d. "
            "9 of 10 requests failed: 500 × 8, 502 × 1 No success or server error in the 25 h after it"
        ),
        (
            "Outage of shop: /search (false alarm) 2026-11-20 11:06 UTC – 2026-11-21 11:06 UTC, 1 d. "
            "9 of 10 requests failed: 500 × 8, 502 × 1"
        ),
    ]


def test_above_many_routes_only_the_newest_five_incidents_are_not_folded(kit: Kit) -> None:
    rows = [kit.route(f"/{n:02}", "o" * 30) for n in range(41)]
    over = [
        kit.incident(f"0000000{n}", NOW - timedelta(days=n), NOW - timedelta(days=n - 1), rows[:1])
        for n in range(1, 8)
    ]

    def shown(rows: Sequence[RouteSummary]) -> tuple[list[Element], list[Element]]:
        page, complaints = kit.read(render(replace(kit.summary(rows), incidents=tuple(over))))
        assert not complaints
        history = sections(page)["Incidents"]
        folded = [each for part in history.all("details") for each in part.all("article")]
        assert [text(part.one("summary")) for part in history.all("details")] == (
            ["2 earlier incidents"] if folded else []
        )
        return history.all("article"), folded

    every, folded = shown(rows)
    assert [each.attributes["id"] for each in every] == [
        f"incident-0000000{n}" for n in range(1, 8)
    ]
    assert folded == every[5:]
    every, folded = shown(rows[:40])  # the routes come first, so nothing is folded
    assert (len(every), folded) == (7, [])


def test_an_incident_can_be_linked_to_and_leads_to_its_routes(kit: Kit) -> None:
    page, _ = kit.read(render(kit.troubled()))
    found = sections(page)
    articles = [
        *found["Ongoing incidents"].all("article"),
        *found["Other incidents"].all("article"),
    ]
    assert [each.attributes["id"] for each in articles] == [
        f"incident-0000000{letter}" for letter in "abcd"
    ]
    (link,) = articles[0].all("a")
    target = link.attributes["href"].removeprefix("#")
    (section,) = (each for each in page.all("details") if each.one("code").text == "/checkout")
    assert section.all("div")[0].attributes["id"] == target


def test_an_open_false_alarm_is_not_an_open_incident(kit: Kit) -> None:
    summary = kit.troubled()
    note = IncidentNote(false_alarm=True)
    first = replace(summary.incidents[0], note=note)
    page, _ = kit.read(render(replace(summary, incidents=(first,))))
    assert list(sections(page)) == ["Incidents", "Maintenance"]


def test_days_are_those_of_the_zone_of_the_report(kit: Kit) -> None:
    route = kit.route("/")
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    summary = kit.summary([route], zone="Asia/Kolkata")
    incidents = (kit.incident("0000000a", late, late + timedelta(minutes=5), [route]),)
    page, _ = kit.read(render(replace(summary, incidents=incidents)))
    history = sections(page)["Incidents"]
    assert history.one("h3").text == "2026-11-21"
    assert "2026-11-21 05:00 +05:30 – 05:05, 5 min." in text(history)


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [("o" * 30, "No incidents in the last 30 days."), ("o", "No incidents today.")],
)
def test_without_incidents_the_page_says_so(letters: str, sentence: str, kit: Kit) -> None:
    page, _ = kit.read(render(kit.summary([kit.route("/", letters)])))
    assert text(sections(page)["Incidents"]) == f"Incidents {sentence}"


def test_the_newest_are_shown_and_the_others_counted(kit: Kit) -> None:
    route = kit.route("/")
    incidents = tuple(
        kit.incident(f"{n:08x}", NOW - timedelta(days=n), NOW - timedelta(days=n), [route])
        for n in range(MOST + 3)
    )
    page, _ = kit.read(render(replace(kit.summary([route]), incidents=incidents)))
    history = sections(page)["Incidents"]
    assert len(history.all("article")) == MOST
    assert history.all("p")[-1].text == "3 older incidents are not shown."


def test_of_many_routes_the_first_are_named(kit: Kit) -> None:
    routes = [kit.route(f"/{n}") for n in range(ROUTES + 2)]
    incident = kit.incident("0000000a", NOW - timedelta(hours=1), NOW, routes)
    page, _ = kit.read(render(replace(kit.summary(routes), incidents=(incident,))))
    (article,) = sections(page)["Incidents"].all("article")
    assert [text(each) for each in article.all("li")] == [
        *(f"/{n} 9 of 10 failed" for n in range(ROUTES)),
        "2 more routes",
    ]


def test_a_section_shows_the_minutes_of_its_incidents(kit: Kit) -> None:
    page, _ = kit.read(render(kit.troubled()))
    (section,) = (each for each in page.all("details") if each.one("code").text == "/checkout")
    (only,) = (each for each in section.all("li") if each.attributes.get("data-step") == "1")
    assert text(only) == "2026-11-23 11:06 UTC 9 of 10 failed"
    assert only.one("a").attributes["href"] == "#incident-0000000a"
    strip = only.one("svg")
    assert strip.attributes["viewbox"] == "0 -12 60 20"
    assert strip.attributes["aria-label"] == (
        "2 minutes Major Outage, 1 minute Partial Outage, 1 minute Fully Operational. "
        "Worst: 11:07 3.00%, 11:06 3.00%, 11:08 75.00%"
    )
    # the minute without judged requests is a gap
    assert [(p.attributes["class"], p.attributes["d"]) for p in strip.all("path")] == [
        ("o", "M4 0h1"),
        ("p", "M2 4h1"),
        ("m", "M0 -2h2"),
    ]


def by_minutes(kit: Kit, letters: str) -> Element:
    """The minutes of an incident, a minute a letter. In an `f` there was one request, and it failed."""
    made = kit.troubled()
    minutes = [
        replace(each, condition=Condition.PARTIAL_OUTAGE, counts=Counts(0, 1), availability="0.00%")
        if letter == "f"
        else each
        for each, letter in zip(
            kit.minutes(NOW - timedelta(hours=3), letters.replace("f", "o")),
            letters.replace(" ", ""),
            strict=True,
        )
    ]
    details = [
        replace(each, minutes=tuple(minutes)) if each.rule == "/checkout" else each
        for each in made.details
    ]
    page, _ = kit.read(render(replace(made, details=tuple(details))))
    (found,) = (each for each in page.all("li") if "data-step" in each.attributes)
    return found


def test_a_minute_in_which_everything_failed_is_a_major_outage(kit: Kit) -> None:
    found = by_minutes(kit, "fp")
    assert [(p.attributes["class"], p.attributes["d"]) for p in found.all("path")] == [
        ("p", "M1 4h1"),
        ("m", "M0 -2h1"),
    ]
    assert found.one("svg").attributes["aria-label"].startswith("1 minute Major Outage, 1 minute")


# (minutes of an incident, minutes of a period): never more than 60 periods
@pytest.mark.parametrize(
    ("length", "step"),
    [
        (60, 1),
        (61, 2),
        (120, 2),
        (121, 5),
        (300, 5),
        (301, 10),
        (1200, 20),
        (1201, 30),
        (1800, 30),
        (1801, 31),
    ],
)
def test_a_long_incident_is_shown_by_periods_of_several_minutes(
    length: int, step: int, kit: Kit
) -> None:
    found = by_minutes(kit, "p" * length)
    assert found.attributes["data-step"] == str(step)
    assert found.one("svg").attributes["viewbox"] == "0 -12 60 20"
    assert found.one("path").attributes["d"] == f"M0 4h{-(-length // step)}"


def test_a_period_has_the_worst_state_of_its_minutes_and_all_their_requests(kit: Kit) -> None:
    # 121 minutes, by five: the first five have 3 + 1990 + 1990 + 1500 + 1990 successes, and
    # 97 + 500 failures (7473 of 8070); nothing is known of the second five.
    found = by_minutes(kit, "moopo" + " " * 5 + "o" * 111)
    strip = found.one("svg")
    assert [(p.attributes["class"], p.attributes["d"]) for p in strip.all("path")] == [
        ("o", "M2 0h23"),
        ("m", "M0 -2h1"),
    ]
    assert strip.attributes["data-d"] == "0 92.60% 597"
    # the label counts minutes
    assert strip.attributes["aria-label"] == (
        "1 minute Major Outage, 1 minute Partial Outage, 114 minutes Fully Operational. "
        "Worst: 11:06 3.00%, 11:09 75.00%"
    )


def test_maintenance_is_listed(kit: Kit) -> None:
    page, _ = kit.read(render(kit.troubled()))
    assert [text(each) for each in sections(page)["Maintenance"].all("li")] == [
        "2026-11-22 11:06 UTC – 12:06",
        "2026-11-24 11:06 UTC – 2026-11-25 11:06 UTC /shop/*, /cart A new database.",
    ]
