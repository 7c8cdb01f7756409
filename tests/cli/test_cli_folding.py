"""Routes are folded where pages are many: what an ingest says of it, what `keep` and `db info` say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.store import Store
from flask_status_cli.store.database.connection import Mode, connect, transaction
from flask_status_cli.store.schema import version

Call = Callable[..., Any]


def lines(*requests: tuple[str, int], hour: int = 10) -> str:
    return "".join(
        f'10.0.0.1 - - [23/Nov/2026:{hour}:00:00 +0000] "GET {path} HTTP/1.1" {status} 5 "-" "curl"\n'
        for path, status in requests
    )


POSTS = [(f"/blog/post-{n}", 200) for n in range(25)]
COUNTED = "time,label,route,status,requests\n2026-11-23,,"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(lines(*POSTS, ("/blog/wp-login.php", 404), ("/blog/post-3", 500)))
    return path


@pytest.fixture
def old_database(database: Path) -> Path:
    """Made by the schema before crowds: 25 posts with 2 requests each, one hidden, one named, a 404 waits."""
    with connect(database, Mode.CREATE) as connection, transaction(connection, writing=True):
        version.migrate(connection, to="0005")
        facts = "'', '', 'discovered'"
        for n in range(25):
            name = "'Best'" if n == 4 else "NULL"
            connection.exec_driver_sql(
                f"INSERT INTO route VALUES ({n + 1}, '', '/blog/post-{n}', {facts}, {int(n == 3)},"
                f" '', '', '', 0, {name}, NULL)"
            )
            for table, time in (("minute_count", 15), ("quarter_count", 1)):
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({time}, {n + 1}, 200, 2)")
        connection.exec_driver_sql(
            f"INSERT INTO route VALUES (26, '', '<unmatched>', {facts}, 0, '', '', '', 0, NULL, NULL)"
        )
        connection.exec_driver_sql(
            "INSERT INTO waiting VALUES ('', '/blog/wp-login.php', 15, 404, 3)"
        )
        connection.exec_driver_sql("INSERT INTO waiting VALUES ('', '/wp-admin', 15, 404, 1)")
    return database


def test_an_older_database_is_copied_folded_and_what_was_folded_is_listed(
    old_database: Path, call: Call, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text("")
    copy = f"{old_database}.schema-0005"
    told = call("ingest", "-q", log)
    assert (told.status, told.out) == (0, "")
    assert told.err.splitlines() == [
        f"flask-status: {old_database}: converted from an older version; the original is kept in {copy}",
        (
            "flask-status: 24 routes are pages of a crowd and are counted together from now on; "
            "see docs/routes.md, and keep = [...] for those that should not"
        ),
        "flask-status: /blog/<slug>: 24 routes",
        (
            "flask-status: /blog/post-3 was hidden and is now part of /blog/<slug>, which is shown; "
            "to hide all of it: flask-status routes hide '/blog/<slug>'"
        ),
    ]
    assert call("counts", "--by", "minute").out.splitlines()[1:] == [
        "1970-01-01T00:15Z,,/blog/<slug>,200,48",
        "1970-01-01T00:15Z,,/blog/<slug>,404,3",
        "1970-01-01T00:15Z,,/blog/post-4,200,2",
        "1970-01-01T00:15Z,,<unmatched>,404,1",
    ]
    assert call("db", "check").status == 0
    again = call("ingest", "-q", log)
    assert again.err == ""
    with connect(Path(copy), Mode.READ) as connection:
        assert version.stamp(connection) == "0005"
        assert connection.exec_driver_sql("SELECT count(*) FROM route").scalar_one() == 26


def test_an_older_database_is_migrated_by_other_commands_and_folded_by_the_next_ingest(
    old_database: Path, call: Call, blog: Path
) -> None:
    assert call("routes", "name", "/blog/post-5", "Five").status == 0
    assert Path(f"{old_database}.schema-0005").exists()
    assert call("counts", "--by", "day").out.count("/blog/post-") == 25
    call("ingest", "-q", blog)
    rules = {row.split(",")[2] for row in call("counts", "--by", "day").out.splitlines()[1:]}
    assert rules == {"/blog/<slug>", "/blog/post-4", "/blog/post-5", "<unmatched>"}


def test_pages_of_a_crowd_are_one_route_with_its_4xx_ignored(call: Call, blog: Path) -> None:
    call("ingest", "-q", blog)
    csv = call("report", "--csv", "--now", "2026-11-23 10:05").out.splitlines()
    assert csv[1].startswith("/blog/<slug>") or ",/blog/<slug>," in csv[1]
    assert csv[1].endswith(",27,25,1,1"), "requests, successes, failures, ignored"
    info = call("db", "info").out
    assert "\nCrowds: 1\n  /blog/<slug>\n" in info
    assert "\nMerged    0 requests at most that a later rule cannot separate\n" in info


def test_what_keep_names_stays_a_route(
    call: Call, blog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flask-status.toml").write_text('keep = ["/blog/post-1*"]\n')
    monkeypatch.chdir(tmp_path)
    call("ingest", "-q", blog)
    rules = {row.split(",")[2] for row in call("counts", "--by", "day").out.splitlines()[1:]}
    kept = {"/blog/post-1", *(f"/blog/post-{n}" for n in range(10, 20))}
    # The 14 others are too few for a crowd.
    assert rules == {path for path, _ in POSTS} | {"<unmatched>"}
    more = tmp_path / "more.log"
    more.write_text(lines(*((f"/blog/later-{n}", 200) for n in range(10)), hour=11))
    call("ingest", "-q", more)
    rules = {row.split(",")[2] for row in call("counts", "--by", "day").out.splitlines()[1:]}
    assert rules == kept | {"/blog/<slug>"}


def test_a_dry_run_folds_nothing(call: Call, blog: Path, database: Path) -> None:
    assert call("ingest", "-q", "--dry-run", blog).status == 0
    assert not database.exists()


def test_a_store_is_copied_once(old_database: Path) -> None:
    def clock() -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    for expected in (Path(f"{old_database}.schema-0005"), None):
        with Store.open(old_database, create=False, clock=clock) as store:
            assert store.copied == expected


def test_a_folded_row_is_no_route_and_showing_it_says_how_to_list_its_routes(
    call: Call, tmp_path: Path
) -> None:
    words = ("".join(chr(97 + (n // 26**k) % 26) for k in range(3)) for n in range(41))
    log = tmp_path / "access.log"
    log.write_text(lines(*((f"/tags/{word}", 200) for word in words)))
    call("ingest", "-q", log)
    assert " /tags/<str> " in call("report", "--now", "last").out
    assert call("routes", "show", "/tags/<str>").err == (
        "flask-status: /tags/<str>: no such route; reports show 41 routes in this row; "
        "flask-status report --no-group --only '/tags/*' lists them\n"
    )
