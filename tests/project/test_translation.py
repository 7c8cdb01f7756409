"""The README in Spanish says what the one in English says: section by section, the same code and figures."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from flask_status_cli.render.text.words import Words

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
NUMBER = re.compile(r"\d+(?:[ ,.]\d+)*")
COMMENT = re.compile(r" *(?<!\S)# .*")

# Code that is meant to differ, English to Spanish.
TRANSLATED = {"# Title": "# Título"}


class Section(NamedTuple):
    """A part of a document from one heading to the next."""

    level: int
    heading: str
    text: str

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """The blocks of code, without comments."""
        return [(kind, COMMENT.sub("", text)) for kind, text in FENCE.findall(self.text)]

    @property
    def prose(self) -> str:
        return FENCE.sub("", self.text)

    @property
    def code(self) -> Counter[str]:
        """What stands as code within the sentences and tables."""
        return Counter(" ".join(code.split()) for code in CODE.findall(self.prose))

    @property
    def rows(self) -> int:
        return len(re.findall(r"^\|", self.prose, re.MULTILINE))

    @property
    def points(self) -> int:
        return len(re.findall(r"^(?:- |\d\. )", self.prose, re.MULTILINE))

    @property
    def numbers(self) -> Counter[str]:
        words = re.sub(r"\]\([^)]*\)", "", CODE.sub("", self.prose))
        return Counter(re.sub("[ ,]", "", number) for number in NUMBER.findall(words))


def sections(name: str) -> list[Section]:
    text = (ROOT / name).read_text()
    text = re.sub(r"<!-- \[\[\[cog.*?\[\[\[end\]\]\] -->\n", "", text, flags=re.DOTALL)
    quiet = FENCE.sub(lambda block: block[0].replace("\n#", "\n\0"), text)
    parts = re.split(r"^(#+) (.*)\n", quiet, flags=re.MULTILINE)[1:]
    return [
        Section(len(level), heading, body.replace("\0", "#"))
        for level, heading, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


ENGLISH, SPANISH = sections("README.md"), sections("README.es.md")
PAIRS = list(zip(ENGLISH, SPANISH, strict=False))
EACH = pytest.mark.parametrize(
    ("english", "spanish"), PAIRS, ids=[english.heading for english, _ in PAIRS]
)


def test_both_have_the_same_sections() -> None:
    assert [section.level for section in SPANISH] == [section.level for section in ENGLISH]


def test_each_leads_to_the_other() -> None:
    assert "[Español](README.es.md)" in ENGLISH[0].text
    assert "[English](README.md)" in SPANISH[0].text


@EACH
def test_commands_and_outputs_are_the_same(english: Section, spanish: Section) -> None:
    assert spanish.blocks == english.blocks


@EACH
def test_what_stands_as_code_is_the_same(english: Section, spanish: Section) -> None:
    expected = Counter(TRANSLATED.get(code, code) for code in english.code.elements())
    assert set(spanish.code) - EXTRA == set(expected) - EXTRA


EXTRA = {"--lang es"}  # the Spanish one begins with what is in Spanish


@EACH
def test_tables_and_lists_are_as_long(english: Section, spanish: Section) -> None:
    assert (spanish.rows, spanish.points) == (english.rows, english.points)


@EACH
def test_figures_are_the_same(english: Section, spanish: Section) -> None:
    assert spanish.numbers == english.numbers


def anchors(parts: list[Section]) -> set[str]:
    """What GitHub makes of the headings."""
    return {re.sub(r"[^\w -]", "", part.heading.lower()).replace(" ", "-") for part in parts}


@pytest.mark.parametrize("parts", [ENGLISH, SPANISH], ids=["English", "Spanish"])
def test_links_within_a_document_lead_to_a_heading(parts: list[Section]) -> None:
    targets = {target for part in parts for target in re.findall(r"\]\(#([^)]+)\)", part.text)}
    assert targets <= anchors(parts)


def test_pictures_are_the_same() -> None:
    pictures = [
        re.findall(r"^!\[.*\]\((.*)\)", parts[0].text, re.MULTILINE) for parts in (ENGLISH, SPANISH)
    ]
    assert pictures[0] == pictures[1]
    assert pictures[0]


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("README.md", ["Fully Operational", "Partial Outage", "Major Outage", "No Data"]),
        ("README.es.md", ["Operativo", "Caída parcial", "Caída grave", "Sin datos"]),
    ],
)
def test_the_states_are_called_as_in_a_report(file: str, names: list[str]) -> None:
    language = Words.of("es" if ".es." in file else "en")
    states = ("operational", "partial_outage", "major_outage", "no_data")
    assert [language.say(f"condition.{state}") for state in states] == names
    text = (ROOT / file).read_text()
    assert all(f"**{name}**" in text for name in names)
