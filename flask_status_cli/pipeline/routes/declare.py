"""Declares the rules of a Flask app, of an exported document, or of the configuration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_status_cli.errors import RuleError, joined_hints
from flask_status_cli.frozen import frozen
from flask_status_cli.model import Declaration, RuleSource, UrlMap, UrlRule
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.settings import RouteSetting, Settings
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer

if TYPE_CHECKING:
    from flask_status_cli.store import FindDeclared

RECENT_DAYS = 30
"""A map must match the requests of the last this many days."""


@frozen
class DeclareOptions:
    """How to declare the rules of an app.

    - `label`: the label of the app.
    - `prefixes`: the paths below which the app is mounted.
    - `wait`: how many seconds to wait for the lock.
    - `dry_run`: whether nothing is stored.
    - `trusted`: whether to accept a map that few requests match.
    """

    database: Database
    label: str = ""
    prefixes: tuple[str, ...] = ()
    wait: float = 10.0
    dry_run: bool = False
    trusted: bool = False


def sync(
    spec: str | None, options: DeclareOptions, *, python: str | None, clock: Clock
) -> Declaration:
    """Declare the rules of the Flask app `spec`, which the interpreter `python` reads.

    Raises `AppError` if the app cannot be read, and `RuleError` if few requests match its map. In both cases
    nothing is changed.
    """
    from flask_status_cli.apps import app_name, read_app

    return declare_app(read_app(spec, python=python), options, where=app_name(spec), clock=clock)


def export(spec: str | None, *, python: str | None) -> str:
    """Return the rules of the Flask app `spec` as TOML. Raises `AppError`."""
    from flask_status_cli.apps import as_toml, read_app
    from flask_status_cli.routes import to_document

    url_map = read_app(spec, python=python)
    return as_toml(to_document(url_map), f"The routes of {spec or 'a Flask app'}")


def exporter() -> str:
    """Return a script that exports the rules of an app. It runs in the app's own interpreter."""
    from flask_status_cli.apps import exporter as script

    return script()


def import_(text: str, options: DeclareOptions, *, where: str, clock: Clock) -> Declaration:
    """Declare the rules of an exported document, `text`. Raises `RuleError` if it is not valid.

    `where` names the document in messages. After an error nothing is changed.
    """
    import tomllib

    from flask_status_cli.routes import check_map, from_document

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(
            where, f"is not valid TOML: {error}", "make it with flask-status routes export"
        ) from None
    url_map = from_document(document, where=where)
    check_map(url_map, where=where)
    return declare_app(url_map, options, where=where, clock=clock)


def declare_app(
    url_map: UrlMap, options: DeclareOptions, *, where: str, clock: Clock
) -> Declaration:
    """Replace the rules of an app, and move the counts to the rules that match now, all or nothing.

    Raises `RuleError` if few requests match the map, unless it is `trusted`.
    """
    if options.prefixes:
        url_map = replace(url_map, prefixes=options.prefixes)
    with _writer(options, clock) as writer:
        if not options.trusted:
            _refuse_poor(writer, url_map, options, where=where)
        return _declare(writer, url_map, options)


def undo(options: DeclareOptions, *, clock: Clock) -> Declaration:
    """Declare the rules again that the last `sync` or `import` replaced. Raises `RuleError` without any.

    Counts that were moved to a rule stay with it.
    """
    with _writer(options, clock) as writer:
        replaced, before = writer.store.former_url_map(options.label)
        if not replaced:
            what = "there is nothing to undo"
            raise RuleError("routes undo", what, "flask-status routes sync declares routes")
        return _declare(writer, before, options)


def _writer(options: DeclareOptions, clock: Clock) -> Writer:
    """Open the database. If a dry run finds none, open one that leaves no trace."""
    from flask_status_cli.store import may_exist

    rehearsal = options.dry_run and not may_exist(options.database)
    return Writer(options.database, wait=options.wait, clock=clock, rehearsal=rehearsal)


def _declare(writer: Writer, url_map: UrlMap | None, options: DeclareOptions) -> Declaration:
    return writer.declare(
        options.label, RuleSource.APP, url_map, placing=rule_placer, dry_run=options.dry_run
    )


def _refuse_poor(writer: Writer, url_map: UrlMap, options: DeclareOptions, *, where: str) -> None:
    """Raise `RuleError` if a map has only the rule of static files, or if few requests match it."""
    from flask_status_cli.routes import coverage, only_static

    override = "--yes declares them anyway"
    if only_static(url_map):
        what = "has only the route of static files"
        raise RuleError(
            where,
            what,
            joined_hints("is the app made by a function? --app 'MODULE:create_app()'", override),
        )
    others = [
        writer.store.url_map(options.label, source) for source in (RuleSource.FILE, RuleSource.HAND)
    ]
    maps = [url_map, *(one for one in others if one is not None)]
    found = coverage(maps, writer.store.answered(options.label, days=RECENT_DAYS))
    if url_map.complete and found.poor:
        what = (
            f"only {found.found:,} of {found.requests:,} requests of the last {RECENT_DAYS} days "
            "match a rule in it"
        )
        cause = "is it another app?"
        if found.prefix:
            cause = f"is it mounted below a path? --strip-prefix {found.prefix}"
        raise RuleError(where, what, joined_hints(cause, override))


def add_rule(rule: UrlRule, options: DeclareOptions, *, clock: Clock) -> Declaration:
    """Declare one rule by hand. It replaces an earlier declaration by hand. Raises `RuleError`."""
    from flask_status_cli.routes import check_rule

    check_rule(rule, where=rule.rule)
    with Writer(options.database, wait=options.wait, clock=clock) as writer:
        others = _other_rules(writer.store.url_map(options.label, RuleSource.HAND), {rule.rule})
        declared = UrlMap((*others, rule))
        return writer.declare(options.label, RuleSource.HAND, declared, placing=rule_placer)


def remove_rules(writer: Writer, label: str, rules: Collection[str]) -> None:
    """Remove the declarations of these rules by hand, if there are any."""
    before = writer.store.url_map(label, RuleSource.HAND)
    others = _other_rules(before, rules)
    if before is not None and others != before.rules:
        declared = UrlMap(others) if others else None
        writer.declare(label, RuleSource.HAND, declared, placing=rule_placer)


def _other_rules(url_map: UrlMap | None, rules: Collection[str]) -> tuple[UrlRule, ...]:
    known = () if url_map is None else url_map.rules
    return tuple(each for each in known if each.rule not in rules)


def rule_placer(maps: tuple[UrlMap, ...]) -> FindDeclared:
    """Return a function that finds the declared rule for the counts of a discovered rule."""
    from flask_status_cli.routes import RuleReassignment

    return RuleReassignment(maps).place


def configured(settings: Settings) -> UrlMap:
    """Return the rules that a configuration declares."""
    rules = tuple(map(_rule, settings.routes))
    return UrlMap(rules, prefixes=(settings.strip_prefix,) if settings.strip_prefix else ())


def declare_configured(writer: Writer, label: str, rules: UrlMap, *, where: str) -> None:
    """Declare the rules of the configuration if they have changed. Raises `RuleError`."""
    declared = rules if rules.rules else None
    if writer.store.url_map(label, RuleSource.FILE) == declared:
        return
    from flask_status_cli.routes import check_map

    check_map(rules, where=where)
    writer.declare(label, RuleSource.FILE, declared, placing=rule_placer)


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
