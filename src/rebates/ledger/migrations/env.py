"""Runs the steps on the connection that the ledger hands over, within its transaction."""

from __future__ import annotations

from alembic import context

from rebates.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
