"""The settings of a command, as files and environment give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flask_status_cli.config import Configuration, load, look
from flask_status_cli.errors import ConfigError, FlaskStatusError
from flask_status_cli.model.settings import Setting

__all__ = ["Configuration", "load", "look", "problems", "quoted", "written"]


def written(configuration: Configuration) -> Iterable[Setting]:
    """Return every key as it holds, and where it was set."""
    from flask_status_cli.config.toml import settings

    return settings(configuration)


def quoted(text: str) -> str:
    """Return a text as TOML."""
    from flask_status_cli.config.toml import quoted

    return quoted(text)


def problems(
    configuration: Configuration, environment: Mapping[str, str]
) -> Iterator[FlaskStatusError]:
    """Yield what is wrong with settings that are right by their shape.

    There may be no such zone, format or variable; thresholds may exclude each other; and a rule may be none.
    """
    from flask_status_cli.config.variables import strange

    yield from strange(environment)
    yield from _zones(configuration)
    for check in (_check_format, _check_thresholds, _check_rules):
        try:
            check(configuration)
        except FlaskStatusError as wrong:
            yield wrong


def _zones(configuration: Configuration) -> Iterator[ConfigError]:
    settings = configuration.settings
    for key in ("timezone", "log_timezone"):
        name = getattr(settings, key)
        if name is not None and not _is_zone(name):
            hint = "try for example Europe/Berlin or UTC"
            yield ConfigError(configuration.where(key), f"{name!r} is no time zone", hint)


def _check_format(configuration: Configuration) -> None:
    from flask_status_cli.pipeline.options import check_format

    name = configuration.settings.format
    if name is not None:
        check_format(name, option=configuration.where("format"))


def _check_thresholds(configuration: Configuration) -> None:
    """Raise `ConfigError` where Major Outage would begin above Fully Operational, for all routes or some."""
    from flask_status_cli import classify

    policy = classify.policy(configuration.settings.policy)
    set_here = configuration.settings.policy.operational is not None
    judged = [("policy", f"policy.{'operational' if set_here else 'major'}", policy)] + [
        (f"policy.routes[{place}]", "policy.routes", classify.of_route(policy, override.rule))
        for place, override in enumerate(policy.overrides, 1)
    ]
    for name, key, each in judged:
        if each.operational < each.major:
            shares = f"operational ({float(each.operational):g}) is less than major ({float(each.major):g})"
            what = f"{name}: {shares}"
            where = configuration.where(key).removesuffix(f": {key}")
            raise ConfigError(where, what, "availability can be both then; give a larger share")


def _check_rules(configuration: Configuration) -> None:
    """Raise `RuleError` for the first declared rule that werkzeug does not take."""
    from flask_status_cli.pipeline.declare import configured
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
