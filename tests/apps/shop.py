"""A Flask app with a rule of every kind, for the tests: it is imported by a process of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from flask.views import MethodView, View
from werkzeug.routing import BaseConverter, IntegerConverter, Map

print("the app is talking")  # noqa: T201 - as apps do


class Matching(BaseConverter):
    """`<re("[a-c]{2,3}"):x>`: the pattern is in the rule."""

    def __init__(self, url_map: Map, regex: str) -> None:
        super().__init__(url_map)
        self.regex = regex


class Signed(IntegerConverter):
    """Negative numbers, too."""

    regex = r"-?\d+"


class Html(BaseConverter):
    """Slashes, too."""

    regex = r"[^/].*?\.html"
    weight = 150


def decorated(view: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> str:
        return view(*args, **kwargs)

    return wrapper


def bare(view: Callable[..., str]) -> Callable[..., str]:
    """Keep the name, as Flask needs it, and lose the docstring."""

    def wrapper(*args: Any, **kwargs: Any) -> str:
        return view(*args, **kwargs)

    wrapper.__name__ = view.__name__
    wrapper.__wrapped__ = view  # type: ignore[attr-defined]  # as functools.wraps() does
    return wrapper


class Items(MethodView):
    """# Items

    What is in the cart.
    """

    def get(self, **_: Any) -> str:
        return ""

    def post(self, **_: Any) -> str:
        return ""


class Undocumented(MethodView):
    def put(self) -> str:
        """# Put it there"""
        return ""


class Page(View):
    """A page, without a title."""

    def dispatch_request(self) -> str:
        return ""


def create_app(name: str = "shop") -> Flask:
    app = Flask(name, static_folder=None)
    converters: dict[str, type[BaseConverter]] = {"re": Matching, "signed": Signed, "html": Html}
    app.url_map.converters.update(converters)
    _plain(app)
    _own_converters(app)
    _classes(app)
    _blueprints(app)
    return app


def _plain(app: Flask) -> None:
    @app.route("/")
    def index() -> str:
        """# Start page

        All that we sell.
        """
        return ""

    @app.route("/users/")
    @decorated
    def users() -> str:
        """Everybody.

        # Users
        """
        return ""

    @app.get("/users/<int:id>")
    @bare
    def show(id: int) -> str:  # noqa: A002 - the rule says so
        """# A user"""
        return ""

    @app.post("/users/<int:id>")
    def save(id: int) -> str:  # noqa: A002 - the rule says so
        return ""

    @app.get("/users/<name>")
    def by_name(name: str) -> str:
        return ""

    @app.get("/same/<one>")
    def get_same(one: str) -> str:
        return ""

    @app.post("/same/<other>")
    def post_same(other: str) -> str:
        return ""

    @app.route("/loose", strict_slashes=False)
    def loose() -> str:
        return ""

    @app.route("/all/", defaults={"page": 1})
    @app.route("/all/page/<int:page>")
    def everything(page: int) -> str:
        return ""

    app.add_url_rule("/old", endpoint="old", redirect_to="/")
    app.add_url_rule("/never", endpoint="never", build_only=True)
    app.add_url_rule("/elsewhere", endpoint="elsewhere", subdomain="api")


def _own_converters(app: Flask) -> None:
    @app.route('/x/<re("[a-c]{2,3}"):x>')
    @app.route("/s/<signed(max=9):x>")
    @app.route("/docs/<html:x>")
    @app.route("/years/<int(fixed_digits=4):x>")
    def converted(x: Any) -> str:
        return ""


def _classes(app: Flask) -> None:
    app.add_url_rule("/items", view_func=Items.as_view("items"))
    app.add_url_rule("/items/<uuid:id>", view_func=Items.as_view("item"))
    app.add_url_rule("/put", view_func=Undocumented.as_view("put"))
    app.add_url_rule("/page", view_func=Page.as_view("page"))


def _blueprints(app: Flask) -> None:
    outer = Blueprint("outer", __name__, url_prefix="/outer")
    inner = Blueprint("inner", __name__, url_prefix="/inner")

    @inner.route("/<path:rest>")
    def deep(rest: str) -> str:
        return ""

    @outer.route("/")
    def top() -> str:
        return ""

    outer.register_blueprint(inner)
    app.register_blueprint(outer)
