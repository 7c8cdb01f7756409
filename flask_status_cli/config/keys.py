"""The keys of a configuration: a table of what each may hold."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from flask_status_cli.config import kinds
from flask_status_cli.config.kinds import Kind, Misfit
from flask_status_cli.model.languages import LANGUAGES
from flask_status_cli.model.settings import RoutePolicy, RouteSetting

VARIABLES = "FLASK_STATUS_"
"""How the name of every variable begins: `FLASK_STATUS_DAYS`, `FLASK_STATUS_PAGE_LANG`."""


class Misfits(Exception):  # noqa: N818 - it gathers what is wrong with the parts of a value
    """Several parts of a value that do not do."""

    def __init__(self, found: Iterable[Misfit]) -> None:
        self.found = tuple(found)
        super().__init__(*self.found)


def tables(make: Callable[..., object], fields: Mapping[str, Kind]) -> Kind:
    """Return the kind of a list of tables with these keys, of which `rule` is needed."""

    def read(value: object, base: Path) -> tuple[object, ...]:
        misfits: list[Misfit] = []
        if not isinstance(value, list):
            raise Misfit(f"{kinds.shown(value)} is no list of tables", _SEE)
        found = [_fields(fields, each, base, place, misfits) for place, each in enumerate(value)]
        if misfits:
            raise Misfits(misfits)
        return tuple(make(**each) for each in found)

    return Kind(read)


def _fields(
    fields: Mapping[str, Kind], value: object, base: Path, place: int, misfits: list[Misfit]
) -> Mapping[str, object]:
    """Read one table of a list; what is wrong with it is added to `misfits`."""
    read: dict[str, object] = {}
    if not isinstance(value, Mapping):
        misfits.append(Misfit(f"{kinds.shown(value)} is no table", _SEE, (place,)))
        return read
    for name, part in value.items():
        try:
            if name not in fields:
                raise unknown(name, fields)
            read[name] = fields[name].read(part, base)
        except Misfit as misfit:
            misfits.append(Misfit(misfit.what, misfit.hint, (place, name, *misfit.path)))
    if "rule" not in value:
        misfits.append(Misfit("there is no rule", 'for example rule = "/users/*"', (place,)))
    return read


def unknown(name: str, known: Iterable[str]) -> Misfit:
    """Return what to say of a key that there is none of: the nearest, or all."""
    near = difflib.get_close_matches(name.casefold(), list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return Misfit("there is no such key", hint)


_SEE = "see docs/configuration.md for its keys"
_GLOB = kinds.text(example="/users/*", empty=False)
_RULE = kinds.text(example="/users/<int:id>", fits="[/<].*")
_WORD = kinds.text(example="users.show")
_WORDS = kinds.text(example="the order page")
_METHODS = kinds.texts(example="GET")
_ZONE = kinds.text(example="Europe/Berlin", empty=False)
_GLOBS = kinds.texts(example="/static/*")

_JUDGED: Mapping[str, Kind] = {
    "success": kinds.CODES,
    "failure": kinds.CODES,
    "operational": kinds.THRESHOLD,
    "major": kinds.SHARE,
    "objective": kinds.SHARE,
}

KEYS: Mapping[str, Kind] = MappingProxyType(
    {
        "logs": kinds.LOGS,
        "db": kinds.FILE,
        "timezone": _ZONE,
        "log_timezone": _ZONE,
        "format": kinds.text(example="combined", empty=False),
        "label": kinds.text(example="shop"),
        "title": kinds.text(example="Shop"),
        "days": kinds.whole(1, 3660),
        "exclude": _GLOBS,
        "only": _GLOBS,
        "groups": kinds.choice("none", "blueprint", "prefix"),
        "rows": kinds.whole(1, 100_000),
        "discover": kinds.SWITCH,
        "keep": kinds.texts(example="/blog/about-*"),
        "app": kinds.text(example="shop:create_app()", empty=False),
        "strip_prefix": kinds.text(example="/shop", fits=r"|/.*[^/]"),
        "stale_after": kinds.DURATION,
        "policy.preset": kinds.choice("standard", "server-errors"),
        **{f"policy.{name}": kind for name, kind in _JUDGED.items()},
        "policy.incident_failure": kinds.CODES,
        "policy.routes": tables(
            RoutePolicy, {"rule": _GLOB, **_JUDGED, "expect_every": kinds.DURATION}
        ),
        "retention.minutes": kinds.whole(2, 3660),
        "retention.days": kinds.whole(2, 36600),
        "notify.exec": kinds.COMMANDS,
        "notify.webhook": kinds.address("https", "http"),
        "notify.urls": kinds.texts(example="mailto://user:password@example.org"),
        "expect.every": kinds.DURATION,
        "page.lang": kinds.choice(*LANGUAGES),
        "page.logo": kinds.PATH,
        "page.accent": kinds.text(example="#0969da", fits="#[0-9a-fA-F]{6}"),
        "page.footer": _WORDS,
        "page.links": kinds.LINKS,
        "page.url": kinds.address("https", "http"),
        "page.robots": kinds.text(example="noindex,nofollow", fits="[a-z:0-9, -]*"),
        "routes": tables(
            RouteSetting,
            {
                "rule": _RULE,
                "name": _WORDS,
                "doc": _WORDS,
                "endpoint": _WORD,
                "methods": _METHODS,
                "hidden": kinds.SWITCH,
                "group": _WORDS,
                "expect_every": kinds.DURATION,
            },
        ),
    }
)
"""What each key may hold, by its dotted name, in the order in which they are shown."""

SECTIONS = tuple(dict.fromkeys(key.partition(".")[0] for key in KEYS if "." in key))


def variable(key: str) -> str:
    """Return the name of the variable that sets a key; a policy's is that of its preset."""
    return VARIABLES + {"policy.preset": "policy"}.get(key, key).upper().replace(".", "_")
