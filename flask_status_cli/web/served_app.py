"""The Flask app of `flask-status serve`. It has only the status page and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, redirect

from flask_status_cli.web.api.configure import PREFIX, ApiFunctions, configure_api
from flask_status_cli.web.pages import pages
from flask_status_cli.web.site_cache import SiteCache

if TYPE_CHECKING:
    from flask import Blueprint
    from werkzeug.wrappers import Response

    from flask_status_cli.web.pages import View
    from flask_status_cli.web.site_cache import LiveOptions


def make_app(options: LiveOptions, prefix: str, *, secret: str = "") -> Flask:
    """Return the app that serves the page below `prefix`; "" is the root. Raises `OptionError`.

    The API is on if there is a `secret`.
    """
    app = Flask("flask_status_cli", static_folder=None, template_folder=None)
    cache = SiteCache(options)
    robots = options.settings.page.robots
    blueprint = pages(cache.current, prefix=prefix, guard=_open_to_all, robots=robots)
    app.register_blueprint(blueprint, url_prefix=prefix or None)
    app.register_blueprint(_api(options, cache, secret), url_prefix=PREFIX)
    if prefix:
        app.add_url_rule("/", "root", lambda: _below(prefix))
    return app


def _api(options: LiveOptions, cache: SiteCache, secret: str) -> Blueprint:
    api = ApiFunctions(
        secret=lambda: secret,
        database=lambda: options.database,
        policy=lambda: options.settings.policy,
        label=lambda: options.settings.label,
        before=lambda: None,
        changed=cache.forget,
        failed=options.failed,
        warn=options.warn,
        clock=options.clock,
    )
    return configure_api(api, guard=_open_to_all)


def _open_to_all(view: View) -> View:
    return view


def _below(prefix: str) -> Response:
    return redirect(f"{prefix.lstrip('/')}/")
