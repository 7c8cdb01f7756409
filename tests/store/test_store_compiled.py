"""The generated statements and tables equal those that SQLAlchemy makes of the definitions now."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from flask_status_cli.model.database_url import Database
from flask_status_cli.store.statements import compiled, compiled_durations, compiling
from flask_status_cli.store.statements.compiled_tables import TABLES
from flask_status_cli.store.statements.prepared import Additive, Prepared

STORE = Path(compiling.__file__).parent
WRITE_ANEW = "run: python -m flask_status_cli.store.statements.compiling"


def test_the_prepared_statements_equal_those_of_sqlalchemy() -> None:
    assert (STORE / "compiled.py").read_text() == compiling.statements_module(), WRITE_ANEW
    written = (STORE / "compiled_durations.py").read_text()
    assert written == compiling.durations_module(), WRITE_ANEW
    assert (STORE / "compiled_hosts.py").read_text() == compiling.hosts_module(), WRITE_ANEW


def test_the_prepared_tables_equal_those_of_sqlalchemy() -> None:
    assert (STORE / "compiled_tables.py").read_text() == compiling.tables_module(), WRITE_ANEW
    written = (STORE / "compiled_tables_postgresql.py").read_text()
    assert written == compiling.postgresql_tables_module(), WRITE_ANEW


def test_sqlite_understands_every_prepared_statement() -> None:
    plain = sqlite3.connect(":memory:")
    for table in TABLES:
        plain.execute(table)
    known = 0
    for found in (*vars(compiled).values(), *vars(compiled_durations).values()):
        if isinstance(found, Additive):
            plain.execute(f"EXPLAIN {found.text(2)}", ["x"] * 2 * found.width)
        elif isinstance(found, Prepared):
            plain.execute(f"EXPLAIN {found.text(_Everything())}", _Everything())
        known += isinstance(found, (Additive, Prepared))
    plain.close()
    assert known > 100


class _Everything(dict[str, object]):
    """A value for every name."""

    def __missing__(self, name: str) -> object:
        return [1, 2] if name in ("of_minutes", "routes") else 1


def test_an_ingest_imports_no_sqlalchemy_when_it_makes_a_database_nor_later(
    tmp_path: Path, database: Database
) -> None:
    log = tmp_path / "access.log"
    line = '192.0.2.1 - - [23/Nov/2026:10:{:02}:00 +0000] "GET /blog/{} HTTP/1.1" {} 5 "-" "x"\n'
    log.write_text("".join(line.format(n, n, 500 if n == 7 else 200) for n in range(60)))
    code = (
        "import sys; from flask_status_cli.cli import run;"
        "run(['--db', sys.argv[1], 'ingest', '-q', *sys.argv[2:]]); print('sqlalchemy' in sys.modules)"
    )
    for more in ("", line.format(59, "new", 404)):
        with log.open("a") as file:
            file.write(more)
        command = [sys.executable, "-c", code, str(database), str(log)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"
