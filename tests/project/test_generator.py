"""The log generator of the benchmarks: the same bytes for the same options, and lines that servers write."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

FORMATS = ["combined", "common", "werkzeug"]


@pytest.mark.parametrize("log_format", FORMATS)
def test_the_same_seed_writes_the_same_bytes(generator: ModuleType, log_format: str) -> None:
    first, again, other = (
        list(generator.generate(2000, log_format=log_format, seed=seed)) for seed in (7, 7, 8)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("log_format", FORMATS)
def test_an_independent_counter_reads_every_line(
    generator: ModuleType, independent: ModuleType, log_format: str
) -> None:
    log = "".join(generator.generate(3000, log_format=log_format, days=3)).encode()
    method = "werkzeug" if log_format == "werkzeug" else "clf"
    counted = independent.count_lines(log, method=method)
    assert (counted.lines, counted.entries, counted.refused) == (3000, 3000, 0)
    minutes = [minute for minute, _ in counted.cells]
    assert (min(minutes)[:10], max(minutes)[:10]) == ("2025-11-28", "2025-11-30")
    assert counted.statuses[200] > 2400
    assert {404, 500} <= set(counted.statuses)


def test_all_formats_tell_of_the_same_requests(
    generator: ModuleType, independent: ModuleType
) -> None:
    counts = [
        independent.count_lines(
            "".join(generator.generate(1000, log_format=log_format)).encode(),
            method="werkzeug" if log_format == "werkzeug" else "clf",
        )
        for log_format in FORMATS
    ]
    assert counts[0] == counts[1] == counts[2]


def test_a_million_lines_hold_over_a_hundred_thousand_distinct_requests(
    generator: ModuleType,
) -> None:
    requests = {line.split('"')[1] for line in generator.generate(100_000)}
    assert 20_000 < len(requests) < 60_000


def test_colors_are_those_of_a_recorded_werkzeug(
    generator: ModuleType, independent: ModuleType
) -> None:
    recorded = (independent.LOGS / "captured/wz31.log").read_text("latin-1")
    seen = set()
    for request, status in re.findall(
        r'] "(.*[A-Z]+ /(?:st/\d+|head) HTTP/1\.1.*)" (\d+) -', recorded
    ):
        assert generator.ansi(re.sub(r"\x1b\[\d+m", "", request), int(status)) == request
        seen.add(int(status))
    assert seen == {200, 201, 204, 301, 304, 404, 418, 500}


def test_the_demo_log_is_what_its_script_writes(independent: ModuleType) -> None:
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-m", "benchmarks.demo"]
    written = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    log = gzip.decompress((root / "fixtures/shop.log.gz").read_bytes())
    assert gzip.decompress(written) == log
    counted = independent.count_lines(log, method="clf")
    assert counted.refused == counted.noise == 0
    days = {minute[:10] for minute, _ in counted.cells}
    assert (min(days), max(days), len(days)) == ("2025-11-01", "2025-11-30", 30)
