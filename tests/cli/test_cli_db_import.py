"""`db import` takes over what flask-server-status has kept, once, at the right time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

SCHEMA = """
CREATE TABLE routes (id INTEGER NOT NULL, name VARCHAR(50) NOT NULL, url VARCHAR(50) NOT NULL,
    doc VARCHAR(50), PRIMARY KEY (id));
CREATE TABLE logs (id INTEGER NOT NULL, id_route INTEGER, status_code INTEGER NOT NULL,
    message VARCHAR(50) NOT NULL, time DATETIME NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(id_route) REFERENCES routes (id));
"""  # as `Base.metadata.create_all()` of flask-server-status 0.0.4 makes them

ROUTES = [(1, "Index", "/", ""), (2, "hello", "/hello/", "")]

LOGS = [
    (1, 200, "2026-07-01 12:00:10.000000"),
    (1, 200, "2026-07-01 12:00:50.000000"),
    (1, 500, "2026-07-01 12:01:00.000000"),
    (2, 200, "2026-12-01 12:00:00.000000"),
    (9, 200, "2026-12-01 12:00:00.000000"),  # of a route that was deleted
    (2, 200, "yesterday"),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO routes VALUES (?, ?, ?, ?)", ROUTES)
        rows = [(route, status, "success", time) for route, status, time in LOGS]
        query = "INSERT INTO logs (id_route, status_code, message, time) VALUES (?, ?, ?, ?)"
        connection.executemany(query, rows)
    return path


def test_imported_requests_have_their_local_times(call: Call, old: Path) -> None:
    before = old.read_bytes()
    told = call("db", "import", "--log-timezone", "Europe/Berlin", old)
    assert (told.status, told.out) == (0, "")
    assert told.err == (
        f"{old}: 4 requests of 2 routes imported, 2026-07-01 to 2026-12-01; 2 rows were not understood\n"
    )
    assert call("counts", "--by", "minute").out.splitlines() == [
        "time,label,route,status,requests",
        "2026-07-01T10:00Z,,/,200,2",  # in summer Berlin is two hours ahead
        "2026-07-01T10:01Z,,/,500,1",
        "2026-12-01T11:00Z,,/hello/,200,1",
    ]
    assert old.read_bytes() == before


def test_importing_twice_is_refused(call: Call, old: Path, database: Path) -> None:
    told = call("db", "import", "-q", "--log-timezone", "UTC", old).err
    assert told.endswith("2 rows were not understood\n")
    again = call("db", "import", "--log-timezone", "UTC", old)
    assert again.status == 1
    assert again.err == (
        f"flask-status: {database}: already has requests from 2026-07-01 to 2026-12-01; "
        "--yes adds the new ones to them\n"
    )
    assert call("db", "import", "--log-timezone", "UTC", "--label", "other", old).status == 0
    assert call("db", "import", "--log-timezone", "UTC", "--yes", old).status == 0
    assert "2026-07-01T12:00Z,,/,200,4" in call("counts", "--by", "minute").out


@pytest.mark.parametrize("kind", ["missing", "ours", "text"])
def test_another_file_is_refused_by_name(kind: str, call: Call, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    if kind == "ours":
        call("ingest", "-q", "--db", path, log)
    elif kind == "text":
        path.write_text("no database at all\n" * 100)
    told = call("db", "import", path)
    assert told.status == 1
    assert told.err.startswith(f"flask-status: {path}: ")
    assert told.err.count("\n") == 1


def test_an_empty_history_is_no_error(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
    told = call("db", "import", path)
    assert (told.status, told.err) == (0, f"{path}: it holds no requests\n")
