"""The languages that the media speak: a catalogue of phrases each, and how numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

_MODULES = {"en": "english", "es": "spanish"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag (BCP 47): its phrases by key, and how it groups the digits of a number.

    `separator` stands between groups of three digits, in numbers of at least `grouped_from` digits.
    Availabilities and thresholds keep the decimal point in every language: they are the same text
    everywhere.
    """

    tag: str
    phrases: Mapping[str, str]
    separator: str
    grouped_from: int = 4


def language(tag: str) -> Language:
    """Return the language of a tag of `model.LANGUAGES`; only its own catalogue is imported."""
    found: Language = import_module(f"{__name__}.{_MODULES[tag]}").LANGUAGE
    return found
