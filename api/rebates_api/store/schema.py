"""The tables of the store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA = 1  # raised when a table changes; a store of another number is refused
METADATA = MetaData()

about = Table(
    "service_about",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

keys = Table(
    "service_keys",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", Text, nullable=False),  # JSON lists
    Column("accounts", Text, nullable=False),
    Column("groups", Text, nullable=False),
    Column("everywhere", Integer, nullable=False),
    Column("view", String(10), nullable=False),
    Column("roles", Text, nullable=False),
    Column("created", BigInteger, nullable=False),  # Unix time
    Column("expires", BigInteger),
    Column("revoked", BigInteger),
    Column("follows", String(12)),  # the key that it was rotated from
)

versions = Table(
    "service_versions",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("version", String(64), nullable=False, unique=True),
    Column("since", BigInteger, nullable=False),
    Column("sources", LargeBinary, nullable=False),  # a zip archive of the files
)

in_force = Table(
    "service_in_force",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("version", String(64), ForeignKey("service_versions.version"), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("turn", Integer, nullable=False),  # counts the changes
)

workers = Table(
    "service_workers",
    METADATA,
    Column("id", String(100), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("problem", Text),
    Column("seen", BigInteger, nullable=False),
)

approvals = Table(
    "service_approvals",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("account", String(200), nullable=False),
    Column("version", String(64), nullable=False),
    Column("roles", Text, nullable=False),  # JSON list
    Column("quote", Text, nullable=False),  # as a manager is told it
    Column("told", Text, nullable=False),  # as the customer is
    Column("asked_by", String(40), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("waits_until", BigInteger, nullable=False),
)

decisions = Table(
    "service_decisions",
    METADATA,
    Column("quote", String(32), ForeignKey("service_approvals.id"), primary_key=True),
    Column("role", String(200), primary_key=True),
    Column("decision", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", String(10)),  # the last day of an approved price
    Column("by", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
)

answers = Table(
    "service_answers",
    METADATA,
    Column("caller", String(40), primary_key=True),
    Column("operation", String(100), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body", String(64), nullable=False),  # hash of what was asked
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
