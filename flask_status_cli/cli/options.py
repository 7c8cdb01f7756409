"""Options that several commands share, and how their values are understood."""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flask_status_cli.errors import OptionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_Command = TypeVar("_Command", bound=Callable[..., Any])

_DATABASE = "flask_status_cli.database"


def _remember(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_DATABASE] = value


def database_option(command: _Command) -> _Command:
    """Add `--db` to a command; given here it wins over the one before the command's name."""
    return click.option(
        "--db",
        metavar="PATH",
        expose_value=False,
        callback=_remember,
        help="The database, as before the command.",
    )(command)


def global_database_option(command: _Command) -> _Command:
    """Add `--db` to the group; `database()` tells its value."""
    return click.option(
        "--db",
        metavar="PATH",
        envvar="FLASK_STATUS_DB",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="The database.  [default: $XDG_STATE_HOME/flask-status/status.db]",
    )(command)


def database() -> Path:
    """Return the path of the database this command works on; raises `OptionError`."""
    value = click.get_current_context().meta.get(_DATABASE)
    if value is None:
        return _state_directory() / "flask-status" / "status.db"
    text = str(value)
    if "://" in text:
        raise OptionError("--db", f"{text!r} is no file", "give the path of an SQLite file")
    if not text:
        raise OptionError("--db", "the path is empty", "give the path of an SQLite file")
    return Path(text)


def _state_directory() -> Path:
    given = os.environ.get("XDG_STATE_HOME")
    try:
        return Path(given) if given else Path.home() / ".local" / "state"
    except RuntimeError:  # no HOME, and a user that the system does not know
        raise OptionError("--db", "there is no home directory", "name the database") from None


def zone(name: str | None, *, option: str) -> ZoneInfo:
    """Return the time zone of this name, the system's where there is none; raises `OptionError`."""
    from zoneinfo import ZoneInfo

    if name is None:
        return _system_zone(option)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise OptionError(option, f"{name!r} is no time zone", _nearest_zone(name)) from None


def _system_zone(option: str) -> ZoneInfo:
    import tzlocal

    try:
        with warnings.catch_warnings():  # of a system that has no zone at all: it is UTC then
            warnings.simplefilter("ignore")
            return tzlocal.get_localzone()
    except (KeyError, ValueError, OSError) as error:
        what = f"the system's time zone is not clear ({error})"
        raise OptionError(option, " ".join(what.split()), f"give it: {option} UTC") from None


def _nearest_zone(name: str) -> str:
    from zoneinfo import available_timezones

    names = {zone.casefold(): zone for zone in available_timezones()}
    found = difflib.get_close_matches(name.casefold(), names, n=1)
    return f"did you mean {names[found[0]]}?" if found else "try for example Europe/Berlin or UTC"


def clock() -> datetime:
    """Return the present instant: the only place that asks for it."""
    return datetime.now(UTC)
