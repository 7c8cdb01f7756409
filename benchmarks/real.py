"""Compares the time of flask-status with that of other programs, on real logs that were made longer.

    python -m benchmarks.real                                   10 000, 100 000 and 1 000 000 lines
    python -m benchmarks.real --goaccess ~/goaccess/goaccess    with a GoAccess of your own
    python -m benchmarks.real --log /var/log/nginx/access.log   another log
    python -m benchmarks.real scan many                         different paths; many small files

Every figure is for a fresh process, from its start to its end. The programs take turns, and the medians
count. CPU seconds are those of all processes of a program. A busy machine hardly changes them.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks import generate, resample
from benchmarks.bench import FLASK_STATUS, MAWK, MAWK_PRINT, PYTHON, remove, run, versions

LOGS = Path(__file__).parents[1] / "fixtures/logs"
REAL = (LOGS / "elastic-examples/apache_logs", LOGS / "nielsbasjes/hackers-access.log")
SIZES = (10_000, 100_000, 1_000_000)
PEERS = ("sqlalchemy", "mawk", "goaccess", "jobs 1", "jobs 2")
HEADINGS = (
    "log", "lines", "`import sqlalchemy`", "`mawk`", "GoAccess", "ours, 1 process", "ours, 2 processes",
    "GoAccess ÷ ours, 1", "GoAccess ÷ ours, 2", "largest process",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """The median seconds of one program on one log, and the peak memory of its largest process in MB."""

    wall: float
    cpu: float
    peak: float


def in_turn(
    commands: dict[str, Sequence[str]], *, runs: int, prepare: Callable[[], None]
) -> dict[str, Figures]:
    """Run programs in turn, and return the figures of each. `prepare` is called before each run."""
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            prepare()
            found[name].append(run(command))
    return {
        name: Figures(
            statistics.median(wall for wall, _, _ in each),
            statistics.median(cpu for _, cpu, _ in each),
            max(peak for _, _, peak in each) / 1024,
        )
        for name, each in found.items()
    }


def ingest(database: Path, *arguments: str) -> list[str]:
    """Return the command that reads logs into a database."""
    return [FLASK_STATUS, "--db", str(database), "ingest", "-q", *arguments]


def peers(log: Path, database: Path, goaccess: str | None) -> dict[str, Sequence[str]]:
    """Return the programs to compare, by name."""
    commands: dict[str, Sequence[str]] = {"sqlalchemy": [PYTHON, "-c", "import sqlalchemy"]}
    if mawk := shutil.which("mawk"):
        commands["mawk"] = [mawk, MAWK["combined"] + MAWK_PRINT, str(log)]
    if goaccess:
        options = ["--no-global-config", "--no-progress", "--log-format=COMBINED"]
        commands["goaccess"] = [goaccess, str(log), *options, "-o", f"{database}.json"]
    for jobs in (1, 2):
        commands[f"jobs {jobs}"] = ingest(database, f"--jobs={jobs}", str(log))
    return commands


def real(folder: Path, options: argparse.Namespace) -> None:
    """Print the table of real logs, with wall seconds / CPU seconds."""
    print(f"\n| {' | '.join(HEADINGS)} |\n|---|{'---:|' * (len(HEADINGS) - 1)}")
    database = folder / "real.db"
    for source in options.log or REAL:
        for lines in options.lines or SIZES:
            log = folder / "real.log"
            with log.open("wb") as out:
                out.writelines(resample.resample(source.read_bytes(), lines))
            commands = peers(log, database, options.goaccess)
            found = in_turn(commands, runs=options.runs, prepare=partial(remove, database))
            print(_row(f"`{source.name}`", lines, found), flush=True)


def _row(name: str, lines: int, found: dict[str, Figures]) -> str:
    cells = [name, f"{lines:,}"]
    for peer in PEERS:
        figures = found.get(peer)
        cells.append(f"{figures.wall:.2f} / {figures.cpu:.2f} s" if figures else "")
    for ours in ("jobs 1", "jobs 2"):
        them = found.get("goaccess")
        ratios = (them.wall / found[ours].wall, them.cpu / found[ours].cpu) if them else ()
        cells.append(" / ".join(f"{ratio:.1f}" for ratio in ratios))
    cells.append(f"{max(found['jobs 1'].peak, found['jobs 2'].peak):.0f} MB")
    return f"| {' | '.join(cells)} |"


def compare(
    title: str,
    commands: dict[str, Sequence[str]],
    prepare: Callable[[], None],
    *,
    runs: int,
    files: int = 0,
) -> None:
    """Print the times of commands, relative to the first one.

    With `files`, print the time that each file adds.
    """
    found = in_turn(commands, runs=runs, prepare=prepare)
    base = next(iter(found.values())).cpu
    headings = [title, "time", "CPU", "CPU, first row = 1", "largest process"]
    headings += ["CPU beyond the first row, a file"] if files else []
    print(f"\n| {' | '.join(headings)} |\n|---|{'---:|' * (len(headings) - 1)}")
    for name, each in found.items():
        figures = (
            f"{each.wall:.2f} s | {each.cpu:.2f} s | {each.cpu / base:.1f} | {each.peak:.0f} MB"
        )
        beyond = f" | {(each.cpu - base) * 1000 / files:.2f} ms" if files else ""
        print(f"| {name} | {figures}{beyond} |", flush=True)


def write_scan(log: Path, lines: int) -> None:
    """Write a log of a day in which each line has another path, and each status is 404."""
    stamp = "30/Nov/2025:{:02}:{:02}:00 +0000"
    line = f'203.0.113.9 - - [{stamp}] "GET /{{:x}}x{{:x}}/{{}} HTTP/1.1" 404 9 "-" "zgrab/0.x"\n'
    with log.open("w") as text:
        for n in range(lines):
            hour, minute = divmod(n * 1440 // lines, 60)
            text.write(line.format(hour, minute, n * 2654435761 % 2**32, n, n % 97))


def scan(folder: Path, options: argparse.Namespace) -> None:
    """Compare different paths that are all 404 with as many ordinary lines."""
    lines = (options.lines or [1_000_000])[-1]
    database = folder / "scan.db"
    ordinary, different = folder / "ordinary.log", folder / "different.log"
    source = (options.log or REAL)[0]
    with ordinary.open("wb") as out:
        out.writelines(resample.resample(source.read_bytes(), lines))
    write_scan(different, lines)
    commands: dict[str, Sequence[str]] = {
        name: ingest(database, "--jobs=1", str(log))
        for name, log in (("ordinary lines", ordinary), ("different paths, all 404", different))
    }
    compare(f"{lines:,} lines", commands, partial(remove, database), runs=options.runs)


def names_of_many(files: int) -> dict[str, list[str]]:
    """Return the names of about this number of small logs: all separate, and rotated ones."""
    sites = max(1, files // 25)
    return {
        f"{files:,} logs": [f"site{n:05}.log" for n in range(files)],
        f"{sites:,} logs, 13 rotated files each": [
            f"host{n:03}.log{f'.{age}' if age else ''}" for n in range(sites) for age in range(14)
        ],
    }


def many(folder: Path, options: argparse.Namespace) -> None:
    """Compare many small files with one file of the same lines, read first and with nothing new."""
    for title, names in names_of_many(options.files).items():
        where, one = folder / "many", folder / "one.log"
        database, of_one = folder / "many.db", folder / "one.db"
        where.mkdir()
        lines = generate.generate(len(names) * options.per_file)
        with one.open("w") as all_of_it:
            for name in names:
                text = "".join(islice(lines, options.per_file))
                (where / name).write_text(text)
                all_of_it.write(text)
        first: dict[str, Sequence[str]] = {
            "the same lines in one file": ingest(database, "--jobs=1", str(one)),
            "read first": ingest(database, "--jobs=1", str(where)),
        }
        described = f"{title} of {options.per_file} lines"
        compare(described, first, partial(remove, database), runs=options.runs, files=len(names))
        subprocess.run(["find", where, "-exec", "touch", "-d", "1 hour ago", "{}", "+"], check=True)
        again: dict[str, Sequence[str]] = {
            "nothing new in one log": ingest(of_one, str(one)),
            "nothing new in all": ingest(database, str(where)),
        }
        for command in again.values():
            run(command)
        compare(
            f"{title}, looked at again", again, lambda: None, runs=options.runs, files=len(names)
        )
        shutil.rmtree(where)
        remove(database)
        remove(of_one)


def main() -> None:
    """Print the tables asked for."""
    tables = {"real": real, "scan": scan, "many": many}
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tables", nargs="*", default=["real"], metavar="|".join(tables))
    parser.add_argument("--log", type=Path, action="append", help="another log to make longer")
    parser.add_argument("--lines", type=int, action="append")
    parser.add_argument(
        "--files", type=int, default=10_000, help="the approximate number of small files"
    )
    parser.add_argument("--per-file", type=int, default=20, help="lines of a small file")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--goaccess", default=shutil.which("goaccess"), help="its program")
    options = parser.parse_args()
    if unknown := set(options.tables) - set(tables):
        parser.error(f"no such table: {', '.join(unknown)}")
    print(versions(options.goaccess))
    for name in options.tables:
        with tempfile.TemporaryDirectory() as folder:
            tables[name](Path(folder), options)


if __name__ == "__main__":
    main()
