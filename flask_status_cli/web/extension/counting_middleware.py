"""Counts the responses of a Flask app, by the status that was sent and the rule that Flask matched.

The duration of a request is the time from the call of the app until the body of the response is closed.
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
AddDuration = Callable[[str, int, int], None]
"""Takes the rule, the status and the nanoseconds of a request that has ended."""

LEFT_OUT: Final = ""
"""The rule that stands for a request that is not counted."""

ERROR: Final = 500
"""The status that a server sends if the app raises an exception."""

OURS: Final = ("flask_status.", "flask_status_api.")
"""The endpoints of the status page and its API begin with one of these texts."""

REDIRECTS: Final = 3
"""At most this many redirects are followed. Flask needs two: to merge slashes, and to add one."""


def is_left_out(endpoint: str) -> bool:
    """Return whether requests to an endpoint are not counted. It is a status page or a static file."""
    return endpoint.startswith(OURS) or endpoint.rpartition(".")[2] == "static"


class CountingMiddleware:
    """WSGI middleware that counts the responses of an app.

    It counts the status that the client gets. So it also wraps all middleware that is added before the first
    request. `add` and `add_duration` are called for each response.
    """

    def __init__(self, app: Flask, add: Add, add_duration: AddDuration) -> None:
        self._app = app
        self._add = add
        self._add_duration = add_duration
        self._rule_key = f"flask_status.rule.{id(app)}"
        self._outer_key = f"flask_status.outer.{id(app)}"
        self._lock = threading.Lock()
        self._began = False
        self._inner: WsgiApp = app.wsgi_app
        before = app.url_value_preprocessors.setdefault(None, [])
        before.insert(0, self._note_rule)  # Flask calls it for each request, before all hooks
        app.wsgi_app = self._wsgi_app  # type: ignore[method-assign] # as the documentation of Flask says

    def _wsgi_app(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._outer_key in environ:  # the outer wrapper counts this request
            return self._inner(environ, start_response)
        if not self._began:
            self._begin()
        return self._counted(self._inner, environ, start_response)

    def _begin(self) -> None:
        """Wrap the middleware that was added after this one, so that its responses are counted, too."""
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

            self._app.wsgi_app = counting  # type: ignore[method-assign] # as above

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
        # the body is a list, or a file that the server sends
        status = self._count(environ, _code(sent))
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
            self._add_duration(rule, status, monotonic_ns() - began)

    def _note_rule(self, *_: object) -> None:
        """Store the rule of the present request in its WSGI environment."""
        asked = request._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - resolves the proxy once
        found = asked.url_rule
        if found is not None:
            rule = LEFT_OUT if is_left_out(found.endpoint) else found.rule
        else:
            rule = _rule_without_match(asked.routing_exception, self._app)
        asked.environ[self._rule_key] = rule


class _Body:
    """Wraps the body of a response, and counts the response.

    `count(failed)` is called after the first bytes; it returns the status. If the body fails before, the
    server sends an error instead. `end(status)` is called when the body is closed.
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
    """Return the status code that the client gets. It is the last one passed to `start_response`."""
    if failed or not sent:
        return ERROR
    try:
        return int(sent[-1][:3])
    except ValueError:
        return 0


def _rule_without_match(error: HTTPException | None, app: Flask) -> str:
    """Return the rule of a request with a wrong method or a redirect. It is the rule of the (new) path."""
    if not isinstance(error, (MethodNotAllowed, RequestRedirect)):
        return UNMATCHED
    try:
        adapter = app.create_url_adapter(request)
    except Exception:  # noqa: BLE001 - for example because of a wrong host; the request has no rule
        return UNMATCHED
    return UNMATCHED if adapter is None else _matched(adapter, error)


def _matched(adapter: MapAdapter, error: HTTPException | None) -> str:
    path, method = None, None  # those of the request
    for _ in range(REDIRECTS):
        try:
            if isinstance(error, RequestRedirect):
                target = unquote(urlsplit(error.new_url).path)
                path = "/" + target.removeprefix(adapter.script_name.rstrip("/")).lstrip("/")
            elif isinstance(error, MethodNotAllowed) and error.valid_methods:
                method = min(error.valid_methods, key=lambda name: (name != "GET", name))
            else:
                return UNMATCHED
            found, _values = adapter.match(path, method=method, return_rule=True)
        except HTTPException as other:
            error = other
        except Exception:  # noqa: BLE001 - raised by a converter of the app; the request has no rule
            return UNMATCHED
        else:
            return LEFT_OUT if is_left_out(found.endpoint) else str(found.rule)
    return UNMATCHED
