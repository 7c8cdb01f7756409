"""The feed is valid Atom (RFC 4287), read by a feed reader, and still while nothing happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import feedparser  # type: ignore[import-untyped] # it has no types
import pytest
from hypothesis import example as always
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import IncidentNote, StatusSummary
from flask_status_cli.render.site.feed import MOST, feed
from flask_status_cli.render.text.words import ENGLISH, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

URL = "https://status.example.org/shop/"
ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}:[A-Za-z0-9/._~-]+")

NAMES = (
    "feed", "id", "title", "updated", "author", "name", "generator", "link", "entry", "published",
    "content",
)  # fmt: skip


def made(summary: StatusSummary, *, title: str = "Shop", url: str = URL) -> str:
    return feed(summary, ENGLISH, title=title, url=url)


def root(text: str) -> ET.Element:
    return ET.fromstring(text)


def read(text: str) -> Any:
    found = feedparser.parse(text)
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_the_whole_feed(example: Example, gold: Callable[[str, str], None]) -> None:
    gold("feed.atom", made(example.troubled()))


def test_a_feed_reader_finds_everything(example: Example) -> None:
    found = read(made(example.troubled()))
    assert found.version == "atom10"
    assert (found.feed.title, found.feed.language) == ("Shop", "en")
    assert found.feed.author == "Shop"
    assert found.feed.updated == "2026-11-23T09:58:00Z"
    titles = [entry.title for entry in found.entries]
    assert titles == ["Outage of 2 routes", "Certificate expired"]
    assert found.entries[0].link == f"{URL}#incident-9b2d77e0"
    assert found.entries[1].published == "2026-11-22T08:58:00Z"
    assert found.entries[1].updated == "2026-11-22T09:19:00Z"
    assert "The renewal was off &lt;again&gt;" in found.entries[1].content[0].value


@pytest.mark.parametrize("url", [URL, "", "https://[::1]:8080/", "https://192.0.2.7"])
@pytest.mark.parametrize("tag", ["en", "es"])
def test_a_feed_and_its_entries_have_what_rfc_4287_demands(
    url: str, tag: str, example: Example
) -> None:
    found = root(feed(example.troubled(), Words.of(tag), title="Shop", url=url))
    assert found.tag == f"{ATOM}feed"
    entries = found.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for element in (found, *entries):  # 4.1.1 and 4.1.2: exactly one each
        for name in ("id", "title", "updated"):
            (part,) = element.findall(f"{ATOM}{name}")
            assert part.text
        updated = element.findtext(f"{ATOM}updated")
        assert RFC_3339.fullmatch(updated or "")  # 3.3
        alternate = [e for e in element.findall(f"{ATOM}link") if e.get("rel") == "alternate"]
        assert len(alternate) == 1
    assert len(found.findall(f"{ATOM}author")) == 1  # as no entry has one
    assert [e.get("rel") for e in found.findall(f"{ATOM}link")] == ["self", "alternate"]
    ids = [e.findtext(f"{ATOM}id") for e in (found, *entries)]
    assert len({*ids}) == 3
    assert all(re.match(r"(tag|urn:uuid):", each or "") for each in ids)


def identities(summary: StatusSummary, **place: str) -> list[str]:
    return [entry.id for entry in read(made(summary, **place)).entries]


def test_an_incident_keeps_its_id(example: Example) -> None:
    ongoing = example.incident("/a", ongoing=True)
    over = example.incident("/a", "/b", minutes=40, note=IncidentNote("Disk full"))
    found = [identities(replace(example.shop(), incidents=(each,))) for each in (ongoing, over)]
    tag = "tag:status.example.org,2026:flask-status/shop/incident/4f1c09aa"
    assert found == [[tag], [tag]]
    assert TAG.fullmatch(tag)


def test_sites_do_not_share_ids(example: Example) -> None:
    summary = example.troubled()
    places: list[dict[str, str]] = [
        {"url": ""},
        {"url": "", "title": "Other"},
        {},
        {"url": "https://example.org"},
    ]
    ids = [each for place in places for each in identities(summary, **place)]
    assert len({*ids}) == len(ids)


def test_the_feed_does_not_change_while_no_incident_begins_or_ends(example: Example) -> None:
    before = example.troubled()
    later = replace(
        before,
        generated_at=before.generated_at + timedelta(minutes=5),
        data=replace(before.data, last=before.generated_at),
    )
    assert made(later) == made(before)


def test_an_open_incident_is_not_updated_each_minute(example: Example) -> None:
    for minutes in (7, 8, 90):
        ongoing = example.incident("/a", minutes=minutes, ongoing=True)
        (entry,) = read(made(replace(example.shop(), incidents=(ongoing,)))).entries
        assert entry.updated == entry.published == "2026-11-22T08:58:00Z"


def test_a_feed_without_incidents_is_as_old_as_the_data(example: Example) -> None:
    assert read(made(example.shop())).feed.updated == "2026-09-01T00:03:00Z"


def test_a_feed_holds_the_newest(example: Example) -> None:
    start = datetime(2026, 11, 22, tzinfo=UTC)
    many = [
        example.incident("/", start=start - timedelta(hours=n), name=f"{n:08x}") for n in range(99)
    ]
    found = read(made(replace(example.shop(), incidents=tuple(many)))).entries
    assert len(found) == MOST
    assert found[0].id.endswith("/00000000")


def test_a_spanish_feed(example: Example) -> None:
    found = read(feed(example.troubled(), Words.of("es"), title="Tienda", url=URL))
    assert found.feed.language == "es"
    assert found.entries[0].title == "Caída de 2 rutas"
    content = found.entries[0].content[0].value
    assert "Desde 2026-11-23 10:58 +01:00, 7 min hasta ahora" in content
    assert "Fallaron 200 de 800 peticiones: 500 × 120, 502 × 80" in content


def test_a_false_alarm_stays_in_the_feed_and_says_so(example: Example) -> None:
    incident = example.incident("/a", note=IncidentNote(false_alarm=True))
    (entry,) = read(made(replace(example.shop(), incidents=(incident,)))).entries
    assert entry.title == "Outage of /a (false alarm)"


def test_a_feed_names_twenty_routes_and_how_many_more(example: Example) -> None:
    incident = example.incident(*(f"/{n}" for n in range(23)))
    (entry,) = read(made(replace(example.shop(), incidents=(incident,)))).entries
    assert entry.title == "Outage of 23 routes"
    assert entry.content[0].value.count("<li>") == 21
    assert "<li>3 more routes</li>" in entry.content[0].value


ANY = st.text(st.characters(exclude_categories=[]), max_size=60)


@given(text=ANY)
@always(text="\ud800")
def test_no_text_breaks_the_feed(text: str, example: Example) -> None:
    note = IncidentNote(text, text, text)
    incidents = (example.incident(text), example.incident("/" + text, note=note, name="00000002"))
    summary = replace(example.shop(), incidents=incidents)
    made_of_it = feed(summary, ENGLISH, title=text or "x", url="")
    assert made_of_it.encode().decode() == made_of_it
    found = root(made_of_it)
    shown = {child.tag for child in found.iter()}
    assert shown == {ATOM + name for name in NAMES}
    for content in found.iter(f"{ATOM}content"):
        inside = ET.fromstring(f"<div>{content.text}</div>")
        assert {each.tag for each in inside.iter()} == {"div", "p", "ul", "li"}
