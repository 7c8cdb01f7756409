"""Reads from the settings for which routes traffic is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_status_cli.model.times import MINUTE

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation
    from flask_status_cli.model.settings import Settings


def expected(settings: Settings) -> tuple[Expectation, ...]:
    """Return the expected traffic of each rule. If a rule is in several tables, `[[routes]]` wins."""
    spans = {"": settings.expect.every}
    spans |= {each.rule: each.expect_every for each in settings.policy.routes}
    spans |= {each.rule: each.expect_every for each in settings.routes if each.expect_every}
    promised = {rule: span for rule, span in spans.items() if span is not None}
    if not promised:
        return ()
    from flask_status_cli.model import Expectation

    return tuple(Expectation(rule, -(-span // MINUTE)) for rule, span in promised.items())
