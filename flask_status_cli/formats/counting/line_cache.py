"""Caches of what the fast loops have proven. Their size is limited, so that no log fills the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask_status_cli.formats.counting.plain_requests import UNPROVEN, PlainRequests
from flask_status_cli.formats.prefixes.prefix_shape import LONGEST, Shape, shape

_KEYS = 1 << 18
_KEY_BYTES = 24 << 20
_PREFIXES = 1 << 16
_ALIKE = 1 << 14
LONGEST_KEPT = 1 << 10
"""Longer requests are not remembered: clients could fill the memory with them."""

Alike = Callable[[bytes], bytes]
"""`alike(key)` returns another key, from the opening quote to the status, for which the tally has the same
code.
"""


class _Codes(dict[bytes | None, int]):
    """The code of every key. A key without one is added to `met`, and its code is `UNPROVEN` for now."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[bytes | None] = []

    def __missing__(self, key: bytes | None) -> int:
        self.met.append(key)
        return UNPROVEN


class Memo:
    """Remembers the results of `code_of` and `may_precede`, which depend only on their argument.

    Of all keys for which `alike` returns the same one, only that one is looked up; at most `most_alike` are
    remembered. `plain`, if there is one, reads the keys that it can. Of prefixes with the same form, only the
    first one is checked.
    """

    def __init__(
        self,
        code_of: Callable[[bytes], int | None],
        may_precede: Callable[[bytes], bool],
        alike: Alike,
    ) -> None:
        self.codes = _Codes()
        self.plain: PlainRequests | None = None
        self.most_alike = _ALIKE
        self._alike_codes: dict[bytes, int] = {}
        self._code_of = code_of
        self._alike = alike
        self._room = _KEY_BYTES
        self._prefixes: set[bytes] = set()
        self._shapes: dict[Shape, bool] = {}
        self._may_precede = may_precede

    def forget_codes(self) -> None:
        """Drop all codes, because they have changed."""
        self.codes.clear()
        self._alike_codes.clear()
        self._room = _KEY_BYTES
        if self.plain is not None:
            self.plain.forget()

    def look_up(self, keys: Iterable[bytes | None]) -> tuple[list[int], int]:
        """Return the codes of keys, and how many of them are `UNPROVEN`."""
        met = self.codes.met
        met.clear()
        codes = list(map(self.codes.__getitem__, keys))
        if not met:
            return codes, 0
        found = self._learn([key for key in dict.fromkeys(met) if key and b"\n" not in key])
        place, unproven = -1, 0
        for key in met:
            place = codes.index(UNPROVEN, place + 1)
            code = codes[place] = found.get(key, UNPROVEN)
            unproven += code == UNPROVEN
        return codes, unproven

    def codes_of(self, keys: Sequence[bytes]) -> list[int]:
        """Return the codes of keys, `UNPROVEN` for those that cannot be proven; store none of them."""
        if not keys:
            return []
        return [UNPROVEN if code is None else code for code in self._read(keys)]

    def code(self, key: bytes) -> int | None:
        """Return the code of a key; `None`, not stored, if it cannot be proven."""
        code = self.codes.get(key)
        return self._learn([key]).get(key) if code is None else code

    def _learn(self, keys: Sequence[bytes]) -> dict[bytes | None, int]:
        """Return the codes of keys without one, if they can be proven, and store them."""
        found: dict[bytes | None, int] = {
            key: code for key, code in zip(keys, self._read(keys), strict=True) if code is not None
        }
        self._room -= sum(map(len, keys))
        if self._room < 0 or len(self.codes) >= _KEYS:
            self.codes.clear()
            self._room = _KEY_BYTES
        self.codes.update(found)
        return found

    def _read(self, keys: Sequence[bytes]) -> Iterable[int | None]:
        """Return the code of each key in turn, by `plain` if there is one."""
        one_by_one = self._code_of_alike
        return map(one_by_one, keys) if self.plain is None else self.plain.codes(keys, one_by_one)

    def _code_of_alike(self, key: bytes) -> int | None:
        same = self._alike(key)
        code = self._alike_codes.get(same)
        if code is None and (code := self._code_of(same)) is not None and len(same) <= LONGEST_KEPT:
            if len(self._alike_codes) >= self.most_alike:
                self._alike_codes.clear()
            self._alike_codes[same] = code
        return code

    def unproven(self, prefixes: Iterable[bytes | None]) -> set[bytes | None]:
        """Return those of these prefixes that may not come before an entry."""
        new: set[bytes | None] = set(prefixes).difference(self._prefixes)
        return {prefix for prefix in new if prefix is not None and not self._judge(prefix)}

    def proves(self, prefix: bytes) -> bool:
        """Return whether a line with this prefix is one entry.

        It is not if the prefix begins with NULs, which count as a line of their own.
        """
        return prefix in self._prefixes or self._judge(prefix)

    def verdicts(self, prefixes: Sequence[bytes]) -> list[int]:
        """Return whether each prefix may come before an entry: 0 for no, 1 for yes, 2 for always."""
        found = {
            prefix: self.proves(prefix) + (prefix in self._prefixes)
            for prefix in dict.fromkeys(prefixes)
        }
        return [found[prefix] for prefix in prefixes]

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
