"""Compressed logs, known by their first bytes, become plain bytes; how they ended is told."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, cast

from flask_status_cli.errors import LogError


class Readable(Protocol):
    """What is read in turn: at most so many bytes, `b""` at the end."""

    def read(self, length: int, /) -> bytes:
        """Return the next bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Archive:
    """A kind of compression: its magic bytes, what opens it (`None`: not we, but `command`)."""

    name: str
    magic: bytes
    command: str
    opener: Callable[..., Any] | None


ARCHIVES = (
    Archive("gzip", b"\x1f\x8b", "zcat", partial(gzip.open, mode="rb")),
    Archive("bzip2", b"BZh", "bzcat", partial(bz2.open, mode="rb")),
    Archive("xz", b"\xfd7zXZ\x00", "xzcat", partial(lzma.open, mode="rb")),
    Archive("zstd", b"\x28\xb5\x2f\xfd", "zstdcat", None),
)
MAGIC_LENGTH = max(len(archive.magic) for archive in ARCHIVES)

_DAMAGE = (OSError, zlib.error, lzma.LZMAError, ValueError)


def archive_of(beginning: bytes) -> Archive | None:
    """Return the compression that the first bytes of a file name, or `None` for a plain one."""
    return next((archive for archive in ARCHIVES if beginning.startswith(archive.magic)), None)


class Unpacked:
    """The plain bytes of an archive, of any number of members.

    After the last byte `cut` tells that the end mark is missing (the archive is still being written, or
    was cut), and `damage` what is broken in it; what was readable has been read all the same.
    """

    def __init__(self, archive: Archive, raw: Readable, *, name: str) -> None:
        if archive.opener is None:
            raise LogError(
                name, f"compressed with {archive.name}, which is not read directly",
                f"try: {archive.command} {name} | flask-status ingest -",
            )  # fmt: skip
        self.cut = False
        self.damage: str | None = None
        self._file = archive.opener(raw)

    def read(self, length: int, /) -> bytes:
        """Return at least one byte, at most `length`; `b""` at the end, however it came."""
        try:
            return cast("bytes", self._file.read1(length))
        except EOFError:
            self.cut = True
        except _DAMAGE as error:
            self.damage = str(error)
        return b""
