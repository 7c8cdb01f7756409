"""Errors that a user can act on. Each is one line that says where, what, and what to try."""

from __future__ import annotations


def joined_hints(*hints: str) -> str:
    """Return several hints as one, with semicolons between them, but none after a question mark."""
    return "; ".join(filter(None, hints)).replace("?; ", "? ")


def install_extra(name: str) -> str:
    """Return a hint how to install an extra. It names a checkout, because no package index has a release."""
    return f"in a checkout of flask-status: pip install '.[{name}]'"


class FlaskStatusError(Exception):
    """An error that the user can act on.

    `where` is the file, option or database, `what` is the problem, and `hint` is what to try. The text of the
    error is one line: `where: what; hint`. The command prints it and ends with `exit_status`.
    """

    exit_status = 1

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where = where
        self.what = what
        self.hint = hint
        super().__init__(f"{where}: {what}" + (f"; {hint}" if hint else ""))


class OptionError(FlaskStatusError):
    """The value of an option cannot be used. The exit status is 2, as for other usage errors."""

    exit_status = 2


class ConfigError(FlaskStatusError):
    """The configuration cannot be used: a file is not trusted or not readable, or a key is wrong."""


class LogError(FlaskStatusError):
    """A log could not be read to its end."""


class LogMissingError(LogError):
    """The log does not exist, or no longer exists."""


class LogDeniedError(LogError):
    """The user may not read the log."""


class LogUnknownError(LogError):
    """No line of the log was understood, in this run or before.

    `requests` says whether its lines look like those of an access log.
    """

    def __init__(self, where: str, what: str, hint: str = "", *, requests: bool) -> None:
        self.requests = requests
        super().__init__(where, what, hint)


class LogTwiceError(LogError):
    """The log has requests that were already counted from another log of the same label."""


class RouteError(FlaskStatusError):
    """There is no such route, or several routes may be meant."""


class RouteMissingError(RouteError):
    """There is no such route."""


class RuleError(FlaskStatusError):
    """A rule cannot be declared."""


class AppError(FlaskStatusError):
    """A Flask app could not be imported or read."""


class IncidentError(FlaskStatusError):
    """There is no such incident."""


class MaintenanceError(FlaskStatusError):
    """There is no such maintenance window."""


class DeployError(FlaskStatusError):
    """There is no such deploy, there are several, or it is too old to be stored."""


class DatabaseError(FlaskStatusError):
    """The database is missing, damaged, locked or read-only, or belongs to another program."""


class ServerAwayError(DatabaseError):
    """The database server cannot be used now, because it restarts or the connection was lost. Try again."""

    def after(self, seconds: float) -> ServerAwayError:
        """Return the same error. If the wait took 2 seconds or more, its text says how long it took."""
        if seconds < 2:
            return self
        return ServerAwayError(
            self.where, f"{self.what}, tried for {seconds:.0f} seconds", self.hint
        )


class HostError(FlaskStatusError):
    """There is no such host, or another one has its name."""


class OutputError(FlaskStatusError):
    """A report or the file of refused lines could not be written."""


class ServeError(FlaskStatusError):
    """The page cannot be served."""
