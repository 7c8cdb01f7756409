"""Describes the built-in formats for people: which programs write each, with an example."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_status_cli.formats.families.servers import SERVERS
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
        "json": (
            "nginx with escape=json, Caddy, Traefik, Google Cloud, loggers that write JSON",
            (
                '{"time":"2026-11-23T10:05:42+00:00","request":"GET /users/7 HTTP/1.1","status":200,'
                '"request_time":0.012}'
            ),
        ),
        "ltsv": (
            "nginx and Apache with labels between tabs",
            "time:23/Nov/2026:10:05:42 +0000\treq:GET /users/7 HTTP/1.1\tstatus:200\treqtime:0.012",
        ),
        "logfmt": (
            "Heroku's router, loggers that write name=value",
            (
                '2026-11-23T10:05:42.123456+00:00 heroku[router]: at=info method=GET path="/users/7" '
                "host=shop.example dyno=web.1 connect=0ms service=12ms status=200 bytes=512"
            ),
        ),
    }
    | {one.name: (one.writers, one.example) for one in SERVERS}
)


def known_formats() -> tuple[KnownFormat, ...]:
    """Return all built-in formats, the most common first."""
    return tuple(
        KnownFormat(name, *_FACTS[name], carries_zone=not one.local_time)
        for name, one in FORMATS.items()
    )
