"""The files of the live site as they are sent: their bytes, plain and compressed, and their headers."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import sha256
from html import unescape

from flask_status_cli.render.prometheus import CONTENT_TYPE

MAX_AGE = 30
"""A browser or proxy may store a file for this many seconds."""

SMALL = 256
"""Files smaller than this many bytes are not compressed."""

LEVEL = 6
"""The compression level of gzip. A file is compressed once, but may be sent thousands of times."""

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "atom": "application/atom+xml; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}
"""The media type of a file, by the ending of its name."""

TYPES_BY_NAME: Mapping[str, str] = {
    "metrics": CONTENT_TYPE,
    "healthz": "text/plain; charset=utf-8",
}
"""The media type of each file without an ending."""

NOTHING_LOADED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of all files except pages. They may load nothing."""

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')


class SiteFile:
    """A file of the site, with its headers. `SiteCache` makes it.

    `made` is when it was made. `robots` is the value of `X-Robots-Tag` for search engines. A `private` file
    may be stored by browsers, but not by proxies.
    """

    def __init__(
        self, name: str, data: bytes, *, made: datetime, robots: str, private: bool
    ) -> None:
        self.data = data
        self.etag = f'"{sha256(data).hexdigest()[:20]}"'
        self.zipped_etag = f'{self.etag[:-1]}-gz"'
        self.made = made
        media_type = TYPES_BY_NAME.get(name) or TYPES[name.rpartition(".")[2]]
        self.headers = (
            ("Content-Type", media_type),
            ("Cache-Control", f"{'private, ' if private else ''}max-age={MAX_AGE}"),
            ("Last-Modified", format_datetime(made, usegmt=True)),
            ("Vary", "Accept-Encoding"),
            ("Content-Security-Policy", _policy(data) if name.endswith("html") else NOTHING_LOADED),
            *safe_headers(robots),
        )

    @cached_property
    def zipped(self) -> bytes | None:
        """The file compressed with gzip, `None` if this is not smaller."""
        if len(self.data) < SMALL:
            return None
        packed = gzip.compress(self.data, LEVEL, mtime=0)
        return packed if len(packed) < len(self.data) else None


def safe_headers(robots: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that every response has."""
    return (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Robots-Tag", robots),
    )


def _policy(page: bytes) -> str:
    """Return the policy in the `meta` element of a page, with the part that only a header may have."""
    found = _POLICY.search(page[:4096].decode("utf-8", "replace"))
    assert found is not None, "the page has no policy"  # noqa: S101 - our own page has one
    return f"{unescape(found[1])}; frame-ancestors 'none'"
