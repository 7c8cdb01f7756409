"""The extension never hurts its app, whatever happens to the database; nothing that was counted is lost."""

from __future__ import annotations

import logging
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_status_cli import FlaskStatus
from flask_status_cli.errors import DatabaseError
from flask_status_cli.pipeline import live_counts
from flask_status_cli.pipeline.report import counts
from flask_status_cli.store import WriteLock
from flask_status_cli.web.extension import request_counts, storing_thread
from tests.asleep import Asleep

LONG = 0.5
"""Seconds that no request may wait; one that is counted takes a ten-thousandth of that."""


@pytest.fixture(autouse=True)
def no_storing_at_exit() -> Iterator[None]:
    yield
    storing_thread.RUNNING.clear()


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = Flask("shop", instance_path=str(tmp_path / "instance"))
    made.config["FLASK_STATUS_DB"] = str(tmp_path / "status.db")
    FlaskStatus(made, count=True)
    made.add_url_rule("/", "index", lambda: "hello")
    return made


def visit(app: Flask, times: int = 1) -> None:
    """The app answers, and at once."""
    client = app.test_client()
    for _ in range(times):
        asleep = Asleep()
        assert client.get("/").text == "hello"
        assert asleep.seconds() < LONG


def store(app: Flask) -> None:
    process = app.extensions["flask-status"].storing
    process.store(wait=0.05)


def stored(database: Path) -> int:
    with counts(database, "day") as (rows, _):
        return sum(row.requests for row in rows if row.rule == "/")


@contextmanager
def locked(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def ingesting(database: Path) -> Iterator[None]:
    with WriteLock(database, wait=0):
        yield


@contextmanager
def full(database: Path) -> Iterator[None]:
    """No file may grow: the kernel says so as it does for a full disk or a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def newer(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database)) as other, other:
        (before,) = other.execute("SELECT version_num FROM alembic_version").fetchone()
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    yield
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = ?", (before,))


@contextmanager
def broken(database: Path) -> Iterator[None]:
    kept = database.read_bytes()
    database.write_bytes(b"not a database, whatever its name says" * 100)
    yield
    database.write_bytes(kept)


@contextmanager
def a_directory(database: Path) -> Iterator[None]:
    kept = database.read_bytes()
    database.unlink()
    database.mkdir()
    yield
    database.rmdir()
    database.write_bytes(kept)


HARMS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "locked": (locked, "is locked by another program"),
    "ingesting": (ingesting, "another ingest held the lock"),
    "full": (full, "disk"),
    "newer": (newer, "9999"),
    "broken": (broken, "is not an SQLite database"),
    "a directory": (a_directory, "is a directory or a device"),
}


@pytest.mark.parametrize("name", HARMS)
def test_without_a_database_the_app_goes_on_and_no_request_is_lost(
    name: str, app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    harm, told = HARMS[name]
    database = tmp_path / "status.db"
    visit(app, 3)
    store(app)
    caplog.set_level(logging.WARNING)
    caplog.clear()
    with harm(database):
        for _ in range(3):
            visit(app, 2)
            store(app)
    (warning,) = caplog.records
    assert told in warning.getMessage()
    assert "kept in memory" in warning.getMessage()
    assert "--" not in warning.getMessage(), "the app has no options"
    visit(app)
    store(app)
    assert stored(database) == 10


def test_a_database_that_is_deleted_is_made_again_with_its_routes(
    app: Flask, tmp_path: Path
) -> None:
    from flask_status_cli.pipeline.routes.list_and_edit import list_routes

    database = tmp_path / "status.db"
    visit(app, 3)
    store(app)
    database.unlink()
    visit(app, 4)
    store(app)
    assert stored(database) == 4
    assert [each.route.endpoint for each in list_routes(database)] == ["index"]


def test_a_missing_directory_is_created_or_the_error_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    for name, can in (("a/b/status.db", True), ("file/status.db", False)):
        app = Flask("shop")
        app.config["FLASK_STATUS_DB"] = str(tmp_path / name)
        FlaskStatus(app, count=True)
        app.add_url_rule("/", "index", lambda: "hello")
        visit(app)
        store(app)
        assert (tmp_path / name).exists() is can
    assert len(caplog.records) == 1


def test_counts_in_memory_are_bounded_and_the_rest_is_counted_by_the_hour(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(request_counts, "BOUND", 2)
    for status in (200, 201, 202, 203):
        app.add_url_rule(f"/{status}", str(status), lambda status=status: ("", status))
    client = app.test_client()
    for _ in range(5):
        for status in (200, 201, 202, 203):
            assert client.get(f"/{status}").status_code == status
    process = app.extensions["flask-status"].storing
    assert (len(process.counts), process.counts.beyond) == (4, 10)
    store(app)
    with counts(tmp_path / "status.db", "day") as (rows, _):
        found = {(row.rule, row.status): row.requests for row in rows}
    assert found == {("/200", 200): 5, ("/201", 201): 5, ("<other>", 202): 5, ("<other>", 203): 5}
    (said,) = [record.getMessage() for record in caplog.records]
    assert said == (
        "flask-status: the database could not be written for long; "
        "10 requests were added up by hour in the route <other>"
    )
    store(app)
    assert len(caplog.records) == 1


def test_counts_whose_commit_got_no_answer_are_stored_once(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loses_the_answer(*arguments: Any, **options: Any) -> int:
        real(*arguments, **options)
        raise DatabaseError("status.db", "the connection was lost", "run it again")

    visit(app, 3)
    real = live_counts.store_live
    monkeypatch.setattr(live_counts, "store_live", loses_the_answer)
    store(app)
    visit(app, 2)
    store(app)
    assert stored(tmp_path / "status.db") == 3
    monkeypatch.setattr(live_counts, "store_live", real)
    store(app)
    assert stored(tmp_path / "status.db") == 5


def test_a_bug_of_the_extension_is_logged_and_does_not_affect_the_app(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any, **__: Any) -> int:
        raise KeyError("a bug")

    monkeypatch.setattr("flask_status_cli.pipeline.live_counts.store_live", fails)
    for _ in range(3):
        visit(app)
        store(app)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "KeyError" in record.getMessage()


def test_a_page_of_a_locked_database_keeps_no_thread_for_long(app: Flask, tmp_path: Path) -> None:
    visit(app)
    store(app)
    client = app.test_client()
    with locked(tmp_path / "status.db"):
        asleep = Asleep()
        assert [client.get("/status/").status_code for _ in range(5)] == [503] * 5
        assert asleep.seconds() < 4  # one of them waits for a second and a bit
    assert client.get("/").status_code == 200


# The database that an app gets.


def made(tmp_path: Path, **config: Any) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.config.update(config)
    FlaskStatus(app, count=True)
    return app


def chosen(app: Flask) -> Path:
    found: Path = app.extensions["flask-status"].setup().database
    return found


def foreign(path: Path, *tables: str) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        for table in tables:
            other.execute(f"CREATE TABLE {table} (id INTEGER)")


def test_the_default_database_is_a_file_in_the_instance_folder(tmp_path: Path) -> None:
    assert chosen(made(tmp_path)) == tmp_path / "instance/flask-status.db"


def test_sqlalchemy_database_uri_may_name_a_file_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = made(tmp_path, SQLALCHEMY_DATABASE_URI="sqlite:///tmp/status.db")
    monkeypatch.chdir("/")  # as a daemon does later
    assert chosen(app) == tmp_path / "tmp/status.db"
    app = made(tmp_path, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/a%20b.db")
    assert chosen(app) == tmp_path / "a b.db"


def test_our_own_key_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = made(
        tmp_path, FLASK_STATUS_DB=tmp_path / "x.db", SQLALCHEMY_DATABASE_URI="sqlite:///y.db"
    )
    assert chosen(app) == tmp_path / "x.db"
    monkeypatch.setenv("FLASK_STATUS_DB", str(tmp_path / "z.db"))
    assert chosen(made(tmp_path, SQLALCHEMY_DATABASE_URI="sqlite:///y.db")) == tmp_path / "z.db"


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("postgresql://localhost/shop", "does not name an SQLite file"),
        ("sqlite://", "does not name an SQLite file"),
        ("sqlite:///:memory:", "does not name an SQLite file"),
        ("sqlite:///HOME/foreign.db", "has tables of another program"),
        ("sqlite:///HOME/old.db", "is a database of flask-server-status"),
    ],
)
def test_no_table_of_ours_gets_into_the_apps_own_database(
    uri: str, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    foreign(tmp_path / "foreign.db", "customer", "routes")
    foreign(tmp_path / "old.db", "routes", "logs")
    app = made(tmp_path, SQLALCHEMY_DATABASE_URI=uri.replace("HOME", str(tmp_path)))
    assert chosen(app) == chosen(app) == tmp_path / "instance/flask-status.db"
    (record,) = caplog.records
    assert told in record.getMessage()
    assert "FLASK_STATUS_DB names another file" in record.getMessage()


def test_an_app_with_flask_sqlalchemy_keeps_its_database_for_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = made(tmp_path, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/shop.db")
    app.extensions["sqlalchemy"] = object()  # as Flask-SQLAlchemy does, before us or after us
    assert chosen(app) == tmp_path / "instance/flask-status.db"
    assert "is the app's own database" in caplog.text


def test_settings_stand_in_the_apps_configuration(tmp_path: Path) -> None:
    app = made(
        tmp_path,
        FLASK_STATUS_DAYS=7,
        FLASK_STATUS_TITLE="The Shop",
        FLASK_STATUS_EXCLUDE=["/admin/*"],
        FLASK_STATUS_PAGE_LANG="es",
    )
    known = app.extensions["flask-status"].setup().settings
    assert (known.days, known.title, known.exclude) == (7, "The Shop", ("/admin/*",))
    assert known.page.lang == "es"


def test_a_wrong_setting_is_logged_and_the_app_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = made(tmp_path, FLASK_STATUS_DAYS="soon", FLASK_STATUS_DB=str(tmp_path / "s.db"))
    app.add_url_rule("/", "index", lambda: "hello")
    visit(app)
    store(app)
    assert "FLASK_STATUS_DAYS" in caplog.text
    assert app.test_client().get("/status/").status_code == 503
    visit(app)


def test_with_an_unknown_time_zone_requests_are_still_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = made(
        tmp_path, FLASK_STATUS_TIMEZONE="Nowhere/Else", FLASK_STATUS_DB=str(tmp_path / "s.db")
    )
    app.add_url_rule("/", "index", lambda: "hello")
    visit(app)
    store(app)
    assert app.test_client().get("/status/").status_code == 503
    assert "'Nowhere/Else' is not a time zone" in caplog.text
    assert stored(tmp_path / "s.db") == 1


def test_several_apps_of_one_process_have_databases_of_their_own(tmp_path: Path) -> None:
    status = FlaskStatus(count=True)
    apps = []
    for name in ("one", "two"):
        app = Flask(name, instance_path=str(tmp_path / name))
        status.init_app(app, url_prefix=f"{name}-status")
        app.add_url_rule("/", "index", lambda: "hello")
        apps.append(app)
    visit(apps[0], 2)
    visit(apps[1], 3)
    for app, requests in zip(apps, (2, 3), strict=True):
        assert app.test_client().get(f"/{app.name}-status/").status_code == 200
        assert stored(tmp_path / app.name / "flask-status.db") == requests


def test_two_apps_in_one_database_have_labels(tmp_path: Path) -> None:
    for name in ("one", "two"):
        app = made(tmp_path, FLASK_STATUS_DB=str(tmp_path / "both.db"), FLASK_STATUS_LABEL=name)
        app.add_url_rule("/", "index", lambda: "hello")
        visit(app, 2)
        store(app)
    with counts(tmp_path / "both.db", "day") as (rows, _):
        assert {(row.label, row.rule): row.requests for row in rows} == {
            ("one", "/"): 2,
            ("two", "/"): 2,
        }
