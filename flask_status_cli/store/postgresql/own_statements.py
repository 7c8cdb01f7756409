"""The statements that only PostgreSQL knows: transactions, their numbers, advisory locks, sequences."""

from __future__ import annotations

from typing import Final

from flask_status_cli.store.statements import compiled
from flask_status_cli.store.statements.prepared import Prepared

READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
"""A turn begins with a wait, and must see what others stored meanwhile, whatever the role's default is."""

END_IF_IDLE: Final = "SET LOCAL idle_in_transaction_session_timeout TO '5min'"
"""A host that hangs within a transaction stops the other hosts for no longer than this."""

LOCK_TURN: Final = "LOCK TABLE alembic_version IN EXCLUSIVE MODE"
"""Only writers wait for this lock. Readers and pg_dump do not. Autovacuum has no work in this table."""

COUNT_WRITE: Final = """
    INSERT INTO fact (name, value) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET value = fact.value + 1
    RETURNING value, (SELECT version_num FROM alembic_version)
"""

NUMBER_WRITE: Final = """
    WITH mine AS (
        INSERT INTO extension_flush (process, number, minute)
        VALUES (%s, %s, extract(epoch FROM now())::bigint / 60)
        ON CONFLICT (process) DO UPDATE SET number = excluded.number, minute = excluded.minute
        WHERE extension_flush.number < excluded.number
        RETURNING number
    )
    SELECT count(*) FROM mine
"""
"""Stores the number of a connection's transaction. It returns 0 if the transaction is stored already.

If that transaction is being committed, it waits for the end of that.
"""

TAKE_LOCK: Final = "SELECT pg_try_advisory_lock(%s, %s)"

END_FORMER: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND pid = %s
"""

FORGET_NUMBER: Final = """
    BEGIN; SET LOCAL synchronous_commit TO off;
    DELETE FROM extension_flush WHERE process = '{}'; COMMIT
"""

DRAW_STREAMS: Final = """
    SELECT nextval(pg_get_serial_sequence('stream', 'id')) FROM generate_series(1, %s)
"""

NEW_ROUTES: Final = Prepared(
    f"{compiled.ROUTES.pattern} AND route.id > :after", decode=compiled.ROUTES.decode
)
"""Reads the routes of `compiled.ROUTES` that were added after the one with this number.

Numbers of routes grow with the turns in which they are added.
"""

NUMBERED: Final = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = %s AND column_default LIKE 'nextval%%'
"""

SIZE: Final = """
    SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
    WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'
"""
