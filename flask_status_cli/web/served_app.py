"""The app of `flask-status serve`: the status page, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, redirect

from flask_status_cli.web.pages import pages
from flask_status_cli.web.site_cache import SiteCache

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from flask_status_cli.web.pages import View
    from flask_status_cli.web.site_cache import LiveOptions


def make_app(options: LiveOptions, prefix: str) -> Flask:
    """Return the app with the page below `prefix`, which is empty for the root; raises `OptionError`."""
    app = Flask("flask_status_cli", static_folder=None, template_folder=None)
    cache = SiteCache(options)
    robots = options.settings.page.robots
    blueprint = pages(cache.current, prefix=prefix, guard=_open_to_all, robots=robots)
    app.register_blueprint(blueprint, url_prefix=prefix or None)
    if prefix:
        app.add_url_rule("/", "root", lambda: _below(prefix))
    return app


def _open_to_all(view: View) -> View:
    return view


def _below(prefix: str) -> Response:
    return redirect(f"{prefix.lstrip('/')}/")
