"""What the owner chooses: a color that can be read whatever it is, a logo, a foot; all of it text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.errors import OptionError
from flask_status_cli.render.html import PageOptions, accent, logo, render

if TYPE_CHECKING:
    from tests.render_html.conftest import Kit

PNG = b"\x89PNG\r\n\x1a\n"


def luminance(color: str) -> float:
    """By the definition of relative luminance in WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@given(st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"))
def test_any_color_can_be_read_on_both_grounds(color: str) -> None:
    shades = accent(color)
    assert contrast(shades.light, "#ffffff") >= 4.5
    assert contrast(shades.dark, "#0d1117") >= 4.5
    if contrast(color, "#ffffff") >= 4.5:
        assert shades.light == color
    if contrast(color, "#0d1117") >= 4.5:
        assert shades.dark == color


@pytest.mark.parametrize(
    ("written", "light"),
    [("#0a5c36", "#0a5c36"), ("0A5C36", "#0a5c36"), ("#000", "#000000"), (" #06c ", "#0066cc")],
)
def test_a_color_may_be_short_and_without_its_sign(written: str, light: str) -> None:
    assert accent(written).light == light


@pytest.mark.parametrize("written", ["", "red", "#12345", "#gggggg", "url(x)", "#fff;}*{color:red"])
def test_nothing_else_is_a_color(written: str) -> None:
    with pytest.raises(OptionError, match="is not a color"):
        accent(written)


def test_a_page_with_a_color_names_the_style_by_its_hash(kit: Kit) -> None:
    page, complaints = kit.read(render(kit.mixed(), options=PageOptions(accent=accent("#0a5c36"))))
    assert not complaints
    style = page.one("style").text
    assert "--link:#0a5c36" in style


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"\n <svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
    ],
)
def test_a_logo_is_known_by_its_first_bytes(data: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "logo"
    path.write_bytes(data)
    assert logo(path).startswith(f"data:{kind};base64,")


@pytest.mark.parametrize("data", [b"", b"<html><script>", b"%PDF-1.4", b"RIFF\0\0\0\0WAVE"])
def test_nothing_else_is_a_logo(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "logo"
    path.write_bytes(data)
    with pytest.raises(OptionError, match="is not an image"):
        logo(path)


def test_text_of_the_owner_is_no_markup(kit: Kit) -> None:
    wrote = "<script>alert(1)</script>\u202e"
    options = PageOptions(
        title=wrote, footer=wrote, links=((wrote, "https://shop.example/?a=<b>&c"),), robots=wrote
    )
    page, complaints = kit.read(render(kit.mixed(), options=options))
    assert not complaints
    shown = "<script>alert(1)</script>\\u202e"
    assert page.one("h1").text == shown
    assert page.one("footer").all("p")[0].text == shown
    (link,) = page.one("footer").all("a")
    assert (link.text, link.attributes["href"]) == (shown, "https://shop.example/?a=<b>&c")
    assert len(page.all("script")) == 1
