"""Quotes that wait for an approval, kept with their numbers, and what was decided on them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Literal

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from rebates_api.store.database import Database
from rebates_api.store.schema import approvals, decisions

DAY_S = 86_400
State = Literal["waiting", "approved", "refused", "lapsed"]


@dataclass(frozen=True, slots=True)
class Decision:
    role: str
    decision: Literal["approve", "refuse"]
    reason: str
    until: date | None
    by: str
    at: int


@dataclass(frozen=True)
class Kept:
    """A quote that needed an approval. `quote` and `told` are JSON, for a manager and for the customer."""

    id: str
    account: str
    version: str
    roles: tuple[str, ...]
    quote: str
    told: str
    asked: int
    waits_until: int
    decisions: tuple[Decision, ...]

    @property
    def until(self) -> date | None:
        """The last day of the approved price."""
        return min((each.until for each in self.decisions if each.until is not None), default=None)

    def state(self, today: date) -> State:
        if any(each.decision == "refuse" for each in self.decisions):
            return "refused"
        if {each.role for each in self.decisions} >= set(self.roles):
            return "approved" if self.until is None or today <= self.until else "lapsed"
        return "waiting" if time.time() < self.waits_until else "lapsed"


class Decided(Exception):
    """The role decided before, or the quote waits no more."""


def today() -> date:
    """The day by which approvals lapse, in UTC."""
    return datetime.now(UTC).date()


class Approvals:
    """The approvals of a store."""

    def __init__(self, database: Database, days: int) -> None:
        self._database, self._days = database, days

    @cached_property
    def _secret(self) -> bytes:
        return bytes.fromhex(self._database.told("secret"))

    def keep(self, account: str, version: str, roles: Sequence[str], quote: str, told: str, by: str) -> Kept:
        """Keeps a quote; the same one asked again is the same row. Its id tells nothing and cannot be guessed."""
        id = hmac.new(self._secret, quote.encode(), hashlib.sha256).hexdigest()[:32]
        with self._database.begin() as connection:
            found = _find(connection, id)
        if found is not None:
            return found
        now = int(time.time())
        try:
            with self._database.begin() as connection:
                connection.execute(
                    insert(approvals).values(
                        id=id,
                        account=account,
                        version=version,
                        roles=json.dumps(list(roles)),
                        quote=quote,
                        told=told,
                        asked_by=by,
                        asked=now,
                        waits_until=now + self._days * DAY_S,
                    )
                )
        except IntegrityError:
            pass  # asked twice at once
        kept = self.find(id)
        assert kept is not None
        return kept

    def find(self, id: str) -> Kept | None:
        with self._database.begin() as connection:
            return _find(connection, id)

    def decide(self, connection: Connection, id: str, roles: Sequence[str], decision: Decision) -> Kept:
        """Writes a decision for the first of the roles that decided nothing yet, within a transaction. Raises Decided."""
        kept = _find(connection, id)
        if kept is None or kept.state(today()) != "waiting":
            raise Decided
        decided = {each.role for each in kept.decisions}
        role = next((role for role in roles if role not in decided), None)
        if role is None:
            raise Decided
        connection.execute(
            insert(decisions).values(
                quote=id,
                role=role,
                decision=decision.decision,
                reason=decision.reason,
                until=decision.until.isoformat() if decision.until is not None else None,
                by=decision.by,
                at=decision.at,
            )
        )
        found = _find(connection, id)
        assert found is not None
        return found

    def forget(self) -> None:
        """Drops quotes that nobody decided on in time."""
        with self._database.begin() as connection:
            decided = select(decisions.c.quote)
            connection.execute(
                delete(approvals).where(approvals.c.waits_until < time.time(), approvals.c.id.not_in(decided))
            )


def _find(connection: Connection, id: str) -> Kept | None:
    row = connection.execute(select(approvals).where(approvals.c.id == id)).first()
    if row is None:
        return None
    made = connection.execute(select(decisions).where(decisions.c.quote == id).order_by(decisions.c.at)).all()
    return Kept(
        row.id,
        row.account,
        row.version,
        tuple(json.loads(row.roles)),
        row.quote,
        row.told,
        row.asked,
        row.waits_until,
        tuple(
            Decision(
                each.role,
                each.decision,
                each.reason,
                date.fromisoformat(each.until) if each.until else None,
                each.by,
                each.at,
            )
            for each in made
        ),
    )
