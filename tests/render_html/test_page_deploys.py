"""Deploys on the page: with an incident, in a table, in the strips, in the legend."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_status_cli.render.html import render
from flask_status_cli.render.text.words import Words

if TYPE_CHECKING:
    from tests.render_html.conftest import Element, Kit


def text(element: Element) -> str:
    return " ".join(element.text.split())


def uses(element: Element) -> list[str]:
    return [each.attributes["href"].removeprefix("#") for each in element.all("use")]


def marks(page: Element) -> dict[str, tuple[str, list[str]]]:
    """The drawings by id: their path, and the lines for the tips."""
    return {
        each.attributes["id"]: (each.attributes["d"], each.attributes["data-tips"].split("\n"))
        for each in page.all("path")
        if "data-tips" in each.attributes
    }


def test_an_incident_leads_to_the_deploy_before_it_and_back(kit: Kit) -> None:
    page, complaints = kit.read(render(kit.deployed()))
    assert not complaints
    (article,) = (each for each in page.all("article") if each.attributes["id"][-1] == "a")
    assert text(article.all("p")[1]) == "Began 2 min after deploy v1.2"
    assert [each.attributes["href"] for each in article.all("p")[1].all("a")] == ["#deploy-3"]
    (row,) = (each for each in page.all("tr") if each.attributes.get("id") == "deploy-3")
    assert text(row) == (
        "v1.2 2026-11-23 11:04 UTC A new checkout 2 min later: Outage of Checkout /checkout "
        "1 h 4 min on each side, up to the next deploy"
        "98.00% 1 of 100 with 5xx0.03% 3,000 of 3,001 with 5xx"
    )
    assert row.one("a").attributes["href"] == "#incident-0000000a"


def test_the_table_has_both_sides_or_says_why_not(kit: Kit) -> None:
    page, _ = kit.read(render(kit.deployed(), Words.of("es")))
    section = page.one("section", "deploys")
    assert [text(each) for each in section.all("th") if each.attributes["scope"] == "col"] == [
        "Despliegue",
        "Antes",
        "Después",
    ]
    rows = [text(row) for row in section.all("tr")[1:]]
    assert rows[0] == "v2.0 2026-11-23 16:06 UTC previsto——"
    assert rows[2].endswith("1 h 4 min a cada lado, hasta el despliegue siguiente" + AFTER)
    assert rows[3].startswith("search-7 shop 2026-11-21 14:06 UTC")
    assert text(section.all("p", "dim")[-1]) == (
        "Un despliegue cercano a un incidente no demuestra su causa."
    )


AFTER = "98.00% 1 de 100 con 5xx0.03% 3000 de 3001 con 5xx"


def test_days_hours_and_minutes_with_a_deploy_are_marked(kit: Kit) -> None:
    page, _ = kit.read(render(kit.deployed()))
    drawn = marks(page)
    checkout, shop, *others = [uses(row) for row in page.all("tbody")[0].all("tr")]
    assert others == [checkout] * len(others)
    # The newest day is the 30th; its square is number 29.
    today = "Deployed: v1.2 (11:04), v1.2.1 (11:09)"
    assert drawn[checkout[0]] == (
        "M27.1 12h0.62l-0.31-3zM29.1 12h0.62l-0.31-3z",
        ["27 Deployed: v1.1 (09:06)", f"29 {today}"],
    )
    assert drawn[shop[0]][1] == ["27 Deployed: v1.1 (09:06), search-7 (14:06)", f"29 {today}"]
    hours = [each for each in page.all("li") if each.attributes.get("id", "").endswith("-11-23")]
    assert [drawn[uses(each)[0]][1] for each in hours] == [[f"11 {today}"]] * len(hours)
    (minutes,) = (each for each in page.all("li") if each.attributes.get("data-step") == "1")
    # The deploy two minutes before the first failure is before the strip.
    assert [drawn[name] for name in uses(minutes)] == [
        ("M2.79 12h1.25l-0.62-3z", ["3 Deployed: v1.2.1 (11:09)"])
    ]


def test_the_legend_explains_a_mark_only_where_there_is_one(kit: Kit) -> None:
    page, _ = kit.read(render(kit.deployed()))
    entry = page.one("section", "legend").one("div", "deploy")
    assert text(entry) == "Deploy A version went live in this time"
    without = render(kit.troubled())
    assert "deploy" not in re.sub(r"<script>.*</script>", "", without, flags=re.DOTALL)


def test_of_many_deploys_the_latest_are_listed(kit: Kit) -> None:
    page, _ = kit.read(render(replace(kit.mixed(), deploys=kit.deploys(13))))
    section = page.one("section", "deploys")
    assert len(section.all("tr")) == 11
    assert text(section.all("p", "dim")[0]) == "3 earlier deploys are not shown."


def test_a_busy_day_names_three_versions(kit: Kit) -> None:
    at = kit.deploys(1)[0].deploy
    five = [
        replace(kit.deploys(1)[0], deploy=replace(at, id=n, version=f"v{n}"))
        for n in range(5, 0, -1)
    ]
    page, _ = kit.read(render(replace(kit.mixed(), deploys=tuple(five))))
    (_, tips), *_ = marks(page).values()
    assert tips == ["29 Deployed: v3 (13:06), v4 (13:06), v5 (13:06), 2 more"]
