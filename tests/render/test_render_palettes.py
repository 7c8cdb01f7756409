"""The colors of the terminal: with 256 of them they can be seen on every background."""

from __future__ import annotations

import pytest
from rich.color import Color

from flask_status_cli.model import Condition
from flask_status_cli.render.terminal.palettes import FIXED, THEMED, theme

# White, black, and the backgrounds of Solarized (light and dark), GitHub dark and One Dark.
BACKGROUNDS = ("#ffffff", "#000000", "#fdf6e3", "#002b36", "#0d1117", "#282c34")
STYLES = theme(many_colors=True).styles
INKS = [name for name in FIXED if STYLES[name].color and not STYLES[name].bgcolor]


def luminance(color: Color) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [part / 255 for part in color.get_truecolor()]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("name", INKS)
def test_a_color_can_be_seen_on_every_background(name: str, background: str) -> None:
    color = STYLES[name].color
    assert color is not None
    assert contrast(color, Color.parse(background)) >= 2.95


@pytest.mark.parametrize("name", ["figure.partial_outage", "warning"])
@pytest.mark.parametrize("background", ["#ffffff", "#000000"])
def test_a_text_in_color_can_be_read_on_white_and_on_black(name: str, background: str) -> None:
    # A color of 4.58 : 1 on both would be the best one there is.
    color = STYLES[name].color
    assert color is not None
    assert contrast(color, Color.parse(background)) >= 4.4


def test_a_filled_square_has_its_own_contrast() -> None:
    style = STYLES["square.major_outage"]
    assert style.color is not None
    assert style.bgcolor is not None
    assert contrast(style.color, style.bgcolor) >= 4.5


def test_every_state_has_a_sign_a_square_and_a_figure() -> None:
    expected = {
        f"{kind}.{state.value}" for kind in ("sign", "square", "figure") for state in Condition
    }
    assert set(THEMED) == set(FIXED) == {*expected, "warning"}


def test_with_16_colors_yellow_is_never_ink() -> None:
    assert not [name for name, style in THEMED.items() if style.split(" on ")[0].endswith("yellow")]
