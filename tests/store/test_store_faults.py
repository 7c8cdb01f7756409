"""A database that cannot be used gives an error of one line with a hint. Nothing is written to it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import Route, Run, UnreadKind
from flask_status_cli.store import Batch, Committed, Ledger, Store, open_for_dry_run
from flask_status_cli.store.database import sqlite
from flask_status_cli.store.database.connection import Mode, connect
from flask_status_cli.store.schema.version import REVISIONS

ENGINES = ("sqlite",)

MakeBatch = Callable[..., Batch]
Write = Callable[..., Committed]
Open = Callable[[Path], object]

RIGHTS = "check who owns it and its directory, and their permissions"


def noon() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def read(path: Path) -> None:
    with Ledger.open(path, busy_timeout=0.05) as ledger:
        ledger.requests(0, 10**9)


def rehearse(path: Path) -> None:
    open_for_dry_run(path, clock=noon, busy_timeout=0.05).close()


def write_only(path: Path) -> None:
    Store.open(path, create=False, clock=noon, busy_timeout=0.05).close()


def make(path: Path) -> None:
    Store.open(path, create=True, clock=noon, busy_timeout=0.05).close()


def message(open_it: Open, path: Path) -> str:
    with pytest.raises(DatabaseError) as caught:
        open_it(path)
    text = str(caught.value)
    assert text.startswith(f"{path}")
    assert "\n" not in text
    return text.removeprefix(f"{path}")


EVERY = [read, rehearse, write_only, make]

# Kinds of files that are no database of ours, with the error that opening them raises.
EMPTY = ": the database is empty; flask-status ingest LOG creates it"
FOREIGN = ": is a database of another program; name another file with --db"
NO_SQLITE = ": is not an SQLite database; name another file with --db"
MISSING = ": the database does not exist; flask-status ingest LOG creates it"
NEWER = (
    f": has schema 0999, made by a newer flask-status; this one knows {REVISIONS[-1]}; "
    "upgrade flask-status, or name another file with --db"
)
DAMAGED = ": is damaged; restore a backup, or move it away and ingest the logs again"


def a_text(path: Path) -> None:
    path.write_text("127.0.0.1 - - GET\n")


def a_long_text(path: Path) -> None:
    path.write_text("127.0.0.1 - - GET\n" * 1000)


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE minute_count (x)")
        connection.execute("CREATE TABLE quarter_count (x)")


def another_alembic_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf0')")
        connection.commit()


def a_newer_one(path: Path) -> None:
    make(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.commit()


def one_cut_short(path: Path) -> None:
    make(path)
    os.truncate(path, 8192)


def one_overwritten(path: Path) -> None:
    make(path)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def a_directory(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    assert not path.exists()


def an_empty_file(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize(
    ("there_is", "opened_by", "expected"),
    [
        (nothing, [read, write_only], MISSING),
        (an_empty_file, [read, write_only], EMPTY),
        (a_text, EVERY, NO_SQLITE),
        (a_long_text, EVERY, NO_SQLITE),
        (another_programs, EVERY, FOREIGN),
        (another_alembic_programs, EVERY, FOREIGN),
        (a_newer_one, EVERY, NEWER),
        (one_cut_short, EVERY, DAMAGED),
        (one_overwritten, EVERY, DAMAGED),
        (a_directory, EVERY, ": is a directory or a device; name a file with --db"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_not_changed(
    there_is: Callable[[Path], None], opened_by: list[Open], expected: str, database: Path
) -> None:
    there_is(database)
    before = database.read_bytes() if database.is_file() else None
    assert {open_it.__name__: message(open_it, database) for open_it in opened_by} == {
        open_it.__name__: expected for open_it in opened_by
    }
    assert (database.read_bytes() if database.is_file() else None) == before


def test_reading_makes_no_file(database: Path) -> None:
    message(read, database)
    rehearse(database)
    assert list(database.parent.iterdir()) == []


def test_an_empty_file_and_a_missing_directory_are_made_into_a_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for path in (tmp_path / "empty.db", tmp_path / "state" / "flask-status" / "status.db"):
        make(path)
        read(path)


def test_a_path_may_have_any_character(tmp_path: Path, write: Write) -> None:
    path = tmp_path / os.fsdecode(b"a?mode=memory#b%20\xffc.db")
    write(path, {(1, "/", 200): 1})
    assert path.exists()
    read(path)


def test_a_directory_instead_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError) as caught:
        make(tmp_path / "file" / "status.db")
    assert str(caught.value) == f"{tmp_path}/file: cannot be used: is not a directory; {RIGHTS}"


@pytest.mark.parametrize("open_it", EVERY)
def test_a_database_locked_by_another_program_is_an_error(open_it: Open, database: Path) -> None:
    make(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        expected = ": is locked by another program; try again when that has finished"
        assert message(open_it, database) == expected
    open_it(database)


def test_a_commit_that_fails_because_of_a_reader_can_be_repeated(
    database: Path, batch: MakeBatch
) -> None:
    with Store.open(database, create=True, clock=noon, busy_timeout=0.05) as store:
        with Ledger.open(database), pytest.raises(DatabaseError, match="locked by another"):
            store.commit(batch({(1, "/", 200): 1}))
        store.commit(batch({(1, "/", 200): 1}))
    with Ledger.open(database) as ledger:
        assert ledger.minutes(0, 9) == [(1, 200, 1)]


def test_a_full_disk_stores_nothing_of_the_batch(database: Path, batch: MakeBatch) -> None:
    large = batch({(minute, "/", 200): 1 for minute in range(20_000)})
    make(database)
    connection = connect(database, Mode.WRITE)
    with Store(connection, database, noon) as store:
        connection.exec_driver_sql("PRAGMA max_page_count=20")
        with pytest.raises(DatabaseError) as caught:
            store.commit(large)
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
        read(database)
        assert store.commit(large).new_routes == 1
    assert str(caught.value) == (
        f"{database}: the disk is full; nothing of this batch was stored; make room, run it again"
    )
    with Ledger.open(database) as ledger:
        assert ledger.minutes(0, 10**6) == ledger.requests(0, 10**6) == [(1, 200, 20_000)]
        assert ledger.routes() == {1: Route("", "/")}


def test_a_commit_waits_for_another_programs_write(database: Path, batch: MakeBatch) -> None:
    make(database)
    with (
        closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as other,
        Store.open(database, create=False, clock=noon, busy_timeout=30) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        later = threading.Timer(0.3, other.rollback)
        later.start()
        store.commit(batch({(1, "/", 200): 1}))
        later.join()


def test_a_bug_keeps_its_traceback(database: Path, batch: MakeBatch) -> None:
    with Store.open(database, create=True, clock=noon) as store:
        with closing(sqlite3.connect(database)) as other:
            other.execute("DROP TABLE unread")
        with pytest.raises(sqlite3.OperationalError, match="no such table: unread"):
            store.commit(batch({}, unread={(1, UnreadKind.NOISE, "banner"): 1}))


# A killed ingest leaves the journal and half of its changes on the disk.
HALF_WRITTEN = """
import sys, time
from pathlib import Path
from flask_status_cli.store.database import sqlite as soundness
from flask_status_cli.store.database.connection import Mode, connect, transaction

connection = connect(Path(sys.argv[1]), Mode.WRITE)
with transaction(connection, writing=True):
    connection.exec_driver_sql("PRAGMA cache_size=5")
    connection.exec_driver_sql("UPDATE minute_count SET requests = 7")
    print("half written", flush=True)
    time.sleep(60)
"""


def test_a_killed_ingest_is_repaired_by_the_next_one(database: Path, write: Write) -> None:
    write(database, {(minute, "/", 200): 1 for minute in range(20_000)})
    with subprocess.Popen(
        [sys.executable, "-c", HALF_WRITTEN, str(database)],
        cwd=database.parent,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"half written\n"
        child.send_signal(signal.SIGKILL)
    assert database.with_name("status.db-journal").stat().st_size > 0
    expected = (
        ": was left half written by an ingest that was killed; "
        "the next flask-status ingest repairs it"
    )
    assert [message(open_it, database) for open_it in (read, rehearse)] == [expected] * 2
    make(database)
    with Ledger.open(database) as ledger:
        assert ledger.minutes(0, 10**6) == [(1, 200, 20_000)]


# Permissions cannot be tested as root, who has them all. So a child process becomes the user nobody.
AS_NOBODY = """
import json, os, sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
from flask_status_cli.errors import DatabaseError
from flask_status_cli.store import Ledger, Store, WriteLock

def read(path):
    with Ledger.open(path) as ledger:
        return ledger.minutes(0, 9)

def make(path):
    Store.open(path, create=True, clock=lambda: datetime.now(UTC)).close()

def lock(path):
    with WriteLock(path, wait=0):
        pass

# What is imported late must be there already: the user nobody may not read every directory of code.
with tempfile.TemporaryDirectory() as own:
    for step in (make, read, lock):
        step(Path(own, "status.db"))
    Path(own, "damaged.db").write_bytes(b"x" * 5000)
    for step, name in ((read, "damaged.db"), (read, "none.db"), (make, "none/status.db")):
        try:
            step(Path(own, name))
        except DatabaseError:
            pass

if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)

for what, path in json.loads(sys.argv[1]):
    try:
        print(json.dumps(globals()[what](Path(path))))
    except DatabaseError as error:
        print(json.dumps(str(error)))
"""


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that everybody can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory
        for path in directory.rglob("*"):
            path.chmod(0o755)
        directory.chmod(0o755)


def as_nobody(*attempts: tuple[str, Path]) -> list[object]:
    asked = json.dumps([(what, str(path)) for what, path in attempts])
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, asked],
        cwd="/",
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_another_user_reads_what_the_ingesting_user_wrote(
    open_directory: Path, write: Write
) -> None:
    path = open_directory / "status.db"
    write(path, {(1, "/", 200): 5})
    open_directory.chmod(0o555)
    assert as_nobody(("read", path)) == [[[1, 200, 5]]]


def test_missing_permissions_are_named(open_directory: Path, write: Write) -> None:
    for name in ("unreadable", "unwritable", "shut"):
        (open_directory / name).mkdir()
        write(open_directory / name / "status.db", {(1, "/", 200): 5})
    unreadable, unwritable, shut = (
        open_directory / name / "status.db" for name in ("unreadable", "unwritable", "shut")
    )
    unreadable.chmod(0o000)
    unwritable.chmod(0o444)
    unwritable.parent.chmod(0o777)
    shut.parent.chmod(0o000)
    open_directory.chmod(0o555)
    new = open_directory / "new" / "status.db"
    below = open_directory / "new.db"
    answers = as_nobody(
        ("read", unreadable),
        ("make", unwritable),
        ("read", shut),
        ("make", new),
        ("make", below),
        ("lock", below),
    )
    assert answers == [
        f"{unreadable}: this user may not read it; {RIGHTS}",
        f"{unwritable}: this user may not write to it; {RIGHTS}",
        f"{shut}: cannot be used: Permission denied; {RIGHTS}",
        f"{new.parent}: cannot be used: Permission denied; {RIGHTS}",
        f"{open_directory}: this user may not write to it; {RIGHTS}",
        f"{below}.lock: cannot be opened: Permission denied; {RIGHTS}",
    ]


TOO_LARGE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import Run
from flask_status_cli.store import Store

now = datetime(2026, 11, 23, tzinfo=UTC)
with Store.open(Path(sys.argv[1]), create=True, clock=lambda: now) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    try:
        store.record(Run(now, now, 1, 0, 0, 0, 0, ("x" * 400_000,)))
    except DatabaseError as error:
        print(error)
"""


def test_a_used_up_quota_is_reported_as_a_disk_that_cannot_be_written(database: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOO_LARGE, str(database)],
        cwd=database.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == (
        f"{database}: the disk could not be read or written; nothing of this batch was stored; "
        "look at the disk, its quota and the system log\n"
    )
    with Ledger.open(database) as ledger:
        assert ledger.last_run() is None


def test_text_that_is_no_utf8_is_damage(database: Path, write: Write) -> None:
    write(database, {(10, "/", 200): 1})
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("UPDATE route SET rule = CAST(x'2fff' AS TEXT)")
    with pytest.raises(DatabaseError) as caught, Ledger.open(database) as ledger:
        ledger.routes()
    assert str(caught.value) == f"{database}{DAMAGED}"


@pytest.mark.parametrize("large", [False, True])
def test_figures_of_a_damaged_file_are_not_shown(
    database: Path, write: Write, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    """SQLite answers queries of such a file. Only its integrity check finds the damage."""
    write(database, {(10, "/", 200): 1})
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE minute_count SET requests = 5")
        raw.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'status >= 500', 'status >= 200') "
            "WHERE name = 'minute_count_failing'"
        )
    if large:  # it is not checked when it is read, but once a day by an ingest
        monkeypatch.setattr(sqlite, "CHECKED_BYTES", 0)
        read(database)
        later = noon() + timedelta(days=1)
        with Store.open(database, create=False, clock=lambda: later) as store:
            store.record(Run(later, later, 0, 0, 0, 0, 0, ()))
    with pytest.raises(DatabaseError) as caught:
        read(database)
    assert str(caught.value) == f"{database}{DAMAGED}"
    with Ledger.open(database, damaged=True) as ledger:
        assert ledger.problems()[0] == "row 1 missing from index minute_count_failing"


def test_counts_of_no_route_are_damage(database: Path, write: Write) -> None:
    write(database, {(10, "/", 200): 1})
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("UPDATE quarter_count SET route = 77")
    with pytest.raises(DatabaseError) as caught:
        read(database)
    assert str(caught.value) == f"{database}{DAMAGED}"


def test_a_schema_with_a_flipped_byte_is_damage(database: Path, write: Write) -> None:
    write(database, {(10, "/", 200): 1})
    data = database.read_bytes()
    database.write_bytes(
        data.replace(b"inode BIGINT", b"jnode BIGINT").replace(b"inode ", b"jnode ")
    )
    with (
        pytest.raises(DatabaseError) as caught,
        Store.open(database, create=False, clock=noon) as store,
    ):
        store.inputs()
    assert str(caught.value) == f"{database}{DAMAGED}"
