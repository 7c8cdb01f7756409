"""Writes settings as the TOML of a configuration file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from flask_status_cli.config.keys import KEYS
from flask_status_cli.config.load import Configuration
from flask_status_cli.model.settings import Setting, Source
from flask_status_cli.model.times import duration_text, length_text

if TYPE_CHECKING:
    from tomlkit.items import Item


def settings(configuration: Configuration) -> Iterator[Setting]:
    """Yield each key in order, with its value as TOML, and where it was set."""
    for key in KEYS:
        value: object = configuration.settings
        for name in key.split("."):
            value = getattr(value, name)
        layer = configuration.layer(key)
        written = None if value is None else _written(value, pairs=key == "page.links")
        if layer is None:
            yield Setting(key, written, Source.DEFAULT)
        else:
            yield Setting(key, written, layer.source, layer.where(key))


def quoted(value: str) -> str:
    """Return a text as a TOML string, with invisible characters escaped."""
    from tomlkit import item

    return _shown(item(value).as_string())


def _written(value: object, *, pairs: bool = False) -> str:
    return _shown(_item(dict(value) if pairs else value).as_string())  # type: ignore[call-overload]  # of pairs


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in text)


def _item(value: object) -> Item:
    """Return a value of the settings as a TOML item. A length of time becomes a text, a record a table."""
    import tomlkit

    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: getattr(value, f.name) for f in fields(value)}
        value = {f.name: parts[f.name] for f in fields(value) if parts[f.name] != f.default}
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for name, part in value.items():
            table.add(name, _item(part))
        return table
    if isinstance(value, tuple):
        array = tomlkit.array()
        array.extend(map(_item, value))
        return array
    if isinstance(value, Fraction):
        return tomlkit.item(int(value) if value.denominator == 1 else float(value))
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return tomlkit.item(length_text(value) if seconds.is_integer() else duration_text(value))
    return tomlkit.item(value if isinstance(value, int) else str(value))
