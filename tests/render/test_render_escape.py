"""Text made printable: one line, bounded, with nothing in it that hides, moves or commands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.render.escape import cell, encodable, printable, shortened

ANY = st.text(st.characters(exclude_categories=[]), max_size=300)  # lone surrogates, too

SHOWN = [
    # as it is
    ("/users/<int:id>", "/users/<int:id>"),
    ("/users/[id]/[/]", "/users/[id]/[/]"),
    ("/café/日本語/☕", "/café/日本語/☕"),
    ("cafe\u0301", "cafe\u0301"),
    ("", ""),
    # what commands a terminal, or ends a line
    ("\x1b[2J", r"\x1b[2J"),
    ("a\nb\tc\rd\x00\x7f", r"a\x0ab\x09c\x0dd\x00\x7f"),
    ("\x9b31m", r"\x9b31m"),
    ("\u2028\u2029", r"\u2028\u2029"),
    # what turns text around
    ("/exe.\u202etxt", r"/exe.\u202etxt"),
    ("\u2066\u2069\u200f\u061c", r"\u2066\u2069\u200f\u061c"),
    # what nobody sees
    ("a\u200bb\u00adc\ufeff", r"a\u200bb\xadc\ufeff"),
    ("\u00a0\u3000", r"\xa0\u3000"),
    ("\u3164\u2800\u034f", r"\u3164\u2800\u034f"),
    ("❤\ufe0f", r"❤\ufe0f"),
    ("\U000e0041", r"\U000e0041"),
    # what no encoding has
    ("/caf\udce9", r"/caf\udce9"),
    # a mark that would stand on our own text
    ("\u0301a", r"\u0301a"),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_characters_that_cannot_be_shown_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abc\x1b", 7, r"abc\x1b"),
        ("abcd\x1b", 7, "abcd…"),  # never half an escape
        ("abcdefg\x1b", 4, "abc…"),
        ("x" * 10_000_000, 5, "xxxx…"),
    ],
)
def test_a_text_that_is_too_long_is_cut(text: str, limit: int, shown: str) -> None:
    assert printable(text, limit) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("/short", 6, "/short"),
        ("/abcdefghij", 10, "/abcd…ghij"),
        ("/abcdefghijk\u202e", 14, r"/abcdef…\u202e"),
        ("/abcdef\u202eg", 10, "/abcdef…g"),  # no part of an escape is shown
        ("\u202e" * 9, 3, "…"),
    ],
)
def test_a_shortened_text_has_its_beginning_and_end(text: str, limit: int, shown: str) -> None:
    assert shortened(text, limit) == shown


def test_in_ascii_all_other_characters_are_escaped_and_dots_end_a_cut() -> None:
    assert printable("/café", ascii_only=True) == r"/caf\xe9"
    assert printable("/日本語", 10, ascii_only=True) == r"/\u65e5..."


@given(ANY, st.integers(min_value=3, max_value=250), st.booleans())
def test_any_text_becomes_one_visible_line_of_limited_length(
    text: str, limit: int, ascii_only: bool
) -> None:
    shown = printable(text, limit, ascii_only=ascii_only)
    assert shown.isprintable()
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not ascii_only or shown.isascii()
    shown.encode()


@given(ANY)
def test_printable_text_stays_unchanged(text: str) -> None:
    once = printable(text, 5000)
    assert printable(once, 5000) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("/a=b", "/a=b"),
        ("\t=1", r"\x09=1"),
        ("a\nb\x1b", r"a\x0ab\x1b"),
        ("a\u2028b", r"a\u2028b"),
        # what turns the rest of the line around, or shows nothing at all
        ("/exe.\u202etxt", r"/exe.\u202etxt"),
        ("/a\u2066\u200b\u3164b", r"/a\u2066\u200b\u3164b"),
        ("\udce9", r"\udce9"),
        ("", ""),
    ],
)
def test_a_cell_of_a_spreadsheet_is_no_formula(text: str, shown: str) -> None:
    assert cell(text) == shown


@given(ANY)
def test_text_for_programs_is_encodable_and_else_unchanged(text: str) -> None:
    encodable(text).encode()
    assert all("\ud800" <= each <= "\udfff" for each in text if each not in encodable(text))
