"""Reads many new requests at once: in a scan of a site, every request is new.

One pattern over all of them finds the plain ones. Any other request is read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

UNPROVEN: Final = -1
"""Stands for the code of a key that nothing proves, and of no key."""

CodeOfPath = Callable[[str, int], int]
"""The code of a request by its path and status, whatever its method, its query and the numbers in its path.

The path begins with a slash and holds nothing that is encoded or has to be.
"""

_MOST = 1 << 14
_LONGEST = 255
"""In a longer request the length of its path may matter."""

# A segment of the path that is a number, and a whole key: path and status of a plain one.
_NUMBER = re.compile(rb"/(?<!HTTP/)[0-9]{1,20}(?=[/ ?])")
_KEY = re.compile(
    rb'[A-Z]++ (/[!$&-:=@-\[\]-~]*+)(?:\?[!#-\[\]-~]*+)? HTTP/[0-9](?:\.[0-9]{1,3})?" ([0-9]{3}) ?\n'
    rb"|[^\n]*+\n"
)


class PlainRequests:
    """The codes of plain requests, as they stand from the opening quote to the status."""

    def __init__(self, code_of_path: CodeOfPath) -> None:
        self._code_of_path = code_of_path
        self._known: dict[tuple[bytes, bytes], int] = {}

    def forget(self) -> None:
        """Drop all codes: they have changed."""
        self._known.clear()

    def codes(
        self, keys: Sequence[bytes], others: Callable[[bytes], int | None]
    ) -> Iterator[int | None]:
        """Yield the code of each key in turn, by `others` where it is not plain; no key holds a line end."""
        text = b"".join(b"%b\n" % (key if len(key) <= _LONGEST else b"") for key in keys)
        parts = _KEY.split(_NUMBER.sub(b"/0", text))
        known, code_of_path = self._known, self._code_of_path
        if len(known) > _MOST:
            known.clear()
        for key, path, status in zip(keys, parts[1::3], parts[2::3], strict=True):
            if path is None:
                yield others(key)
                continue
            code = known.get((path, status))
            if code is None:
                code = known[path, status] = code_of_path(path.decode(), int(status))
            yield code
