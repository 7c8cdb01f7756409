"""Decompresses logs whose first bytes show that they are compressed, and reports how they ended."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen
from flask_status_cli.sources.reading import zstd


class Readable(Protocol):
    """A content that is read from beginning to end."""

    def read(self, length: int, /) -> bytes:
        """Return at most `length` bytes; `b""` at the end."""
        ...


class Decompressor(Protocol):
    """The common interface of zlib, bz2, lzma and zstd."""

    @property
    def eof(self) -> bool:
        """Whether the end mark of the member was met."""
        ...

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end mark."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most `max_length` decompressed bytes."""
        ...


@frozen
class Archive:
    """A kind of compression: the first bytes of a member, and what decompresses it.

    `member` is `None` for a kind that is not supported here; `command` decompresses it.
    """

    name: str
    magic: tuple[bytes, ...]
    command: str
    member: Callable[[], Decompressor] | None


def _bzip2() -> Decompressor:
    from bz2 import BZ2Decompressor

    return BZ2Decompressor()


def _xz() -> Decompressor:
    from lzma import LZMADecompressor

    return LZMADecompressor()


_SKIPPABLE = tuple(bytes([first]) + b"\x2a\x4d\x18" for first in range(0x50, 0x60))

ARCHIVES = (
    Archive("gzip", (b"\x1f\x8b",), "zcat", lambda: zlib.decompressobj(wbits=31)),  # RFC 1952
    Archive("bzip2", (b"BZh",), "bzcat", _bzip2),
    Archive("xz", (b"\xfd7zXZ\x00",), "xzcat", _xz),
    Archive(
        "zstd", (b"\x28\xb5\x2f\xfd", *_SKIPPABLE), "zstd -dc --long=31", zstd.Frame
    ),  # RFC 8878
    Archive("lz4", (b"\x04\x22\x4d\x18",), "lz4 -dc", None),
)
_MAGIC = tuple(magic for archive in ARCHIVES for magic in archive.magic)
MAGIC_LENGTH = max(map(len, _MAGIC))

_PACKED_CHUNK = 1 << 16
_PADDING = b"\0"


def _damage() -> tuple[type[Exception], ...]:
    """Return the errors of a damaged archive."""
    from lzma import LZMAError

    return OSError, zlib.error, LZMAError, EOFError


def archive_of(beginning: bytes) -> Archive | None:
    """Return the compression that the first bytes show, `None` for a plain file."""
    if not beginning.startswith(_MAGIC):
        return None
    return next(archive for archive in ARCHIVES if beginning.startswith(archive.magic))


class Unpacked:
    """The decompressed bytes of an archive with any number of members.

    After the last byte, `cut` says that the end mark is missing, because the archive is still being written
    or was cut. `damage` is what is broken; everything readable has been read. `members` is the number, from
    1, of the member of the last bytes read; one read never spans two members. Raises `LogError` for an
    archive that only its own command can decompress.
    """

    def __init__(self, archive: Archive, raw: Readable, *, name: str) -> None:
        self._name = name
        self._archive = archive
        if archive.member is None:
            raise self._not_by_us("which is not read directly")
        self.cut = False
        self.damage: str | None = None
        self.members = 1
        self._new = archive.member
        self._raw = raw
        self._member = self._new()
        self._packed = b""
        self._ended = False
        self._begun = False

    def read(self, length: int, /) -> bytes:
        """Return at least one byte and at most `length`; `b""` at the end, even if that is a broken one."""
        try:
            while not self._ended:
                if plain := self._read(length):
                    self._begun = True
                    return plain
        except _damage() as error:
            self.damage, self._ended = str(error), True
        except zstd.WindowError as error:
            why = f"with a window of more than {zstd.WINDOW}"
            if not self._begun:
                raise self._not_by_us(why) from error
            self.damage, self._ended = f"a part is compressed {why}", True
        return b""

    def _not_by_us(self, why: str) -> LogError:
        what = f"compressed with {self._archive.name}, {why}"
        hint = f"try: {self._archive.command} {self._name} | flask-status ingest -"
        return LogError(self._name, what, hint)

    def _read(self, length: int) -> bytes:
        if self._member.eof:
            self._next_member()
            return b""
        plain = self._member.decompress(self._packed, length)
        # bz2, lzma and zstd keep by themselves what is beyond `length`
        self._packed = getattr(self._member, "unconsumed_tail", b"")
        if not plain and not self._packed and not self._at_end():
            self._packed = self._raw.read(_PACKED_CHUNK)
            self.cut = self._ended = not self._packed
        return plain

    def _at_end(self) -> bool:
        # apart, because a type checker takes the answer before `decompress` for the one after it
        return self._member.eof

    def _next_member(self) -> None:
        """Begin what lies behind an end mark: another member, padding, or rubbish."""
        rest = self._member.unused_data.lstrip(_PADDING)
        while len(rest) < MAGIC_LENGTH and (more := self._raw.read(_PACKED_CHUNK)):
            rest = (rest + more).lstrip(_PADDING)
        self._ended = not rest
        if rest and not rest.startswith(self._archive.magic):
            if not any(magic.startswith(rest) for magic in self._archive.magic):
                raise OSError("something else follows its end")
            self.cut = self._ended = True
        self._member, self._packed = self._new(), rest
        self.members += bool(rest)
