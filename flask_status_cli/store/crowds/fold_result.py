"""The result of making routes part of a crowd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field

from flask_status_cli.frozen import frozen


@frozen
class FoldedRoutes:
    """The routes of one label that became part of a crowd.

    - `moved`: the rule of the crowd, by each rule that is part of it now.
    - `made`: the rules of new crowds.
    - `hidden`: the moved rules that the user had hidden. Their marks are dropped, because the crowd is shown.
    """

    label: str
    moved: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many of the moved rules each crowd has, by the rule of the crowd."""
        return Counter(self.moved.values())
