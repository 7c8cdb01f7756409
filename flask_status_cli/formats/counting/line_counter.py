"""Counts blocks of whole lines: the fast loop of one family, and the reference parser for all other lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from itertools import chain
from operator import length_hint
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from flask_status_cli.formats.counting.block_counter import LineShapes, Others
from flask_status_cli.formats.counting.bulk import Bulk
from flask_status_cli.formats.counting.compiled.compiled_bulk import CompiledBulk, compiled
from flask_status_cli.formats.counting.line_cache import Alike, Memo
from flask_status_cli.formats.counting.line_loop import ClfLoop, FastLoop, LineLoop, Resolve
from flask_status_cli.formats.counting.plain_requests import (
    CodeOfPath,
    CodesOfRules,
    PlainRequests,
)
from flask_status_cli.formats.counting.totals import (
    CountedLines,
    CountedLogs,
    PartCounts,
    PartTotals,
    Totals,
)
from flask_status_cli.formats.families import clf
from flask_status_cli.formats.line_parser import Noise, read_line, split_lines
from flask_status_cli.formats.other_lines.noise import HEADER, NUL_BYTES
from flask_status_cli.formats.registry import FORMAT_NAMES, Family, families
from flask_status_cli.frozen import replace
from flask_status_cli.model import MAX_LINE, OTHER_TEXT, LogEntry, UnreadKind

ResolveByHost = Callable[[str | None, str | None, str | None, int], int]
"""Returns the tally's code for a virtual host (`None` if the line tells none), then as `Resolve` does."""

OnRefused = Callable[[int, str, bytes], None]
"""Called with the number of a refused line, the reason, and the line as read, with its end."""

PIECE = 64 << 10
"""Bytes of whole lines that are counted in bulk: enough for C, and few enough for the cache."""

WORTH = 4 << 10
"""Fewer bytes than this are counted faster line by line."""

WORTH_AGAIN = 256
"""The same for a counter that has learnt the shape of the lines from another log."""

_NOTHING_PENDING: Mapping[tuple[UnreadKind, str], int] = MappingProxyType({})


@runtime_checkable
class PieceCounter(Protocol):
    """Counts pieces of whole lines, those that it cannot prove by `others`; see `Bulk`."""

    def count(self, piece: bytes, others: Others) -> int:
        """Count a piece; return how many lines were counted since `others` was called last."""

    def forget_codes(self) -> None:
        """Drop the tally's codes, because they have changed."""


class LineCounter:
    """Counts the lines of one stream by minute and code.

    - `resolve`: returns the code of a request and its status.
    - `order`: the formats to try, that of most lines first.
    - `zone`: the zone of stamps without an offset.
    - `newest`, `pending`: those of the stream's checkpoint.
    - `on_refused`, `on_other_text`: called with every refused line, and with every line of other text.
    - `alike`: returns another request for which `resolve` returns the same code.
    - `code_of_path`: returns the same codes for plain requests, in less time.
    - `codes_of_rules`: returns the same codes for rules; see `PlainRequests`.
    - `declared`: the first segments of paths for which `code_of_path` is not used.
    - `by_host`: replaces `resolve` if the code depends on the virtual host, too.

    The totals are those of the reference parser, however the stream was cut into blocks.
    `header` is the last `#Fields` line of a W3C log: the format of the lines that follow.
    """

    def __init__(  # noqa: PLR0913 - how to read, where the stream stands, and who is told
        self,
        resolve: Resolve,
        *,
        order: Sequence[str] | None = None,
        zone: tzinfo,
        newest: int | None = None,
        pending: Mapping[tuple[UnreadKind, str], int] = _NOTHING_PENDING,
        on_refused: OnRefused | None = None,
        on_other_text: OnRefused | None = None,
        totals: Totals | None = None,
        alike: Alike = bytes,
        code_of_path: CodeOfPath | None = None,
        codes_of_rules: CodesOfRules | None = None,
        declared: Collection[str] = (),
        by_host: ResolveByHost | None = None,
    ) -> None:
        self._resolve = resolve
        self._by_host = by_host
        self._on_refused = on_refused
        self._on_other_text = on_other_text
        self._zone = zone
        self._families = families(order)
        self._order = order
        self.header: str | None = None
        self._totals = Totals(newest, pending) if totals is None else totals
        self._loop: FastLoop = (
            self._families[0].loop(resolve, alike, zone, self._totals)
            if by_host is None
            else LineLoop(self._totals)
        )
        shapes, memo = self._families[0].shapes, self._loop.memo
        if memo is not None and code_of_path is not None and self._families[0].plain_requests:
            memo.plain = PlainRequests(code_of_path, codes_of_rules, declared)
        self._bulk: PieceCounter | None = (
            None if shapes is None or memo is None else _bulk(shapes(zone), memo, self._totals)
        )
        if isinstance(self._loop, PieceCounter):
            self._bulk = self._loop
        if by_host is not None and self._families[0].hosts_before:
            self._bulk = _host_bulk(self._families[0], by_host, zone, self._totals)
        self._whole = isinstance(self._bulk, CompiledBulk)
        self._worth = WORTH
        self._odd = 0
        self._line_number = self._taken_line_number = 0
        self._rest: Iterator[bytes] = iter(())
        self._block = b""
        self._as_read: list[bytes] | None = None

    @property
    def newest(self) -> int | None:
        """The newest epoch minute of the entries read from this stream."""
        return self._totals.newest

    @property
    def pending(self) -> Mapping[tuple[UnreadKind, str], int]:
        """The lines before the stream's first entry that were no entries, by kind and reason."""
        return dict(self._totals.pending)

    @property
    def lines(self) -> int:
        """The number of lines fed since the last `take()`."""
        return self._line_number - self._taken_line_number

    @property
    def minutes(self) -> Mapping[int, Mapping[int, int]]:
        """The requests counted since the last `take()`, by epoch minute and code."""
        return self._totals.minutes

    def feed(self, block: bytes) -> None:
        """Count whole lines. A last line without a line end counts as a whole one."""
        if not block:
            return
        if self._bulk is None:
            self._feed_lines(block)
            return
        for piece in (block,) if self._whole else _pieces(block):
            # longer than MAX_LINE, it may be one line that is refused for its length
            worth = self._whole or self._worth <= len(piece) <= MAX_LINE
            if worth:
                rest = self._bulk.count(piece, self._feed_others)
                self._line_number += rest
            else:
                self._feed_lines(piece)
        self._totals.add_up_codes()

    def count_logs(
        self, logs: Sequence[bytes], apart: Callable[[int, int], bool]
    ) -> list[CountedLogs]:
        """Count several small logs of whole lines at once, each from its beginning.

        `apart` takes the number of lines of a log, and the number of minutes from its oldest entry to its
        newest. Return the counts, for logs that are apart one by one. They are those of the first logs, up to
        the first with a line that is not plain. Without compiled code, they are those of no log.
        """
        bulk = self._bulk
        return bulk.count_logs(logs, apart) if isinstance(bulk, CompiledBulk) else []

    def minutes_of(self, lines: Sequence[bytes]) -> list[int | None]:
        """Return the epoch minute of each of these lines, which are first lines of different logs.

        It is `None` for a line that is not plain. Without compiled code, it is always `None`.
        """
        bulk = self._bulk
        if lines and isinstance(bulk, CompiledBulk):
            return bulk.minutes_of(lines)
        return [None] * len(lines)

    def _feed_others(self, counted: int, block: bytes) -> None:
        self._line_number += counted
        self._feed_lines(block)

    def _feed_lines(self, block: bytes) -> None:
        lines = split_lines(block)
        self._rest, self._block, self._as_read = iter(lines), block, None
        self._line_number += len(lines)
        if _may_hold_a_long_line(block):
            for line in self._rest:
                self._count(line)
        else:
            self._loop.run(self._rest, self._count)

    def absorb(self, part: PartCounts, codes: Sequence[int]) -> None:
        """Add the next lines, which were counted elsewhere. `codes[n]` is our code for their code n."""
        samples = tuple(
            replace(refused, line_number=refused.line_number + self._line_number)
            for refused in part.counted.samples
        )
        self._totals.absorb(replace(part, counted=replace(part.counted, samples=samples)), codes)
        self._line_number += part.lines

    @property
    def line_number(self) -> int:
        """The number of lines that were fed."""
        return self._line_number

    def take(self) -> CountedLines:
        """Return everything counted since the last `take()`; `newest` and `pending` stay."""
        self._taken_line_number = self._line_number
        return self._totals.take()

    def rewind(self, newest: int | None, pending: Mapping[tuple[UnreadKind, str], int]) -> None:
        """Drop everything since the last `take()`, and continue from this `newest` and `pending`."""
        self._line_number = self._taken_line_number
        self._totals.rewind(newest, pending)

    @property
    def compiled(self) -> bool:
        """Whether the compiled scanner counts plain lines."""
        return self._whole

    @property
    def seldom_asks(self) -> bool:
        """Whether the compiled scanner has counted most lines without Python.

        Then worker processes gain nothing: to add up what they count takes as long as to count.
        """
        return isinstance(self._bulk, CompiledBulk) and self._bulk.seldom_asks

    def begin_log(self, newest: int | None, pending: Mapping[tuple[UnreadKind, str], int]) -> None:
        """Count another log from now on, and keep what was proven of requests and stamps."""
        self._worth = WORTH_AGAIN
        self._odd = 0
        self._line_number = self._taken_line_number = 0
        if self.header is not None:
            self.header, self._families = None, families(self._order)
        self._totals.rewind(newest, pending)

    def forget_codes(self) -> None:
        """Drop the codes of `resolve`, which are no longer valid."""
        self._loop.forget_codes()
        if self._bulk is not None:
            self._bulk.forget_codes()

    def proven_format(self, lines: Iterable[bytes]) -> str | None:
        """Return the format of these lines, if they are of one, and of those that were fed none was odd.

        An odd line is one that the fast loops cannot prove to be of their family.
        """
        return None if self._odd else self.variant(lines)

    def variants(self, of_logs: Sequence[tuple[bytes, ...]]) -> list[str | None]:
        """Return for each log what `variant` returns for its lines, which have their line ends."""
        every = self._families[0].variant_of_all(b"".join(chain.from_iterable(of_logs)))
        return [every or self.variant(lines) for lines in of_logs]

    def variant(self, lines: Iterable[bytes]) -> str | None:
        """Return the format of these lines of the first family, `None` if they are of several formats."""
        variant = self._families[0].variant
        names = {variant(line.rstrip(b"\r\n")) for line in lines}
        return names.pop() if len(names) == 1 else None

    def _count(self, line: bytes) -> None:
        self._odd += 1
        totals = self._totals
        result = read_line(line, self._families, zone=self._zone, newest=totals.newest)
        if line.startswith(b"\0") and result != Noise(NUL_BYTES) and len(line) <= MAX_LINE:
            totals.unread(UnreadKind.NOISE, NUL_BYTES)
        if isinstance(result, LogEntry):
            code = self._code(result)
            totals.bucket(result.minute).append(code)
            if result.duration is not None:
                totals.add_duration(result.minute, code, result.duration)
        elif isinstance(result, Noise):
            totals.unread(UnreadKind.NOISE, result.reason)
            if result.reason == OTHER_TEXT:
                self._tell(self._on_other_text, result.reason, line)
            elif result.reason == HEADER:
                self._follow(line)
        else:
            totals.unread(UnreadKind.REFUSED, result.reason)
            totals.sample(self._number(), reason=result.reason, line=line)
            self._tell(self._on_refused, result.reason, line)

    def _code(self, entry: LogEntry) -> int:
        if self._by_host is None:
            return self._resolve(entry.method, entry.target, entry.status)
        return self._by_host(entry.host, entry.method, entry.target, entry.status)

    def _follow(self, line: bytes) -> None:
        """Read the lines below a `#Fields` line as it says."""
        from flask_status_cli.formats.families.w3c import fields_line

        name = fields_line(line)
        if name is not None:
            others = FORMAT_NAMES if self._order is None else self._order
            self.header = name
            self._families = families(dict.fromkeys((name, *others)))

    def _number(self) -> int:
        return self._line_number - length_hint(self._rest)

    def _tell(self, who: OnRefused | None, reason: str, line: bytes) -> None:
        if who is not None:
            who(self._number(), reason, self._with_end(line))

    def _with_end(self, line: bytes) -> bytes:
        """Return the present line of the block with the end that it had there."""
        if self._as_read is None:  # a terminator may be two bytes
            block = self._block.removesuffix(b"\n") if b"\r" in self._block else b""
            self._as_read = block.split(b"\n") if block else []
        if self._as_read:
            line = self._as_read[-1 - length_hint(self._rest)]
        return line + b"\n"


class PartCounter:
    """Counts ranges of a log one by one, without knowing what comes before each; see `LineCounter`."""

    def __init__(  # noqa: PLR0913 - how to read, and what gives the codes
        self,
        resolve: Resolve,
        *,
        order: Sequence[str] | None,
        zone: tzinfo,
        alike: Alike = bytes,
        code_of_path: CodeOfPath | None = None,
        codes_of_rules: CodesOfRules | None = None,
        declared: Collection[str] = (),
        by_host: ResolveByHost | None = None,
    ) -> None:
        self._totals = PartTotals()
        self._zone = zone
        self._counter = LineCounter(
            resolve,
            order=order,
            zone=zone,
            totals=self._totals,
            alike=alike,
            code_of_path=code_of_path,
            codes_of_rules=codes_of_rules,
            declared=declared,
            by_host=by_host,
        )

    def count(self, blocks: Iterable[bytes]) -> PartCounts:
        """Count the whole lines of one range."""
        self._totals.begin()
        before = self._counter.line_number
        for block in blocks:
            self._counter.feed(block)
        lines = self._counter.line_number - before
        part = self._totals.part(zone=self._zone, lines=lines)
        samples = tuple(
            replace(refused, line_number=refused.line_number - before)
            for refused in part.counted.samples
        )
        return replace(part, counted=replace(part.counted, samples=samples))

    def forget_codes(self) -> None:
        """Drop the codes of `resolve`, which are no longer valid."""
        self._counter.forget_codes()


def _bulk(shapes: LineShapes, memo: Memo, totals: Totals) -> PieceCounter:
    """Return what counts whole blocks: compiled, if it was compiled and can read the lines."""
    scanner = compiled() if shapes.scannable else None
    if scanner is None:
        return Bulk(shapes, memo, totals)
    return CompiledBulk(scanner, shapes, memo, totals)


def _host_bulk(
    family: Family, by_host: ResolveByHost, zone: tzinfo, totals: Totals
) -> PieceCounter | None:
    """Return what counts whole blocks host by host; `None` if nothing was compiled."""
    scanner, shapes = compiled(), None if family.shapes is None else family.shapes(zone)
    if scanner is None or shapes is None:
        return None
    from flask_status_cli.formats.counting import host_bulk

    def counter_of(host: str | None) -> tuple[CompiledBulk, Memo]:
        memo = ClfLoop(partial(by_host, host), bytes, zone, totals).memo
        memo.most_alike = host_bulk.KEYS
        return CompiledBulk(scanner, shapes, memo, totals, keys=host_bulk.KEYS), memo

    prefixes = Memo(lambda _: None, clf.may_precede, bytes)
    reader = host_bulk.HostReader(prefixes, clf.host_of, clf.minute_if_any)
    return host_bulk.HostBulk(reader, counter_of, totals)


def _pieces(block: bytes) -> Iterator[bytes]:
    """Cut a block behind line ends into pieces of about `PIECE` bytes."""
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + PIECE) + 1 or len(block)
        yield block[start:end]
        start = end


def _may_hold_a_long_line(block: bytes) -> bool:
    # A line of more than MAX_LINE bytes leaves a window of half its size without a line end.
    window = MAX_LINE // 2
    return any(
        block.find(b"\n", start, start + window) < 0
        for start in range(0, len(block) - window + 1, window)
    )
