"""What right texts mean: the nodes that both evaluators read."""

from __future__ import annotations

from datetime import date
from fractions import Fraction as F

import pytest

from rebates.model import nodes as m
from rebates.model.exact import Remainder, Rounding
from rebates.syntax.source import Source, Span
from tests.model.checking import agreement, charge, discount, price, rules

_HERE = Span(Source("", ""), 0, 0)  # spans are outside equality
CARTON = m.Dimension("quantity", "carton")


def number(value: F | int) -> m.Constant:
    return m.Constant(F(value), m.NUMBER, span=_HERE)


def money(value: F | int) -> m.Constant:
    return m.Constant(F(value), m.MONEY, span=_HERE)


def percent(points: int) -> m.PercentPiece:
    return m.PercentPiece(number(F(points, 100)), span=_HERE)


def total(what: str, dimension: m.Dimension = m.MONEY, scope: m.Scope = m.Scope.ORDER, **more: object) -> m.Total:
    return m.Total(what, dimension, scope, span=_HERE, **more)  # type: ignore[arg-type]


def attribute(path: str, dimension: m.Dimension = m.TEXT, default: str | None = None) -> m.Attribute:
    subject, _, name = path.partition(".")
    return m.Attribute(subject, name, dimension, default, span=_HERE)  # type: ignore[arg-type]


def rule(text: str) -> m.Rule:
    """The last rule of an agreement."""
    return rules(text).agreements[0].rules[-1]


def measure(value: str, before: str = "") -> m.Expr:
    made = rules(agreement(f"{before} measure m = {value}")).agreements[0]
    return made.measures["m"].value


def condition(text: str, before: str = "") -> m.Condition:
    return rule(discount(f"when {text}  rate 5%", before)).when[0].condition


# --- an agreement


def test_an_agreement() -> None:
    made = rules(
        agreement(
            'time zone "Asia/Jakarta"  owner "Key account desk"  review quarterly  year starts 2026-04-01',
            "nusantara",
            "ACME and subsidiaries, together",
        )
    ).agreements[0]
    assert (made.name, made.first, made.last) == ("nusantara", date(2026, 1, 1), date(2026, 12, 31))
    assert (made.currency, made.zone, made.owner) == ("EUR", "Asia/Jakarta", "Key account desk")
    assert (made.review, made.calendar.year_starts) == ("quarterly", date(2026, 4, 1))
    assert made.who == m.Who("account and subsidiaries", "ACME", None, True, span=_HERE)
    assert made.rounding == m.Rounding()
    assert [(stage.name, stage.combine, stage.base) for stage in made.stages] == [
        ("discounts", "best", "running"),
        ("charges", "sum", "running"),
    ]


def test_stages_stand_in_the_order_they_run() -> None:
    made = rules(
        agreement(
            """
            waterfall {
              stage coupon   sequence last
              stage handling first
              stage volume   sum on list
              stage off      best on charges
            }
            charge c { stage handling  rate EUR 5 per order }
            """
        )
    ).agreements[0]
    assert [(stage.name, stage.combine, stage.base, stage.last) for stage in made.stages] == [
        ("volume", "sum", "list", False),
        ("coupon", "sequence", "running", True),
        ("handling", "first", "running", False),
        ("charges", "sum", "running", False),
        ("off", "best", "charges", False),
    ]


def test_rounding_words_of_the_folder_and_of_the_agreement() -> None:
    text = "digits 4\nhalf even\n" + agreement("digits 3  remainder to first line  round order to EUR 0.05")
    assert rules(text).agreements[0].rounding == m.Rounding(
        digits=3, mode=Rounding.HALF_EVEN, remainder=Remainder.FIRST, order_step=F(1, 20)
    )
    first = rules(agreement("price rounds first to 4 digits  round to 2 digits, then to 0.50")).agreements[0].rounding
    assert first == m.Rounding(digits=2, price_first=True, price_digits=4, then_step=F(1, 2))


# --- totals and their keys


def test_totals_within_an_order() -> None:
    assert measure("net value per order") == total("net")
    assert measure("list value of items per line") == total("list", scope=m.Scope.LINE)
    assert measure("quantity in full carton per delivery") == total(
        "quantity", CARTON, m.Scope.DELIVERY, unit="carton", full=True
    )
    assert measure("number of lines per order") == total("lines", m.NUMBER)
    assert measure("number of distinct item.brand per order") == total(
        "distinct", m.NUMBER, distinct=attribute("item.brand")
    )
    assert measure("net value after stage s per order", "waterfall { stage s best }") == total("net", after_stage="s")


def test_totals_beyond_an_order_carry_a_key() -> None:
    assert measure("net value per account per year before this order") == total(
        "net", scope=m.Scope.ACCOUNT, window="year", before=True, key="net value per account per year"
    )
    assert measure("quantity in carton in all ever") == total(
        "quantity", CARTON, m.Scope.ALL, window="ever", unit="carton", key="quantity in carton in all ever"
    )


def key(value: str, before: str = "") -> str | None:
    found = measure(value, before)
    assert isinstance(found, m.Total)
    return found.key


def test_totals_of_one_meaning_share_a_key_whatever_the_words() -> None:
    fizzy = 'items fizzy where brand is "Fizz"'
    words = ("of fizzy", 'of items where brand is "Fizz"', 'of items where item.brand in ("Fizz")')
    assert {key(f"net value {each} per account per year", fizzy) for each in words} == {
        'net value where item.brand in ("Fizz") per account per year'
    }
    assert {
        key(f"quantity in {each}")
        for each in (
            "carton per account per year",
            "full carton per account per year",
            "carton per account per year before this order",
        )
    } == {"quantity in carton per account per year"}


def test_a_filter_of_set_and_condition_holds_both() -> None:
    found = measure('net value of fizzy where item.id is "COLA" per order', 'items fizzy where brand is "Fizz"')
    brand = m.OneOf(attribute("item.brand"), ("Fizz",), False, span=_HERE)
    item = m.OneOf(attribute("item.id"), ("COLA",), False, span=_HERE)
    assert found == total("net", where=m.And((m.InSet("fizzy", brand, span=_HERE), item), span=_HERE))


# --- units, money, arithmetic


def test_thresholds_take_the_unit_of_the_measure() -> None:
    worth = rule(
        discount("tiers incremental on quantity in piece per order { from 0 1%  from 2 dozen 2%  above 50 piece 3% }")
    ).worth
    assert isinstance(worth, m.Tiers)
    assert [(row.threshold, row.above) for row in worth.rows] == [(F(0), False), (F(24), False), (F(50), True)]


def test_weights_compare_exactly_in_the_unit_of_the_left_side() -> None:
    kilos = m.Dimension("quantity", "kg")
    found = condition("w >= 1 lb", "measure w = quantity in kg per order")
    pound = m.Constant(F(1), m.Dimension("quantity", "lb"), span=_HERE)
    factor = number(F("0.45359237"))
    assert isinstance(found, m.Compare)
    assert found.right == m.Arithmetic("*", factor, pound, kilos, span=_HERE)


def test_arithmetic_has_dimensions() -> None:
    share = measure("net value per order / net value per account per year")
    assert isinstance(share, m.Arithmetic)
    assert share.dimension == m.NUMBER
    assert measure("60% of net value per order") == m.Arithmetic(
        "*", number(F(3, 5)), total("net"), m.MONEY, span=_HERE
    )
    assert measure("(net value per order rounded up to 0 digits)") == m.Rounded(
        total("net"), Rounding.UP, 0, m.MONEY, span=_HERE
    )
    assert measure("greater of (net value per order, EUR 5)") == m.Extreme(
        "greater", (total("net"), money(5)), m.MONEY, span=_HERE
    )
    assert measure("(net value per order otherwise EUR 5)") == m.Fallback(total("net"), money(5), m.MONEY, span=_HERE)


# --- conditions


def test_conditions() -> None:
    channel = 'attribute order.channel text default "direct"'
    path = attribute("order.channel", default="direct")
    assert condition('order.channel is not "web"', channel) == m.OneOf(path, ("web",), True, span=_HERE)
    assert condition('item.family under "DRINK"') == m.Under(attribute("item.family"), "DRINK", span=_HERE)
    assert condition("item.id in table offered", 'table offered from "o.csv" { item key }') == m.InTable(
        attribute("item.id"), "offered", False, span=_HERE
    )
    assert condition("order.date >= 2026-06-15") == m.Compare(
        ">=",
        m.AttributeValue(attribute("order.date", m.DATE), span=_HERE),
        m.Constant(date(2026, 6, 15), m.DATE, span=_HERE),
        span=_HERE,
    )


def test_a_bare_name_is_the_items_else_the_lines_attribute() -> None:
    assert condition('brand is "Fizz"') == m.OneOf(attribute("item.brand"), ("Fizz",), False, span=_HERE)
    assert condition('colour is "red"', "attribute line.colour text") == m.OneOf(
        attribute("line.colour"), ("red",), False, span=_HERE
    )


# --- rewards, tiers, where a rule decides (3.9)


def test_a_percent_decides_on_each_line() -> None:
    made = rule(discount("rate 5%"))
    assert (made.id, made.kind, made.stage, made.title) == ("a.d", "discount", "discounts", "d")
    assert made.worth == m.Flat(m.Reward((percent(5),), span=_HERE), span=_HERE)
    assert made.base == m.Base("running", m.Scope.LINE, span=_HERE)
    assert made.decides is m.Scope.LINE


@pytest.mark.parametrize(
    ("clauses", "decides"),
    [
        ("rate 5%", m.Scope.LINE),
        ("rate EUR 5 per carton", m.Scope.LINE),
        ("rate price EUR 1 per piece", m.Scope.LINE),
        ("tiers incremental on quantity in carton per order { from 5 carton 5% }", m.Scope.LINE),
        ("rate 5%  base net value per order", m.Scope.ORDER),
        ("rate EUR 5 per order", m.Scope.ORDER),
        ("rate EUR 5 per delivery", m.Scope.DELIVERY),
        ("rate EUR 5 per line", m.Scope.LINE),
        ("rate EUR 5 per full carton", m.Scope.ORDER),
        ("rate EUR 5 per full carton per line", m.Scope.LINE),
        ("tiers lump sum on quantity in carton per item { from 5 carton EUR 5 }", m.Scope.ITEM),
        ("tiers lump sum on net value per account per year { from EUR 5 EUR 5 }", m.Scope.ORDER),
        ("tiers incremental on quantity in carton per item { from 5 carton EUR 5 plus 1% }", m.Scope.ITEM),
        ("amount 5% of net value per order", m.Scope.ORDER),
        ("amount line.weight * EUR 2", m.Scope.LINE),
        ("amount line.weight * net value per order", m.Scope.LINE),
        ("amount order.weight * EUR 2", m.Scope.ORDER),
    ],
)
def test_where_a_rule_decides(clauses: str, decides: m.Scope) -> None:
    weights = "attribute line.weight number  attribute order.weight number"
    assert rule(discount('accept splitting "agreed" ' * ("per line" in clauses) + clauses, weights)).decides is decides


def test_a_surcharge_turns_its_sign_in_a_discount_alone() -> None:
    off = rule(discount("rate surcharge 20%")).worth
    on = rule(charge("rate surcharge 20%")).worth
    assert off == m.Flat(m.Reward((percent(-20),), span=_HERE), span=_HERE)
    assert on == m.Flat(m.Reward((percent(20),), span=_HERE), span=_HERE)


def test_two_part_rewards_and_packages() -> None:
    worth = rule(discount("rate EUR 10 per order plus EUR 2 per started 10 piece")).worth
    package = m.Package("started", F(10), "piece", m.Scope.ORDER, span=_HERE)
    assert worth == m.Flat(
        m.Reward(
            (m.SumPiece(money(10), m.Scope.ORDER, span=_HERE), m.UnitPiece(money(2), package, span=_HERE)), span=_HERE
        ),
        span=_HERE,
    )
    of_money = rule(discount("rate EUR 1 per full EUR 100")).worth
    assert isinstance(of_money, m.Flat)
    (piece,) = of_money.reward.pieces
    assert isinstance(piece, m.UnitPiece)
    assert piece.package == m.Package("full", F(100), None, m.Scope.ORDER, span=_HERE)


def test_tiers_with_all_kinds_of_rows() -> None:
    worth = rule(
        discount(
            "tiers retroactive on growth { without baseline 1%  below 0% 0.5%  from 0% 2%  above 10% 3% }",
            "measure growth = net value per account per year / net value per account per year before this order - 1",
        )
    ).worth
    assert isinstance(worth, m.Tiers)
    assert worth.below == m.Tier(
        False, F(0), m.Reward((m.PercentPiece(number(F(1, 200)), span=_HERE),), span=_HERE), span=_HERE
    )
    assert worth.without_baseline == m.Reward((percent(1),), span=_HERE)
    assert [(row.threshold, row.above) for row in worth.rows] == [(F(0), False), (F(1, 10), True)]
    assert isinstance(worth.measure, m.MeasureRef)
    assert not worth.continues


# --- limits


def test_bounds_and_limits_say_their_scope() -> None:
    made = rule(discount("rate 5%  cap EUR 9 per order  cap 4%  floor EUR 1 per line  pays from EUR 2"))
    assert [(cap.on, cap.scope) for cap in made.caps] == [("amount", m.Scope.ORDER), ("rate", m.Scope.ORDER)]
    assert [floor.scope for floor in made.floors] == [m.Scope.LINE]
    assert made.pays_from is not None
    limited = rule(discount("rate 5%  limit 3 piece per order, dearest")).limit
    assert limited == m.Limit(F(3), "piece", None, m.Scope.ORDER, "dearest", False, span=_HERE)


def test_without_per_a_bound_has_the_scope_of_the_tiers() -> None:
    made = rule(discount("tiers incremental on quantity in carton per item { from 5 carton 5% }  cap EUR 9"))
    assert made.caps[0].scope is m.Scope.ITEM


@pytest.mark.parametrize(
    ("accounts", "scope", "key"),
    [
        ("ACME", m.Scope.ACCOUNT, "paid by a.d per account per month"),
        ("ACME and subsidiaries, each", m.Scope.ACCOUNT, "paid by a.d per account per month"),
        ("ACME and subsidiaries, together", m.Scope.TREE, "paid by a.d per account and subsidiaries per month"),
        ('group "BUYERS", together', m.Scope.GROUP, "paid by a.d per group per month"),
        ("all, together", m.Scope.ALL, "paid by a.d in all per month"),
    ],
)
def test_a_cap_over_orders_is_over_the_accounts_that_count_together(accounts: str, scope: m.Scope, key: str) -> None:
    made = rule(agreement("discount d { rate 5%  cap EUR 9 per month }", accounts=accounts))
    assert [(cap.scope, cap.window, cap.key) for cap in made.caps] == [(scope, "month", key)]


# --- prices, by specificity


def test_prices_by_specificity() -> None:
    table = 'table prices from "p.csv" { account, item, unit key  price money }'
    made = rule(price("from table prices", table))
    assert made.worth == m.PriceTable(
        "prices", (attribute("account.id"), attribute("item.id"), "unit"), "price", span=_HERE
    )
    assert made.specificity == (4, 3)
    grouped = rule(price("from table group_prices", 'table group_prices from "g.csv" { group, item key  price money }'))
    assert grouped.specificity == (2, 3)
    assert rule(price('when item.id is "COLA"  rate price EUR 1 per piece')).specificity == (0, 3)
    assert rule(
        price('when item.family under "DRINK" and brand is "Fizz"  rate price (60% of list price)')
    ).specificity == (0, 2)
    assert rule(price("rate price (60% of list price)")).specificity == (0, 0)
    own = agreement("price p { rate price EUR 1 per piece }", accounts="ACME")
    assert rule(own).specificity == (4, 0)


def test_a_formula_price() -> None:
    listed = m.ItemPrice("list", span=_HERE)
    product = m.Arithmetic("*", number(F(3, 5)), listed, m.PRICE, span=_HERE)
    worth = rule(price("rate price (60% of list price)  promotional  only per carton  not below cost")).worth
    assert worth == m.Flat(m.Reward((m.PricePiece(product, None, span=_HERE),), span=_HERE), span=_HERE)


# --- charges, guards, examples


def test_a_discount_on_a_charge() -> None:
    made = rules(
        agreement(
            """
            waterfall { stage s best  stage off best on charges }
            charge freight { rate EUR 5 per order }
            discount free { stage off  base charge freight  rate 100% }
            """
        )
    ).agreements[0]
    assert made.rules[1].base == m.Base("charge", m.Scope.ORDER, charge="a.freight", span=_HERE)


def test_a_charge_may_stand_on_an_earlier_charge_through_a_measure() -> None:
    made = rules(
        agreement("measure m = 50% of charge f  charge f { rate EUR 5 per order }  charge g { amount m }")
    ).agreements[0]
    worth = made.rules[1].worth
    assert isinstance(worth, m.Amount)
    assert isinstance(worth.value, m.MeasureRef)
    assert worth.value.value == m.Arithmetic(
        "*", number(F(1, 2)), m.ChargeAmount("a.f", span=_HERE), m.MONEY, span=_HERE
    )


def test_guards() -> None:
    made = rules(
        agreement('guard discount <= 25% otherwise reject  guard net price >= cost otherwise approval by "director"')
    ).agreements[0]
    assert [(guard.id, guard.watches, guard.per_line, guard.role) for guard in made.guards] == [
        ("a.guard 1", "discount", False, None),
        ("a.guard 2", "net price", True, "director"),
    ]


def test_a_reference_to_a_measure_points_at_its_place() -> None:
    text = discount("when sales > EUR 5  rate 5%", "measure sales = net value per order")
    found = rule(text).when[0].condition
    assert isinstance(found, m.Compare)
    assert found.left.span.start == text.rindex("sales")


def test_codes_dates_priority() -> None:
    made = rule(
        discount(
            'code "SPRING", "FAIR"  valid 2026-03-01 to 2026-03-31  dated by delivery  priority 2  exclusive  rate 5%'
            "  spread by quantity"
        )
    )
    assert (made.codes, made.first, made.last) == (("SPRING", "FAIR"), date(2026, 3, 1), date(2026, 3, 31))
    assert (made.dated_by, made.priority, made.exclusive, made.spread) == ("delivery", 2, True, "quantity")
