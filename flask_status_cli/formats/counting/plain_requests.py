"""Reads many new requests at once. In a scan of a site, every request is new.

One pattern over all keys finds the plain requests. Any other request is read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

UNPROVEN: Final = -1
"""The code of a key that could not be read as a request, and of a line without a key."""

CodeOfPath = Callable[[str, int], int]
"""Returns the code of a request by its path and status.

Method, query and the numbers in the path do not matter. The path begins with a slash. It contains nothing
that is encoded or has to be.
"""

_MOST = 1 << 14
_LONGEST = 255
"""Longer requests are read one by one, because the length of a path may decide its rule."""

# A segment of the path that is a number, and a whole key: path and status of a plain one.
_NUMBER = re.compile(rb"/(?<!HTTP/)[0-9]{1,20}(?=[/ ?])")
_KEY = re.compile(
    rb'[A-Z]++ (/[!$&-:=@-\[\]-~]*+)(?:\?[!#-\[\]-~]*+)? HTTP/[0-9](?:\.[0-9]{1,3})?" ([0-9]{3}) ?\n'
    rb"|[^\n]*+\n"
)


class PlainRequests:
    """Finds the codes of plain requests by their keys: the text from the opening quote to the status."""

    def __init__(self, code_of_path: CodeOfPath) -> None:
        self._code_of_path = code_of_path
        self._known: dict[tuple[bytes, bytes], int] = {}

    def forget(self) -> None:
        """Drop all codes, because they have changed."""
        self._known.clear()

    def codes(
        self, keys: Sequence[bytes], others: Callable[[bytes], int | None]
    ) -> Iterator[int | None]:
        """Yield the code of each key, by `others` if the request is not plain. No key contains a line end."""
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
