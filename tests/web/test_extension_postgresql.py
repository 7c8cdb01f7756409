"""The extension keeps its counts in PostgreSQL as in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from flask_status_cli import FlaskStatus
from flask_status_cli.cli import run
from flask_status_cli.errors import RouteMissingError
from flask_status_cli.model import Route
from flask_status_cli.model.database_url import parse_url
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.pipeline.report import counts
from flask_status_cli.pipeline.routes.change_by_rule import remove_route
from flask_status_cli.store import Ledger
from flask_status_cli.web.extension import storing_thread
from tests.postgresql_server import PostgresqlServer

SHOP = Path(__file__).parents[2] / "fixtures/shop.log.gz"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_storing_at_exit() -> Iterator[None]:
    yield
    storing_thread.RUNNING.clear()


def test_two_workers_count_in_one_database_and_the_page_is_made_of_it(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    url = postgresql.new_schema()
    for visits in (3, 4):
        app = Flask("shop", instance_path=str(tmp_path))
        app.config["FLASK_STATUS_DB"] = url
        FlaskStatus(app, count=True)
        app.add_url_rule("/", "index", lambda: "hello")
        client = app.test_client()
        for _ in range(visits):
            assert client.get("/").text == "hello"
        app.extensions["flask-status"].storing.store(wait=5)
    with counts(parse_url(url), "day") as (rows, _):
        assert {(row.rule, row.status): row.requests for row in rows} == {("/", 200): 7}
    assert client.get("/status/").status_code == 200
    assert "flask_status_requests_total" in client.get("/status/metrics").text


def test_a_route_may_be_purged_while_another_request_removes_it(
    postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = parse_url(postgresql.new_schema())
    assert run(["--db", str(database), "ingest", "-q", str(SHOP)]) == 0
    read, purges = Ledger.routes, iter([True])

    def read_and_purge(ledger: Ledger) -> Mapping[int, Route]:
        found = read(ledger)
        if next(purges, False):
            assert remove("/search", purge=PolicySettings()) == 2129
        return found

    def remove(rule: str, purge: PolicySettings | None = None) -> int:
        return remove_route(database, rule, label=None, purge=purge, clock=lambda: NOON)

    monkeypatch.setattr(Ledger, "routes", read_and_purge)
    assert remove("/search") == 2129
    with pytest.raises(RouteMissingError, match="no such route"):
        remove("/search")
