"""A whole page, as a file that can be opened and looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.render.html import page_view, render

if TYPE_CHECKING:
    from tests.render_html.conftest import Kit

GOLD = Path(__file__).parent / "gold" / "page.html"


def test_the_page_is_the_accepted_one(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_view, "__version__", "VERSION")
    page = render(kit.mixed())
    if os.environ.get("ACCEPT_GOLD") == "1":
        GOLD.write_text(page, encoding="utf-8")
    assert page == GOLD.read_text(encoding="utf-8")
