"""W3C logs: their `#Fields` line is remembered between runs, and may change in the middle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Call = Callable[..., Any]

HEADER = "#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status time-taken"
PIECES = [
    f"#Software: IIS\n{HEADER}\n2026-11-23 10:05:42 GET /a x=1 200 12\n",
    "2026-11-23 10:06:42 GET /a - 500 12\n",
    "#Fields: date time sc-status cs-method cs-uri-stem\n2026-11-23 10:07:42 404 GET /a\n",
    "2026-11-23 10:08:42 200 GET /a\n",
]


def test_each_run_reads_on_with_the_columns_of_the_last_header(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "iis.log"
    for piece in PIECES:
        with log.open("a") as out:
            out.write(piece)
        told = call("ingest", log)
        assert told.status == 0
        assert "1 entry" in told.err
        assert "W3C with " in told.err
        assert HEADER not in told.err
    counts = call("counts").out.splitlines()
    assert counts[1:] == [
        "2026-11-23,,/a,200,2",
        "2026-11-23,,/a,404,1",
        "2026-11-23,,/a,500,1",
    ]


def test_a_log_without_its_header_is_read_by_the_line_that_is_given(
    call: Call, tmp_path: Path
) -> None:
    log = tmp_path / "iis.log"
    log.write_text(PIECES[1])
    assert "a W3C log without its #Fields line" in call("ingest", log).err
    assert "1 entry" in call("ingest", "--format", HEADER, log).err
