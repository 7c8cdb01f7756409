"""`routes sync` and its kin do no quiet harm: dry run, refusal, undo, marks, and the script for elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

SHOP = Path(__file__).parents[1] / "apps" / "shop.py"
LINE = '10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET {} HTTP/1.1" {} 5 "-" "-"\n'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    shutil.copy(SHOP, tmp_path / "shop.py")
    return tmp_path


def write_log(*requests: tuple[str, int]) -> None:
    Path("access.log").write_text("".join(LINE.format(*request) for request in requests))


def counts(call: Call) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in json.loads(call("counts", "--json").out):
        found[row["route"]] = found.get(row["route"], 0) + row["requests"]
    return found


def write_app(*rules: str, factory: bool = False) -> None:
    views = "".join(f"    app.add_url_rule({rule!r}, {rule!r}, str)\n" for rule in rules)
    Path("small.py").write_text(
        "import os\nfrom flask import Flask\n"
        f"def build():\n    app = Flask(__name__)\n{views}    return app\n"
        + ("app = Flask(__name__)\n" if factory else "app = build()\n")
    )


def test_a_dry_run_shows_which_requests_would_go_where_and_stores_nothing(
    call: Call, database: Path
) -> None:
    write_log(("/", 200), ("/users/alice", 200), ("/users/alice", 200), ("/users/bob", 404))
    call("ingest", "access.log")
    before = database.read_bytes()
    told = call("routes", "sync", "--app", "shop", "--dry-run")
    assert told.status == 0
    assert told.err == (
        "20 routes declared: 19 new, 1 changed\n"
        "Moved to them: 3 requests that were counted before\n"
        "  /users/alice -> /users/<name>: 2 requests\n"
        "  paths that never answered -> /users/<name>: 1 request\n"
        "Nothing was stored: this was a dry run\n"
    )
    assert counts(call) == {"/": 1, "/users/alice": 2, "<unmatched>": 1}
    assert database.read_bytes() == before


def test_a_dry_run_makes_no_database(call: Call, database: Path) -> None:
    told = call("routes", "sync", "--app", "shop", "--dry-run")
    assert told.status == 0
    assert told.err == ("20 routes declared: 20 new\nNothing was stored: this was a dry run\n")
    assert not database.exists()


def test_a_map_of_static_files_alone_is_refused(call: Call, database: Path) -> None:
    write_app("/", factory=True)
    told = call("routes", "sync", "--app", "small")
    assert told.status == 1
    assert told.err == (
        "flask-status: small: has only the route of static files; is the app made by a "
        "function? --app 'MODULE:create_app()'; --yes declares them anyway\n"
    )
    assert counts(call) == {}
    assert call("routes", "sync", "--app", "small", "--yes").status == 0
    assert call("routes", "sync", "--app", "small:build()").status == 0


def test_a_forgotten_prefix_is_refused_and_named(call: Call) -> None:
    write_log(("/app/", 200), ("/app/users/7", 200), ("/app/users/8", 200), ("/health", 200))
    call("ingest", "access.log")
    told = call("routes", "sync", "--app", "shop")
    assert told.status == 1
    assert told.err == (
        "flask-status: shop: only 0 of 4 requests of the last 30 days match a rule in it; is it "
        "mounted below a path? --strip-prefix /app; --yes declares them anyway\n"
    )
    call("routes", "sync", "--app", "shop", "--strip-prefix", "/app")
    assert counts(call) == {"/": 1, "/users/<int:id>": 2, "/health": 1}


def test_another_app_is_refused(call: Call) -> None:
    write_log(*((f"/wiki/{page}", 200) for page in "abcdef"), ("/", 200), ("/.env", 404))
    call("ingest", "access.log")
    before = counts(call)
    told = call("routes", "sync", "--app", "shop")
    assert told.status == 1
    assert "only 1 of 7 requests" in told.err
    assert "; is it another app? --yes declares them anyway" in told.err
    assert counts(call) == before


def test_what_scanners_ask_for_tells_nothing_of_a_map(call: Call) -> None:
    write_log(("/", 200), ("/users/7", 200), ("/items", 500), *[("/wp-login.php", 404)] * 20)
    call("ingest", "access.log")
    assert call("routes", "sync", "--app", "shop").status == 0


def test_an_app_that_renames_its_variables_is_still_the_same(call: Call) -> None:
    write_app("/users/<int:id>", "/<slug>")
    write_log(*[("/users/7", 200)] * 5, ("/about", 200))
    call("routes", "sync", "--app", "small")
    call("ingest", "access.log")
    write_app("/users/<int:user_id>", "/<page>")
    assert call("routes", "sync", "--app", "small").status == 0


def test_an_exported_map_is_checked_in_the_same_way(call: Call) -> None:
    write_log(*[("/app/users/7", 200)] * 3)
    call("ingest", "access.log")
    Path("routes.toml").write_text(call("routes", "export", "--app", "shop").out)
    told = call("routes", "import", "routes.toml")
    assert told.status == 1
    assert told.err.startswith("flask-status: routes.toml: only 0 of 3 requests")
    assert call("routes", "import", "routes.toml", "--dry-run", "--yes").status == 0


def test_undo_restores_the_former_routes_and_a_second_undo_reverts_it(call: Call) -> None:
    write_app("/", "/users/<name>")
    call("routes", "sync", "--app", "small")
    call("routes", "sync", "--app", "shop")
    told = call("routes", "undo")
    assert told.status == 0
    assert told.err.startswith("3 routes declared: ")
    write_log(("/users/7", 200))
    call("ingest", "access.log")
    assert counts(call) == {"/users/<name>": 1}
    assert call("routes", "undo").err.startswith("20 routes declared: ")


def test_undo_of_the_first_sync_goes_back_to_discovery(call: Call) -> None:
    call("routes", "sync", "--app", "shop")
    assert call("routes", "undo").status == 0
    write_log(("/users/alice", 200))
    call("ingest", "access.log")
    assert counts(call) == {"/users/alice": 1}


def test_undo_without_a_sync_is_an_error(call: Call) -> None:
    told = call("routes", "undo")
    assert told.status == 1
    assert told.err == (
        "flask-status: routes undo: there is nothing to undo; "
        "flask-status routes sync declares routes\n"
    )


def listed(call: Call) -> dict[str, dict[str, Any]]:
    return {row["rule"]: row for row in json.loads(call("routes", "list", "--json").out)["routes"]}


def test_a_hidden_route_does_not_hide_the_rule_it_shares_with_others(call: Call) -> None:
    write_app("/u/<name>")
    write_log(("/u/alice", 200), ("/u/bob", 200))
    call("ingest", "access.log")
    call("routes", "hide", "/u/alice")
    call("routes", "name", "/u/alice", "Alice")
    told = call("routes", "sync", "--app", "small", "-q")
    assert told.status == 0
    assert told.err.splitlines()[-2:] == [
        "Dropped: the name of /u/alice, because /u/<name> has other requests, too",
        "Dropped: the hidden mark of /u/alice, because /u/<name> has other requests, too",
    ]
    row = listed(call)["/u/<name>"]
    assert (row["hidden"], row["name"]) == (False, "/u/<name>")


def test_the_only_route_of_a_rule_passes_its_marks_to_the_rule(call: Call) -> None:
    write_app("/users/<int:user>")
    write_log(("/users/7", 200), ("/users/8", 200))
    call("ingest", "access.log")
    call("routes", "hide", "/users/<int:id>")
    call("routes", "name", "/users/<int:id>", "Customer")
    assert "Dropped" not in call("routes", "sync", "--app", "small").err
    row = listed(call)["/users/<int:user>"]
    assert (row["hidden"], row["name"]) == (True, "Customer")


def test_the_script_needs_nothing_but_the_environment_of_the_app(call: Call, home: Path) -> None:
    script = call("routes", "exporter").out
    done = subprocess.run(
        [sys.executable, "-", "shop"],
        input=script,
        cwd=home,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == call("routes", "export", "--app", "shop").out
    assert "flask_status_cli" not in script
    failed = subprocess.run(
        [sys.executable, "-", "nowhere"],
        input=script,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "nowhere" in failed.stderr


def test_a_missing_variable_of_the_environment_is_named_with_a_command_that_runs(
    call: Call, home: Path, database: Path
) -> None:
    write_app("/")
    path = home / "small.py"
    path.write_text(path.read_text() + "URL = os.environ['SHOP_URL']\n")
    told = call("routes", "sync", "--app", "small")
    assert told.status == 1
    command = "env SHOP_URL=x flask-status routes sync --app small"
    assert told.err == (
        f"flask-status: small.py:8: SHOP_URL is not set; usually any value will do: {command}\n"
    )
    here = command.replace("flask-status", f"{sys.executable} -m flask_status_cli --db {database}")
    subprocess.run(here.split(), cwd=home, check=True)
    told = call("routes", "sync", "--app", "small", "--python", sys.executable)
    assert told.err.endswith(f"{command} --python {sys.executable}\n")


def test_a_log_that_matches_almost_no_route_is_reported(call: Call) -> None:
    write_log(*[("/app/users/7", 200)] * 9, ("/", 200), *[("/.env", 404)] * 50)
    call("routes", "sync", "--app", "shop")
    told = call("ingest", "access.log")
    assert told.status == 0
    assert told.err.splitlines()[-1].endswith(
        "access.log: 9 of 10 requests match no route of the synced app; "
        "is it the log of another app, or is --strip-prefix missing?"
    )


def test_a_log_that_matches_the_routes_is_not_reported(call: Call) -> None:
    write_log(*[("/users/7", 200)] * 2, *[("/gone", 200)] * 8, *[("/.env", 404)] * 50)
    call("routes", "sync", "--app", "shop")
    assert "find no route" not in call("ingest", "access.log").err
