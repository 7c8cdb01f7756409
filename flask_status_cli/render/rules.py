"""Declared rules as TOML, and what declaring them has done in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask_status_cli.model import Declaration
from flask_status_cli.render.escape import printable

SHOWN = 5
"""So many rules are named, those with the most requests first."""


def as_toml(document: Mapping[str, Any], *, heading: str) -> str:
    """Write a URL map as TOML: one table a rule; the same map gives the same text."""
    lines = [f"# {printable(heading, 200)}"]
    lines += [f"{key} = {_value(value)}" for key, value in document.items() if key != "routes"]
    for rule in document["routes"]:
        lines += ["", "[[routes]]", *(f"{key} = {_value(value)}" for key, value in rule.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8")
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def lines(done: Declaration) -> Iterator[str]:
    """Yield what a person should know of a declaration, a line each."""
    changes = [
        f"{len(rules):,} {word}"
        for rules, word in ((done.added, "new"), (done.changed, "changed"), (done.left, "gone"))
        if rules
    ]
    noun = "route" if done.rules == 1 else "routes"
    yield f"{done.rules:,} {noun} declared: {', '.join(changes) or 'nothing has changed'}"
    if done.moved:
        yield f"Moved to them: {_requests(done.moved)} that were counted before"
    left = [
        (done.unclear, "whose rule may be any of several declared ones"),
        (done.foreign, "for which no rule is declared"),
    ]
    for rules, which in left:
        if rules:
            requests = _requests(sum(rules.values()))
            yield f"Left where they were counted: {requests} {which} ({_named(rules)})"
    if done.unknown:
        yield f"Left in <unmatched>: {_requests(done.unknown)}, whose paths are not kept"


def _requests(number: int) -> str:
    return f"{number:,} request" + ("" if number == 1 else "s")


def _named(rules: Mapping[str, int]) -> str:
    first = sorted(rules, key=lambda rule: (-rules[rule], rule))[:SHOWN]
    named = ", ".join(printable(rule, 80) for rule in first)
    more = len(rules) - len(first)
    return f"{named} and {more:,} more" if more else named
