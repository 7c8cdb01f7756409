"""The page as text: the view poured into the templates, under a policy that lets nothing else in."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined

from flask_status_cli.model import StatusSummary
from flask_status_cli.render.html.view import view
from flask_status_cli.render.words import ENGLISH, Words


def render(summary: StatusSummary, words: Words = ENGLISH) -> str:
    """Return the status page of `summary`: one HTML document that needs no other file and no script.

    The first `MAX_ROUTES` routes are listed and the others added up in one row; `<unmatched>` comes last.
    The same summary gives the same text, all of it encodable in UTF-8, whatever the log held.
    """
    words, templates = words.unbroken(), environment()
    return templates.get_template("page.html").render(
        page=view(summary, words),
        style_hash=_digest(templates.get_template("style.css").render()),
        words=words,
        say=words.say,
    )


@cache
def environment() -> Environment:
    """Return the templates; whatever they print is escaped, and a name they do not know is an error."""
    return Environment(
        loader=PackageLoader("flask_status_cli.render.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _digest(style: str) -> str:
    """Return the hash that a content security policy names a style by."""
    return "sha256-" + b64encode(sha256(style.encode()).digest()).decode()
