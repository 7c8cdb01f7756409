"""Writes a route into one cell of a table: its label, its name, its rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from rich.text import Text

from flask_status_cli.render.terminal.cell_text import CellWriter

NAMED_RULE_NEEDS = 12
"""After a name, the rule is left out if it would get fewer cells than this."""


MIDDLE: Final = 0.5
"""A rule that does not fit is cut in its middle: its end gets this part of the cells."""

ELSEWHERE: Final = (0.7, 0.3, 0.85, 0.15, 1.0, 0.0)
"""Other places for the cut, if rules that are cut in the middle look the same."""

T = TypeVar("T")


class NamedRoute(Protocol):
    """A route, or a row of a report, with the texts that name it."""

    @property
    def label(self) -> str:
        """The label, empty if it has none."""

    @property
    def rule(self) -> str:
        """The rule."""

    @property
    def name(self) -> str:
        """The name, empty if it has none."""


def distinct_cells(rows: Sequence[T], cell: Callable[[T, float], Text]) -> list[Text]:
    """Return the cells of some rows. Rules that would look the same are cut elsewhere.

    `cell` makes the cell of a row, and takes the part of it that the end of its rule gets.
    """
    cells = [cell(row, MIDDLE) for row in rows]
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(cells):
        alike[each.plain].append(place)
    for places in alike.values():
        if len(places) > 1:
            tried = ([cell(rows[place], part) for place in places] for part in (MIDDLE, *ELSEWHERE))
            best = max(tried, key=lambda texts: len({text.plain for text in texts}))
            for place, each in zip(places, best, strict=True):
                cells[place] = each
    return cells


def route_cell(route: NamedRoute, width: int, ink: CellWriter, part: float = MIDDLE) -> Text:
    """Return a route in at most `width` cells: its name followed by its rule, or only its rule.

    If the rule is cut, its end gets this `part` of the cells.
    """
    label = label_cell(route.label, route.name or route.rule, width, ink)
    room = width - label.cell_len
    if not route.name:
        return Text.assemble(label, ink.cut(route.rule, room, part=part))
    name = ink.cut(route.name, room)
    rule = ink.cut(route.rule, max(0, room - name.cell_len - 1), "dim", part=part)
    whole = rule.plain == ink.text(route.rule).plain
    shown = whole or rule.cell_len >= NAMED_RULE_NEEDS
    return Text.assemble(label, name, " ", rule) if shown else Text.assemble(label, name)


def label_cell(label: str, behind: str, width: int, ink: CellWriter) -> Text:
    """Return the label with a blank, empty without one. It is cut only if it and `behind` do not fit."""
    if not label:
        return Text()
    written = ink.text(f"{label}:", "dim")
    fits = written.cell_len + 1 + ink.text(behind).cell_len <= width
    shown = written if fits else ink.cut(f"{label}:", width // 3 - 1, "dim")
    return Text.assemble(shown, (" ", "dim"))
