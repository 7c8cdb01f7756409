"""Files of configuration: where they may lie, whether they may be trusted, and what they say."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_status_cli.errors import ConfigError

FILE_NAME = "flask-status.toml"

NOTHING = os.devnull
"""The file to name for none at all."""

FOR_ALL = Path("/etc/flask-status") / FILE_NAME


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file as it was read: its tables, and its text to find lines in."""

    path: Path
    text: str
    tables: Mapping[str, object]

    def line_of(self, path: tuple[str | int, ...]) -> int | None:
        """Find the line on which a part is written, `None` where that is not clear.

        A line is taken that names the part, has whole statements before it, and makes the part appear.
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
        if before is None or _holds(before, path):
            return False
        for end in range(number, len(lines) + 1):
            after = _tables("\n".join(lines[:end]))
            if after is not None:
                return _holds(after, path)
        return False


def places(environment: Mapping[str, str], directory: Path, named: str | None) -> list[Path]:
    """Return where files may lie, the nearest first; `named` takes the place of the working directory's."""
    own = environment.get("XDG_CONFIG_HOME")
    found = [directory / (named if named is not None else FILE_NAME)]
    home = environment.get("HOME")
    if own and Path(own).is_absolute():
        found.append(Path(own) / "flask-status" / FILE_NAME)
    elif home and Path(home).is_absolute():
        found.append(Path(home) / ".config" / "flask-status" / FILE_NAME)
    return [*found, FOR_ALL]


def read(path: Path, *, needed: bool) -> ConfigFile | None:
    """Read a file that may be trusted; `None` where there is none.

    One that is not `needed`, in a directory that this user may not enter, counts as missing: it is another
    user's home or working directory, as under `sudo -u`. Raises `ConfigError` for one that belongs to a
    stranger or that others may write (it can name commands to run), for one that is `needed` and missing,
    and for one that is no TOML.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        if needed:
            raise ConfigError(str(path), "no such file", "check the path") from None
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError) and not needed and _shut(path.parent):
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


def _shut(directory: Path) -> bool:
    return not os.access(directory, os.X_OK)


def _refuse_strangers(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConfigError(str(path), "is no file", "name a file of TOML")
    trusted = {0, os.geteuid()}
    if not {found.st_uid, path.lstat().st_uid} <= trusted:
        what = "belongs to another user, and a configuration can name commands to run"
        raise ConfigError(str(path), what, "make it your own, or run this as its owner")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        what = "may be written by others, and a configuration can name commands to run"
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
        raise ConfigError(str(path), "holds a number beyond all bounds", "write it out") from None
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error), re.DOTALL)
        where, what = (f"{path}:{found[2]}", found[1]) if found else (str(path), str(error))
        what = what.removesuffix(" (at end of document)")
        raise ConfigError(where, f"is no TOML: {what}", "texts stand in quotes") from None


def _tables(text: str) -> Mapping[str, object] | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _holds(tables: object, path: tuple[str | int, ...]) -> bool:
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
