"""Every code of the checker: what is underlined, and that the mended text is silent."""

from __future__ import annotations

import pytest

from rebates.syntax.catalogue import ENTRIES
from tests.model.bad_goods import BAD as OF_GOODS
from tests.model.bad_rebates import BAD as OF_REBATES
from tests.model.bad_texts import BAD, Bad
from tests.model.checking import agreement, check, discount, found, measure, price
from tests.model.test_price_forms import BAD as OF_PRICES

_CHECKED = ("R02", "R03", "R06")
_FOUND_BY_ORDERS = {
    "R0625",
    "R0626",
    "R0629",
}  # in tests/tools/test_proofs.py; the note R0659 in tests/model/test_rebates.py


@pytest.mark.parametrize("bad", [*BAD, *OF_GOODS], ids=lambda bad: bad.code)
def test_a_fault_is_found_at_its_place_and_nothing_else(bad: Bad) -> None:
    assert found(bad.wrong) == [(bad.code, bad.underlined)]
    assert found(bad.right) == []


def test_every_code_of_the_checker_has_a_text() -> None:
    shown = {bad.code for bad in (*BAD, *OF_GOODS, *OF_PRICES, *OF_REBATES) if bad.code.startswith(_CHECKED)}
    assert shown == {code for code in ENTRIES if code.startswith(_CHECKED)} - _FOUND_BY_ORDERS - {"R0659"}


def test_all_findings_of_a_file_come_in_one_run() -> None:
    text = agreement(
        """
        discount one { stage vloume  rate 5% }
        discount two { rate USD 5 per order }
        discount three { when order.chanel is "web"  rate 5% }
        """
    )
    assert [code for code, _ in found(text)] == ["R0206", "R0212", "R0208"]


def test_a_name_of_a_broken_statement_gives_no_second_error() -> None:
    text = agreement("measure sales = = net value per order\n  discount d { when sales > EUR 5  rate 5% }")
    _, report = check(text)
    assert all(one.code.startswith(("R00", "R01")) for one in report.diagnostics)
    assert report.has_errors


def test_a_near_name_is_offered_as_an_edit_that_asks() -> None:
    _, report = check(discount("stage vloume  rate 5%", "waterfall { stage volume best }"))
    (one,) = report.diagnostics
    assert one.help == "did you mean `volume`?"
    assert [(edit.span.text, edit.replacement, edit.applicability) for edit in one.edits] == [
        ("vloume", "volume", "asks")
    ]


def test_a_bare_number_beside_money_is_offered_its_currency() -> None:
    _, report = check(discount("tiers incremental on net value per order { from 500  5% }"))
    (one,) = report.diagnostics
    assert [(edit.span.text, edit.replacement, edit.applicability) for edit in one.edits] == [
        ("500", "EUR 500", "asks")
    ]


def test_a_second_declaration_shows_the_first_in_its_file() -> None:
    _, report = check({"x.rebates": agreement("", "a", "ACME, each"), "y.rebates": agreement("", "a", "SOLO, each")})
    (one,) = report.diagnostics
    assert one.span.source.name == "y.rebates"
    assert [label.span.source.name for label in one.labels] == ["x.rebates"]


# --- cliffs: at T with rates r₁ below and r₂ from T on, T·(1−r₂)/(1−r₁) up to T costs more


def _cliffs(rows: str, measured: str = "quantity in carton per order") -> list[str]:
    _, report = check(discount(f"tiers retroactive on {measured} {{ {rows} }}"))
    assert {one.code for one in report.diagnostics} <= {"R0350"}
    return [one.message for one in report.diagnostics]


def test_the_cliffs_of_the_sample_agreement() -> None:
    # 50 × 0.97 = 48.5: 49 costs more; 200 × 0.945 ÷ 0.97 = 194.8…; 500 × 0.93 ÷ 0.945 = 492.06…
    assert _cliffs("from 50 carton 3%  from 200 carton 5.5%  from 500 carton 7%") == [
        "49 carton costs more than 50 carton",
        "195 to 199 carton cost more than 200 carton",
        "493 to 499 carton cost more than 500 carton",
    ]


def test_a_cliff_reaches_over_the_tiers_below_it() -> None:
    # 100 × 0.5 = 50: at no discount all above 50 costs more, at 10 % (from 90) all above 55.55…, so the whole tier
    assert _cliffs("from 90 carton 10%  from 100 carton 50%")[1] == "51 to 99 carton cost more than 100 carton"


def test_above_leaves_its_threshold_in_the_dead_zone() -> None:
    # 11 × 0.9 = 9.9: 10 costs more than 11
    assert _cliffs("above 10 carton 10%") == ["10 carton costs more than 11 carton"]


def test_what_is_weighed_or_paid_has_no_next_unit() -> None:
    assert _cliffs("from 100 kg 10%", "quantity in kg per order") == [
        "more than 90 and less than 100 kg cost more than 100 kg"
    ]
    assert _cliffs("from EUR 1_000 10%", "net value per order") == [
        "more than 900 and less than 1000 cost more than 1000"
    ]


def test_a_row_below_counts_as_the_rate_before() -> None:
    assert _cliffs("below 10 carton 5%  from 10 carton 5%") == []
    # 10 × 0.9 ÷ 0.95 = 9.47…: no whole carton lies between
    assert _cliffs("below 10 carton 5%  from 10 carton 10%") == []


@pytest.mark.parametrize(
    "measured", ["number of lines per order", "net value per account per year", "quantity in carton of fizzy per order"]
)
def test_no_cliff_is_claimed_where_more_of_the_measure_is_not_more_of_the_base(measured: str) -> None:
    unit = {"n": "EUR ", "q": ""}[measured[0]] if "number" not in measured else ""
    text = discount(
        f"tiers retroactive on {measured} {{ from {unit}5 1%  from {unit}50 9% }}", 'items fizzy where brand is "Fizz"'
    )
    assert found(text) == []


def test_falling_rates_and_slices_have_no_cliff() -> None:
    falls = "tiers retroactive on quantity in carton per order { from 0 carton 9%  from 50 carton 3% }"
    assert [code for code, _ in found(discount(falls))] == ["R0623"]
    assert found(discount("tiers incremental on quantity in carton per order { from 50 carton 3% }")) == []


def test_an_accepted_finding_is_silent() -> None:
    text = 'accept cliff "agreed"  tiers retroactive on quantity in carton per order { from 50 carton 3% }'
    assert found(discount(text)) == []


# --- agreements beside each other


def _two(a: str, b: str, more: str = "") -> list[str]:
    text = agreement("discount d { rate 5% }", "a", a) + agreement(f"{more} discount d {{ rate 6% }}", "b", b)
    return [code for code, _ in found(text)]


@pytest.mark.parametrize(
    ("a", "b", "codes"),
    [
        ("ACME, each", "ACME, each", ["R0341"]),
        ("ACME, each", "SOLO, each", []),
        ("ACME and subsidiaries, each", '"ACME-NORTH" and subsidiaries, each', ["R0341"]),
        ("ACME and subsidiaries, each", "SOLO and subsidiaries, each", []),
        ("all, each", "all, each", ["R0341"]),
        ("all, each", "ACME, each", []),  # the account is more specific
        ('group "BUYERS", each', 'group "CLUB", each', []),  # no account is in both
        ('group "BUYERS", each', 'group "BUYERS", each', ["R0341"]),
        ('where account.class is "gold", each', 'where account.class is "blue", each', []),
        ('where account.class is "gold", each', 'where account.class is not "blue", each', ["R0341"]),
        ('where account.class is "gold", each', 'where not account.class is "gold", each', []),
    ],
)
def test_agreements_are_ambiguous_only_where_one_account_can_be_of_both(a: str, b: str, codes: list[str]) -> None:
    assert _two(a, b) == codes


def test_conditions_on_unknown_accounts_may_meet() -> None:
    texts = agreement("attribute account.size number discount d { rate 5% }", "a", "where account.size > 5, each")
    texts += agreement("attribute account.size number discount d { rate 6% }", "b", "where account.size > 9, each")
    assert [code for code, _ in found(texts, {})] == ["R0341"]


def test_a_later_start_or_a_partner_makes_it_clear() -> None:
    later = agreement("discount d { rate 5% }", "a") + agreement(
        "discount d { rate 6% }", "b", valid="2026-02-01 to 2026-12-31"
    )
    assert found(later) == []
    assert _two("all, each", "all, each", "adds to a") == []


def test_rules_that_are_never_valid_together_are_clear() -> None:
    first = agreement("discount d { rate 5%  valid 2026-01-01 to 2026-03-31 }", "a")
    second = agreement("discount d { rate 6%  valid 2026-04-01 to 2026-12-31 }", "b")
    assert found(first + second) == []


def test_the_stages_of_a_shared_waterfall_are_those_of_all_agreements() -> None:
    shared = "waterfall { stage handling sum  stage volume best }\n"
    first = agreement("charge c { stage handling rate EUR 5 per order }", "a")
    second = agreement("adds to a discount d { stage volume rate 5% }", "b")
    assert found(shared + first + second) == []


def test_twelve_rules_on_several_lines_can_be_compared() -> None:
    twelve = " ".join(f"discount d{n} {{ rate EUR 5 per order }}" for n in range(12))
    assert found(agreement(twelve)) == []
    apart = twelve + " discount last { rate EUR 5 per order  valid 2026-07-01 to 2026-12-31 }"
    early = apart.replace("d0 { rate", "d0 { valid 2026-01-01 to 2026-06-30  rate")
    assert [code for code, _ in found(agreement(apart))] == ["R0342"]
    assert found(agreement(early)) == []


# --- what is read where


def test_money_beside_a_price_asks_per_what() -> None:
    _, report = check(discount("when list price > EUR 5  rate 5%"))
    (one,) = report.diagnostics
    assert (one.code, one.span.text) == ("R0214", "EUR 5")
    assert one.help == "a price says per what: `EUR 2 per piece`"


def test_a_price_may_stand_on_what_was_bought_before() -> None:
    text = "when m > EUR 5  rate price EUR 1 per piece"
    assert found(price(text, "measure m = net value per account per year before this order")) == []


def test_a_measure_is_judged_where_it_is_used() -> None:
    # the same measure is wrong in the price and right in the charge
    body = "measure m = net value per order price p { when m > EUR 5 rate price EUR 1 per piece } "
    assert found(agreement(body + "charge c { when m > EUR 5 rate 5% }")) == [("R0219", "m")]


def test_unused_sets_and_measures_are_read_too() -> None:
    assert found(agreement('items s where brnd is "Fizz"')) == [("R0208", "brnd")]
    assert found('items s where brnd is "Fizz"\n') == [("R0208", "brnd")]
    assert found("measure m = net value\n" + agreement("")) == [("R0223", "net value")]


def test_a_percent_is_no_number_of_units() -> None:
    assert found(measure("greater of (quantity in piece per order, 5%)")) == [("R0214", "5%")]


# --- rows of conditions that compare one measure


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # in `rates first` the order decides; a row is told only where nothing is left to it
        ("first { 3% when Q >= 50  5% when Q >= 200 }", [("R0388", "this row is never reached: the rows before it hold wherever it does")]),
        ("first { 5% when Q >= 200  3% when Q >= 50 }", []),
        ("first { 1% when Q < 10  2% when Q >= 20  3% when Q >= 5 and Q < 25 }", []),
        ("first { 1% when Q < 10  2% when Q >= 10  3% when Q >= 5 and Q < 25 }", [("R0388", "this row is never reached: the rows before it hold wherever it does")]),
        ("first { 1% when Q < 10 and order.channel is \"web\"  2% when Q < 5 }", []),  # the first asks for more
        ("every { 1% when Q >= 50  2% when Q >= 200 }", [("R0388", "two rows pay from 200 piece")]),
        ("every { 1% when Q >= 50 and Q <= 200  2% when Q >= 200 }", [("R0388", "two rows pay for exactly 200 piece")]),
        ("every { 1% when Q < 50  2% when Q >= 50 }", []),
        ("every { 1% when Q < 50  2% when quantity in carton per order >= 2 }", []),  # another measure
        # what no row holds
        ("first { 1% when Q < 50  2% when Q > 50 }", [("R0349", "no row holds for exactly 50 piece")]),
        ("every { 1% when Q >= 10 and Q < 20  2% when Q >= 50 }", [("R0349", "no row holds from 20 piece and below 50 piece")]),
        ("first { 1% when Q < 50  2% when Q > 50  3% otherwise }", []),
        ("first { 1% when V <= EUR 5  2% when V >= EUR 9 }", [("R0349", "no row holds above EUR 5 and below EUR 9")]),
    ],
)  # fmt: skip
def test_rows_that_compare_one_measure(rows: str, told: list[tuple[str, str]]) -> None:
    rows = rows.replace("Q", "quantity in piece per order").replace("V", "net value per order")
    _, report = check(discount(f"rates {rows}", "attribute order.channel text"))
    assert [(one.code, one.message) for one in report.diagnostics] == told


@pytest.mark.parametrize(("name", "rows"), [("hole", "Q < 50  2% when Q > 50"), ("overlap", "Q > 50  2% when Q > 60")])
def test_an_overlap_or_hole_can_be_accepted(name: str, rows: str) -> None:
    text = f'rates every {{ 1% when {rows} }}  accept {name} "agreed"'.replace("Q", "quantity in piece per order")
    assert found(discount(text)) == []


@pytest.mark.parametrize("subject", ["item", "account"])
def test_what_of_an_item_is_meant_is_asked(subject: str) -> None:
    (finding,) = check(discount(f'when {subject} is "COLA" rate 5%'))[1].diagnostics
    assert (finding.code, finding.help[: finding.help.index(";")]) == (
        "R0208",
        f"say what of it is meant, such as `{subject}.id`",
    )
