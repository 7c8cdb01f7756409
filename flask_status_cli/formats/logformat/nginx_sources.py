"""Nginx configurations that are not plain files: the output of `nginx -T`, and templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PRINTED = "give what nginx reads: nginx -T prints it"
"""The hint for a configuration that is a template."""

_FILE = re.compile(r"^# configuration file (/[^:\n]{1,4000}):\n", re.MULTILINE)
_INCLUDE = re.compile(r"^(\s*include\s+[\"']?)(?=/)", re.MULTILINE)
_FILLED_IN = re.compile(r"\{\{[^{}\n]{0,200}\}\}|\{%[^\n]{0,200}%\}|<%[^\n]{0,200}%>|</?#\w{2,20}")


@contextmanager
def files_of(path: str) -> Iterator[tuple[str, str]]:
    """Yield the path of the file to parse, and the directory that stands for `/` (empty for `/` itself).

    The output of `nginx -T` has all files of a configuration. They are written to a temporary directory,
    under their own paths. A file that cannot be read is yielded, too, so that the parser says what is wrong.
    """
    names_and_texts = _FILE.split(_text(path))[1:]
    if not names_and_texts:
        yield path, ""
        return
    with TemporaryDirectory(prefix="flask-status-") as root:
        names, texts = names_and_texts[::2], names_and_texts[1::2]
        for name, piece in zip(names, texts, strict=True):
            file = Path(f"{root}{name}")
            if ".." not in file.parts:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(_INCLUDE.sub(rf"\g<1>{root}", piece), "utf-8")
        yield f"{root}{names[0]}", root


def template_line(path: str) -> int | None:
    """Return the number of the first line with a mark of a template engine, `None` if there is none."""
    text = _text(path)
    found = _FILLED_IN.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def is_filled_in(argument: str) -> bool:
    """Return whether an argument of a statement has a mark of a template engine, such as `{{`."""
    return any(sign in argument for sign in ("{{", "{%", "<%", "<#"))


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
