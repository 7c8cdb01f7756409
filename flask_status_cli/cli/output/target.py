"""The target of a report: standard output, a file, or a directory."""

from __future__ import annotations

import sys
from pathlib import Path

from flask_status_cli.frozen import frozen

STDOUT = "-"
"""The name of standard output on the command line."""


@frozen
class Target:
    """Where a report is written.

    `name` is `-`, or the path of a file or directory. `follow_links` says whether symbolic links in the path
    are followed.
    """

    name: str
    follow_links: bool

    @property
    def is_stdout(self) -> bool:
        """Whether the target is standard output."""
        return self.name == STDOUT

    @property
    def path(self) -> Path:
        """The path of the file or directory."""
        return Path(self.name)

    def write(self, text: str) -> None:
        """Write a text to standard output or to the file. Raises `OutputError`."""
        from flask_status_cli.output import write_whole

        if self.is_stdout:
            sys.stdout.buffer.write(text.encode())
        else:
            write_whole(self.path, text.encode(), follow_links=self.follow_links)
