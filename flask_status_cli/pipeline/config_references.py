"""Checks that what a configuration names exists: logs, directories, a logo, commands, routes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from flask_status_cli.config import Configuration
from flask_status_cli.errors import ConfigError, FlaskStatusError, OptionError
from flask_status_cli.model.database_url import Database, is_url


def missing(configuration: Configuration) -> Iterator[ConfigError]:
    """Yield an error for each log, directory, logo and command in a configuration that cannot be used."""
    yield from _logs(configuration)
    yield from _database(configuration)
    yield from _logo(configuration)
    yield from _commands(configuration)


def _logs(configuration: Configuration) -> Iterator[ConfigError]:
    from flask_status_cli.sources import expand

    for log in configuration.settings.logs:
        targets, problems = expand([log])
        for problem in problems:
            yield _log(configuration, problem.where, problem.what, problem.hint)
        if not targets and not problems:
            yield _log(configuration, log, "no file matches", "check the pattern")
        for target in targets:
            yield from _readable(configuration, target.path)


def _readable(configuration: Configuration, path: str) -> Iterator[ConfigError]:
    if not os.path.exists(path):  # noqa: PTH110 - a str path
        yield _log(configuration, path, "no such log", "check the path")
    elif not os.access(path, os.R_OK):
        hint = "run this as a user who may read it, such as a member of its group"
        yield _log(configuration, path, "permission denied", hint)


def _log(configuration: Configuration, path: str, what: str, hint: str) -> ConfigError:
    return ConfigError(configuration.where("logs"), f"{path}: {what}", hint)


def _database(configuration: Configuration) -> Iterator[ConfigError]:
    """Yield an error if the database, or its directory, cannot be used. `ingest` creates what is missing."""
    if configuration.settings.db is None:
        return
    if is_url(configuration.settings.db):
        return  # only a connection would show what is wrong
    path, where = Path(configuration.settings.db), configuration.where("db")
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        yield ConfigError(where, f"{path} is a directory", 'name a file in it: "…/status.db"')
        return
    directory = path.parent
    while not os.path.exists(directory) and directory != directory.parent:  # noqa: PTH110 - never raises
        directory = directory.parent
    if not os.path.isdir(directory):  # noqa: PTH112 - never raises
        yield ConfigError(where, f"{directory} is not a directory", "check the path")
    elif not os.access(directory, os.W_OK | os.X_OK):
        what = f"you may not write to {directory}, where the database belongs"
        yield ConfigError(
            where, what, "run this as the user who runs ingest, or name another place"
        )


def _logo(configuration: Configuration) -> Iterator[ConfigError]:
    from flask_status_cli.render.html import logo

    path = configuration.settings.page.logo
    if path is None:
        return
    try:
        logo(path)
    except OptionError as wrong:
        yield ConfigError(configuration.where("page.logo"), wrong.what, wrong.hint)


def _commands(configuration: Configuration) -> Iterator[ConfigError]:
    for place, words in enumerate(configuration.settings.notify.exec, 1):
        if shutil.which(words[0]) is None:
            where = configuration.where("notify.exec")
            what = f"[{place}]: {words[0]!r} is not a command that you may run"
            yield ConfigError(where, what, "give its full path, and make it executable")


def without_routes(configuration: Configuration, database: Database) -> Iterator[ConfigError]:
    """Yield a warning for each glob that matches no route of the configuration or the database.

    If there are no routes at all, yield nothing.
    """
    settings = configuration.settings
    rules = {route.rule for route in settings.routes} | _known(database)
    globs = [("exclude", each) for each in settings.exclude]
    globs += [("keep", each) for each in settings.keep]
    globs += [("only", each) for each in settings.only]
    for place, override in enumerate(settings.policy.routes, 1):
        globs.append((f"policy.routes[{place}].rule", override.rule))
    for key, pattern in globs if rules else ():
        if not any(fnmatchcase(rule, pattern) for rule in rules):
            part, bracket, _ = key.partition("[")
            where = configuration.where(part)
            named = where.removesuffix(part) + key if bracket else where
            yield ConfigError(
                named, f"{pattern!r} matches no route", "see flask-status routes list"
            )


def _known(database: Database) -> set[str]:
    from flask_status_cli.store import Ledger, may_exist

    if not may_exist(database):
        return set()
    try:
        return {route.rule for route in Ledger.read(database, Ledger.routes).values()}
    except FlaskStatusError:  # other commands report a damaged database
        return set()
