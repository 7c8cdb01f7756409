"""A configuration as TOML that can be read again, with the origin of every key if asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_status_cli.model.settings import Setting, Source
from flask_status_cli.render.escape import printable

WIDTH = 48
"""Origins begin at this column or later."""


def lines(settings: Iterable[Setting], *, origin: bool) -> Iterator[str]:
    """Yield the lines of the configuration, section by section. A key that is not set is a comment.

    With `origin`, each line ends with the place where the key was set.
    """
    section = ""
    for setting in sorted(settings, key=lambda setting: "." in setting.key):
        above, _, name = setting.key.rpartition(".")
        if above != section:
            yield from ("", f"[{above}]")
            section = above
        is_set = setting.value is not None
        line = (
            f"{name} = {printable(setting.value or '', 100_000)}"
            if is_set
            else f"# {name} is not set"
        )
        yield (
            f"{line:{WIDTH}}  # {printable(where_set(setting), 1000)}"
            if origin and is_set
            else line
        )


def where_set(setting: Setting) -> str:
    """Return where a setting comes from: `default`, `--db`, `FLASK_STATUS_DAYS`, a file and its line."""
    return setting.where if setting.source is not Source.DEFAULT else "default"
