"""The target of a report: standard output, a file, or a directory."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

STDOUT = "-"
"""The name that stands for standard output."""


@dataclass(frozen=True, slots=True)
class Target:
    """The name of the output, and whether links in its path are followed."""

    name: str
    follow_links: bool

    @property
    def is_stdout(self) -> bool:
        """Whether it is standard output."""
        return self.name == STDOUT

    @property
    def path(self) -> Path:
        """The file or directory."""
        return Path(self.name)

    def write(self, text: str) -> None:
        """Write `text`; raises `OutputError`."""
        from flask_status_cli.output import write_whole

        if self.is_stdout:
            sys.stdout.buffer.write(text.encode())
        else:
            write_whole(self.path, text.encode(), follow_links=self.follow_links)
