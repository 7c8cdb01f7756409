"""The codes of requests. Of similar requests, only one is resolved by the tally."""

from __future__ import annotations

from flask_status_cli.formats.counting.line_cache import LONGEST_KEPT, Alike
from flask_status_cli.formats.counting.line_loop import Resolve
from flask_status_cli.formats.families.named_parts import encoded

_MOST = 1 << 17
_PLAIN = frozenset(range(0x21, 0x7F)) - frozenset(b'"\\')


class CodesAlike:
    """Returns the tally's code of a request, with a cache for similar requests."""

    def __init__(self, resolve: Resolve, alike: Alike) -> None:
        self._resolve = resolve
        self._alike = alike
        self._codes: dict[bytes, int] = {}

    def forget(self) -> None:
        """Drop all codes, because they have changed."""
        self._codes.clear()

    def code(self, method: str | None, target: str | None, status: int) -> int:
        """Return the code of a request. The code of a similar request is used if one is cached."""
        if method is None or target is None:
            return self._resolve(method, target, status)
        path = encoded(target)
        if not _PLAIN.issuperset(path):
            return self._resolve(method, target, status)
        key = self._alike(b'%b %b HTTP/1.1" %03d ' % (encoded(method), path, status))
        code = self._codes.get(key)
        if code is None:
            code = self._resolve(method, target, status)
            if len(key) <= LONGEST_KEPT:
                if len(self._codes) >= _MOST:
                    self._codes.clear()
                self._codes[key] = code
        return code
