"""What the script adds: filter, sort, a link that shows the same, days by pointer and keyboard, times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition
from flask_status_cli.render.html import PageOptions, render

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.render_html.browser.conftest import Open
    from tests.render_html.conftest import Kit

NOW = datetime(2026, 11, 23, 14, 6, tzinfo=UTC)


@pytest.fixture
def shop(kit: Kit, visit: Open) -> Page:
    """Four routes and what was unmatched, worst first."""
    made = [
        kit.route("/pay", "o" * 28 + "pm", now=Condition.MAJOR_OUTAGE, name="Pay"),
        kit.route("/search", "p" * 30, now=Condition.PARTIAL_OUTAGE, availability="75.00%"),
        kit.route("/", availability="100%"),
        kit.route("/quiet", "n" * 30, now=Condition.NO_DATA),
        kit.route(UNMATCHED),
    ]
    return visit(render(kit.summary(made))).page


def rules(page: Page) -> list[str]:
    return page.locator("#routes tbody tr:visible code").all_text_contents()


def address(page: Page) -> str:
    return page.url.partition(".html")[2]


ALL = ["/pay", "/search", "/", "/quiet", UNMATCHED]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("search", ["/search"]),
        ("PAY", ["/pay"]),  # the name, in any case
        ("pa ay", ["/pay"]),  # every word
        ("nothing", []),
        ("unm", [UNMATCHED]),
        ("  ", ALL),
        ("(", []),  # never a pattern
    ],
)
def test_the_filter_leaves_routes_that_hold_every_word(
    typed: str, shown: list[str], shop: Page
) -> None:
    shop.fill("[type=search]", typed)
    assert rules(shop) == shown
    if typed.strip():
        known = len([rule for rule in shown if rule != UNMATCHED])
        assert shop.locator("output").inner_text() == f"{known} of 4 routes"


def test_states_and_failures_are_chosen_by_ticking(shop: Page) -> None:
    labels = [text.split() for text in shop.locator("fieldset label").all_inner_texts()]
    assert labels == [
        ["✕", "Major", "Outage", "1"],
        ["▲", "Partial", "Outage", "1"],
        ["✓", "Fully", "Operational", "1"],
        ["–", "No", "Data", "1"],
    ]
    shop.check("[name=state][value=m]")
    shop.check("[name=state][value=n]")
    assert rules(shop) == ["/pay", "/quiet"]
    shop.check("[name=failures]")
    assert rules(shop) == ["/pay"]
    assert address(shop) == "#state=mn&failures=1"


@pytest.mark.parametrize(
    ("column", "once", "twice"),
    [
        (0, ["/", "/pay", "/quiet", "/search"], ["/search", "/quiet", "/pay", "/"]),
        (2, ["/search", "/pay", "/", "/quiet"], ["/quiet", "/", "/pay", "/search"]),
        (4, ["/search", "/pay", "/", "/quiet"], ["/", "/quiet", "/pay", "/search"]),
    ],
)
def test_a_heading_sorts_and_sorts_the_other_way_round(
    column: int, once: list[str], twice: list[str], shop: Page
) -> None:
    heading = shop.locator("thead th").nth(column)
    heading.locator("button").click()
    assert rules(shop) == [*once, UNMATCHED]
    first = heading.get_attribute("aria-sort")
    heading.locator("button").click()
    assert rules(shop) == [*twice, UNMATCHED]
    assert {first, heading.get_attribute("aria-sort")} == {"ascending", "descending"}
    assert shop.locator("[aria-sort]").count() == 1


def test_a_link_shows_the_same_rows(shop: Page) -> None:
    shop.fill("[type=search]", "a")
    shop.select_option("select", "route")
    assert address(shop) == "#q=a&sort=route"
    before = rules(shop)
    shop.reload()
    assert rules(shop) == before == ["/pay", "/search", UNMATCHED]
    assert shop.input_value("[type=search]") == "a"
    assert shop.input_value("select") == "route"


@pytest.mark.parametrize(
    "fragment",
    ["#q=%3Cimg%20src=x%20onerror=canary=1%3E&sort=%3Cb%3E", "#sort=__proto__-", "#=&&&="],
)
def test_an_address_that_somebody_made_up_does_no_harm(
    fragment: str, kit: Kit, visit: Open
) -> None:
    opened = visit(render(kit.mixed()))
    opened.page.goto(opened.address + fragment)
    opened.page.reload()
    assert opened.page.evaluate("typeof canary") == "undefined"
    assert opened.console == []


def test_groups_are_shown_in_the_order_of_the_page_only(kit: Kit, visit: Open) -> None:
    page = visit(render(kit.states["groups"]())).page
    groups = page.locator("tr.group:visible")
    assert groups.count() == 2
    page.select_option("select", "availability")
    assert groups.count() == 0
    page.select_option("select", "now")
    assert groups.count() == 2
    page.fill("[type=search]", "cart")
    assert rules(page) == ["/shop/cart"]
    assert page.locator("output").inner_text() == "1 of 3 routes"


# Strips


def tip(page: Page) -> list[str]:
    return page.locator(".tip").inner_text().split("\n")


def test_arrows_go_from_day_to_day_and_from_route_to_route(shop: Page) -> None:
    strips = shop.locator("#routes .strip")
    strips.first.focus()
    assert tip(shop) == ["2026-11-23", "✕ Major Outage", "Availability 3.00%", "Failures 97"]
    shop.keyboard.press("ArrowLeft")
    assert tip(shop) == ["2026-11-22", "▲ Partial Outage", "Availability 75.00%", "Failures 500"]
    assert strips.first.get_attribute("aria-valuetext") == ", ".join(tip(shop))
    shop.keyboard.press("ArrowDown")
    assert strips.nth(1).evaluate("(strip) => strip === document.activeElement")
    assert tip(shop)[0] == "2026-11-22"
    shop.keyboard.press("Home")
    assert tip(shop)[0] == "2026-10-25"
    shop.keyboard.press("ArrowLeft")  # there is none before the first
    assert tip(shop)[0] == "2026-10-25"
    shop.keyboard.press("End")
    assert tip(shop)[0] == "2026-11-23"
    shop.keyboard.press("ArrowDown")
    assert tip(shop) == ["2026-11-23", "✓ Fully Operational", "Availability 100%"]
    shop.keyboard.press("ArrowDown")
    assert tip(shop) == ["2026-11-23", "– No Data: no traffic"]
    shop.keyboard.press("Escape")
    assert not shop.locator(".tip").is_visible()


def test_down_passes_over_rows_that_are_filtered_out(shop: Page) -> None:
    shop.check("[name=state][value=m]")
    shop.check("[name=state][value=n]")
    shop.locator("#routes .strip").first.focus()
    shop.keyboard.press("ArrowDown")
    focused = shop.evaluate("document.activeElement.closest('tr').cells[0].textContent")
    assert focused == "/quiet"


def test_enter_opens_the_day(shop: Page) -> None:
    shop.locator("#routes .strip").first.focus()
    shop.keyboard.press("ArrowLeft")
    shop.keyboard.press("Enter")
    shop.wait_for_function("document.querySelector('li:target')")
    assert shop.locator("li:target time").inner_text() == "2026-11-22"
    assert shop.locator("li:target").is_visible()


def test_hours_and_minutes_have_tips_too(kit: Kit, visit: Open) -> None:
    opened = visit(render(kit.troubled()))
    opened.open_all()
    hours = opened.page.locator("[data-step='60'] .strip").first
    hours.focus()
    for _ in range(13):
        opened.page.keyboard.press("ArrowLeft")
    assert tip(opened.page) == [
        "2026-11-23 10:00",
        "▲ Partial Outage",
        "Availability 75.00%",
        "Failures 500",
    ]
    opened.page.locator("[data-step='1'] .strip").focus()
    opened.page.keyboard.press("Home")
    assert tip(opened.page)[:2] == ["2026-11-23 11:06", "✕ Major Outage"]
    for _ in range(3):
        opened.page.keyboard.press("ArrowRight")
    assert tip(opened.page) == ["2026-11-23 11:09"]  # nothing is known of this minute
    assert opened.console == []


def test_tips_of_a_long_incident_say_from_when_to_when(kit: Kit, visit: Open) -> None:
    made = kit.troubled()
    minutes = kit.minutes(made.incidents[0].start, "mmmmm" + "o" * 145)
    details = tuple(
        replace(each, minutes=minutes) if each.rule == "/checkout" else each
        for each in made.details
    )
    opened = visit(render(replace(made, details=details)), width=320)
    opened.open_all()
    strip = opened.page.locator("[data-step='5'] .strip")
    strip.focus()
    assert tip(opened.page)[0] == "2026-11-23 13:31 – 13:36"
    opened.page.keyboard.press("Home")
    assert tip(opened.page) == [
        "2026-11-23 11:06 – 11:11", "✕ Major Outage", "Availability 3.00%", "Failures 485"
    ]  # fmt: skip
    box = strip.bounding_box()
    assert box is not None
    assert box["width"] / 60 >= 3


def test_tips_name_the_deploys_of_a_day_an_hour_and_a_minute(kit: Kit, visit: Open) -> None:
    opened = visit(render(kit.deployed()))
    opened.open_all()
    page = opened.page
    said = "Deployed: v1.2 (11:04), v1.2.1 (11:09)"
    days = page.locator("td .strip").first
    days.focus()
    assert tip(page) == [
        "2026-11-23", "▲ Partial Outage", "Availability 75.00%", "Failures 500", said
    ]  # fmt: skip
    assert (days.get_attribute("aria-valuetext") or "").endswith(f", {said}")
    page.keyboard.press("ArrowLeft")
    assert len(tip(page)) == 4
    page.locator("[data-step='60'] .strip").first.focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    assert tip(page) == ["2026-11-23 11:00", "– No Data: no traffic", said]
    page.locator("[data-step='1'] .strip").focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert tip(page) == ["2026-11-23 11:09", "Deployed: v1.2.1 (11:09)"]
    assert opened.console == []


@pytest.mark.parametrize("media", [{"media": "print"}, {"forced_colors": "active"}, {}])
def test_marks_are_drawn_on_paper_and_in_forced_colors(
    media: dict[str, str], kit: Kit, visit: Open
) -> None:
    pytest.importorskip("PIL", reason="Pillow counts the pixels")
    import io

    from PIL import Image

    page = visit(render(kit.deployed()), media=media).page
    image = Image.open(io.BytesIO(page.locator("td svg").first.screenshot())).convert("L")
    width, height = image.size
    contrasts = []
    for day in (28, 29):
        box = (width * day // 30, height * 23 // 24 - 1, width * (day + 1) // 30, height * 23 // 24)
        dark, light = image.crop(box).getextrema()
        contrasts.append(int(str(light)) - int(str(dark)) > 100)
    # A triangle stands below the newest day, and nothing below the one before it.
    assert contrasts == [False, True]


def test_tips_have_no_figures_that_did_not_fit_on_the_page(kit: Kit, visit: Open) -> None:
    routes = [kit.route(f"/{n}", "o" * 29 + "p") for n in range(300)]
    small = [
        kit.route("/small", "o" * 30, days=tuple(
            type(day)(day.date, day.condition, None, type(day.counts)(999, 1), "99.90%")
            for day in kit.days("o" * 30)
        ), counts=type(routes[0].counts)(29_970, 30))
    ]  # fmt: skip
    page = visit(
        render(kit.summary([*small, *[kit.route(f"/{n:0180}", "p" * 30) for n in range(50)]]))
    ).page
    page.locator("#routes .strip").first.focus()
    assert tip(page) == ["2026-11-23", "✓ Fully Operational"]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_tip_stays_within_the_window(width: int, kit: Kit, visit: Open) -> None:
    opened = visit(render(kit.many(50)), width=width)
    for strip in opened.page.locator("#routes .strip").all()[:8:3]:
        for key in ("Home", "End"):
            strip.focus()
            opened.page.keyboard.press(key)
            box = opened.page.locator(".tip").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert 0 <= box["y"] <= 800 - box["height"]


def test_the_pointer_shows_a_day_and_may_rest_on_its_tip(shop: Page) -> None:
    box = shop.locator("#routes .strip svg").first.bounding_box()
    assert box is not None
    day = box["width"] / 30
    shop.mouse.move(box["x"] + 28.5 * day, box["y"] + 15)
    assert tip(shop)[0] == "2026-11-22"
    over = shop.locator(".tip").bounding_box()
    assert over is not None
    shop.mouse.move(over["x"] + 5, over["y"] + over["height"] - 3, steps=4)
    shop.wait_for_timeout(300)
    assert shop.locator(".tip").is_visible()
    shop.mouse.move(5, 5)
    shop.locator(".tip").wait_for(state="hidden")


def test_every_stop_of_the_keyboard_is_seen_and_a_strip_is_one(kit: Kit, visit: Open) -> None:
    page = visit(render(kit.mixed())).page
    stops = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const element = document.activeElement;
              if (element === document.body) return null;
              const box = element.getBoundingClientRect();
              const style = getComputedStyle(element);
              return {
                name: element.className || element.id || element.tagName,
                ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
              };
            }"""
        )
        if stop is None:
            break
        stops.append(stop)
    assert all(stop["ring"] and stop["inside"] for stop in stops), stops
    assert stops[0]["name"] == "skip"
    assert [stop["name"] for stop in stops].count("strip") == page.locator("#routes .strip").count()
    assert len(stops) < 200


# Time


def test_times_can_be_read_in_the_readers_zone(kit: Kit, visit: Open) -> None:
    page = visit(render(kit.mixed())).page
    generated = page.locator("#generated")
    assert generated.inner_text() == "2026-11-23 14:06 UTC"
    page.click("#local")
    assert generated.inner_text() == "2026-11-23 10:36 -03:30"  # St John's
    page.click("#local")
    assert generated.inner_text() == "2026-11-23 14:06 UTC"


@pytest.mark.parametrize(
    ("after", "notice"),
    [
        (timedelta(minutes=1), None),
        (timedelta(minutes=14, seconds=59), None),
        (timedelta(minutes=16), "16 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_a_page_says_when_it_has_grown_old(
    after: timedelta, notice: str | None, kit: Kit, visit: Open
) -> None:
    opened = visit(render(kit.mixed()))
    opened.page.clock.install(time=NOW + after)
    opened.page.reload()
    aged = opened.page.locator("#aged")
    assert aged.is_visible() == (notice is not None)
    if notice:
        assert aged.inner_text() == f"This page was made {notice}. Things may have changed since."


def test_a_page_grows_old_while_it_is_open(kit: Kit, visit: Open) -> None:
    page = visit(render(kit.states["incidents"]())).page
    page.clock.install(time=NOW)
    page.reload()
    assert not page.locator("#aged").is_visible()
    fresh = (page.title(), page.locator(".banner").inner_text())
    assert page.locator("i[data-on]").first.inner_text() == "ongoing"
    page.clock.fast_forward("20:00")
    assert page.locator("#aged").is_visible()
    # the verdict is told as of then, in grey, and no incident is said to go on
    past = "As of 23 Nov 2026 14:06, 20 minutes ago:"
    assert page.title() == f"{past} {fresh[0]}"
    assert page.locator(".banner").inner_text() == f"{past} {fresh[1]}"
    assert page.locator(".banner").get_attribute("class") == "banner n"
    assert page.locator("i[data-on]").first.inner_text() == "Last known open"


# Speed: the limits of the page, threefold, since a machine that runs tests is busy


@pytest.mark.parametrize(("routes", "limit"), [(50, 0.3), (500, 0.6)])
def test_it_loads_filters_and_sorts_quickly(
    routes: int, limit: float, kit: Kit, visit: Open
) -> None:
    page = visit(render(kit.many(routes), options=PageOptions(max_routes=routes))).page
    loads = []
    for _ in range(3):
        page.reload()
        loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    assert min(loads) / 1000 <= 3 * limit
    taken = page.evaluate(
        """() => {
          const search = document.querySelector("[type=search]");
          const start = performance.now();
          search.value = "thing1";
          search.dispatchEvent(new Event("input", { bubbles: true }));
          document.body.offsetHeight;
          const filtered = performance.now();
          document.querySelectorAll("thead button")[4].click();
          document.body.offsetHeight;
          return [filtered - start, performance.now() - filtered];
        }"""
    )
    assert max(taken) / 1000 <= 3 * 0.2
    assert re.fullmatch(r"\d+ of \d+ routes", page.locator("output").inner_text())


def test_a_filter_opens_the_closed_section(kit: Kit, visit: Open) -> None:
    made = [kit.route(f"/p{n}", shown=n < 2) for n in range(5)]
    page = visit(render(kit.summary(made))).page
    assert rules(page) == ["/p0", "/p1"]
    page.fill("[type=search]", "/p4")
    assert rules(page) == ["/p4"]
    page.fill("[type=search]", "")
    assert rules(page) == ["/p0", "/p1", "/p2", "/p3", "/p4"]
