"""What is served below the prefix: the bytes of the site, cached, checked, compressed, and nothing else."""

from __future__ import annotations

import gzip
import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flask_status_cli.errors import DatabaseError, FlaskStatusError, ServerAwayError
from flask_status_cli.model.settings import PageSettings, Settings
from flask_status_cli.pipeline import site
from flask_status_cli.render.html import PageOptions
from flask_status_cli.render.site import files
from flask_status_cli.render.text.words import ENGLISH
from flask_status_cli.web import LiveOptions, make_app, site_cache

UTC = ZoneInfo("UTC")


@pytest.fixture
def told() -> list[FlaskStatusError]:
    return []


@pytest.fixture
def app(database: Path, clock: Any, told: list[FlaskStatusError]) -> Flask:
    return make_app(LiveOptions(database, Settings(), UTC, clock, told.append), "/status")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a site was made."""
    times: Counter[str] = Counter()
    make = site.live_site

    def counting(*given: Any, **options: Any) -> site.LiveSite:
        times["made"] += 1
        return make(*given, **options)

    monkeypatch.setattr(site, "live_site", counting)
    return times


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site is made anew as soon as something has changed."""
    monkeypatch.setattr(site_cache, "AT_MOST_EVERY", 0.0)
    monkeypatch.setattr(site_cache, "SHARE", 0)


def test_what_is_served_is_what_report_writes_as_a_site(
    client: FlaskClient, database: Path, clock: Any
) -> None:
    from flask_status_cli.pipeline.report import summarize

    known = Settings()
    summary = summarize(site.report_options(known, database, UTC), clock=clock)
    expected = files(summary, ENGLISH, PageOptions(), url="")
    assert {"index.html", "status.json", "summary.json", "feed.atom", "badge.svg"} < expected.keys()
    assert sum(name.startswith("badges/") for name in expected) == 3
    for name, data in expected.items():
        answer = client.get(f"/status/{name}")
        assert (answer.status_code, answer.data) == (200, data), name
    assert client.get("/status/").data == expected["index.html"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("status.json", "application/json"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("badge.svg", "image/svg+xml; charset=utf-8"),
        ("metrics", "text/plain; version=0.0.4; charset=utf-8"),
        ("healthz", "text/plain; charset=utf-8"),
    ],
)
def test_every_file_has_its_media_type_and_the_safe_headers(
    name: str, media_type: str, client: FlaskClient
) -> None:
    headers = client.get(f"/status/{name}").headers
    assert headers["Content-Type"] == media_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex,nofollow"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_the_policy_of_the_page_is_the_one_in_the_page(client: FlaskClient) -> None:
    answer = client.get("/status/")
    header = answer.headers["Content-Security-Policy"].removesuffix("; frame-ancestors 'none'")
    shown = header.replace("'", "&#39;")
    assert f'content="{header}"' in answer.text or f'content="{shown}"' in answer.text
    assert "script-src 'sha256-" in header


def test_search_engines_may_be_allowed(database: Path, clock: Any) -> None:
    known = replace(Settings(), page=replace(PageSettings(), robots="index,follow"))
    app = make_app(LiveOptions(database, known, UTC, clock, list[Any]().append), "/status")
    answer = app.test_client().get("/status/")
    assert answer.headers["X-Robots-Tag"] == "index,follow"


@pytest.mark.parametrize("name", ["", "status.json", "metrics"])
def test_a_client_that_has_the_file_gets_304(name: str, client: FlaskClient) -> None:
    first = client.get(f"/status/{name}")
    assert first.headers["Cache-Control"] == "max-age=30"
    for header in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"other", W/{first.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get(f"/status/{name}", headers=header)
        assert (again.status_code, again.data) == (304, b""), header
        assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(f"/status/{name}", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_gzip_is_sent_to_clients_that_accept_it(client: FlaskClient) -> None:
    plain = client.get("/status/")
    packed = client.get("/status/", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) // 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = client.get(
        "/status/",
        headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]},
    )
    assert (again.status_code, again.headers["ETag"]) == (304, packed.headers["ETag"])
    refused = client.get("/status/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_head_is_answered_without_the_body(client: FlaskClient) -> None:
    whole, head = client.get("/status/"), client.head("/status/")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))
    assert head.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_get_and_head_are_accepted(method: str, client: FlaskClient) -> None:
    assert getattr(client, method)("/status/").status_code == 405


def test_a_missing_slash_is_added_without_naming_host_or_prefix(client: FlaskClient) -> None:
    answer = client.get("/status")
    assert (answer.status_code, answer.headers["Location"]) == (308, "status/")
    root = client.get("/")
    assert (root.status_code, root.headers["Location"]) == (302, "status/")


def test_the_page_may_stand_at_the_root(database: Path, clock: Any) -> None:
    app = make_app(LiveOptions(database, Settings(), UTC, clock, list[Any]().append), "")
    client = app.test_client()
    assert client.get("/").status_code == client.get("/status.json").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "nothing", "../status.db", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd",
        "badges/../../../etc/passwd", "badges/", "index.html/", "status.db", "a\\..\\b", "%00", "é",
    ],
)  # fmt: skip
def test_a_path_below_the_prefix_is_a_name_and_never_a_file(
    name: str, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/status/")
    opened: list[object] = []
    monkeypatch.setattr(os, "open", lambda *given, **_: opened.append(given))
    monkeypatch.setattr("io.open", lambda *given, **_: opened.append(given))
    monkeypatch.setattr("builtins.open", lambda *given, **_: opened.append(given))
    answer = client.get(f"/status/{name}")
    assert answer.status_code in (404, 308)
    assert not opened


def test_a_burst_makes_one_site(app: Flask, made: Counter[str], hurried: None) -> None:
    begin = threading.Barrier(32)

    def visit(number: int) -> int:
        if number < 32:
            begin.wait(120)
        return app.test_client().get("/status/").status_code

    with ThreadPoolExecutor(32) as pool:
        assert Counter(pool.map(visit, range(200))) == {200: 200}
    assert made["made"] == 1


def test_the_site_is_made_again_when_the_database_or_the_minute_changes(
    client: FlaskClient, database: Path, clock: Any, made: Counter[str], hurried: None
) -> None:
    client.get("/status/")
    client.get("/status/metrics")
    assert made["made"] == 1
    os.utime(database, ns=(1, 1))
    first = client.get("/status/")
    assert made["made"] == 2
    clock.forward(timedelta(minutes=1))
    second = client.get("/status/")
    assert made["made"] == 3
    assert first.headers["ETag"] != second.headers["ETag"]


def test_a_database_that_changes_all_the_time_takes_a_tenth_of_the_time(
    client: FlaskClient, database: Path, made: Counter[str]
) -> None:
    for change in range(20):
        os.utime(database, ns=(change, change))
        client.get("/status/")
    assert made["made"] == 1


def test_while_the_site_is_made_again_others_get_the_last_one(
    app: Flask, database: Path, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = app.test_client().get("/status/").headers["ETag"]
    begun, go = threading.Event(), threading.Event()
    make = site.live_site

    def slow(*given: Any, **options: Any) -> site.LiveSite:
        begun.set()
        assert go.wait(120)
        return make(*given, **options)

    monkeypatch.setattr(site, "live_site", slow)
    os.utime(database, ns=(1, 1))
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(app.test_client().get, "/status/")
        assert begun.wait(120)
        assert app.test_client().get("/status/").headers["ETag"] == before
        go.set()
        assert making.result(120).status_code == 200


@pytest.mark.parametrize("harm", ["missing", "broken"])
def test_an_error_of_the_database_is_logged_but_not_shown_to_clients(
    harm: str, client: FlaskClient, database: Path, told: list[FlaskStatusError]
) -> None:
    if harm == "missing":
        database.unlink()
    else:
        database.write_bytes(
            b"no database at all, and longer than a header of one hundred bytes" * 9
        )
    for name in ("", "status.json", "healthz", "metrics"):
        answer = client.get(f"/status/{name}")
        assert answer.status_code == 503
        assert str(database) not in answer.text
        assert (answer.headers["Cache-Control"], answer.headers["Retry-After"]) == (
            "no-store",
            "60",
        )
    assert [type(each) for each in told] == [DatabaseError]
    assert str(database) in str(told[0])


def test_healthz_says_whether_the_data_are_up_to_date(
    client: FlaskClient, clock: Any, made: Counter[str], hurried: None
) -> None:
    fresh = client.get("/status/healthz")
    assert (fresh.status_code, fresh.text) == (200, "ok\n")
    clock.forward(timedelta(minutes=20))
    stale = client.get("/status/healthz")
    assert stale.status_code == 503
    assert stale.text.startswith("Log not read since 10:10, 20 min ago.")
    assert stale.headers["Cache-Control"] == "no-store"


def test_the_last_site_is_served_for_a_minute_while_a_server_restarts(
    client: FlaskClient,
    clock: Any,
    told: list[FlaskStatusError],
    hurried: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del hurried
    page = client.get("/status/").data

    def away(*_: object, **__: object) -> site.LiveSite:
        raise ServerAwayError("postgresql://db/status", "the server starts", "try again")

    monkeypatch.setattr(site, "live_site", away)
    clock.forward(timedelta(seconds=55))
    assert client.get("/status/").data == page
    assert client.get("/status/healthz").status_code == 200
    assert [str(error) for error in told] == [
        "postgresql://db/status: the server starts; try again"
    ] * 2
    clock.forward(timedelta(seconds=5))
    assert client.get("/status/").status_code == 503
    assert client.get("/status/healthz").status_code == 503
    monkeypatch.undo()
    assert client.get("/status/").status_code == 200  # in the same minute
