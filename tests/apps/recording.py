"""Serves the app named by `APP`, which tells in a header of every response which rule it matched."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote, urlsplit

from flask import Response, request
from flask.cli import locate_app
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

MODULE, _, NAME = os.environ["APP"].partition(":")

app = locate_app(MODULE, NAME or None)


def tell(response: Response) -> Response:
    response.headers["X-Rule"] = quote(matched())
    return response


app.after_request(tell)


def matched() -> str:
    """Return Flask's own rule; where it raised instead, ask its own map what that redirects to or refuses."""
    if request.url_rule is not None:
        return request.url_rule.rule
    adapter = app.create_url_adapter(request)
    assert adapter is not None
    path, method = request.path, request.method
    for _ in range(4):
        try:
            rule: str = adapter.match(path, method, return_rule=True)[0].rule
        except RequestRedirect as redirect:
            path = unquote(urlsplit(redirect.new_url).path)
        except MethodNotAllowed as refused:
            taken = sorted(refused.valid_methods or ())
            method = "GET" if "GET" in taken else taken[0]
        except NotFound:
            return "<unmatched>"
        else:
            return rule
    raise AssertionError(f"{request.path} leads from one redirect to the next")
