"""Makes text from a log printable: one line of limited length, without invisible or control characters."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
ASCII_ELLIPSIS = "..."

ASCII_SIGNS = str.maketrans(
    {"×": "x", "–": "-", "—": "-", "…": "...", "✓": "+", "▲": "!", "✕": "x", "·": "-", "→": "->"}
    | dict.fromkeys("“”„«»", '"')
)
"""The ASCII replacement of each sign in our own sentences."""

FORMULA = ("=", "+", "-", "@")
"""The characters that make a spreadsheet read a cell as a formula."""

_LONGEST_ESCAPE = len("\\U000e0001")

# Letters and marks that Unicode calls printable, but that no screen shows.
INVISIBLE = frozenset(
    "\u034f"  # combining grapheme joiner
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\u17b4\u17b5"  # Khmer inherent vowels
    "\u2800"  # Braille pattern blank
    "\u180b\u180c\u180d\u180f"  # Mongolian variation selectors
) | frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))  # variation selectors


def printable(text: str, limit: int = 200, *, ascii_only: bool = False, keep: str = "") -> str:
    r"""Return `text` as one printable line of at most `limit` characters (and at least an ellipsis).

    Control characters, format characters (such as bidirectional ones), other invisible characters, blanks
    other than the space, spaces at either end, lone surrogates, and combining marks without a base are
    escaped: `\x1b`, `\u202e`, `\U000e0001`. Text that does not fit is cut, never within an escape, and ends
    with an ellipsis. With `ascii_only` all characters that are not ASCII are escaped, too. Characters in
    `keep` are never escaped.
    """
    edged = text[:1] == " " or text[-1:] == " "
    if len(text) <= limit and text.isascii() and text.isprintable() and not edged:
        return text
    # Text beyond the limit is not shown, so it is not escaped: a path may have megabytes.
    pieces = _pieces(text[: limit + 1], ascii_only=ascii_only, keep=keep)
    if edged:
        pieces[0] = pieces[0].replace(" ", "\\x20")
        pieces[-1] = pieces[-1].replace(" ", "\\x20")
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    ellipsis = ASCII_ELLIPSIS if ascii_only else ELLIPSIS
    return _cut(pieces, limit - len(ellipsis)) + ellipsis


def shortened(text: str, limit: int) -> str:
    r"""Return `text` as one printable line of at most `limit` characters.

    The middle of a longer text is left out. It is never cut within an escape such as `\u202e`.
    """
    whole = printable(text, len(text) * _LONGEST_ESCAPE)
    if len(whole) <= limit:
        return whole
    pieces = _pieces(text, ascii_only=False, keep="")
    room = limit - len(ELLIPSIS)
    tail = _cut([piece[::-1] for piece in reversed(pieces)], room // 2)[::-1]
    return _cut(pieces, room - len(tail)) + ELLIPSIS + tail


def _pieces(text: str, *, ascii_only: bool, keep: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        plain = character.isascii() if ascii_only else character not in INVISIBLE
        without_base = unicodedata.category(character) in {"Mn", "Me"} and (
            not pieces or len(pieces[-1]) > 1
        )
        shown = plain and character.isprintable() and not without_base
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
    r"""Return `text` so that it can be encoded: lone surrogates are escaped, such as `\udce9`."""
    return text.encode("utf-8", "backslashreplace").decode()


def cell(text: str) -> str:
    """Return `text` for a cell of a CSV file: one line, without invisible characters and formulas.

    The same characters are escaped as in `printable`, but nothing is cut. A `'` is put before a leading `=`,
    `+`, `-` or `@`.
    """
    safe = printable(text, len(text) * _LONGEST_ESCAPE)
    return f"'{safe}" if safe.startswith(FORMULA) else safe
