"""A caller: what a key or a token lets it do, and which accounts it may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rebates import Book

SCOPES = ("quote", "read", "post", "settle", "rules", "admin")
View = Literal["customer", "manager"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds a key. `groups` are accounts that are seen with all below them, and groups of memberships."""

    id: str
    name: str
    scopes: frozenset[str]
    accounts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    everywhere: bool = False
    view: View = "customer"
    roles: frozenset[str] = frozenset()
    expires: int | None = None  # Unix time

    @property
    def is_manager(self) -> bool:
        return self.view == "manager"

    def may_see(self, book: Book, account: str, day: date | None) -> bool:
        """Whether the account exists and is one of the caller's; never which of the two it lacks."""
        master = book.rules.master
        there = master.account(account) is not None
        if self.everywhere:
            return there
        if account in self.accounts:
            return there
        if not self.groups or not there:
            return False
        above = {account, *master.ancestors(account)}
        if day is not None:
            above |= {group for each in tuple(above) for group in master.groups(each, day)}
        return not self.groups.isdisjoint(above)


LOCAL = Caller("local", "this machine, without keys", frozenset(SCOPES), everywhere=True, view="manager")
