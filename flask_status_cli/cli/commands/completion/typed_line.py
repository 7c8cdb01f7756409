"""Parses a command line that is being typed in bash, and quotes completions for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_status_cli.frozen import frozen

_IN_DOUBLE_QUOTES = frozenset('"$`\\')
"""The characters that a backslash escapes between double quotes."""

_PLAIN = frozenset("/.-_,+%@")
"""The characters, besides letters and digits, that bash does not interpret."""


@dataclass(slots=True)
class TypedWord:
    """A word of a command line.

    - `raw`: the word as it was typed.
    - `text`: the word after quotes and backslashes were applied.
    - `quote`: the quote character that is still open.
    - `begun`: whether any character was typed.
    """

    raw: str = ""
    text: str = ""
    quote: str = ""
    begun: bool = False


@frozen
class TypedLine:
    """The complete words of a command line, and the `last` word, which is to be completed."""

    words: tuple[str, ...]
    last: TypedWord = field(default_factory=TypedWord)


def parse_line(line: str) -> TypedLine:
    """Split a line into words as bash does, with its rules for quotes and backslashes."""
    words: list[TypedWord] = []
    word = TypedWord()
    characters = iter(line)
    for character in characters:
        if character.isspace() and not word.quote:
            if word.begun:
                words.append(word)
            word = TypedWord()
            continue
        word.raw += character
        word.begun = True
        if character == word.quote:
            word.quote = ""
        elif character in {"'", '"'} and not word.quote:
            word.quote = character
        elif character == "\\" and word.quote != "'":
            following = next(characters, "")
            word.raw += following
            kept = word.quote and following not in _IN_DOUBLE_QUOTES
            word.text += character + following if kept else following
        else:
            word.text += character
    return TypedLine(tuple(each.text for each in words), word)


def replies(values: Sequence[str], last: TypedWord, *, word: str, value: str) -> list[str]:
    """Return the text that bash must insert for each value instead of `word`.

    `word` is the end of `last`, after the last character at which bash begins a new word. `value` is the text
    of `last`, or for `--option=value` the part after `=`. All `values` begin with it.
    """
    ahead = last.raw[: len(last.raw) - len(word)] if last.raw.endswith(word) else ""
    if last.quote and ahead in {"", last.quote}:
        return [_quoted(each, last.quote) for each in values]
    known = parse_line(ahead).last.text
    option = last.text[: len(last.text) - len(value)]
    cut = max(0, len(known) - len(option))
    left = [each[cut:] for each in values]
    if all(_is_plain(each) for each in left):
        return left
    if cut == 0:
        return ["'" + _quoted(each, "'") + "'" for each in left]
    return ["".join(c if _is_plain(c) else f"\\{c}" for c in each) for each in left]


def _quoted(value: str, quote: str) -> str:
    """Return a value as it is written between two quote characters."""
    if quote == "'":
        return value.replace("'", "'\\''")
    return "".join(f"\\{c}" if c in _IN_DOUBLE_QUOTES else c for c in value)


def _is_plain(text: str) -> bool:
    return all(c.isalnum() or c in _PLAIN for c in text)
