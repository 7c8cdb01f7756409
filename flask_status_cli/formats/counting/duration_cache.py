"""Finds the bucket of a duration by its text. A log has few different texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_status_cli.model.duration_buckets import CODES, bucket_of

UNTOLD: Final = -(1 << 60)
"""The bucket of a line without a duration. It stays below 0 when any code is added."""

_TEXTS = 1 << 15
_LONGEST = 64


class BucketCache(dict[bytes | None, int]):
    """The bucket of each text, times `CODES`. The code of a request is added to it.

    `read` returns the microseconds of a new text, `None` if it is not a duration.
    """

    def __init__(self, read: Callable[[bytes], int | None]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: bytes | None) -> int:
        if text is None:
            return UNTOLD
        took = self._read(text)
        bucket = UNTOLD if took is None else bucket_of(took) * CODES
        if len(text) <= _LONGEST:
            if len(self) >= _TEXTS:
                self.clear()
            self[text] = bucket
        return bucket
