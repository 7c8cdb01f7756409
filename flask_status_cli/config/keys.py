"""The table of configuration keys, with the type of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from flask_status_cli.config import value_types
from flask_status_cli.config.value_types import InvalidValue, ValueType
from flask_status_cli.model.languages import LANGUAGES
from flask_status_cli.model.settings import RoutePolicy, RouteSetting

VARIABLES = "FLASK_STATUS_"
"""The prefix of all our environment variables, such as `FLASK_STATUS_DAYS` and `FLASK_STATUS_PAGE_LANG`."""


class InvalidValues(Exception):  # noqa: N818 - it names what a value has
    """The errors in several parts of one value."""

    def __init__(self, found: Iterable[InvalidValue]) -> None:
        self.found = tuple(found)
        super().__init__(*self.found)


def tables(make: Callable[..., object], fields: Mapping[str, ValueType]) -> ValueType:
    """Return the type of a list of tables. `fields` are their keys, of which `rule` is required.

    `make` is called with the values of each table.
    """

    def read(value: object, base: Path) -> tuple[object, ...]:
        invalid: list[InvalidValue] = []
        if not isinstance(value, list):
            raise InvalidValue(f"{value_types.shown(value)} is not a list of tables", _SEE)
        found = [_fields(fields, each, base, place, invalid) for place, each in enumerate(value)]
        if invalid:
            raise InvalidValues(invalid)
        return tuple(make(**each) for each in found)

    return ValueType(read)


def _fields(
    fields: Mapping[str, ValueType],
    value: object,
    base: Path,
    place: int,
    invalid: list[InvalidValue],
) -> Mapping[str, object]:
    """Read the table with the index `place` in a list. Add its errors to `invalid`."""
    read: dict[str, object] = {}
    if not isinstance(value, Mapping):
        invalid.append(InvalidValue(f"{value_types.shown(value)} is not a table", _SEE, (place,)))
        return read
    for name, part in value.items():
        try:
            if name not in fields:
                raise unknown(name, fields)
            read[name] = fields[name].read(part, base)
        except InvalidValue as error:
            invalid.append(InvalidValue(error.what, error.hint, (place, name, *error.path)))
    if "rule" not in value:
        invalid.append(
            InvalidValue("the rule is missing", 'for example rule = "/users/*"', (place,))
        )
    return read


def unknown(name: str, known: Iterable[str]) -> InvalidValue:
    """Return the error for an unknown key. It names the most similar known key, or all known keys."""
    import difflib

    near = difflib.get_close_matches(name.casefold(), list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
    return InvalidValue("no such key", hint)


_SEE = "see docs/configuration.md for its keys"
_GLOB = value_types.text(example="/users/*", empty=False)
_RULE = value_types.text(example="/users/<int:id>", fits="[/<].*")
_WORD = value_types.text(example="users.show")
_WORDS = value_types.text(example="the order page")
_METHODS = value_types.texts(example="GET")
_ZONE = value_types.text(example="Europe/Berlin", empty=False)
_GLOBS = value_types.texts(example="/static/*")

_JUDGED: Mapping[str, ValueType] = {
    "success": value_types.CODES,
    "failure": value_types.CODES,
    "operational": value_types.THRESHOLD,
    "major": value_types.SHARE,
    "objective": value_types.SHARE,
    "slow": value_types.SHORT,
}

KEYS: Mapping[str, ValueType] = MappingProxyType(
    {
        "logs": value_types.LOGS,
        "db": value_types.DATABASE,
        "timezone": _ZONE,
        "log_timezone": _ZONE,
        "format": value_types.text(example="combined", empty=False),
        "json_map": value_types.text(example="status=res.code,time=ts", empty=False),
        "label": value_types.text(example="shop"),
        "label_from_host": value_types.HOSTS,
        "host": value_types.text(example="web1", empty=False),
        "title": value_types.text(example="Shop"),
        "days": value_types.whole(1, 3660),
        "exclude": _GLOBS,
        "only": _GLOBS,
        "groups": value_types.choice("none", "blueprint", "prefix"),
        "rows": value_types.whole(1, 100_000),
        "discover": value_types.SWITCH,
        "keep": value_types.texts(example="/blog/about-*"),
        "app": value_types.text(example="shop:create_app()", empty=False),
        "strip_prefix": value_types.text(example="/shop", fits=r"|/.*[^/]"),
        "stale_after": value_types.DURATION,
        "policy.preset": value_types.choice("standard", "server-errors"),
        **{f"policy.{name}": kind for name, kind in _JUDGED.items()},
        "policy.incident_failure": value_types.CODES,
        "policy.routes": tables(
            RoutePolicy, {"rule": _GLOB, **_JUDGED, "expect_every": value_types.DURATION}
        ),
        "retention.minutes": value_types.whole(2, 3660),
        "retention.days": value_types.whole(2, 36600),
        "notify.exec": value_types.COMMANDS,
        "notify.webhook": value_types.address("https", "http"),
        "notify.urls": value_types.texts(example="mailto://user:password@example.org"),
        "expect.every": value_types.DURATION,
        "page.lang": value_types.choice(*LANGUAGES),
        "page.logo": value_types.PATH,
        "page.accent": value_types.text(example="#0969da", fits="#[0-9a-fA-F]{6}"),
        "page.footer": _WORDS,
        "page.links": value_types.LINKS,
        "page.url": value_types.address("https", "http"),
        "page.robots": value_types.text(example="noindex,nofollow", fits="[a-z:0-9, -]*"),
        "routes": tables(
            RouteSetting,
            {
                "rule": _RULE,
                "name": _WORDS,
                "doc": _WORDS,
                "endpoint": _WORD,
                "methods": _METHODS,
                "hidden": value_types.SWITCH,
                "group": _WORDS,
                "expect_every": value_types.DURATION,
            },
        ),
    }
)
"""The type of each key, by its dotted name. `config show` prints the keys in this order."""

SECTIONS = tuple(dict.fromkeys(key.partition(".")[0] for key in KEYS if "." in key))
"""The names of the tables in a configuration file, such as `policy` and `page`."""


def variable(key: str) -> str:
    """Return the name of the variable that sets a key. `FLASK_STATUS_POLICY` sets `policy.preset`."""
    return VARIABLES + {"policy.preset": "policy"}.get(key, key).upper().replace(".", "_")
