"""`routes add`: a rule declared by hand, and taken back by `routes forget`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def write(log: Path, *requests: tuple[str, str, int], hour: int = 10) -> Path:
    log.write_text(
        "".join(
            f'10.0.0.1 - - [23/Nov/2026:{hour}:30:00 +0000] "{method} {path} HTTP/1.1" {status} 5\n'
            for method, path, status in requests
        )
    )
    return log


@pytest.fixture(autouse=True)
def read_log(call: Call, tmp_path: Path) -> None:
    log = write(tmp_path / "add.log", ("GET", "/", 200), ("GET", "/users/7", 200))
    assert call("ingest", "-q", log).status == 0


def listed(call: Call) -> dict[str, dict[str, Any]]:
    routes = json.loads(call("routes", "list", "--json").out)["routes"]
    return {route["rule"]: route for route in routes}


def test_an_added_rule_is_there_before_its_first_request(call: Call) -> None:
    told = call(
        "routes", "add", "/news", "--name", "News", "--doc", "What is new", "--group", "blog"
    )
    assert (told.status, told.err) == (0, "/news: added\n")
    news = listed(call)["/news"]
    assert (news["name"], news["doc"], news["group"]) == ("News", "What is new", "blog")
    assert (news["origin"], news["requests"], news["first"]) == ("configured", 0, None)
    report = json.loads(call("report", "--now", "last", "--json").out)
    assert {r["rule"]: r["now"] for r in report["routes"]}["/news"] == "no_data"


def test_an_added_rule_gets_earlier_and_later_requests(call: Call, tmp_path: Path) -> None:
    told = call("routes", "add", "/users/<int:number>")
    assert told.err == (
        "/users/<int:number>: added\nMoved to it: 1 request that was counted before\n"
    )
    call("ingest", "-q", write(tmp_path / "later.log", ("GET", "/users/8", 500), hour=11))
    assert listed(call)["/users/<int:number>"]["requests"] == 2
    assert "/users/<int:id>" not in listed(call)


def test_an_added_rule_matches_only_its_methods(call: Call, tmp_path: Path) -> None:
    call("routes", "add", "/orders", "--method", "post", "--method", "PUT")
    call("routes", "add", "/<page>", "--method", "GET")
    requests = [("POST", "/orders", 200), ("PUT", "/orders", 200), ("GET", "/orders", 200)]
    call("ingest", "-q", write(tmp_path / "methods.log", *requests, hour=11))
    found = listed(call)
    assert found["/orders"]["methods"] == ["POST", "PUT"]
    assert (found["/orders"]["requests"], found["/<page>"]["requests"]) == (2, 1)


def test_adding_a_rule_again_changes_only_this_rule(call: Call) -> None:
    call("routes", "add", "/a", "--name", "First")
    call("routes", "add", "/b")
    assert call("routes", "add", "/a", "--name", "Second").err == "/a: changed\n"
    assert call("routes", "add", "/a", "--name", "Second").err == "/a: nothing has changed\n"
    found = listed(call)
    assert (found["/a"]["name"], found["/b"]["origin"]) == ("Second", "configured")


def test_forgetting_removes_an_added_rule(call: Call) -> None:
    call("routes", "add", "/a")
    call("routes", "add", "/users/<int:number>")
    told = call("routes", "forget", "--yes", "/a", "/users/<int:number>")
    assert told.err == "/a: 0 requests deleted\n/users/<int:number>: 1 request deleted\n"
    assert list(listed(call)) == ["/"]
    assert call("routes", "add", "/b").err == "/b: added\n"


def test_of_a_rule_that_the_configuration_declares_only_the_counts_are_forgotten(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flask-status.toml").write_text('[[routes]]\nrule = "/users/<int:id>"\n')
    call("ingest", "-q", write(tmp_path / "later.log", ("GET", "/users/8", 500), hour=11))
    told = call("routes", "forget", "--yes", "/users/<int:id>")
    assert told.err == (
        "/users/<int:id>: 2 requests deleted; the route stays, since it is declared\n"
    )
    assert listed(call)["/users/<int:id>"]["requests"] == 0


@pytest.mark.parametrize("rule", ["/users/<int:id", "/users/<what:id>", "users"])
def test_an_invalid_rule_is_refused_and_changes_nothing(rule: str, call: Call) -> None:
    before = listed(call)
    told = call("routes", "add", rule)
    assert told.status == 1
    assert told.err.startswith(f"flask-status: {rule}: {rule!r} is not a valid rule: ")
    assert "/users/<int:id>" in told.err
    assert told.err.count("\n") == 1
    assert listed(call) == before
