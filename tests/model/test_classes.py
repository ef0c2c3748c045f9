"""Windows, facts and classes that cannot be: the code, the place and the words of each."""

from __future__ import annotations

import pytest

from rebates.model.folder import load_rules
from rebates.syntax.diagnostics import Report
from tests.generated.world import World

SEASONS = "seasons { spring 2026-02-01 to 2026-07-31 }\n"
SALES = "measure sales = net value per account per year\n"
CASES = [
    (
        "class a for accounts { when class b }\nclass b for accounts { when share >= 5% }\n"
        "measure share = sales / (sales + part)\n" + SALES + "measure part = sum of (net value for each item)",
        "R0459",
        "share",
        "the order in hand",
    ),
    (
        (
            "class a for accounts { when class b }\nclass b for accounts { when not class c }\n"
            "class c for accounts { when class a }"
        ),
        "R0457",
        "a",
        "a class depends on itself: class a -> class b -> class c -> class a",
    ),
    (
        (
            "measure of_some = net value of some per account per year\nitems some where class a\n"
            'class a for items { when brand is "Fizz" or class b }\nclass b for items { when class a }'
        ),
        "R0457",
        "a",
        "class a -> class b -> class a",
    ),
    ("discount d { when class gone  rate 5% }", "R0455", "gone", "unknown class `gone`"),
    ("fact racks number latest\ndiscount d { when fact rack >= 2  rate 5% }", "R0454", "rack", "unknown fact `rack`"),
    ('fact racks number latest\ndiscount d { when fact racks is "two"  rate 5% }', "R0214", '"two"', "number"),
    ('fact racks number latest expected "two"', "R0456", '"two"', "declared as number"),
    ("fact paid_on date summed", "R0456", "fact paid_on date summed", "a date cannot be summed"),
    (SALES + "measure m = sales over 2026-04-30 to 2026-01-01", "R0450", "over 2026-04-30 to 2026-01-01", "2026-01-01"),
    (SALES + "measure m = sales over last 0 days", "R0451", "over last 0 days", "holds nothing"),
    (SALES + "measure m = sales last half", "R0452", "last half", "across two windows"),
    ("measure m = net value per account per term last year", "R0452", "last year", "term"),
    (SEASONS + SALES + "measure m = sales last season", "R0452", "last season", "needs a total per season"),
    (SEASONS + "measure m = net value per account per season last year", "R0452", "last year", "a season has no"),
    ("measure m = net value per order\nmeasure n = m last year", "R0453", "last year", "reads no total"),
    ("measure m = net value per order over last 30 days", "R0453", "over last 30 days", "order in hand"),
    ("measure m = net value per account per year over last 30 days", "R0220", "over last 30 days", "two windows"),
    ("measure m = net value per item per year", "R0221", "net value per item per year", "within one order"),
    (
        'fact audit text latest\nmeasure m = net value of items where fact audit is "passed" per order',
        "R0225",
        'fact audit is "passed"',
        "nothing wider",
    ),
    (SALES + "measure m = net value of items where sales >= EUR 5 per order", "R0225", "sales", "nothing wider"),
    ("class a for accounts { when order.channel is web }", "R0459", "order.channel is web", "`order.channel`"),
    (
        "class a for items { when net value per account per year >= EUR 1 }",
        "R0459",
        "per account per year",
        "per account",
    ),
    (
        "measure m = sum of (item.weight for each family)\nattribute item.weight number",
        "R0460",
        "item.weight",
        "differ",
    ),
    (
        "discount d { when sum of (net value for each order.channel) >= EUR 1  rate 5% }",
        "R0460",
        "order.channel",
        "same on all lines",
    ),
]


@pytest.mark.parametrize(("body", "code", "place", "words"), CASES)
def test_what_cannot_be_is_told_at_its_place(body: str, code: str, place: str, words: str) -> None:
    text = (
        'agreement a "A" {\naccounts all, each\nvalid 2026-01-01 to 2026-12-31\ncurrency EUR\n'
        f"attribute order.channel text\n{body}\n}}\n"
    )
    report = Report()
    assert load_rules({"a.rebates": text}, World(), report) is None
    found = [each for each in report.diagnostics if each.severity == "error"]
    assert {each.code for each in found} == {code}
    assert any(place in each.span.text and words in each.message for each in found), [
        (each.span.text, each.message) for each in found
    ]
    assert all(each.help for each in found)


def test_a_class_and_a_fact_may_be_shared_by_the_agreements_of_a_folder() -> None:
    agreement = 'agreement {0} "A" {{ accounts {1}\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{2}\n}}\n'
    text = (
        "fact racks number latest\n"
        "class busy for accounts { when fact racks >= 2 }\n"
        + agreement.format("a", '"ACME"', "discount d { when class busy  rate 5% }")
        + agreement.format("b", '"SOLO"', "discount d { when not class busy and fact racks <= 9  rate 5% }")
    )
    report = Report()
    rules = load_rules({"a.rebates": text}, World(), report)
    assert rules is not None, [each.message for each in report.diagnostics]
    assert list(rules.facts) == ["racks"]
