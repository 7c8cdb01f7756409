"""Reads many new requests at once. In a scan of a site, every request is new.

One pattern over all keys finds the plain requests. Any other request is read by itself. The compiled scanner
finds plain requests without the pattern; see `plain_request.h`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.routes.discovered.variable_segments import (
    NUMBER_SEGMENT,
    STATIC_EXTENSIONS,
    STATIC_FILES,
)

UNPROVEN: Final = -1
"""The code of a key that could not be read as a request, and of a line without a key."""

CodeOfPath = Callable[[str, int], int]
"""Returns the code of a request by its path and status.

Method, query and the numbers in the path do not matter. The path begins with a slash. It contains nothing
that is encoded or has to be.
"""

CodesOfRules = Callable[[Iterable[tuple[str, int]]], list[int]]
"""Returns the codes of pairs (rule, status)."""

PATH_RULES: Final = (
    NUMBER_SEGMENT[1:].encode(),
    STATIC_FILES[1:].encode(),
    b"".join(b"%b\0" % extension.encode() for extension in sorted(STATIC_EXTENSIONS)),
)
"""What the compiled scanner must know of rules: see `path_rules` in `_scanner.pyi`."""

_MOST = 1 << 14
_LONGEST = 255
"""Longer requests are read one by one, because the length of a path may decide its rule."""

# A segment of the path that is a number, and a whole key: path and status of a plain one.
_NUMBER = LazyPattern(rb"/(?<!HTTP/)[0-9]{1,20}(?=[/ ?])")
_KEY = LazyPattern(
    rb'[A-Z]++ (/[!$&-:=@-\[\]-~]*+)(?:\?[!#-\[\]-~]*+)? HTTP/[0-9](?:\.[0-9]{1,3})?" ([0-9]{3}) ?\n'
    rb"|[^\n]*+\n"
)


class PlainRequests:
    """Finds the codes of plain requests by their keys: the text from the opening quote to the status.

    A request is not plain if its path has a first segment in `declared`: a declared rule may match it. With
    `codes_of_rules`, the compiled scanner finds most rules by itself. Then the rules of `code_of_path`
    must be those of `fold_path`.
    """

    def __init__(
        self,
        code_of_path: CodeOfPath,
        codes_of_rules: CodesOfRules | None = None,
        declared: Collection[str] = (),
    ) -> None:
        self._code_of_path = code_of_path
        self._codes_of_rules = codes_of_rules
        self._declared = frozenset(segment.encode() for segment in declared)
        self._known: dict[tuple[bytes, bytes], int] = {}

    def forget(self) -> None:
        """Drop all codes, because they have changed."""
        self._known.clear()

    @property
    def path_rules(self) -> tuple[bytes, bytes, bytes, bytes] | None:
        """What the compiled scanner must know to find rules; `None` if it may not."""
        if self._codes_of_rules is None:
            return None
        return *PATH_RULES, b"".join(b"%b\0" % segment for segment in sorted(self._declared))

    def codes_of_new(
        self, rules: Sequence[tuple[str, int]], paths: Sequence[tuple[str, int]]
    ) -> list[int]:
        """Return the codes of the new rules of the compiled scanner, followed by those of its new paths."""
        codes = [] if self._codes_of_rules is None else self._codes_of_rules(rules)
        for path, status in paths:
            codes.append(self._code_of_path(path.replace(NUMBER_SEGMENT, "/0"), status))
        return codes

    def codes(
        self, keys: Sequence[bytes], others: Callable[[bytes], int | None]
    ) -> Iterator[int | None]:
        """Yield the code of each key, by `others` if the request is not plain. No key contains a line end."""
        text = b"".join(b"%b\n" % (key if len(key) <= _LONGEST else b"") for key in keys)
        parts = _KEY.split(_NUMBER.sub(b"/0", text))
        known, code_of_path, declared = self._known, self._code_of_path, self._declared
        if len(known) > _MOST:
            known.clear()
        for key, path, status in zip(keys, parts[1::3], parts[2::3], strict=True):
            if path is None or (declared and path[1:].partition(b"/")[0] in declared):
                yield others(key)
                continue
            code = known.get((path, status))
            if code is None:
                code = known[path, status] = code_of_path(path.decode(), int(status))
            yield code
