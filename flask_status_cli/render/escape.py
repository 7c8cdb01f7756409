"""Text from a log made printable: one line, bounded, with nothing in it that hides, moves or commands."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
ASCII_ELLIPSIS = "..."

ASCII_SIGNS = str.maketrans(
    {"×": "x", "–": "-", "—": "-", "…": "...", "✓": "+", "▲": "!", "✕": "x", "·": "-", "→": "->"}
    | dict.fromkeys("“”„«»", '"')
)
"""What stands for each sign of our own sentences where only ASCII can be written."""

FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet take a cell for a formula."""

_LONGEST_ESCAPE = len("\\U000e0001")

# Letters and marks that Unicode calls printable, and that no screen shows.
INVISIBLE = frozenset(
    "\u034f"  # combining grapheme joiner
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\u17b4\u17b5"  # Khmer inherent vowels
    "\u2800"  # Braille pattern blank
    "\u180b\u180c\u180d\u180f"  # Mongolian variation selectors
) | frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))  # variation selectors


def printable(text: str, limit: int = 200, *, ascii_only: bool = False, keep: str = "") -> str:
    r"""Return `text` as one printable line of at most `limit` characters (and at least an ellipsis).

    Control, format (bidirectional ones too) and other invisible characters, blanks other than the space, a
    space at either end, lone surrogates, and combining marks that have nothing to stand on are written
    `\x1b`, `\u202e`, `\U000e0001`. What does not fit is cut, never within an escape, and ends in an
    ellipsis.
    With `ascii_only` the same is done to every character that is not ASCII. What is in `keep` is shown as it
    is: a blank that our own sentences put between digits.
    """
    edged = text[:1] == " " or text[-1:] == " "
    if len(text) <= limit and text.isascii() and text.isprintable() and not edged:
        return text
    # Whatever lies far beyond the limit cannot be shown: a path of megabytes costs no more than this.
    pieces = _pieces(text[: limit + 1], ascii_only=ascii_only, keep=keep)
    if edged:
        pieces[0] = pieces[0].replace(" ", "\\x20")
        pieces[-1] = pieces[-1].replace(" ", "\\x20")
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    ellipsis = ASCII_ELLIPSIS if ascii_only else ELLIPSIS
    return _cut(pieces, limit - len(ellipsis)) + ellipsis


def _pieces(text: str, *, ascii_only: bool, keep: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        plain = character.isascii() if ascii_only else character not in INVISIBLE
        afloat = unicodedata.category(character) in {"Mn", "Me"} and (
            not pieces or len(pieces[-1]) > 1
        )
        shown = plain and character.isprintable() and not afloat
        pieces.append(character if shown or character in keep else _escaped(character))
    return pieces


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _cut(pieces: list[str], room: int) -> str:
    kept = ""
    for piece in pieces:
        if len(kept) + len(piece) > room:
            break
        kept += piece
    return kept


def encodable(text: str) -> str:
    r"""Return `text` for a program: as it is, but for lone surrogates, which no encoding has: `\udce9`."""
    return text.encode("utf-8", "backslashreplace").decode()


def cell(text: str) -> str:
    r"""Return `text` for a cell of a CSV file: one line, nothing hidden, and no formula for a spreadsheet.

    What `printable` escapes is escaped here too, nothing is cut; a leading `=`, `+`, `-` or `@` gets a `'`
    before it.
    """
    safe = printable(text, len(text) * _LONGEST_ESCAPE)
    return f"'{safe}" if safe.startswith(FORMULA) else safe
