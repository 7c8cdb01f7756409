"""Reads a re-sent log: its last lines are sent again in each run, as by `docker logs` or `journalctl`.

The input may begin at any line of the log, so its first line does not identify the log. Instead the user
gives a name (`--stream`). The digests of the last lines that were read are kept, and reading continues after
these lines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from flask_status_cli.model import MAX_LINE, Checkpoint, Mark, Stream, UnreadKind
from flask_status_cli.sources.identity.fingerprints import digest
from flask_status_cli.sources.identity.recognize_log import NEW, LogIdentity, continued
from flask_status_cli.sources.reading.byte_ranges import Range
from flask_status_cli.sources.reading.content import Content
from flask_status_cli.sources.reading.new_blocks import NUL, Block, first_lines
from flask_status_cli.sources.reading.whole_lines import LineCutter

TAIL = 16
"""The digests of this many last lines are kept: enough to find them, few enough to be sent again."""


def head_of_name(name: str) -> bytes:
    """Return the key of a named stream. It differs from the digest of every first line."""
    return digest(b"\0" + name.encode("utf-8", "surrogateescape"))


class ResentReading:
    """Reads the new lines of a re-sent log in a pipe. It has the interface of `Reading`.

    `streams` has the stream of this name, if there is one. `stray(line)` returns a reason if a line is of the
    sending program (`docker`, `journalctl`), not of the log; `strays` has the first such line of each reason.
    If the last lines that were read are equal, all equal lines that follow them count as read.
    """

    def __init__(
        self,
        content: Content,
        name: str,
        streams: Sequence[Stream],
        stray: Callable[[bytes], str | None],
    ) -> None:
        self.content = content
        self.strays: dict[str, bytes] = {}
        self._stray = stray
        self.head: bytes = head_of_name(name)
        self.identity: LogIdentity = continued(streams[0]) if streams else NEW
        self._known = [mark.digest for mark in self.identity.known]
        self._base = self.identity.offset
        self._lines = LineCutter()
        self._recent: deque[bytes] = deque(maxlen=TAIL)
        self._last: deque[bytes] = deque(maxlen=TAIL)
        self._searching = bool(self._known)
        self._met = self._proven = False
        self._since = 0

    @property
    def undecided(self) -> bool:
        """Whether the lines yielded so far may still turn out to have been read before."""
        return self._searching

    @property
    def lost(self) -> bool:
        """Whether the last lines that were read were not found, so that all lines were taken for new."""
        return bool(self._known) and not self._met and bool(self._last)

    @property
    def unproven(self) -> bool:
        """Whether the input may be another log, because no line that was read before was found."""
        return not self._met

    @property
    def offset(self) -> int:
        """The number of bytes that were read of this stream, in all inputs together."""
        return self._base + self._lines.offset

    def sample(self) -> bytes:
        """Return some of the first lines."""
        return first_lines(self.content.beginning)

    def ranges(self, _length: int) -> list[Range]:
        """Return no ranges, because a pipe can be read only once."""
        return []

    def skip(self, _end: int, _last: bytes) -> None:
        """Raise `NotImplementedError`: there are no ranges to skip."""
        raise NotImplementedError

    def blocks(self, _until: int | None = None) -> Iterator[Block]:
        """Yield the lines that may be new, in blocks of limited size."""
        nuls = NUL if self.content.led_by_nuls else b""
        while chunk := self.content.read():
            if lines := self._lines.feed(chunk):
                yield self._search(lines) if self._searching else self._pass(lines, nuls)
                nuls = b""
        self._searching = False

    def _pass(self, lines: bytes, nuls: bytes) -> Block:
        self._note_last(lines[:-1].split(b"\n"))
        return Block(nuls + lines)

    def _note_last(self, lines: Sequence[bytes]) -> None:
        """Remember the last lines. The next run continues after them."""
        found: list[bytes] = []
        for line in reversed(lines):
            if not self._is_stray(line):
                found.append(_digest(line))
            if len(found) == TAIL:
                break
        self._last.extend(reversed(found))

    def _is_stray(self, line: bytes) -> bool:
        reason = self._stray(line)
        if reason is not None:
            self.strays.setdefault(reason, line)
        return reason is not None

    def _search(self, block: bytes) -> Block:
        """Search a block for the last place at which the lines that were read before end.

        The search ends `TAIL` lines after such a place, if all known lines are before it. If the input begins
        later, fewer lines are before it. They may be other lines that look the same, so the search continues.
        """
        lines = block[:-1].split(b"\n")
        met = None
        for number, line in enumerate(lines):
            if self._is_stray(line):
                continue
            self._recent.append(_digest(line))
            self._since += 1
            if self._ends_here():
                met, self._met, self._since = number, True, 0
                self._proven = len(self._recent) >= len(self._known)
            if self._proven and self._since == TAIL:
                self._searching = False
                break
        if met is None:
            self._note_last(lines)
            return Block(block)
        rest = lines[met + 1 :]
        read = sum(map(len, rest)) + len(rest)
        self._base = self.identity.offset - (self._lines.offset - read)
        self._last.extend(self._known)
        self._note_last(rest)
        return Block(b"".join(line + b"\n" for line in rest), drop=True)

    def _ends_here(self) -> bool:
        if self._recent[-1] != self._known[-1]:
            return False
        length = min(len(self._recent), len(self._known))
        return list(self._recent)[-length:] == self._known[-length:]

    @property
    def unfinished(self) -> bytes:
        """The last line if it has no line end yet. It is sent again in the next run."""
        return self._lines.unfinished

    complete = False
    shares = 0
    old: Sequence[tuple[int, int]] = ()

    def close_line(self) -> None:
        """Raise `NotImplementedError`, because the unfinished last line is sent again in the next run."""
        raise NotImplementedError

    def checkpoint(
        self, *, newest: int | None, name: str | None, pending: Mapping[tuple[UnreadKind, str], int]
    ) -> Checkpoint:
        """Return the checkpoint after the lines yielded so far. `name` is the name of the format."""
        return Checkpoint(
            head=self.head,
            offset=self.offset,
            marks=tuple(Mark(place, value) for place, value in enumerate(self._last, 1)),
            newest=newest,
            format=name,
            partial=False,
            pending=dict(pending),
        )

    def lines_shared(self, _stream: Stream) -> int:
        """Return 0, because a named stream is not compared with others."""
        return 0

    def committed(self) -> None:
        """Do nothing, because a pipe cannot be compared again."""

    def unchanged(self) -> bool:
        """Return true, because a pipe cannot change."""
        return True


def _digest(line: bytes) -> bytes:
    return digest(line[:MAX_LINE])  # only this much of a longer line may be known
