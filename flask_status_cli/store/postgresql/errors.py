"""Turns errors of psycopg into messages that a user can act on."""

from __future__ import annotations

import re
from typing import Final

import psycopg

from flask_status_cli.errors import DatabaseError, ServerAwayError
from flask_status_cli.model.database_url import DatabaseUrl

NOT_THERE: Final = "check host, port and name, and whether the server runs and listens there"

IN_THE_WAY: Final = "conflicted with another program each time"

LOST: Final = ("the connection was lost", "try again when the server runs")

RECOVERY: Final = "conflict with recovery"
"""What a standby says of a statement that it ended, because it had to apply changes of the primary server."""

BY_RECOVERY: Final = "40 recovery"
"""Our own state for that. The server has none of its own for it."""

WORDS: Final = (
    ("28P01", "the password is wrong", "check PGPASSWORD or ~/.pgpass"),
    ("28000", "the server does not let this user in", "check the user, and pg_hba.conf"),
    ("3D000", "no such database", "create it: createdb NAME"),
    ("42501", "this role may not do that", "grant it the rights that docs/postgresql.md lists"),
    ("25006", "the database can only be read", "name the primary server, not a standby"),
    (
        "53100",
        "the server's disk is full",
        "nothing of this batch was stored; make room, run it again",
    ),
    ("53300", "the server takes no more connections", "raise max_connections, or try again later"),
    ("53", "the server is out of resources", "nothing of this batch was stored; try again later"),
    ("55P03", "is locked by another program", "try again when that has finished"),
    (
        BY_RECOVERY,
        "the standby ended the query, because it had to apply changes of the primary server",
        "set hot_standby_feedback = on, or raise max_standby_streaming_delay",
    ),
    (
        "40",
        IN_THE_WAY,
        "nothing of this batch was stored; run it again",
    ),
    (
        "57014",
        "the server ended a statement that took too long",
        "raise statement_timeout for this role",
    ),
    ("57P01", "the server ended the connection", "try again when it runs"),
    ("57P05", "the server ended the connection, which was idle", "raise idle_session_timeout"),
    (
        "25P03",
        "the server ended the connection, which was idle within a transaction",
        "nothing of this batch was stored; run it again",
    ),
    ("57P04", "the database was dropped", "create it: createdb NAME"),
    ("58", "the server could not read or write a file", "look at the log of the server"),
    ("57P02", "the server crashed", "try again when it runs"),
    ("57P03", "the server starts or stops", "try again when it runs"),
    ("08", "the connection was lost", "nothing of this batch was stored unless said; run it again"),
    ("XX001", "is damaged", "restore a backup"),
    ("XX002", "is damaged", "restore a backup"),
    ("XX", "the server failed", "look at the log of the server"),
)
"""Messages by the beginning of the SQLSTATE (PostgreSQL's manual, appendix A), longer ones first."""

AWAY: Final = ("08", "25006", "25P03", "40", "53300", "57014", "57P01", "57P02", "57P03", "57P05")
"""The states that may be over in a moment: a restart, a failover, a deadlock, too many connections."""

LOOKUPS: Final = (
    (
        "Temporary failure in name resolution",
        "the name of the host cannot be looked up at present",
        "check the name servers, or try again later",
    ),
)
"""Messages by a part of libpq's text, for a failed look-up of the host. It may be over in a moment.

If no connection was made, libpq gives no SQLSTATE.
"""

FAULTS: Final = (
    (
        "no password supplied",
        "the server asks for a password",
        "set PGPASSWORD, or write ~/.pgpass",
    ),
    ("password authentication failed", "the password is wrong", "check PGPASSWORD or ~/.pgpass"),
    (r"pg_hba\.conf", "the server does not let this user in", "check the user, and pg_hba.conf"),
    (
        "root certificate file",
        "the file with the root certificate is missing",
        "name it: sslrootcert=FILE, or sslrootcert=system",
    ),
    ('role ".*" does not exist', "no such user", "create it: createuser NAME"),
    ('database ".*" does not exist', "no such database", "create it: createdb NAME"),
    ("permission denied for database", "this user may not connect to it", "GRANT CONNECT to it"),
    ("not permitted to log in", "this user may not log in", "ALTER ROLE NAME LOGIN"),
    ("definition of service", "no such service", "check PGSERVICE and ~/.pg_service.conf"),
    (
        "unsupported startup parameter",
        "the pooler does not accept a parameter of the URL or the environment",
        "take it out, or set ignore_startup_parameters of the pooler",
    ),
    ("invalid port", "the port is not a number from 1 to 65535", "check the URL and PGPORT"),
    ("invalid integer value", "the port or a timeout in the URL is not a number", "check both"),
    ("could not translate host name", "no such host", NOT_THERE),
    ("failed to resolve host", "no such host", NOT_THERE),
)
"""Messages by a pattern in libpq's text, for errors that a user has to mend."""

WRONG_VALUE: Final = re.compile(r"invalid (\w+) value: ")
"""The text of libpq if a parameter of the URL or the environment has an unknown value."""

PASSING: Final = (
    (
        "too many",
        "the server takes no more connections",
        "raise max_connections, or try again later",
    ),
    (
        "remaining connection slots",
        "the server takes no more connections",
        "raise max_connections, or try again later",
    ),
    ("starting up", "the server starts", "try again in a moment"),
    ("in recovery mode", "the server starts", "try again in a moment"),
    ("not accepting connections", "the server starts", "try again in a moment"),
    ("not yet accepting connections", "the server starts", "try again in a moment"),
    ("shutting down", "the server stops", "try again when it runs"),
    ("timeout expired", "the server did not answer in time", NOT_THERE),
    ("Connection refused", "no server answers there", NOT_THERE),
    ("No such file", "no server answers there", NOT_THERE),
    (
        "idle-in-transaction timeout",
        "the server ended the connection, which was idle within a transaction",
        "raise idle_in_transaction_session_timeout for this role",
    ),
    ("administrator command", "the server ended the connection", "try again when it runs"),
    ("server closed the connection", *LOST),
    ("the connection is lost", *LOST),
    ("SSL SYSCALL", *LOST),
    ("SSL connection has been closed", *LOST),
    ("unexpected eof", *LOST),
)
"""Messages by a part of libpq's text, for errors that may be over in a moment."""

ENCRYPTION: Final = (
    ("certificate", "the server's certificate is not accepted", "check sslmode and sslrootcert"),
    ("SSL", "no encrypted connection could be made", "check sslmode"),
)
"""Messages by a part of libpq's text, for errors of TLS that a user has to mend."""


def database_error(url: DatabaseUrl, error: BaseException | None) -> DatabaseError | None:
    """Return the error for the user that psycopg's error means, `None` if it can only be a bug of ours."""
    if not isinstance(error, psycopg.Error):
        return None
    state = BY_RECOVERY if RECOVERY in str(error) else error.sqlstate or ""
    for beginning, what, hint in WORDS:
        if state.startswith(beginning):
            kind = ServerAwayError if state.startswith(AWAY) else DatabaseError
            return kind(str(url), what, hint)
    if state or not isinstance(error, psycopg.OperationalError):
        return None
    text = str(error)
    if wrong := WRONG_VALUE.search(text):
        what = f"the value of {wrong[1]} is not one that libpq knows"
        return DatabaseError(str(url), what, f"check the URL and PG{wrong[1].upper()}")
    for kind, table in (
        (ServerAwayError, LOOKUPS),
        (DatabaseError, FAULTS),
        (ServerAwayError, PASSING),
        (DatabaseError, ENCRYPTION),
    ):
        for piece, what, hint in table:
            if re.search(piece, text):
                return kind(str(url), what, hint)
    return ServerAwayError(str(url), f"the connection failed or was lost{_reason(text)}", NOT_THERE)


def _reason(text: str) -> str:
    """Return the last thing that libpq or the server says, perhaps in another language."""
    lines = [line.partition("FATAL: ")[2] or line for line in text.splitlines() if line.strip()]
    return f" ({lines[-1].strip()})" if lines else ""
