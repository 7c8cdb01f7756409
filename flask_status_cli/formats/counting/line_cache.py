"""What the hot loops have proven before, bounded so that no log fills the memory."""

from __future__ import annotations

from collections.abc import Callable

_KEYS = 1 << 18
_KEY_BYTES = 24 << 20
_PREFIXES = 1 << 16
_PREFIX_BYTES = 128
_ALIKE = 1 << 14

Alike = Callable[[bytes], bytes]
"""`alike(key)`: a key, from the opening quote to the status, for which the tally has the same code."""


class Memo:
    """Remembers what `code_of` and `may_precede` said; both depend on their argument alone.

    Of all keys for which `alike` gives the same one, only that is asked for.
    """

    def __init__(
        self,
        code_of: Callable[[bytes], int | None],
        may_precede: Callable[[bytes], bool],
        alike: Alike,
    ) -> None:
        self.codes: dict[bytes, int] = {}
        self.prefixes: set[bytes] = set()
        self._alike_codes: dict[bytes, int] = {}
        self._code_of = code_of
        self._may_precede = may_precede
        self._alike = alike
        self._room = _KEY_BYTES

    def forget_codes(self) -> None:
        """Drop all codes: they have changed."""
        self.codes.clear()
        self._alike_codes.clear()
        self._room = _KEY_BYTES

    def code(self, key: bytes) -> int | None:
        """Return the code of a key met for the first time; `None`, not kept, where nothing proves it."""
        code = self.codes.get(key)
        if code is None:
            same = self._alike(key)
            code = self._alike_codes.get(same)
            if code is None:
                code = self._code_of(same)
                if code is None:
                    return None
                if len(self._alike_codes) >= _ALIKE:
                    self._alike_codes.clear()
                self._alike_codes[same] = code
            self._room -= len(key)
            if self._room < 0 or len(self.codes) >= _KEYS:
                self.codes.clear()
                self._room = _KEY_BYTES
            self.codes[key] = code
        return code

    def proves(self, prefix: bytes) -> bool:
        """Say whether a prefix leaves the line an entry, and one line: NULs before it are another."""
        if prefix in self.prefixes:
            return True
        if prefix.startswith(b"\0") or not self._may_precede(prefix):
            return False
        if len(prefix) <= _PREFIX_BYTES:
            if len(self.prefixes) >= _PREFIXES:
                self.prefixes.clear()
            self.prefixes.add(prefix)
        return True
