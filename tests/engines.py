"""Runs a test on both engines: import both names into the `conftest.py` of its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model.database_url import Database, parse_url

if TYPE_CHECKING:
    from tests.postgresql_server import PostgresqlServer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on both engines, or on those that `ENGINES` of its module or its mark names."""
    if "database" in metafunc.fixturenames:
        engines = getattr(metafunc.module, "ENGINES", ("sqlite", "postgresql"))
        if metafunc.definition.get_closest_marker("sqlite_only"):
            engines = ("sqlite",)
        metafunc.parametrize("database", engines, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Where a database may be made, of each engine in turn."""
    if request.param == "sqlite":
        return tmp_path / "status.db"
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return parse_url(server.new_schema())
