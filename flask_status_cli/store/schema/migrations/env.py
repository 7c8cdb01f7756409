"""Runs migrations on the connection that `version.migrate` gives, within its transaction."""

from __future__ import annotations

from alembic import context

from flask_status_cli.store.schema.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
