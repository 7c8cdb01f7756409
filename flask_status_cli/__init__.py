"""flask-status: an honest status page for a Flask app, made from its access log, or by the app itself."""

from typing import TYPE_CHECKING

from flask_status_cli.lazy import names_from

if TYPE_CHECKING:
    from flask_status_cli.web.extension.flask_extension import FlaskStatus

__version__ = "0.1.0"

__all__ = ["FlaskStatus", "__version__"]

__getattr__ = names_from(globals(), {"FlaskStatus": "web.extension.flask_extension"})
