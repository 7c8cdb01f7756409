"""A phrase that each language has words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """A phrase of the language catalogues: its key there, and the facts to fill in.

    With `n`, the catalogue's form for this number of things is used. A text among the facts may come from a
    log. Numbers are shown with grouped digits, instants in UTC, and tuples as lists.
    """

    key: str
    n: int | None
    facts: Mapping[str, Fact]

    def __init__(self, key: str, n: int | None = None, /, **facts: Fact) -> None:
        """Make a phrase. The facts are keyword arguments, by the names that the catalogues have for them."""
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "n", n)
        object.__setattr__(self, "facts", facts)


Fact: TypeAlias = str | int | datetime | Phrase | tuple["Fact", ...]
