"""The rules of a Flask app are read as the app has them, and nothing of the app happens in our process."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from flask_status_cli.apps import read_app
from flask_status_cli.errors import AppError
from flask_status_cli.model import Converter, UrlRule
from flask_status_cli.routes import from_document, to_document

SHOP = Path(__file__).with_name("shop.py")

GET = ("GET", "HEAD", "OPTIONS")
POST = ("OPTIONS", "POST")
BOTH = ("GET", "HEAD", "OPTIONS", "POST")


def converted(rule: str, *converters: Converter) -> UrlRule:
    return UrlRule(rule, "converted", GET, "converted", converters=converters)


RULES = {
    # a title, and what follows it
    UrlRule("/", "index", GET, "Start page", "All that we sell."),
    # behind a decorator; a title that is not the first line
    UrlRule("/users/", "users", GET, "Users", "Everybody."),
    # behind one that has lost the docstring
    UrlRule("/users/<int:id>", "show", GET, "A user"),
    UrlRule("/users/<int:id>", "save", POST, "save"),
    UrlRule("/users/<name>", "by_name", GET, "by_name"),
    UrlRule("/same/<one>", "get_same", GET, "get_same"),
    UrlRule("/same/<other>", "post_same", POST, "post_same"),
    UrlRule("/loose", "loose", GET, "loose", strict_slashes=False),
    # both ways to one view, and a redirect; not what is only built, nor what no request can reach
    UrlRule("/all/", "everything", GET, "everything"),
    UrlRule("/all/page/<int:page>", "everything", GET, "everything"),
    UrlRule("/old", "old", GET, "old"),
    # converters of the app's own, as they were made for the rule
    converted('/x/<re("[a-c]{2,3}"):x>', Converter("x", "[a-c]{2,3}")),
    converted("/s/<signed(max=9):x>", Converter("x", r"-?\d+", 50, number="int", maximum=9)),
    converted("/docs/<html:x>", Converter("x", r"[^/].*?\.html", 150, part_isolating=False)),
    converted("/years/<int(fixed_digits=4):x>"),
    # classes: their own docstring, or that of a method; without a title all of it is the description
    UrlRule("/items", "items", BOTH, "Items", "What is in the cart."),
    UrlRule("/items/<uuid:id>", "item", BOTH, "Items", "What is in the cart."),
    UrlRule("/put", "put", ("OPTIONS", "PUT"), "Put it there"),
    UrlRule("/page", "page", GET, "page", "A page, without a title."),
    # a blueprint, and one within it
    UrlRule("/outer/", "outer.top", GET, "outer.top", group="outer"),
    UrlRule(
        "/outer/inner/<path:rest>", "outer.inner.deep", GET, "outer.inner.deep", group="outer.inner"
    ),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an app lies, and the command is run; the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    shutil.copy(SHOP, tmp_path / "shop.py")
    return tmp_path


def test_an_app_is_read_rule_by_rule(home: Path) -> None:
    found = read_app("shop:create_app()")
    assert set(found.rules) == RULES
    assert len(found.rules) == len(RULES)
    assert (found.complete, found.merge_slashes, found.prefixes) == (True, True, ())


def test_the_rules_of_the_extension_are_hidden(home: Path) -> None:
    (home / "live.py").write_text(
        "from flask import Flask\n"
        "from flask_status_cli import FlaskStatus\n"
        "app = Flask(__name__)\n"
        "app.add_url_rule('/', 'index', str)\n"
        "FlaskStatus(app, url_prefix='/health')\n"
    )
    found = read_app("live:app")
    assert {rule.rule for rule in found.rules if not rule.hidden} == {
        "/",
        "/static/<path:filename>",
    }
    assert {"/health/", "/health", "/flask-status/configure"} < {
        rule.rule for rule in found.rules if rule.hidden
    }
    assert from_document(to_document(found), where="here") == found


def test_rules_survive_export_and_import(home: Path) -> None:
    found = read_app("shop")
    assert from_document(to_document(found), where="here") == found


@pytest.mark.parametrize(
    "spec",
    [
        "shop",
        "shop:create_app",
        "shop:create_app()",
        'shop:create_app("other")',
        "shop:create_app(name='other')",
        "shop.py",
        "./shop.py:create_app",
    ],
)
def test_an_app_is_named_as_for_flask(home: Path, spec: str) -> None:
    assert set(read_app(spec).rules) == RULES


def test_the_app_that_flask_would_find_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "src").mkdir()
    (home / "src" / "other.py").write_text(
        "import flask\napp = flask.Flask('a', static_folder=None)\n"
    )
    monkeypatch.setenv("FLASK_APP", "src/other.py")
    assert read_app(None).rules == ()
    monkeypatch.delenv("FLASK_APP")
    (home / "shop.py").rename(home / "app.py")
    assert set(read_app(None).rules) == RULES
    (home / "wsgi.py").write_text("from src.other import app\n")  # comes first
    assert read_app(None).rules == ()


def test_hosts_and_subdomains_are_read_where_flask_matches_them(home: Path) -> None:
    (home / "hosts.py").write_text(
        "from flask import Flask\n"
        "app = Flask('a', host_matching=True, static_host='static.example.org')\n"
        "app.add_url_rule('/', 'a', lambda: '', host='<user>.example.org')\n"
        "sub = Flask('b', subdomain_matching=True, static_folder=None)\n"
        "sub.add_url_rule('/', 'b', lambda: '', subdomain='api')\n"
        "sub.add_url_rule('/', 'c', lambda: '')\n"
    )
    hosts = {rule.endpoint: rule.domain for rule in read_app("hosts:app").rules}
    assert hosts == {"a": "<user>.example.org", "static": "static.example.org"}
    assert {rule.endpoint: rule.domain for rule in read_app("hosts:sub").rules} == {
        "b": "api",
        "c": "",
    }


def test_rules_of_one_weight_keep_their_order(home: Path) -> None:
    (home / "order.py").write_text(
        "from flask import Flask\n"
        "app = Flask('a', static_folder=None)\n"
        "for n, rule in enumerate(['/x/<b>', '/x/<a>', '/y/<any(c,d):z>', '/y/<any(d,e):z>', '/x/<b>']):\n"
        "    app.add_url_rule(rule, 'z' if n == 4 else f'{9 - n}', lambda **_: '')\n"
    )
    assert [rule.endpoint for rule in read_app("order").rules] == ["9", "8", "z", "7", "6"]


def test_what_the_app_prints_goes_to_standard_error(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(sys.modules)
    read_app("shop")
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "the app is talking" in printed.err
    assert "shop" not in set(sys.modules) - before


FAILING = {
    "raises.py": "def connect():\n    raise RuntimeError('no database,\\nwhat a pity')\nconnect()\n",
    "exits.py": "import sys\nsys.exit('no settings')\n",
    "wrong.py": "import flask\n\napp = = 1\n",
    "needs.py": "import flask\nimport no_such_package\n",
    "empty.py": "",
    "ends.py": "import os\nos._exit(7)\n",
    "factory.py": "def create_app():\n    raise KeyError('SECRET')\n",
    "silent.py": "raise RuntimeError\n",
}

INSTALL = "install it here, or name the app's own interpreter: --python /path/to/venv/bin/python"
NAME_ONE = "name one: --app MODULE:APP"


@pytest.mark.parametrize(
    ("spec", "told", "hint"),
    [
        # where it happened in the app's own files
        (
            "raises",
            "raises.py:2: RuntimeError: no database, what a pity",
            "try: flask --app raises routes",
        ),
        ("silent", "silent.py:1: RuntimeError", "try: flask --app silent routes"),
        ("factory", "factory.py:2: KeyError: 'SECRET'", "try: flask --app factory routes"),
        ("wrong", "wrong.py:3: SyntaxError: invalid syntax", "try: flask --app wrong routes"),
        # it ends the process
        (
            "exits",
            "exits.py:2: SystemExit: the app called sys.exit('no settings')",
            "try: flask --app exits routes",
        ),
        (
            "ends",
            "ends: the app ended its interpreter with status 7",
            "check what the app does when it is imported",
        ),
        # something is not there
        ("needs", "needs.py:2: ModuleNotFoundError: No module named 'no_such_package'", INSTALL),
        ("no_app", "no_app: ModuleNotFoundError: No module named 'no_app'", INSTALL),
        # there is no app in it
        (
            "empty",
            (
                "empty: Failed to find Flask application or factory in module 'empty'. "
                "Use 'empty:name' to specify one"
            ),
            NAME_ONE,
        ),
        ("shop:nothing", "shop:nothing: Failed to find attribute 'nothing' in 'shop'", NAME_ONE),
        (
            "shop:create_app(1, 2)",
            (
                "shop:create_app(1, 2): The factory 'create_app(1, 2)' in module 'shop' "
                "could not be called with the specified arguments"
            ),
            NAME_ONE,
        ),
        (None, "the app: there is no wsgi.py or app.py here, and FLASK_APP is not set", NAME_ONE),
    ],
)
def test_an_app_that_fails_is_reported_on_one_line(
    home: Path, spec: str | None, told: str, hint: str
) -> None:
    for name, text in FAILING.items():
        (home / name).write_text(text)
    with pytest.raises(AppError) as caught:
        read_app(spec)
    assert str(caught.value) == f"{told}; {hint}"


def test_a_path_that_is_no_interpreter_is_reported(home: Path) -> None:
    with pytest.raises(AppError) as caught:
        read_app("shop", python="/no/python")
    told = "/no/python: cannot be run: No such file or directory"
    assert str(caught.value) == f"{told}; name a Python interpreter with --python"


def test_an_interpreter_of_its_own_imports_the_app(home: Path) -> None:
    link = home / "python"
    link.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    link.chmod(0o755)
    assert set(read_app("shop", python=str(link)).rules) == RULES


def test_an_app_that_runs_when_imported_does_not(home: Path) -> None:
    (home / "runs.py").write_text(
        "import flask\napp = flask.Flask('a', static_folder=None)\napp.run(port=1)\n"
    )
    assert read_app("runs").rules == ()
