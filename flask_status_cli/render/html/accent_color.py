"""Makes the owner's color readable: the nearest shades with enough contrast on both backgrounds."""

from __future__ import annotations

import re

from flask_status_cli.errors import OptionError
from flask_status_cli.frozen import frozen

LIGHT, DARK = "#ffffff", "#0d1117"
"""The backgrounds of the page, as in its style sheet."""

READABLE = 4.5
"""The contrast that WCAG demands for text."""

_COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")

Channels = tuple[int, int, int]


@frozen
class Accent:
    """A color as `#rrggbb`, for the light and for the dark background."""

    light: str
    dark: str


def accent(color: str, *, option: str = "--accent") -> Accent:
    """Return readable shades of `color` (`#rgb` or `#rrggbb`).

    A readable color stays as it is. Raises `OptionError` if the text is not such a color.
    """
    found = _COLOR.fullmatch(color.strip())
    if found is None:
        raise OptionError(option, f"{color!r} is not a color", "use for example #0969da")
    digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
    return Accent(
        light=_readable(_channels(digits), LIGHT, towards=0),
        dark=_readable(_channels(digits), DARK, towards=255),
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors by the formula of WCAG 2.2, from 1 to 21."""
    low, high = sorted(_luminance(_channels(color[1:])) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def _readable(color: Channels, ground: str, *, towards: int) -> str:
    """Return the color, mixed with as little black (0) or white (255) as makes it readable on the ground."""
    for part in range(101):
        red, green, blue = (round(c + (towards - c) * part / 100) for c in color)
        mixed = f"#{red:02x}{green:02x}{blue:02x}"
        if contrast(mixed, ground) >= READABLE:
            return mixed
    raise AssertionError("black on white and white on black can be read")


def _channels(digits: str) -> Channels:
    red, green, blue = (int(digits[start : start + 2], 16) for start in (0, 2, 4))
    return red, green, blue


def _luminance(color: Channels) -> float:
    channels = (channel / 255 for channel in color)
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
