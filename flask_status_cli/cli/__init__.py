"""The command line: arguments become one call, its result words on a stream and an exit status."""

from flask_status_cli.cli.main import run

__all__ = ["run"]
