"""Decides whether all numbers in a path lead to the same declared rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flask_status_cli.model import UrlMap, UrlRule

_VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_][a-zA-Z0-9_]*)(?:\((?P<arguments>.*?)\))?:)?[a-zA-Z_][a-zA-Z0-9_]*>"
)
"""The pattern of numbers in werkzeug."""

_UNIFORM = frozenset({"default", "string", "int", "float", "path", "uuid"})
"""Converters that, without arguments, take every number of up to 20 digits, or none."""


def numbers_are_alike(maps: Iterable[UrlMap], prefixes: Sequence[str] = ()) -> bool:
    """Return whether the rule of a path is the same for all numbers in its segments, such as `/users/17`.

    That is the case if no rule names a number, and every variable takes all numbers or none. Prefixes are
    names.
    """
    named = [*prefixes, *(prefix for one in maps for prefix in one.prefixes)]
    rules = [rule for one in maps for rule in one.rules]
    return not any(map(_holds_digit, named)) and all(map(_uniform, rules))


def _uniform(rule: UrlRule) -> bool:
    variables = list(_VARIABLE.finditer(rule.rule))
    if rule.converters or any(found["arguments"] for found in variables):
        return False
    if any((found["converter"] or "default") not in _UNIFORM for found in variables):
        return False
    names = _VARIABLE.sub("<>", rule.rule).split("/")
    return not any(_tells_numbers_apart(name) for name in names)


def _tells_numbers_apart(name: str) -> bool:
    """Tell whether a segment, its variables written `<>`, takes some numbers only; two take two digits."""
    return name.isdigit() or ("<>" in name and _holds_digit(name)) or "<><>" in name


def _holds_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
