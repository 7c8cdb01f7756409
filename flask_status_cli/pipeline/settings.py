"""The settings of a command, as files and environment give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flask_status_cli.config import Configuration, load, look
from flask_status_cli.errors import ConfigError, FlaskStatusError, OptionError, RuleError
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
    """Yield what is wrong with settings that are right by their shape: no such zone, format or variable."""
    from flask_status_cli.config.variables import strange
    from flask_status_cli.pipeline.options import check_format

    yield from strange(environment)
    settings = configuration.settings
    for key in ("timezone", "log_timezone"):
        name = getattr(settings, key)
        if name is not None and not _is_zone(name):
            hint = "try for example Europe/Berlin or UTC"
            yield ConfigError(configuration.where(key), f"{name!r} is no time zone", hint)
    if settings.routes:
        from flask_status_cli.pipeline.declare import configured
        from flask_status_cli.routes import check_map

        try:
            check_map(configured(settings), where=configuration.where("routes"))
        except RuleError as error:
            yield error
    if settings.format is not None:
        try:
            check_format(settings.format, option=configuration.where("format"))
        except OptionError as error:
            yield error


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
