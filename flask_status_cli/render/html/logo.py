"""The owner's logo, embedded in the page as a `data:` URL."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

from flask_status_cli.errors import OptionError
from flask_status_cli.render.escape import printable

LARGEST = 32 * 1024
"""The largest logo in bytes. It is part of every copy of the page."""

KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    # the beginning of a file, and its media type
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"\s*<(svg|\?xml)\b"), "image/svg+xml"),
)
"""The types of images by their first bytes. An SVG shown as an image runs no script and loads nothing."""


def logo(path: Path, *, option: str = "--logo") -> str:
    """Return the image at `path` as a `data:` URL.

    Raises `OptionError` if it cannot be read, is too large, or is not an image that browsers show.
    """
    name = printable(str(path), 500)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise OptionError(
            option, f"{name}: {error.strerror or error}", "name an image file"
        ) from error
    if len(data) > LARGEST:
        most = LARGEST // 1024
        raise OptionError(option, f"{name} is larger than {most} KiB", "use a smaller image")
    kind = next((kind for begin, kind in KINDS if begin.match(data)), None)
    if kind is None:
        hint = "use an SVG, PNG, JPEG, GIF or WebP file"
        raise OptionError(option, f"{name} is not an image", hint)
    return f"data:{kind};base64,{b64encode(data).decode()}"
