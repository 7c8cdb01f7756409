"""zstd frames become plain bytes; the only door to Python 3.14's `compression.zstd` and its backport."""

from __future__ import annotations

import sys

WINDOW = "128 MiB"
"""The largest window that is unpacked, as the `zstd` command does unless told otherwise."""

_TOO_LARGE = "too much memory"


class WindowError(Exception):
    """A frame needs a larger window than we give to any: it was made with `zstd --long=28` or more."""


class Frame:
    """One frame, also a skippable one, which holds nothing. Its checksum is verified.

    `decompress` raises `OSError` for a damaged one, `WindowError` for one that needs too much memory.
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
        """Whether the end of the frame was met."""
        return self._frame.eof

    @property
    def unused_data(self) -> bytes:
        """The bytes behind the end of the frame."""
        return self._frame.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most so many plain bytes; what is beyond is kept."""
        try:
            return self._frame.decompress(data, max_length)
        except self._error as error:
            if _TOO_LARGE in str(error):
                raise WindowError(str(error)) from error
            raise OSError(str(error)) from error
