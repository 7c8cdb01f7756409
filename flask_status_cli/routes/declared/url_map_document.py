"""Converts a URL map to plain data for JSON and TOML, and back. Every value is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, Final, TypeVar

from flask_status_cli.errors import RuleError
from flask_status_cli.model import Converter, UrlMap, UrlRule

_Noun = TypeVar("_Noun", UrlMap, UrlRule, Converter)

KEYS: Final = {"rules": "routes", "prefixes": "strip_prefix"}
"""The keys of a document that differ from the names of the fields."""

SHAPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float | None": (int, float),
    "tuple[str, ...]": (list,),
    "tuple[str, ...] | None": (list,),
    "tuple[UrlRule, ...]": (list,),
    "tuple[Converter, ...]": (list,),
}
"""The types of a value in a document, by the type of the field."""

NAMES: Final = {str: "a string", bool: "true or false", int: "a number", list: "a list"}
"""The names of types in messages."""


def to_document(url_map: UrlMap) -> dict[str, Any]:
    """Return a URL map as plain data. Default values are left out."""
    return _plain(url_map)


def from_document(document: Any, *, where: str) -> UrlMap:
    """Return the URL map of plain data; raises `RuleError` if the data are wrong.

    `where` is the file or the place that the message of the error names.
    """
    return _read(UrlMap, document, where)


def _plain(noun: UrlMap | UrlRule | Converter) -> dict[str, Any]:
    found = {}
    for field in fields(noun):
        value = getattr(noun, field.name)
        if value != field.default:
            if isinstance(value, tuple):
                value = [one if isinstance(one, str) else _plain(one) for one in value]
            found[KEYS.get(field.name, field.name)] = value
    return found


def _read(noun: type[_Noun], document: Any, where: str) -> _Noun:
    if not isinstance(document, dict):
        raise RuleError(where, "a table was expected", "see flask-status routes export")
    known = {KEYS.get(field.name, field.name): field for field in fields(noun)}
    for key in document:
        if key not in known:
            import difflib

            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            raise RuleError(where, f"{key!r} is not a known key", hint)
    given = {}
    for key, field in known.items():
        if key in document:
            given[field.name] = _value(field, document[key], f"{where}: {key}")
        elif field.default is MISSING:
            raise RuleError(where, f"{key} is missing", "see flask-status routes export")
    return noun(**given)


def _value(field: Field[Any], value: Any, where: str) -> Any:
    shape = SHAPES[str(field.type)]
    if not isinstance(value, shape) or (isinstance(value, bool) and bool not in shape):
        raise RuleError(where, f"{value!r} is not {NAMES[shape[0]]}", "correct it")
    if not isinstance(value, list):
        return value
    if field.name == "rules":
        return tuple(_read(UrlRule, one, f"{where}[{n}]") for n, one in enumerate(value, 1))
    if field.name == "converters":
        return tuple(_read(Converter, one, f"{where}[{n}]") for n, one in enumerate(value, 1))
    for one in value:
        if not isinstance(one, str):
            raise RuleError(where, f"{one!r} is not a string", "correct it")
    return tuple(value)
