"""Whatever a log, a docstring or a configuration holds, it is text on the page and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.model import StatusSummary
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html import page as page_module
from flask_status_cli.render.html import render

if TYPE_CHECKING:
    from tests.render_html.conftest import Element, Kit

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "</title><script>alert(1)</script>",
    "</svg></td></table>",
    "]]>",
    "<![CDATA[",
    "<!--<script>",
    "-->",
    "javascript:alert(1)",
    "//evil.example/x",
    "<base href=//evil.example>",
    "user\u202etxt.exe",
    "\u2066\u200b\ufeff\u00ad",
    "nul\x00byte",
    "\x1b[31mred\x1b]0;title\x07",
    "line\u2028separator\u2029paragraph\x85next",
    "caf\udce9 \ud83d alone",
    "{{7*7}}",
    "{% include 'style.css' %}",
    "{#",
    "$&",
    "\\1",
    "%3Cimg src=x onerror=alert(1)%3E",
    "%253Cscript%253E",
    "&lt;b&gt; &#60;i&#62; &amp;",
    "<?php echo 1 ?>",
    "x" * 8192,
    "<x>" * 100,
    "e" + "\u0301" * 300,
]


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

SECTION = re.compile(r"\br[0-9a-f]{6,}\b")


def pushed(kit: Kit, text: str) -> StatusSummary:
    """A summary with `text` wherever text comes from outside."""
    route = kit.route(text, "op" * 15, name=text, label=text, doc=text)
    summary = kit.summary([route, kit.route("/" + text)])
    deploys = kit.deploys(1, version=text, label=text, note=text)
    incident = kit.incident("0000000a", NOON, NOON, [route], deploy=deploys[0].deploy)
    near = (replace(deploys[0], incidents=("0000000a",)),)
    return replace(summary, timezone=text, deploys=near, incidents=(incident,))


def skeleton(root: Element) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The page without its text: every element with every attribute, in order.

    The ids of sections are hashes of what they are about, and tips have texts.
    """
    return [
        (
            each.tag,
            tuple(
                (name, SECTION.sub("r", v))
                for name, v in each.attributes.items()
                if name != "data-tips"
            ),
        )
        for each in root.walk()
    ]


def complaints(page: str, kit: Kit) -> list[str]:
    """What on the page is not ours: it must be the skeleton of the same page about a harmless text."""
    harmless = render(pushed(kit, "harmless"))
    page = page.replace("<wbr>", "")  # before the slashes of a rule
    ours, _ = kit.read(harmless)
    root, wrong = kit.read(page)
    wrong.extend(
        f"{mark} is not ours" for mark in "<>\"'" if page.count(mark) != harmless.count(mark)
    )
    if skeleton(root) != skeleton(ours):
        wrong.append("an element or an attribute that is not ours")
    if "<?" in page:
        wrong.append("<?")
    # our own, before the sign of a percentage, around that of "404 × 12", and in "3 d 4 h"
    shown = re.sub(
        r"(?<=\d)\u202f(?=%|(?:d|h|min)\b)|(?<=\d\u202f[dh])\u202f(?=\d)|(?<=\d)\u202f×\u202f(?=\d)",
        "",
        page,
    )
    wrong.extend(f"{character!r} is shown" for character in sorted(set(shown)) if hidden(character))
    return wrong


def hidden(character: str) -> bool:
    return character != "\n" and not character.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(text: str, kit: Kit) -> None:
    page = render(pushed(kit, text))
    assert complaints(page, kit) == []
    root, _ = kit.read(page)
    shown = printable(text)
    assert root.one("tbody").all("code")[0].text == shown.strip()
    assert root.one("tbody").all("b")[0].text == shown.strip()
    assert root.one("tbody").all("small")[0].text == shown.strip()
    assert root.one("tbody").all("p")[0].text == shown.strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_can_be_written_as_utf_8(text: str, kit: Kit) -> None:
    page = render(pushed(kit, text))
    assert page.encode("utf-8").decode("utf-8") == page


@given(text=st.text(st.characters(exclude_categories=()), min_size=1).filter(str.strip))
def test_no_text_makes_an_element_or_an_attribute(text: str, kit: Kit) -> None:
    assert complaints(render(pushed(kit, text)), kit) == []


@given(
    text=st.lists(
        st.sampled_from(
            ["<", ">", "</", "/>", '"', "'", "=", " ", "&", "<!--", "{{", "}}", "svg", "on"]
        ),
        min_size=1,
    ).map("".join)
)
def test_no_markup_makes_an_element_or_an_attribute(text: str, kit: Kit) -> None:
    if text.strip():
        assert complaints(render(pushed(kit, text)), kit) == []


def test_a_long_text_is_cut(kit: Kit) -> None:
    root, _ = kit.read(render(pushed(kit, "x" * 8192)))
    assert max(len(each.text) for tag in ("b", "code", "small") for each in root.all(tag)) == 200


def test_ten_thousand_distinct_paths_make_one_row_of_those_beyond_the_limit(kit: Kit) -> None:
    page = render(kit.many(10_000))
    assert len(page.encode()) < 450_000
    assert "9,500 more routes" in page


def test_the_zone_is_data_too(kit: Kit) -> None:
    summary = kit.summary([kit.route("/")])
    assert "time zone UTC" in kit.read(render(summary))[0].one("ul", "facts").text
    strange = kit.read(render(replace(summary, timezone="<script>")))[0]
    assert strange.one("ul", "facts").all("li")[0].text.endswith("time zone <script>")


@pytest.mark.parametrize("key", [None, "local"])
def test_a_zone_without_a_name_is_a_zone(key: str | None, kit: Kit) -> None:
    with (files("tzdata") / "zoneinfo/Asia/Kolkata").open("rb") as rules:
        zone = ZoneInfo.from_file(rules, key=key)
    summary = replace(kit.summary([kit.route("/")]), zone=zone, timezone="local (UTC+05:30)")
    facts = kit.read(render(summary))[0].one("ul", "facts").text
    assert "time zone local (UTC+05:30)" in facts
    assert "Data until 2026-11-23 19:34 +05:30" in facts


# The tests above can fail

ACTIVE = [text for text in HOSTILE if "<" in text and "%3" not in text and "lt;" not in text]


@pytest.mark.parametrize("text", ACTIVE)
def test_without_the_escaper_the_checks_above_fail(
    text: str, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = kit.read(render(pushed(kit, "harmless")))
    bare = page_module.environment().overlay(autoescape=False)
    monkeypatch.setattr(page_module, "environment", lambda: bare)
    assert kit.read(render(pushed(kit, "harmless"))) == reference
    assert complaints(render(pushed(kit, text)), kit) != []
