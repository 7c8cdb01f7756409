"""Logs that begin with the same lines: two logs as soon as they differ, in files, pipes and archives.

`SHARED=300` tries so many sets of logs instead of a few.
"""

from __future__ import annotations

import gzip
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WAYS = ("file", "archive", "pipe", "pipe of an archive")
EXAMPLES = int(os.environ.get("SHARED", "12"))

Read = Callable[[bytes, str], str]


def _line(minute: int, path: str) -> bytes:
    stamp = f"{23 + minute // 1440}/Nov/2026:{minute // 60 % 24:02d}:{minute % 60:02d}:00 +0000"
    return f'10.0.0.1 - - [{stamp}] "GET /{path} HTTP/1.1" 200 5\n'.encode()


PROBE = _line(0, "healthz")


def _beginning(kind: str, lines: int) -> list[bytes]:
    """What the logs have in common: one line over and over, two in turn, or different ones."""
    made = {
        "equal": [PROBE] * lines,
        "in turn": [(PROBE, _line(1, "readyz"))[number // 5 % 2] for number in range(lines)],
        "different": [_line(number // 10, f"shop/{number}") for number in range(lines)],
    }
    return made[kind]


def _own(log: int, lines: int) -> list[bytes]:
    return [_line(300 + number, f"log/{log}/{number}") for number in range(lines)]


def _cells(*contents: bytes) -> Counter[tuple[str, str]]:
    """Requests by minute, of the whole lines of some contents."""
    found: Counter[tuple[str, str]] = Counter()
    for content in contents:
        for line in content.split(b"\n")[:-1]:
            day, hour, minute, _ = line.split(b"[")[1].split(b" ")[0].split(b":")
            time = f"2026-11-{day[:2].decode()}T{hour.decode()}:{minute.decode()}Z"
            found[time, "200"] += 1
    return found


def _maximal(contents: list[bytes]) -> list[bytes]:
    different = set(contents)
    return [a for a in different if not any(b != a and b.startswith(a) for b in different)]


@pytest.fixture
def read(ledger: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a content in one of the ways, each time under another name; what was told."""
    number = iter(range(1_000_000))

    def read(content: bytes, way: str) -> str:
        path = tmp_path / f"log-{next(number)}"
        path.write_bytes(gzip.compress(content, 1) if "archive" in way else content)
        if "pipe" not in way:
            told: str = ledger.ingest("-q", path)
            return told
        with path.open() as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            through: str = ledger.ingest("-q", "-")
        return through

    return read


@st.composite
def _pieces(draw: st.DrawFn) -> list[tuple[bytes, str]]:
    """Logs with the same first lines and beginnings of them, each with a way; one of them comes twice."""
    shared = _beginning(
        draw(st.sampled_from(["equal", "in turn", "different"])),
        draw(st.sampled_from([1, 3, 17, 60, 300, 2000])),
    )
    pieces = []
    for log in range(draw(st.integers(2, 3))):
        fewer = draw(st.sampled_from([0, 0, 0, 1, 40]))  # of equal lines another number
        mine = shared[: max(1, len(shared) - fewer)] + _own(
            log, draw(st.sampled_from([1, 2, 5, 40]))
        )
        pieces.append(b"".join(mine))
        if draw(st.booleans()):
            pieces.append(b"".join(mine[: draw(st.integers(1, len(mine)))]))
    pieces.append(draw(st.sampled_from(pieces)))
    return [(piece, draw(st.sampled_from(WAYS))) for piece in draw(st.permutations(pieces))]


@given(pieces=_pieces())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_logs_with_the_same_beginning_are_each_counted_from_their_first_line(
    ledger: Any, read: Read, pieces: list[tuple[bytes, str]]
) -> None:
    ledger.begin()
    for content, way in pieces:
        told = read(content, way)
        assert told == "" or "were read before, at the start of a pipe" in told
    contents = [content for content, _ in pieces]
    assert ledger.cells() == _cells(*_maximal(contents))


@pytest.mark.parametrize("second", WAYS)
@pytest.mark.parametrize("first", ["file", "pipe"])
def test_a_log_that_begins_with_equal_lines_counts_once_by_any_way(
    ledger: Any, read: Read, first: str, second: str
) -> None:
    log = b"".join([*[PROBE] * 154, *_own(1, 6)])
    assert read(log, first) == ""
    assert read(log, second) == ""
    assert sum(ledger.cells().values()) == 160


@pytest.mark.parametrize("ways", [("pipe", "file"), ("file", "pipe"), ("archive", "pipe")])
def test_of_logs_with_only_equal_lines_the_longest_is_counted(
    ledger: Any, read: Read, ways: tuple[str, str]
) -> None:
    for lines in (3000, 29_999, 100):
        for way in ways:
            assert read(PROBE * lines, way) == ""
    assert sum(ledger.cells().values()) == 29_999


def test_logs_with_the_same_beginning_are_each_recognized_in_one_pipe(
    ledger: Any, read: Read
) -> None:
    logs = [b"".join([PROBE] * 300 + _own(log, 20)) for log in range(3)]
    for log in logs:
        read(log, "file")
    assert read(b"".join(logs), "pipe") == ""
    assert read(b"".join(reversed(logs)), "pipe of an archive") == ""
    assert ledger.cells() == _cells(*logs)


def test_equal_lines_inside_a_log_do_not_split_it(ledger: Any, read: Read) -> None:
    """Another log begins with the same probes; what follows them tells the two apart."""
    other = b"".join([PROBE] * 60 + _own(1, 40))
    log = b"".join([_line(0, "first"), *[PROBE] * 200, *_own(2, 30)])
    read(other, "file")
    assert read(log, "pipe") == ""
    assert read(log, "file") == ""
    assert ledger.cells() == _cells(other, log)


def _probes(first: int, last: int) -> list[bytes]:
    """The health checks of these minutes. All pods of a node get them at the same seconds."""
    return [_line(minute, "healthz") for minute in range(first, last)]


def _failure(minute: int) -> bytes:
    return _line(minute, "pay").replace(b'" 200 ', b'" 503 ')


@pytest.mark.parametrize("second", WAYS)
def test_a_pod_that_begins_with_later_probes_of_another_pod_counts_from_its_first_line(
    ledger: Any, read: Read, second: str
) -> None:
    one = b"".join([*_probes(0, 40), _line(40, "cart"), *_probes(40, 60)])
    two = b"".join([*_probes(1, 30), _failure(30), *_probes(30, 60)])
    assert read(one, "pipe") == ""
    told = read(two, second)
    assert "its first 29 lines were read before, in a pipe with other logs" in told
    assert ledger.cells() == _cells(one, two) - _cells(_failure(30)) + Counter(
        {("2026-11-23T00:30Z", "503"): 1}
    )


@pytest.mark.parametrize("ways", [("pipe", "pipe"), ("pipe", "file"), ("archive", "file")])
def test_probes_that_a_pipe_has_count_as_a_copy_until_a_line_differs(
    ledger: Any, read: Read, ways: tuple[str, str]
) -> None:
    one = b"".join(_probes(0, 40))
    two = b"".join(_probes(1, 30))
    read(one, "pipe")
    assert read(two, ways[0]) == ""
    assert ledger.cells() == _cells(one)
    differs = two + _line(30, "cart") + b"".join(_probes(30, 33))
    read(differs, ways[1])
    assert ledger.cells() == _cells(one, differs)


def test_a_known_log_goes_on_at_the_first_line_of_another(ledger: Any, read: Read) -> None:
    """The second pod begins with the second line of the first one."""
    one = [*_probes(0, 40), _line(40, "one")]
    two = [*_probes(1, 40), _line(40, "two")]
    for lines in (one, two):
        read(b"".join(lines), "pipe")
    for lines in (one, two):
        assert read(b"".join([*lines, *_probes(41, 43)]), "pipe") == ""
    grown = [b"".join([*lines, *_probes(41, 43)]) for lines in (one, two)]
    assert ledger.cells() == _cells(*grown)


@pytest.mark.parametrize("probes", [[PROBE] * 5, _probes(0, 5)])
def test_a_log_does_not_have_a_pipe_of_probes_twice(
    ledger: Any, read: Read, probes: list[bytes]
) -> None:
    read(probes[0], "pipe")
    read(probes[-1], "pipe")
    piped = _cells(*{probes[0], probes[-1]})
    log = b"".join([*probes, _line(300, "log")])
    read(log, "file")
    one_more = _cells(probes[-1]) if probes[0] != probes[-1] else Counter[tuple[str, str]]()
    assert ledger.cells() == _cells(log) + one_more
    assert piped <= ledger.cells()
