"""The result of folding routes into a crowd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Folding:
    """What was folded in one label: `moved` are rules by the rule they are part of now, `made` are new rules.

    `hidden` are rules that were hidden by hand. The crowd is shown, so the mark is dropped.
    """

    label: str
    moved: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many former routes each one includes now."""
        return Counter(self.moved.values())
