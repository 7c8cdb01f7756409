"""ASCII output for standard streams that are not UTF-8: known signs are replaced, others escaped."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Mapping

CODEC = "flask_status_ascii"
"""The name of the encoding. It is one of our own, because click writes UTF-8 to streams that say ASCII."""


class Encoder(codecs.IncrementalEncoder):
    r"""Encodes text as ASCII: `×` is written as `x`, and what has no replacement as `\u65e5`."""

    def encode(self, text: str, final: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - as codecs call it
        """Return the bytes of a text."""
        from flask_status_cli.render.escape import ASCII_SIGNS

        return text.translate(ASCII_SIGNS).encode("ascii", "backslashreplace")


def use_ascii_where_needed(environment: Mapping[str, str]) -> None:
    """Let standard output and standard error write ASCII unless they are UTF-8, or if `LC_ALL` asks for it.

    Python writes UTF-8 with `LC_ALL=C`, too; other programs write ASCII then.
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
