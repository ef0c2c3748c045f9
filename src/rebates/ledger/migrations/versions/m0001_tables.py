"""The tables of a ledger, and the triggers that keep what was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = ("fact", "rules", "run", "entry", "closing", "link")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Makes the tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

    def seq() -> sa.Column[int]:
        return sa.Column("seq", number, primary_key=True, autoincrement=False)

    def count(name: str) -> sa.Column[int]:
        return sa.Column(name, number, nullable=False)

    op.create_table("fact", seq(), *_texts("id", "account", "day", "kind", "known", "body"), sa.UniqueConstraint("id"))
    op.create_index("fact_of_account", "fact", ["account", "day"])
    op.create_table(
        "rules",
        seq(),
        *_texts("version", "known"),
        sa.Column("archive", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("version"),
    )
    op.create_table(
        "run",
        seq(),
        *_texts("kind", "first", "last", "known", "as_of"),
        count("facts"),
        *_texts("version", "inputs", "result"),
    )
    op.create_table(
        "entry",
        seq(),
        *_texts("id"),
        count("run"),
        *_texts("day", "kind", "account", "body"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("entry_of_account", "entry", ["account", "day"])
    op.create_table("closing", seq(), *_texts("through", "known"), sa.UniqueConstraint("through"))
    op.create_table("link", seq(), *_texts("what"), count("first"), count("last"), *_texts("known", "digest", "hash"))
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for deed in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_kept_from_{deed.lower()} BEFORE {deed} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'what a ledger holds is never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION ledger_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what a ledger holds is never changed'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_keeps()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_keeps()"
        )
