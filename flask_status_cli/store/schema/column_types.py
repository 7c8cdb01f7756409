"""Column types of SQLAlchemy that store Python values as integers, texts or bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text, TypeDecorator

from flask_status_cli.model import Mark
from flask_status_cli.store.schema.encoding import (
    Lines,
    decode_path,
    dump_lines,
    dump_sentences,
    encode_path,
    instant,
    join_words,
    load_lines,
    load_sentences,
    microseconds,
    pack_marks,
    signed,
    split_words,
    unpack_marks,
    unsigned,
)

T = TypeVar("T")


class Encoded(TypeDecorator[T]):
    """A type whose values are encoded when written and decoded when read. `None` is NULL."""

    cache_ok = True
    encode: ClassVar[staticmethod[..., Any]]
    decode: ClassVar[staticmethod[..., Any]]

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Encode a value."""
        return None if value is None else type(self).encode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Decode a stored value."""
        decoded: T | None = None if value is None else type(self).decode(value)
        return decoded


class Instant(Encoded[datetime]):
    """An aware instant, stored as microseconds since the epoch."""

    impl = BigInteger
    cache_ok = True
    encode = staticmethod(microseconds)
    decode = staticmethod(instant)


class Unsigned(Encoded[int]):
    """An inode or device number, stored as a signed integer. Some file systems have inodes beyond 2**63."""

    impl = BigInteger
    cache_ok = True
    encode = staticmethod(signed)
    decode = staticmethod(unsigned)


class FilePath(Encoded[str]):
    """A path, stored as bytes, because not every file name is text."""

    impl = LargeBinary
    cache_ok = True
    encode = staticmethod(encode_path)
    decode = staticmethod(decode_path)


class Marks(Encoded[tuple[Mark, ...]]):
    """The marks of a checkpoint, stored as bytes."""

    impl = LargeBinary
    cache_ok = True
    encode = staticmethod(pack_marks)
    decode = staticmethod(unpack_marks)


class Pending(Encoded[Lines]):
    """The numbers of lines before the first entry of a stream, stored as JSON."""

    impl = Text
    cache_ok = True
    encode = staticmethod(dump_lines)
    decode = staticmethod(load_lines)


class WordList(Encoded[tuple[str, ...]]):
    """A list of words without blanks, such as HTTP methods, stored with blanks between them."""

    impl = Text
    cache_ok = True
    encode = staticmethod(join_words)
    decode = staticmethod(split_words)


class TextList(Encoded[tuple[str, ...]]):
    """A list of texts, such as the problems of a run, stored as JSON. An empty list is `[]`."""

    impl = Text
    cache_ok = True
    encode = staticmethod(dump_sentences)
    decode = staticmethod(load_sentences)
