"""The hand-written pricer that the engine is measured against: what a good engineer writes for exactly these rules.

Integer quantities in pieces, dict indexes on who and what, a date test, bisect, scaled integers with one rounding a step.
It returns the net in cents and the names of the rules of every line; its totals must equal the engine's.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Any

from benchmarks.market import CARTONS_PER_PALLET, Deal, Market


class Pricer:
    """Prices orders of (account, day, [(item, pieces)])."""

    def __init__(self, market: Market) -> None:
        self.accounts, self.items, self.prices = market.accounts, market.items, market.prices
        self.index: dict[tuple[str, tuple[str, str], tuple[str, str]], list[tuple[int, int, Deal, list[int]]]] = {}
        for deal in market.deals:
            low = deal.first.toordinal() if deal.first else 0
            high = deal.last.toordinal() if deal.last else 10**7
            entry = (low, high, deal, [cartons for cartons, _ in deal.tiers])
            self.index.setdefault((deal.kind, deal.who, deal.what), []).append(entry)

    def price(self, account: str, day: date, lines: list[tuple[str, int]]) -> list[tuple[int, list[str]]]:
        today = day.toordinal()
        who = (("account", account), ("class", self.accounts[account]), ("all", ""))
        index, prices, items = self.index, self.prices, self.items
        out = []
        for item, pieces in lines:
            family, per_carton, listed = items[item]
            what = (("item", item), ("family", family), ("all", ""))
            per = prices.get((account, item), listed)
            net = (2 * pieces * per + per_carton) // (2 * per_carton)
            names: list[str] = []
            best, chosen = 0, None
            for w in who:
                for x in what:
                    for low, high, deal, steps in index.get(("volume", w, x), ()):
                        if low <= today <= high:
                            tier = bisect_right(steps, pieces // per_carton) - 1
                            if tier >= 0:
                                rate = deal.tiers[tier][1]
                                if rate > best or (
                                    rate == best and chosen is not None and deal.priority < chosen.priority
                                ):
                                    best, chosen = rate, deal
            if chosen is not None:
                net = (2 * net * (1000 - best) + 1000) // 2000
                names.append(chosen.name)
            off = 0
            pallets = pieces // (per_carton * CARTONS_PER_PALLET)
            if pallets:
                for w in who:
                    for x in what:
                        for low, high, deal, _ in index.get(("pallet", w, x), ()):
                            if low <= today <= high:
                                off += pallets * deal.tiers[0][1]
                                names.append(deal.name)
                net = max(0, net - off)
            steps_of_loyalty = []
            for w in who:
                for x in what:
                    for low, high, deal, _ in index.get(("loyalty", w, x), ()):
                        if low <= today <= high:
                            steps_of_loyalty.append(deal)
            steps_of_loyalty.sort(key=lambda deal: deal.priority)
            for deal in steps_of_loyalty:
                net = (2 * net * (1000 - deal.tiers[0][1]) + 1000) // 2000
                names.append(deal.name)
            out.append((net, names))
        return out


class Remembering(Pricer):
    """The same, with the rules that apply remembered by account, item and day, without bound."""

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self.known: dict[tuple[str, str, int], tuple[Any, ...]] = {}

    def price(self, account: str, day: date, lines: list[tuple[str, int]]) -> list[tuple[int, list[str]]]:
        today = day.toordinal()
        known, out = self.known, []
        for item, pieces in lines:
            found = known.get((account, item, today))
            if found is None:
                found = known[account, item, today] = self._applies(account, item, today)
            per, per_carton, volume, pallet, loyalty = found
            net = (2 * pieces * per + per_carton) // (2 * per_carton)
            names: list[str] = []
            best, chosen = 0, None
            for deal, steps in volume:
                tier = bisect_right(steps, pieces // per_carton) - 1
                if tier >= 0:
                    rate = deal.tiers[tier][1]
                    if rate > best or (rate == best and chosen is not None and deal.priority < chosen.priority):
                        best, chosen = rate, deal
            if chosen is not None:
                net = (2 * net * (1000 - best) + 1000) // 2000
                names.append(chosen.name)
            pallets = pieces // (per_carton * CARTONS_PER_PALLET)
            if pallets and pallet:
                for deal in pallet:
                    net -= pallets * deal.tiers[0][1]
                    names.append(deal.name)
                net = max(0, net)
            for deal in loyalty:
                net = (2 * net * (1000 - deal.tiers[0][1]) + 1000) // 2000
                names.append(deal.name)
            out.append((net, names))
        return out

    def _applies(self, account: str, item: str, today: int) -> tuple[Any, ...]:
        family, per_carton, listed = self.items[item]
        who = (("account", account), ("class", self.accounts[account]), ("all", ""))
        what = (("item", item), ("family", family), ("all", ""))

        def of(kind: str) -> list[tuple[Deal, list[int]]]:
            return [
                (deal, steps)
                for w in who
                for x in what
                for low, high, deal, steps in self.index.get((kind, w, x), ())
                if low <= today <= high
            ]

        loyalty = sorted((deal for deal, _ in of("loyalty")), key=lambda deal: deal.priority)
        pallet = [deal for deal, _ in of("pallet")]
        return self.prices.get((account, item), listed), per_carton, of("volume"), pallet, loyalty
