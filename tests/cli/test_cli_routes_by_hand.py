"""What is done to single routes by hand: `routes name`, `describe`, `hide`, `unhide`, `only`, `forget`."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
NOW = ("--now", "2026-11-23T12:00Z")
LINES = [
    ("/", 200), ("/", 200), ("/users", 200), ("/users/7", 200), ("/users/8", 500), ("/reports", 200),
    ("/nope", 404), ("/.env", 404),
]  # fmt: skip


def write(log: Path, lines: list[tuple[str, int]], *, hour: int = 10) -> Path:
    log.write_text(
        "".join(
            f'10.0.0.1 - - [23/Nov/2026:{hour}:30:00 +0000] "GET {path} HTTP/1.1" {status} 5\n'
            for path, status in lines
        )
    )
    return log


@pytest.fixture(autouse=True)
def read_log(call: Call, tmp_path: Path) -> None:
    assert call("ingest", "-q", write(tmp_path / "hand.log", LINES)).status == 0


@pytest.fixture
def second(call: Call, tmp_path: Path) -> None:
    """A second app in the same database."""
    log = write(tmp_path / "blog.log", [("/", 200), ("/posts", 200)], hour=11)
    assert call("ingest", "-q", "--label", "blog", log).status == 0


def listed(call: Call, *arguments: str) -> dict[str, dict[str, Any]]:
    routes = json.loads(call("routes", "list", "--json", *arguments).out)["routes"]
    return {f"{route['label']} {route['rule']}".strip(): route for route in routes}


def reported(call: Call) -> dict[str, int]:
    """The requests of every route that a report shows."""
    routes = json.loads(call("report", *NOW, "--json").out)["routes"]
    return {route["rule"]: route["requests"] for route in routes}


def requests(call: Call) -> dict[tuple[str, str], int]:
    """The raw counts by rule and status, as CSV tells them."""
    rows = csv.DictReader(io.StringIO(call("counts").out))
    return {(row["route"], row["status"]): int(row["requests"]) for row in rows}


# Names


def test_a_route_is_called_by_the_name_it_was_given(call: Call) -> None:
    call("routes", "name", "/users/<int:id>", "User page")
    assert listed(call)["/users/<int:id>"]["name"] == "User page"
    assert ",/users/<int:id>,User page," in call("report", *NOW, "--csv").out


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (("name", "/users", "Users"), '/users: name "Users"\n'),
        (("name", "/users", ""), "/users: no name, no longer set by hand\n"),
        (("describe", "/users", "All users"), '/users: description "All users"\n'),
        (("describe", "/users", "a\x1b[1mb"), '/users: description "a\\x1b[1mb"\n'),
    ],
)
def test_routes_name_prints_the_present_name(
    arguments: tuple[str, ...], err: str, call: Call
) -> None:
    told = call("routes", *arguments)
    assert (told.status, told.out, told.err) == (0, "", err)


def test_a_route_is_found_by_its_name_in_any_case(call: Call) -> None:
    call("routes", "name", "/users/<int:id>", "User page")
    assert call("routes", "describe", "user PAGE", "What a user sees").status == 0
    assert listed(call)["/users/<int:id>"]["doc"] == "What a user sees"


def test_an_empty_name_removes_the_given_name(call: Call) -> None:
    call("routes", "name", "/users", "Users")
    call("routes", "name", "/users", "")
    assert listed(call)["/users"]["name"] == ""


def test_a_name_of_two_routes_is_ambiguous(call: Call) -> None:
    call("routes", "name", "/users", "Users")
    call("routes", "name", "/", "Users")
    told = call("routes", "name", "Users", "People")
    assert told.status == 1
    assert (
        told.err
        == "flask-status: Users: is the name of several routes: / and /users; give the rule\n"
    )


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        # A path leads to the rule it was counted under; a slip to what is written alike.
        ("/users/4711", "did you mean /users/<int:id>?"),
        ("/user", "did you mean /users?"),
        ("/reprots", "did you mean /reports?"),
        ("front pag", "did you mean Front page?"),
        ("zzz", "flask-status routes list shows them"),
        # A glob would call several routes the same.
        ("/users*", "did you mean /users?"),
    ],
)
def test_an_unknown_route_name_gets_a_suggestion(given: str, hint: str, call: Call) -> None:
    call("routes", "name", "/", "Front page")
    told = call("routes", "name", given, "Something")
    expected = f"flask-status: {given}: no such route; {hint}\n"
    assert (told.status, told.err) == (1, expected)


@pytest.mark.usefixtures("second")
def test_a_rule_of_two_apps_needs_its_label(call: Call) -> None:
    told = call("routes", "name", "/", "Front page")
    assert told.status == 1
    assert (
        told.err
        == 'flask-status: /: is a route of several apps: "" and blog; give its label: --label NAME\n'
    )
    assert call("routes", "name", "/", "Blog", "--label", "blog").status == 0
    assert {key: each["name"] for key, each in listed(call, "/*").items() if each["name"]} == {
        "blog /": "Blog"
    }


APP = """
complete = true

[[routes]]
rule = "/users/<int:id>"
endpoint = "user"
name = "{name}"

[[routes]]
rule = "/"
endpoint = "index"
"""


def test_a_name_by_hand_survives_the_next_sync(call: Call, tmp_path: Path) -> None:
    app = tmp_path / "routes.toml"
    app.write_text(APP.format(name="User"))
    assert call("routes", "import", "-q", app).status == 0
    call("routes", "name", "/users/<int:id>", "Profile")
    call("routes", "hide", "/")
    app.write_text(APP.format(name="Person"))
    assert call("routes", "import", "-q", app).status == 0
    found = listed(call)
    assert (found["/users/<int:id>"]["name"], found["/"]["hidden"]) == ("Profile", True)
    call("routes", "name", "/users/<int:id>", "")
    assert listed(call)["/users/<int:id>"]["name"] == "Person"


def test_a_rule_that_left_the_app_is_listed_as_such_with_its_history(
    call: Call, tmp_path: Path
) -> None:
    app = tmp_path / "routes.toml"
    app.write_text(APP.format(name="User"))
    call("routes", "import", "-q", app)
    app.write_text(APP.format(name="User").replace("/users/<int:id>", "/people/<int:id>"))
    assert call("routes", "import", "-q", "--yes", app).status == 0
    gone = listed(call)["/users/<int:id>"]
    assert (gone["left"], gone["origin"], gone["requests"]) == (True, "app", 2)
    assert "app, left" in call("routes", "list").out
    assert call("routes", "forget", "--yes", "/users/<int:id>").err.endswith("2 requests deleted\n")
    assert "/users/<int:id>" not in listed(call)


# Hidden marks


def test_a_hidden_route_is_in_no_report_or_total_but_still_counted(
    call: Call, tmp_path: Path
) -> None:
    before = requests(call)
    told = call("routes", "hide", "/users/<int:id>")
    assert (told.status, told.err) == (0, "/users/<int:id>: hidden\n")
    assert "/users/<int:id>" not in reported(call)
    for medium in ((), ("--csv",), ("--markdown",), ("--html", "-o", "-")):
        assert "int:id" not in call("report", *NOW, *medium).out
    document = json.loads(call("report", *NOW, "--json").out)
    assert document["total"]["requests"] == sum(reported(call).values()) == len(LINES) - 2
    assert requests(call) == before
    call("ingest", "-q", write(tmp_path / "later.log", [("/users/9", 200)], hour=11))
    assert listed(call)["/users/<int:id>"]["requests"] == 3
    assert call("routes", "unhide", "/users/<int:id>").err == "/users/<int:id>: shown\n"
    assert reported(call)["/users/<int:id>"] == 3


def test_a_glob_hides_all_it_matches_and_a_mark_is_set_once(call: Call) -> None:
    assert call("routes", "hide", "/users*").err == "/users: hidden\n/users/<int:id>: hidden\n"
    assert call("routes", "hide", "/users").err == "nothing to do: hidden already\n"
    assert set(reported(call)) == {"/", "/reports", "<unmatched>"}
    assert call("routes", "unhide", "*").err == "/users: shown\n/users/<int:id>: shown\n"


def test_if_one_of_several_routes_is_unknown_none_is_hidden(call: Call) -> None:
    told = call("routes", "hide", "/users", "/nowhere")
    assert told.status == 1
    assert not any(route["hidden"] for route in listed(call).values())


def test_only_some_routes_are_shown(call: Call) -> None:
    call("routes", "hide", "/users")
    told = call("routes", "only", "/users", "/")
    assert (told.status, told.err) == (0, "2 routes shown, 3 routes hidden\n")
    assert set(reported(call)) == {"/", "/users"}
    assert call("routes", "only", "--all").err == "5 routes shown, 0 routes hidden\n"
    assert len(reported(call)) == 5


def test_only_all_does_not_show_routes_hidden_by_hide(call: Call) -> None:
    call("routes", "hide", "/reports")
    call("routes", "only", "/users", "/")
    told = call("routes", "only", "--all")
    assert told.err == "4 routes shown, 1 route hidden\n"
    assert set(reported(call)) == {"/", "/users", "/users/<int:id>", "<unmatched>"}


def test_a_route_hidden_after_only_stays_hidden(call: Call) -> None:
    call("routes", "only", "/")
    call("routes", "unhide", "/reports")
    call("routes", "hide", "/reports")
    call("routes", "only", "/users")  # another choice: "/" is hidden by it, and shown again
    assert call("routes", "only", "--all").err == "4 routes shown, 1 route hidden\n"
    assert "/reports" not in reported(call)


@pytest.mark.usefixtures("second")
def test_only_with_a_label_does_not_change_other_apps(call: Call) -> None:
    told = call("routes", "only", "/posts", "--label", "blog")
    assert told.err == "1 route shown, 1 route hidden\n"
    assert {key for key, route in listed(call).items() if route["hidden"]} == {"blog /"}


@pytest.mark.parametrize("arguments", [(), ("/", "--all")])
def test_only_needs_routes_or_all(arguments: tuple[str, ...], call: Call) -> None:
    told = call("routes", "only", *arguments)
    assert told.status == 2
    assert "name the routes to show, or give --all" in told.err


# Forgetting


def test_forget_deletes_the_route_and_its_counts_and_nothing_else(call: Call) -> None:
    before = requests(call)
    told = call("routes", "forget", "--yes", "/users/<int:id>")
    assert (told.status, told.err) == (0, "/users/<int:id>: 2 requests deleted\n")
    assert "/users/<int:id>" not in listed(call)
    kept = {key: n for key, n in before.items() if key[0] != "/users/<int:id>"}
    assert requests(call) == kept
    assert sum(reported(call).values()) == len(LINES) - 2


def test_forgetting_unmatched_deletes_paths_that_never_answered(call: Call, tmp_path: Path) -> None:
    told = call("routes", "forget", "--yes", "<unmatched>")
    assert told.err == "<unmatched>: 2 requests deleted\n"
    assert not any(rule == "<unmatched>" for rule, _ in requests(call))
    # nothing is left that could be given to a path that answers later
    call("ingest", "-q", write(tmp_path / "later.log", [("/nope", 200)], hour=11))
    assert requests(call)["/nope", "200"] == 1
    assert ("/nope", "404") not in requests(call)


def test_a_forgotten_route_appears_again_with_later_requests(call: Call, tmp_path: Path) -> None:
    call("routes", "forget", "--yes", "/users/<int:id>")
    call("ingest", "-q", tmp_path / "hand.log")
    assert "/users/<int:id>" not in listed(call)
    call("ingest", "-q", write(tmp_path / "later.log", [("/users/9", 200)], hour=11))
    assert listed(call)["/users/<int:id>"]["requests"] == 1


def test_without_a_terminal_forget_needs_yes(call: Call) -> None:
    before = requests(call)
    told = call("routes", "forget", "/users")
    assert told.status == 2
    assert "--yes deletes without asking" in told.err
    assert requests(call) == before


@pytest.mark.parametrize(
    ("answer", "last", "left"),
    [("y", "2 requests deleted", False), ("n", "nothing was deleted", True)],
)
def test_on_a_terminal_forget_lists_what_it_deletes_and_asks(
    answer: str, last: str, left: bool, call: Call, database: Path, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "flask_status_cli", "--db", str(database)]
    running = subprocess.Popen(
        [*command, "routes", "forget", "/users/<int:id>"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    out, err = running.communicate(timeout=120)
    os.close(ours)
    assert (running.returncode, out) == (0, "")
    assert "/users/<int:id>: 2 requests, 2026-11-23 to 2026-11-23\n" in err
    assert "Delete all of this forever? [y/N]" in err
    assert last in err
    assert ("/users/<int:id>" in listed(call)) is left


def test_no_command_on_routes_creates_a_database(call: Call, database: Path) -> None:
    database.unlink()
    for command in (["hide", "/"], ["name", "/", "x"], ["only", "/"], ["forget", "--yes", "/"]):
        told = call("routes", *command)
        assert told.status == 1
        assert "the database does not exist" in told.err
    assert not database.exists()
