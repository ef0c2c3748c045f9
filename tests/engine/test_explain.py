"""Explanations: every number with its rule and place, a reason for every other rule, and nothing for the customer to guess from."""

from __future__ import annotations

import json

import pytest

import rebates
from rebates import Book, Line, Order, Quote


@pytest.fixture(scope="module")
def small(book: Book) -> Quote:
    return book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "7 bottle")], codes=["HELLO"]))


@pytest.fixture(scope="module")
def inn(book: Book) -> Quote:
    """Two lines, a group's total, a price worked out from the cost, and no agreed price."""
    lines = [Line("COLA", "10 case"), Line("CRISPS", "10 bag")]
    return book.quote(Order("BISTRO", "2026-07-10", lines, codes=["CLEAR"], totals={POOL: "95"}))


POOL = "quantity in case per group per year [INNKEEPERS, 2026]"


def test_the_managers_view_names_a_place_for_every_number(small: Quote) -> None:
    text = str(small.explain())
    for line in (
        "KIOSK, 2026-03-10, agreements kiosk_2026, general_2026",
        "  list value                                      5.60  0.8 per bottle  [list_prices.csv row 2]",
        f"  Agreed prices                                   5.25  0.75 per bottle  [{at('price agreed_price')}, agreed.csv row 2]",
        f"  First order                                    -0.52  10%  [{at('discount hello')}]",
        "  net value                                       4.73  0.6757 per bottle",
        "  part of Freight                                12.00",
        "  cost                                          2.9167  0.4167 per bottle  [costs.csv row 2]",
        f"Freight                                          12.00  EUR 12 per order  [{at('charge freight')}]",
        "total EUR                                        16.73",
        f"  guard invoice margin: 82.57% against 10%, holds  [{at('guard invoice margin')}]",
    ):
        assert line in text.splitlines()


def at(start: str) -> str:
    """File and line of a declaration."""
    from tests.engine.conftest import RULES

    lines = (RULES / "drinks.rebates").read_text(encoding="utf-8").splitlines()
    return f"drinks.rebates:{next(n for n, line in enumerate(lines, 1) if line.strip().startswith(start))}"


def test_a_tier_names_its_own_line(book: Book) -> None:
    text = str(book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "60 case")])).explain())
    assert f"-27.00  from 50 case 5% (60 case)  [{at('from 50 case')}]" in text


def test_every_rule_in_force_took_something_or_says_why_not(small: Quote, inn: Quote) -> None:
    for quote in (small, inn):
        for index, line in enumerate(quote.explain().to_dict()["lines"]):  # type: ignore[arg-type, var-annotated]
            taken = {step["rule"] for step in line["steps"] if step["rule"]}
            silent = {reason["rule"] for reason in line["not_applied"]}
            assert taken | silent == {rule.name for rule in quote.rules.values()}, index
            assert all(reason["words"] and reason["place"] for reason in line["not_applied"])


@pytest.mark.parametrize(
    ("rule", "order", "said"),
    [
        ("volume", {}, "5.8333 case is below `from 10 case 2%`"),
        ("volume", {"attributes": {"channel": "web"}}, '`when item.family under "DRINK" and order.channel is not "web"` does not hold'),
        ("loyal", {}, "`when year_cases >= 100 case` does not hold"),
        ("hello", {}, "the order does not carry the code `HELLO`"),
        ("order_size", {}, "52.5 is below `from EUR 100 1%`"),
        ("order_size", {"lines": [Line("LEMON", "20 case")]}, "`kiosk_2026` is more specific"),
        ("agreed_price", {"lines": [Line("COLA", "1 case")]}, "its table has no row for this line"),
        ("agreed_price", {"lines": [Line("LEMON", "1 case", "EUR 8.00")]}, "the caller gave a price"),
    ],
)  # fmt: skip
def test_why_not(book: Book, rule: str, order: dict[str, object], said: str) -> None:
    lines = order.pop("lines", [Line("LEMON", "70 bottle")])
    made = book.quote(Order("KIOSK", "2026-03-10", lines, **order))  # type: ignore[arg-type]
    reasons = made.explain().to_dict()["lines"][0]["not_applied"]  # type: ignore[index]
    assert {reason["rule"]: reason["words"] for reason in reasons}[rule] == said


def rules(*discounts: str, before: str = "") -> Book:
    text = 'agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR\n' + before
    return rebates.load({"a.rebates": text + "\n".join(discounts) + "\n}"})


@pytest.mark.parametrize(
    ("book", "rule", "said"),
    [
        (rules("discount d { rate 1% }", "discount e { rate 2% }"), "d", "`e` is better"),
        (rules("discount d { rate 1%  exclusive }", "discount e { rate 2% }"), "e", "`d` is exclusive and stands alone"),
        (rules("discount d { rate 1% valid 2026-05-01 to 2026-05-31 }"), "d", "valid 2026-05-01 to 2026-05-31"),
        (rules("discount d { rate 1% pays from EUR 50 }"), "d", "it comes to less than its minimum payout of `pays from EUR 50`"),
        (rules("discount d { rate 0% }"), "d", "it comes to nothing here"),
        (
            rules("discount d { stage s rate 1% priority 2 }", "discount e { stage s rate 2% priority 1 }", before="waterfall { stage s first }\n"),
            "d",
            "`e` comes first",
        ),
        (
            rules('discount d { rate 1% when line.colour is "a#b"  # a remark\n }', before="attribute line.colour text\n"),
            "d",
            '`when line.colour is "a#b"` does not hold: line.colour is not known',
        ),
    ],
)  # fmt: skip
def test_why_not_between_rules(book: Book, rule: str, said: str) -> None:
    made = book.quote(Order("ANY", "2026-03-10", [Line("X", "10 piece", "EUR 2.00")]))
    reasons = made.explain().to_dict()["lines"][0]["not_applied"]  # type: ignore[index]
    assert {reason["rule"]: reason["words"] for reason in reasons}[rule] == said


def test_the_order_is_added_up(inn: Quote) -> None:
    text = str(inn.explain())
    assert "\norder\n" in text
    assert sum(line.net_value.amount for line in inn.lines) == inn.net_value.amount
    body = {entry["label"]: entry["amount"] for entry in inn.explain().to_dict()["order"]}  # type: ignore[attr-defined]
    assert body["list value"] == "192.50"  # 10 x 18.00 + 10 x 1.25
    assert body["net value"] == str(inn.net_value).removeprefix("EUR ")


FORBIDDEN = (
    "cost",
    "margin",
    "guard",
    "priority",
    ".rebates",
    ".csv",
    "kiosk",
    "KIOSK",
    "TAVERN",
    "INNKEEPERS",
    "105",
    "approval",
)


def test_the_customer_sees_no_cost_margin_guard_file_nor_others(inn: Quote) -> None:
    """The group has bought 95 cases and now 10.5: 105.5 is not for one member to know."""
    for text in (str(inn.explain("customer")), inn.explain("customer").to_json()):
        assert not [
            word for word in FORBIDDEN if word in text.replace("Below cost plus", "").replace("from 100 case 1%", "")
        ]
    assert "105.5 case" in str(inn.explain())
    assert "120% of cost" in str(inn.explain())


def test_the_customer_is_not_told_how_far_the_group_is(book: Book) -> None:
    made = book.quote(Order("BISTRO", "2026-07-10", [Line("COLA", "50 case")], totals={POOL: "40"}))
    assert "next: 10 case more reach `from 100 case 1%`" in str(made.explain())
    assert "next" not in str(made.explain("customer"))


def test_the_customer_sees_the_waterfall_and_what_is_next(book: Book) -> None:
    made = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "40 case")]))
    assert str(made.explain("customer")).splitlines() == [
        "KIOSK, 2026-03-10",
        "",
        "line 1: 40 case LEMON",
        "  list value                                    384.00  9.6 per case",
        "  Agreed prices                                 360.00  9 per case",
        "  Volume                                         -7.20  from 10 case 2% (40 case)",
        "  net value                                     352.80  8.82 per case",
        "  next: 10 case more reach `from 50 case 5%` (volume), worth EUR 13.50",
        "",
        "total EUR                                       352.80",
    ]


def test_a_price_that_is_not_settled_says_so_to_the_customer(book: Book) -> None:
    made = book.quote(Order("KIOSK", "2026-03-10", [Line("COLA", "60 case", "EUR 12.00")]))
    assert str(made.explain("customer")).endswith("this price needs to be confirmed")
    assert "sales director" not in made.explain("customer").to_json()


def test_explanations_are_canonical_json(inn: Quote) -> None:
    for view in ("manager", "customer"):
        text = inn.explain(view).to_json()
        assert json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text
