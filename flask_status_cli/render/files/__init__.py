"""Writing the files of a report: each appears whole or not at all, and never through somebody's link."""

from flask_status_cli.render.files.directory import name_of, opened
from flask_status_cli.render.files.replace import write_all, write_whole

__all__ = ["name_of", "opened", "write_all", "write_whole"]
