"""A route in one cell of a table: its label, its name, its rule."""

from __future__ import annotations

from typing import Protocol

from rich.text import Text

from flask_status_cli.render.terminal.ink import Ink

NAMED_RULE_NEEDS = 12
"""A rule is left out behind its name if it would get fewer cells."""


class Named(Protocol):
    """What is told of a route: a route itself, or a row of a report."""

    @property
    def label(self) -> str:
        """The label of its app."""

    @property
    def rule(self) -> str:
        """Its rule."""

    @property
    def name(self) -> str:
        """Its name, empty where it has none."""


def who(route: Named, width: int, ink: Ink) -> Text:
    """Return a route in at most `width` cells: its name with the rule behind it, or only the rule."""
    label = _label(route, width, ink) if route.label else Text()
    room = width - label.cell_len
    if not route.name:
        return Text.assemble(label, ink.cut(route.rule, room))
    name = ink.cut(route.name, room)
    rule = ink.cut(route.rule, max(0, room - name.cell_len - 1), "dim")
    whole = rule.plain == ink.text(route.rule).plain
    shown = whole or rule.cell_len >= NAMED_RULE_NEEDS
    return Text.assemble(label, name, " ", rule) if shown else Text.assemble(label, name)


def _label(route: Named, width: int, ink: Ink) -> Text:
    """Return a label, cut only where it and the route do not fit together."""
    label, behind = f"{route.label}:", ink.text(route.name or route.rule)
    fits = ink.text(label).cell_len + 1 + behind.cell_len <= width
    shown = ink.text(label, "dim") if fits else ink.cut(label, width // 3 - 1, "dim")
    return Text.assemble(shown, (" ", "dim"))
