"""Makes a long log from a short real one. The same arguments give the same bytes.

    python -m benchmarks.resample fixtures/logs/elastic-examples/apache_logs 1000000 > /tmp/long.log

The log is repeated in rounds, each at a later time. In a round, all clients and half of the numbers and slugs
in the requests are replaced by others. So new paths appear as often as in the real log, and popular paths
stay popular. Lines without a time stay unchanged. All choices come from `random.Random(seed)`.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

STAMP = re.compile(rb"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d) ")
STAMP_FORMAT = "%d/%b/%Y:%H:%M:%S"
TARGET = re.compile(rb"(?<=[A-Z] )/[^ \"]*")
VARIABLE = re.compile(
    rb"(?<=[/=_,-])\d{3,12}(?=[/&_,.-]|$)"  # a number
    rb"|(?<=/)[a-z]+(?:-[a-z]+){2,}(?=[/.?]|$)"  # a slug
)
ADDRESS = re.compile(rb"\d{1,3}(?=\.\d{1,3}\.\d{1,3}\.\d{1,3} )")


def resample(log: bytes, lines: int, *, seed: int = 1) -> Iterator[bytes]:
    """Yield this number of lines, each with its line end."""
    real = log.removesuffix(b"\n").split(b"\n")
    stamps = [match[1] for match in map(STAMP.search, real) if match]
    times = [datetime.strptime(stamp.decode(), STAMP_FORMAT) for stamp in stamps]  # noqa: DTZ007 - a wall clock's
    step = max(times) - min(times) + timedelta(seconds=1)
    for number in range(-(-lines // len(real))):
        this_round = _Round(random.Random(seed * 1_000_003 + number), first=number == 0)
        shift = _shifted(step * number)
        for line in real[: lines - number * len(real)]:
            yield this_round.line(STAMP.sub(shift, line, count=1)) + b"\n"


def _shifted(by: timedelta) -> Callable[[re.Match[bytes]], bytes]:
    known: dict[bytes, bytes] = {}

    def shift(stamp: re.Match[bytes]) -> bytes:
        if stamp[1] not in known:
            then = datetime.strptime(stamp[1].decode(), STAMP_FORMAT) + by  # noqa: DTZ007 - a wall clock's
            known[stamp[1]] = then.strftime(STAMP_FORMAT).encode()
        return b"[%b " % known[stamp[1]]

    return shift


class _Round:
    """Replaces the numbers, slugs and clients of the log in one round. The first round keeps them."""

    def __init__(self, rng: random.Random, *, first: bool) -> None:
        self._rng = rng
        self._first = first
        self._known: dict[bytes, bytes] = {}
        self._network = b"%d" % rng.randrange(11, 223)

    def line(self, line: bytes) -> bytes:
        if self._first:
            return line
        line = TARGET.sub(lambda target: VARIABLE.sub(self._variable, target[0]), line, count=1)
        client = ADDRESS.match(line)
        return line if client is None else self._network + line[client.end() :]

    def _variable(self, found: re.Match[bytes]) -> bytes:
        value = found[0]
        if value not in self._known:
            self._known[value] = self._other(value) if self._rng.random() < 0.5 else value
        return self._known[value]

    def _other(self, value: bytes) -> bytes:
        if value.isdigit():
            return b"%d" % self._rng.randrange(10 ** (len(value) - 1), 10 ** len(value))
        words = value.split(b"-")
        return b"-".join([*self._rng.sample(words, len(words)), b"%d" % self._rng.randrange(99)])


def main() -> None:
    """Write the log to stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("lines", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    log = resample(options.log.read_bytes(), options.lines, seed=options.seed)
    sys.stdout.buffer.writelines(log)


if __name__ == "__main__":
    main()
