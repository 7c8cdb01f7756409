"""The API: `/flask-status/configure` changes routes, and `/flask-status/deploys` marks deploys."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flask import Blueprint, Response, request

from flask_status_cli.errors import (
    DeployError,
    FlaskStatusError,
    OptionError,
    RouteError,
    RouteMissingError,
)
from flask_status_cli.frozen import frozen
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.times import Clock
from flask_status_cli.render.escape import printable
from flask_status_cli.web.any_host import AnyHostBlueprint
from flask_status_cli.web.api.request_body import (
    DELETE_KEYS,
    DEPLOY_KEYS,
    PUT_KEYS,
    Refused,
    read_object,
)
from flask_status_cli.web.api.secret import has_secret
from flask_status_cli.web.files import NOTHING_LOADED, safe_headers

if TYPE_CHECKING:
    from flask_status_cli.model.settings import PolicySettings
    from flask_status_cli.web.pages import Guard

NAME: Final = "flask_status_api"

PREFIX: Final = "/flask-status"

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
"""All methods come to the views, because the app would answer the others with a page of its own."""

SAY_AGAIN: Final = 60.0
"""Wrong tokens are logged at most once in this many seconds."""

UNAVAILABLE: Final = "the database cannot be used at the moment; the log of the server says why"


@frozen
class ApiFunctions:
    """The functions that the API calls.

    - `secret()`: returns the secret, "" if the API is off.
    - `database()`: returns the database. May raise `FlaskStatusError`.
    - `policy()`: returns the policy by which incidents are found.
    - `label()`: returns the default label of a deploy.
    - `before()`: is called before the database is read.
    - `changed()`: is called after a change.
    - `failed(error)`: is called with an error of the database.
    - `warn(line)`: is called with a warning about wrong tokens.
    - `clock()`: returns the present instant.
    """

    secret: Callable[[], str]
    database: Callable[[], Database]
    policy: Callable[[], PolicySettings]
    label: Callable[[], str]
    before: Callable[[], None]
    changed: Callable[[], None]
    failed: Callable[[FlaskStatusError], None]
    warn: Callable[[str], None]
    clock: Clock


def configure_api(api: ApiFunctions, *, guard: Guard) -> Blueprint:
    """Return the blueprint of the API. `guard` runs before every view."""
    blueprint = AnyHostBlueprint(NAME, __name__)
    tokens = _WrongTokens(api.warn)

    def configure() -> Response:
        return _answered(api, tokens, _ROUTES)

    def deploys() -> Response:
        return _answered(api, tokens, _DEPLOYS)

    def openapi() -> Response:
        return _described(api)

    for path, view in (
        ("/configure", configure),
        ("/deploys", deploys),
        ("/openapi.json", openapi),
    ):
        blueprint.add_url_rule(
            path, view.__name__, guard(view), methods=METHODS, provide_automatic_options=False
        )
    return blueprint


def _answered(api: ApiFunctions, tokens: _WrongTokens, views: Views) -> Response:
    """Return the answer of the view for the method of a request, or an error as JSON."""
    if request.method not in views:
        return _other_method(views)
    try:
        _check_access(api, tokens)
        api.before()
        return views[request.method](api)
    except Refused as refused:
        return _error(refused.status, refused.words)
    except RouteMissingError as error:
        return _error(404, str(error))
    except (RouteError, DeployError, OptionError) as error:
        return _error(400, str(error))
    except FlaskStatusError as error:
        api.failed(error)
        return _error(503, UNAVAILABLE)


def _described(api: ApiFunctions) -> Response:
    """Return the description of the API, which anybody may read."""
    if request.method not in ("GET", "HEAD"):
        return _other_method(("GET", "HEAD"))
    if not api.secret():
        return _error(404, "the API is turned off")
    text = files("flask_status_cli.web").joinpath("openapi.json").read_text("utf-8")
    return _answer(200, json.loads(text))


class _WrongTokens:
    """Logs the number of requests with wrong tokens, and the last address, at most once a minute."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._said_at = -SAY_AGAIN
        self._since = 0

    def note(self, address: str | None) -> None:
        self._since += 1
        now = time.monotonic()
        if now - self._said_at >= SAY_AGAIN:
            shown = printable(address or "an unknown address", 60)
            self._warn(
                f"requests to the API without its secret: {self._since}, the last from {shown}"
            )
            self._said_at, self._since = now, 0


def _check_access(api: ApiFunctions, tokens: _WrongTokens) -> None:
    """Raise `Refused` if a request does not have the secret, or if the API is off."""
    secret = api.secret()
    if not secret:
        raise Refused(404, "the API is turned off")
    if not has_secret(request.headers.get("Authorization"), secret):
        tokens.note(request.remote_addr)
        raise Refused(401, "the token is missing or wrong; send Authorization: Bearer SECRET")


def _list(api: ApiFunctions) -> Response:
    from flask_status_cli.pipeline.routes.list_and_edit import list_routes
    from flask_status_cli.render.commands.routes import as_json

    return _answer(200, json.loads(as_json(list_routes(api.database()))))


def _put(api: ApiFunctions) -> Response:
    from flask_status_cli.pipeline.routes.change_by_rule import RouteChange, change_route
    from flask_status_cli.render.commands.routes import as_object

    asked = read_object(request, PUT_KEYS)
    route = change_route(api.database(), RouteChange(**asked), clock=api.clock)
    api.changed()
    return _answer(200, {"message": "Route modified", "route": as_object(route)})


def _delete(api: ApiFunctions) -> Response:
    from flask_status_cli.pipeline.routes.change_by_rule import remove_route

    asked = read_object(request, DELETE_KEYS)
    requests = remove_route(
        api.database(),
        asked["rule"],
        label=asked.get("label"),
        purge=api.policy() if asked.get("purge", False) else None,
        clock=api.clock,
    )
    api.changed()
    return _answer(200, {"message": "Route deleted", "requests": requests})


def _list_deploys(api: ApiFunctions) -> Response:
    from flask_status_cli.pipeline.deploys import list_deploys
    from flask_status_cli.render.json.report_json import marked_deploys

    return _answer(200, json.loads(marked_deploys(list_deploys(api.database()))))


def _mark_deploy(api: ApiFunctions) -> Response:
    from zoneinfo import ZoneInfo

    from flask_status_cli.pipeline.deploys import WAIT, MarkDeployOptions, mark_deploy
    from flask_status_cli.render.json.report_json import deploy

    asked = {"label": api.label(), **read_object(request, DEPLOY_KEYS)}
    options = MarkDeployOptions(api.database(), ZoneInfo("UTC"), **asked, dashes="", wait=WAIT)
    marked = mark_deploy(options, clock=api.clock)
    api.changed()
    message = "Deploy marked" if marked.is_new else "Deploy marked already"
    document = {"message": message, "deploy": deploy(marked.deploy), "removed": len(marked.gone)}
    return _answer(201 if marked.is_new else 200, document)


Views: TypeAlias = dict[str, Callable[[ApiFunctions], Response]]
"""The function that answers a request, by the method of the request."""

_ROUTES: Views = {"GET": _list, "HEAD": _list, "PUT": _put, "DELETE": _delete}

_DEPLOYS: Views = {"GET": _list_deploys, "HEAD": _list_deploys, "POST": _mark_deploy}


def _other_method(known: Iterable[str]) -> Response:
    """Return the answer to a method for which there is no view: which methods there are."""
    methods = [*known, "OPTIONS"]
    allowed = ", ".join(methods)
    if request.method == "OPTIONS":
        response = _answer(200, {"methods": methods})
    else:
        response = _error(405, f"{request.method} is not understood here; use {allowed}")
    response.headers["Allow"] = allowed
    return response


def _error(status: int, words: str) -> Response:
    response = _answer(status, {"error": words})
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="flask-status"'
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _answer(status: int, document: Any) -> Response:
    text = json.dumps(document) + "\n"
    response = Response(text, status=status, content_type="application/json")
    for name, value in safe_headers("noindex,nofollow"):
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = NOTHING_LOADED
    response.headers["Cache-Control"] = "no-store"
    return response
