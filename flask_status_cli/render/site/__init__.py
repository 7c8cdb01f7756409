"""The site: the page, with files beside it for programs, feed readers and other pages.

`files` returns the content of each file by its path. `output.site_directory` writes them.
"""

from flask_status_cli.render.site.site_files import PAGE, files

__all__ = ["PAGE", "files"]
