"""Makes standard streams write ASCII if they are not UTF-8."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Mapping

CODEC = "flask_status_ascii"
"""The name of our own encoding. It cannot be called ASCII, because click writes UTF-8 to such streams."""


class Encoder(codecs.IncrementalEncoder):
    r"""Encodes text as ASCII. `×` becomes `x`; a character without a replacement is escaped: `\u65e5`."""

    def encode(self, text: str, final: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - as codecs call it
        """Return the bytes of a text."""
        from flask_status_cli.render.escape import ASCII_SIGNS

        return text.translate(ASCII_SIGNS).encode("ascii", "backslashreplace")


def use_ascii_where_needed(environment: Mapping[str, str]) -> None:
    """Make standard output and standard error write ASCII if they are not UTF-8, or with `LC_ALL=C`.

    Python itself writes UTF-8 with `LC_ALL=C`, but other programs write ASCII.
    """
    chosen = environment.get("PYTHONIOENCODING") or environment.get("PYTHONUTF8")
    plain = environment.get("LC_ALL") in {"C", "POSIX"} and not chosen
    for stream in (sys.stdout, sys.stderr):
        encoding = (stream.encoding or "ascii").lower()
        unicode = encoding.startswith(("utf-8", "utf8")) and not plain
        if isinstance(stream, io.TextIOWrapper) and not unicode:
            codecs.register(_codec)
            stream.reconfigure(encoding=CODEC)


def _codec(name: str) -> codecs.CodecInfo | None:
    if name != CODEC:
        return None
    return codecs.CodecInfo(
        lambda text, _errors="strict": (Encoder().encode(text), len(text)),
        codecs.ascii_decode,
        incrementalencoder=Encoder,
        incrementaldecoder=codecs.lookup("ascii").incrementaldecoder,
        name=CODEC,
    )
