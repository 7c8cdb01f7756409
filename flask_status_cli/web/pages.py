"""The blueprint that serves the status page and its files from memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, request

from flask_status_cli.web.any_host import AnyHostBlueprint
from flask_status_cli.web.files import NOTHING_LOADED, SiteFile, safe_headers
from flask_status_cli.web.site_cache import MadeSite

NAME: Final = "flask_status"
"""The name of the blueprint. Its endpoints are `flask_status.page` and `flask_status.file`."""

PAGE: Final = "index.html"

HEALTH: Final = "healthz"

UNAVAILABLE: Final = (
    "The status page cannot be made at the moment; the log of the server says why.\n"
)
"""The response if the database has a problem. It gives no details."""

NOT_CACHED: Final = ("Cache-Control", "no-store")

TALISMAN: Final = {"content_security_policy": False}
"""These options keep Flask-Talisman from replacing the policy of the page, which contains hashes."""

View = Callable[..., Any]
Guard = Callable[[View], View]


def pages(current: Callable[[], MadeSite], *, prefix: str, guard: Guard, robots: str) -> Blueprint:
    """Return the blueprint of the status page. Register it at `prefix`.

    `current` returns the present site. `guard` is a decorator for all views. `robots` is for search engines.
    """
    blueprint = AnyHostBlueprint(NAME, __name__)

    def page() -> Response:
        return _answer(current(), PAGE, robots)

    def file(name: str) -> Response:
        return _answer(current(), name, robots)

    def slash() -> Response:
        # a relative URL also works if a proxy adds a prefix
        return _plain("", 308, robots, ("Location", f"{prefix.rpartition('/')[2]}/"))

    views: dict[str, View] = {"/": page, "/<path:name>": file, "": slash}
    for rule, view in views.items():
        if rule or prefix:
            guarded = guard(view)
            vars(guarded)["talisman_view_options"] = dict(TALISMAN)
            blueprint.add_url_rule(rule, view.__name__, guarded)
    return blueprint


def _answer(made: MadeSite, name: str, robots: str) -> Response:
    if made.failed:
        return _plain(UNAVAILABLE, 503, robots, ("Retry-After", "60"), NOT_CACHED)
    found = made.files.get(name)
    if found is None:
        return _plain("No such file.\n", 404, robots, NOT_CACHED)
    if name == HEALTH:
        return _plain(found.data.decode(), 503 if made.problem else 200, robots, NOT_CACHED)
    return _sent(found)


def _sent(found: SiteFile) -> Response:
    """Return the response with a file, compressed if the client accepts gzip; 304 if it has the file."""
    zipped = found.zipped if _takes_gzip() else None
    etag = found.etag if zipped is None else found.zipped_etag
    response = Response(headers=[*found.headers, ("ETag", etag)])
    if _has_it(found):
        response.status_code = 304
        del response.headers["Content-Type"]
        return response
    if zipped is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.set_data(found.data if zipped is None else zipped)
    return response


def _takes_gzip() -> bool:
    header = request.headers.get("Accept-Encoding", "")
    return "gzip" in header and request.accept_encodings["gzip"] > 0


def _has_it(found: SiteFile) -> bool:
    """Return whether the client already has a file, by the ETag or else by the time (RFC 9110, 13.1)."""
    if "If-None-Match" in request.headers:
        tags = request.if_none_match
        plain = found.etag.strip('"')
        return any(tags.contains_weak(tag) for tag in (plain, f"{plain}-gz"))
    since = request.if_modified_since
    return since is not None and found.made <= since


def _plain(text: str, status: int, robots: str, *headers: tuple[str, str]) -> Response:
    response = Response(text, status=status, content_type="text/plain; charset=utf-8")
    for name, value in (
        *safe_headers(robots),
        ("Content-Security-Policy", NOTHING_LOADED),
        *headers,
    ):
        response.headers[name] = value
    return response
