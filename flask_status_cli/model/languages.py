"""The languages that a report speaks."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""What each calls itself, by its tag (BCP 47); the first one unless another is asked for."""
