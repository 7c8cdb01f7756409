"""The site: the page, and beside it what programs, feed readers and other pages take from it.

`files` makes them, each with its path; `write` puts them into a directory.
"""

from flask_status_cli.render.site.directory import Written, write
from flask_status_cli.render.site.files import PAGE, files

__all__ = ["PAGE", "Written", "files", "write"]
