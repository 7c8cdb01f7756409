"""Recognizes files that are no logs by their first bytes, so that they are refused by name."""

from __future__ import annotations

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen

_NAME_A_LOG = "name a log"
_AS_JSON = "write its rows as lines of JSON, and read those"


@frozen
class OtherFile:
    """A kind of file that is not made of lines.

    - `magic`: its first bytes; any of them.
    - `hint`: what to do instead.
    """

    what: str
    magic: tuple[bytes, ...]
    hint: str = _NAME_A_LOG


# Sources: the specifications of these formats; the table of file(1).
OTHER_FILES = (
    OtherFile(
        "an SQLite database",
        (b"SQLite format 3\0",),
        "name a log; --db names the database of flask-status",
    ),
    OtherFile("a Parquet file", (b"PAR1",), _AS_JSON),
    OtherFile("an Avro file", (b"Obj\x01",), _AS_JSON),
    OtherFile("a PDF document", (b"%PDF-",)),
    OtherFile("a PNG picture", (b"\x89PNG\r\n\x1a\n",)),
    OtherFile("a JPEG picture", (b"\xff\xd8\xff",)),
    OtherFile("a GIF picture", (b"GIF87a", b"GIF89a")),
    OtherFile("a program", (b"\x7fELF", b"MZ\x90\0", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
    OtherFile("an event log of Windows", (b"ElfFile\0",)),
    OtherFile(
        "a capture of network packets",
        (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x0a\x0d\x0d\x0a"),
    ),
)
_MAGIC = tuple(magic for one in OTHER_FILES for magic in one.magic)


def refuse_other_files(path: str, beginning: bytes) -> None:
    """Raise `LogError` if the first bytes are those of a file that is no log."""
    if beginning.startswith(_MAGIC):
        found = next(one for one in OTHER_FILES if beginning.startswith(one.magic))
        raise LogError(path, f"is {found.what}, not a log", found.hint)
