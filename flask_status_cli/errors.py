"""What a user can act on: one family of errors, each one line that says where, what, and what to try."""

from __future__ import annotations


class FlaskStatusError(Exception):
    """Something the user can act on.

    `where` is the file, option or database it is about, `what` the fact, `hint` what to try.
    As text it is one line: `where: what; hint`. The command line prints it and exits with `exit_status`.
    """

    exit_status = 1

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where = where
        self.what = what
        self.hint = hint
        super().__init__(f"{where}: {what}" + (f"; {hint}" if hint else ""))


class OptionError(FlaskStatusError):
    """An option's value cannot be used (exit status 2, as for click's own usage errors)."""

    exit_status = 2


class ConfigError(FlaskStatusError):
    """A configuration cannot be used: a file of it may not be trusted or read, or a key is wrong."""


class LogError(FlaskStatusError):
    """A log could not be read, or not be read to its end."""


class LogMissingError(LogError):
    """There is no such log (any more)."""


class LogDeniedError(LogError):
    """We have no right to read a log."""


class LogUnknownError(LogError):
    """Nothing in a log was understood, now or before; `requests` says that it looks like an access log."""

    def __init__(self, where: str, what: str, hint: str = "", *, requests: bool) -> None:
        self.requests = requests
        super().__init__(where, what, hint)


class LogTwiceError(LogError):
    """A log holds requests that are counted already, from another log of the same label."""


class RouteError(FlaskStatusError):
    """There is no such route, or more than one."""


class RouteMissingError(RouteError):
    """There is no such route."""


class RuleError(FlaskStatusError):
    """A declared rule cannot be taken."""


class AppError(FlaskStatusError):
    """A Flask app could not be read."""


class IncidentError(FlaskStatusError):
    """There is no such incident."""


class MaintenanceError(FlaskStatusError):
    """There is no such maintenance window."""


class DatabaseError(FlaskStatusError):
    """The database is missing, damaged, locked, read-only, or not ours."""


class OutputError(FlaskStatusError):
    """A report, or refused lines, could not be written."""


class ServeError(FlaskStatusError):
    """The page cannot be served."""
