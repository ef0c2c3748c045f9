"""The tables of a ledger. Rows are only ever added; `seq` counts them without a gap, and a link of the chain covers each.

Days and moments are texts in the form of ISO 8601 (moments in UTC, to the microsecond), so that both databases compare
them alike; amounts are decimal texts, never numbers of the database.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")

fact = Table(
    "fact",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("known", Text, nullable=False),
    Column("body", Text, nullable=False),  # the fact in its one form, as JSON
    Index("fact_of_account", "account", "day"),
)
rules = Table(
    "rules",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False, unique=True),
    Column("known", Text, nullable=False),
    Column("archive", LargeBinary, nullable=False),  # every file that can change a number
)
run = Table(
    "run",  # what was reckoned once: an accrual or a settlement
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # accrue, settle
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("known", Text, nullable=False),
    Column("as_of", Text, nullable=False),  # what was known then counts
    Column("facts", _Number, nullable=False),  # how many facts there were
    Column("version", Text, nullable=False),  # of the rules
    Column("inputs", Text, nullable=False),  # fingerprint of the facts that counted and of what was settled before
    Column("result", Text, nullable=False),  # as JSON
)
entry = Table(
    "entry",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("run", _Number, nullable=False),
    Column("day", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("account", Text, nullable=False),  # who is paid
    Column("body", Text, nullable=False),  # the whole entry with its lines, as JSON
    Index("entry_of_account", "account", "day"),
)
closing = Table(
    "closing",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("through", Text, nullable=False, unique=True),
    Column("known", Text, nullable=False),
)
link = Table(
    "link",  # the chain: each covers rows of one table, and the link before it
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("first", _Number, nullable=False),
    Column("last", _Number, nullable=False),
    Column("known", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

KEPT = (fact, rules, run, entry, closing)
