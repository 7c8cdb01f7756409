"""Reads configuration files, and refuses files that other users could have changed."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from flask_status_cli.errors import ConfigError
from flask_status_cli.frozen import frozen

FILE_NAME = "flask-status.toml"

NOTHING = os.devnull
"""`--config` with this path means that no file is read."""

FOR_ALL = Path("/etc/flask-status") / FILE_NAME
"""The file for all users of a machine."""


@frozen
class ConfigFile:
    """A configuration file that was read. `tables` are its contents, `text` is for finding line numbers."""

    path: Path
    text: str
    tables: Mapping[str, object]

    def line_of(self, path: tuple[str | int, ...]) -> int | None:
        """Return the number of the line on which a key is set, `None` if this is not clear.

        `path` has the names of the tables and the key, and indexes in lists. The line has the name of the
        key, and the key is missing in the text above the line.
        """
        names = [part for part in path if isinstance(part, str)]
        if not names:
            return None
        last = names[-1]
        named = re.compile(rf"(?:^|[\s.\[{{,]|[\"']){re.escape(last)}[\"']?\s*(?:[=.\]])")
        lines = self.text.splitlines()
        for number, line in enumerate(lines, 1):
            if named.search(line) and self._begins_at(path, lines, number):
                return number
        return None

    def _begins_at(self, path: tuple[str | int, ...], lines: list[str], number: int) -> bool:
        before = _tables("\n".join(lines[: number - 1]))
        if before is None or _has(before, path):
            return False
        for end in range(number, len(lines) + 1):
            after = _tables("\n".join(lines[:end]))
            if after is not None:
                return _has(after, path)
        return False


def places(environment: Mapping[str, str], directory: Path, named: str | None) -> list[Path]:
    """Return the paths where a configuration file may be, the one with the highest priority first.

    `directory` is the working directory. `named` is the file to read instead of the one in it.
    """
    own = environment.get("XDG_CONFIG_HOME")
    found = [directory / (named if named is not None else FILE_NAME)]
    home = environment.get("HOME")
    if own and Path(own).is_absolute():
        found.append(Path(own) / "flask-status" / FILE_NAME)
    elif home and Path(home).is_absolute():
        found.append(Path(home) / ".config" / "flask-status" / FILE_NAME)
    return [*found, FOR_ALL]


def read(path: Path, *, needed: bool) -> ConfigFile | None:
    """Read a configuration file, `None` if there is none.

    Raises `ConfigError` if the file is not TOML, if it is `needed` and missing, or if it belongs to another
    user or others may write to it: a configuration can name commands to run. A file that is not `needed` also
    counts as missing if we may not enter its directory, such as the home of another user under `sudo -u`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        if needed:
            raise ConfigError(str(path), "no such file", "check the path") from None
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError) and not needed and _is_closed(path.parent):
            return None
        what = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigError(str(path), what, "check its permissions") from None
    try:
        if str(path) == NOTHING:
            return None
        _refuse_strangers(path, os.fstat(descriptor))
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read()
    finally:
        os.close(descriptor)
    return _parsed(path, data)


def _is_closed(directory: Path) -> bool:
    return not os.access(directory, os.X_OK)


def _refuse_strangers(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConfigError(str(path), "is not a file", "name a TOML file")
    trusted = {0, os.geteuid()}
    if not {found.st_uid, path.lstat().st_uid} <= trusted:
        what = "belongs to another user, and a configuration can name commands to run"
        raise ConfigError(str(path), what, "run this as its owner, or change the owner with chown")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        what = "can be written by other users, and a configuration can name commands to run"
        raise ConfigError(str(path), what, f"chmod go-w {path}")


def _parsed(path: Path, data: bytes) -> ConfigFile:
    import tomllib
    from decimal import Decimal, InvalidOperation

    try:
        text = data.decode()
        return ConfigFile(path, text, tomllib.loads(text, parse_float=Decimal))
    except UnicodeDecodeError:
        raise ConfigError(str(path), "is not UTF-8", "save it as UTF-8") from None
    except InvalidOperation:
        raise ConfigError(
            str(path), "has a number that is out of range", "write it without an exponent"
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error), re.DOTALL)
        where, what = (f"{path}:{found[2]}", found[1]) if found else (str(path), str(error))
        what = what.removesuffix(" (at end of document)")
        raise ConfigError(where, f"is not valid TOML: {what}", "a string needs quotes") from None


def _tables(text: str) -> Mapping[str, object] | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _has(tables: object, path: tuple[str | int, ...]) -> bool:
    for part in path:
        if isinstance(part, int):
            if not (isinstance(tables, list) and part < len(tables)):
                return False
            tables = tables[part]
        elif isinstance(tables, Mapping) and part in tables:
            tables = tables[part]
        else:
            return False
    return True
