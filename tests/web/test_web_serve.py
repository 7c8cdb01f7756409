"""`flask-status serve` as a process: it follows logs, answers behind a proxy, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

NGINX = """
{user}
daemon off;
pid nginx.pid;
events {{}}
http {{
    {temporary}
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        location /shop/status/ {{
            proxy_pass http://127.0.0.1:{behind}/status/;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def home(web: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("serve")
    (made / "access.log").write_text(web.line(datetime.now(UTC), "/first", 200))
    return made


@pytest.fixture(scope="module")
def served(web: Any, home: Path, start: Callable[..., Any]) -> Any:
    port = web.free_port()
    words = ["--db", "status.db", "serve", "--port", port, "access.log"]
    return start(web.serve_command(*words), home, port)


def rules(web: Any, port: int) -> set[str]:
    answer = web.ask(port, "/status/metrics")
    lines = answer.text.splitlines()
    return {line.split('"')[3] for line in lines if line.startswith("flask_status_requests_total{")}


def test_a_new_line_of_the_log_is_on_the_page(web: Any, served: Any, home: Path) -> None:
    web.wait_for("the first line", lambda: "/first" in rules(web, served.port))
    assert served.get("/status/healthz").text == "ok\n"
    assert f"serving http://127.0.0.1:{served.port}/status/\n" in served.said()


def test_a_proxy_may_serve_the_page_below_another_prefix(
    web: Any, served: Any, home: Path, start: Callable[..., Any], program: Callable[[str], str]
) -> None:
    port = web.free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (home / "nginx.conf").write_text(
        NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            temporary="\n".join(f"{kind}_temp_path {kind};" for kind in kinds),
            port=port,
            behind=served.port,
        )
    )
    command = [program("nginx"), "-p", f"{home}/", "-c", "nginx.conf", "-e", "error.log"]
    proxy = start(command, home, port)
    web.wait_for("the page", lambda: proxy.get("/shop/status/").status == 200)
    page = proxy.get("/shop/status/")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert 'href="feed.atom"' in page.text
    assert proxy.get("/shop/status/feed.atom").status == 200
    assert "/status/" not in page.text
    bare = proxy.get("/shop/status")
    assert (bare.status, bare.headers["location"].endswith("/shop/status/")) == (301, True)


def test_chromium_opens_the_live_page_and_nothing_is_blocked(
    web: Any, served: Any, program: Callable[[str], str]
) -> None:
    chromium = program("chromium")
    web.wait_for("the first line", lambda: "/first" in rules(web, served.port))
    # In a thread of its own: in this one Playwright may be running already, for other tests.
    with ThreadPoolExecutor(1) as thread:
        said, asked = thread.submit(_look, chromium, served.port).result()
    assert said == []
    assert [url.rpartition(f"{served.port}")[2] for url in asked] == ["/status", "/status/"]


def _look(chromium: str, port: int) -> tuple[list[str], list[str]]:
    """Open the page; return what the console said, and which addresses were asked for."""
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    asked: list[str] = []
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        answer = page.goto(f"http://127.0.0.1:{port}/status")
        assert answer is not None
        assert answer.status == 200
        assert page.url == f"http://127.0.0.1:{port}/status/"
        assert page.locator("h1").inner_text() == "Status"
        assert "/first" in page.locator("main").inner_text()
        assert page.locator("[role=slider]").count() > 0  # a strip is one once the script has run
        assert page.context.cookies() == []
        browser.close()
    return said, asked


def test_serve_ends_within_about_a_second_and_loses_nothing(
    web: Any, home: Path, tmp_path: Path, start: Callable[..., Any]
) -> None:
    log, port = tmp_path / "access.log", web.free_port()
    log.write_text(web.line(datetime.now(UTC), "/", 200))
    words = ["--db", "status.db", "serve", "-q", "--port", port, "access.log"]
    began = time.monotonic()
    server = start(web.serve_command(*words), tmp_path, port)
    starts = time.monotonic() - began
    web.wait_for("the first line", lambda: "/" in rules(web, port))
    with log.open("a") as file:
        file.writelines(web.line(datetime.now(UTC), "/late", 200) for _ in range(100))
    began = time.monotonic()
    assert server.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 4 + 4 * starts  # a second, but more where a start takes long
    assert server.said() == ""
    from flask_status_cli.pipeline.routes.list_and_edit import list_routes

    found = {each.route.rule: each.requests for each in list_routes(tmp_path / "status.db")}
    assert found == {"/": 1, "/late": 100}


def test_ctrl_c_ends_a_serve_without_logs(
    web: Any, tmp_path: Path, start: Callable[..., Any]
) -> None:
    port = web.free_port()
    server = start(
        web.serve_command("--db", "none.db", "serve", "--port", port, "--url-prefix", "/"),
        tmp_path,
        port,
    )
    answer = server.get("/")
    assert answer.status == 503
    assert "none.db" not in answer.text
    assert server.end(signal.SIGINT) == 0
    assert server.said() == (
        f"serving http://127.0.0.1:{port}/\n"
        "flask-status: none.db: the database does not exist; flask-status ingest LOG creates it\n"
    )
    assert not (tmp_path / "none.db").exists()


def test_a_port_that_is_taken_is_one_line(web: Any, served: Any, home: Path) -> None:
    command = web.serve_command("serve", "--port", served.port)
    told = subprocess.run(command, capture_output=True, text=True, cwd=home, check=False)
    assert told.returncode == 1
    assert told.stderr == (
        f"flask-status: 127.0.0.1:{served.port}: cannot listen here: Address already in use; "
        "--port chooses another port\n"
    )
