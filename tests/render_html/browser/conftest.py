"""A real Chromium, shared by the tests of a process, and pages opened in it from files."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visit:
    """A page that is open, and what it did: requests, console lines and errors, dialogs."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        """Closes a dialog and remembers that there was one."""
        self.console.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        wider: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wider

    def broken(self) -> list[str]:
        """What axe-core finds wrong; it is put in by the debugger, since the policy blocks a script."""
        from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none

        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        found: list[dict[str, Any]] = self.page.evaluate(
            "options => axe.run(options).then(found => found.violations)",
            {"runOnly": RULES, "resultTypes": ["violations"]},
        )
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]

    def enlarge(self, size: str) -> None:
        """Set the size of the root's text; none is the size it has."""
        self.page.evaluate("size => document.documentElement.style.fontSize = size", size)

    def open_all(self) -> None:
        """Open every section."""
        self.page.evaluate(
            "for (const each of document.querySelectorAll('details')) each.open = true"
        )


class Open(Protocol):
    """Opens a page that is given as text."""

    def __call__(
        self,
        html: str,
        *,
        width: int = 1280,
        script: bool = True,
        media: Mapping[str, str] | None = None,
    ) -> Visit: ...


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Generator[Open]:
    """Opens pages from files, each in a context of its own; at the end all are closed."""
    contexts: list[BrowserContext] = []

    def enter(
        html: str,
        *,
        width: int = 1280,
        script: bool = True,
        media: Mapping[str, str] | None = None,
    ) -> Visit:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            timezone_id="America/St_Johns",
            locale="en-US",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        opened = Visit(page, path.as_uri())
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on("console", lambda line: opened.console.append(line.text))
        page.on("pageerror", lambda error: opened.console.append(str(error)))
        page.on("dialog", opened.dismiss)
        if media:
            page.emulate_media(**media)  # type: ignore[arg-type]  # what a test asks for
        page.goto(opened.address)
        return opened

    yield enter
    for context in contexts:
        context.close()
