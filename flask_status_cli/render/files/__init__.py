"""Writing the files of a report: each appears whole or not at all, and never through somebody's link."""

from flask_status_cli.render.files.atomic_write import write_all, write_whole
from flask_status_cli.render.files.safe_directory import name_of, opened

__all__ = ["name_of", "opened", "write_all", "write_whole"]
