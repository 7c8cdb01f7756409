"""A sentence without a language: which phrase it is, and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """A phrase of the catalogues by its key, with its facts. With `n` it is that for this many things.

    A text as a fact may be from a log. A number is grouped, an instant is shown in UTC, and several facts are
    a list.
    """

    key: str
    n: int | None
    facts: Mapping[str, Fact]

    def __init__(self, key: str, n: int | None = None, /, **facts: Fact) -> None:
        """Keep the key, the number of things, and the facts by name."""
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "n", n)
        object.__setattr__(self, "facts", facts)


Fact: TypeAlias = str | int | datetime | Phrase | tuple["Fact", ...]
