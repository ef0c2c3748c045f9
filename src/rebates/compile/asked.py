"""What rules ask of an account: where it is the same, what holds for a line of one account holds for that of another.

Rules that can meet an account and an item are found by its files in the index. What else they ask of the account are its
attributes, or who it is. Agreements and rules that say anything which this file does not know are never shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rebates.compile.days import WatchedDay
from rebates.compile.familiar import all_familiar, is_familiar
from rebates.model.nodes import Attribute, PriceTable, Rule
from rebates.plan.conditions import Known
from rebates.plan.nodes import Book, Here, Terms
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.compile.cells import FastLine
    from rebates.compile.templates import Template


class AccountBook:
    """What holds for an account and an order of its kind, the days on which it does, and the account's files in the index.

    `shares` is whether lines of other accounts may serve it; `said` is what the order says beside its lines.
    """

    __slots__ = ("book", "files", "said", "shares", "watch")

    def __init__(self, book: Book, watch: WatchedDay, shares: bool, said: tuple[object, ...] = ()) -> None:
        self.book, self.watch, self.said = book, watch, said
        self.shares = shares and not (book.classes or book.told or book.codes or book.days) and _known(book.terms)
        self.files: tuple[int, ...] | None = None


def _known(terms: Terms) -> bool:
    known = terms.noted.get("agreements are familiar")
    if known is None:
        known = terms.noted["agreements are familiar"] = all(map(is_familiar, terms.agreements))
    return bool(known)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a set of rules asks of an account beside what the index has settled."""

    attributes: tuple[Attribute, ...]
    whose: bool  # whether it can matter who the account is
    table: Here | None  # the one price rule, if it is a plain table by account, item and unit
    plain: bool  # whether there is no other price rule
    tables: tuple[Here, ...]  # rules whose rows are chosen by the account
    number: object = field(default_factory=object)  # stands for these rules in keys
    templates: dict[object, tuple[Template, ...]] = field(default_factory=dict)
    lines: dict[object, tuple[FastLine, ...]] = field(default_factory=dict)  # where not even the price is the account's

    @property
    def same(self) -> bool:
        """Whether a line is the same for all accounts with the same answers, its price too."""
        return not self.tables and not self.whose

    def answers(self, about: AccountBook) -> tuple[object, ...]:
        """The account's answers: the same for accounts that the rules do not tell apart."""
        read = about.book.account.read
        return tuple([read(each) for each in self.attributes]), about.book.account.id if self.whose else None


class Asking:
    """What is asked by the rules that can meet an account and an item: at most so many, then all is made anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: dict[tuple[Terms, tuple[int, ...]], Asked] = {}
        self._met: dict[tuple[Terms, tuple[int, ...], tuple[int, ...]], Asked] = {}  # by the files of both
        self._items: dict[tuple[Terms, str], tuple[int, ...]] = {}

    def forget(self) -> None:
        """Lets go of everything."""
        self._asked, self._met, self._items = {}, {}, {}

    def asked(self, about: AccountBook, item: str, unit: str) -> Asked | None:
        """What is asked of the account for a line; None for an item that is not known."""
        book = about.book
        terms = book.terms
        index = terms.index
        items = self._items.get((terms, item))
        if items is None:
            facts = book.facts.item(item, unit)
            if facts is None:
                return None
            if len(self._items) >= self._most:
                self._items = {}
            items = self._items[terms, item] = index.item_files(book.facts, facts)
        if about.files is None:
            about.files = index.account_files(Known(book.facts, book.account, book.day))
        files = terms, about.files, items
        asked = self._met.get(files)
        if asked is None:
            if len(self._met) >= self._most:
                self._asked, self._met = {}, {}
            numbers = index.numbers(about.files, items)
            asked = self._asked.get((terms, numbers))
            if asked is None:
                asked = self._asked[terms, numbers] = _asked([terms.rules[n] for n in numbers], index.filed)
            self._met[files] = asked
        return asked


def _asked(rules: list[Here], filed: frozenset[int]) -> Asked:
    found: dict[tuple[str, object], Attribute] = {}
    whose = False
    prices: list[Here] = []
    for here in rules:
        rule = here.rule
        if rule.kind == "price":
            prices.append(here)
        if isinstance(rule.worth, PriceTable) and rule.kind == "price":
            parts: tuple[object, ...] = (rule.when, rule.base)
        else:
            parts = (rule,)
        ids = 0
        for node in nodes_in(parts):
            if isinstance(node, Attribute) and node.subject == "account":
                if node.name == "id":
                    ids += 1
                else:
                    found[node.name, node.default] = node
        # one test of the id by which the rule is filed is settled by the index; anything else may ask again
        whose = whose or ids > (1 if here.number in filed else 0)
    if not all(all_familiar(here.rule) for here in rules):
        return Asked((), True, None, False, ())  # what is unknown here may ask something of the account
    table = prices[0] if len(prices) == 1 and _is_plain_table(prices[0].rule) else None
    own = tuple(here for here in rules if _is_accounts_own(here.rule))
    return Asked(tuple(found.values()), whose, table, not prices or table is not None, own)


def _is_accounts_own(rule: Rule) -> bool:
    return isinstance(rule.worth, PriceTable) and any(
        key == "group" or (isinstance(key, Attribute) and key.subject == "account") for key in rule.worth.keys
    )


def _path(key: object) -> object:
    return key.path if isinstance(key, Attribute) else key


def _is_plain_table(rule: Rule) -> bool:
    worth = rule.worth
    return (
        isinstance(worth, PriceTable)
        and not (rule.when or rule.codes or rule.promotional or rule.best or rule.account_price_only)
        and rule.base.where is None
        and rule.base.value is None
        and rule.not_below is None
        and rule.only_per is None
        and len(set(map(_path, worth.keys))) == len(worth.keys)
        and all(
            key == "unit" or (isinstance(key, Attribute) and key.path in ("account.id", "item.id"))
            for key in worth.keys
        )
    )
