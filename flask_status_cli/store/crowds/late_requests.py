"""Counts the requests in crowds that may belong to a rule or a glob of `keep` that was given later."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.statements import compiled

_WILD = LazyPattern(r"[*?\[]")


def note_keep(connection: Connection, label: str, keep: Iterable[str]) -> None:
    """Count the requests in crowds that may match a new glob of `keep`, and store the glob."""
    known = set(connection.column(compiled.KEPT_GLOBS, of_label=label))
    new = sorted(set(keep) - known)
    if not new:
        return
    connection.change_each(compiled.ADD_KEPT_GLOB, [{"label": label, "glob": glob} for glob in new])
    heads = tuple(_WILD.split(glob, maxsplit=1)[0] for glob in new)
    rules = crowd_rules(connection, label)
    add_late_requests(
        connection, label, [rule for rule in rules if _concerns(heads, rule.partition("<")[0])]
    )


def crowd_rules(connection: Connection, label: str) -> list[str]:
    """List the rules of a label's crowds."""
    return connection.column(compiled.CROWD_RULES, of_label=label)


def add_late_requests(connection: Connection, label: str, rules: Collection[str]) -> None:
    """Add all requests of these rules to the number of requests that were merged too early."""
    requests = (
        connection.value(compiled.REQUESTS_OF_RULE, of_label=label, of_rule=rule) or 0
        for rule in rules
    )
    key_values.add(connection, NumberName.MERGED, sum(requests))


def _concerns(heads: Iterable[str], parent: str) -> bool:
    return any(head.startswith(parent) or parent.startswith(head) for head in heads)
