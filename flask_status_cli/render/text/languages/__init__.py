"""The languages of the output, each with a catalogue of phrases and a way to group digits."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from flask_status_cli.frozen import frozen

_MODULES = {"en": "english", "es": "spanish"}


@frozen
class Language:
    """A language by its tag (BCP 47): its phrases by key, and how it groups digits.

    `separator` separates groups of three digits in numbers with at least `grouped_from` digits.
    Availabilities and thresholds have a decimal point in every language, so that their text is the same
    everywhere.
    """

    tag: str
    phrases: Mapping[str, str]
    separator: str
    grouped_from: int = 4


def language(tag: str) -> Language:
    """Return the language with this tag of `model.LANGUAGES`. Only its catalogue is imported."""
    found: Language = import_module(f"{__name__}.{_MODULES[tag]}").LANGUAGE
    return found
