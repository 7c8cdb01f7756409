"""Loads the settings of a command from configuration files and the environment, and checks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flask_status_cli.config import Configuration, load, load_valid
from flask_status_cli.errors import ConfigError, FlaskStatusError
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.settings import Setting

__all__ = ["Configuration", "load", "load_valid", "problems", "quoted", "setting_lines", "warnings"]


def setting_lines(configuration: Configuration) -> Iterable[Setting]:
    """Return every key with its value, and where it was set."""
    from flask_status_cli.config.toml_writer import settings

    return settings(configuration)


def quoted(text: str) -> str:
    """Return a text as a TOML string."""
    from flask_status_cli.config.toml_writer import quoted

    return quoted(text)


def problems(
    configuration: Configuration, environment: Mapping[str, str]
) -> Iterator[FlaskStatusError]:
    """Yield the errors that loading the settings does not find.

    Examples: a time zone, format, variable or file does not exist, or a threshold can never apply.
    """
    from flask_status_cli.config.unknown_variables import unknown_variables
    from flask_status_cli.pipeline.config_references import missing

    yield from unknown_variables(environment)
    yield from _zones(configuration)
    for check in (_check_format, _check_rules):
        try:
            check(configuration)
        except FlaskStatusError as wrong:
            yield wrong
    yield from _thresholds(configuration)
    yield from _days(configuration)
    yield from missing(configuration)


def warnings(configuration: Configuration, database: Database) -> Iterator[ConfigError]:
    """Yield warnings: globs that match no route, and routes that can never fail."""
    from flask_status_cli.pipeline.config_references import without_routes

    yield from without_routes(configuration, database)
    yield from _never_failing(configuration)


def _zones(configuration: Configuration) -> Iterator[ConfigError]:
    settings = configuration.settings
    for key in ("timezone", "log_timezone"):
        name = getattr(settings, key)
        if name is not None and not _is_zone(name):
            hint = "try for example Europe/Berlin or UTC"
            yield ConfigError(configuration.where(key), f"{name!r} is not a time zone", hint)


def _check_format(configuration: Configuration) -> None:
    from flask_status_cli.pipeline.ingest.options import known_format

    name, keys = configuration.settings.format, configuration.settings.json_map
    if name is not None:
        known_format(name, option=configuration.where("format"))
    if keys is not None:
        known_format(f"json:{keys}", option=configuration.where("json_map"))
    if name is not None and keys is not None:
        hint = "leave one of them out"
        raise ConfigError(configuration.where("json_map"), "format already names a format", hint)


def _thresholds(configuration: Configuration) -> Iterator[ConfigError]:
    """Yield an error for each pair of thresholds that contradict each other."""
    from flask_status_cli import judgement

    policy = judgement.policy(configuration.settings.policy)
    set_here = configuration.settings.policy.operational is not None
    judged = [("policy", f"policy.{'operational' if set_here else 'major'}", policy)] + [
        (f"policy.routes[{place}]", "policy.routes", judgement.of_route(policy, override.rule))
        for place, override in enumerate(policy.overrides, 1)
    ]
    for name, key, each in judged:
        where = configuration.where(key).removesuffix(f": {key}")
        if each.operational < each.major:
            shares = f"operational ({float(each.operational):g}) is less than major ({float(each.major):g})"
            hint = "a day could have both states; give a larger share"
            yield ConfigError(where, f"{name}: {shares}", hint)
        elif not each.major:
            what = f"{name}: major is 0, so there would never be a Major Outage"
            yield ConfigError(where, what, "give a share above 0, for example 0.3")


def _days(configuration: Configuration) -> Iterator[ConfigError]:
    settings = configuration.settings
    kept = settings.retention.days
    if kept is not None and kept < settings.days:
        what = f"{settings.days} is more than retention.days, which is {kept}"
        hint = "the first days of each report would be empty; keep more days, or show fewer"
        yield ConfigError(configuration.where("days"), what, hint)


def _never_failing(configuration: Configuration) -> Iterator[ConfigError]:
    from flask_status_cli import judgement
    from flask_status_cli.model import Outcome

    policy = judgement.policy(configuration.settings.policy)
    for place, override in enumerate(policy.overrides, 1):
        judged = judgement.outcomes(policy, rule=override.rule).values()
        if Outcome.FAILURE not in judged and Outcome.SUCCESS in judged:
            where = configuration.where("policy.routes") + f"[{place}]"
            what = f"no code is a failure: an outage of {override.rule!r} would never show"
            yield ConfigError(where, what, 'list what is a failure, for example ["5xx"]')


def _check_rules(configuration: Configuration) -> None:
    """Raise `RuleError` for the first declared rule that werkzeug does not accept."""
    from flask_status_cli.pipeline.routes.declare import configured
    from flask_status_cli.routes import check_map

    if configuration.settings.routes:
        check_map(configured(configuration.settings), where=configuration.where("routes"))


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
