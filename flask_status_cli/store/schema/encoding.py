"""How values are written as integers, texts and bytes, and read again."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from flask_status_cli.model import Mark, Unread

Lines = Mapping[tuple[Unread, str], int]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
MARK: Final = struct.Struct(">Q8s")
_NOTHING: Final = "[]"
"""An empty list, which is written and read without `json`."""


def microseconds(instant: datetime) -> int:
    """Return an aware instant as microseconds since the epoch."""
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    """Return the instant in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def signed(number: int) -> int:
    """Convert an unsigned 64-bit number to SQL's signed integer. The upper half becomes negative."""
    return number - 2**64 if number >= 2**63 else number


def unsigned(number: int) -> int:
    """Undo `signed`."""
    return number % 2**64


def pack_marks(marks: tuple[Mark, ...]) -> bytes:
    """Write 16 bytes for each mark: its position (big-endian) and its digest."""
    flat = [value for mark in marks for value in (mark.position, mark.digest)]
    return struct.pack(">" + "Q8s" * len(marks), *flat)


def unpack_marks(packed: bytes) -> tuple[Mark, ...]:
    """Read the marks again."""
    return tuple(Mark(position, digest) for position, digest in MARK.iter_unpack(packed))


def dump_lines(lines: Lines) -> str:
    """Write a sorted JSON list of [kind, reason, lines], so that equal mappings give equal text."""
    if not lines:
        return _NOTHING
    import json

    return json.dumps(sorted([kind.value, reason, n] for (kind, reason), n in lines.items()))


def load_lines(text: str) -> Lines:
    """Read the mapping again."""
    if text == _NOTHING:
        return {}
    import json

    return {(Unread(kind), reason): n for kind, reason, n in json.loads(text)}


def encode_path(path: str) -> bytes:
    """Write a path as bytes, because not every file name is text."""
    return os.fsencode(path)


def decode_path(path: bytes) -> str:
    """Read the path again."""
    return os.fsdecode(path)


def join_words(words: tuple[str, ...]) -> str:
    """Write words without blanks as one text."""
    return " ".join(words)


def split_words(text: str) -> tuple[str, ...]:
    """Split the text at blanks."""
    return tuple(text.split())


def dump_sentences(sentences: tuple[str, ...]) -> str:
    """Write a JSON list of sentences. None at all is `[]`."""
    if not sentences:
        return _NOTHING
    import json

    return json.dumps(sentences)


def load_sentences(text: str) -> tuple[str, ...]:
    """Read a JSON list of sentences. The JSON is ASCII, so it can have any file name."""
    if text == _NOTHING:
        return ()
    import json

    return tuple(json.loads(text))
