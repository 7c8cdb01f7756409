"""Decides whether all numbers in a path lead to the same declared rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flask_status_cli.model import UrlMap, UrlRule

_VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_][a-zA-Z0-9_]*)(?:\((?P<arguments>.*?)\))?:)?[a-zA-Z_][a-zA-Z0-9_]*>"
)
"""A variable of a rule, as in werkzeug."""

_UNIFORM = frozenset({"default", "string", "int", "float", "path", "uuid"})
"""The converters that, without arguments, accept either every number of up to 20 digits or none."""


def numbers_are_alike(maps: Iterable[UrlMap], prefixes: Sequence[str] = ()) -> bool:
    """Return whether a path has the same rule whatever number is in one of its segments, as in `/users/17`.

    That is so if no rule and no prefix has a number, and if every variable accepts all numbers or none.
    """
    named = [*prefixes, *(prefix for one in maps for prefix in one.prefixes)]
    rules = [rule for one in maps for rule in one.rules]
    return not any(map(_has_digit, named)) and all(map(_uniform, rules))


def _uniform(rule: UrlRule) -> bool:
    variables = list(_VARIABLE.finditer(rule.rule))
    if rule.converters or any(found["arguments"] for found in variables):
        return False
    if any((found["converter"] or "default") not in _UNIFORM for found in variables):
        return False
    names = _VARIABLE.sub("<>", rule.rule).split("/")
    return not any(_distinguishes_numbers(name) for name in names)


def _distinguishes_numbers(segment: str) -> bool:
    """Return whether a segment, with its variables written as `<>`, accepts some numbers but not all.

    Two adjacent variables do, because they need two digits.
    """
    return segment.isdigit() or ("<>" in segment and _has_digit(segment)) or "<><>" in segment


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
