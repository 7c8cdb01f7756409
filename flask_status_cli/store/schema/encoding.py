"""Encodes values as integers, texts or bytes for the database, and decodes them."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from flask_status_cli.model import Mark, UnreadKind
from flask_status_cli.model.log.checkpoints import MARK

Lines = Mapping[tuple[UnreadKind, str], int]
"""The numbers of lines that were not entries, by (kind, reason)."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

_OF_PATHS: Final = sys.getfilesystemencoding()
_ERRORS_IN_PATHS: Final = sys.getfilesystemencodeerrors()

_EMPTY_LIST: Final = "[]"
"""An empty list is encoded and decoded without importing `json`."""


def microseconds(instant: datetime) -> int:
    """Convert an aware instant to microseconds since the epoch."""
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    """Convert microseconds since the epoch to an instant in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def signed(number: int) -> int:
    """Convert an unsigned 64-bit number to a signed one. Numbers from 2**63 on become negative."""
    return number - 2**64 if number >= 2**63 else number


def unsigned(number: int) -> int:
    """Convert a number from `signed` back to the unsigned one."""
    return number % 2**64


def pack_marks(marks: tuple[Mark, ...] | bytes) -> bytes:
    """Encode marks, each as `MARK`. Packed marks stay as they are."""
    if isinstance(marks, bytes):
        return marks
    flat = [value for mark in marks for value in (mark.position, mark.digest)]
    return struct.pack(">" + "Q8s" * len(marks), *flat)


def unpack_marks(packed: bytes) -> tuple[Mark, ...]:
    """Decode the marks of `pack_marks`."""
    return tuple(Mark(position, digest) for position, digest in MARK.iter_unpack(packed))


def dump_lines(lines: Lines) -> str:
    """Encode numbers of lines as a JSON list of [kind, reason, number], sorted to make equal texts."""
    if not lines:
        return _EMPTY_LIST
    import json

    return json.dumps(sorted([kind.value, reason, n] for (kind, reason), n in lines.items()))


def load_lines(text: str) -> Lines:
    """Decode the numbers of `dump_lines`."""
    if text == _EMPTY_LIST:
        return {}
    import json

    return {(UnreadKind(kind), reason): n for kind, reason, n in json.loads(text)}


def encode_path(path: str) -> bytes:
    """Encode a path as bytes, because not every file name is text."""
    return path.encode(
        _OF_PATHS, _ERRORS_IN_PATHS
    )  # what `os.fsencode` does in three times as long


def decode_path(path: bytes) -> str:
    """Decode the path of `encode_path`."""
    return os.fsdecode(path)


def join_words(words: tuple[str, ...]) -> str:
    """Join words without blanks by blanks."""
    return " ".join(words)


def split_words(text: str) -> tuple[str, ...]:
    """Split the text at blanks."""
    return tuple(text.split())


def dump_sentences(sentences: tuple[str, ...]) -> str:
    """Encode a list of texts as JSON. An empty list is `[]`."""
    if not sentences:
        return _EMPTY_LIST
    import json

    return json.dumps(sentences)


def load_sentences(text: str) -> tuple[str, ...]:
    """Decode the list of `dump_sentences`. The JSON is ASCII, so a text may contain any file name."""
    if text == _EMPTY_LIST:
        return ()
    import json

    return tuple(json.loads(text))
