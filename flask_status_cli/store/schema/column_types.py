"""Column types: how our nouns lie in columns of integers, texts and bytes."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text, TypeDecorator

from flask_status_cli.model import Mark, Unread

T = TypeVar("T")
Lines = Mapping[tuple[Unread, str], int]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MARK: Final = struct.Struct(">Q8s")


def microseconds(instant: datetime) -> int:
    """Count an aware instant in microseconds since the epoch."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def instant(microseconds: int) -> datetime:
    """Make the instant in UTC again."""
    return EPOCH + timedelta(microseconds=microseconds)


def signed(number: int) -> int:
    """Fit an unsigned 64-bit number into SQL's signed integer: the upper half becomes negative."""
    return number - 2**64 if number >= 2**63 else number


def unsigned(number: int) -> int:
    """Undo `signed`."""
    return number % 2**64


def pack_marks(marks: tuple[Mark, ...]) -> bytes:
    """Write 16 bytes a mark: its position (big-endian), its digest."""
    return b"".join(MARK.pack(mark.position, mark.digest) for mark in marks)


def unpack_marks(packed: bytes) -> tuple[Mark, ...]:
    """Read the marks again."""
    return tuple(Mark(position, digest) for position, digest in MARK.iter_unpack(packed))


def dump_lines(lines: Lines) -> str:
    """Write a JSON list of [kind, reason, lines], sorted, so that equal mappings are equal text."""
    return json.dumps(sorted([kind.value, reason, n] for (kind, reason), n in lines.items()))


def load_lines(text: str) -> Lines:
    """Read the mapping again."""
    return {(Unread(kind), reason): n for kind, reason, n in json.loads(text)}


def split_words(text: str) -> tuple[str, ...]:
    """Cut at blanks again."""
    return tuple(text.split())


def load_sentences(text: str) -> tuple[str, ...]:
    """Read a JSON list of sentences; JSON is ASCII, so any file name in them has survived."""
    return tuple(json.loads(text))


class Encoded(TypeDecorator[T]):
    """A column of values that are encoded on the way in and decoded on the way out; `None` is NULL."""

    cache_ok = True
    encode: ClassVar[staticmethod[..., Any]]
    decode: ClassVar[staticmethod[..., Any]]

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Encode a value."""
        return None if value is None else type(self).encode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Decode what is stored."""
        decoded: T | None = None if value is None else type(self).decode(value)
        return decoded


class Instant(Encoded[datetime]):
    """An aware instant as microseconds since the epoch."""

    impl = BigInteger
    cache_ok = True
    encode = staticmethod(microseconds)
    decode = staticmethod(instant)


class Unsigned(Encoded[int]):
    """A number of a file system: some have inodes beyond 2**63."""

    impl = BigInteger
    cache_ok = True
    encode = staticmethod(signed)
    decode = staticmethod(unsigned)


class FilePath(Encoded[str]):
    """A path as the bytes it really is, since not every file name is text."""

    impl = LargeBinary
    cache_ok = True
    encode = staticmethod(os.fsencode)
    decode = staticmethod(os.fsdecode)


class Marks(Encoded[tuple[Mark, ...]]):
    """The marks of a checkpoint."""

    impl = LargeBinary
    cache_ok = True
    encode = staticmethod(pack_marks)
    decode = staticmethod(unpack_marks)


class Pending(Encoded[Lines]):
    """The lines of a stream before its first entry."""

    impl = Text
    cache_ok = True
    encode = staticmethod(dump_lines)
    decode = staticmethod(load_lines)


class Words(Encoded[tuple[str, ...]]):
    """Words that hold no blank, such as HTTP methods, in their order."""

    impl = Text
    cache_ok = True
    encode = staticmethod(" ".join)
    decode = staticmethod(split_words)


class Sentences(Encoded[tuple[str, ...]]):
    """The problems of a run; none at all is `[]`."""

    impl = Text
    cache_ok = True
    encode = staticmethod(json.dumps)
    decode = staticmethod(load_sentences)
