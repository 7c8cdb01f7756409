"""Requests fall into classes: those of one are of the same rule, so one of them is parsed for all.

Most requests differ in nothing but numbers. So a column of them is looked up with its digits made zero,
which are few and stay in the cache; where digits matter, the request itself is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask_status_cli.formats.entry import Request
from flask_status_cli.formats.memo import Alike
from flask_status_cli.formats.prefixes import SGR

MOST = 1 << 18
MOST_BYTES = 24 << 20
"""How many requests are remembered, and of how many bytes: so no log fills the memory."""

_MASK = bytes.maketrans(b"123456789", b"000000000")
_OTHER = bytes.maketrans(b"0", b"1")
_KEPT = ((b"/v1/", b'/v"/'), (b"/v2/", b'/v""/'), (b"/v3/", b'/v"""/'))
"""Versions of an interface are no numbers; no request of a column has a quote."""

_ANY_STATUS = b'" 000 -'
_PARTS = re.compile(rb"((?:%b)*[^ ]+ )(.+)( HTTP/0(?:\.0)?(?:%b)*)" % (SGR, SGR), re.DOTALL)
"""A masked request: the digits of its colours and of its version never matter."""


class RequestClasses:
    """Numbers the classes of requests in steps of `step`.

    `alike` gives the same for requests of one class; it may tell digits apart, but not one number of so
    many digits from another. `parse` reads a request as it stands before a status.
    """

    def __init__(
        self, parse: Callable[[bytes], Request | None], alike: Alike, *, step: int
    ) -> None:
        self._parse = parse
        self._alike = alike
        self._step = step
        self._numbers: dict[bytes, int] = {}
        self._parsed: list[Request] = []
        self._masked: dict[bytes, int] = {}
        self._requests: dict[bytes, int] = {}
        self._digits_matter: set[bytes] = set()
        self._room = self._class_room = MOST_BYTES

    def parsed(self, number: int) -> Request:
        """Return what the requests of a class are."""
        return self._parsed[number // self._step]

    def read(self, column: Sequence[bytes]) -> list[int] | None:
        """Return the class of each request; `None` where one is not proved. No request holds a line feed."""
        joined = b"\n".join(column)
        for version, kept in _KEPT:
            joined = joined.replace(version, kept)
        masked = joined.translate(_MASK).split(b"\n")
        found = list(map(self._masked.get, masked))
        if None in found:
            for place, known in enumerate(found):
                if known is None:
                    found[place] = self._number(column[place], masked[place])
            if None in found:
                return None
        return found  # type: ignore[return-value]  # none of them is None

    def _number(self, request: bytes, masked: bytes) -> int | None:
        number = self._requests.get(request)
        if number is None:
            number = self._masked.get(masked)
        return self._first_met(request, masked) if number is None else number

    def _first_met(self, request: bytes, masked: bytes) -> int | None:
        matter = masked in self._digits_matter or not self._any_digits(masked)
        number = self._class_of(request)
        if number is None:
            return None
        self._room -= len(request)
        if self._room < 0 or len(self._requests) + len(self._masked) >= MOST:
            self._forget()
        if matter:
            self._requests[request] = number
            self._digits_matter.add(masked)
        else:
            self._masked[masked] = number
        return number

    @property
    def crowded(self) -> bool:
        """Whether there are so many classes that `renew()` is due."""
        return len(self._parsed) >= MOST or self._class_room < 0

    def renew(self) -> None:
        """Forget all classes: their numbers mean nothing any more."""
        self._forget()
        self._numbers.clear()
        self._parsed.clear()
        self._class_room = MOST_BYTES

    def _forget(self) -> None:
        self._masked.clear()
        self._requests.clear()
        self._digits_matter.clear()
        self._room = MOST_BYTES

    def _class_of(self, request: bytes) -> int | None:
        same = self._alike(request + _ANY_STATUS)
        number = self._numbers.get(same)
        if number is None:
            parsed = self._parse(same)
            if parsed is None:
                return None
            number = len(self._parsed) * self._step
            self._numbers[same] = number
            self._class_room -= len(same)
            self._parsed.append(parsed)
        return number

    def _any_digits(self, masked: bytes) -> bool:
        """Tell whether all requests that look so but for their digits are alike."""
        for version, kept in reversed(_KEPT):
            masked = masked.replace(kept, version)
        parts = _PARTS.fullmatch(masked)
        if parts is None:
            return False
        other = parts[1] + parts[2].translate(_OTHER) + parts[3]
        return self._alike(masked + _ANY_STATUS) == self._alike(other + _ANY_STATUS)
