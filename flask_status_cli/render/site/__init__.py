"""The site: the page, with files beside it for programs, feed readers and other pages.

`files` makes them, each with its path. `output.site_directory` writes them.
"""

from flask_status_cli.render.site.site_files import PAGE, files

__all__ = ["PAGE", "files"]
