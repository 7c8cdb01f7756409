"""How logs are recognised: any files in any order give each line once. No database is used."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.sources import Relation
from flask_status_cli.sources.identity.fingerprints import SPAN, Marks
from tests.examples import examples

Lines = Callable[..., Counter[bytes]]
Log = Callable[..., bytes]
KINDS = ("plain", "gzip", "pipe", "gzip through a pipe", "zstd")


@cache
def _log(seed: int, lines: int) -> bytes:
    chance = random.Random(seed)
    return b"".join(b"%d-%d-%s\n" % (seed, n, b"x" * chance.randrange(60)) for n in range(lines))


SIZES = [3, 40, 200, 3000] * 8 + [60_000]
"""Numbers of lines of a log. Logs beyond 1 MiB, with sparser marks, are rare because they take a second."""


@st.composite
def _families(draw: st.DrawFn) -> list[tuple[bytes, str]]:
    """Contents in any order. Any two are equal, or one begins the other, or they differ early."""
    pieces: list[tuple[bytes, str]] = []
    for seed in range(draw(st.integers(1, 3))):
        whole = _log(seed, draw(st.sampled_from(SIZES)))
        for _ in range(draw(st.integers(1, 4))):
            end = draw(st.integers(0, len(whole)))
            pieces.append((whole[:end], draw(st.sampled_from(["plain", "gzip", "zstd"]))))
    return draw(st.permutations(pieces))


@given(_families(), st.sampled_from([1, 1 << 62]))
@settings(max_examples=examples(40))
def test_each_line_of_any_files_in_any_order_is_given_once(
    new_reader: Callable[[], Any],
    whole_lines: Lines,
    pieces: list[tuple[bytes, str]],
    commit_every: int,
) -> None:
    reader = new_reader()
    for data, kind in pieces:
        whole = data if kind == "plain" else data[: data.rfind(b"\n") + 1]
        reader.read(whole, kind, commit_every=commit_every)
    contents = {data for data, _ in pieces}
    maximal = [a for a in contents if not any(b != a and b.startswith(a) for b in contents)]
    assert reader.lines == whole_lines(*maximal)


OTHER_KINDS = KINDS[2:] + KINDS[:2]
TWO_WAYS = [
    *((5, first, second) for first in KINDS for second in KINDS),
    *((3000, first, second) for first, second in zip(KINDS, OTHER_KINDS, strict=True)),
    *((60_000, first, second) for first, second in zip(KINDS, OTHER_KINDS, strict=True)),
    *((60_000, kind, kind) for kind in KINDS),
]
"""A short log is read in any two ways. A long one is first read in each way, and then in another one."""


@pytest.mark.parametrize(("size", "first", "second"), TWO_WAYS)
def test_the_same_log_read_in_any_way_counts_once(
    reader: Any, whole_lines: Lines, log: Log, first: str, second: str, size: int
) -> None:
    whole = log(1, size)
    reader.read(whole, first)
    reader.read(whole, second)
    assert reader.lines == whole_lines(whole)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "cut"), [(50, 10), (50, 49), (6000, 100), (60_000, 30_000)])
def test_a_grown_log_gives_its_new_lines(
    reader: Any, whole_lines: Lines, log: Log, kind: str, size: int, cut: int
) -> None:
    whole = log(1, size)
    beginning = b"".join(line + b"\n" for line in whole.split(b"\n")[:cut])
    reader.read(beginning, kind)
    assert reader.read(whole, kind) is Relation.CONTINUED
    assert reader.lines == whole_lines(whole)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "cut"), [(50, 10), (6000, 100), (60_000, 30_000)])
def test_the_first_lines_of_a_known_log_are_not_new(
    reader: Any, whole_lines: Lines, log: Log, kind: str, size: int, cut: int
) -> None:
    whole = log(1, size)
    reader.read(whole)
    assert (
        reader.read(b"".join(line + b"\n" for line in whole.split(b"\n")[:cut]), kind)
        is Relation.BEGINNING
    )
    assert reader.lines == whole_lines(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_a_half_written_line_waits(reader: Any, whole_lines: Lines, log: Log, kind: str) -> None:
    whole = log(1, 20)
    half = whole[:-7]
    reader.read(half, "pipe" if kind == "pipe" else "plain")
    assert reader.lines == whole_lines(half)
    reader.read(whole, kind)
    assert reader.lines == whole_lines(whole)


@pytest.mark.parametrize("first", ["gzip", "gzip through a pipe", "zstd"])
@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("cut", [1, 5, 8])
def test_the_unfinished_last_line_of_an_archive_is_not_counted_again_when_it_grows(
    reader: Any, log: Log, first: str, second: str, cut: int
) -> None:
    whole = log(1, 20, 3)
    half = whole[:-cut]
    reader.read(half, first)
    before = Counter(reader.lines)
    assert sum(before.values()) == half.count(b"\n") + bool(half.rpartition(b"\n")[2])
    reader.read(half, first)
    reader.read(half, "plain")
    assert reader.lines == before
    reader.read(whole + b"one more\n", second)
    assert sum(reader.lines.values()) == whole.count(b"\n") + 1
    assert not before - reader.lines


@pytest.mark.parametrize(
    "kinds", [("plain", "plain"), ("plain", "pipe"), ("gzip", "plain"), ("pipe", "gzip")]
)
@pytest.mark.parametrize("swap", [False, True])
def test_logs_that_begin_with_the_same_probe_lines_are_two_logs(
    reader: Any, whole_lines: Lines, log: Log, kinds: tuple[str, str], *, swap: bool
) -> None:
    probe = b"GET /healthz\n" * 30
    logs = [probe + log(1, 500), probe + log(2, 300)]
    for data, kind in zip(reversed(logs) if swap else logs, kinds, strict=True):
        reader.read(probe, kind)
        reader.read(data, kind)
    for data, kind in zip(logs, kinds, strict=True):
        reader.read(data, kind)
    assert reader.lines == whole_lines(*logs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_that_differs_from_a_longer_one_after_3000_lines_is_another_log(
    reader: Any, whole_lines: Lines, kind: str
) -> None:
    first = b"".join(b"GET /page/%06d HTTP/1.1 200 %060d\n" % (n, n) for n in range(3000))
    more = [
        b"".join(b"GET /%d/%06d HTTP/1.1 200\n" % (log, n) for n in range(500)) for log in (1, 2)
    ]
    logs = [first + more[0] * 3, first + more[1]]
    for data in (*logs, *logs):
        reader.read(data, kind)
    assert reader.lines == whole_lines(*logs)


@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_log_is_read_from_the_last_agreeing_mark_on(
    reader: Any, log: Log, kind: str
) -> None:
    whole = log(1, 100_000)
    place = (2 << 20) + 30_000
    edited = whole[:place] + b"EDITED\n" + log(3, 1000)
    reader.read(whole)
    assert reader.read(edited, kind) is Relation.FORK
    again = Counter(reader.lines)
    lines = Counter(line + b"\n" for line in edited.split(b"\n")[:-1])
    assert not lines - again
    assert (
        sum((again - Counter(line + b"\n" for line in whole.split(b"\n")[:-1])).values())
        < 1000 + 5000
    )
    assert reader.read(edited, kind) is Relation.CONTINUED
    assert reader.lines == again


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nuls", [1, 5000, 3 << 20])
def test_leading_nuls_are_no_part_of_a_log_and_count_once(
    reader: Any, whole_lines: Lines, log: Log, kind: str, nuls: int
) -> None:
    whole = log(1, 400)
    reader.read(b"\0" * nuls + whole, kind)
    reader.read(whole, kind)
    reader.read(b"\0" * (nuls + 7) + whole, kind)
    first = whole[: whole.find(b"\n") + 1]
    assert reader.lines == whole_lines(b"\0" + whole), "told once, with the first line"
    assert reader.lines[b"\0" + first] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_endless_line_is_cut_and_the_next_one_is_read(reader: Any, kind: str) -> None:
    endless = b"y" * (5 << 20)
    reader.read(b"a\n" + endless + b"\nb\n", kind)
    lengths = sorted(len(line) for line in reader.lines)
    assert lengths[:2] == [2, 2]
    assert lengths[2] > 1 << 20
    assert reader.read(b"a\n" + endless + b"\nb\nc\n", kind) is Relation.CONTINUED
    assert reader.lines[b"c\n"] == 1
    assert sum(reader.lines.values()) == 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"", b"no line end", b"\0\0\0"])
def test_a_log_without_a_whole_line_gives_nothing_and_is_not_remembered(
    reader: Any, data: bytes, kind: str
) -> None:
    reader.read(data, "pipe" if kind == "pipe" else "plain")
    assert not reader.lines
    assert not reader.streams


def test_a_checkpoint_of_a_log_of_4_gigabytes_takes_less_than_6_kilobytes(log: Log) -> None:
    chunk = log(1, 20_000)[: 1 << 19]
    marks = Marks()
    while marks.position < 4 << 30:
        marks.feed(chunk)
    kept = marks.until(marks.position, chunk[-SPAN:])
    assert kept[-1].position == 4 << 30
    assert 128 < len(kept) < 6000 // 16
    assert [mark.position for mark in kept] == sorted({mark.position for mark in kept})
