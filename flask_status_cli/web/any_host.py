"""A blueprint that answers on every host, also in an app with `host_matching`."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, has_request_context, request
from flask.blueprints import BlueprintSetupState

HOST: Final = "flask_status_host"
"""The variable of the host in the rules. Views do not get it."""


class AnyHostBlueprint(Blueprint):
    """A blueprint whose rules match every host. With `host_matching`, a rule without a host matches none."""

    def make_setup_state(self, app: Any, *options: Any) -> BlueprintSetupState:
        """Return what registers the rules. Flask calls this when the blueprint is registered."""
        if not app.url_map.host_matching:
            return super().make_setup_state(app, *options)
        app.url_value_preprocessors[self.name].append(_remove_host)
        app.url_default_functions[self.name].append(_add_host)
        return _AnyHost(self, app, *options)


class _AnyHost(BlueprintSetupState):
    def add_url_rule(self, rule: str, *view: Any, **options: Any) -> None:
        super().add_url_rule(rule, *view, **options, host=f"<{HOST}>")


def _remove_host(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        values.pop(HOST, None)


def _add_host(_endpoint: str, values: dict[str, Any]) -> None:
    """Let `url_for` make the URLs on the host of the request."""
    if has_request_context():
        values.setdefault(HOST, request.host)
