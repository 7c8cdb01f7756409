"""Writes files to disk: the page, the site, and what commands print into a file.

Each file appears whole or not at all, and links of others are not followed.
"""

from flask_status_cli.output.atomic_write import write_all, write_whole
from flask_status_cli.output.safe_directory import name_of, opened

__all__ = ["name_of", "opened", "write_all", "write_whole"]
