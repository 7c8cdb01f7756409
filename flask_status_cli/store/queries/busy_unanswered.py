"""What most requests of `<unmatched>` ask for: the busiest waiting paths, redirects, and unknown paths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final, TypeAlias

from sqlalchemy import func, select

from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.tables import quarter_count, route, waiting

REDIRECTS: Final = (300, 399)
"""The first and the last status code of a redirect."""

GROUPED: Final = 20
"""More redirecting paths than this with one parent are a group, like the pages of a crowd."""

ROOT: Final = "/*"
"""The group of paths directly below `/`. Scanners redirect there, too."""

ROOT_NEEDS: Final = 10
"""This group needs so many times the requests of another group."""

Key: TypeAlias = tuple[str, str]
"""A label and a path. The path of a group ends with `/*`; it is empty if the path is not known."""


def busiest(
    connection: Connection, minutes: tuple[int, int], least: tuple[int, int], most: int
) -> list[tuple[str, str, int, int]]:
    """List (label, path, status, requests) of what is busy in `<unmatched>` between two epoch minutes.

    There are three kinds: paths; groups of other paths that redirect and have one parent; and all requests
    whose path is not known. Each has at least so many requests, in at least so many minutes, as `least` says.
    At most `most` are listed, the busiest first.
    """
    found = _paths(connection, minutes, least, most)
    found |= _redirects(connection, minutes, least, without=set(found))
    found |= dict(_unknown(connection, minutes, least[0]))
    ordered = sorted(found.items(), key=lambda each: (-each[1].total(), each[0]))[:most]
    return [(*key, code, n) for key, statuses in ordered for code, n in sorted(statuses.items())]


def _paths(
    connection: Connection, minutes: tuple[int, int], least: tuple[int, int], most: int
) -> dict[Key, Counter[int]]:
    inside = (waiting.c.minute >= minutes[0], waiting.c.minute < minutes[1])
    total = func.sum(waiting.c.requests)
    key = (waiting.c.label, waiting.c.rule)
    paths = (
        select(*key)
        .where(*inside)
        .group_by(*key)
        .having(total >= least[0], func.count(waiting.c.minute.distinct()) >= least[1])
        .order_by(total.desc(), *key)
        .limit(most)
    )
    found: dict[Key, Counter[int]] = {}
    for label, rule in connection.execute(paths).all():
        codes = (
            select(waiting.c.status, total)
            .where(*inside, waiting.c.label == label, waiting.c.rule == rule)
            .group_by(waiting.c.status)
        )
        found[label, rule] = Counter(dict(connection.execute(codes).all()))
    return found


def _redirects(
    connection: Connection, minutes: tuple[int, int], least: tuple[int, int], without: set[Key]
) -> dict[Key, Counter[int]]:
    """Return the redirects of many paths with one parent, such as those of a URL shortener: `/r/*`."""
    rows = (
        select(
            waiting.c.label,
            waiting.c.rule,
            waiting.c.status,
            func.sum(waiting.c.requests),
            func.min(waiting.c.minute),
        )
        .where(waiting.c.minute >= minutes[0], waiting.c.minute < minutes[1])
        .where(waiting.c.status.between(*REDIRECTS))
        .group_by(waiting.c.label, waiting.c.rule, waiting.c.status)
    )
    statuses: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    paths: defaultdict[Key, set[str]] = defaultdict(set)
    times: defaultdict[Key, set[int]] = defaultdict(set)
    for label, rule, status, requests, first in connection.execute(rows):
        if (label, rule) not in without:
            group = label, rule.rstrip("/").rpartition("/")[0] + "/*"
            statuses[group][status] += requests
            paths[group].add(rule)
            times[group].add(first)
    return {
        group: codes
        for group, codes in statuses.items()
        if codes.total() >= least[0] * (ROOT_NEEDS if group[1] == ROOT else 1)
        and len(times[group]) >= least[1]
        and len(paths[group]) > GROUPED
    }


def _unknown(
    connection: Connection, minutes: tuple[int, int], least: int
) -> Iterator[tuple[Key, Counter[int]]]:
    """Yield the requests that are stored without their path, such as empty ones, for each label."""
    rows = (
        select(route.c.label, quarter_count.c.status, func.sum(quarter_count.c.requests))
        .join(route, route.c.id == quarter_count.c.route)
        .where(route.c.rule == UNMATCHED)
        .where(quarter_count.c.quarter >= minutes[0] // MINUTES_PER_QUARTER)
        .where(quarter_count.c.quarter < minutes[1] // MINUTES_PER_QUARTER)
        .group_by(route.c.label, quarter_count.c.status)
    )
    statuses: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    for label, status, requests in connection.execute(rows):
        statuses[label, ""][status] += requests
    yield from ((key, codes) for key, codes in statuses.items() if codes.total() >= least)
