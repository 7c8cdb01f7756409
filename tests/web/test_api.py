"""The API: what it changes, what it refuses, and that it lets nobody in without the secret."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings

from flask_status_cli import FlaskStatus
from flask_status_cli.cli import run
from flask_status_cli.web.extension import storing_thread

SECRET = "tSx0L5exSjiPqqXs"  # of the ancestor's README
PATH = "/flask-status/configure"
DEPLOYS = "/flask-status/deploys"
FEW = 15
EXAMPLES = int(os.environ.get("EXAMPLES", FEW))
"""More by hand: `EXAMPLES=300 pytest tests/web/test_api.py`, which then are others each time."""


@pytest.fixture(autouse=True)
def no_storing_at_exit() -> Iterator[None]:
    yield
    storing_thread.RUNNING.clear()


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An app as in the ancestor's README: the API is turned on after the page was set up."""
    made = Flask("shop", instance_path=str(tmp_path))
    FlaskStatus(made, count=True)
    made.config["API_ENABLED"] = True
    made.config["API_SECRET"] = SECRET
    made.add_url_rule("/", "index", lambda: "hello")
    made.add_url_rule("/user/<int:number>", "user", lambda number: "hello")
    made.test_client().get("/")
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(
    client: FlaskClient,
    method: str,
    document: object = None,
    *,
    token: str = SECRET,
    path: str = PATH,
    **more: Any,
) -> tuple[int, Mapping[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.open(path, method=method, headers=headers, json=document, **more)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    found: Mapping[str, Any] = answer.get_json()
    return answer.status_code, found


def rules(client: FlaskClient) -> list[str]:
    return [r["rule"] for r in client.get("/status/status.json").get_json()["routes"]]


def test_a_route_is_named_and_described(client: FlaskClient) -> None:
    status, told = ask(client, "PUT", {"rule": "/", "name": "Hello World!", "doc": "It greets."})
    assert (status, told["message"]) == (200, "Route modified")
    assert told["route"] == {
        "label": "", "rule": "/", "name": "Hello World!", "doc": "It greets.", "origin": "app",
        "group": "", "endpoint": "index", "methods": ["GET", "HEAD", "OPTIONS"],
        "hidden": False, "left": False, "first": told["route"]["first"],
        "last": told["route"]["first"], "requests": 1,
    }  # fmt: skip
    assert "Hello World!" in client.get("/status/").text
    _, told = ask(client, "PUT", {"rule": "/", "name": ""})
    assert (told["route"]["name"], told["route"]["doc"]) == ("index", "It greets.")


def test_a_deleted_route_is_hidden_until_it_is_shown_again(client: FlaskClient) -> None:
    assert rules(client) == ["/", "/user/<int:number>"]
    assert ask(client, "DELETE", {"rule": "/"}) == (
        200,
        {"message": "Route deleted", "requests": 1},
    )
    client.get("/")  # the ancestor's came back within a minute
    assert rules(client) == ["/user/<int:number>"]
    status, told = ask(client, "PUT", {"rule": "/", "hidden": False})
    assert (status, told["route"]["requests"]) == (200, 2)
    assert rules(client) == ["/", "/user/<int:number>"]


def test_purge_deletes_the_counts_of_a_route(client: FlaskClient) -> None:
    assert ask(client, "DELETE", {"rule": "/", "purge": True})[1]["requests"] == 1
    status, told = ask(client, "PUT", {"rule": "/", "hidden": False})
    assert (status, told["route"]["requests"]) == (200, 0)


def test_the_list_is_that_of_the_command_line(
    client: FlaskClient, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = ask(client, "GET")
    assert status == 200
    database = app.extensions["flask-status"].setup().database
    assert run(["--db", str(database), "routes", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told


@pytest.mark.parametrize(
    ("config", "status"),
    [
        ({}, 404),
        ({"API_ENABLED": True}, 404),
        ({"API_SECRET": SECRET}, 404),
        ({"API_ENABLED": False, "API_SECRET": SECRET}, 404),
        ({"API_ENABLED": "false", "API_SECRET": SECRET}, 404),
        ({"API_ENABLED": True, "API_SECRET": "short"}, 404),
        ({"API_ENABLED": True, "API_SECRET": SECRET}, 200),
        ({"API_ENABLED": True, "API_SECRET": f"Bearer {SECRET}"}, 200),
    ],
)
def test_the_api_is_off_unless_it_is_enabled_and_has_a_secret(
    config: dict[str, Any], status: int, app: Flask
) -> None:
    del app.config["API_ENABLED"], app.config["API_SECRET"]
    app.config.update(config)
    assert ask(app.test_client(), "GET")[0] == status
    assert app.test_client().get("/flask-status/openapi.json").status_code == status


def test_a_secret_that_could_be_guessed_is_refused_at_the_start(tmp_path: Path) -> None:
    app = Flask("shop", instance_path=str(tmp_path))
    app.config.update(API_ENABLED=True, API_SECRET="fifteen letters")
    with pytest.raises(ValueError, match="API_SECRET has fewer than 16 characters") as raised:
        FlaskStatus(app)
    assert "fifteen" not in str(raised.value)


WRONG_TOKENS = (
    None, "", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {SECRET}x", f"Bearer x{SECRET}",
    f"Bearer {SECRET[:-1]}", f"Basic {SECRET}", SECRET, f"Bearer {SECRET} x", f"Bearer,{SECRET}",
    f"Bearer {SECRET.lower()}", "Bearer \xe9", f"Bearer {SECRET}\x00", "Bearer " + "x" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_no_request_is_answered_without_the_secret(
    method: str, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    owned = {"rule": "/", "name": "owned"}
    for header in WRONG_TOKENS:
        headers = {} if header is None else {"Authorization": header}
        answer = client.open(PATH, method=method, headers=headers, json=owned)
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="flask-status"'
        if method != "HEAD":
            assert answer.get_json() == {
                "error": "the token is missing or wrong; send Authorization: Bearer SECRET"
            }
        assert SECRET not in answer.text + caplog.text
    assert ask(client, "GET")[1]["routes"][0]["name"] == "index"


@pytest.mark.parametrize("header", [f"bearer {SECRET}", f"BEARER {SECRET}", f"Bearer  {SECRET} "])
def test_the_word_bearer_may_be_written_in_any_case(header: str, client: FlaskClient) -> None:
    assert client.get(PATH, headers={"Authorization": header}).status_code == 200


def test_wrong_tokens_are_logged_once_a_minute_with_the_address(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        assert ask(client, "GET", token="guessed")[0] == 401
    (record,) = caplog.records
    assert record.getMessage() == (
        "flask-status: requests to the API without its secret: 1, the last from 127.0.0.1"
    )


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from flask_status_cli.web.api import secret as api_secret

    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, secret: bytes) -> bool:
        compared.append((given, secret))
        return given == secret

    monkeypatch.setattr(api_secret, "compare_digest", compare)
    assert api_secret.has_secret("Bearer a", "b") is False
    assert api_secret.has_secret("Basic b", "b") is False
    assert api_secret.has_secret("Bearer ", "") is False
    assert compared == [(b"a", b"b"), (b"b", b"b"), (b"", b"")]


REFUSED: list[tuple[bytes, str, int, str]] = [
    # what is sent, its media type, the status, what is said
    (b'{"rule": "/"}', "text/plain", 415, "the body must be JSON"),
    (b"rule=/", "application/x-www-form-urlencoded", 415, "the body must be JSON"),
    (b"", "application/json", 400, "the body is not JSON"),
    (b"{", "application/json", 400, "the body is not JSON"),
    (b"[" * 60_000, "application/json", 400, "the body is not JSON"),
    (b'{"rule": NaN}', "application/json", 400, "the body is not JSON"),
    (b'{"rule": "\xff"}', "application/json", 400, "the body is not JSON"),
    (b"[]", "application/json", 400, "the body is not a JSON object"),
    (b'"/"', "application/json", 400, "the body is not a JSON object"),
    (b"{}", "application/json", 400, "rule: missing"),
    (b'{"rule": ""}', "application/json", 400, "rule: missing"),
    (b'{"rule": 1}', "application/json", 400, "rule: must be a string"),
    (b'{"rule": "/", "hidden": 1}', "application/json", 400, "hidden: must be true or false"),
    (b'{"rule": "/", "name": null}', "application/json", 400, "name: must be a string"),
    (b'{"rule": "/", "nmae": ""}', "application/json", 400, "nmae: no such key"),
    (b'{"rule": "/", "id": 1}', "application/json", 400, "id: no such key"),
    (b'{"rule": "/", "name": "\\ud800"}', "application/json", 400, "name: contains an invalid character"),
    (b'{"rule": "/", "name": "\\u0000"}', "application/json", 400, "name: contains an invalid character"),
    (b'{"rule": "/", "name": "%s"}' % (b"x" * 201), "application/json", 400, "name: longer than"),
    (b'{"rule": "<unmatched>"}', "application/json", 400, "is not a route"),
    (b'{"rule": "<other>"}', "application/json", 400, "is not a route"),
    (b'{"rule": "/usr/<int:number>"}', "application/json", 404, "did you mean /user/<int:number>?"),
    (b'{"rule": "index"}', "application/json", 404, "no such route"),
    (b'{"rule": "*"}', "application/json", 404, "no such route"),
    (b'{"rule": "/", "label": "x"}', "application/json", 404, "no such route"),
    (b'{"rule": "' + b"x" * 70_000 + b'"}', "application/json", 413, "larger than 65536 bytes"),
]  # fmt: skip


def test_an_invalid_request_is_refused_with_the_reason_and_changes_nothing(
    client: FlaskClient,
) -> None:
    before = ask(client, "GET")[1]["routes"]
    for body, media_type, status, said in REFUSED:
        answer = client.put(
            PATH, data=body, content_type=media_type, headers={"Authorization": f"Bearer {SECRET}"}
        )
        assert (answer.status_code, answer.get_json().keys()) == (status, {"error"}), body[:99]
        assert said in answer.get_json()["error"], body[:99]
        assert ask(client, "GET")[1]["routes"] == before, body[:99]


def test_a_key_of_another_method_is_refused(client: FlaskClient) -> None:
    assert ask(client, "PUT", {"rule": "/", "purge": True})[0] == 400
    assert ask(client, "DELETE", {"rule": "/", "name": "x"})[0] == 400


@pytest.mark.parametrize("method", ["POST", "PATCH", "TRACE"])
def test_other_methods_are_refused(method: str, client: FlaskClient) -> None:
    answer = client.open(PATH, method=method, headers={"Authorization": f"Bearer {SECRET}"})
    error = f"{method} is not understood here; use GET, HEAD, PUT, DELETE, OPTIONS"
    assert (answer.status_code, answer.get_json()) == (405, {"error": error})
    assert answer.headers["Allow"] == "GET, HEAD, PUT, DELETE, OPTIONS"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (PATH, "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("/flask-status/deploys", "GET, HEAD, POST, OPTIONS"),
        ("/flask-status/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_tells_the_methods_of_a_path(path: str, allowed: str, client: FlaskClient) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.headers["Allow"]) == (200, allowed)


def test_a_rule_of_two_labels_needs_one(client: FlaskClient, app: Flask, clock: Any) -> None:
    from flask_status_cli.model import UrlRule
    from flask_status_cli.pipeline.routes.declare import DeclareOptions, add_rule

    database = app.extensions["flask-status"].setup().database
    ask(client, "GET")
    add_rule(UrlRule("/"), DeclareOptions(database, label="two"), clock=clock)
    status, told = ask(client, "PUT", {"rule": "/", "name": "x"})
    assert (status, told["error"]) == (
        400,
        '/: is a route of several apps: "" and two; give its label',
    )
    assert ask(client, "PUT", {"rule": "/", "label": "two", "name": "x"})[0] == 200
    assert ask(client, "PUT", {"rule": "/", "label": "", "name": "y"})[0] == 200


def test_an_error_of_the_database_gives_the_client_no_details(
    client: FlaskClient, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    database = app.extensions["flask-status"].setup().database
    ask(client, "GET")
    database.write_bytes(b"no database" * 100)
    status, told = ask(client, "PUT", {"rule": "/", "name": "x"})
    assert (status, told) == (
        503,
        {"error": "the database cannot be used at the moment; the log of the server says why"},
    )
    assert str(database) in caplog.text


def test_serve_has_the_api_with_a_secret_from_a_file(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], clock: Any
) -> None:
    from zoneinfo import ZoneInfo

    from flask_status_cli.model.settings import Settings
    from flask_status_cli.web import LiveOptions, make_app

    options = LiveOptions(database, Settings(), ZoneInfo("UTC"), clock, lambda _: None)
    served = make_app(options, "/status", secret=SECRET).test_client()
    assert ask(served, "PUT", {"rule": "/about", "name": "About us"})[0] == 200
    assert "About us" in served.get("/status/").text
    assert ask(make_app(options, "/status").test_client(), "GET")[0] == 404
    (tmp_path / "secret").write_text("too short\n")
    words = ["--db", str(database), "serve", "--api-secret-file"]
    assert run([*words, str(tmp_path / "secret")]) == 2
    assert "secret has fewer than 16 characters" in capsys.readouterr().err
    assert run([*words, str(tmp_path / "none")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_command_line_and_the_api_change_the_same_thing(
    client: FlaskClient, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    database = app.extensions["flask-status"].setup().database
    ask(client, "PUT", {"rule": "/", "name": "By the API", "hidden": True})
    assert run(["--db", str(database), "routes", "show", "/"]) == 0
    assert "By the API" in capsys.readouterr().out
    assert run(["--db", str(database), "routes", "name", "/", "By hand"]) == 0
    assert ask(client, "GET")[1]["routes"][0]["name"] == "By hand"


def test_a_deploy_is_marked_once(client: FlaskClient) -> None:
    document = {"version": " v1.2 ", "at": "2026-11-23T11:02:59+01:00", "note": "new checkout"}
    status, told = ask(client, "POST", document, path=DEPLOYS)
    deploy = {
        "id": 1, "version": "v1.2", "at": "2026-11-23T10:02:00Z", "label": "", "note": "new checkout",
    }  # fmt: skip
    assert (status, told) == (201, {"message": "Deploy marked", "deploy": deploy, "removed": 0})
    again = {"version": "v1.2", "at": "2026-11-23T10:02"}
    status, told = ask(client, "POST", again, path=DEPLOYS)
    assert (status, told["message"], told["deploy"]) == (200, "Deploy marked already", deploy)
    assert ask(client, "GET", path=DEPLOYS) == (200, {"schema_version": 1, "deploys": [deploy]})


def test_a_present_deploy_is_on_the_page_at_once(client: FlaskClient) -> None:
    client.get("/status/")
    status, told = ask(client, "POST", {"version": "v<2>"}, path=DEPLOYS)
    assert (status, told["deploy"]["version"]) == (201, "v<2>")
    assert "<bdi>v&lt;2&gt;</bdi>" in client.get("/status/").text
    assert client.get("/status/status.json").get_json()["deploys"][0]["version"] == "v<2>"


def test_a_deploy_without_a_label_has_that_of_the_app(tmp_path: Path) -> None:
    app = Flask("shop", instance_path=str(tmp_path))
    app.config.update(API_ENABLED=True, API_SECRET=SECRET, FLASK_STATUS_LABEL="shop")
    FlaskStatus(app, count=True)
    client = app.test_client()
    assert ask(client, "POST", {"version": "v1"}, path=DEPLOYS)[1]["deploy"]["label"] == "shop"
    document = {"version": "v1", "label": ""}
    assert ask(client, "POST", document, path=DEPLOYS)[1]["deploy"]["label"] == ""


def test_the_command_line_and_the_api_mark_the_same_deploys(
    client: FlaskClient, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    database = app.extensions["flask-status"].setup().database
    ask(client, "POST", {"version": "v1", "at": "2026-11-23T10:02Z"}, path=DEPLOYS)
    mark = ["deploy", "mark", "v1", "--at", "2026-11-23T10:02Z", "--note", "by hand"]
    assert run(["--db", str(database), *mark]) == 0
    assert "marked already" in capsys.readouterr().err
    assert run(["--db", str(database), "deploy", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == ask(client, "GET", path=DEPLOYS)[1]


NO_DEPLOYS: list[tuple[bytes, int, str]] = [
    # what is sent, the status, what is said
    (b"{}", 400, 'version: missing; use for example "version": "v1.2"'),
    (b'{"version": " "}', 400, "version: "),
    (b'{"version": 7}', 400, "version: must be a string"),
    (b'{"version": "%s"}' % (b"v" * 101), 400, "version: longer than 100 characters"),
    (
        b'{"version": "v1", "note": "%s"}' % (b"n" * 501),
        400,
        "note: longer than 500 characters",
    ),
    (b'{"version": "v1", "at": "now"}', 400, "at: 'now' is no"),
    (b'{"version": "v1", "at": "1066-10-14T09:00Z"}', 400, "at: "),
    (b'{"version": "v1", "rule": "/"}', 400, "rule: no such key"),
    (b'{"version": "v\\u0000"}', 400, "version: contains an invalid character"),
    (b"[]", 400, "the body is not a JSON object"),
    (b'{"version": "' + b"x" * 70_000 + b'"}', 413, "larger than 65536 bytes"),
]


def test_a_deploy_that_cannot_be_marked_is_refused(client: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    for body, status, said in NO_DEPLOYS:
        answer = client.post(DEPLOYS, data=body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.get_json().keys()) == (status, {"error"}), body[:99]
        assert said in answer.get_json()["error"], body[:99]
    assert ask(client, "GET", path=DEPLOYS)[1]["deploys"] == []


def test_deploys_are_behind_the_secret_too(client: FlaskClient, app: Flask) -> None:
    for method in ("GET", "POST"):
        assert ask(client, method, {"version": "v1"}, token="wrong", path=DEPLOYS)[0] == 401
    assert ask(client, "GET", path=DEPLOYS)[1]["deploys"] == []
    app.config["API_ENABLED"] = False
    assert ask(client, "POST", {"version": "v1"}, path=DEPLOYS)[0] == 404


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_openapi_document_describes_the_api(tmp_path: Path) -> None:
    """Schemathesis sends what the document allows and what it forbids, and checks every answer."""
    app = Flask("shop", instance_path=str(tmp_path))
    app.config.update(API_ENABLED=True, API_SECRET=SECRET)
    FlaskStatus(app, count=True)
    app.add_url_rule("/", "index", lambda: "hello")
    app.test_client().get("/")
    schema = schemathesis.openapi.from_wsgi("/flask-status/openapi.json", app)
    headers = {"Authorization": f"Bearer {SECRET}"}
    tried = 0
    operations: list[Any] = list(schema.get_all_operations())
    for result in operations:
        strategy = result.ok().as_strategy()

        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(headers=headers)

        short = settings(
            max_examples=EXAMPLES,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=EXAMPLES == FEW,
        )
        short(given(case=strategy)(check))()
    assert tried >= 5 * EXAMPLES
