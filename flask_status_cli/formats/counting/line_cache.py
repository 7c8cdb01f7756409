"""Caches of what the fast loops have proven. Their size is limited, so that no log fills the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from flask_status_cli.formats.prefixes.prefix_shape import LONGEST, Shape, shape

UNPROVEN: Final = -1
"""Stands for the code of a key that cannot be proven, and of no key."""

_KEYS = 1 << 18
_KEY_BYTES = 24 << 20
_PREFIXES = 1 << 16
_ALIKE = 1 << 14

Alike = Callable[[bytes], bytes]
"""`alike(key)` returns another key, from the opening quote to the status, for which the tally has the same
code.
"""


class Codes(dict[bytes | None, int]):
    """The code of every key, looked up when the key is first met; `UNPROVEN` if it cannot be proven.

    `UNPROVEN` is not stored. Of all keys for which `alike` returns the same one, only that one is looked up.
    `unproven` is the number of lookups without a result.
    """

    def __init__(self, code_of: Callable[[bytes], int | None], alike: Alike) -> None:
        super().__init__()
        self.unproven = 0
        self._alike_codes: dict[bytes, int] = {}
        self._code_of = code_of
        self._alike = alike
        self._room = _KEY_BYTES

    def forget(self) -> None:
        """Drop all codes, because they have changed."""
        self.clear()
        self._alike_codes.clear()
        self._room = _KEY_BYTES

    def __missing__(self, key: bytes | None) -> int:
        if key is None or b"\n" in key:
            self.unproven += 1
            return UNPROVEN
        same = self._alike(key)
        code = self._alike_codes.get(same)
        if code is None:
            code = self._code_of(same)
            if code is None:
                self.unproven += 1
                return UNPROVEN
            if len(self._alike_codes) >= _ALIKE:
                self._alike_codes.clear()
            self._alike_codes[same] = code
        self._room -= len(key)
        if self._room < 0 or len(self) >= _KEYS:
            self.clear()
            self._room = _KEY_BYTES
        self[key] = code
        return code


class Memo:
    """Remembers the results of `code_of` and `may_precede`, which depend only on their argument.

    Of prefixes with the same form, only the first one is checked.
    """

    def __init__(
        self,
        code_of: Callable[[bytes], int | None],
        may_precede: Callable[[bytes], bool],
        alike: Alike,
    ) -> None:
        self.codes = Codes(code_of, alike)
        self._prefixes: set[bytes] = set()
        self._shapes: dict[Shape, bool] = {}
        self._may_precede = may_precede

    def look_up(self, keys: Iterable[bytes | None]) -> tuple[list[int], int]:
        """Return the codes of keys, and how many of them are `UNPROVEN`."""
        self.codes.unproven = 0
        codes = list(map(self.codes.__getitem__, keys))
        return codes, self.codes.unproven

    def code(self, key: bytes) -> int | None:
        """Return the code of a key; `None`, not stored, if it cannot be proven."""
        code = self.codes[key]
        return None if code == UNPROVEN else code

    def unproven(self, prefixes: Iterable[bytes | None]) -> set[bytes | None]:
        """Return those of these prefixes that may not come before an entry."""
        new: set[bytes | None] = set(prefixes).difference(self._prefixes)
        return {prefix for prefix in new if prefix is not None and not self._judge(prefix)}

    def proves(self, prefix: bytes) -> bool:
        """Return whether a line with this prefix is one entry.

        It is not if the prefix begins with NULs, which count as a line of their own.
        """
        return prefix in self._prefixes or self._judge(prefix)

    def _judge(self, prefix: bytes) -> bool:
        if len(prefix) > LONGEST or prefix[:1] == b"\0" or b'"' in prefix:
            return prefix[:1] != b"\0" and self._may_precede(prefix)
        known = shape(prefix)
        proven = self._shapes.get(known)
        if proven is None:
            if len(self._shapes) >= _PREFIXES:
                self._shapes.clear()
            proven = self._shapes[known] = self._may_precede(prefix)
        if proven and len(known) == 1:  # a prefix with a time in it is not met again
            if len(self._prefixes) >= _PREFIXES:
                self._prefixes.clear()
            self._prefixes.add(prefix)
        return proven
