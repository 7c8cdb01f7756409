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

from flask_status_cli.cli.commands.completion.files import files
from flask_status_cli.errors import OptionError

if TYPE_CHECKING:
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from flask_status_cli.model.settings import PolicySettings, Settings
    from flask_status_cli.pipeline.settings import Configuration

_Command = TypeVar("_Command", bound=Callable[..., Any])

_META = "flask_status_cli."
_LOADED = f"{_META}loaded"


ZONE = "Time zone of the days and times.  [default: the system's]"
"""The help of `--timezone`."""

LOG_ZONE = "Time zone of log lines without an offset, such as werkzeug's.  [default: the system's]"
"""The help of `--log-timezone`."""

NOW = 'As of this instant: ISO 8601, or "last" for the newest entry.  [default: the present]'
"""The help of `--now`."""


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    given = context.get_parameter_source(parameter.name or "")
    if value is not None and given is not click.core.ParameterSource.ENVIRONMENT:
        context.meta[f"{_META}{parameter.name}"] = value  # what a variable says is a setting


def config_option(command: _Command) -> _Command:
    """Add `--config` to the group; `configuration()` is what it names, and what lies below that."""
    return click.option(
        "--config",
        metavar="FILE",
        shell_complete=files,
        envvar="FLASK_STATUS_CONFIG",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="The configuration file.  [default: flask-status.toml in the working directory]",
    )(command)


def configuration() -> Configuration:
    """Return what files and environment say, read once a command; raises `ConfigError`."""
    meta = click.get_current_context().meta
    if _LOADED not in meta:
        from flask_status_cli.pipeline.settings import load

        meta[_LOADED] = load(os.environ, working_directory(), named=option("config"))
    loaded: Configuration = meta[_LOADED]
    return loaded


def settings() -> Settings:
    """Return the settings that hold where no option says otherwise; raises `ConfigError`."""
    return configuration().settings


def policy(preset: str | None, *, objective: Fraction | None = None) -> PolicySettings:
    """Return how to judge: as is set, but by the codes of a preset where an option asks for one.

    An `objective` likewise outweighs the one that is set for all routes.
    """
    from dataclasses import replace

    known = settings().policy
    if preset is not None:
        known = replace(known, preset=preset, success=None, failure=None)
    return known if objective is None else replace(known, objective=objective)


def option(name: str) -> str | None:
    """Return what an option that all commands share was given as, `None` where it was not."""
    value: str | None = click.get_current_context().meta.get(f"{_META}{name}")
    return value


def working_directory() -> Path:
    """Return where the command was started; one that is gone has no files."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def mounted() -> tuple[str, ...]:
    """Return the path below which the settings say that the app is mounted, if they do."""
    prefix = settings().strip_prefix
    return (prefix,) if prefix else ()


def prefixes(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return paths that an app is mounted below; raises `UsageError` for what is none."""
    for prefix in given:
        if not prefix.startswith("/") or not prefix.strip("/"):
            raise click.UsageError(f"--strip-prefix: {prefix!r} is no path such as /app")
    return given


def database_option(command: _Command) -> _Command:
    """Add `--db` to a command; given here it wins over the one before the command's name."""
    return click.option(
        "--db",
        metavar="PATH",
        shell_complete=files,
        expose_value=False,
        callback=_remember,
        help="The database file.",
    )(command)


def global_database_option(command: _Command) -> _Command:
    """Add `--db` to the group; `database()` tells its value."""
    return click.option(
        "--db",
        metavar="PATH",
        shell_complete=files,
        envvar="FLASK_STATUS_DB",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="The database file.  [default: $XDG_STATE_HOME/flask-status/status.db]",
    )(command)


def database(loaded: Settings | None = None) -> Path:
    """Return the path of the database this command works on; raises `OptionError`.

    `loaded` are the settings that hold, where they were not read by `settings()`.
    """
    given = option("db")
    if given is not None:
        if "://" in given:
            raise OptionError("--db", f"{given!r} is no file", "give the path of an SQLite file")
        if not given:
            raise OptionError("--db", "the path is empty", "give the path of an SQLite file")
        return Path(given)
    known = (loaded or settings()).db
    return _state_directory() / "flask-status" / "status.db" if known is None else Path(known)


def _state_directory() -> Path:
    given = os.environ.get("XDG_STATE_HOME")
    try:
        return Path(given) if given else Path.home() / ".local" / "state"
    except RuntimeError:  # no HOME, and a user that the system does not know
        raise OptionError("--db", "there is no home directory", "name the database") from None


def zone(name: str | None, *, option: str) -> ZoneInfo:
    """Return the time zone of this name, else the one of the settings, else the system's.

    Raises `OptionError` for a name that no zone has.
    """
    from zoneinfo import ZoneInfo

    if name is None:
        key = option.removeprefix("--").replace("-", "_")
        name = getattr(settings(), key)
        if name is None:
            return _system_zone(option)
        option = configuration().where(key)
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
