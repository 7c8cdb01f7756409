"""The languages of a report."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""What each language calls itself, by its tag (BCP 47). The first one is the default."""
