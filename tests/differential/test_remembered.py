"""What is remembered never outlives the days it holds for: a year of orders against the reference, cold, warm and evicting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

import rebates
from rebates import Line, Order
from rebates.compile import Compiled, compile_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.reference import price
from tests.differential.comparing import differences
from tests.differential.test_agreement import HEAD, loaded
from tests.generated.compare import parts
from tests.generated.world import World

TEXTS = {
    "rules that begin and end": """
      waterfall { stage one best  stage two sequence }
      discount spring { stage one  valid 2026-03-10 to 2026-05-09  rate 3% }
      discount may { stage one  valid 2026-05-01 to 2026-05-31  tiers retroactive on quantity in carton per line { from 1 carton 2%  from 5 carton 7% } }
      discount autumn { stage two  valid 2026-09-01 to 2026-10-15  rate EUR 0.10 per piece }
      discount always { stage two  priority 1  rate 1% }
    """,
    "memberships and prices by table": """
      price contract { from table account_prices }
      discount club { when account.class is "gold"  rate 2% }
      discount brand { when item.brand is "Fizz"  rate 3% }
    """,
    "the day itself": """
      discount late { when order.date >= 2026-07-15  rate 5% }
      discount today { when order.date in (2026-03-03, 2026-11-11)  rate 9% }
      discount slices { tiers incremental on quantity in piece per line { from 0 piece 1%  from 50 piece 4% } }
    """,
    "by delivery": """
      discount then { dated by delivery  valid 2026-04-01 to 2026-06-30  rate 4% }
    """,
}  # fmt: skip
LINES = [("COLA", "4", "carton"), ("NUTS", "7", "piece"), ("COLA", "70", "piece"), ("LIME", "2", "carton")]


def year(seed: int, step: int) -> list[OrderIn]:
    """Orders on days in no order, each twice on neighbouring days."""
    random = Random(seed)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 365, step)]
    random.shuffle(days)
    made = []
    for day in days:
        account = random.choice(("ACME", "SOLO"))
        lines = tuple(LineIn(item, Fraction(n), unit) for item, n, unit in random.sample(LINES, 2))
        days_of = {"delivery": day + timedelta(days=9)} if random.random() < 0.3 else {}
        made += [OrderIn(account, at, lines, days=days_of) for at in (day, min(day + timedelta(days=1), date.max))]
    return [order for order in made if order.day.year == 2026]


def amounts(compiled: Compiled, order: OrderIn) -> list[Fraction]:
    priced = compiled.price(order)
    return [Fraction(value, 10**priced.digits) for value in priced.net_values]


@pytest.mark.parametrize("name", TEXTS)
def test_a_year_of_orders(name: str) -> None:
    rules = loaded(TEXTS[name])
    remembering, forgetful = compile_rules(rules), Compiled(rules, plans=3)
    orders = year(1, 5)
    expected = [[line.net_value for line in price(rules, order).lines] for order in orders]
    for _ in range(2):
        assert [amounts(remembering, order) for order in orders] == expected
    assert [amounts(forgetful, order) for order in orders] == expected
    local = [remembering._generated(order) is not None for order in orders]
    assert all(local), "what is compared here has to be generated code"


@pytest.mark.parametrize("name", TEXTS)
def test_plain_orders_by_templates(name: str) -> None:
    """What one account's line came to serves the next account, but for what they differ in."""
    rules = loaded(TEXTS[name])
    book = rebates.Book(rules, (), {}, None, None)
    orders = [replace(order, account=a, days={}) for order in year(4, 9) for a in ("ACME", "SOLO", "ACME-NORTH")]
    for forget in (False, False, True):
        for order in orders:
            asked = Order(order.account, order.day, [Line(x.item, f"{x.quantity} {x.unit}") for x in order.lines])
            amounts = book.quick.amounts(asked)
            assert amounts is not None
            assert [Fraction(each[2], 100) for each in amounts] == [x.net_value for x in price(rules, order).lines]
            if forget:
                book.compiled.remembered.forget()


WIDER = {
    "what the order says, and groups of accounts": """
      price group { from table group_prices }
      price contract { from table account_prices }
      price promo { promotional  when order.channel is "web" and item.id is "COLA"  rate price EUR 1.30 per piece }
      discount web { when order.channel is "web"  rate 2% }
      discount club { when account.class is "gold"  rate 2.5% }
      discount spring { valid 2026-03-10 to 2026-05-09  rate 3% }
    """,
    "totals of the order and of the account": """
      waterfall { stage one best  stage two sequence }
      price contract { from table account_prices }
      discount whole { stage one  valid 2026-02-01 to 2026-08-15  tiers retroactive on quantity in carton per order { from 2 carton 1%  from 6 carton 2% } }
      discount year { stage two  tiers retroactive on net value per account per month { from EUR 0 1%  from EUR 300 3% } }
    """,
    "codes": """
      discount coupon { code "SPRING", "WEB"  valid 2026-03-10 to 2026-09-09  rate 3% }
      discount web { when order.channel is "web"  rate 2% }
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", [*TEXTS, *WIDER])
def test_whole_answers_of_a_year(name: str) -> None:
    """What was worked out for other days and other accounts, where the runtime prices and every decision is noted."""
    rules = loaded((TEXTS | WIDER)[name])
    orders = []
    for number, order in enumerate(year(5, 17)):
        attributes = {"channel": ("web", "shop")[number % 2]} if number % 3 else {}
        codes = frozenset({("WEB", "OTHER")[number % 2]} if number % 5 == 0 else ())
        orders += [
            replace(order, account=account, attributes=attributes, codes=codes)
            for account in ("ACME", "SOLO", "ACME-NORTH")
        ]
    for compiled in (compile_rules(rules), Compiled(rules, plans=3)):
        for order in orders:
            expected = price(rules, order)
            assert amounts(compiled, order) == [line.net_value for line in expected.lines]
            assert not parts(compiled, order, expected)
            assert not differences(compiled.outcome(order), expected)


def test_plans_hold_for_weeks() -> None:
    compiled = compile_rules(loaded(TEXTS["rules that begin and end"]))
    for order in year(2, 3):
        compiled.price(order)
    # eight spans of days lie between nine changes, of rules and of list prices; four lines, two accounts
    assert compiled.remembered.held() <= 8 * len(LINES) * 2


def test_books_quote_alike_while_another_thread_reloads() -> None:
    text = {"deal.rebates": HEAD + TEXTS["rules that begin and end"] + "}"}
    book = rebates.load(text, tables=World())
    orders = [
        Order(order.account, order.day, [Line(line.item, f"{line.quantity} {line.unit}") for line in order.lines])
        for order in year(3, 7)
    ]
    expected = [[line.net_value for line in price(book.rules, book.quote(order).given).lines] for order in orders]
    held = [book]

    def reload() -> None:
        for _ in range(5):
            held[0] = rebates.load(text, tables=World())

    def ask(_: int) -> list[list[Fraction]]:
        found = []
        for order in orders:
            quote = held[0].quote(order)
            found.append([Fraction(value, 100) for value in quote.priced.net_values])
        return found

    with ThreadPoolExecutor(3) as pool:
        reloading = pool.submit(reload)
        for found in pool.map(ask, range(6)):
            assert found == expected
        reloading.result()
