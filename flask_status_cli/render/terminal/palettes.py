"""The colors of the output: those of the terminal's theme, or fixed ones if it has 256 colors.

Words keep the terminal's own color, so that they can be read on any background. Colors mark signs, squares
and figures. The fixed colors have a contrast of 3 : 1 or more on white, on black and on grey themes.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.theme import Theme

THEMED: Mapping[str, str] = {
    "sign.operational": "green",
    "sign.partial_outage": "black on yellow",  # yellow alone cannot be seen on white
    "sign.major_outage": "bold red",
    "sign.no_data": "dim",
    "square.operational": "green",
    "square.partial_outage": "black on yellow",
    "square.major_outage": "bold white on red",
    "square.no_data": "dim",
    "figure.operational": "",
    "figure.partial_outage": "bold",
    "figure.major_outage": "bold red",
    "figure.no_data": "dim",
    "warning": "bold",
}
"""The styles on a terminal with 8 or 16 colors, which are those of its theme."""

FIXED: Mapping[str, str] = {
    **THEMED,
    "sign.operational": "color(28)",
    "sign.partial_outage": "color(136)",
    "sign.major_outage": "bold color(196)",
    "square.operational": "color(28)",
    "square.partial_outage": "color(136)",
    "square.major_outage": "bold color(231) on color(160)",
    "figure.partial_outage": "color(130)",
    "figure.major_outage": "bold color(196)",
    "warning": "color(130)",
}
"""The styles on a terminal with 256 colors: green, amber and red of a middle brightness."""


def theme(*, many_colors: bool) -> Theme:
    """Return the theme with the styles by name."""
    return Theme(dict(FIXED if many_colors else THEMED))
