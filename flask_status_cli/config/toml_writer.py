"""What holds, written as TOML, so that it can be read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from flask_status_cli.config.keys import KEYS
from flask_status_cli.config.load import Configuration
from flask_status_cli.model.settings import Setting, Source

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def settings(configuration: Configuration) -> Iterator[Setting]:
    """Yield every key in order, with its value as TOML and where it was set."""
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


def _written(value: object, *, pairs: bool = False) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        return _table(
            {f.name: part for f in fields(value) if (part := getattr(value, f.name)) != f.default}
        )
    if isinstance(value, tuple):
        return _table(dict(value)) if pairs else f"[{', '.join(map(_written, value))}]"
    return next(write(value) for kind, write in _WRITERS if isinstance(value, kind))


def _table(parts: Mapping[str, object]) -> str:
    inside = ", ".join(f"{_name(name)} = {_written(part)}" for name, part in parts.items())
    return f"{{ {inside} }}" if inside else "{}"


def _name(name: str) -> str:
    bare = name.isascii() and name.replace("-", "_").isidentifier()
    return name if bare else quoted(name)


def quoted(value: str) -> str:
    """Write a basic string: JSON's escapes are TOML's; whatever no screen shows is escaped too."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in text)


def _decimal(share: Fraction) -> str:
    if share.denominator == 1:
        return str(share.numerator)
    digits = next(n for n in range(1, 60) if (share * 10**n).denominator == 1)
    return f"0.{int(share * 10**digits):0{digits}}"


def _duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f'"{seconds // size}{unit}"'


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (Fraction, _decimal),
    (timedelta, _duration),
    (object, lambda value: quoted(str(value))),
)
"""How a value is written, by the first type that it is of."""
