"""A hostile log, through the real parser and database, in a real browser: a canary stays unset.

Everything is hovered, focused, clicked and typed into the filter; also with the policy stripped, so that
the escaper alone must hold. Without the escaper the same walk must set the canary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.cli import run
from flask_status_cli.model import StatusSummary
from flask_status_cli.pipeline.report import ReportOptions, summarize
from flask_status_cli.render.html import PageOptions, render
from flask_status_cli.render.html import page as page_module

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.render_html.browser.conftest import Open, Visit

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

HOSTILE = [
    "<script>canary=1</script>",
    '"><img src=x onerror=canary=1>',
    "' onmouseover='canary=1' onfocus='canary=1",
    "</script><script>canary=1</script>",
    "</style><svg onload=canary=1>",
    "</title><script>canary=1</script>",
    "</svg></td></table><img src=x onerror=canary=1>",
    "]]><script>canary=1</script>",
    "<!--<script>canary=1</script>",
    "javascript:canary=1",
    "//evil.example/x",
    "\u202egnp.exe",
    "line\u2028canary=1",
    "{{7*7}}{%x%}",
    "$&$`",
    "%3Cimg src=x onerror=canary=1%3E",
    "%253Cscript%253E",
    "<?php canary=1 ?>",
    "<img src=x onerror=canary=1//",
    "<svg><script>canary=1</script></svg>",
    "<svg><animate onbegin=canary=1 attributeName=x dur=1s>",
    "<math><mtext></table><mglyph><style><img src=x onerror=canary=1>",
    "<iframe srcdoc='<script>parent.canary=1</script>'>",
    "<object data=javascript:canary=1>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<form action=https://evil.example/><input autofocus onfocus=canary=1>",
    "<details open ontoggle=canary=1>",
    "<template><script>canary=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=canary=1>'>",
    "x' style='background:url(https://evil.example/)",
    "`onmouseover=canary=1`",
    "\\u003cscript\\u003ecanary=1\\u003c/script\\u003e",
    "&lt;img src=x onerror=canary=1&gt;",
    "\u2067moc.evil\u2069",
    "\u200e\u200f\u061cx",
    "\u05e9\u05dc\u05d5\u05dd/\u0645\u0631\u062d\u0628\u0627",
    "__proto__",
    "x" * 8192,
]
"""40 texts that break out of markup, run a script, fetch something, or turn the direction of the page."""
RAW = [b"/nul\\x00byte", b"/\x1b[31mred", b"/caf\xe9", b"/\xed\xa0\xbd", b"/\\x22onload=canary"]


def lines() -> Iterator[bytes]:
    """The log: every hostile path answers and fails; 10,000 others are never found."""
    # So few below one folder that they are no crowd.
    texts = [(b"/%c/" % (97 + place // 8), each) for place, each in enumerate(HOSTILE)]
    paths = [
        folder + each.encode("utf-8", "surrogatepass").replace(b'"', b"\\x22")
        for folder, each in texts
    ]
    encoded = [folder + quote(each).encode() for folder, each in texts]
    for back in range(3):
        stamp = f"{NOON - timedelta(days=back):%d/%b/%Y:%H:%M}".encode()
        for path in [*paths, *encoded, *RAW]:
            for status in (b"200", b"500", b"500", b"500", b"500"):
                line = b'198.18.0.1 - - [%s:00 +0000] "GET %s HTTP/1.1" %s 1 "-" "<script>canary=1</script>"'
                yield line % (stamp, path, status)
    for number in range(10_000):
        yield b'198.18.0.1 - - [%s:01 +0000] "GET /<b>%d HTTP/1.1" 404 1 "-" "-"' % (stamp, number)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> StatusSummary:
    """What the database makes of it, with names and documentation as hostile as the paths."""
    folder = tmp_path_factory.mktemp("hostile")
    log = folder / "access.log"
    log.write_bytes(b"\n".join(lines()) + b"\n")
    database = folder / "status.db"
    run(["--db", str(database), "ingest", "-q", "--log-timezone", "UTC", str(log)])
    for place, text in enumerate(HOSTILE[:-1]):
        at = f"2026-11-23T11:{place:02}Z"
        run(["--db", str(database), "deploy", "mark", text, "--at", at, "--note", text])
    made = summarize(
        ReportOptions(database, ZoneInfo("UTC"), now=NOON.isoformat(), details=True, group=False),
        clock=lambda: NOON,
    )
    names = [*HOSTILE[:-1]] * 10
    routes = tuple(
        replace(route, name=name, doc=name) for route, name in zip(made.routes, names, strict=False)
    )
    return replace(made, routes=routes)


def options() -> PageOptions:
    return PageOptions(
        title=HOSTILE[5],
        footer=HOSTILE[0] + HOSTILE[1],
        links=((HOSTILE[1], "https://x.example/"),),
    )


def walk(opened: Visit) -> None:
    """Open, hover, focus, click and type: all that a reader can do."""
    page: Page = opened.page
    opened.open_all()
    page.evaluate(
        """() => {
          for (const element of document.querySelectorAll("body *")) {
            for (const kind of ["pointerover", "pointermove", "mouseover", "mouseenter", "focus", "focusin"])
              element.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX: 9, clientY: 9 }));
            element.focus?.();
          }
          for (const element of document.querySelectorAll("button, summary, .strip, a[href^='#']"))
            element.click();
        }"""
    )
    for strip in page.locator(".strip").all()[:6]:
        strip.focus()
        page.keyboard.press("ArrowLeft")
    for text in HOSTILE[:10]:
        page.fill("[type=search]", text)
    page.fill("[type=search]", "")
    page.reload()
    page.wait_for_timeout(50)


def foreign(page: Page) -> list[str]:
    """Return what the template does not write: elements, attributes, links and characters of direction."""
    found: list[str] = page.evaluate(
        """() => {
          const names = "img, iframe, object, embed, base, form:not(.controls), template, math, applet";
          const found = [...document.querySelectorAll(names)].map((element) => element.outerHTML);
          for (const element of document.querySelectorAll("*")) {
            for (const { name, value } of element.attributes) {
              if (name.startsWith("on") || name === "style" || name === "srcdoc") found.push(name);
              if (/^(href|src|action)$/.test(name) && !/^(#|https:..x\\.example|data:image)/.test(value))
                found.push(value);
            }
          }
          const turning = /[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
          return [...found, ...(document.documentElement.textContent.match(turning) ?? [])];
        }"""
    )
    return found


def canary(page: Page) -> str:
    found: str = page.evaluate("typeof canary")
    return found


def test_the_log_made_routes_that_fail(summary: StatusSummary) -> None:
    assert len(summary.routes) > 40
    assert len(summary.details) > 20
    assert any("<script>" in route.name for route in summary.routes)
    assert len(summary.deploys) == len(HOSTILE) - 1


def test_nothing_of_a_hostile_log_runs(summary: StatusSummary, visit: Open) -> None:
    opened = visit(render(summary, options=options()))
    walk(opened)
    assert canary(opened.page) == "undefined"
    assert foreign(opened.page) == []
    assert set(opened.requests) == {opened.address}
    assert opened.console == []


def test_the_escaper_holds_without_the_policy(summary: StatusSummary, visit: Open) -> None:
    html = render(summary, options=options())
    assert POLICY.search(html)
    opened = visit(POLICY.sub("", html, count=1))
    walk(opened)
    assert canary(opened.page) == "undefined"
    assert set(opened.requests) == {opened.address}
    assert opened.console == []


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switches the escaper off."""
    bare = page_module.environment().overlay(autoescape=False)
    monkeypatch.setattr(page_module, "environment", lambda: bare)


@pytest.mark.usefixtures("bare")
def test_without_the_escaper_the_canary_is_set(summary: StatusSummary, visit: Open) -> None:
    opened = visit(POLICY.sub("", render(summary, options=options()), count=1))
    assert canary(opened.page) == "number"


@pytest.mark.usefixtures("bare")
def test_the_policy_holds_even_without_the_escaper(summary: StatusSummary, visit: Open) -> None:
    opened = visit(render(summary, options=options()))
    assert canary(opened.page) == "undefined"
    assert opened.console != []  # it says what it blocked
