"""The hot loops: they count the lines whose shape they can prove, and hand on the others.

What is looked up instead of parsed: the end of the stamp (which seconds exist), the text before it
(proven by the reader's own rule), the minute, and the bytes from the opening quote to the status.
Such a key is resolved once, by the reader's own functions, and its meaning depends on nothing else in
the line. Every other line is read by the reference parser; that both agree is a tested property.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import lru_cache
from typing import Protocol

from flask_status_cli.formats import clf, werkzeug
from flask_status_cli.formats.entry import split_request
from flask_status_cli.formats.memo import Memo
from flask_status_cli.formats.stamps import SECONDS, local_minute
from flask_status_cli.formats.totals import Totals

Resolve = Callable[[str | None, int], int]
"""The tally's code for a target (`None` where the request line did not parse) and a status."""

Append = Callable[[int], None]
Slow = Callable[[bytes], None]


class FastLoop(Protocol):
    """Counts the lines of one family."""

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line, by `slow` where it cannot be proven."""

    def forget_codes(self) -> None:
        """Drop the tally's codes: they have changed."""


class _Loop:
    """What the loops share: what they know, and how they meet something for the first time."""

    def __init__(self, totals: Totals, memo: Memo) -> None:
        self._totals = totals
        self._memo = memo
        self._opened: dict[bytes, Append] = {}

    def forget_codes(self) -> None:
        """Drop the tally's codes: they have changed."""
        self._memo.forget_codes()

    def _minute(self, head: bytes) -> int | None:
        """Read the minute of a stamp's head; `None` where it is none, or depends on what came before."""
        raise NotImplementedError

    def _first_met(self, prefix: bytes, *, head: bytes, key: bytes) -> int | None:
        """Find the code of a line of which something is new; `None` where any of it cannot be proven."""
        if head not in self._opened and self._minute(head) is None:
            return None
        if not self._memo.proves(prefix):
            return None
        return self._memo.code(key)

    def _open(self, head: bytes) -> Append | None:
        """Open the bucket of an entry's minute, until the totals are settled."""
        minute = self._minute(head)
        if minute is None:
            return None
        append = self._totals.bucket(minute).append
        self._opened[head] = append
        return append


class ClfLoop(_Loop):
    """Lines of the common log format, as long as the offset of their stamps stays the same."""

    def __init__(self, resolve: Resolve, zone: tzinfo, totals: Totals) -> None:  # noqa: ARG002 - loops are made alike, and these stamps carry their offset
        super().__init__(totals, Memo(self._code_of, clf.may_precede))
        self._resolve = resolve
        self._offset = b""
        self._tails: frozenset[bytes] = frozenset()

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line, by `slow` where it cannot be proven."""
        codes, prefixes, opened = self._memo.codes, self._memo.prefixes, self._opened
        opened.clear()
        tails = self._tails
        last: bytes | None = None
        append: Append = list[
            int
        ]().append  # until a minute is open, which no line is counted before
        for line in lines:
            q = line.find(b'"')
            if line[q - 11 : q] in tails:  # ':SS +0530] '
                key = line[q : line.find(b'"', q + 1) + 6]
                head = line[q - 29 : q - 11]  # '[23/Nov/2026:06:42'
                code = codes.get(key)
                if code is None or line[: q - 29] not in prefixes:
                    code = self._first_met(line[: q - 29], head=head, key=key)
                if code is not None and head == last:
                    append(code)
                    continue
                opener = None if code is None else opened.get(head) or self._open(head)
                if code is not None and opener is not None:
                    append, last = opener, head
                    append(code)
                    continue
            slow(line)
            if self._follow_offset(line[q - 29 : q + 1]):
                tails, last = self._tails, None
        self._totals.settle()

    def _code_of(self, key: bytes) -> int | None:
        match = clf.PROVEN_KEY.fullmatch(key)
        if match is None:
            return None
        return self._resolve(split_request(match[1], escaped=True).target, int(match[2]))

    def _minute(self, head: bytes) -> int | None:
        if not clf.STAMP_HEAD.fullmatch(head):
            return None
        return clf.minute_of(head[1:], self._offset)

    def _follow_offset(self, stamp: bytes) -> bool:
        match = clf.STAMP.fullmatch(stamp)
        if match is None or match[3] == self._offset:
            return False
        self._offset = match[3]
        self._tails = _clf_tails(self._offset)
        self._opened.clear()
        return True


class WerkzeugLoop(_Loop):
    """Lines of werkzeug's development server, but for those of a doubled hour."""

    def __init__(self, resolve: Resolve, zone: tzinfo, totals: Totals) -> None:
        super().__init__(totals, Memo(self._code_of, werkzeug.may_precede))
        self._resolve = resolve
        self._zone = zone

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line, by `slow` where it cannot be proven."""
        codes, prefixes, opened = self._memo.codes, self._memo.prefixes, self._opened
        opened.clear()
        last: bytes | None = None
        append: Append = list[
            int
        ]().append  # until a minute is open, which no line is counted before
        for line in lines:
            q = line.find(b'"')
            if line[q - 5 : q] in _WERKZEUG_TAILS and line[-2:] == b" -":  # ':SS] '
                key = line[q:-2]
                head = line[q - 23 : q - 5]  # '[23/Nov/2026 06:42'
                code = codes.get(key)
                if code is None or line[: q - 23] not in prefixes:
                    code = self._first_met(line[: q - 23], head=head, key=key)
                if code is not None and head == last:
                    append(code)
                    continue
                opener = None if code is None else opened.get(head) or self._open(head)
                if code is not None and opener is not None:
                    append, last = opener, head
                    append(code)
                    continue
            slow(line)
        self._totals.settle()

    def _code_of(self, key: bytes) -> int | None:
        if not key.startswith(b'"'):
            return None
        answer = werkzeug.read_answer(key[1:] + b" -")
        if isinstance(answer, str):
            return None
        request, status = answer
        return self._resolve(request.target, status)

    def _minute(self, head: bytes) -> int | None:
        if not werkzeug.STAMP_HEAD.fullmatch(head):
            return None
        minute = local_minute(head[1:], self._zone)
        if minute is None or minute.first != minute.second:
            return None
        return minute.first


_WERKZEUG_TAILS = frozenset(b":%s] " % second for second in SECONDS)


@lru_cache(maxsize=64)
def _clf_tails(offset: bytes) -> frozenset[bytes]:
    return frozenset(b":%s %s] " % (second, offset) for second in SECONDS)
