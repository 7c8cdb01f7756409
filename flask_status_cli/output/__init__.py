"""Writes files to disk: the page, the site, and the output of commands.

Each file appears whole or not at all. Symbolic links of other users are not followed.
"""

from flask_status_cli.output.atomic_write import write_all, write_whole
from flask_status_cli.output.safe_directory import name_of, opened

__all__ = ["name_of", "opened", "write_all", "write_whole"]
