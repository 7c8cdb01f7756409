"""Writes the files of a report.

Each file appears whole or not at all, and links of others are not followed.
"""

from flask_status_cli.render.files.atomic_write import write_all, write_whole
from flask_status_cli.render.files.safe_directory import name_of, opened

__all__ = ["name_of", "opened", "write_all", "write_whole"]
