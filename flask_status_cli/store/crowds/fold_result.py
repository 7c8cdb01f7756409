"""What was folded when a crowd formed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Folding:
    """What was folded under one label: `moved` are rules by what they are part of now, `made` new ones.

    `hidden` are rules that were hidden by hand: a crowd is not, so the mark is dropped.
    """

    label: str
    moved: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many routes each one now holds that were routes of their own."""
        return Counter(self.moved.values())


NOTHING_FOLDED: Final = Folding("")
