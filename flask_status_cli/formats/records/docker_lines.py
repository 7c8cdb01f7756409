"""Lines of docker's json-file. The log line in each is counted by the loop of its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo

from flask_status_cli.formats.counting.line_cache import Alike, Memo
from flask_status_cli.formats.counting.line_loop import FastLoop, Resolve, Slow
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.lazy_pattern import LazyPattern
from flask_status_cli.formats.prefixes.json_envelope import DOCKER, opened_docker_line

# As docker's daemon/logger/jsonfilelog/jsonlog writes them. `attrs` are the same for a whole container.
_LINE = LazyPattern(
    rb'\{"log":"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)","stream":"std(?:out|err)",'
    rb'(?:"attrs":(\{[^{}\n]{0,2000}\}),)?"time":"([0-9A-Z:.+-]{1,40})"\} ?'
)
_ESCAPED = ((b'\\"', b'"'), (rb"\u0026", b"&"), (rb"\u003c", b"<"), (rb"\u003e", b">"))
_MOST_ATTRS = 64

Around = Callable[[bytes], None]
"""A function that gets the time of the object around the next line, empty if there is no object."""


class Unwrapped:
    """Takes log lines out of the JSON objects that docker's json-file driver writes around them."""

    def __init__(self) -> None:
        self._attrs: set[bytes | None] = {None}

    def line(self, line: bytes) -> tuple[bytes, bytes] | None:
        """Return the log line in an object, and its time; `None` to leave it to the reference parser."""
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        text, attrs, time = match.groups()
        if attrs not in self._attrs and not self._known(line, attrs):
            return None
        bare = _unescaped(text)
        return None if bare is None else (bare, time)

    def _known(self, line: bytes, attrs: bytes) -> bool:
        """Return whether objects with these attributes are lines of docker.

        If so, remember the attributes.
        """
        if opened_docker_line(line) is None:
            return False
        if len(self._attrs) >= _MOST_ATTRS:
            self._attrs = {None}
        self._attrs.add(attrs)
        return True

    def piece(self, piece: bytes) -> bytes:
        """Return a piece with log lines instead of their objects, as far as possible.

        The number of lines stays the same.
        """
        lines = piece.split(b"\n")
        found = [self.line(line.removesuffix(b"\r")) for line in lines]
        return b"\n".join(
            line if bare is None else bare[0] for line, bare in zip(lines, found, strict=True)
        )


def _unescaped(text: bytes) -> bytes | None:
    """Return the text of a JSON string without its line end; `None` if it is empty or more than one line."""
    if rb"\\" not in text:
        bare = text.removesuffix(rb"\n").removesuffix(rb"\r")
        if b"\\" in bare:
            for escaped, plain in _ESCAPED:
                bare = bare.replace(escaped, plain)
        if b"\\" not in bare:
            return bare or None
    import json

    try:
        whole: str = json.loads(f'"{text.decode("utf-8", "surrogateescape")}"')
        bare = whole.encode("utf-8", "surrogateescape")
    except ValueError:
        return None
    bare = bare.removesuffix(b"\n").removesuffix(b"\r")
    return None if b"\n" in bare or not bare else bare


class DockerLoop:
    """Counts lines with the loop of their format, whether docker wrote objects around them or not."""

    def __init__(self, inner: FastLoop, around: Around | None = None) -> None:
        self._inner = inner
        self._around = around
        self._unwrapped = Unwrapped()
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
        around, unwrapped = self._around, self._unwrapped.line
        for line in lines:
            self._as_read = line
            found = unwrapped(line) if line.startswith(DOCKER) else None
            if around is not None:
                around(b"" if found is None else found[1])
            yield line if found is None else found[0]


def in_docker_lines(
    loop: Callable[[Resolve, Alike, tzinfo, Totals], FastLoop],
) -> Callable[[Resolve, Alike, tzinfo, Totals], FastLoop]:
    """Return a function that makes the same loop, but for lines in docker's objects, too."""

    def made(resolve: Resolve, alike: Alike, zone: tzinfo, totals: Totals) -> FastLoop:
        return DockerLoop(loop(resolve, alike, zone, totals))

    return made
