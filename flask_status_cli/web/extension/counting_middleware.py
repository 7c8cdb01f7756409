"""Counts the responses of a Flask app, by the status that was sent and the rule that Flask matched.

A duration is as the app sees it: from the call of the app until the body of the response is closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from time import monotonic_ns
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from flask import request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect
from werkzeug.wsgi import ClosingIterator

from flask_status_cli.model import UNMATCHED

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import MapAdapter

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]
Add = Callable[[str, int], None]
Took = Callable[[str, int, int], None]
"""Takes the rule, the status and the nanoseconds of a request that has ended."""

LEFT_OUT: Final = ""
"""Stands for the rule of a request that is not counted."""

ERROR: Final = 500
"""The status that a server sends if its app raises an exception."""

OURS: Final = ("flask_status.", "flask_status_api.")
"""The beginning of the endpoints of the status page and its API."""

REDIRECTS: Final = 3
"""A path is redirected at most twice: to merge its slashes, and to add one."""


def is_left_out(endpoint: str) -> bool:
    """Return whether requests to an endpoint are not counted: status pages and static files."""
    return endpoint.startswith(OURS) or endpoint.rpartition(".")[2] == "static"


class Counting:
    """Counts the requests of an app.

    It counts what the client gets. So it wraps every middleware that was added before the first request.
    """

    def __init__(self, app: Flask, add: Add, took: Took) -> None:
        self._app = app
        self._add = add
        self._took = took
        self._rule_key = f"flask_status.rule.{id(app)}"
        self._outer_key = f"flask_status.outer.{id(app)}"
        self._lock = threading.Lock()
        self._began = False
        self._inner: WsgiApp = app.wsgi_app
        before = app.url_value_preprocessors.setdefault(None, [])
        before.insert(0, self._note_rule)  # it is called for every request, before all hooks
        app.wsgi_app = self._wsgi_app  # type: ignore[method-assign] # as Flask's documents say

    def _wsgi_app(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._outer_key in environ:  # what is around us counts
            return self._inner(environ, start_response)
        if not self._began:
            self._begin()
        return self._counted(self._inner, environ, start_response)

    def _begin(self) -> None:
        """Wrap the middleware that was added after us, so that its responses are counted from now on."""
        with self._lock:
            if self._began:
                return
            self._began = True
            outer: WsgiApp = self._app.wsgi_app
            if outer == self._wsgi_app:
                return

            def counting(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
                environ[self._outer_key] = True
                return self._counted(outer, environ, start_response)

            self._app.wsgi_app = counting  # type: ignore[method-assign] # as Flask's documents say

    def _counted(
        self, wsgi_app: WsgiApp, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        sent: list[str] = []
        began = monotonic_ns()

        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            sent.append(status)
            if exc_info is None:
                return start_response(status, headers)
            return start_response(status, headers, exc_info)

        try:
            body = wsgi_app(environ, start)
        except Exception:
            self._count(environ, ERROR)
            self._end(environ, ERROR, began)
            raise
        if not sent or isinstance(body, (ClosingIterator, GeneratorType)):
            return _Body(
                body,
                lambda failed: self._count(environ, _code(sent, failed=failed)),
                lambda status: self._end(environ, status, began),
            )
        status = self._count(environ, _code(sent))  # a list, or a file that the server sends
        self._end(environ, status, began)
        return body

    def _count(self, environ: Environ, status: int) -> int:
        rule = environ.get(self._rule_key, UNMATCHED)
        if rule is not LEFT_OUT:
            self._add(rule, status)
        return status

    def _end(self, environ: Environ, status: int, began: int) -> None:
        rule = environ.get(self._rule_key, UNMATCHED)
        if rule is not LEFT_OUT:
            self._took(rule, status, monotonic_ns() - began)

    def _note_rule(self, *_: object) -> None:
        """Remember the rule of the request that is being answered."""
        asked = request._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - of the proxy: one look-up
        found = asked.url_rule
        if found is not None:
            rule = LEFT_OUT if is_left_out(found.endpoint) else found.rule
        else:
            rule = _rule_despite(asked.routing_exception, self._app)
        asked.environ[self._rule_key] = rule


class _Body:
    """A response body: it is counted after its first bytes, and ended when it is closed.

    If it fails before that, the server answers with an error of its own. `count` returns the status.
    """

    __slots__ = ("_body", "_count", "_end", "_next", "_status")

    def __init__(
        self, body: Iterable[bytes], count: Callable[[bool], int], end: Callable[[int], None]
    ) -> None:
        self._body = body
        self._next = iter(body).__next__
        self._count: Callable[[bool], int] | None = count
        self._end: Callable[[int], None] | None = end
        self._status = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._count is None:
            return self._next()
        try:
            chunk = self._next()
        except StopIteration:
            self._counted(failed=False)
            raise
        except Exception:
            self._counted(failed=True)
            raise
        self._counted(failed=False)
        return chunk

    def close(self) -> None:
        self._counted(failed=False)
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            end, self._end = self._end, None
            if end is not None:
                end(self._status)

    def _counted(self, *, failed: bool) -> None:
        count, self._count = self._count, None
        if count is not None:
            self._status = count(failed)


def _code(sent: list[str], *, failed: bool = False) -> int:
    """Return the status code that the client gets; the last one that was begun with is what is sent."""
    if failed or not sent:
        return ERROR
    try:
        return int(sent[-1][:3])
    except ValueError:
        return 0


def _rule_despite(error: HTTPException | None, app: Flask) -> str:
    """Return the rule of a request that Flask did not take: of its path, or of where it is redirected."""
    if not isinstance(error, (MethodNotAllowed, RequestRedirect)):
        return UNMATCHED
    try:
        adapter = app.create_url_adapter(request)
    except Exception:  # noqa: BLE001 - whatever a host may do wrong: the request has no rule then
        return UNMATCHED
    return UNMATCHED if adapter is None else _matched(adapter, error)


def _matched(adapter: MapAdapter, error: HTTPException | None) -> str:
    for _ in range(REDIRECTS):
        try:
            if isinstance(error, RequestRedirect):
                path = unquote(urlsplit(error.new_url).path)
                below = "/" + path.removeprefix(adapter.script_name.rstrip("/")).lstrip("/")
                found, _values = adapter.match(below, return_rule=True)
            elif isinstance(error, MethodNotAllowed) and error.valid_methods:
                methods = sorted(error.valid_methods, key=lambda name: (name != "GET", name))
                found, _values = adapter.match(method=methods[0], return_rule=True)
            else:
                return UNMATCHED
        except HTTPException as other:
            error = other
        except Exception:  # noqa: BLE001 - a converter of the app's own: the request has no rule then
            return UNMATCHED
        else:
            return LEFT_OUT if is_left_out(found.endpoint) else str(found.rule)
    return UNMATCHED
