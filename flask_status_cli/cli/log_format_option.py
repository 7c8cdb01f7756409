"""The options `--format` and `--json-map`, by which the user names the format of a log."""

from __future__ import annotations

import click

from flask_status_cli.cli.options import configuration, settings

FORMATS = (
    "common", "combined", "vhost_combined", "werkzeug", "json", "ltsv", "logfmt", "haproxy",
    "uwsgi", "tornado", "gevent", "eventlet", "django", "daphne", "cherrypy", "hypercorn",
    "granian", "uvicorn", "sanic", "aws_alb", "aws_elb", "cloudfront", "envoy", "gorouter",
    "gin", "squid", "zoraxy", "npm", "npmplus", "apisix", "aws_api_gateway", "cpanel", "quart", "odoo",
    "common_other_time",
)  # fmt: skip
"""The names of all formats, so that an ordinary run need not import their table. A test compares them."""

DESCRIBED = ("#Fields:", "json:")
"""A format may be the header of a W3C log, or the keys of JSON lines. It begins with one of these texts."""


class LogFormat(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """The name of a built-in format, or a format string of Apache or nginx. The string is checked later."""

    name = "format"

    def get_metavar(self, *_: object, **__: object) -> str:
        """Return the placeholder for the help text."""
        return "NAME|STRING"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format in lower case, or a format string. A mistyped name is an error."""
        if value.lower() in FORMATS:
            return value.lower()
        if not ("%" in value or "$" in value or value.startswith(DESCRIBED)):
            import difflib

            near = difflib.get_close_matches(value.lower(), FORMATS, n=1)
            hint = f"did you mean {near[0]}?" if near else "flask-status formats list"
            self.fail(
                f"{value!r} is not a known format, an Apache LogFormat or an nginx log_format: {hint}",
                param,
                ctx,
            )
        return value


def wanted_format(log_format: str | None, json_map: str | None) -> str | None:
    """Return the format that `--format` or `--json-map` names, `None` if neither is given."""
    if log_format and json_map:
        raise click.UsageError("choose one of --format and --json-map")
    return _format(log_format, "--format") or _format(_map(json_map), "--json-map")


def _map(json_map: str | None) -> str | None:
    return f"json:{json_map}" if json_map else None


def configured_format() -> str | None:
    """Return the format that the configuration names, `None` if it names none. Raises `OptionError`."""
    known, where = settings(), configuration().where
    by_keys = _map(known.json_map)
    return _format(known.format, where("format")) or _format(by_keys, where("json_map"))


def _format(name: str | None, where: str) -> str | None:
    """Return the name of a format in lower case, or a format string. Raises `OptionError` at `where`."""
    if name is None or name in FORMATS:
        return name
    from flask_status_cli.pipeline.ingest.options import known_format

    return known_format(name, option=where)
