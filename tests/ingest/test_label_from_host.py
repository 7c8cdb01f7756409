"""Labels made of virtual hosts: each request once, under its host, however the log is cut and read."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.cli import run
from flask_status_cli.store import Ledger

Cells = Counter[tuple[str, str, str]]
"""Requests by (label, route, status)."""

# What a server logged as its host, and the label of it.
HOSTS = {
    "shop.example:443": "shop.example",
    "SHOP.example.:443": "shop.example",
    "api.example:80": "api.example",
    "app": "app",
    "_": "<other>",
    "127.0.1.1:80": "<other>",
    "": "",
}


def line(host: str, path: str = "/a", status: int = 200, minute: int = 0) -> bytes:
    before = f"{host} " if host else ""
    return (
        f'{before}192.0.2.7 - - [23/Nov/2026:10:{minute:02}:00 +0000] "GET {path} HTTP/1.1" {status} 5 '
        '"-" "curl"\n'
    ).encode()


def some(seed: int, number: int) -> tuple[list[bytes], Cells]:
    """Lines of random hosts, and their counts. Each path answers at its host, so none waits."""
    rng = random.Random(seed)
    lines, counts = [], Cells()
    for n in range(number):
        host, path = rng.choice([*HOSTS]), rng.choice(["/a", "/b"])
        status = rng.choice([200, 200, 500]) if n >= 200 else 200
        lines.append(line(host, path, status, n % 60))
        counts[HOSTS[host], path, str(status)] += 1
    return lines, counts


@pytest.fixture
def counted(ledger: Any, capsys: pytest.CaptureFixture[str]) -> Callable[[], Cells]:
    """Read the counts back by label."""

    def read() -> Cells:
        capsys.readouterr()
        assert run(["--db", str(ledger.database), "counts", "--by", "day"]) == 0
        rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
        return Cells(
            {(row["label"], row["route"], row["status"]): int(row["requests"]) for row in rows}
        )

    return read


def test_each_request_is_counted_once_however_the_log_is_cut(
    ledger: Any, tmp_path: Path, counted: Callable[[], Cells]
) -> None:
    lines, expected = some(1, 600)
    log, whole = tmp_path / "access.log", b"".join(lines)
    for end in (4_000, 4_001, 30_000, 30_000, len(whole)):
        log.write_bytes(whole[:end])
        ledger.ingest(log, "--label-from-host", "-q")
    assert counted() == expected
    assert "nothing new" in ledger.ingest(log, "--label-from-host")
    ledger.pipe(whole, "--label-from-host")  # the same log again
    assert counted() == expected


def test_several_processes_count_what_one_does(
    ledger: Any, tmp_path: Path, counted: Callable[[], Cells], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.WORTH_WORKERS", 1)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.RANGE_LENGTH", 7_000)
    lines, expected = some(2, 800)
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(lines))
    ledger.ingest(log, "--label-from-host", "--jobs", "3")
    assert counted() == expected


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_first_hundred_hosts_get_labels_and_the_others_share_one(
    ledger: Any,
    tmp_path: Path,
    counted: Callable[[], Cells],
    monkeypatch: pytest.MonkeyPatch,
    jobs: str,
) -> None:
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.WORTH_WORKERS", 1)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.RANGE_LENGTH", 5_000)
    hosts = [f"h{n}.example" for n in range(150)]
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(map(line, hosts[:90])))
    ledger.ingest(log, "--label-from-host", "--jobs", jobs)
    log.write_bytes(b"".join(map(line, [*hosts[:90], *hosts[60:], "h7.example"])))
    told = ledger.ingest(log, "--label-from-host", "--jobs", jobs)
    expected = Cells({(host, "/a", "200"): 1 for host in hosts[:100]})
    expected.update((host, "/a", "200") for host in (*hosts[60:90], "h7.example"))
    expected["<other>", "/a", "200"] = 50
    assert counted() == expected
    assert "50 requests counted under the label <other>" in told


def test_hosts_of_small_logs_share_the_bound(
    ledger: Any, tmp_path: Path, counted: Callable[[], Cells]
) -> None:
    for n in range(6):  # they are stored together
        hosts = [f"h{n}-{host}.example" for host in range(30)]
        (tmp_path / f"{n}.log").write_bytes(b"".join(map(line, hosts)))
    ledger.ingest(tmp_path / "*.log", "--label-from-host", "-q")
    found = counted()
    assert len({label for label, _, _ in found if label != "<other>"}) == 100
    assert found["<other>", "/a", "200"] == 80
    assert found.total() == 180


def test_only_the_given_hosts_get_labels(
    ledger: Any, tmp_path: Path, counted: Callable[[], Cells]
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(map(line, ["evil.example", "API.example:80", "shop.example", ""])))
    ledger.ingest(log, "--label-from-host=shop.example,api.example.", "--label", "rest")
    assert counted() == {
        ("<other>", "/a", "200"): 1,
        ("api.example", "/a", "200"): 1,
        ("rest", "/a", "200"): 1,
        ("shop.example", "/a", "200"): 1,
    }


def test_a_log_without_hosts_is_reported(ledger: Any, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line("") * 3)
    told = ledger.ingest(log, "--label-from-host")
    assert f"{log}: no line of it names a host, so there are no labels" in told


def test_without_the_option_a_host_makes_no_label(
    ledger: Any, tmp_path: Path, counted: Callable[[], Cells]
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line("shop.example:443"))
    ledger.ingest(log)
    assert counted() == {("", "/a", "200"): 1}


def test_the_configuration_can_make_labels_of_hosts(
    ledger: Any,
    tmp_path: Path,
    counted: Callable[[], Cells],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flask-status.toml").write_text('label_from_host = ["shop.example"]\n')
    Path("access.log").write_bytes(line("shop.example") + line("api.example"))
    ledger.ingest("access.log", "-q")
    assert counted() == {("<other>", "/a", "200"): 1, ("shop.example", "/a", "200"): 1}


def test_durations_are_kept_by_host(ledger: Any, tmp_path: Path) -> None:
    text = '%v %h %l %u %t "%r" %>s %b %D'
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(
            b'%b 192.0.2.7 - - [23/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 %d\n' % each
            for each in [(b"a.example", 1_000), (b"b.example", 9_000_000), (b"a.example", 1_000)]
        )
    )
    ledger.ingest(log, "--label-from-host", "--format", text)
    with Ledger.open(ledger.database) as stored:
        cells = list(stored.duration_counts(by_day=False))
    quick, slow = sorted(cells, key=lambda cell: cell.bucket)
    assert [(one.label, one.requests) for one in (quick, slow)] == [
        ("a.example", 2),
        ("b.example", 1),
    ]


def routes_of(found: Iterable[tuple[str, str, str]]) -> set[tuple[str, str]]:
    return {(label, route) for label, route, _ in found}


def test_a_host_has_its_own_declared_rules_or_those_without_a_host(
    ledger: Any, tmp_path: Path, counted: Callable[[], Cells]
) -> None:
    for label, rules in {
        "": '[[routes]]\nrule = "/<name>"\n[[routes]]\nrule = "/<tenant>"\ndomain = "admin.example"\n',
        "api.example": '[[routes]]\nrule = "/<version>"\n',
    }.items():
        document = tmp_path / "routes.toml"
        document.write_text(f"complete = true\n{rules}")
        arguments = ["routes", "import", str(document), "--label", label, "--yes"]
        assert run(["--db", str(ledger.database), *arguments]) == 0
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(map(line, ["shop.example", "api.example", "admin.example", "evil.example:1"]))
    )
    ledger.ingest(log, "--label-from-host")
    assert routes_of(counted()) == {
        ("admin.example", "/<tenant>"),
        ("api.example", "/<version>"),
        ("evil.example", "/<name>"),
        ("shop.example", "/<name>"),
    }


def test_a_report_shows_the_routes_of_each_host(
    ledger: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line("shop.example") + line("api.example", status=200) + line("_"))
    ledger.ingest(log, "--label-from-host")
    capsys.readouterr()
    assert run(["--db", str(ledger.database), "report", "--json", "--now", "last"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert sorted((each["label"], each["rule"]) for each in report["routes"]) == [
        ("<other>", "/a"),
        ("api.example", "/a"),
        ("shop.example", "/a"),
    ]
    assert run(["--db", str(ledger.database), "report", "--html", "-", "--now", "last"]) == 0
    page = capsys.readouterr().out
    assert "shop.example" in page
    assert "&lt;other&gt;" in page
    assert "<other>" not in page
