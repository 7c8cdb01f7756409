"""Decompresses zstd frames, with Python 3.14's `compression.zstd` or its backport."""

from __future__ import annotations

import sys

WINDOW = "128 MiB"
"""The largest window that is accepted, as in the `zstd` command without options."""

_TOO_LARGE = "too much memory"


class WindowError(Exception):
    """A frame needs a larger window than is allowed. It was made with `zstd --long=28` or more."""


class Frame:
    """Decompresses one frame, or a skippable frame, which has no content. Checksums are verified.

    `decompress` raises `OSError` if the frame is damaged, and `WindowError` if it needs too much memory.
    """

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression.zstd import ZstdDecompressor, ZstdError
        else:
            from backports.zstd import ZstdDecompressor, ZstdError
        self._frame = ZstdDecompressor()
        self._error = ZstdError

    @property
    def eof(self) -> bool:
        """Whether the end of the frame was read."""
        return self._frame.eof

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the frame."""
        return self._frame.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most `max_length` decompressed bytes, and keep the others."""
        try:
            return self._frame.decompress(data, max_length)
        except self._error as error:
            if _TOO_LARGE in str(error):
                raise WindowError(str(error)) from error
            raise OSError(str(error)) from error
