"""Credits: the exact mirror of a sale, in as many returns as come (2.8)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rebates
from rebates import Book, Line, Order, OrderErrors, Quote


@pytest.fixture(scope="module")
def sale(book: Book) -> Quote:
    """7 bottles at 0.75 are 5.25; less 10% 4.73 (0.52 taken); freight 12.00: 16.73."""
    return book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "7 bottle")], codes=["HELLO"]))


def test_a_full_return_mirrors_the_sale(sale: Quote) -> None:
    credit = sale.credit({1: "7 bottle"})
    line = credit.lines[0]
    assert [str(m) for m in (credit.net_value, credit.total)] == ["EUR -4.73", "EUR -16.73"]
    assert (line.quantity, str(line.gross_value), [(s.rule, str(s.amount)) for s in line.steps], str(line.charges)) == (
        "-7 bottle",
        "EUR -5.25",
        [("hello", "EUR 0.52")],
        "EUR -12.00",
    )


def test_a_part_takes_each_running_amount_rounded_to_date(sale: Quote) -> None:
    """3 of 7: gross 2.25, net 2.027 -> 2.03, invoice 7.17; then 4 of 7: what is left of each."""
    first = sale.credit({1: "3 bottle"}).lines[0]
    assert [str(m) for m in (first.gross_value, first.net_value, first.charges, first.invoice_value)] == [
        "EUR -2.25", "EUR -2.03", "EUR -5.14", "EUR -7.17",
    ]  # fmt: skip
    assert [str(step.amount) for step in first.steps] == ["EUR 0.22"]
    second = sale.credit({1: "4 bottle"}, earlier={1: "3 bottle"}).lines[0]
    assert [str(m) for m in (second.gross_value, second.net_value, second.charges, second.invoice_value)] == [
        "EUR -3.00", "EUR -2.70", "EUR -6.86", "EUR -9.56",
    ]  # fmt: skip
    assert [str(step.amount) for step in second.steps] == ["EUR 0.30"]


@pytest.mark.parametrize(
    ("lines", "earlier", "problem"),
    [
        ({}, {}, ("R0507", "lines")),
        ({2: "1 bottle"}, {}, ("R0530", "lines[2]")),
        ({0: "1 bottle"}, {}, ("R0530", "lines[0]")),
        ({1: "8 bottle"}, {}, ("R0531", "lines[1]")),
        ({1: "5 bottle"}, {1: "3 bottle"}, ("R0531", "lines[1]")),
        ({1: "1 case"}, {}, ("R0510", "lines[1]")),
        ({1: "0 bottle"}, {}, ("R0510", "lines[1]")),
        ({1: "-1 bottle"}, {}, ("R0510", "lines[1]")),
        ({1: 1.0}, {}, ("R0510", "lines[1]")),
        ({1: "1 bottle"}, {3: "1 bottle"}, ("R0530", "earlier[3]")),
    ],
)
def test_what_cannot_come_back(
    sale: Quote, lines: dict[int, str], earlier: dict[int, str], problem: tuple[str, str]
) -> None:
    with pytest.raises(OrderErrors) as caught:
        sale.credit(lines, earlier)
    assert [(p.code, p.where) for p in caught.value.problems] == [problem]


def test_a_return_has_no_credit(book: Book) -> None:
    back = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "-7 bottle")]))
    with pytest.raises(OrderErrors):
        back.credit({1: "7 bottle"})


def load(more: str, currency: str = "EUR") -> Book:
    text = f'agreement a "A" {{ accounts all, each  valid 2026-01-01 to 2026-12-31  currency {currency}  {more} }}'
    return rebates.load({"a.rebates": text})


def test_the_agreements_rounding_holds_for_credits() -> None:
    """`round up`: 3 x 0.35 = 1.05, less 10% 0.945 -> 0.95; a third of it 0.317 -> 0.32."""
    made = load("round up  discount d { rate 10% }").quote(Order("A", "2026-03-10", [Line("X", "3 piece", "EUR 0.35")]))
    assert str(made.total) == "EUR 0.95"
    assert str(made.credit({1: "1 piece"}).total) == "EUR -0.32"


def test_cash_rounding_comes_back_to_date() -> None:
    """0.33 was paid as 0.35: one of three gives 0.11 -> 0.10, the other two the 0.25 that are left."""
    made = load("round order to CHF 0.05", "CHF").quote(Order("A", "2026-03-10", [Line("X", "3 piece", "CHF 0.11")]))
    first, second = made.credit({1: "1 piece"}), made.credit({1: "2 piece"}, {1: "1 piece"})
    assert [str(m) for m in (first.net_value, first.cash_rounding, first.total)] == [
        "CHF -0.11",
        "CHF 0.01",
        "CHF -0.10",
    ]
    assert str(second.total) == "CHF -0.25"


def test_a_credit_is_plain_data(sale: Quote) -> None:
    body = sale.credit({1: "7 bottle"}).to_dict()
    assert body["version"] == sale.version
    assert body["total"] == {"amount": "-16.73", "currency": "EUR"}
    assert sale.credit({1: "7 bottle"}).to_json() == sale.credit({1: "7 bottle"}).to_json()


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 3000)), min_size=1, max_size=4),
    st.lists(st.integers(1, 20), max_size=6),
)
def test_returns_add_up_to_the_sale(book: Book, sold: list[tuple[int, int]], cuts: list[int]) -> None:
    """Whatever the parts, all lines back give back the total, net value and every step."""
    lines = [Line("LEMON", f"{bottles} bottle", f"EUR {Decimal(cents) / 100}") for bottles, cents in sold]
    made = book.quote(Order("KIOSK", "2026-03-10", lines, codes=["HELLO"]))
    before = dict.fromkeys(range(1, len(sold) + 1), 0)
    total = net = taken = Decimal(0)
    for cut in [*cuts, 60]:
        now = {n: min(cut, sold[n - 1][0] - done) for n, done in before.items() if done < sold[n - 1][0]}
        if not now:
            break
        credit = made.credit(
            {n: f"{count} bottle" for n, count in now.items()},
            {n: f"{count} bottle" for n, count in before.items() if count},
        )
        total += credit.total.amount
        net += credit.net_value.amount
        taken += sum(step.amount.amount for line in credit.lines for step in line.steps)
        before |= {n: before[n] + count for n, count in now.items()}
    assert (total, net) == (-made.total.amount, -made.net_value.amount)
    assert taken == sum(line.discount.amount for line in made.lines)
