"""The fast loops: they count the lines whose form they can prove, and pass on the others.

They look the parts of a line up instead of parsing them: the text before the stamp, the minute, the seconds,
and the key, which is the text from the opening quote to the status. The reader's own functions resolve each
new key once. Its meaning depends on nothing else in the line. The reference parser reads every other line. A
property test checks that both agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Protocol

from flask_status_cli.formats.counting.line_cache import Alike, Memo
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.request_line import split_request
from flask_status_cli.formats.timestamps import SECONDS, local_minute

Resolve = Callable[[str | None, str | None, int], int]
"""Returns the tally's code for a method and target (`None` if the request line is broken) and a status."""

Append = Callable[[int], None]
Slow = Callable[[bytes], None]


_SECONDS = frozenset(SECONDS)
_ADDRESS = b"0123456789."
"""What `carriers.ADDRESS_ALONE` allows before ` - - `."""
_CLOSING = ord("]")
"""As a number, because searching bytes for a number is four times as fast as for bytes."""


def _not_open(code: int) -> None:
    raise AssertionError(f"no minute is open for {code}")


_NOT_OPEN: Append = _not_open


class FastLoop(Protocol):
    """Counts the lines of one family."""

    @property
    def memo(self) -> Memo | None:
        """The cache of the loop, if it proves anything."""

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line, with `slow` for those that cannot be proven."""

    def forget_codes(self) -> None:
        """Drop the tally's codes, because they have changed."""


class _Loop:
    """What the loops share. Each says where the parts of its lines are, and which minutes its stamps name."""

    def __init__(self, totals: Totals, memo: Memo) -> None:
        self._totals = totals
        self.memo: Memo = memo
        self._opened: dict[bytes, Append] = {}

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line, with `slow` for those that cannot be proven."""
        code_of, opened, parts = self.memo.codes.get, self._opened, self._parts
        opened.clear()
        append = _NOT_OPEN
        plain: bytes | None = None
        for line in lines:
            head, key = parts(line)
            code = code_of(key)
            if (
                code is not None
                and head[-26:-2] == plain  # ' - - [23/Nov/2026:06:42:', as in the line before
                and head[-2:] in _SECONDS
                and not head[:-26].strip(_ADDRESS)
            ):
                append(code)
                continue
            if key and head[-2:] in _SECONDS:
                code = self._first_met(head[:-21], stamp=head[-21:-2], key=key)
                opener = (
                    None if code is None else opened.get(head[-21:-2]) or self._open(head[-21:-2])
                )
                if code is not None and opener is not None:
                    append, plain = opener, b" - - " + head[-21:-2]
                    append(code)
                    continue
            slow(line)
            if self._follows(line):
                plain = None
        self._totals.add_up_codes()

    def forget_codes(self) -> None:
        """Drop the tally's codes, because they have changed."""
        self.memo.forget_codes()

    def _parts(self, line: bytes) -> tuple[bytes, bytes]:
        """Return the text up to the seconds of the stamp, and the key; an empty key if nothing is proven."""
        raise NotImplementedError

    def _follows(self, _line: bytes) -> bool:
        """Return whether a line that was not proven changes what the stamps mean."""
        return False

    def _minute(self, stamp: bytes) -> int | None:
        """Read the minute of a stamp up to its seconds; `None` for none, or where it is ambiguous."""
        raise NotImplementedError

    def _first_met(self, prefix: bytes, *, stamp: bytes, key: bytes) -> int | None:
        """Find the code of a line of which something is new; `None` where any of it cannot be proven."""
        if stamp not in self._opened and self._minute(stamp) is None:
            return None
        if not self.memo.proves(prefix):
            return None
        return self.memo.code(key)

    def _open(self, stamp: bytes) -> Append | None:
        """Open the bucket of an entry's minute, until the totals are settled."""
        minute = self._minute(stamp)
        if minute is None:
            return None
        append = self._totals.bucket(minute).append
        self._opened[stamp] = append
        return append


class ClfLoop(_Loop):
    """The loop for the common log format, while the offset of the stamps stays the same."""

    def __init__(self, resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> None:  # noqa: ARG002 - all loops are made so, and these stamps carry their offset
        super().__init__(totals, Memo(self._code_of, clf.may_precede, alike))
        self._resolve = resolve
        self._offset = b""
        self._tail = b"\n"  # in no line

    def _parts(self, line: bytes) -> tuple[bytes, bytes]:
        head, _, rest = line.partition(self._tail)  # at ' +0530] "'
        if _CLOSING in rest and b'] "' in rest:  # it may be two records
            return head, b""
        return head, rest[: rest.find(b'"') + 6]

    def _code_of(self, key: bytes) -> int | None:
        usual = clf.USUAL_KEY.fullmatch(key)
        if usual is not None:
            target = usual[2].decode("utf-8", "surrogateescape")
            return self._resolve(usual[1].decode("ascii"), target, int(usual[3]))
        match = clf.PROVEN_KEY.fullmatch(key)
        if match is None:
            return None
        return self._resolve(*split_request(match[1], escaped=True), int(match[2]))

    def _minute(self, stamp: bytes) -> int | None:
        if not clf.STAMP_HEAD.fullmatch(stamp):
            return None
        return clf.minute_of(stamp[1:-1], self._offset)

    def _follows(self, line: bytes) -> bool:
        match = clf.STAMP.search(line)
        if match is None or match[3] == self._offset:
            return False
        self._offset = match[3]
        self._tail = b' %b] "' % self._offset
        self._opened.clear()
        return True


class WerkzeugLoop(_Loop):
    """The loop for werkzeug's development server, except in a doubled hour."""

    def __init__(self, resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> None:
        super().__init__(totals, Memo(self._code_of, werkzeug.may_precede, alike))
        self._resolve = resolve
        self._zone = zone

    def _parts(self, line: bytes) -> tuple[bytes, bytes]:
        head, _, key = line.partition(b'] "')
        return head, key

    def _code_of(self, key: bytes) -> int | None:
        answer = werkzeug.read_answer(key)
        if isinstance(answer, str):
            return None
        request, status = answer
        return self._resolve(*request, status)

    def _minute(self, stamp: bytes) -> int | None:
        if not werkzeug.STAMP_HEAD.fullmatch(stamp):
            return None
        minute = local_minute(stamp[1:-1], self._zone)
        if minute is None or minute.first != minute.second:
            return None
        return minute.first


class LineLoop:
    """The loop for lines that are all read one by one."""

    memo: Memo | None = None

    def __init__(self, totals: Totals) -> None:
        self._totals = totals

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line by `slow`."""
        for line in lines:
            slow(line)
        self._totals.add_up_codes()

    def forget_codes(self) -> None:
        """Do nothing, because nothing is remembered."""
