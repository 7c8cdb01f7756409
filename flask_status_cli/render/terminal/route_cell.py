"""Writes a route into one cell of a table: its label, its name, its rule."""

from __future__ import annotations

from typing import Protocol

from rich.text import Text

from flask_status_cli.render.terminal.cell_text import Ink

NAMED_RULE_NEEDS = 12
"""After a name, the rule is left out if it would get fewer cells than this."""


class Named(Protocol):
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


def who(route: Named, width: int, ink: Ink) -> Text:
    """Return a route in at most `width` cells: its name followed by its rule, or only its rule."""
    label = label_cell(route.label, route.name or route.rule, width, ink)
    room = width - label.cell_len
    if not route.name:
        return Text.assemble(label, ink.cut(route.rule, room))
    name = ink.cut(route.name, room)
    rule = ink.cut(route.rule, max(0, room - name.cell_len - 1), "dim")
    whole = rule.plain == ink.text(route.rule).plain
    shown = whole or rule.cell_len >= NAMED_RULE_NEEDS
    return Text.assemble(label, name, " ", rule) if shown else Text.assemble(label, name)


def label_cell(label: str, behind: str, width: int, ink: Ink) -> Text:
    """Return the label with a blank, empty without one. It is cut only if it and `behind` do not fit."""
    if not label:
        return Text()
    written = ink.text(f"{label}:", "dim")
    fits = written.cell_len + 1 + ink.text(behind).cell_len <= width
    shown = written if fits else ink.cut(f"{label}:", width // 3 - 1, "dim")
    return Text.assemble(shown, (" ", "dim"))
