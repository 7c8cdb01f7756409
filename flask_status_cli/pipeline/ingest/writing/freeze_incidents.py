"""Freezes announced incidents when their routes become part of a crowd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock

if TYPE_CHECKING:
    from flask_status_cli.model import IncidentsToFreeze
    from flask_status_cli.store import Freezing, Ledger


def freezing(policy: PolicySettings, clock: Clock) -> Freezing:
    """Return a function that the store calls before it folds routes. It returns the incidents to freeze."""

    def freeze(ledger: Ledger, label: str, moved: Mapping[str, str]) -> IncidentsToFreeze:
        from flask_status_cli import judgement, summary

        newest = summary.newest_entry(ledger, now=clock())
        found = summary.find_incidents(ledger, judgement.policy(policy), newest=newest)
        return summary.freeze(found, ledger.anchors(), label, moved)

    return freeze
