"""A badge says the state of a site or a route, readable, sized to its words, and safe."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import Condition, NoData
from flask_status_cli.render.site.badge import LABEL_COLOR, MARK, route_badge, site_badge
from flask_status_cli.render.site.file_names import file_names
from flask_status_cli.render.text.words import ENGLISH, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

UP, PARTIAL, MAJOR, NONE = (
    Condition.OPERATIONAL,
    Condition.PARTIAL_OUTAGE,
    Condition.MAJOR_OUTAGE,
    Condition.NO_DATA,
)
SVG = "{http://www.w3.org/2000/svg}"


def root(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in root(svg).iter(f"{SVG}text")]


def test_the_badge_of_a_site(example: Example, gold: Callable[[str, str], None]) -> None:
    badge = site_badge(example.shop(), ENGLISH, title="Shop")
    assert texts(badge.svg()) == ["Shop", "1 route down · 99.70%"]
    assert badge.state is MAJOR
    gold("badge.svg", badge.svg())


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (UP, "Fully Operational · 100%"),
        (PARTIAL, "Partial Outage · 100%"),
        (MAJOR, "Major Outage · 100%"),
        (NONE, "No Data · 100%"),
    ],
)
def test_the_badge_of_a_route(now: Condition, message: str, example: Example) -> None:
    route = example.route("/cart", "o" * 30, now=now)
    assert texts(route_badge(route, example.summary(route), ENGLISH).svg()) == ["/cart", message]


def test_a_route_without_a_figure_has_none(example: Example) -> None:
    route = example.route("/cart", "." * 30, now=NONE)
    assert texts(route_badge(route, example.summary(route), ENGLISH).svg()) == ["/cart", "No Data"]


def test_a_badge_tells_that_the_log_is_not_read(example: Example) -> None:
    route = replace(example.route("/", "o" * 30, now=NONE), no_data=NoData.NOT_READ)
    summary = example.summary(route, data=example.data(stale=True))
    badge = site_badge(summary, ENGLISH, title="Shop")
    assert (badge.message, badge.state) == ("Log not read · 100%", NONE)


def test_a_badge_speaks_spanish(example: Example) -> None:
    badge = site_badge(example.shop(), Words.of("es"), title="Tienda")
    assert texts(badge.svg()) == ["Tienda", "1 ruta caída · 99.70%"]


def luminance(color: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("now", list(Condition))
def test_its_words_stand_out(now: Condition, example: Example) -> None:
    route = example.route("/", "o" * 30, now=now)
    svg = route_badge(route, example.summary(route), ENGLISH).svg()
    colors = re.findall(r'<path fill="(#[0-9a-f]{6})"', svg)
    assert colors[0] == LABEL_COLOR
    for color in colors:
        assert 1.05 / (luminance(color) + 0.05) >= 4.5


def test_the_endpoint_has_the_schema_of_shields(example: Example) -> None:
    found = json.loads(site_badge(example.shop(), ENGLISH, title="Shop").endpoint())
    assert found == {
        "schemaVersion": 1,
        "label": "Shop",
        "message": "1 route down · 99.70%",
        "color": "cf222e",
    }


ANY = st.text(st.characters(exclude_categories=[]), max_size=80)


@given(text=ANY)
def test_no_text_breaks_a_badge(text: str, example: Example) -> None:
    route = example.route(text, "o" * 30, name=text)
    for badge in (
        route_badge(route, example.summary(route), ENGLISH),
        site_badge(example.summary(route), ENGLISH, title=text),
    ):
        svg = badge.svg()
        assert svg.startswith(MARK)
        assert svg.encode().decode() == svg
        tags = {each.tag.removeprefix(SVG) for each in root(svg).iter()}
        assert tags == {"svg", "title", "path", "g", "text"}
        assert json.loads(badge.endpoint())["schemaVersion"] == 1
        widths = [float(each.attrib["textLength"]) for each in root(svg).iter(f"{SVG}text")]
        assert float(root(svg).attrib["width"]) == sum(widths) + 24


@given(rules=st.lists(ANY, max_size=20, unique=True))
def test_names_of_files_are_safe_and_different(rules: list[str], example: Example) -> None:
    names = file_names([example.route(rule, "o") for rule in rules])
    assert len({*names.values()}) == len(rules)
    for name in names.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert len(name) <= 60


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("/", "root-"),
        ("/users/<int:id>", "users-int-id-"),
        ("/../../etc/passwd", "etc-passwd-"),
        ("/日本語", "root-"),
        ("/" + "x" * 99, "x" * 40 + "-"),
    ],
)
def test_a_name_tells_the_route(rule: str, name: str, example: Example) -> None:
    route = example.route(rule, "o")
    (found,) = file_names([route]).values()
    assert re.fullmatch(re.escape(name) + "[0-9a-f]{8}", found)
