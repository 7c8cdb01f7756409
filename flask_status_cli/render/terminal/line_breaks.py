"""Breaks lines that are too long for the screen, at blanks that are not in a figure or an instant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

HANGING = "  "
"""The indentation of the later parts of a broken line."""

GLUED = re.compile(
    r"(?<=\d) (?=(?:min|h|d|s|ms|µs|us)\b|%|UTC\b|[+-]\d\d:\d\d\b|\d\d:\d\d\b)"  # 44 min, 10:58 +01:00
    r"|(?<=\d [dh]) (?=\d+ (?:h|min)\b)"  # 12 h 32 min
    r"|(?<=\d) (?=[×x] \d)|(?<=\d [×x]) (?=\d)"  # 500 × 120
    r"|(?<=\w) (?=[0-9a-f]{8}$)"  # Incident 4f1c09aa
)
"""Matches the blanks at which no line is broken."""

_GLUE = "\N{NO-BREAK SPACE}"

_CHUNK = re.compile(rf"[^ {_GLUE}]+(?:{_GLUE}[^ {_GLUE}]+)*")


def broken(text: Text, width: int) -> Iterator[Text]:
    """Yield a line in parts of at most `width` cells. All parts but the first are indented.

    A word that is wider than the screen is broken at any character.
    """
    if text.cell_len <= width:
        yield text
        return
    first, *others = text.divide(list(_breaks(text.plain, width)))
    first.rstrip()
    yield first
    for part in others:
        line = Text.assemble(HANGING, part)
        line.rstrip()
        yield line


def _breaks(plain: str, width: int) -> Iterator[int]:
    """Yield the offsets at which the parts begin."""
    end = 0  # the width of the present part so far, with its indentation
    last = 0  # the offset up to which characters are in a part
    for chunk in _CHUNK.finditer(GLUED.sub(_GLUE, plain)):
        blanks, cells = chunk.start() - last, cell_len(chunk.group())
        last = chunk.end()
        if end + blanks + cells <= width:
            end += blanks + cells
            continue
        if end > len(HANGING):
            yield chunk.start()
            end = len(HANGING)
        else:
            end += blanks
        for offset, character in enumerate(chunk.group(), chunk.start()):
            if end + cell_len(character) > width:
                yield offset
                end = len(HANGING)
            end += cell_len(character)
