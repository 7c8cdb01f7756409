"""Lines that are too long: where they are broken, and where not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from flask_status_cli.render.terminal.line_breaks import broken


def parts(text: str, width: int) -> list[str]:
    return [part.plain for part in broken(Text(text), width)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("as wide as it", 13, ["as wide as it"]),
        ("one word too many", 13, ["one word too", "  many"]),
        # A figure stays with its unit, and an instant stays whole.
        ("down since 14:47, 44 min so far", 20, ["down since 14:47,", "  44 min so far"]),
        ("it lasted 12 h 32 min", 18, ["it lasted", "  12 h 32 min"]),
        ("read 2026-11-23 11:05 +01:00", 25, ["read", "  2026-11-23 11:05 +01:00"]),
        ("failed: 500 × 120, 502 × 80", 20, ["failed: 500 × 120,", "  502 × 80"]),
        ("at least 99 % of them", 12, ["at least", "  99 % of", "  them"]),
        ("the Incident 9b2d77e0", 20, ["the", "  Incident 9b2d77e0"]),
        # A word without a blank is broken where the screen ends; a wide character is never halved.
        ("x" * 12, 5, ["xxxxx", "  xxx", "  xxx", "  x"]),
        ("日本語日本語", 5, ["日本", "  語", "  日", "  本", "  語"]),
        # A row that is indented keeps its indentation.
        ("  in a row", 6, ["  in a", "  row"]),
    ],
)
def test_a_line_is_broken_between_words(text: str, width: int, lines: list[str]) -> None:
    assert parts(text, width) == lines


@given(st.text(st.sampled_from("ab 日1×%é\u0301"), max_size=60), st.integers(6, 30))
def test_no_part_is_too_wide_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    found = list(broken(Text(text), width))
    assert all(part.cell_len <= width for part in found)
    assert "".join(part.plain for part in found).replace(" ", "") == text.replace(" ", "")
