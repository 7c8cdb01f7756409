"""The Flask extension: `FlaskStatus(app)` adds the status page at `/status`."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from flask_status_cli.web.api.configure import PREFIX, configure_api
from flask_status_cli.web.api.secret import SHORTEST, TOO_SHORT, cleaned
from flask_status_cli.web.extension.app_config import is_on
from flask_status_cli.web.extension.app_status import COUNT, AppStatus
from flask_status_cli.web.extension.counting_middleware import (
    CountingMiddleware,
    Environ,
    StartResponse,
    WsgiApp,
)
from flask_status_cli.web.extension.storing_thread import finish_at_sigterm
from flask_status_cli.web.pages import Guard, View, pages

if TYPE_CHECKING:
    from flask import Blueprint, Flask

KEY: Final = "flask-status"
"""The name of the extension in `app.extensions`."""

DEFAULTS: Final = {"FLASK_STATUS_ENABLED": True, COUNT: True, "API_ENABLED": False}

ROBOTS: Final = "noindex,nofollow"


class FlaskStatus:
    """Counts the requests of a Flask app, and serves its status page.

    - `routes`: the rules or globs of the routes to show. By default, all routes are shown.
    - `url_prefix`: the path of the page, by default `/status`.
    - `count`: whether the extension counts requests, by default `FLASK_STATUS_COUNT`. If it does not, the
      page shows what `flask-status ingest` has stored.
    - `guard`: a decorator for views, such as `login_required`, or a function for `before_request`. It runs
      before every view of the page and of the API.

    `init_app` takes the same arguments. One object may be used for several apps. `api_blueprint` is the
    blueprint of the API of the last app. Exempt it from CSRF checks: `csrf.exempt(status.api_blueprint)`.
    """

    api_blueprint: Blueprint

    def __init__(
        self,
        app: Flask | None = None,
        routes: Sequence[str] | None = None,
        url_prefix: str | None = None,
        *,
        count: bool | None = None,
        guard: Callable[..., Any] | None = None,
    ) -> None:
        self._routes = routes
        self._url_prefix = url_prefix
        self._count = count
        self._guard = guard
        if app is not None:
            self.init_app(app)

    def init_app(
        self,
        app: Flask,
        routes: Sequence[str] | None = None,
        url_prefix: str | None = None,
        *,
        count: bool | None = None,
        guard: Callable[..., Any] | None = None,
    ) -> Flask:
        """Set up the extension in an app, and return the app.

        Raises `ValueError` if the app already has a status page, or if the secret of the API is too short.
        """
        for name, value in DEFAULTS.items():
            app.config.setdefault(name, value)
        if not is_on(app, "FLASK_STATUS_ENABLED"):
            return app
        _check_secret(app)
        if KEY in app.extensions:
            raise ValueError(f"the app {app.name!r} has a status page already")
        given = guard or self._guard
        state = AppStatus(
            app,
            _routes(routes or self._routes),
            count=self._count if count is None else count,
            private=given is not None,
        )
        app.extensions[KEY] = state
        prefix = prefix_of(url_prefix or self._url_prefix)
        guarded = _as_decorator(given)
        blueprint = pages(state.current, prefix=prefix, guard=guarded, robots=ROBOTS)
        app.register_blueprint(blueprint, url_prefix=prefix or None)
        api = self.api_blueprint = configure_api(state.api(), guard=guarded)
        app.register_blueprint(api, url_prefix=PREFIX)
        if state.may_count:
            CountingMiddleware(app, state.add, state.add_duration)
            finish_at_sigterm()
        else:
            _at_first_request(app, state.end_counting)
        return app


def prefix_of(given: str | None) -> str:
    """Return the path of the page with a slash at its beginning and none at its end; "" for the root."""
    if not given:
        return "/status"
    prefix = "/" + given.strip("/")
    return "" if prefix == "/" else prefix


def _check_secret(app: Flask) -> None:
    """Raise `ValueError` if the secret of the API is too short. A secret set later is checked when used."""
    secret = cleaned(app.config.get("API_SECRET"))
    if is_on(app, "API_ENABLED") and 0 < len(secret) < SHORTEST:
        raise ValueError(TOO_SHORT)


def _routes(given: Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple(given or ())


def _as_decorator(guard: Callable[..., Any] | None) -> Guard:
    """Return a guard as a decorator for views, even if it is a function for `before_request`."""
    if guard is None:
        return lambda view: view
    try:
        inspect.signature(guard).bind(None)
    except TypeError:
        return lambda view: _with_guard(view, guard)
    return guard


def _with_guard(view: View, guard: Callable[[], Any]) -> View:
    """Return a view that calls `guard` first. If that returns a response, the view is not called."""

    def guarded(**values: Any) -> Any:
        answer = guard()
        return view(**values) if answer is None else answer

    guarded.__name__ = view.__name__
    return guarded


def _at_first_request(app: Flask, do: Callable[[], None]) -> None:
    """Call `do` in a thread at the first request of an app, and only then."""
    inner: WsgiApp = app.wsgi_app
    begun: list[bool] = []

    def first(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not begun:
            begun.append(True)
            threading.Thread(target=do, name="flask-status", daemon=True).start()
            if app.wsgi_app is first:
                app.wsgi_app = inner  # type: ignore[method-assign,assignment] # as the documentation of Flask says
        return inner(environ, start_response)

    app.wsgi_app = first  # type: ignore[method-assign] # as above
