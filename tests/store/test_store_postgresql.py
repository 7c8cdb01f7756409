"""What only PostgreSQL has: roles, hosts that write at once, a server that goes away."""

from __future__ import annotations

import signal
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model import Checkpoint, Mark
from flask_status_cli.model.database_url import Database, DatabaseUrl, parse_url
from flask_status_cli.model.server_wait_limits import ServerWaitLimits
from flask_status_cli.store import Batch, Committed, Ledger, LockBusy, Store, StreamsChanged
from flask_status_cli.store.postgresql.bulk_rows import merged
from flask_status_cli.store.postgresql.connection import PostgresqlConnection
from flask_status_cli.store.postgresql.errors import database_error
from flask_status_cli.store.postgresql.locked_session import LOCKS
from flask_status_cli.store.schema.version import REVISIONS
from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.prepared import Prepared
from tests.pooler import Pooler
from tests.postgresql_server import BACK_TO_SCHEMA_15, PostgresqlServer

Write = Callable[..., Committed]
MakeBatch = Callable[..., Batch]

CHECKPOINT = Checkpoint(b"headhead", 100, (Mark(100, b"hundreds"),), newest=29_000_000)

ENGINES = ("postgresql",)


def noon() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def opened(database: Database) -> Store:
    return Store.open(database, create=True, clock=noon)


@pytest.fixture
def reader(database: DatabaseUrl, postgresql: PostgresqlServer) -> Iterator[DatabaseUrl]:
    """The database as a role sees it that may only read."""
    opened(database).close()
    with postgresql.connect() as server:
        server.execute("CREATE ROLE page LOGIN")
        server.execute(f"GRANT USAGE ON SCHEMA {database.schema} TO page")
        server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {database.schema} TO page")
        yield replace(database, conninfo=database.conninfo.replace("postgres@", "page@"))
        server.execute("DROP OWNED BY page")
        server.execute("DROP ROLE page")


def requests(database: Database) -> dict[tuple[str, int], int]:
    with Ledger.open(database) as ledger:
        return {(cell.rule, cell.status): cell.requests for cell in ledger.counts("day")}


def test_a_role_that_may_only_read_reads_and_cannot_write(
    database: DatabaseUrl, reader: DatabaseUrl, write: Write
) -> None:
    write(database, {(1, "/", 200): 3})
    assert requests(reader) == {("/", 200): 3}
    with pytest.raises(DatabaseError, match="this role may not do that; grant it"):
        write(reader, {(1, "/", 200): 1})
    assert requests(database) == {("/", 200): 3}


def test_hosts_that_begin_at_once_make_the_tables_once(
    database: Database, batch: MakeBatch
) -> None:
    gate = threading.Barrier(8)

    def begin(number: int) -> None:
        gate.wait()
        with opened(database) as store:
            head = b"host%04d" % number
            counts = {(1, "/", 200): number + 1, (1, f"/{'abcdefgh'[number]}", 200): 1}
            store.commit(batch(counts, checkpoint=replace(CHECKPOINT, head=head)))

    with ThreadPoolExecutor(8) as hosts:
        list(hosts.map(begin, range(8)))
    found = requests(database)
    assert found.pop(("/", 200)) == 36
    assert found == {(f"/{letter}", 200): 1 for letter in "abcdefgh"}
    with Ledger.open(database) as ledger:
        assert not ledger.problems()


def test_writers_take_turns_whatever_isolation_their_role_has(
    database: DatabaseUrl, batch: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresqlConnection, "recover", None)  # no transaction has to be repeated
    write_at_once(serializable(database), batch)
    assert requests(database) == {("/", 200): 40}


def test_a_transaction_that_conflicts_is_repeated_whatever_was_being_prepared(
    database: DatabaseUrl,
    batch: MakeBatch,
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As on engines that speak the protocol and have other locks. The driver prepares a statement when it runs
    # for the sixth time, and forgets it if that was undone.
    monkeypatch.setattr("flask_status_cli.store.postgresql.connection.WRITE", "BEGIN")
    key = LOCKS, _signed(zlib.crc32(f"{database.schema}\0writer".encode()))
    writes = f"{database.schema}.fact SET value = value + 1 WHERE name = 'writes'"
    opened(database).close()
    with opened(serializable(database)) as store, ThreadPoolExecutor(1) as thread:
        for part in range(8):
            read = replace(CHECKPOINT, head=b"host%04d" % part)
            with postgresql.connect() as other, other.transaction():
                other.execute("SELECT pg_advisory_xact_lock(%s, %s)", key)
                done = thread.submit(store.commit, batch({(1, "/", 200): 1}, checkpoint=read))
                _wait_for_a_waiting_writer(postgresql)
                other.execute(f"UPDATE {writes}".encode())
            done.result()
    assert requests(database) == {("/", 200): 8}


def test_a_writer_that_waits_for_its_turn_keeps_no_old_rows_alive(
    database: DatabaseUrl, batch: MakeBatch, postgresql: PostgresqlServer
) -> None:
    waiting = (
        "SELECT wait_event, backend_xmin FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE%'"
    )
    opened(database).close()
    with opened(database) as first, opened(database) as second, ThreadPoolExecutor(1) as thread:
        with first.writing(), postgresql.connect() as server:
            done = thread.submit(second.commit, batch({(1, "/", 200): 1}))
            while not (found := server.execute(waiting).fetchall()):
                pass
            assert found == [("relation", None)]
        done.result()
    assert requests(database) == {("/", 200): 1}


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number


def _wait_for_a_waiting_writer(server: PostgresqlServer) -> None:
    with server.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while connection.execute(waiting).fetchone() == (0,):
            pass


def serializable(database: DatabaseUrl) -> DatabaseUrl:
    option = "&options=-cdefault_transaction_isolation%3Dserializable"
    return replace(database, conninfo=database.conninfo + option)


def write_at_once(database: DatabaseUrl, batch: MakeBatch) -> None:
    """Commit ten batches by each of four hosts."""
    opened(database).close()
    gate = threading.Barrier(4)

    def write(number: int) -> None:
        with opened(database) as store:
            gate.wait()
            for part in range(10):
                read = replace(CHECKPOINT, head=b"host%02d%02d" % (number, part))
                store.commit(batch({(1, "/", 200): 1}, checkpoint=read))

    with ThreadPoolExecutor(4) as hosts:
        list(hosts.map(write, range(4)))


def test_a_new_crowd_includes_requests_counted_by_other_hosts(
    database: Database, batch: MakeBatch
) -> None:
    def pages(first: int, last: int, head: bytes) -> Batch:
        cells = {(1, f"/blog/post-{n}", 200): 1 for n in range(first, last)}
        return batch(cells, checkpoint=replace(CHECKPOINT, head=head))

    with opened(database) as one, opened(database) as two:
        one.commit(pages(0, 15, b"one-one-"))
        two.commit(pages(10, 25, b"two-two-"))
        one.commit(pages(25, 30, b"onemore-"))
    assert requests(database) == {("/blog/<slug>", 200): 35}
    with Ledger.open(database) as ledger:
        assert not ledger.problems()


def test_all_routes_are_read_again_only_after_another_host_has_changed_some(
    database: Database, batch: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Prepared] = []
    rows = PostgresqlConnection.rows

    def noted(
        self: PostgresqlConnection, prepared: Prepared, **values: object
    ) -> list[tuple[object, ...]]:
        asked.append(prepared)
        return rows(self, prepared, **values)

    def counts(path: str, head: bytes) -> Batch:
        return batch({(1, path, 200): 1}, checkpoint=replace(CHECKPOINT, head=head))

    with opened(database) as one, opened(database) as two:
        one.commit(counts("/", b"one-one-"))
        two.commit(counts("/", b"two-two-"))
        monkeypatch.setattr(PostgresqlConnection, "rows", noted)
        one.commit(counts("/", b"onemore-"))
        assert compiled.ROUTES not in asked
        two.commit(counts("/new", b"twomore-"))
        assert one.commit(counts("/new", b"one-end-")).new_routes == 0
        assert compiled.ROUTES not in asked  # only the new one is read
        with Ledger.open(database) as ledger:
            (new,) = (route for route in ledger.routes().values() if route.rule == "/new")
        two.name(new, "New")
        one.commit(counts("/", b"one-last"))
        assert compiled.ROUTES in asked
    assert requests(database) == {("/", 200): 4, ("/new", 200): 2}


@pytest.mark.skipif(
    not psycopg.Pipeline.is_supported(), reason="this libpq waits for the answer of each statement"
)
def test_other_hosts_wait_for_few_round_trips_of_a_batch(
    database: Database, batch: MakeBatch, tmp_path: Path
) -> None:
    cells = {(1, "/", 200): 1, (1, "/gone", 404): 1}
    with opened(database) as store, (tmp_path / "trace").open("wb") as trace:
        store.commit(batch(cells))
        connection = store._opened  # noqa: SLF001 - its driver is asked what it sends
        assert isinstance(connection, PostgresqlConnection)
        later = replace(CHECKPOINT, offset=200, marks=(Mark(200, b"hundreds"),))
        connection.driver.pgconn.trace(trace.fileno())
        store.commit(batch(cells, checkpoint=later, stream=1, expected=((1, 100),)))
        connection.driver.pgconn.untrace()
    sent = (tmp_path / "trace").read_text()
    assert sent.count("\tF\t4\tFlush") + sent.count("\tF\t4\tSync") <= 5, sent
    assert requests(database) == {("/", 200): 2, ("<unmatched>", 404): 2}


def test_a_batch_may_give_the_number_of_a_new_stream_and_later_ones_are_higher(
    database: Database, batch: MakeBatch
) -> None:
    def counts(head: bytes, number: int | None) -> Batch:
        checkpoint = replace(CHECKPOINT, head=head)
        return batch({(1, "/", 200): 1}, checkpoint=checkpoint, number=number)

    with opened(database) as store:
        assert store.commit(counts(b"one-one-", 5)).stream == 5
        assert store.commit(counts(b"two-two-", None)).stream == 6
        with pytest.raises(StreamsChanged):
            store.commit(counts(b"crashed-", 6))
    assert requests(database) == {("/", 200): 2}


def test_rows_are_put_together_only_if_no_key_can_be_there_twice() -> None:
    minutes, quarters = compiled.ADD_MINUTES, compiled.ADD_QUARTERS
    rows = [
        (minutes, [10, 1, 200, 5, 11, 1, 200, 5]),
        (minutes, [12, 1, 200, 5]),
        (minutes, []),
        (quarters, [1, 1, 200, 15]),
        (minutes, [13, 1, 200, 1, 14, 1, 200, 1]),
        (minutes, [14, 1, 200, 7]),
        (minutes, [9, 1, 200, 7]),
    ]
    assert list(merged(rows)) == [
        (minutes, [10, 1, 200, 5, 11, 1, 200, 5, 12, 1, 200, 5]),
        (quarters, [1, 1, 200, 15]),
        (minutes, [13, 1, 200, 1, 14, 1, 200, 1]),
        (minutes, [14, 1, 200, 7]),
        (minutes, [9, 1, 200, 7]),
    ]


def behind(pooler: Pooler, schema: str) -> DatabaseUrl:
    address = f"postgresql://postgres@127.0.0.1:{pooler.port}/postgres"
    return DatabaseUrl(f"{address}?sslmode=disable&gssencmode=disable", schema)


def test_a_pooler_that_keeps_sessions_is_used(
    database: DatabaseUrl, postgresql: PostgresqlServer, write: Write
) -> None:
    with Pooler(postgresql.port, shared=False) as pooler:
        write(behind(pooler, database.schema), {(1, "/", 200): 3})
    assert requests(database) == {("/", 200): 3}


def test_a_pooler_that_gives_each_transaction_another_session_is_refused(
    database: DatabaseUrl, postgresql: PostgresqlServer, write: Write
) -> None:
    write(database, {(1, "/", 200): 3})
    with Pooler(postgresql.port, shared=True) as pooler:
        url = behind(pooler, database.schema)
        said = "a pooler gives each transaction another session .*; use the address of the server"
        with pytest.raises(DatabaseError, match=said):
            write(url, {(2, "/", 200): 3})
        with pytest.raises(DatabaseError, match=said):
            Ledger.open(url)
    assert requests(database) == {("/", 200): 3}


def test_a_second_ingest_of_this_host_waits_and_gives_up(database: Database) -> None:
    with opened(database) as one, opened(database) as two:
        with one.locked(wait=0), pytest.raises(LockBusy, match=r"held the lock for 0\.1 seconds"):
            two.locked(wait=0.1).__enter__()
        with two.locked(wait=0):
            pass


def test_an_older_program_is_refused_after_a_newer_one_has_migrated(
    database: DatabaseUrl, postgresql: PostgresqlServer, batch: MakeBatch
) -> None:
    with opened(database) as store:
        with postgresql.connect() as server:
            server.execute(f"UPDATE {database.schema}.alembic_version SET version_num = '9999'")
        with pytest.raises(DatabaseError, match="schema 9999 meanwhile, by a newer flask-status"):
            store.commit(batch({(1, "/", 200): 1}))
    message = f"has schema 9999, made by a newer flask-status; this one knows {REVISIONS[-1]}"
    with pytest.raises(DatabaseError, match=message):
        Ledger.open(database)


def test_a_schema_of_another_program_is_not_changed(
    database: DatabaseUrl, postgresql: PostgresqlServer
) -> None:
    with postgresql.connect() as server:
        server.execute(f"CREATE SCHEMA {database.schema}")
        server.execute(f"CREATE TABLE {database.schema}.theirs (id int)")
    with pytest.raises(DatabaseError, match="another program; name another schema with --db"):
        opened(database)


def test_an_empty_database_cannot_be_read(database: Database) -> None:
    with pytest.raises(DatabaseError, match="the database is empty; flask-status ingest"):
        Ledger.open(database)


def test_a_backend_that_is_killed_while_batches_are_gathered_loses_none_of_them(
    database: Database, postgresql: PostgresqlServer, batch: MakeBatch
) -> None:
    with opened(database) as store:
        store.commit(batch({(1, "/", 200): 1}))
        with store.together():
            store.commit(batch({(1, "/", 200): 7}, expected=((1, 100),)))
            _end_others(postgresql)
    assert requests(database) == {("/", 200): 8}


def test_a_connection_lost_between_two_statements_is_restored(
    database: Database, postgresql: PostgresqlServer, batch: MakeBatch
) -> None:
    with opened(database) as store, opened(database) as other:
        _end_others(postgresql)
        with store.locked(wait=0):
            _end_others(postgresql)
            assert not store.streams(CHECKPOINT.head)
            with pytest.raises(LockBusy):  # it was taken again, too
                other.locked(wait=0).__enter__()
            _end_others(postgresql)
            store.commit(batch({(1, "/", 200): 3}))
    assert requests(database) == {("/", 200): 3}


def _end_others(server: PostgresqlServer) -> None:
    with server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'flask-status'"
        )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("postgres?", "nowhere?"), "no such database; create it: createdb"),
        (("postgres@", "nobody@"), "no such user; create it: createuser"),
        (("port=", "port=1"), "the port is not a number from 1 to 65535"),
        (("host=/", "host=/nowhere/"), "no server answers there; check host, port and name"),
        (("?host", "?hots"), "the parameter hots is not known"),
        (("?host", "?service=nix&host"), "no such service; check PGSERVICE"),
    ],
)  # fmt: skip
def test_an_unreachable_server_is_an_error_of_one_line(
    database: DatabaseUrl,
    changed: tuple[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flask_status_cli.store.database.connection.READERS_WAIT", 0)
    url = replace(database, conninfo=database.conninfo.replace(*changed))
    with pytest.raises(DatabaseError) as refused:
        Ledger.open(url)
    assert str(refused.value).startswith(f"{url}: {told}")
    assert "\n" not in str(refused.value)


def test_a_restarted_server_is_used_again(database: Database, batch: MakeBatch) -> None:
    del database
    server = PostgresqlServer(durable=True)
    try:
        url = parse_url(server.new_schema())
        in_haste = Store.open(url, create=True, clock=noon, wait_limits=ServerWaitLimits(0))
        patient = Store.open(url, create=True, clock=noon, wait_limits=ServerWaitLimits(60))
        with in_haste, patient as store:
            store.commit(batch({(1, "/", 200): 1}))
            more = batch({(1, "/", 200): 2}, stream=1, expected=((1, 100),))
            server.stop(signal.SIGQUIT)
            with pytest.raises(ServerAwayError, match=r"connection .*was lost"):
                in_haste.commit(more)
            starting = threading.Timer(0.3, server.start)
            starting.start()
            store.commit(more)  # it waits
            starting.join()
        assert requests(url) == {("/", 200): 3}
    finally:
        server.remove()


@pytest.mark.parametrize(
    ("error", "said", "tried_again"),
    [
        # SQLSTATE: the manual, appendix A
        ("57P01", "the server ended the connection", True),
        ("57P03", "the server starts or stops", True),
        ("40P01", "conflicted with another program", True),
        ("40001", "conflicted with another program", True),
        ("08006", "the connection was lost", True),
        ("53300", "the server takes no more connections", True),
        ("25006", "can only be read; name the primary server", True),
        ("25P03", "idle within a transaction", True),
        ("53100", "disk is full", False),
        ("28P01", "the password is wrong", False),
        ("42501", "this role may not do that", False),
        ("57014", "a statement that took too long", True),
        ("terminating connection due to idle-in-transaction timeout", "raise idle_in_trans", True),
        ("58030", "could not read or write a file; look at the log", False),
        ("XX000", "the server failed; look at the log", False),
        ("XX001", "is damaged; restore a backup", False),
        # what libpq 17 says, and psycopg 3.2 of names
        ("FATAL:  the database system is starting up", "the server starts", True),
        ("FATAL:  the database system is in recovery mode", "the server starts", True),
        ("FATAL:  the database system is shutting down", "the server stops", True),
        ("FATAL:  sorry, too many clients already", "takes no more connections", True),
        ("failed: Connection refused", "no server answers there", True),
        ("SSL SYSCALL error: EOF detected", "the connection was lost", True),
        ("SSL connection has been closed unexpectedly", "the connection was lost", True),
        ("SSL error: certificate verify failed", "certificate is not accepted", False),
        ('failed: FATAL:  password authentication failed for user "u"', "password is wrong", False),
        ('failed: FATAL:  database "nix" does not exist', "no such database; create", False),
        ('failed: FATAL:  role "nix" does not exist', "no such user; create", False),
        ('FATAL:  permission denied for database "status"', "may not connect", False),
        ('FATAL:  role "x" is not permitted to log in', "this user may not log in", False),
        ('FATAL:  too many connections for role "status"', "takes no more connections", True),
        ('FATAL:  too many connections for database "x"', "takes no more connections", True),
        (
            'failed: root certificate file "/root/.postgresql/root.crt" does not exist\nEither provide',
            "the file with the root certificate is missing; name it: sslrootcert=",
            False,
        ),
        ('is bad: invalid sslmode value: "on"', "the value of sslmode is not one", False),
        ('invalid integer value "x" for connection option "port"', "is not a number", False),
        ('is bad: invalid port number: "99999"', "the port is not a number from 1", False),
        # a server of a Spanish machine
        (
            "failed: FATAL:  la autentificación password falló para el usuario «status»",
            "was lost (la autentificación password falló para el usuario «status»); check",
            True,
        ),
        (
            "canceling statement due to conflict with recovery",
            "the standby ended the query, because it had to apply changes of the primary server; set",
            True,
        ),
        ("failed to resolve host 'x': [Errno -2] Name or service not known", "no such host", False),
        (
            "failed to resolve host 'x': [Errno -3] Temporary failure in name resolution",
            "cannot be looked up at present",
            True,
        ),
    ],
)
def test_errors_that_may_be_over_in_a_moment_are_tried_again(
    error: str, said: str, tried_again: bool
) -> None:
    raised: psycopg.Error = psycopg.OperationalError(error)
    if len(error) == 5:
        raised = psycopg.errors.lookup(error)("hunter2")
    told = database_error(parse_url("postgresql://u:hunter2@db/status"), raised)
    assert said in str(told)
    assert str(told).startswith("postgresql://u:***@db/status: ")
    assert isinstance(told, ServerAwayError) == tried_again
    assert "hunter2" not in str(told)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?foo=1", "the parameter foo is not known"),
        ("?connect_timeout=soon", "the parameter connect_timeout is not known, or has a wrong"),
        ("?x=%zz", "is not a URL that libpq understands"),
    ],
)
def test_a_mistake_in_a_url_is_one_line_without_the_password(query: str, said: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        Ledger.open(parse_url(f"postgresql://u:hunter2@127.0.0.1/db{query}"))
    assert f"postgresql://u:***@127.0.0.1/db{query}: {said}" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_an_error_about_a_password_does_not_show_it(
    postgresql: PostgresqlServer, database: Database
) -> None:
    del database
    secret = parse_url(f"postgresql://postgres:hunter2@127.0.0.1:{postgresql.port}/nowhere")
    with pytest.raises(DatabaseError) as refused:
        Ledger.open(secret)
    assert "hunter2" not in str(refused.value) + repr(secret) + repr(refused.value)


def columns(server: PostgresqlServer, schema: str) -> set[tuple[object, ...]]:
    with server.connect() as connection:
        found = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default IS NULL "
            "FROM information_schema.columns WHERE table_schema = %s",
            (schema,),
        )
        return set(found.fetchall())


def test_the_schema_of_the_first_version_is_migrated_in_one_transaction(
    database: DatabaseUrl, postgresql: PostgresqlServer, write: Write
) -> None:
    write(database, {(1, "/", 200): 3})
    new = columns(postgresql, database.schema)
    with postgresql.connect() as server:
        server.execute(f"SET search_path TO {database.schema}")
        for statement in BACK_TO_SCHEMA_15:
            server.execute(statement)
    with pytest.raises(DatabaseError, match="has the older schema 0015"):
        Ledger.open(database)
    opened(database).close()
    assert columns(postgresql, database.schema) == new
    assert requests(database) == {("/", 200): 3}
