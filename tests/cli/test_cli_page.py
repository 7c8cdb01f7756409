"""The options of the page: name, logo, color, foot, how much it lists, and opening it."""

from __future__ import annotations

import re
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.cli.output import page_options as page_module

if TYPE_CHECKING:
    from tests.cli.conftest import Told

Call = Callable[..., "Told"]
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01"


@pytest.fixture
def page(call: Call, log: Path, tmp_path: Path) -> Callable[..., str]:
    """Writes the page with these options, and reads it."""
    assert call("ingest", "-q", log).status == 0

    def write(*options: object) -> str:
        path = tmp_path / "page.html"
        told = call("report", "-q", "--now", "last", "--html", path, *options)
        assert (told.status, told.err) == (0, "")
        return path.read_text()

    return write


def test_a_page_has_the_name_and_the_foot_that_it_is_given(page: Callable[..., str]) -> None:
    html = page("--title", "Shop <b>", "--footer", "Call 112")
    assert "– Shop &lt;b&gt;</title>" in html
    assert "<h1>Shop &lt;b&gt;</h1>" in html
    assert "<p>Call 112</p>" in html


def test_a_logo_is_put_into_the_page(page: Callable[..., str], tmp_path: Path) -> None:
    logo = tmp_path / "logo.gif"
    logo.write_bytes(GIF)
    assert '<img src="data:image/gif;base64,R0lGODlh' in page("--logo", logo)


def test_a_color_that_cannot_be_read_is_shaded(page: Callable[..., str]) -> None:
    html = page("--accent", "#ffcc00")
    light, dark = re.findall(r":root\{--link:(#[0-9a-f]{6})\}", html)
    assert light != "#ffcc00"
    assert dark == "#ffcc00"  # on the dark ground it can be read as it is


def test_search_engines_are_allowed_only_with_the_option(page: Callable[..., str]) -> None:
    assert '<meta name="robots" content="noindex,nofollow">' in page()
    assert '<meta name="robots" content="index,follow">' in page("--index")


def test_max_routes_limits_the_rows(page: Callable[..., str]) -> None:
    assert "1 more route" in page("--max-routes", 1)
    assert "1 more route" not in page()


def test_the_configuration_says_the_same(
    page: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logo.gif").write_bytes(GIF)
    (tmp_path / "flask-status.toml").write_text(
        """
        title = "Shop"
        stale_after = "2h"
        [page]
        logo = "logo.gif"
        accent = "#0a5c36"
        footer = "Call 112"
        links = { Contact = "https://shop.example/contact" }
        robots = "index,nofollow"
        """
    )
    monkeypatch.chdir(tmp_path)
    html = page()
    for part in (
        "<h1>Shop</h1>",
        'data-after="120"',
        "data:image/gif;base64,R0lGODlh",
        ":root{--link:#0a5c36}",
        "<p>Call 112</p>",
        '<a href="https://shop.example/contact">Contact</a>',
        'content="index,nofollow"',
    ):
        assert part in html
    assert "<h1>Blog</h1>" in page("--title", "Blog")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--accent", "red"], "--accent: 'red' is not a color; use for example #0969da"),
        (["--logo", "gone.png"], "--logo: gone.png: No such file or directory; name an image file"),
        (["--logo", "pyproject.toml"], "is not an image; use an SVG, PNG, JPEG, GIF or WebP file"),
    ],
)
def test_an_invalid_page_option_is_one_line(
    options: list[str], message: str, call: Call, log: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    call("ingest", "-q", log)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]")
    told = call("report", "--html", "page.html", *options)
    assert told.status == 2
    assert message in told.err
    assert told.err.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_a_large_logo_is_refused(call: Call, log: Path, tmp_path: Path) -> None:
    call("ingest", "-q", log)
    logo = tmp_path / "logo.gif"
    logo.write_bytes(GIF + bytes(33_000))
    told = call("report", "--html", tmp_path / "page.html", "--logo", logo)
    assert (told.status, told.err) == (
        2,
        f"flask-status: --logo: {logo} is larger than 32 KiB; use a smaller image\n",
    )


@pytest.mark.parametrize(
    "option", [["--title", "x"], ["--max-routes", "0"], ["--index"], ["--open"]]
)
@pytest.mark.parametrize("medium", [[], ["--json"], ["--markdown"]])
def test_options_of_the_page_are_for_a_page(
    option: list[str], medium: list[str], call: Call
) -> None:
    told = call("report", *medium, *option)
    assert told.status == 2
    assert f"{option[0]} is for the page; use it with --html or --site" in told.err


# Opening it


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was asked to open, at a terminal."""
    asked: list[str] = []

    def open_(address: str) -> bool:
        asked.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    return asked


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "has_terminal", lambda: True)


def written(call: Call, log: Path, *options: object) -> Told:
    call("ingest", "-q", log)
    return call("report", "-q", *options, "--open")


@pytest.mark.usefixtures("terminal")
def test_the_page_is_opened(call: Call, log: Path, tmp_path: Path, opened: list[str]) -> None:
    told = written(call, log, "--html", tmp_path / "page.html")
    assert (told.status, told.err) == (0, "")
    assert opened == [(tmp_path / "page.html").as_uri()]


@pytest.mark.usefixtures("terminal")
def test_the_page_of_a_site_is_opened(
    call: Call, log: Path, tmp_path: Path, opened: list[str]
) -> None:
    assert written(call, log, "--site", tmp_path / "site").status == 0
    assert opened == [(tmp_path / "site" / "index.html").as_uri()]


def test_without_a_terminal_nothing_is_opened(
    call: Call, log: Path, tmp_path: Path, opened: list[str]
) -> None:
    told = written(call, log, "--html", tmp_path / "page.html")
    assert (told.status, told.err) == (
        0,
        "the page was not opened in a browser: there is no terminal\n",
    )
    assert opened == []


@pytest.mark.usefixtures("terminal")
def test_without_a_browser_the_page_is_named(
    call: Call, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    told = written(call, log, "--html", tmp_path / "page.html")
    assert (told.status, told.err) == (
        0,
        f"no browser was found; open {tmp_path / 'page.html'}\n",
    )


def test_standard_output_cannot_be_opened(call: Call) -> None:
    told = call("report", "--html", "-o", "-", "--open")
    assert told.status == 2
    assert "--open needs a file; leave out -o -" in told.err
