"""The site: the page, with files beside it for programs, feed readers and other pages.

`files` makes them, each with its path. `write` puts them into a directory.
"""

from flask_status_cli.render.site.site_files import PAGE, files
from flask_status_cli.render.site.write_site import Written, write

__all__ = ["PAGE", "Written", "files", "write"]
