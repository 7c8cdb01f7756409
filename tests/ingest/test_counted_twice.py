"""Two logs of the same requests under one label are not counted twice; two logs of one app's traffic are."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from flask_status_cli.cli import run
from flask_status_cli.store.counts import gathered_batches
from flask_status_cli.store.counts.duplicate_logs import LogComparison, compare_logs

ROOT = Path(__file__).parents[2]
Lines = list[str]


@pytest.fixture(scope="module")
def shop() -> Lines:
    """The first 2,500 requests of the shop's log: seven hours, twelve routes, files among them."""
    with gzip.open(ROOT / "fixtures/shop.log.gz", "rt") as file:
        return [next(file) for _ in range(2500)]


def no_files(lines: Lines) -> Lines:
    return [line for line in lines if ".css" not in line and ".js" not in line]


def of_the_app(lines: Lines) -> Lines:
    """The same requests in gunicorn's log: no files, and one in a hundred a minute later."""
    chance = random.Random(3)
    return [later(line) if chance.random() < 0.01 else line for line in no_files(lines)]


def later(line: str) -> str:
    """The same request, logged a minute later."""
    hour, minute = int(line.split(":")[1]), int(line.split(":")[2])
    at = (hour * 60 + minute + 1) % 1440
    return line.replace(f":{hour:02}:{minute:02}:", f":{at // 60:02}:{at % 60:02}:", 1)


def with_499(lines: Lines) -> Lines:
    """Where a client has left, nginx logs 499 and gunicorn what it sent."""
    chance = random.Random(4)
    return [line.replace('" 200 ', '" 499 ') if chance.random() < 0.03 else line for line in lines]


def by_client(lines: Lines, part: int) -> Lines:
    return [line for line in lines if zlib.crc32(line.split()[0].encode()) % 2 == part]


def probes(client: int) -> Lines:
    """A check each minute, one every five minutes, and one each half hour: alike on any two servers."""
    found = []
    for minute in range(240):
        stamp = f"23/Nov/2026:{8 + minute // 60:02}:{minute % 60:02}:0{client}"
        for every, path in ((1, "/healthz"), (5, "/metrics"), (30, "/report")):
            if minute % every == 0:
                found.append(f'10.0.0.{client} - - [{stamp} +0000] "GET {path} HTTP/1.1" 200 5\n')
    return found


SAME: list[tuple[str, Callable[[Lines], tuple[Lines, Lines]], str]] = [
    ("the app's log second", lambda s: (with_499(s), of_the_app(s)), "leave this one out"),
    (
        "the proxy's log second",
        lambda s: (of_the_app(s), with_499(s)),
        "this log has more requests",
    ),
    ("a part of a day", lambda s: (s, no_files(s[800:1600])), "leave this one out"),
]

NOT_THE_SAME: list[tuple[str, Callable[[Lines], tuple[Lines, Lines]]]] = [
    ("two servers in turn", lambda s: (s[::2], s[1::2])),
    ("two servers by client", lambda s: (by_client(s, 0), by_client(s, 1))),
    ("a minute off", lambda s: (s, [later(line) for line in s])),
    ("two pods that are only probed", lambda _: (probes(1), probes(2))),
    ("other hours", lambda s: (s[:1200], s[1200:])),
]


def written(folder: Path, name: str, lines: Iterable[str]) -> str:
    (folder / name).write_text("".join(lines))
    return str(folder / name)


def ingest(folder: Path, *arguments: str) -> int:
    return run(["--db", str(folder / "status.db"), "ingest", "-q", *arguments])


def requests(folder: Path, capsys: pytest.CaptureFixture[str]) -> int:
    assert run(["--db", str(folder / "status.db"), "counts", "--json"]) == 0
    return sum(row["requests"] for row in json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(("logs", "leave"), [each[1:] for each in SAME], ids=[s[0] for s in SAME])
def test_the_second_log_of_the_same_requests_is_not_counted(
    shop: Lines,
    logs: Callable[[Lines], tuple[Lines, Lines]],
    leave: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, other = logs(shop)
    first, second = written(tmp_path, "one.log", one), written(tmp_path, "two.log", other)
    assert ingest(tmp_path, first) == 0
    assert ingest(tmp_path, second) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert f"{second}: has the same requests as {first} (" in told
    assert leave in told
    assert requests(tmp_path, capsys) == len(one)


@pytest.mark.parametrize("logs", [n[1] for n in NOT_THE_SAME], ids=[n[0] for n in NOT_THE_SAME])
def test_two_logs_with_different_requests_are_both_counted(
    shop: Lines,
    logs: Callable[[Lines], tuple[Lines, Lines]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, other = logs(shop)
    first, second = written(tmp_path, "one.log", one), written(tmp_path, "two.log", other)
    assert ingest(tmp_path, first, second) == 0
    assert requests(tmp_path, capsys) == len(one) + len(other)


def test_the_log_of_a_proxy_is_compared_with_the_sum_of_two_servers(
    shop: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in (0, 1):
        assert (
            ingest(tmp_path, written(tmp_path, f"{part}.log", by_client(no_files(shop), part))) == 0
        )
    proxy = written(tmp_path, "nginx.log", [line.replace(" - - ", " - proxy ") for line in shop])
    assert ingest(tmp_path, proxy) == 1
    assert f"{proxy}: has the same requests as {tmp_path}/0.log and {tmp_path}/1.log (" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("runs", [1, 2])
def test_a_small_log_is_compared_with_all_logs_of_its_run_and_of_earlier_ones(
    shop: Lines, runs: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = [shop[300:400], no_files(with_499(shop[:280])), shop[500:600]]
    paths = [written(tmp_path, f"{n}.log", lines) for n, lines in enumerate(logs)]
    same = written(tmp_path, "same.log", of_the_app(shop[:280]))
    if runs > 1:
        assert ingest(tmp_path, *paths) == 0
    assert ingest(tmp_path, *paths, same) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert f"{same}: has the same requests as " in told
    assert requests(tmp_path, capsys) == sum(map(len, logs))


@pytest.mark.parametrize("lines", [31, 100])
def test_many_small_logs_with_different_requests_are_not_compared_one_by_one(
    shop: Lines, lines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[None] = []
    monkeypatch.setattr(gathered_batches, "_store_unless_known", lambda *_, **__: compared.append)
    for n in range(20):
        written(tmp_path, f"{n}.log", shop[100 * n : 100 * n + lines])
    assert ingest(tmp_path, str(tmp_path)) == 0
    assert compared == []


@pytest.mark.parametrize("option", [["--yes"], ["--label", "app"]])
def test_yes_or_a_label_counts_both_logs_and_otherwise_the_run_is_still_good(
    shop: Lines, option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = written(tmp_path, "one.log", shop[:800])
    second = written(tmp_path, "two.log", no_files(shop[:800]))
    assert ingest(tmp_path, first, second) == 1
    capsys.readouterr()
    assert run(["--db", str(tmp_path / "status.db"), "db", "info"]) == 0
    assert "has the same requests" not in capsys.readouterr().out
    assert ingest(tmp_path, *option, second) == 0
    assert requests(tmp_path, capsys) == 800 + len(no_files(shop[:800]))


# Cells of (route, status) by minute.
IRREGULAR = {1: 1, 4: 2, 5: 1, 11: 1, 13: 3, 17: 1, 30: 1, 31: 2, 47: 1, 55: 1, 56: 1, 70: 2}


@pytest.mark.parametrize(
    ("new", "known", "expected"),
    [
        ({(1, 200): IRREGULAR}, {(1, 200): IRREGULAR}, LogComparison(12, 12, 12)),
        # only the time in which both have requests counts
        (
            {(1, 200): {5: 1, 11: 1, 13: 3}},
            {(1, 200): IRREGULAR},
            LogComparison(3, 3, 3),
        ),
        # what comes again after the same time is no evidence
        ({(1, 200): dict.fromkeys(range(60), 1)}, {(1, 200): dict.fromkeys(range(60), 1)}, LogComparison()),
        (
            {(1, 200): dict.fromkeys(range(0, 600, 45), 2)},
            {(1, 200): dict.fromkeys(range(0, 600, 45), 2)},
            LogComparison(),
        ),
        # nor are routes of which most requests are not in the other log
        (
            {(1, 200): IRREGULAR, (2, 200): {1: 90}},
            {(1, 200): IRREGULAR, (3, 200): {70: 90}},
            LogComparison(),
        ),
    ],
)  # fmt: skip
def test_counts_by_minute_route_and_status_are_compared(
    new: dict[tuple[int, int], dict[int, int]],
    known: dict[tuple[int, int], dict[int, int]],
    expected: LogComparison,
) -> None:
    assert compare_logs(new, known) == expected


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (LogComparison(40, 32, 10), True),
        (LogComparison(40, 31, 10), False),
        (LogComparison(39, 39, 10), False),
        (LogComparison(40, 40, 9), False),
    ],
)
def test_forty_equal_cells_in_ten_minutes_are_evidence(found: LogComparison, same: bool) -> None:
    assert found.same == same


@pytest.mark.parametrize("refused_first", [True, False])
def test_a_refused_log_of_an_archive_does_not_refuse_the_others(
    shop: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, refused_first: bool
) -> None:
    assert ingest(tmp_path, written(tmp_path, "nginx.log", shop)) == 0
    app = [line.replace(" - - ", " - app ") for line in no_files(shop)]
    day = "20/Oct" if refused_first else "20/Nov"  # the time goes back where the second log begins
    other = [line.replace("01/Nov", day) for line in shop[:99]]
    logs = [app, other] if refused_first else [other, app]
    archive = tmp_path / "old.gz"
    archive.write_bytes(b"".join(gzip.compress("".join(log).encode()) for log in logs))
    before = requests(tmp_path, capsys)
    assert ingest(tmp_path, str(archive)) == 1
    assert "has the same requests as" in capsys.readouterr().err
    assert ingest(tmp_path, str(archive)) == 1
    assert requests(tmp_path, capsys) == before + 99
    assert ingest(tmp_path, "--yes", str(archive)) == 0
    assert requests(tmp_path, capsys) == before + 99 + len(app)
