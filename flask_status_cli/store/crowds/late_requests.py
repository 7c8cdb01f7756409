"""What came too late: requests in crowds that may belong to a rule or a `keep` which was given after them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, insert, select

from flask_status_cli.model import Origin
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.key_values import Fact
from flask_status_cli.store.schema.tables import kept, quarter_count, route

_WILD = re.compile(r"[*?\[]")


def note_keep(connection: Connection, label: str, keep: Iterable[str]) -> None:
    """Count what was folded before a new glob of `keep` came that may name some of it."""
    known = set(connection.scalars(select(kept.c.glob).where(kept.c.label == label)))
    new = sorted(set(keep) - known)
    if not new:
        return
    connection.execute(insert(kept), [{"label": label, "glob": glob} for glob in new])
    heads = tuple(_WILD.split(glob, maxsplit=1)[0] for glob in new)
    rules = crowd_rules(connection, label)
    note(connection, label, [rule for rule in rules if _concerns(heads, rule.partition("<")[0])])


def crowd_rules(connection: Connection, label: str) -> list[str]:
    """List the rules that gather the pages of a crowd."""
    mine = (route.c.label == label, route.c.crowd, route.c.origin == Origin.DISCOVERED.value)
    return list(connection.scalars(select(route.c.rule).where(*mine).order_by(route.c.rule)))


def note(connection: Connection, label: str, rules: Collection[str]) -> None:
    """Count all requests of these rules as merged too early."""
    if not rules:
        return
    numbers = select(route.c.id).where(route.c.label == label, route.c.rule.in_(rules))
    requests = select(func.sum(quarter_count.c.requests)).where(quarter_count.c.route.in_(numbers))
    key_values.add(connection, Fact.MERGED, connection.scalar(requests) or 0)


def _concerns(heads: Iterable[str], parent: str) -> bool:
    return any(head.startswith(parent) or parent.startswith(head) for head in heads)
