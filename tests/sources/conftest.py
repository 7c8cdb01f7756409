"""A reader that keeps streams and lines in memory, as the pipeline and the store keep them in a database."""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from flask_status_cli.model import Stream
from flask_status_cli.sources import Content, Reading, Relation, head_of

Packers = dict[str, Callable[[bytes], bytes]]


class Reader:
    """Keeps streams and the numbers of lines, as the pipeline and the store do."""

    def __init__(self, directory: Path, packers: Packers) -> None:
        self.directory = directory
        self._packers = packers
        self.streams: dict[int, Stream] = {}
        self.lines: Counter[bytes] = Counter()
        self.results: list[Relation] = []
        self._files = 0

    def read(self, data: bytes, kind: str = "plain", *, commit_every: int = 1 << 62) -> Relation:
        with self._open(data, kind) as content:
            return self.read_content(content, commit_every=commit_every)

    def read_content(self, content: Content, *, commit_every: int = 1 << 62) -> Relation:
        head = head_of(content.beginning)
        known = [s for s in self.streams.values() if s.checkpoint.head == head]
        reading = Reading(content, sorted(known, key=lambda s: -s.checkpoint.offset))
        number: int | None = None
        held: list[bytes] = []
        for block in reading.blocks():
            if block.drop:
                held = []
            held.append(block.lines)
            if sum(map(len, held)) >= commit_every and not reading.undecided:
                number = self._commit(reading, number, held)
                held = []
        if reading.complete and reading.unfinished:
            held.append(reading.unfinished + b"\n")
            reading.close_line()
        self._commit(reading, number, held)
        self.results.append(reading.identity.relation)
        return reading.identity.relation

    def _commit(self, reading: Reading, number: int | None, held: list[bytes]) -> int | None:
        identity = reading.identity
        if number is None and identity.relation in (Relation.CONTINUED, Relation.BEGINNING):
            assert identity.stream is not None
            number = identity.stream.id
        if not any(held):
            return number
        assert not reading.undecided
        assert reading.unchanged()
        number = len(self.streams) + 1 if number is None else number
        checkpoint = reading.checkpoint(newest=None, name=None, pending={})
        assert checkpoint.marks[-1].position == checkpoint.offset
        self.streams[number] = Stream(number, checkpoint)
        reading.committed()
        for block in held:
            assert block == b"" or block.endswith(b"\n")
            self.lines.update(line + b"\n" for line in block.split(b"\n")[:-1])
        return number

    def _open(self, data: bytes, kind: str) -> _Opened:
        self._files += 1
        path = self.directory / f"{self._files}"
        pack = self._packers.get(kind.partition(" ")[0])
        path.write_bytes(pack(data) if pack else data)
        return _Opened(path, through_pipe="pipe" in kind)


class _Opened:
    def __init__(self, path: Path, *, through_pipe: bool) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._through_pipe = through_pipe

    def __enter__(self) -> Content:
        if self._through_pipe:
            self._fifo = self._path.with_suffix(".fifo")
            os.mkfifo(self._fifo)
            self._process = subprocess.Popen(
                ["sh", "-c", 'exec cat "$0" > "$1"', self._path, self._fifo]
            )
            self._content = Content(str(self._fifo), opened=os.open(self._fifo, os.O_RDONLY))
        else:
            self._content = Content(str(self._path))
        return self._content

    def __exit__(self, *_: object) -> None:
        self._content.close()
        if self._process:
            self._process.wait()


def whole_lines(*contents: bytes) -> Counter[bytes]:
    counted: Counter[bytes] = Counter()
    for content in contents:
        counted.update(line + b"\n" for line in content.split(b"\n")[:-1])
    return counted


@cache
def log(seed: int, lines: int, width: int = 60) -> bytes:
    chance = random.Random(seed)
    return b"".join(b"%d-%d-%s\n" % (seed, n, b"x" * chance.randrange(width)) for n in range(lines))


@pytest.fixture
def tmp_path(on_disk: Path) -> Path:
    """A directory on a disk: what happens to logs includes new files that get the inodes of old ones."""
    return on_disk


@pytest.fixture
def reader(tmp_path: Path, packers: Packers) -> Reader:
    return Reader(tmp_path, packers)


@pytest.fixture(scope="session")
def new_reader(tmp_path_factory: pytest.TempPathFactory, packers: Packers) -> Callable[[], Reader]:
    return lambda: Reader(tmp_path_factory.mktemp("reader"), packers)


@pytest.fixture(name="whole_lines", scope="session")
def whole_lines_fixture() -> Callable[..., Counter[bytes]]:
    return whole_lines


@pytest.fixture(name="log")
def log_fixture() -> Callable[..., bytes]:
    return log
