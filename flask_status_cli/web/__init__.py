"""The live page: its blueprint, the Flask extension, and the server of `flask-status serve`.

Each name is imported only when it is used, so that the command line does not import Flask.
"""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.web.extension.flask_extension import FlaskStatus
    from flask_status_cli.web.served_app import make_app
    from flask_status_cli.web.server import Server
    from flask_status_cli.web.site_cache import LiveOptions

__all__ = ["FlaskStatus", "LiveOptions", "Server", "make_app"]

__getattr__ = names_from(
    globals(),
    {
        "FlaskStatus": "extension.flask_extension",
        "LiveOptions": "site_cache",
        "Server": "server",
        "make_app": "served_app",
    },
)
