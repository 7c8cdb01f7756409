"""Finds the lines of an earlier pipe in a new one that has them in another order, or with new lines between.

An example is `cat a.log b.log | flask-status ingest -`, again and again, while both logs grow. If the first
pipe was read as one log, its lines come back in two runs, each with new lines behind it. If all lines of the
earlier pipe are there, in any order, they were read before. Only a short input is searched.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice
from operator import and_

from flask_status_cli.model import LineSample, Stream
from flask_status_cli.sources.identity.fingerprints import digest
from flask_status_cli.sources.identity.first_lines import LINES, SURE, WIDTH, next_print
from flask_status_cli.sources.identity.part_of_stream import LineLookup
from flask_status_cli.sources.identity.probes import no_probes

ASKED = 128
"""At most about this many lines of an input are looked up, to find the pipes that had them."""

TRIED = 16
"""A line of a pipe may be at many places in an input. So many of them are tried."""

Ranges = list[tuple[int, int]]
"""Ranges of lines [first, end)."""


class Lines:
    """The whole lines of an input: their digests, and their starts. The last start is the end of them all.

    `single` says which lines are no probes.
    """

    def __init__(self, data: bytes) -> None:
        self.all = data.split(b"\n")[:-1]
        self.digests = [digest(line) for line in self.all]
        self.starts = list(accumulate((len(line) + 1 for line in self.all), initial=0))
        self.places: defaultdict[bytes, list[int]] = defaultdict(list)
        for number, value in enumerate(self.digests):
            self.places[value].append(number)
        self.single = no_probes(self.all)


def new_pieces(
    data: bytes,
    lookup: LineLookup,
    streams: Callable[[bytes], Sequence[Stream]],
    goes_on: Callable[[Stream, bytes], bool],
) -> list[bytes] | None:
    """Return the pieces of an input between the lines of earlier pipes that are scattered in it.

    Return `None` if there are no such lines. `streams` returns the streams whose first line has a digest.
    `goes_on` returns whether a line was written after a stream was read from a pipe.
    A log that is known from its first line stays as it is, and begins a piece.
    """
    lines = Lines(data)
    if not 1 < len(lines.all) <= LINES:
        return None
    old = [False] * len(lines.all)
    candidates = list(_candidates(lines, lookup))
    for stream, places in candidates:
        for first, end in _scattered(lines, stream, places):
            old[first:end] = [True] * (end - first)
    if not all(old):
        old = _known(lines, candidates, goes_on) or old
    if not any(old):
        return None
    known = _known_logs(lines, streams)
    for first, end in known:
        old[first:end] = [False] * (end - first)
    if not any(old):
        return None
    return list(_between(data, lines, old, {first for first, _ in known}))


def _candidates(lines: Lines, lookup: LineLookup) -> Iterator[tuple[Stream, LineSample]]:
    """Yield the pipes that had some of the lines, if the digests of all their lines are kept."""
    asked = lines.digests[:: -(-len(lines.digests) // ASKED)]
    for number in sorted({number for _, number, _ in lookup.find(asked)}):
        found = lookup.sampled_lines(number)
        if found is not None and found[1].mask == 0 and found[1].lines:
            yield found


def _scattered(lines: Lines, stream: Stream, places: LineSample) -> Ranges:
    """Return where the lines of a pipe are in an input, if all of them are there, in more than one run."""
    wanted = _wanted(lines, stream, places)
    if wanted is None:
        return []
    used = [False] * len(lines.all)
    runs: Ranges = []
    at = 0
    while at < len(wanted):
        first, end, more = max(
            (_run(lines, wanted, at, place, used) for place in _tried(lines, wanted[at][0], used)),
            key=lambda run: run[2],
            default=(0, 0, 0),
        )
        if not more:
            return []
        used[first:end] = [True] * (end - first)
        runs.append((first, end))
        at += more
    single = sum(lines.single[place] for first, end in runs for place in range(first, end))
    return runs if len(runs) > 1 and single > 1 and single * 2 >= len(runs) else []


def _known(
    lines: Lines,
    pipes: Sequence[tuple[Stream, LineSample]],
    goes_on: Callable[[Stream, bytes], bool],
) -> list[bool] | None:
    """Return for each line whether it was in earlier pipes, if the input has other lines only from later on.

    Return `None` if it may be another log: if one of its other lines was not written after all of these pipes
    were read, or if most of the known lines are probes. Also return `None` for a part of one pipe, and what
    follows it: `part_of_stream` recognizes it, and stores how far it was read.
    """
    often: Counter[bytes] = Counter()
    for stream, places in pipes:
        for value, times in _repeated(stream, places, lines):
            often[value] += times
    old = [False] * len(lines.all)
    for number, value in enumerate(lines.digests):
        old[number] = often[value] > 0
        often[value] -= 1
    runs = sum(known and not before for known, before in zip(old, [False, *old], strict=False))
    single = sum(map(and_, lines.single, old))
    if single < 2 or single * 2 < runs:
        return None
    if runs == 1 and (not all(old) or any(_is_part(lines, places) for _, places in pipes)):
        return None
    newest = max((stream for stream, _ in pipes), key=lambda stream: stream.checkpoint.newest or 0)
    later = (goes_on(newest, line) for line, known in zip(lines.all, old, strict=True) if not known)
    return old if all(later) else None


def _is_part(lines: Lines, places: LineSample) -> bool:
    """Return whether a pipe has the first and the last line of an input at the same distance."""
    wanted = lines.digests[0], lines.digests[-1]
    first, last = ([m.position for m in places.lines if m.digest == each] for each in wanted)
    return any(end - start == lines.starts[-2] for start in first for end in last)


def _repeated(stream: Stream, places: LineSample, lines: Lines) -> Iterator[tuple[bytes, int]]:
    """Yield the digest of each line of a pipe that an input has, as often as it is repeated in a row."""
    kept = places.lines
    ends = [*(mark.position for mark in kept[1:]), stream.checkpoint.offset]
    for mark, end in zip(kept, ends, strict=True):
        found = lines.places.get(mark.digest)
        if found:
            length = len(lines.all[found[0]]) + 1
            yield mark.digest, (end - mark.position) // length


def _wanted(lines: Lines, stream: Stream, places: LineSample) -> list[tuple[bytes, int]] | None:
    """Return the digest of each line of a pipe, and how often it is repeated in a row.

    Return `None` if a line is not in the input. Of equal lines in a row only the first one may be kept.
    """
    kept = places.lines
    if kept[0].position != 0 or len(kept) > len(lines.all):
        return None
    ends = [*(mark.position for mark in kept[1:]), stream.checkpoint.offset]
    wanted = []
    for mark, end in zip(kept, ends, strict=True):
        found = lines.places.get(mark.digest)
        if not found:
            return None
        often, rest = divmod(end - mark.position, len(lines.all[found[0]]) + 1)
        if rest:
            return None
        wanted.append((mark.digest, often))
    return wanted


def _tried(lines: Lines, value: bytes, used: Sequence[bool]) -> list[int]:
    """Return places of a line that are not used yet. Of equal lines in a row only the first one is tried."""
    places = (
        place
        for place in lines.places[value]
        if not used[place] and (not place or used[place - 1] or lines.digests[place - 1] != value)
    )
    return list(islice(places, TRIED))


def _run(
    lines: Lines, wanted: Sequence[tuple[bytes, int]], at: int, place: int, used: Sequence[bool]
) -> tuple[int, int, int]:
    """Return the lines [first, end) that follow each other in both from `at` on, and how many are wanted."""
    end, more = place, 0
    while at + more < len(wanted):
        value, often = wanted[at + more]
        if lines.digests[end : end + often] != [value] * often or any(used[end : end + often]):
            break
        end += often
        more += 1
    return place, end, more


def _known_logs(lines: Lines, streams: Callable[[bytes], Sequence[Stream]]) -> Ranges:
    """Return where logs that were read before are in an input, from their first line on."""
    found: Ranges = []
    place = 0
    while place < len(lines.all):
        heads = streams(digest(lines.all[place] + b"\n"))
        end = max((_end_of(lines, stream, place) for stream in heads), default=place)
        if end > place:
            found.append((place, end))
        place = max(end, place + 1)
    return found


def _end_of(lines: Lines, stream: Stream, first: int) -> int:
    """Return the line behind a log that begins at the line `first`, `first` if it does not."""
    prints = stream.checkpoint.prints
    crc, place = 0, first
    different: set[bytes] = set()
    for number in range(len(prints) // WIDTH):
        if place == len(lines.all):
            break
        crc, value = next_print(lines.all[place] + b"\n", crc)
        if value != prints[WIDTH * number : WIDTH * (number + 1)]:
            return first
        different.add(lines.digests[place])
        place += 1
    single = any(lines.single[first:place])
    return place if single or len(different) >= SURE else first


def _between(data: bytes, lines: Lines, old: Sequence[bool], begins: set[int]) -> Iterator[bytes]:
    """Yield the pieces without the old lines. The last one has the rest behind the last whole line."""
    piece = b""
    for number, line in enumerate(lines.all):
        if (old[number] or number in begins) and piece:
            yield piece
            piece = b""
        if not old[number]:
            piece += line + b"\n"
    if piece or len(data) > lines.starts[-1]:
        yield piece + data[lines.starts[-1] :]
