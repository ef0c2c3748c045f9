"""Whatever is divided adds up to the cent (2.4): shares of payees, funders and forms, pools of members, amounts over lines, shared caps.

What is expected is worked out here, by other means than the evaluators': exact shares in fractions, totals rounded by `decimal`,
and the units that are left over by the largest remainders. CASES says how many cases are drawn; `make long` draws 10,000.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from random import Random

import pytest

from rebates import reference
from rebates.compile import compile_rules
from rebates.compile import settle as compiled
from rebates.engine.forms import funders_of, parts_of
from rebates.model.folder import load_rules
from rebates.model.history import Posted
from rebates.model.nodes import RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.model.settlement import Due
from rebates.syntax.diagnostics import Report

CASES = int(os.environ.get("CASES", "300"))
EACH = 5  # histories, or orders, of one text
ROUNDING = {"": ROUND_HALF_UP, "half even": ROUND_HALF_EVEN, "round up": ROUND_UP, "round down": ROUND_DOWN}
ACCOUNTS = tuple(f"M{number}" for number in range(6))
ITEMS = tuple(f"X{number}" for number in range(5))
ZERO = Fraction(0)


class World:
    """Six accounts in one group, of which the last is no member; five items."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return {
            "accounts": [{"id": id} for id in ACCOUNTS],
            "items": [{"id": id, "base_unit": "piece"} for id in ITEMS],
            "memberships": [
                {"group": "G", "account": id, "valid_from": "2026-01-01", "valid_to": ""} for id in ACCOUNTS[:-1]
            ],
        }.get(name)


@dataclass(frozen=True)
class Digits:
    """How an agreement rounds."""

    digits: int
    words: str

    @property
    def unit(self) -> Fraction:
        return Fraction(1, 10**self.digits)

    @property
    def text(self) -> str:
        return f"digits {self.digits}\n{self.words}\n"

    def round(self, exact: Fraction) -> Fraction:
        """By the decimals of the standard library; what is rounded here ends."""
        value = Decimal(exact.numerator) / Decimal(exact.denominator)
        assert Fraction(value) == exact
        return Fraction(value.quantize(Decimal(1).scaleb(-self.digits), ROUNDING[self.words]))

    def divide(self, total: Fraction, weights: Sequence[Fraction]) -> list[Fraction]:
        """Whole units each, and one more to those that lose most, the earlier of two alike."""
        whole = sum(weights, ZERO)
        exact = [abs(total) * weight / whole / self.unit for weight in weights]
        units = [int(part) for part in exact]
        losing = sorted(range(len(exact)), key=lambda at: (units[at] - exact[at], at))
        for at in losing[: int(abs(total) / self.unit) - sum(units)]:
            units[at] += 1
        return [unit * self.unit * (-1 if total < 0 else 1) for unit in units]

    def holds(self, parts: Sequence[Fraction], total: Fraction, weights: Sequence[Fraction]) -> None:
        """They add up, each is within one unit of its exact share, and they are those of the largest remainders."""
        whole = sum(weights, ZERO)
        assert sum(parts, ZERO) == total
        assert all(abs(part - total * weight / whole) < self.unit for part, weight in zip(parts, weights, strict=True))
        assert list(parts) == self.divide(total, weights)


def digits(random: Random) -> Digits:
    return Digits(random.choice((0, 2, 2, 3)), random.choice(sorted(ROUNDING)))


def rules(rounding: Digits, members: str, accounts: str = "all, each") -> RuleSet:
    report = Report()
    text = f'agreement t "T" {{\naccounts {accounts}\nvalid 2026-01-01 to 2026-12-31\ncurrency EUR\n{rounding.text}{members}\n}}\n'
    found = load_rules({"t.rebates": text}, World(), report)
    assert found is not None, [(one.code, one.message, one.span.text) for one in report.diagnostics]
    return found


def sales(random: Random, accounts: Sequence[str]) -> list[Posted]:
    """Some sales of the year, and what came back of some, in no order."""
    posted = []
    for number in range(random.randrange(1, 9)):
        day, net = date(2026, 1, 1) + timedelta(random.randrange(300)), Fraction(random.randrange(1, 200_000), 100)
        account, item = random.choice(accounts), random.choice(ITEMS)
        posted.append(Posted(f"s{number}", "sale", account, day, item, Fraction(3), "piece", "EUR", net))
        if random.randrange(4) == 0:
            back = -net * random.choice((1, Fraction(1, 4)))
            later = day + timedelta(random.randrange(60))
            posted.append(
                Posted(
                    f"b{number}", "return", account, later, item, Fraction(-1), "piece", "EUR", back, of=f"s{number}"
                )
            )
    random.shuffle(posted)
    return posted


def bought(posted: Iterable[Posted]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for one in posted:
        found[one.account] = found.get(one.account, ZERO) + (one.net or ZERO)
    return found


def dues(of: RuleSet, posted: list[Posted]) -> list[Due]:
    """What the year comes to, by both evaluators, in whatever order it was posted."""
    year = date(2026, 1, 1), date(2026, 12, 31)
    [found] = compiled.settle(of, "t", posted, *year)
    assert [found] == list(reference.settle(of, "t", posted, *year))
    assert [found] == list(compiled.settle(of, "t", sorted(posted, key=lambda one: one.id), *year))
    return list(found.dues)


def percents(random: Random, count: int) -> list[Fraction]:
    """Shares with up to three decimals that add up to 100."""
    cuts = sorted(random.sample(range(1, 100_000), count - 1))
    return [Fraction(b - a, 1000) for a, b in zip([0, *cuts], [*cuts, 100_000], strict=True)]


def plain(value: Fraction) -> str:
    return str(Decimal(value.numerator) / Decimal(value.denominator))


def said(share: Fraction) -> str:
    return f"{plain(share)}%"


# --- what is divided when it is settled


def split(random: Random) -> int:
    """Named payees, funders, forms: each account's year by written shares."""
    rounding = digits(random)
    payees = random.sample(ACCOUNTS, random.randrange(2, 6))
    shares = dict(zip(payees, percents(random, len(payees)), strict=True))
    bears, forms = percents(random, random.randrange(2, 5)), percents(random, 2)
    rate = Fraction(random.randrange(1, 2000), 100)
    of = rules(
        rounding,
        f"""measure s = net value of items per account per year
rebate r {{ base s  rate {said(rate)}
  pay to {", ".join(f'"{who}" {said(share)}' for who, share in shares.items())}
  funded by {", ".join(f'"F{at}" {said(share)}' for at, share in enumerate(bears))}
  settle yearly, as {said(forms[0])} credit note and {said(forms[1])} payment }}""",
    )
    rule = of.agreements[0].rebates[0]
    for _ in range(EACH):
        posted = sales(random, ACCOUNTS)
        found = dues(of, posted)
        for earner, net in bought(posted).items():
            mine = [due for due in found if due.earner == earner]
            assert [due.payee for due in mine] == sorted(payees)
            total = rounding.round(net * rate / 100)
            rounding.holds([due.total for due in mine], total, [shares[due.payee] for due in mine])
            for due in mine:
                borne = [Fraction(one.amount) for one in funders_of(rule, due.due, rounding.digits)]
                rounding.holds(borne, due.due, bears)
                paid = [Fraction(one.amount) for one in parts_of(rule, due.due, rounding.digits, "EUR")]
                rounding.holds(paid, due.due, forms)
    return EACH


def pool(random: Random) -> int:
    """A group that is tested as one; what it earns is its members', by what each bought above a floor, or of everybody."""
    rounding, floor, least = digits(random), random.randrange(0, 400), random.randrange(0, 3000)
    rate = Fraction(random.randrange(1, 2000), 100)
    group = random.randrange(2) == 0
    members = ACCOUNTS[:-1] if group else ACCOUNTS
    of = rules(
        rounding,
        f"""measure s = net value of items {"per group" if group else "in all"} per year
measure m = net value of items per account per year - EUR {floor}
rebate r {{ when s >= EUR {least}  base s  rate {said(rate)}  pay to members in proportion to m  settle yearly }}""",
        'group "G", together' if group else "all, together",
    )
    for _ in range(EACH):
        posted = sales(random, members)
        net, found = bought(posted), dues(of, posted)
        weights = [max(net[who] - floor, ZERO) for who in sorted(net)]
        if not any(weights):
            weights = [Fraction(1) for _ in weights]
        whole = sum(net.values(), ZERO)
        total = rounding.round(whole * rate / 100) if whole >= least else ZERO
        assert [due.payee for due in found] == sorted(net)
        rounding.holds([due.total for due in found], total, weights)
        assert sum((due.due for due in found), ZERO) == total
    return EACH


def bounded(random: Random) -> int:
    """Two rebates under one cap, of each account or of all together: exact parts in proportion, no more than the cap."""
    rounding, cap = digits(random), random.randrange(1, 400)
    rates = [Fraction(random.randrange(1, 2000), 100) for _ in range(2)]
    all_of_them = random.randrange(2) == 0
    of = rules(
        rounding,
        f"""measure s = net value of items per account per year
rebate a {{ base s  rate {said(rates[0])}  settle yearly }}
rebate b {{ base s  rate {said(rates[1])}  settle yearly }}
cap EUR {cap} across rebate a, rebate b{", for all accounts" if all_of_them else ""}""",
    )
    for _ in range(EACH):
        posted = sales(random, ACCOUNTS)
        found = dues(of, posted)
        wanted = {
            (f"t.{name}", who): net * rate / 100
            for who, net in bought(posted).items()
            for name, rate in zip("ab", rates, strict=True)
        }
        for who in {earner for _, earner in wanted}:
            mine = {key: exact for key, exact in wanted.items() if all_of_them or key[1] == who}
            whole = sum(mine.values(), ZERO)
            got = {(due.rule, due.earner): due.earned for due in found if all_of_them or due.earner == who}
            assert sum(got.values(), ZERO) == min(whole, Fraction(cap))
            assert all(got[key] * whole == exact * min(whole, Fraction(cap)) for key, exact in mine.items())
    return EACH


# --- what is divided when an order is priced


def lines(random: Random) -> list[LineIn]:
    """Lines that are worth enough for what is taken off them."""
    return [
        LineIn(
            item, Fraction(random.randrange(10, 900), 10), "piece", price=Fraction(random.randrange(1000, 9000), 100)
        )
        for item in random.sample(ITEMS, random.randrange(1, 6))
    ]


def taken(of: RuleSet, asked: Sequence[LineIn]) -> dict[str, list[Fraction]]:
    """What each rule takes off each line, by both evaluators."""
    order = OrderIn("M0", date(2026, 3, 2), tuple(asked))
    found = compile_rules(of).outcome(order)
    assert found == reference.price(of, order)
    out: dict[str, list[Fraction]] = {}
    for line in found.lines:
        parts = [part for step in line.steps for part in step.parts]
        assert line.gross_value - line.net_value == sum((part for _, part in parts), ZERO)
        for rule in ("t.a", "t.b"):
            out.setdefault(rule, []).append(sum((part for name, part in parts if name == rule), ZERO))
    return out


def over_lines(random: Random) -> int:
    """A fixed sum of the order over its lines, by amount or by quantity, what is left over to whom it is said."""
    rounding, by = digits(random), random.choice(("amount", "quantity"))
    rest = random.choice(("", "first", "last", "largest"))
    total = Fraction(random.randrange(1, 900), 100) if rounding.digits else Fraction(random.randrange(1, 9))
    words = f"remainder to {rest} line\n" if rest else ""
    of = rules(rounding, f"{words}discount a {{ rate EUR {plain(total)} per order  spread by {by} }}")
    for _ in range(EACH):
        asked = lines(random)
        worth = [rounding.round(line.quantity * (line.price or ZERO)) for line in asked]
        weights = worth if by == "amount" else [line.quantity for line in asked]
        parts = taken(of, asked)["t.a"]
        if not rest:
            rounding.holds(parts, total, weights)
        else:
            exact = [total * weight / sum(weights, ZERO) for weight in weights]
            down = [int(part / rounding.unit) * rounding.unit for part in exact]
            at = {"first": 0, "last": len(parts) - 1, "largest": weights.index(max(weights))}[rest]
            down[at] += total - sum(down, ZERO)
            assert parts == down
        backwards = taken(of, asked[::-1])["t.a"][::-1]
        assert sum(backwards, ZERO) == total
        assert rest or all(abs(a - b) <= rounding.unit for a, b in zip(parts, backwards, strict=True))
    return EACH


def across(random: Random) -> int:
    """Two discounts of an order under one cap: their lines' parts add up to the cap, divided in proportion."""
    rounding, cap = digits(random), Fraction(random.randrange(1, 40))
    rates = [Fraction(random.randrange(1, 900), 100) for _ in range(2)]
    of = rules(
        rounding,
        f"""waterfall {{ stage main sum }}
discount a {{ rate {said(rates[0])} }}
discount b {{ rate {said(rates[1])} }}
cap EUR {cap} per order across discount a, discount b""",
    )
    for _ in range(EACH):
        asked = lines(random)
        found = taken(of, asked)
        sums = [sum(found[rule], ZERO) for rule in ("t.a", "t.b")]
        worth = sum((rounding.round(line.quantity * (line.price or ZERO)) for line in asked), ZERO)
        if worth * sum(rates) / 100 > cap:
            rounding.holds(sums, cap, rates)
        else:
            assert sum(sums) <= cap + rounding.unit * len(asked)
    return EACH


KINDS = {"split": split, "pool": pool, "bounded": bounded, "over lines": over_lines, "across": across}


@pytest.mark.parametrize("kind", KINDS)
def test_parts_add_up(kind: str) -> None:
    number = cases = 0
    while cases < CASES / len(KINDS):
        cases += KINDS[kind](Random(f"{kind} {number}"))
        number += 1
