"""What the hot loops have proven before, bounded so that no log fills the memory."""

from __future__ import annotations

from collections.abc import Callable

_KEYS = 1 << 18
_KEY_BYTES = 24 << 20
_PREFIXES = 1 << 16
_PREFIX_BYTES = 128


class Memo:
    """Remembers what `code_of` and `may_precede` said; both depend on their argument alone."""

    def __init__(
        self, code_of: Callable[[bytes], int | None], may_precede: Callable[[bytes], bool]
    ) -> None:
        self.codes: dict[bytes, int] = {}
        self.prefixes: set[bytes] = set()
        self._code_of = code_of
        self._may_precede = may_precede
        self._room = _KEY_BYTES

    def forget_codes(self) -> None:
        """Drop all codes: they have changed."""
        self.codes.clear()
        self._room = _KEY_BYTES

    def code(self, key: bytes) -> int | None:
        """Return the code of a key met for the first time; `None`, not kept, where nothing proves it."""
        code = self.codes.get(key)
        if code is None:
            code = self._code_of(key)
            if code is not None:
                self._keep(key, code)
        return code

    def _keep(self, key: bytes, code: int) -> None:
        self._room -= len(key)
        if self._room < 0 or len(self.codes) >= _KEYS:
            self.forget_codes()
        self.codes[key] = code

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
