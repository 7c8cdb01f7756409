"""What the extension counts: what clients got, under the rule that Flask matched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, abort, redirect, send_file, stream_with_context, url_for
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import Rule
from werkzeug.test import Client

from flask_status_cli import FlaskStatus
from flask_status_cli.model import UNMATCHED
from flask_status_cli.model.duration_buckets import BOUNDS
from flask_status_cli.pipeline.routes.list_and_edit import list_routes
from flask_status_cli.store import Ledger
from flask_status_cli.web.extension import storing_thread

Counted = dict[tuple[str, int], int]


@pytest.fixture(autouse=True)
def no_storing_at_exit() -> Iterator[None]:
    yield
    storing_thread.RUNNING.clear()


def index() -> str:
    """# Start"""
    return "hello"


def user(number: int) -> str:
    return abort(404) if number > 9 else "user"


def fails() -> str:
    raise RuntimeError("on purpose")


VIEWS: dict[str, Callable[..., Any]] = {
    "/": index,
    "/users/<int:number>": user,
    "/old": lambda: redirect("/"),
    "/fails": fails,
    "/slashed/": lambda: "",
    "/streamed": lambda: Response(stream_with_context(iter(["a", "b"]))),
    "/breaks": lambda: Response(broken(after=1)),
    "/breaks-at-once": lambda: Response(broken(after=0)),
    "/file": lambda: send_file(__file__),
    "/tea": lambda: abort(418),
}
"""A view of every kind that answers in its own way."""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = Flask("shop", instance_path=str(tmp_path / "instance"))
    made.config["FLASK_STATUS_DB"] = str(tmp_path / "status.db")
    FlaskStatus(made, count=True)
    for rule, view in VIEWS.items():
        made.add_url_rule(rule, rule, view)
    made.add_url_rule("/only-post", "only-post", lambda: ("made", 201), methods=["POST"])
    made.register_error_handler(418, lambda _error: ("no tea", 503))
    return made


def broken(*, after: int) -> Iterator[str]:
    yield from ["x"] * after
    raise RuntimeError("on purpose")


def counted(app: Flask) -> Counted:
    """What was counted in memory so far."""
    found: Counted = {}
    for (_minute, rule, status), requests in (
        app.extensions["flask-status"].storing.counts.now().items()
    ):
        found[rule, status] = found.get((rule, status), 0) + requests
    return found


@pytest.mark.parametrize(
    ("method", "path", "rule", "status"),
    [
        ("GET", "/", "/", 200),
        ("HEAD", "/", "/", 200),
        ("OPTIONS", "/", "/", 200),
        ("GET", "/?q=1", "/", 200),
        ("GET", "/users/7", "/users/<int:number>", 200),
        ("GET", "/users/10", "/users/<int:number>", 404),  # of the view: a rule was matched
        ("GET", "/users/x", UNMATCHED, 404),
        ("GET", "/nothing", UNMATCHED, 404),
        ("GET", "/old", "/old", 302),
        ("GET", "/fails", "/fails", 500),
        ("GET", "/slashed", "/slashed/", 308),  # it belongs to the rule it is redirected to
        ("GET", "/users//7", "/users/<int:number>", 308),
        ("GET", "/only-post", "/only-post", 405),  # it belongs to the rule of its path
        ("POST", "/users//7", "/users/<int:number>", 405),  # GET would be redirected to the rule
        ("POST", "/only-post", "/only-post", 201),
        ("GET", "/streamed", "/streamed", 200),
        ("GET", "/file", "/file", 200),
        ("GET", "/tea", "/tea", 503),
    ],
)
def test_the_response_that_the_client_got_is_counted(
    method: str, path: str, rule: str, status: int, app: Flask
) -> None:
    answer = app.test_client().open(path, method=method)
    answer.close()
    assert answer.status_code == status
    assert counted(app) == {(rule, status): 1}


@pytest.mark.parametrize(
    "path", ["/status", "/status/", "/status/healthz", "/status/no", "/static/x"]
)
def test_the_status_page_and_static_files_are_left_out(path: str, app: Flask) -> None:
    app.test_client().get("/")
    app.test_client().get(path)
    assert counted(app).keys() <= {("/", 200)}


def test_a_body_that_breaks_off_counts_by_the_status_that_was_sent(app: Flask) -> None:
    client = Client(app)
    with pytest.raises(RuntimeError, match="on purpose"):
        list(client.get("/breaks").iter_encoded())
    assert counted(app) == {("/breaks", 200): 1}


def test_a_body_that_fails_before_its_first_byte_is_an_error_of_the_server(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        list(Client(app).get("/breaks-at-once").iter_encoded())
    assert counted(app) == {("/breaks-at-once", 500): 1}


def test_an_exception_that_reaches_the_server_is_a_500(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(RuntimeError, match="on purpose"):
        app.test_client().get("/fails")
    assert counted(app) == {("/fails", 500): 1}


def test_hooks_of_the_app_change_what_is_counted(app: Flask) -> None:
    @app.before_request
    def closed() -> tuple[str, int]:
        return "closed", 503

    @app.after_request
    def renamed(response: Response) -> Response:
        response.status_code = 502
        return response

    app.test_client().get("/users/7")
    assert counted(app) == {("/users/<int:number>", 502): 1}


def test_middleware_around_the_app_is_counted_as_the_client_sees_it(app: Flask) -> None:
    inner = app.wsgi_app

    def answering(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/gate":
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        return inner(environ, start_response)

    other = Flask("other")
    other.add_url_rule("/", "page", lambda: "other")
    app.wsgi_app = DispatcherMiddleware(answering, {"/other": other})  # type: ignore[method-assign]
    client = app.test_client()
    for path in ("/", "/gate", "/other/", "/other/no", "/", "/old"):
        client.get(path)
    assert counted(app) == {
        ("/", 200): 2,
        (UNMATCHED, 403): 1,
        (UNMATCHED, 200): 1,
        (UNMATCHED, 404): 1,
        ("/old", 302): 1,
    }


def test_hosts_and_subdomains_are_matched_as_flask_matches_them(tmp_path: Path) -> None:
    app = Flask("hosts", host_matching=True, static_folder=None, instance_path=str(tmp_path))
    FlaskStatus(app, count=True)
    app.add_url_rule("/a", "one", lambda: "1", host="one.example")
    app.add_url_rule("/<name>", "two", lambda name: name, host="two.example")
    client = app.test_client()
    client.get("/a", base_url="http://one.example")
    client.get("/a", base_url="http://two.example")
    client.get("/a", base_url="http://three.example")
    assert counted(app) == {("/a", 200): 1, ("/<name>", 200): 1, (UNMATCHED, 404): 1}


def test_the_page_and_the_api_answer_on_every_host_of_an_app_that_matches_hosts(
    tmp_path: Path,
) -> None:
    app = Flask("hosts", host_matching=True, static_folder=None, instance_path=str(tmp_path))
    FlaskStatus(app, count=True)
    app.add_url_rule("/a", "one", lambda: "1", host="one.example")
    client = app.test_client()
    client.get("/a", base_url="http://one.example")
    for base_url in ("http://one.example", "http://two.example:8080"):
        assert client.get("/status", base_url=base_url).status_code == 308
        assert b"/a" in client.get("/status/", base_url=base_url).data
        assert client.get("/flask-status/configure", base_url=base_url).is_json
    with app.test_request_context("/", base_url="http://one.example"):
        assert url_for("flask_status.page") == "/status/"


def test_rules_that_are_added_later_are_declared_with_their_names(
    app: Flask, tmp_path: Path
) -> None:
    database = tmp_path / "status.db"
    client = app.test_client()
    client.get("/")
    client.get("/status/")

    def page() -> str:
        """# A late page

        It says so.
        """
        return ""

    app.url_map.add(Rule("/shop/late", endpoint="late"))
    app.view_functions["late"] = page
    client.get("/shop/late")
    app.extensions["flask-status"].store_for_page()
    known = {each.route.rule: each for each in list_routes(database)}
    assert known["/"].route.name == "Start"
    route = known["/shop/late"].route
    assert (route.name, route.doc) == ("A late page", "It says so.")
    assert {rule: each.requests for rule, each in known.items() if each.requests} == {
        "/": 1,
        "/shop/late": 1,
    }
    assert not any(rule.startswith(("/status", "/static")) for rule in known)


def test_an_app_that_is_tested_counts_nothing_and_writes_nothing(tmp_path: Path) -> None:
    app = Flask("tested", instance_path=str(tmp_path / "instance"))
    FlaskStatus(app)
    app.config["TESTING"] = True
    app.add_url_rule("/", "index", lambda: "")
    for _ in range(3):
        app.test_client().get("/")
    assert app.extensions["flask-status"].storing is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["FLASK_STATUS_COUNT", "count"])
def test_counting_can_be_left_to_the_log_and_costs_nothing_then(key: str, tmp_path: Path) -> None:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.config["FLASK_STATUS_COUNT"] = key != "FLASK_STATUS_COUNT"
    own: Callable[..., Any] = app.wsgi_app
    FlaskStatus(app, count=False if key == "count" else None)
    app.add_url_rule("/", "index", lambda: "")
    app.test_client().get("/")
    assert app.wsgi_app == own
    assert app.url_value_preprocessors == {}


def test_a_switch_turns_all_of_it_off(tmp_path: Path) -> None:
    app = Flask("shop", static_folder=None, instance_path=str(tmp_path / "instance"))
    app.config["FLASK_STATUS_ENABLED"] = False
    own: Callable[..., Any] = app.wsgi_app
    FlaskStatus(app)
    assert app.wsgi_app == own
    assert list(app.url_map.iter_rules()) == []
    assert "flask-status" not in app.extensions


def slow(seconds: float) -> Iterator[str]:
    yield "a"
    time.sleep(seconds)
    yield "b"


def test_a_duration_lasts_until_the_body_is_closed(app: Flask) -> None:
    app.add_url_rule("/slow", "slow", lambda: Response(slow(0.05)))
    client = app.test_client()
    for path in ("/", "/slow", "/fails", "/file", "/breaks"):
        answer = client.get(path)
        with suppress(RuntimeError):
            answer.get_data()
        answer.close()
    durations = app.extensions["flask-status"].storing.counts.take().durations
    took = {rule: BOUNDS[bucket - 1] if bucket else 0 for _, rule, _, bucket in durations}
    assert set(took) == {"/", "/slow", "/fails", "/file", "/breaks"}
    assert all(number == 1 for number in durations.values())
    assert 40_000 <= took["/slow"] <= 5_000_000
    assert took["/"] < 1_000_000  # µs
    assert {(rule, status) for _, rule, status, _ in durations} >= {
        ("/fails", 500),
        ("/breaks", 200),
    }


def test_durations_of_the_app_are_reported(app: Flask) -> None:
    client = app.test_client()
    for _ in range(3):
        client.get("/users/7").close()
    state = app.extensions["flask-status"]
    state.storing.store(wait=1)
    found = app.test_client().get("/status/summary.json")
    assert found.status_code == 200
    with Ledger.open(Path(app.config["FLASK_STATUS_DB"])) as ledger:
        cells = list(ledger.duration_counts(by_day=False))
    assert {cell.rule for cell in cells} == {"/users/<int:number>"}
    assert sum(cell.requests for cell in cells) == 3
