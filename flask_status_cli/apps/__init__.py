"""Flask apps: their URL maps and docstrings → declared rules. An app runs in a process of its own."""

from flask_status_cli.apps.reader import read_app

__all__ = ["read_app"]
