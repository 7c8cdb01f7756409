"""The command line: reads the arguments, makes one call, prints the result and sets the exit status."""

from flask_status_cli.cli.main import run

__all__ = ["run"]
