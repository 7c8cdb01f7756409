"""Rules are declared: by a Flask app, by a document that one was exported to, by the configuration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask_status_cli.errors import RuleError
from flask_status_cli.model import Declaration, RuleSource, UrlMap, UrlRule
from flask_status_cli.model.settings import RouteSetting, Settings
from flask_status_cli.pipeline.context import Clock
from flask_status_cli.pipeline.writer import Writer
from flask_status_cli.store import Place


@dataclass(frozen=True, slots=True)
class DeclareOptions:
    """Where rules are declared: a database, the label of the app in it, and the paths it is mounted below."""

    database: Path
    label: str = ""
    prefixes: tuple[str, ...] = ()
    wait: float = 10.0


def sync(
    spec: str | None, options: DeclareOptions, *, python: str | None, clock: Clock
) -> Declaration:
    """Declare the rules of a Flask app; raises `AppError` before anything is changed."""
    from flask_status_cli.apps import read_app

    return declare(read_app(spec, python=python), options, clock=clock)


def export(spec: str | None, *, python: str | None) -> dict[str, Any]:
    """Return the rules of a Flask app as a document; raises `AppError`."""
    from flask_status_cli.apps import read_app
    from flask_status_cli.routes import to_document

    return to_document(read_app(spec, python=python))


def import_(text: str, options: DeclareOptions, *, where: str, clock: Clock) -> Declaration:
    """Declare the rules of an exported document; raises `RuleError` before anything is changed."""
    import tomllib

    from flask_status_cli.routes import check_map, from_document

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(
            where, f"is no TOML: {error}", "make it with flask-status routes export"
        ) from None
    url_map = from_document(document, where=where)
    check_map(url_map, where=where)
    return declare(url_map, options, clock=clock)


def declare(
    url_map: UrlMap | None,
    options: DeclareOptions,
    *,
    clock: Clock,
    source: RuleSource = RuleSource.APP,
) -> Declaration:
    """Put the rules of a source in place of its former ones, and move what was counted; all or nothing."""
    if url_map is not None and options.prefixes:
        url_map = replace(url_map, prefixes=options.prefixes)
    with Writer(options.database, wait=options.wait, clock=clock) as writer:
        return writer.declare(options.label, source, url_map, placing=place)


def add_rule(rule: UrlRule, options: DeclareOptions, *, clock: Clock) -> Declaration:
    """Declare one rule by hand, in place of what was said of it by hand before; raises `RuleError`."""
    from flask_status_cli.routes import check_rule

    check_rule(rule, where=rule.rule)
    with Writer(options.database, wait=options.wait, clock=clock) as writer:
        others = _other_rules(writer.url_map(options.label, RuleSource.HAND), {rule.rule})
        declared = UrlMap((*others, rule))
        return writer.declare(options.label, RuleSource.HAND, declared, placing=place)


def take_back(writer: Writer, label: str, rules: Collection[str]) -> None:
    """Declare these rules by hand no more, where they were."""
    before = writer.url_map(label, RuleSource.HAND)
    others = _other_rules(before, rules)
    if before is not None and others != before.rules:
        declared = UrlMap(others) if others else None
        writer.declare(label, RuleSource.HAND, declared, placing=place)


def _other_rules(url_map: UrlMap | None, rules: Collection[str]) -> tuple[UrlRule, ...]:
    known = () if url_map is None else url_map.rules
    return tuple(each for each in known if each.rule not in rules)


def place(maps: tuple[UrlMap, ...]) -> Place:
    """Return where the requests of a discovered rule belong."""
    from flask_status_cli.routes import Placing

    return Placing(maps).place


def configured(settings: Settings) -> UrlMap:
    """Return the rules of a configuration, as they are written there."""
    rules = tuple(map(_rule, settings.routes))
    return UrlMap(rules, prefixes=(settings.strip_prefix,) if settings.strip_prefix else ())


def declare_configured(writer: Writer, label: str, rules: UrlMap, *, where: str) -> None:
    """Declare what a configuration says now, where that is not what it said before; raises `RuleError`."""
    declared = rules if rules.rules else None
    if writer.url_map(label, RuleSource.FILE) == declared:
        return
    from flask_status_cli.routes import check_map

    check_map(rules, where=where)
    writer.declare(label, RuleSource.FILE, declared, placing=place)


def _rule(setting: RouteSetting) -> UrlRule:
    return UrlRule(
        rule=setting.rule,
        endpoint=setting.endpoint,
        methods=setting.methods or None,
        name=setting.name,
        doc=setting.doc,
        group=setting.group,
        hidden=setting.hidden,
    )
