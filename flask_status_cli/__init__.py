"""flask-status: an honest status page for a Flask app, made from its access log."""

__version__ = "0.1.0"
