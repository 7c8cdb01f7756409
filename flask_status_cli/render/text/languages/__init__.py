"""The languages of the output: a catalogue of phrases for each, and how numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from flask_status_cli.frozen import frozen

_MODULES = {"en": "english", "es": "spanish"}


@frozen
class Language:
    """A language by its tag (BCP 47): its phrases by key, and how it groups digits.

    `separator` separates groups of three digits in numbers with at least `grouped_from` digits.
    Availabilities and thresholds have a decimal point in every language, because they are the same text
    everywhere.
    """

    tag: str
    phrases: Mapping[str, str]
    separator: str
    grouped_from: int = 4


def language(tag: str) -> Language:
    """Return the language of a tag of `model.LANGUAGES`. Only its catalogue is imported."""
    found: Language = import_module(f"{__name__}.{_MODULES[tag]}").LANGUAGE
    return found
