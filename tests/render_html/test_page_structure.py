"""The page is one well-formed document that needs nothing but itself."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import LANGUAGES, StatusSummary
from flask_status_cli.render.html import render
from flask_status_cli.render.text.words import ENGLISH, Words

if TYPE_CHECKING:
    from tests.render_html.conftest import Element, Kit

# The roles that tables lose in browsers when their parts are laid out as cards.
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}

# Classes that the script gives, and those that only it asks for.
SCRIPTED = {"strip", "tip", "mark", "filtered"}
UNSTYLED = {"last", "rest"}

# Why a day has no data; the summaries of these tests know one reason.
REASONS = {"b", "u"}

REFERENCES = (
    "src",
    "href",
    "srcset",
    "action",
    "formaction",
    "data",
    "poster",
    "xlink:href",
    "ping",
)


@pytest.fixture(scope="module")
def pages() -> dict[int, Element]:
    """The pages that were read, by the identity of their summary."""
    return {}


@pytest.fixture
def page(state: StatusSummary, kit: Kit, pages: dict[int, Element]) -> Element:
    """The page of each summary. It is read once: no test changes it."""
    if id(state) not in pages:
        root, complaints = kit.read(render(state))
        assert complaints == []
        pages[id(state)] = root
    return pages[id(state)]


def test_every_tag_is_closed_in_order(page: Element) -> None:
    assert [child.tag for child in page.children if not isinstance(child, str)] == ["html"]


def test_there_is_one_of_each_landmark(page: Element) -> None:
    for tag in ("title", "header", "main", "footer", "h1"):
        assert len(page.all(tag)) == 1, tag


def test_headings_skip_no_level(page: Element) -> None:
    levels = [int(each.tag[1]) for each in page.walk() if re.fullmatch("h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_fragment_has_its_target(page: Element) -> None:
    ids = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    pointers = [each.attributes.get("href", "") for each in page.all("a")]
    assert all(pointer.startswith("#") for pointer in pointers)
    labels = {
        each.attributes["aria-labelledby"]
        for each in page.walk()
        if "aria-labelledby" in each.attributes
    }
    assert {pointer.removeprefix("#") for pointer in pointers} | labels <= set(ids)


def test_the_charset_comes_first_and_the_policy_second(page: Element) -> None:
    charset, policy = page.one("head").all()[:2]
    assert charset.attributes == {"charset": "utf-8"}
    assert policy.attributes["http-equiv"] == "Content-Security-Policy"
    assert policy.attributes["content"].split("; ") == [
        "default-src 'none'",
        f"style-src '{digest(page.one('style'))}'",
        f"script-src '{digest(page.one('script'))}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


def digest(element: Element) -> str:
    (text,) = element.children
    assert isinstance(text, str)
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("robots", "noindex,nofollow"),
        ("referrer", "no-referrer"),
        ("color-scheme", "light dark"),
        ("viewport", "width=device-width, initial-scale=1"),
    ],
)
def test_the_head_asks_for_privacy_and_both_schemes(page: Element, name: str, content: str) -> None:
    metas = {
        meta.attributes["name"]: meta.attributes["content"]
        for meta in page.all("meta")
        if "name" in meta.attributes
    }
    assert metas[name] == content
    assert page.one("html").attributes["lang"] == "en"


def test_nothing_is_fetched(page: Element) -> None:
    references = [
        each.attributes[name]
        for each in page.walk()
        for name in REFERENCES
        if name in each.attributes
    ]
    assert all(reference.startswith(("#", "data:image/svg+xml,")) for reference in references)
    style = page.one("style").text
    assert "url(" not in style
    assert "@import" not in style


def test_there_is_one_script_at_the_end_and_no_handler_or_style_attribute(page: Element) -> None:
    assert page.one("body").all()[-1] is page.one("script")
    names = {name for each in page.walk() for name in each.attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}


def test_tables_keep_their_roles_when_they_are_shown_as_cards(page: Element) -> None:
    (routes,) = (each for each in page.all("section") if each.attributes.get("id") == "routes")
    for each in routes.walk():
        if each.tag in ROLES:
            assert each.attributes["role"] == ROLES[each.tag]
        if each.tag == "th":
            # The role of the header of a row says what a scope would.
            role = "columnheader" if each.attributes.get("scope") == "col" else "rowheader"
            assert each.attributes["role"] == role
    for table in routes.all("table"):
        assert len(table.all("caption")) == 1
        assert {len(row.all("th") + row.all("td")) for row in table.all("tr")} == {6}


def test_every_drawing_is_named_or_hidden(page: Element) -> None:
    for drawing in page.all("svg"):
        if drawing.attributes.get("role") == "img":
            assert drawing.attributes["aria-label"]
        else:
            assert drawing.attributes["aria-hidden"] == "true"


def test_the_style_has_no_dead_rule_and_the_page_no_dead_class(kit: Kit) -> None:
    pages = [kit.read(render(make()))[0] for make in kit.states.values()]
    used = {
        css
        for page in pages
        for each in page.walk()
        for css in each.attributes.get("class", "").split()
    }
    style = " ".join(page.one("style").text for page in pages)
    selectors = re.sub(r"\{[^{}]*\}|/\*.*?\*/", " ", style, flags=re.DOTALL)
    assert (
        used | SCRIPTED | REASONS | UNSTYLED == set(re.findall(r"\.([a-z]+)", selectors)) | UNSTYLED
    )


def test_the_first_stop_of_the_keyboard_leads_to_the_routes(page: Element) -> None:
    first = page.one("body").all()[0]
    assert (first.tag, first.attributes) == ("a", {"class": "skip", "href": "#routes"})
    assert "routes" in [each.attributes.get("id") for each in page.all("section")]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_page_names_its_language(tag: str, state: StatusSummary, kit: Kit) -> None:
    root, complaints = kit.read(render(state, Words.of(tag)))
    assert not complaints
    assert root.one("html").attributes["lang"] == tag


def test_a_spanish_page_says_nothing_in_english(kit: Kit) -> None:
    root, _ = kit.read(render(kit.summary(kit.mixed().routes), Words.of("es")))
    labels = [each.attributes.get("aria-label", "") for each in root.walk()]
    parts = [root.one(tag).text for tag in ("title", "header", "main", "footer")]
    shown = " ".join([*parts, *labels])
    spanish = " ".join(Words.of("es").language.phrases.values())
    for phrase in ENGLISH.language.phrases.values():
        for part in re.split(r"\{[^}]*\}|[,.:;]", phrase):
            words = part.strip()
            if len(words) > 5 and words not in spanish:
                assert not re.search(rf"\b{re.escape(words)}\b", shown)


def test_a_number_on_a_spanish_page_is_never_broken(kit: Kit) -> None:
    loud = replace(kit.mixed(), data=replace(kit.mixed().data, refused=1_234_567))
    page = render(loud, Words.of("es"))
    assert "1\u202f234\u202f567 líneas no se entendieron" in page
