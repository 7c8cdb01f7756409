"""Compares the time of flask-status with that of other programs, on the same generated logs.

    python -m benchmarks.bench                     every table; about ten minutes
    python -m benchmarks.bench ingest --runs 3     one table, fewer runs

Every figure is for a fresh process, from its start to its end. The programs of a table take turns, so that a
busy moment affects all of them. The median counts. Machines differ, so compare only the ratios to the first
line of a table.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import generate

PYTHON = sys.executable
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
"""The variables of a measured program. Python may write bytecode, as for an installed program."""

FLASK_STATUS = str(Path(PYTHON).with_name("flask-status"))

MAWK = {
    # requests by minute, path and status: no line is checked, no time zone is read, nothing is stored
    "combined": r'{ sub(/\?.*/, "", $7); k[substr($4, 2, 17) FS $7 FS $9]++ }',
    "common": r'{ sub(/\?.*/, "", $7); k[substr($4, 2, 17) FS $7 FS $9]++ }',
    "werkzeug": r'{ sub(/\?.*/, "", $7); k[$4 FS substr($5, 1, 5) FS $7 FS $9]++ }',
}
MAWK_PRINT = " END { for (i in k) print i, k[i] }"
FLOOR = """
import sys
counts = {}
with open(sys.argv[1], "rb") as log:
    for line in log:
        request = line.split(b'"', 2)[1]
        counts[request] = counts.get(request, 0) + 1
"""
"""The fastest loop over lines in CPython: one split, one dict update, nothing checked."""

PARENTS = (
    "accounts", "events", "files", "invoices", "orders", "plans", "reports", "teams", "uploads", "users",
)  # fmt: skip
ACTIONS = ("", "/archive", "/export", "/list", "/search")
"""The parts of the paths of 50 routes. Paths with numbers would become one route."""

GOACCESS = {"combined": "COMBINED", "common": "COMMON"}


@dataclass(frozen=True, slots=True)
class Row:
    """A program in a table. `prepare` is called before each run, and is not timed."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Table:
    """Programs that do comparable work. The others are compared with the first one."""

    title: str
    rows: Sequence[Row]
    lines: int = 0


@dataclass(slots=True)
class Runs:
    """The measurements of a row: wall seconds and CPU seconds of each run, and the peak memory in KiB."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: int = 0


def run(command: Sequence[str]) -> tuple[float, float, int]:
    """Run a command to its end. Return its wall seconds, its CPU seconds, and its peak memory in KiB."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=ENVIRONMENT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{output.read().decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def measure(table: Table, runs: int) -> None:
    """Run the programs of a table in turn, and print the medians as Markdown."""
    measured = {row.name: Runs() for row in table.rows}
    for _ in range(runs):
        for row in table.rows:
            row.prepare()
            wall, cpu, peak = run(row.command)
            measured[row.name].seconds.append(wall)
            measured[row.name].cpu.append(cpu)
            measured[row.name].peak = max(measured[row.name].peak, peak)
    base = statistics.median(measured[table.rows[0].name].seconds)
    print(f"\n### {table.title}\n\n| program | wall | CPU | lines/s | ratio | peak memory |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, figures in measured.items():
        wall = statistics.median(figures.seconds)
        speed = f"{table.lines / wall:,.0f}" if table.lines else ""
        cpu = statistics.median(figures.cpu)
        figures_text = f"{wall:.3f} s | {cpu:.3f} s | {speed} | {wall / base:.2f}"
        print(f"| {name} | {figures_text} | {figures.peak / 1024:.0f} MB |")


def write_log(path: Path, lines: int, *, log_format: str = "combined", seed: int = 1) -> None:
    """Write a generated log in another process. A child's peak memory would begin at that of this process."""
    options = [f"--lines={lines}", f"--format={log_format}", f"--seed={seed}"]
    with path.open("wb") as out:
        subprocess.run([PYTHON, generate.__file__, *options], stdout=out, check=True)


def ingest_table(folder: Path, lines: int, log_format: str) -> Table:
    """Return the table that compares a first ingest with programs that only count."""
    log, database = folder / f"{log_format}.log", folder / "first.db"
    write_log(log, lines, log_format=log_format)
    zone = ["--log-timezone", "UTC"] if log_format == "werkzeug" else []
    ingest = [FLASK_STATUS, "--db", str(database), "ingest", "-q", *zone]
    rows = []
    if shutil.which("mawk"):
        rows.append(Row("mawk one-liner", ["mawk", MAWK[log_format] + MAWK_PRINT, str(log)]))
    if shutil.which("goaccess") and log_format in GOACCESS:
        options = ["--no-global-config", "--no-progress", f"--log-format={GOACCESS[log_format]}"]
        command = ["goaccess", str(log), *options, "-o", str(folder / "goaccess.json")]
        rows.append(Row("GoAccess → JSON", command))
    for jobs in (1, 2):
        command = [*ingest, f"--jobs={jobs}", str(log)]
        rows.append(Row(f"flask-status ingest --jobs {jobs}", command, lambda: remove(database)))
    rows.append(Row("only split and a dict in Python", [PYTHON, "-c", FLOOR, str(log)]))
    return Table(f"A first ingest: {lines:,} lines, {log_format}", rows, lines)


def memory_table(folder: Path, lines: int) -> Table:
    """Return the table that shows that memory does not grow with a log: one is ten times the other."""
    rows = []
    for part in (lines // 10, lines):
        log, database = folder / f"{part}.log", folder / f"{part}.db"
        write_log(log, part)
        for jobs in (1, 2):
            command = [FLASK_STATUS, "--db", str(database), "ingest", "-q", f"--jobs={jobs}"]
            name = f"{part:,} lines, --jobs {jobs}"
            rows.append(Row(name, [*command, str(log)], partial(remove, database)))
    return Table("Memory: the largest process of an ingest", rows)


def cron_table(folder: Path) -> Table:
    """Return the table that compares an ingest without new lines with its imports alone."""
    logs = [folder / f"site{number}.log" for number in range(5)]
    for number, log in enumerate(logs):
        write_log(log, 20_000, seed=number)
    archives = [folder / f"site0.log.{number}" for number in range(1, 14)]
    for number, archive in enumerate(archives, 100):
        write_log(archive, 20_000, seed=number)
        subprocess.run(["gzip", "--force", archive], check=True)
    for path in folder.glob("site*"):
        os.utime(path, (time.time() - 3600, time.time() - 3600))
    ingest = [FLASK_STATUS, "--db", str(folder / "cron.db"), "ingest", "-q"]
    run([*ingest, *map(str, logs), *(f"{archive}.gz" for archive in archives)])
    rows = [
        Row("python -c 'import sqlalchemy'", [PYTHON, "-c", "import sqlalchemy"]),
        Row("flask-status ingest, nothing new", [*ingest, *map(str, logs)]),
    ]
    return Table("Every minute: 5 logs with nothing new, 13 archives beside them", rows)


def start_table(_folder: Path) -> Table:
    """Return the table that compares `--help` with a bare interpreter."""
    rows = [
        Row("python -c pass", [PYTHON, "-c", "pass"]),
        Row("flask-status --help", [FLASK_STATUS, "--help"]),
    ]
    return Table("Start-up", rows)


def report_table(folder: Path) -> Table:
    """Return the table of reports of a dense database: 30 days, 50 routes, 200 and 404 in every minute."""
    log, database = folder / "dense.log", folder / "dense.db"
    write_dense(log)
    run([FLASK_STATUS, "--db", str(database), "ingest", "-q", str(log)])
    log.unlink()
    report = [FLASK_STATUS, "--db", str(database), "report", "--now", "last"]
    rows = [
        Row("flask-status report", report),
        Row("flask-status report --html", [*report, "--html", str(folder / "status.html")]),
        Row("flask-status report --site", [*report, "--site", str(folder / "site")]),
        Row("flask-status report --json", [*report, "--json", "-o", str(folder / "status.json")]),
    ]
    return Table("Reports: 30 days of 50 routes, dense (4.3 million minute rows)", rows)


def write_dense(path: Path) -> None:
    """Write a log in which 50 routes answer 200 and 404 every minute, and 500 in every hundredth minute."""
    line = '198.18.0.1 - - [STAMP:00 +0000] "GET {} HTTP/1.1" {} 1\n'
    routes = [f"/{parent}{action}" for parent in PARENTS for action in ACTIONS]
    good = "".join(line.format(route, status) for route in routes for status in (200, 404))
    bad = good + "".join(line.format(route, 500) for route in routes)
    begin = generate.LAST_DAY.timestamp() - 29 * 86_400
    with path.open("w") as out:
        for minute in range(30 * 1440):
            stamp = time.strftime("%d/%b/%Y:%H:%M", time.gmtime(begin + minute * 60))
            out.write((good if minute % 100 else bad).replace("STAMP", stamp))


def remove(database: Path) -> None:
    """Remove a database and the files beside it."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def versions(goaccess: str | None = "goaccess") -> str:
    """Return the versions of the programs, the machine's number of cores, and its load."""
    commands = (
        [FLASK_STATUS, "--version"], ["mawk", "-W", "version"], [goaccess or "goaccess", "--version"],
    )  # fmt: skip
    found = [
        f"{platform.python_implementation()} {platform.python_version()}",
        f"{os.cpu_count()} cores",
        f"load {os.getloadavg()[0]:.1f}",
    ]
    for command in commands:
        if shutil.which(command[0]):
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            found.append(result.stdout.partition("\n")[0].strip(" ."))
    return ", ".join(found)


def main() -> None:
    """Print the tables asked for."""
    tables: dict[str, Callable[[Path], Table]] = {
        "ingest": lambda folder: ingest_table(folder, options.lines, "combined"),
        "werkzeug": lambda folder: ingest_table(folder, options.lines, "werkzeug"),
        "memory": lambda folder: memory_table(folder, options.lines),
        "cron": cron_table,
        "start": start_table,
        "report": report_table,
    }
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tables", nargs="*", default=list(tables), metavar="|".join(tables))
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    if unknown := set(options.tables) - set(tables):
        parser.error(f"no such table: {', '.join(unknown)}")
    print(versions())
    for name in options.tables:
        with tempfile.TemporaryDirectory() as folder:
            measure(tables[name](Path(folder)), options.runs)


if __name__ == "__main__":
    main()
