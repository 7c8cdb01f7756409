"""The formats for people: what writes each, and an example."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_status_cli.formats.registry import FORMATS
from flask_status_cli.model import KnownFormat

_COMMON = '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /users/7 HTTP/1.1" 200 512'
_COMBINED = f'{_COMMON} "-" "curl/8.5"'

_FACTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "combined": (
            "nginx, Apache, gunicorn, and others that use the format",
            _COMBINED,
        ),
        "common": (
            "Apache, in its short form",
            _COMMON,
        ),
        "vhost_combined": (
            "Apache, with the virtual host first",
            f"shop.example:443 {_COMBINED}",
        ),
        "werkzeug": (
            "Flask's development server",
            '192.0.2.7 - - [23/Nov/2026 10:05:42] "GET /users/7 HTTP/1.1" 200 -',
        ),
    }
)


def known_formats() -> tuple[KnownFormat, ...]:
    """Return every built-in format, the most common first."""
    return tuple(
        KnownFormat(name, *_FACTS[name], carries_zone=not one.local_time)
        for name, one in FORMATS.items()
    )
