"""`routes sync`, `export` and `import`, and the rules of a configuration: what is said, stored and shown."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

SHOP = Path(__file__).parents[1] / "apps" / "shop.py"
LINE = '10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "{} HTTP/1.1" {} 5 "-" "-"\n'
LOG = "".join(
    LINE.format(*request)
    for request in (
        ("GET /", 200), ("GET /users/7", 200), ("POST /users/7", 302), ("GET /users/alice", 200),
        ("GET /users", 308), ("GET /users/bob", 404), ("GET /wp-login.php", 404), ("GET /gone", 200),
    )
)  # fmt: skip
BY_RULE = {
    ("/", "200"): 1,
    ("/users/", "308"): 1,
    ("/users/<int:id>", "200"): 1,
    ("/users/<int:id>", "302"): 1,
    ("/users/<name>", "200"): 1,
    ("/users/<name>", "404"): 1,
    ("<unmatched>", "200"): 1,
    ("<unmatched>", "404"): 1,
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with an app and a log."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    shutil.copy(SHOP, tmp_path / "shop.py")
    (tmp_path / "access.log").write_text(LOG)
    return tmp_path


def counts(call: Call) -> dict[tuple[str, str], int]:
    rows = json.loads(call("counts", "--json").out)
    return {(row["route"], str(row["status"])): row["requests"] for row in rows}


def test_an_app_is_read_before_the_log(call: Call) -> None:
    told = call("routes", "sync", "--app", "shop")
    assert (told.status, told.out) == (0, "")
    assert told.err == "20 routes declared: 20 new\n"
    call("ingest", "access.log")
    assert counts(call) == BY_RULE


def test_an_app_is_read_after_the_log(call: Call) -> None:
    call("ingest", "access.log")
    told = call("routes", "sync", "--app", "shop")
    assert told.err == (
        "20 routes declared: 18 new, 2 changed\n"
        "Moved to them: 2 requests that were counted before\n"
        "Left where they were counted: 1 request without a declared rule (/gone)\n"
    )
    by_rule = dict(BY_RULE)
    by_rule["<unmatched>", "308"] = by_rule.pop(("/users/", "308"))  # a POST there is a 404
    by_rule["/gone", "200"] = by_rule.pop(("<unmatched>", "200"))
    assert counts(call) == by_rule
    again = call("routes", "sync", "--app", "shop")
    assert again.err.startswith("20 routes declared: nothing has changed\n")
    assert counts(call) == by_rule


def test_an_exported_app_is_imported_elsewhere(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = call("routes", "export", "--app", "shop")
    assert told.status == 0
    assert told.out.startswith(
        "# The routes of shop, for: flask-status routes import\ncomplete = true\n\n[[routes]]\n"
    )
    (home / "shop.py").unlink()
    (home / "routes.toml").write_text(told.out)
    assert call("routes", "import", "routes.toml").err == "20 routes declared: 20 new\n"
    call("ingest", "access.log")
    assert counts(call) == BY_RULE
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(told.out.encode()), "utf-8"))
    assert call("routes", "import", "-").err.startswith("20 routes declared: nothing has changed\n")


def test_quiet_says_nothing(call: Call) -> None:
    told = call("routes", "sync", "--app", "shop", "-q")
    assert (told.status, told.out, told.err) == (0, "", "")


def test_an_app_that_fails_changes_nothing(call: Call, home: Path, database: Path) -> None:
    call("routes", "sync", "--app", "shop")
    before = database.read_bytes()
    (home / "shop.py").write_text("import flask\nraise RuntimeError('no database')\n")
    told = call("routes", "sync", "--app", "shop")
    assert told.status == 1
    assert (
        told.err
        == "flask-status: shop.py:2: RuntimeError: no database; try: flask --app shop routes\n"
    )
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[routes", "is not valid TOML: "),
        (
            "[[routes]]\nrule = 'users'",
            "'users' is not a valid rule: URL rule 'users' must start with a slash.",
        ),
        (
            "[[routes]]\nrule = '/<x:y>'",
            "'/<x:y>' is not a valid rule: the converter 'x' does not exist",
        ),
        ("[[routes]]\nrules = '/'", "routes[1]: 'rules' is not a known key; did you mean rule?"),
        ("[[routes]]\nname = 'x'", "routes[1]: rule is missing; "),
        ("[[routes]]\nrule = 7", "routes[1]: rule: 7 is not a string; "),
        ("[[routes]]\nrule = '/'\nmethods = 'GET'", "routes[1]: methods: 'GET' is not a list; "),
        ("[[routes]]\nrule = '/'\nhidden = 1", "routes[1]: hidden: 1 is not true or false; "),
        ("routes = 7", "routes: 7 is not a list; "),
        ("title = 'x'", "'title' is not a known key; "),
        ("", "routes is missing; "),
    ],
)
def test_an_invalid_document_is_reported_on_one_line(
    call: Call, home: Path, database: Path, text: str, told: str
) -> None:
    (home / "routes.toml").write_text(text)
    found = call("routes", "import", "routes.toml")
    assert found.status == 1
    assert found.err.startswith("flask-status: routes.toml: ")
    assert told in found.err
    assert found.err.count("\n") == 1
    assert not database.exists()


def test_a_document_that_is_not_text_is_reported(call: Call, home: Path) -> None:
    (home / "routes.toml").write_bytes(b"\xff")
    told = call("routes", "import", "routes.toml")
    assert (told.status, told.err) == (
        1,
        "flask-status: routes.toml: is not UTF-8 text; export it again\n",
    )


@pytest.mark.parametrize("command", [["ingest", "access.log"], ["routes", "sync", "--app", "shop"]])
def test_a_prefix_that_is_no_path_is_a_usage_error(call: Call, command: list[str]) -> None:
    told = call(*command, "--strip-prefix", "app")
    assert told.status == 2
    assert "--strip-prefix: 'app' is not a path; use for example /app" in told.err


def mounted(home: Path) -> None:
    (home / "access.log").write_text(LOG.replace(" /", " /app/").replace("/app/ ", "/app "))


def test_an_app_below_a_prefix(call: Call, home: Path) -> None:
    mounted(home)
    call("routes", "sync", "--app", "shop", "--strip-prefix", "/app")
    call("ingest", "access.log")
    assert counts(call) == BY_RULE


def test_a_prefix_of_one_ingest(call: Call, home: Path) -> None:
    mounted(home)
    call("routes", "sync", "--app", "shop")
    call("ingest", "access.log", "--strip-prefix", "/app")
    assert counts(call) == BY_RULE


def test_a_prefix_of_the_configuration(call: Call, home: Path) -> None:
    mounted(home)
    (home / "flask-status.toml").write_text('strip_prefix = "/app"\napp = "shop"\n')
    call("routes", "sync")
    call("ingest", "access.log")
    assert counts(call) == BY_RULE


CONFIGURED = """
[[routes]]
rule = "/users/<name>"
name = "Somebody"
doc = "What others see."
group = "people"

[[routes]]
rule = "/admin"
hidden = true
methods = ["GET"]
"""


def test_routes_of_the_configuration(call: Call, home: Path) -> None:
    (home / "flask-status.toml").write_text(CONFIGURED)
    call("ingest", "access.log")
    assert counts(call)["/users/<name>", "404"] == 1
    assert counts(call)["/gone", "200"] == 1  # what no rule is declared for is discovered
    (row,) = [
        row
        for row in json.loads(call("report", "--json", "--now", "last").out)["routes"]
        if row["rule"] == "/users/<name>"
    ]
    assert (row["name"], row["doc"], row["origin"]) == (
        "Somebody",
        "What others see.",
        "configured",
    )
    listed = json.loads(call("routes", "list", "--json").out)["routes"]
    assert {row["rule"] for row in listed if row["hidden"]} == {"/admin"}


def test_routes_of_the_configuration_alone(call: Call, home: Path) -> None:
    (home / "flask-status.toml").write_text("discover = false\n" + CONFIGURED)
    call("ingest", "access.log")
    assert {rule for rule, _ in counts(call)} == {"/users/<name>", "<unmatched>"}


def test_routes_that_leave_the_configuration(call: Call, home: Path) -> None:
    (home / "flask-status.toml").write_text(CONFIGURED)
    call("ingest", "access.log")
    (home / "flask-status.toml").write_text("")
    call("ingest", "access.log")
    listed = json.loads(call("routes", "list", "--json").out)["routes"]
    assert {row["rule"]: row["left"] for row in listed}["/users/<name>"]
    assert "/admin" not in {row["rule"] for row in listed}


def test_without_a_configuration_its_routes_stay(call: Call, home: Path) -> None:
    (home / "flask-status.toml").write_text(CONFIGURED)
    call("ingest", "access.log")
    (home / "flask-status.toml").unlink()
    call("ingest", "access.log")
    listed = json.loads(call("routes", "list", "--json").out)["routes"]
    assert "/admin" in {row["rule"] for row in listed}


def test_an_invalid_rule_of_the_configuration_is_reported_with_its_line(
    call: Call, home: Path
) -> None:
    (home / "flask-status.toml").write_text("title = 'x'\n[[routes]]\nrule = '/<int:id'\n")
    told = "flask-status.toml:2: routes: '/<int:id' is not a valid rule: malformed url rule: '/<int:id'; "
    for command in (["ingest", "access.log"], ["config", "check"]):
        found = call(*command)
        assert found.status == 1
        assert told in found.err + found.out


def test_a_dry_run_uses_the_rules_and_declares_none(call: Call, home: Path, database: Path) -> None:
    call("routes", "sync", "--app", "shop")
    (home / "flask-status.toml").write_text(CONFIGURED)
    before = database.read_bytes()
    assert call("ingest", "--dry-run", "access.log").status == 0
    assert database.read_bytes() == before


def test_declared_routes_are_no_data_before_their_first_request(call: Call) -> None:
    call("routes", "sync", "--app", "shop")
    call("ingest", "access.log")
    rows = json.loads(call("report", "--json", "--now", "last").out)["routes"]
    (row,) = [row for row in rows if row["rule"] == "/page"]
    assert (row["requests"], row["now"], row["availability"]) == (0, "no_data", None)
    assert rows[-1]["rule"] == "<unmatched>"


def test_the_command_itself_imports_neither_the_app_nor_flask(home: Path) -> None:
    told = (
        "import sys\nfrom flask_status_cli.cli.main import run\n"
        "assert not run(['--db', 'one.db', 'routes', 'sync', '-q', '--app', 'shop'])\n"
        "print(sorted({'shop', 'flask'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=home, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
