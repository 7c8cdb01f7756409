"""The extension keeps its counts in PostgreSQL as in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from flask_status_cli import FlaskStatus
from flask_status_cli.model.database_url import parse_url
from flask_status_cli.pipeline.report import counts
from flask_status_cli.web.extension import storing_thread
from tests.postgresql_server import PostgresqlServer


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
