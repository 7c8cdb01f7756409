"""The bucket of every duration in a log, looked up by its text, because a log has few different ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_status_cli.model.duration_buckets import CODES, bucket_of

UNTOLD: Final = -(1 << 60)
"""Stands for the bucket of a line without a duration. With any code added it is below 0."""

_TEXTS = 1 << 15
_LONGEST = 64


class Buckets(dict[bytes | None, int]):
    """`CODES` times the bucket of each text, to which the code of a request is added.

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
