"""Deploys in the database: marked once, kept beside the counts, bounded in number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flask_status_cli.model.database_url import Database
from flask_status_cli.model.deploys import Deploy
from flask_status_cli.store import Ledger, Store

Write = Callable[..., Any]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CELLS = {(29_000_000, "/", 200): 5}


def deploys(database: Database) -> tuple[Deploy, ...]:
    with Ledger.open(database) as ledger:
        return ledger.deploys()


def opened(database: Database) -> Store:
    return Store.open(database, create=False, clock=lambda: NOON)


def test_deploys_come_back_as_they_were(database: Database, write: Write) -> None:
    write(database, CELLS)
    asked = [
        Deploy(0, "v2 'é\x1b", NOON, "shop", "a\nnote\\udce9"),
        Deploy(0, "v1", NOON - MINUTE),
        Deploy(0, "v2 'é\x1b", NOON),
    ]
    with opened(database) as store:
        stored = [store.mark_deploy(each) for each in asked]
    assert stored == [(replace(each, id=n + 1), True, ()) for n, each in enumerate(asked)]
    first, second, third = (each for each, _, _ in stored)
    assert deploys(database) == (second, first, third)
    with opened(database) as store:
        assert [store.remove_deploy(n) for n in (1, 1, 9)] == [True, False, False]
    assert deploys(database) == (second, third)


def test_the_same_version_in_the_same_minute_is_one_deploy(
    database: Database, write: Write
) -> None:
    write(database, CELLS)
    with opened(database) as store:
        store.mark_deploy(Deploy(0, "v1", NOON, note="first"))
        assert store.mark_deploy(Deploy(0, "v1", NOON)) == (
            Deploy(1, "v1", NOON, note="first"),
            False,
            (),
        )
        again = store.mark_deploy(Deploy(0, "v1", NOON, note="second"))
        assert again == (Deploy(1, "v1", NOON, note="second"), False, ())
        for other in (Deploy(0, "v1", NOON + MINUTE), Deploy(0, "v1", NOON, label="shop")):
            assert store.mark_deploy(other)[1]
    assert [each.note for each in deploys(database)] == ["second", "", ""]


def test_too_many_deploys_remove_the_oldest_and_an_older_one_is_not_stored(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, CELLS)
    monkeypatch.setattr("flask_status_cli.store.deploys.MOST_DEPLOYS", 3)
    with opened(database) as store:
        for n in range(3):
            assert store.mark_deploy(Deploy(0, f"v{n}", NOON + n * MINUTE))[2] == ()
        fourth = store.mark_deploy(Deploy(0, "v3", NOON + 3 * MINUTE))
        assert fourth[2] == (Deploy(1, "v0", NOON),)
        late, _, gone = store.mark_deploy(Deploy(0, "v0.5", NOON))
        assert gone == (late,)
    assert [each.version for each in deploys(database)] == ["v1", "v2", "v3"]
