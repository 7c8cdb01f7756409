"""Reads the rules and docstrings of a Flask app in a separate process."""

from flask_status_cli.apps.child import as_toml
from flask_status_cli.apps.child import url_map as describe
from flask_status_cli.apps.reader import app_name, exporter, read_app

__all__ = ["app_name", "as_toml", "describe", "exporter", "read_app"]
