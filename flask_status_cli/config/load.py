"""Merges the layers of a configuration. Variables override files, and each file overrides the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from flask_status_cli.config import files
from flask_status_cli.config.files import FILE_NAME, ConfigFile
from flask_status_cli.config.keys import KEYS, SECTIONS, VARIABLES, InvalidValues, unknown, variable
from flask_status_cli.config.value_types import InvalidValue
from flask_status_cli.errors import ConfigError, joined_hints
from flask_status_cli.frozen import frozen
from flask_status_cli.model.settings import (
    ExpectSettings,
    NotifySettings,
    PageSettings,
    PolicySettings,
    Retention,
    Settings,
    Source,
)

PARTS = {
    "policy": PolicySettings,
    "retention": Retention,
    "notify": NotifySettings,
    "page": PageSettings,
    "expect": ExpectSettings,
}
"""The class of the settings in each section of a file."""

JUDGING = ("success", "failure", "incident_failure", "routes")
"""With a wrong value, each of these keys of a policy could hide outages."""

NOTHING_GIVEN: Mapping[str, object] = {}

NAMES_THE_FILE = f"{VARIABLES}CONFIG"
"""The variable that names a file to read instead of the one in the working directory."""

__all__ = ["FILE_NAME", "NAMES_THE_FILE", "Configuration", "SettingsLayer", "load", "load_valid"]


@frozen
class SettingsLayer:
    """The values from one source, by dotted key. `file` is `None` for the environment variables."""

    file: ConfigFile | None
    values: Mapping[str, object]

    @property
    def source(self) -> Source:
        """Whether this is a file or the environment."""
        return Source.ENVIRONMENT if self.file is None else Source.FILE

    def where(self, key: str) -> str:
        """Return where a key is set: the variable, or the file and line."""
        if self.file is None:
            return variable(key)
        line = self.file.line_of(tuple(key.split(".")))
        return str(self.file.path) if line is None else f"{self.file.path}:{line}"


@frozen
class Configuration:
    """The settings of a command. `load` makes it.

    - `settings`: the merged values.
    - `layers`: the sources of the values, the one with the highest priority first.
    - `places`: the paths where a configuration file may be.
    """

    settings: Settings
    layers: tuple[SettingsLayer, ...]
    places: tuple[Path, ...]

    @property
    def nearest(self) -> Path | None:
        """The file from the working directory or `--config`, `None` if there is none."""
        read = {layer.file.path for layer in self.layers if layer.file is not None}
        return self.places[0] if self.places[0] in read else None

    def layer(self, key: str) -> SettingsLayer | None:
        """Return the first layer that sets a key, `None` if none does."""
        return next((layer for layer in self.layers if key in layer.values), None)

    def where(self, key: str) -> str:
        """Return the place of a key for a message: `/etc/…/flask-status.toml:3: timezone`."""
        layer = self.layer(key)
        if layer is None:
            return key
        return layer.where(key) if layer.file is None else f"{layer.where(key)}: {key}"


def load(
    environment: Mapping[str, str],
    directory: Path,
    *,
    named: str | None = None,
    given: Mapping[str, object] = NOTHING_GIVEN,
) -> Configuration:
    """Return the settings from the files and the variables.

    `directory` is the working directory. `named` is the file to read instead of the one in it. `given` are
    values from a program, by the names of variables. They override both. Raises `ConfigError` for the first
    error; its hint says how many others there are.
    """
    configuration, wrong = load_valid(environment, directory, named=named, given=given)
    if not wrong:
        return configuration
    first, others = wrong[0], len(wrong) - 1
    if not others:
        raise first
    more = f"{others} more: flask-status config check"
    raise ConfigError(first.where, first.what, joined_hints(first.hint, more))


def load_valid(
    environment: Mapping[str, str],
    directory: Path,
    *,
    named: str | None = None,
    given: Mapping[str, object] = NOTHING_GIVEN,
) -> tuple[Configuration, list[ConfigError]]:
    """Return the settings from all valid values, and an error for each other one. See `load`."""
    named = named or environment.get(NAMES_THE_FILE) or None
    found = files.places(environment, directory, named)
    wrong: list[ConfigError] = []
    layers = [SettingsLayer(None, _variables({**environment, **given}, directory, wrong))]
    for place, path in enumerate(dict.fromkeys(found)):
        try:
            file = files.read(path, needed=named is not None and place == 0)
        except ConfigError as error:
            wrong.append(error)
            continue
        if file is not None:
            layers.append(SettingsLayer(file, _values(file, wrong)))
    merged: dict[str, object] = {}
    for layer in reversed(layers):
        merged |= layer.values
    configuration = Configuration(_settings(merged), tuple(layers), tuple(found))
    wrong.extend(_contradictions(configuration))
    return configuration, wrong


def _variables(
    environment: Mapping[str, object], directory: Path, wrong: list[ConfigError]
) -> dict[str, object]:
    """Return the values of variables by dotted key. They are texts, or TOML values given by a program.

    Errors are added to `wrong`.
    """
    values: dict[str, object] = {}
    for key, kind in KEYS.items():
        given = environment.get(variable(key))
        is_text = isinstance(given, str)
        if given is None or given == "" or (is_text and kind.variable is None):
            continue
        try:
            if isinstance(given, str) and kind.variable is not None:
                given = kind.variable(given)
            values[key] = kind.read(list(given) if isinstance(given, tuple) else given, directory)
        except InvalidValue as error:
            wrong.append(ConfigError(variable(key), error.what, error.hint))
    return values


def _values(file: ConfigFile, wrong: list[ConfigError]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in _keys(file, wrong):
        try:
            values[key] = KEYS[key].read(value, file.path.parent)
        except InvalidValue as error:
            wrong.append(_located(file, key, error))
        except InvalidValues as invalid:
            wrong.extend(_located(file, key, error) for error in invalid.found)
    return values


def _keys(file: ConfigFile, wrong: list[ConfigError]) -> Iterator[tuple[str, object]]:
    """Yield the dotted keys and the values of a file. Add an error to `wrong` for each unknown key."""
    for name, value in file.tables.items():
        if name in SECTIONS and isinstance(value, Mapping):
            known = [key.partition(".")[2] for key in KEYS if key.startswith(f"{name}.")]
            for inner, part in value.items():
                if inner in known:
                    yield f"{name}.{inner}", part
                else:
                    wrong.append(_located(file, f"{name}.{inner}", unknown(inner, known)))
        elif name in SECTIONS and name not in KEYS:
            wrong.append(
                _located(
                    file, name, InvalidValue("is not a table", f"write [{name}] above its keys")
                )
            )
        elif name in KEYS:
            yield name, value
        else:
            wrong.append(_located(file, name, _unknown_at_the_top(name)))


def _unknown_at_the_top(name: str) -> InvalidValue:
    """Return the error for an unknown key outside of all tables. If it is a key of a table, say so."""
    section = next((key.partition(".")[0] for key in KEYS if key.endswith(f".{name}")), None)
    if section is not None:
        return InvalidValue("no such key", f"write it below [{section}]")
    return unknown(name, [*(key for key in KEYS if "." not in key), *PARTS])


def _located(file: ConfigFile, key: str, error: InvalidValue) -> ConfigError:
    path = (*key.split(".", 1), *error.path)
    line = file.line_of(path)
    where = str(file.path) if line is None else f"{file.path}:{line}"
    name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return ConfigError(where, f"{name.removeprefix('.')}: {error.what}", error.hint)


def _settings(values: Mapping[str, object]) -> Settings:
    top: dict[str, object] = {}
    parts: dict[str, dict[str, object]] = {name: {} for name in PARTS}
    for key, value in values.items():
        section, dot, name = key.partition(".")
        if dot:
            parts[section][name] = value
        else:
            top[key] = value
    made = {name: make(**parts[name]) for name, make in PARTS.items()}
    return Settings(**top, **made)  # type: ignore[arg-type]  # read by KEYS


def _contradictions(configuration: Configuration) -> Iterator[ConfigError]:
    """Yield an error for each pair of valid values that contradict each other."""
    kept = configuration.settings.retention
    if kept.days is not None and kept.days < kept.minutes:
        what = f"{kept.days} is less than retention.minutes, which is {kept.minutes}"
        yield ConfigError(
            configuration.where("retention.days"), what, "set it to as many days, or more"
        )
    yield from _hidden_outages(configuration)


def _hidden_outages(configuration: Configuration) -> Iterator[ConfigError]:
    """Yield an error for each part of a configured policy that would hide outages."""
    if not any(configuration.layer(f"policy.{name}") for name in JUDGING):
        return
    from flask_status_cli.config.policy_checks import hidden_outages

    for key, what, hint in hidden_outages(configuration.settings.policy):
        part, bracket, _ = key.partition("[")
        where = configuration.where(part)
        yield ConfigError(where if not bracket else where.removesuffix(part) + key, what, hint)
