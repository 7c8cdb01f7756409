"""The languages: each has every phrase, with the same facts; and what a report says in Spanish."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flask_status_cli.render
from flask_status_cli.model import LANGUAGES
from flask_status_cli.render import markdown_report, terminal
from flask_status_cli.render.text.languages import language
from flask_status_cli.render.text.words import ENGLISH, NARROW, SHORT, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

SPANISH = Words.of("es")
OTHERS = [tag for tag in LANGUAGES if tag != "en"]

# What is written alike in both languages, and meant to be.
ALIKE = {
    *("total", "page.title", "page.made", "rest.parents", "rest.parents.more"),
    *("visitors.problem.empty", "check.then", "check.of", "check.took"),
    *("date.day", "date.year", "headline.lasted", "codes.times", "column.p95", "legend.no_data"),
}

RENDER = Path(flask_status_cli.render.__file__).parent
CHECKS = RENDER.parent / "summary" / "checks"
SOURCES = [
    path
    for path in (*RENDER.rglob("*"), *CHECKS.glob("*.py"))
    if path.suffix in {".py", ".html"} and path.parent.name != "languages"
]
SAID = re.compile(r"""\b(?:say|many|Phrase)\(\s*(f?)(["'])(.+?)\2""")
FACT = re.compile(r"\{[^}]*\}")


def facts(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("tag", OTHERS)
def test_every_language_has_every_phrase_with_the_same_facts(tag: str) -> None:
    theirs = language(tag).phrases
    ours = ENGLISH.language.phrases
    assert list(theirs) == list(ours), f"every phrase of English in {tag}, in the same order"
    assert {key: facts(theirs[key]) for key in ours} == {key: facts(ours[key]) for key in ours}


@pytest.mark.parametrize("tag", OTHERS)
def test_no_phrase_was_left_in_english(tag: str) -> None:
    theirs = language(tag).phrases
    ours = ENGLISH.language.phrases
    assert {key for key in ours if theirs[key] == ours[key]} == ALIKE


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_phrase_with_a_number_has_a_singular_and_a_plural(tag: str) -> None:
    keys = {key.rpartition(".") for key in language(tag).phrases if key.endswith((".one", ".many"))}
    assert {stem for stem, _, end in keys if end == "one"} == {
        stem for stem, _, end in keys if end == "many"
    }


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_phrase_can_be_shown_as_it_is(tag: str) -> None:
    for phrase in language(tag).phrases.values():
        assert phrase == phrase.strip()
        assert phrase.isprintable()


def test_every_phrase_that_is_said_exists_and_every_one_is_said() -> None:
    keys = set(ENGLISH.language.phrases)
    stems = {re.sub(r"\.(one|many)$", "", key) for key in keys}
    said = set()
    for path in SOURCES:
        for formatted, _, key in SAID.findall(path.read_text()):
            shape = ".+".join(map(re.escape, FACT.split(key))) if formatted else re.escape(key)
            found = {known for known in keys | stems if re.fullmatch(shape, known)}
            assert found, f"{path.name} says {key}"
            said |= found
    said |= {f"{SHORT}{key}" for key in said}
    assert {key for key in keys if not {key, re.sub(r"\.(one|many)$", "", key)} & said} == set()


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1234, "1,234", "1234"),  # the Academia groups from five digits on
        (12_345, "12,345", "12 345"),
        (1_234_567, "1,234,567", "1 234 567"),
    ],
)
def test_numbers_are_grouped_as_the_language_does(number: int, english: str, spanish: str) -> None:
    assert ENGLISH.grouped(number) == english
    assert SPANISH.grouped(number) == spanish
    assert ENGLISH.unbroken().grouped(number) == english
    assert SPANISH.unbroken().grouped(number) == spanish.replace(" ", NARROW)


@given(st.integers(min_value=0), st.sampled_from(list(LANGUAGES)))
def test_a_number_is_the_same_in_every_language_but_for_its_blanks(number: int, tag: str) -> None:
    assert re.sub(r"\D", "", Words.of(tag).grouped(number)) == str(number)


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1 línea no se entendió"), (20_000, "20 000 líneas no se entendieron")]
)
def test_a_spanish_phrase_agrees_with_its_number(n: int, text: str) -> None:
    assert SPANISH.many("unread.refused", n) == text


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_in_spanish(width: int, example: Example, gold: Callable[..., None]) -> None:
    text = terminal.render(example.shop(), width=width, color=False, words=SPANISH)
    gold(f"terminal-{width}-es.txt", text)


def test_a_strip_has_as_many_days_as_its_heading_says(example: Example) -> None:
    lines = terminal.render(
        example.summary(example.route("/", "o" * 30)), width=60, color=False, words=SPANISH
    ).splitlines()
    assert lines[2].endswith("Últimos 14 días")
    assert lines[3].endswith(f"  {'▇' * 14}")


def test_markdown_in_spanish(example: Example, gold: Callable[..., None]) -> None:
    gold("report-es.md", markdown_report.render(example.shop(), SPANISH))


@pytest.mark.parametrize("width", [*range(40, 131, 5), 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_spanish_line_is_wider_than_the_terminal(
    width: int, ascii_only: bool, example: Example
) -> None:
    text = terminal.render(
        example.shop(), width=width, color=False, ascii_only=ascii_only, words=SPANISH
    )
    for line in text.splitlines():
        assert len(line) <= width or not line.isascii()  # wide characters are measured elsewhere


def test_in_ascii_words_have_no_accents(example: Example) -> None:
    text = terminal.render(example.shop(), width=120, color=False, ascii_only=True, words=SPANISH)
    assert text.isascii()
    assert "caida grave" in text
    assert "ltimos 30 dias" in text
