"""The page is small, quick to make, and the same every time."""

from __future__ import annotations

import copy
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import Condition, StatusSummary
from flask_status_cli.render.html import PageOptions, render

if TYPE_CHECKING:
    from tests.render_html.conftest import Kit


@pytest.mark.parametrize(("routes", "limit"), [(50, 60_000), (500, 450_000), (5000, 3_200_000)])
def test_the_page_stays_small(routes: int, limit: int, kit: Kit) -> None:
    assert len(page(kit.many(routes)).encode()) <= limit


@pytest.mark.parametrize("deploys", [1, 10, 80, 2000])
def test_deploys_leave_the_page_small(deploys: int, kit: Kit) -> None:
    summary = replace(kit.many(50), deploys=kit.deploys(deploys))
    assert len(page(summary).encode()) <= 60_000


@pytest.mark.parametrize("deploys", [1, 10, 80])
def test_the_page_stays_small_when_every_fifth_day_fails_and_there_are_deploys(
    deploys: int, kit: Kit
) -> None:
    routes = [kit.route(f"/area/{n}/of/the/shop/<int:id>", "ooopo" * 6) for n in range(50)]
    summary = replace(kit.summary(routes), deploys=kit.deploys(deploys))
    assert len(page(summary).encode()) <= 60_000


def test_the_page_stays_small_when_such_routes_have_long_names_too(kit: Kit) -> None:
    rules = [f"/area/{n}/of/the/shop/<int:id>" for n in range(50)]
    named = [kit.route(rule, "ooopo" * 6, name=f"A thing of the shop {rule}") for rule in rules]
    summary = replace(kit.summary(named), deploys=kit.deploys(10))
    assert len(page(summary).encode()) <= 60_000


def test_a_label_names_fewer_of_the_worst_days_if_there_is_no_room(kit: Kit) -> None:
    few = kit.summary([kit.route("/0", "ooopo" * 6)])
    (label,) = re.findall(r'aria-label="6 days Partial[^"]*"', page(few))[:1]
    assert label.count("75.00%") == 3
    many = [kit.route(f"/{n}", "ooopo" * 6, name="m" * 150) for n in range(50)]
    (label,) = set(re.findall(r'aria-label="6 days Partial[^"]*"', page(kit.summary(many))))
    assert label == 'aria-label="6 days Partial Outage, 24 days Fully Operational"'


@pytest.mark.parametrize("routes", [30, 80, 185, 500])
def test_the_worst_20_of_the_routes_that_fail_now_always_have_a_section(
    routes: int, kit: Kit
) -> None:
    failing = [
        kit.route(f"/{n}/<int:id>", "ooopo" * 6, now=Condition.MAJOR_OUTAGE, name="m" * 150)
        for n in range(routes)
    ]
    found, _ = kit.read(page(kit.summary(failing)))
    linked = [row.all("a") != [] for row in found.all("tbody")[0].all("tr")]
    assert linked[:20] == [True] * 20


def test_routes_that_failed_before_have_sections_on_a_page_of_94_routes(kit: Kit) -> None:
    failed = [kit.route(f"/bank/reports/{n}/<int:id>/", "ooopo" * 6) for n in range(24)]
    works = [kit.route(f"/bank/courses/{n}/<int:id>/", "o" * 30) for n in range(70)]
    found, _ = kit.read(page(kit.summary([*failed, *works])))
    linked = [row.all("a") != [] for row in found.all("tbody")[0].all("tr")]
    assert linked[:15] == [True] * 15


# The worst that 50 routes can do: failures in all of them, every day, and long names.
@pytest.mark.parametrize("letters", ["p" * 30, "ooopo" * 6, "m" * 90])
def test_the_page_stays_small_when_everything_fails(letters: str, kit: Kit) -> None:
    rules = [f"/area/{n}/of/the/shop/<int:id>" for n in range(50)]
    routes = [kit.route(rule, letters, name=f"A thing of the shop {rule}") for rule in rules]
    assert len(page(kit.summary(routes)).encode()) <= 60_000


def test_the_shell_stays_small(kit: Kit) -> None:
    whole = page(kit.summary([kit.route("/")]))
    marked = page(replace(kit.summary([kit.route("/")]), deploys=kit.deploys(3)))
    assert kit.read(marked)[0].one("script").text == kit.read(whole)[0].one("script").text
    shell = re.sub(r"<tbody.*?</tbody>", "", whole, flags=re.DOTALL)
    assert len(shell.encode()) <= 26 * 1024
    assert len(kit.read(whole)[0].one("script").text.encode()) <= 12_288


def page(summary: StatusSummary) -> str:
    return render(summary, options=PageOptions(max_routes=len(summary.routes)))


def test_the_style_stays_small(kit: Kit) -> None:
    assert len(kit.read(render(kit.mixed()))[0].one("style").text.encode()) <= 8192


def seconds(summary: StatusSummary) -> float:
    """The processor time for a page; the least of two attempts."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        page(summary)
        taken.append(time.process_time() - start)
    return min(taken)


def test_four_times_the_routes_take_about_four_times_as_long(kit: Kit) -> None:
    few, many = kit.many(500), kit.many(2000)
    assert seconds(many) < 8 * seconds(few)


def test_the_same_summary_gives_the_same_bytes(state: StatusSummary) -> None:
    assert render(state) == render(copy.deepcopy(state))


# Contrast, by the formula of WCAG 2.2


def luminance(color: tuple[float, ...]) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return sum(
        weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), channels, strict=True)
    )


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rgb(color: str) -> tuple[float, ...]:
    digits = color if len(color) == 6 else "".join(2 * digit for digit in color)
    return tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))


def tinted(color: tuple[float, ...], ground: tuple[float, ...], share: float) -> tuple[float, ...]:
    return tuple(share * c + (1 - share) * g for c, g in zip(color, ground, strict=True))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_graphics_stand_out_in_both_schemes(scheme: int, kit: Kit) -> None:
    style = kit.read(render(kit.mixed()))[0].one("style").text
    variables = [dict(re.findall(r"--([a-z]+):#([0-9a-f]{3,6})", part)) for part in palettes(style)]
    colors = {name: rgb(value) for name, value in variables[scheme].items()}
    assert set(colors) == {"bg", "ink", "dim", "line", "link", "o", "p", "m", "n"}
    for text in ("ink", "dim", "o", "p", "m", "link"):
        assert contrast(colors[text], colors["bg"]) >= 4.5, text
    assert contrast(colors["n"], colors["bg"]) >= 3
    for state in "opmn":  # the banner: its sign and its text on its tint
        (share,) = re.findall(r"color-mix\(in srgb,currentColor (\d+)%", style)
        ground = tinted(colors[state], colors["bg"], int(share) / 100)
        assert contrast(colors[state], ground) >= 3, state
        assert contrast(colors["ink"], ground) >= 4.5, state


def palettes(style: str) -> list[str]:
    return re.findall(r":root\{([^}]*)\}", style)
