"""The command line: reads the arguments, makes one call, prints the result and sets the exit status."""

from flask_status_cli.lazy import import_when_used

import_when_used("inspect")  # click and dataclasses import it, and few commands use it
import_when_used("ipaddress")  # urllib, which pathlib imports, has it for URLs with addresses

from flask_status_cli.cli.main import run  # noqa: E402 - it imports click

__all__ = ["run"]
