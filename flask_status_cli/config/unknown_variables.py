"""Finds environment variables that begin with `FLASK_STATUS_`, but set nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_status_cli.config.keys import KEYS, VARIABLES, variable
from flask_status_cli.config.load import NAMES_THE_FILE
from flask_status_cli.errors import ConfigError


def unknown_variables(environment: Mapping[str, str]) -> Iterator[ConfigError]:
    """Yield an error for each variable that begins with `FLASK_STATUS_`, but sets nothing."""
    known = {variable(key): kind.variable is not None for key, kind in KEYS.items()}
    for name in sorted(environment):
        if not name.startswith(VARIABLES) or name == NAMES_THE_FILE or known.get(name):
            continue
        import difflib

        near = difflib.get_close_matches(name, [each for each, sets in known.items() if sets], n=1)
        if name in known:
            yield ConfigError(
                name, "this cannot be set in a variable", "write it into flask-status.toml"
            )
        else:
            hint = f"did you mean {near[0]}?" if near else "flask-status config show lists the keys"
            yield ConfigError(name, "no such variable", hint)
