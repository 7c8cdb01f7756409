"""The extension in other people's apps: how it is set up, guarded, and told from what is theirs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort, request

from flask_status_cli import FlaskStatus
from flask_status_cli.web.extension import storing_thread

HELLO = '''
from flask import Flask
from flask_status_cli import FlaskStatus

app = Flask(__name__)
app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///db.sqlite3'
FlaskStatus(app)

@app.route('/')
def hello_world():
    """
    # Hello, World!
    """ # This is the docstring
    return 'Hello, World!', 200 # 200 is the status code
'''


TAKEN = (
    "flask-status: the app's rule /status/<code> takes status.json, the badges and other files of the "
    "status page; give another url_prefix"
)


@pytest.fixture(autouse=True)
def no_storing_at_exit() -> Iterator[None]:
    yield
    storing_thread.RUNNING.clear()


def new(tmp_path: Path, **config: Any) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.config.update(config)
    app.add_url_rule("/", "index", lambda: "hello")
    app.add_url_rule("/admin/x", "admin", lambda: "hello")
    return app


@pytest.mark.parametrize(
    ("rule", "prefix", "said"),
    [
        ("/status/<code>", None, [TAKEN]),
        ("/status/<code>", "/up", []),
        ("/status/<int:code>", None, []),
        ("/<path:page>", None, []),
    ],
)
def test_a_rule_of_the_app_that_takes_files_of_the_page_is_named_once(
    rule: str, prefix: str | None, said: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = new(tmp_path)
    app.add_url_rule(rule, "theirs", lambda **_: "theirs")
    FlaskStatus(app, url_prefix=prefix)
    client, page = app.test_client(), f"{prefix or '/status'}/"
    assert [client.get(page).status_code for _ in range(2)] == [200, 200]
    assert (client.get(f"{page}status.json").data == b"theirs") is bool(said)
    assert [record.getMessage() for record in caplog.records] == said


@pytest.mark.parametrize(
    ("given", "page"),
    [
        (None, "/status/"),
        ("", "/status/"),
        ("/status", "/status/"),
        ("state", "/state/"),
        ("/a/b/", "/a/b/"),
        ("/", "/"),
    ],
)
def test_the_page_is_where_the_prefix_says(given: str | None, page: str, tmp_path: Path) -> None:
    app = Flask("shop", instance_path=str(tmp_path))
    FlaskStatus(app, url_prefix=given, count=True)
    client = app.test_client()
    assert client.get(page).status_code == client.get(f"{page}healthz").status_code == 200
    if page != "/":
        bare = client.get(page.rstrip("/"))
        assert (bare.status_code, bare.headers["Location"]) == (308, page.split("/")[-2] + "/")


def test_arguments_have_the_order_of_flask_server_status(tmp_path: Path) -> None:
    app = new(tmp_path)
    FlaskStatus(app, ["/"], "/s")
    assert app.extensions["flask-status"].setup().settings.only == ("/",)
    assert app.test_client().get("/s/").status_code in (200, 503)


def test_a_factory_sets_up_apps_with_the_arguments_of_the_constructor(tmp_path: Path) -> None:
    status = FlaskStatus(routes=["/shop/*"], url_prefix="/up", count=True)
    first, second = new(tmp_path / "1"), new(tmp_path / "2")
    assert status.init_app(first) is first
    status.init_app(second, routes=["/"], url_prefix="/down")
    assert first.test_client().get("/up/").status_code == 200
    assert second.test_client().get("/down/").status_code == 200
    assert second.test_client().get("/up/").status_code == 404
    assert first.extensions["flask-status"].setup().settings.only == ("/shop/*",)
    assert second.extensions["flask-status"].setup().settings.only == ("/",)
    assert not hasattr(status, "app")


def test_only_the_routes_that_were_named_are_shown(tmp_path: Path) -> None:
    app = new(tmp_path)
    FlaskStatus(app, routes=["/"], count=True)
    client = app.test_client()
    client.get("/")
    client.get("/admin/x")
    found = client.get("/status/status.json").get_json()
    assert [route["rule"] for route in found["routes"]] == ["/"]
    assert "/admin/x" not in client.get("/status/metrics").text


def test_an_app_has_one_status_page(tmp_path: Path) -> None:
    app = new(tmp_path)
    FlaskStatus(app)
    with pytest.raises(ValueError, match="the app 'shop' has a status page already"):
        FlaskStatus(app)


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """As `login_required` of Flask-Login: put around a view."""

    @wraps(view)
    def asked(*arguments: Any, **named: Any) -> Any:
        if request.headers.get("X-User") != "owner":
            abort(401)
        return view(*arguments, **named)

    return asked


def check_user() -> Any:
    """As a function for `before_request`."""
    return None if request.headers.get("X-User") == "owner" else ("no", 401)


@pytest.mark.parametrize("guard", [signed_in, check_user])
def test_a_guard_runs_before_every_view(guard: Callable[..., Any], tmp_path: Path) -> None:
    app = new(tmp_path)
    FlaskStatus(app, guard=guard, count=True)
    client = app.test_client()
    ours = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("flask_status")]
    assert len(ours) >= 3
    for rule in ours:
        path = rule.rule.replace("<path:name>", "status.json")
        method = "PUT" if "PUT" in (rule.methods or ()) else "GET"
        assert client.open(path, method=method).status_code == 401, path
    let_in = client.get("/status/", headers={"X-User": "owner"})
    assert let_in.status_code == 200
    assert let_in.headers["Cache-Control"] == "private, max-age=30"
    assert client.get("/").status_code == 200


def test_endpoints_have_stable_names_and_talisman_leaves_the_policy_alone(tmp_path: Path) -> None:
    app = new(tmp_path)
    FlaskStatus(app)
    for name in ("page", "file", "slash"):
        view = app.view_functions[f"flask_status.{name}"]
        assert vars(view)["talisman_view_options"] == {"content_security_policy": False}


def test_the_extension_does_not_change_the_app(tmp_path: Path) -> None:
    app = new(tmp_path)
    before = (app.template_folder, app.static_folder, list(app.before_request_funcs))
    FlaskStatus(app)
    assert (app.template_folder, app.static_folder, list(app.before_request_funcs)) == before
    assert app.after_request_funcs == app.teardown_request_funcs == {}
    assert app.jinja_env.list_templates() == []


def test_no_cookie_is_set_even_where_the_app_has_sessions(tmp_path: Path) -> None:
    app = new(tmp_path, SECRET_KEY="not so secret", SESSION_PERMANENT=True)
    FlaskStatus(app, count=True)
    assert "Set-Cookie" not in app.test_client().get("/status/").headers


def test_setting_it_up_imports_no_database_and_nothing_of_it_without_need(tmp_path: Path) -> None:
    code = (
        "import sys, flask_status_cli; assert 'flask' not in sys.modules;"
        "from flask import Flask; from flask_status_cli import FlaskStatus;"
        "app = Flask('shop'); FlaskStatus(app); app.add_url_rule('/', 'i', lambda: '');"
        "app.test_client().get('/'); print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "alembic", "rich", "tzlocal", "waitress"}
    assert not set(done.stdout.split()) & heavy


def test_a_word_that_the_package_does_not_have_is_an_attribute_error() -> None:
    import flask_status_cli

    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = flask_status_cli.Nothing


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory, start: Callable[..., Any], web: Any) -> Any:
    """The ancestor's example, with its import line changed, under `flask run`."""
    home, port = tmp_path_factory.mktemp("hello"), web.free_port()
    (home / "app.py").write_text(HELLO)
    command = [sys.executable, "-m", "flask", "run", "--port", str(port)]
    return start(command, home, port)


def test_the_example_of_flask_server_status_works(hello: Any) -> None:
    assert [hello.get("/").text for _ in range(3)] == ["Hello, World!"] * 3
    page = hello.get("/status/")
    assert page.status == 200
    assert "Hello, World!" in page.text
    assert "as seen by the app, not by a proxy in front of it" in page.text
    (route,) = hello.get("/status/status.json").text and _routes(hello)
    assert (route["rule"], route["name"], route["requests"]) == ("/", "Hello, World!", 3)
    assert (hello.output.parent / "db.sqlite3").exists()


def _routes(server: Any) -> list[dict[str, Any]]:
    import json

    found: list[dict[str, Any]] = json.loads(server.get("/status/status.json").text)["routes"]
    return found


def test_flask_status_is_the_whole_command_line(hello: Any, web: Any) -> None:
    assert hello.get("/status/").status == 200
    home = hello.output.parent
    flask = [sys.executable, "-m", "flask"]

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*flask, *words], cwd=home, capture_output=True, text=True, check=False
        )

    told = call("--app", "app", "status", "report", "--csv")
    assert told.returncode == 0, told.stderr
    assert "/,Hello" in told.stdout.replace('"', "").replace(" ", "")
    assert "Usage: flask-status" in call("--app", "app", "status", "--help").stdout
    assert call("--app", "app", "status", "routes", "show", "/nothing").returncode == 1
