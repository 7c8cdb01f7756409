"""Lines in JSON objects of docker, the journal and loggers. Each is counted by the loop of its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo

from flask_status_cli.formats.counting.line_cache import Alike, Memo
from flask_status_cli.formats.counting.line_loop import FastLoop, Resolve, Slow
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.records.carried_lines import CarriedLines

Around = Callable[[bytes], None]
"""A function that gets the time of the object around the next line, empty if there is no object."""


class CarriedLoop:
    """Counts lines with the loop of their format, whether there are JSON objects around them or not."""

    def __init__(self, inner: FastLoop, around: Around | None = None) -> None:
        self._inner = inner
        self._around = around
        self._carried = CarriedLines()
        self._as_read = b""

    @property
    def memo(self) -> Memo | None:
        """The cache of the inner loop."""
        return self._inner.memo

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line, with `slow` for those that cannot be proven."""
        self._inner.run(self._bare(lines), lambda _bare: slow(self._as_read))

    def forget_codes(self) -> None:
        """Drop the tally's codes, because they have changed."""
        self._inner.forget_codes()

    def _bare(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the log lines. Each is counted before the next one is taken."""
        around, carried = self._around, self._carried.line
        for line in lines:
            self._as_read = line
            found = carried(line) if line[:1] == b"{" else None
            if around is not None:
                around(b"" if found is None else found[1])
            yield line if found is None else found[0]


def in_carried_lines(
    loop: Callable[[Resolve, Alike, tzinfo, Totals], FastLoop],
) -> Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]:
    """Return a function that makes the same loop, but for lines in docker's objects, too."""

    def made(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        return CarriedLoop(loop(resolve, alike, zone, totals))

    return made
