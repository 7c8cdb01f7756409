"""Finds the deploy shortly before an incident. The deploy need not be the cause."""

from __future__ import annotations

from collections.abc import Iterable

from flask_status_cli.model import Incident
from flask_status_cli.model.deploys import NEAR, Deploy


def deploy_before(incident: Incident, deploys: Iterable[Deploy]) -> Deploy | None:
    """Return the latest deploy in the minutes before an incident began, `None` if there is none.

    A deploy with a label counts only if a route of the incident has this label.
    """
    near = [
        deploy
        for deploy in deploys
        if deploy.at <= incident.start <= deploy.at + NEAR and _concerns(deploy, incident)
    ]
    return max(near, key=lambda deploy: (deploy.at, deploy.id), default=None)


def _concerns(deploy: Deploy, incident: Incident) -> bool:
    return not deploy.label or any(deploy.concerns(route.label) for route in incident.routes)
