"""Decompresses logs whose first bytes show that they are compressed."""

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
        """Return at most `length` bytes, `b""` at the end."""
        ...


class Decompressor(Protocol):
    """The common interface of zlib, bz2, lzma and zstd."""

    @property
    def eof(self) -> bool:
        """Whether the end mark of the member was read."""
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
    """A kind of compression.

    - `magic`: the first bytes of a member; any of them.
    - `command`: the shell command that decompresses it.
    - `member`: makes the decompressor of a member, `None` if only the command can decompress it.
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
    Archive("zip", (b"PK\x03\x04",), "unzip -p", None),
    Archive("7-Zip", (b"7z\xbc\xaf\x27\x1c",), "7z x -so", None),
    Archive("compress", (b"\x1f\x9d",), "zcat", None),
    Archive("lzip", (b"LZIP\x01",), "lzip -dc", None),
    Archive("lzop", (b"\x89LZO\x00",), "lzop -dc", None),
    Archive("RAR", (b"Rar!\x1a\x07",), "unrar p -inul", None),
    Archive("systemd-journald", (b"LPKSHHRH",), "journalctl -o short-iso --file", None),
)
MAGIC = tuple(magic for archive in ARCHIVES for magic in archive.magic)
MAGIC_LENGTH = max(map(len, MAGIC))

_PACKED_CHUNK = 1 << 16
_PADDING = b"\0"


def _damage() -> tuple[type[Exception], ...]:
    """Return the errors of a damaged archive."""
    from lzma import LZMAError

    return OSError, zlib.error, LZMAError, EOFError


def archive_of(beginning: bytes) -> Archive | None:
    """Return the compression that the first bytes show, `None` for a plain file."""
    if not beginning.startswith(MAGIC):
        return None
    return next(archive for archive in ARCHIVES if beginning.startswith(archive.magic))


def is_tar(beginning: bytes) -> bool:
    """Return whether the first bytes, decompressed, are the header of a tar archive (POSIX ustar, GNU)."""
    return beginning[257:262] == b"ustar" and b"\0" in beginning[:257]


def not_from_tar(path: str, *, piped: bool) -> LogError:
    """Return the error for a tar archive, which has other things than lines between its logs."""
    import shlex

    name = "FILE" if piped else shlex.quote(path)
    return LogError(path, "is a tar archive", f"try: tar xOf {name} | flask-status ingest -")


class DecompressedArchive:
    """The decompressed bytes of an archive with any number of members.

    Raises `LogError` for an archive that only its own command can decompress.

    - `cut`: after the last byte, whether the end mark is missing: the archive is still written, or was cut.
    - `damage`: after the last byte, what is broken. Everything readable was read before.
    - `members`: the number, from 1, of the member that the last bytes are from.
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
        """Return 1 to `length` bytes of one member, `b""` at the end or where the archive is broken."""
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
        # bz2, lzma and zstd keep the bytes beyond `length` themselves
        self._packed = getattr(self._member, "unconsumed_tail", b"")
        if not plain and not self._packed and not self._at_end():
            self._packed = self._raw.read(_PACKED_CHUNK)
            self.cut = self._ended = not self._packed
        return plain

    def _at_end(self) -> bool:
        # a method, because a type checker takes `eof` for the same before and after `decompress`
        return self._member.eof

    def _next_member(self) -> None:
        """Begin the next member after an end mark, or end the archive. Padding is skipped."""
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
