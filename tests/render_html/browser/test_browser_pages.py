"""Whatever the page shows, in both schemes, wide and narrow: quiet, whole, and open to everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from flask_status_cli.model import Condition, StatusSummary
from flask_status_cli.render.html import render
from flask_status_cli.render.text.words import Words

if TYPE_CHECKING:
    from tests.render_html.browser.conftest import Open
    from tests.render_html.conftest import Kit

LONG = "/a-very-long-path-without-any-place-to-break-it/" + "x" * 150
WIDTHS = (1280, 320)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
MARKUP = ["<script>canary=1</script>", '"><img src=x onerror=canary=1>', LONG, "/\u202egnp.exe"]


def all_major(kit: Kit) -> StatusSummary:
    routes = [kit.route(f"/{n}", "m" * 30, now=Condition.MAJOR_OUTAGE) for n in range(12)]
    return kit.summary(routes)


def all_silent(kit: Kit) -> StatusSummary:
    return kit.summary([kit.route(f"/{n}", "n" * 30, now=Condition.NO_DATA) for n in range(12)])


def hostile(kit: Kit) -> StatusSummary:
    routes = [kit.route(text, "op" * 15, name=text, label=text, doc=text) for text in MARKUP]
    deploys = [
        kit.deploys(1, version=text, label=text, note=text, number=number)[0]
        for number, text in enumerate(MARKUP)
    ]
    return replace(kit.summary(routes), deploys=tuple(deploys))


PAGES: dict[str, Callable[[Kit], str]] = {
    "50 routes": lambda kit: render(kit.many(50)),
    "hostile": lambda kit: render(hostile(kit)),
    "empty": lambda kit: render(kit.summary([])),
    "all major": lambda kit: render(all_major(kit)),
    "all no data": lambda kit: render(all_silent(kit)),
    "90 days": lambda kit: render(kit.states["90 days"]()),
    "one day": lambda kit: render(kit.states["today only"]()),
    "incidents": lambda kit: render(kit.troubled()),
    "groups": lambda kit: render(kit.states["groups"]()),
    "deploys": lambda kit: render(kit.deployed()),
    "Spanish": lambda kit: render(kit.troubled(), Words.of("es")),
}


OF_THEIR_OWN = ("incidents", "groups", "deploys")
"""Pages with elements that no other page has."""


def schemes(name: str, width: int) -> tuple[Scheme, ...]:
    """The schemes in which a page is searched at a width: other pages have the same elements in the others.

    A search takes a second, whatever the page shows.
    """
    if name in OF_THEIR_OWN:
        return SCHEMES
    return (SCHEMES[(list(PAGES).index(name) + WIDTHS.index(width)) % 2],)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_whole_and_accessible(name: str, kit: Kit, visit: Open) -> None:
    """Opened once: its script asks for no width and no scheme while it loads."""
    opened = visit(PAGES[name](kit))
    assert opened.requests == [opened.address]
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 800})
        assert opened.overflow() <= 0, width
    opened.open_all()
    strips = opened.page.locator(".strip")
    if strips.count():
        strips.first.focus()  # its tip is part of the page then
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 800})
        for scheme in schemes(name, width):
            opened.page.emulate_media(color_scheme=scheme)
            assert opened.broken() == [], (width, scheme)
        assert opened.overflow() <= 0, width
        opened.enlarge("200%")
        assert opened.overflow() <= 0, f"{width}, large"
        opened.enlarge("")
    assert opened.console == []


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_every_fragment_leads_somewhere(
    name: str, kit: Kit, visit: Open
) -> None:
    page = visit(PAGES[name](kit)).page
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    targets = page.evaluate("[...document.querySelectorAll('a')].map((each) => each.hash.slice(1))")
    assert set(targets) <= set(ids)
    assert page.locator("h1").count() == page.locator("main").count() == 1


def test_a_link_opens_the_section_that_it_leads_to_even_without_the_script(
    kit: Kit, visit: Open
) -> None:
    for script in (True, False):
        page = visit(render(kit.mixed()), script=script).page
        page.locator("tbody th a").nth(1).click()
        assert page.locator("details[open]").count() == 1
        assert page.locator("details[open] summary").is_visible()


@pytest.mark.parametrize("width", [930, 1000, 1280])
def test_rules_have_room_and_headings_stay_whole(width: int, kit: Kit, visit: Open) -> None:
    page = visit(PAGES["Spanish"](kit), width=width).page
    sizes = "all => all.map((each) => [each.offsetWidth, each.offsetHeight])"
    rules = page.locator("tbody th").evaluate_all(sizes)
    assert min(each for each, _ in rules) >= 150
    if width >= 1000:  # else a row is a card, and its headings have two lines
        (height,) = {each for _, each in page.locator("thead th").evaluate_all(sizes)}
        assert height < 48  # two lines


# Squares survive where backgrounds do not: on paper, and where the reader's colors are forced.


@pytest.mark.parametrize("media", [{"media": "print"}, {"forced_colors": "active"}, {}])
def test_squares_are_drawn_on_paper_and_in_forced_colors(
    media: dict[str, str], kit: Kit, visit: Open
) -> None:
    pytest.importorskip("PIL", reason="Pillow counts the pixels")
    import io

    from PIL import Image

    letters = "o" * 10 + "p" * 10 + "m" * 10
    page = visit(render(kit.summary([kit.route("/", letters)])), media=media).page
    picture = page.locator("td svg").first.screenshot()
    image = Image.open(io.BytesIO(picture)).convert("L")
    width, height = image.size
    ground = image.getpixel((width - 1, 0)), image.getpixel((2, 0))
    thirds = [
        sum(
            image.getpixel((x, y)) not in ground
            for x in range(width * part // 3, width * (part + 1) // 3)
            for y in range(height)
        )
        for part in range(3)
    ]
    # of ten days each: full height, its lower half, taller; a day is four fifths of its place
    area = width / 3 * height
    shares = [round(drawn / area, 1) for drawn in thirds]
    assert shares == pytest.approx([0.6, 0.3, 0.8], abs=0.11)


def test_a_path_from_right_to_left_leaves_the_figures_behind_it_in_order(
    kit: Kit, visit: Open
) -> None:
    made = kit.troubled()
    routes = [kit.route("/blog/خرید", "p" * 30), kit.route("/ok", "p" * 30)]
    incident = kit.incident("0000000a", made.incidents[0].start, None, routes)
    page = visit(render(replace(kit.summary(routes), incidents=(incident,)))).page
    # the figures "9 of 10 failed" begin behind the path
    path, figures = page.locator("article li").first.evaluate("""item => {
        const figures = document.createRange();
        figures.selectNodeContents(item.lastChild);
        const box = element => element.getBoundingClientRect();
        return [box(item.querySelector("code")).right, box(figures).left];
    }""")
    assert figures >= path


def test_closed_details_are_printed_open(kit: Kit, visit: Open) -> None:
    opened = visit(render(kit.troubled()))
    days = opened.page.locator(".details .hours").first
    shown = "list => list.checkVisibility({contentVisibilityAuto: true})"
    assert not days.evaluate(shown)
    opened.page.emulate_media(media="print")
    assert days.evaluate(shown)


@pytest.mark.parametrize(("sheet", "points"), [("A4", 842), ("Letter", 792)])
def test_a_sheet_keeps_the_table(sheet: str, points: int, kit: Kit, visit: Open) -> None:
    """The sheet lies on its side, and the table has its columns at the width between its margins."""
    html = render(kit.many(50))
    page = visit(html).page
    printed = page.pdf(format=sheet, prefer_css_page_size=True)
    assert re.findall(rb"/MediaBox ?\[0 0 (\d+)", printed)[0] == b"%d" % points
    (margin,) = re.findall(r"@page ?{[^}]*margin: ?(\d+)mm", html)
    page.emulate_media(media="print")
    width = int(points / 72 * 96 - 2 * int(margin) / 25.4 * 96)
    page.set_viewport_size({"width": width, "height": 720})
    assert (
        page.locator("#routes tr").first.evaluate("row => getComputedStyle(row).display")
        == "table-row"
    )


def test_print_shows_no_controls(kit: Kit, visit: Open) -> None:
    page = visit(render(kit.many(50)), media={"media": "print"}).page
    assert not page.locator(".controls").is_visible()
    assert page.locator("#routes tbody tr").last.is_visible()


def test_nothing_jumps_while_it_loads(kit: Kit, visit: Open) -> None:
    page = visit(render(kit.many(500))).page
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift <= 0.02


def test_no_style_or_handler_was_blocked_because_there_is_none(kit: Kit, visit: Open) -> None:
    html = render(kit.troubled())
    assert not re.search(r"<[^>]* (on\w+|style)=", html.split("<body>")[1].split("<script>")[0])
    assert visit(html).console == []
