"""What is written of rebates over time becomes these nodes, and their layout reads as the same."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction as F

import pytest

from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Report
from rebates.syntax.format import format_file
from rebates.syntax.parser import parse
from rebates.syntax.source import Source


def read(text: str) -> n.File:
    """The tree; its layout reads as the same, and is its own layout."""
    report = Report()
    tree = parse(Source("x", text), report)
    assert [(one.code, one.message) for one in report.diagnostics] == []
    laid_out = format_file(Source("x", text))
    assert parse(Source("x", laid_out), Report()) == tree
    assert format_file(Source("x", laid_out)) == laid_out
    return tree


def member(text: str) -> n.Node:
    (agreement,) = read(f'agreement a "A" {{ accounts all, each  {text} }}').declarations
    assert isinstance(agreement, n.Agreement)
    return agreement.members[-1]


def clauses(text: str) -> tuple[n.Clause, ...]:
    rule = member(f'rebate volume "Volume" {{ {text} }}')
    assert isinstance(rule, n.Rule)
    assert rule.kind == "rebate"
    return rule.clauses


def clause(text: str) -> n.Node:
    (only,) = clauses(text)
    return only


def said(node: object) -> object:
    """A node without what is left at its default: its class's name, then what it says."""
    if isinstance(node, tuple):
        return [said(part) for part in node]
    if isinstance(node, n.Date | n.Text | n.Number):
        return node.value
    if isinstance(node, n.Percent):
        return node.points / 100
    if isinstance(node, n.Money):
        return f"{node.currency} {node.number.value}"
    if not isinstance(node, n.Node):
        return node
    told = [
        said(value)
        for field in fields(node)
        if field.name not in ("span", "name_span") and (value := getattr(node, field.name)) not in (None, (), False)
    ]
    return (type(node).__name__, *told)


SETTLES = {
    "settle quarterly": ("SettleClause", ("When", "quarterly")),
    "settle weekly": ("SettleClause", ("When", "weekly")),
    "settle half-yearly": ("SettleClause", ("When", "half-yearly")),
    "settle on claim": ("SettleClause", ("When", "on claim")),
    "settle once, on account": ("SettleClause", ("When", "once"), [("SettleWord", "on account")]),
    "settle yearly, set off overdue, separate, cumulative, plus tax": (
        "SettleClause",
        ("When", "yearly"),
        [("SettleWord", w) for w in ("set off overdue", "separate", "cumulative", "plus tax")],
    ),
    "settle monthly, true up yearly": (
        "SettleClause", ("When", "monthly"), [("TrueUp", ("When", "yearly"))],
    ),
    "settle yearly, as credit note": (
        "SettleClause", ("When", "yearly"), [("PaidAs", [("Form", "credit note")])],
    ),
    'settle yearly, as credit note for "advertising" or goods "gift card" or code': (
        "SettleClause",
        ("When", "yearly"),
        [("PaidAs", [("Form", "credit note", "advertising"), ("Form", "goods", "gift card"), ("Form", "code")], "or")],
    ),
    'settle yearly, as 60% credit note and 40% goods "SAMPLES"': (
        "SettleClause",
        ("When", "yearly"),
        [("PaidAs", [("Form", "credit note", F(3, 5)), ("Form", "goods", F(2, 5), "SAMPLES")], "and")],
    ),
    "settle yearly, as 1 point per USD 0.05": (
        "SettleClause",
        ("When", "yearly"),
        [("PaidAs", [("Form", "points", 1, ("Package", "each", "USD 1/20"))])],
    ),
    "settle yearly, within 30 days of quarter end, expires within 12 months": (
        "SettleClause",
        ("When", "yearly"),
        [
            ("PayBy", ("Deadline", "within", 30, "days", "quarter end")),
            ("Expires", ("Deadline", "within", 12, "months")),
        ],
    ),
    "settle yearly, at year end": (
        "SettleClause", ("When", "yearly"), [("PayBy", ("Deadline", "at", "year end"))],
    ),
    "settle yearly, within terms": ("SettleClause", ("When", "yearly"), [("PayBy", ("Deadline", "within terms"))]),
}  # fmt: skip


@pytest.mark.parametrize("text", SETTLES)
def test_settlement(text: str) -> None:
    assert said(clause(text)) == SETTLES[text]


def test_settlement_on_days() -> None:
    settle = clause("settle on 2026-04-30 and 2026-08-31, by 2026-12-31, true up on 2026-12-31")
    assert isinstance(settle, n.SettleClause)
    assert settle.at.word == "on dates"
    assert [day.value.isoformat() for day in settle.at.dates] == ["2026-04-30", "2026-08-31"]
    by, true_up = settle.options
    assert isinstance(by, n.PayBy)
    assert by.by.day is not None
    assert by.by.day.isoformat() == "2026-12-31"
    assert isinstance(true_up, n.TrueUp)
    assert len(true_up.at.dates) == 1


CLAUSES = {
    "returns claw back": ("ReturnsClause", "claw back"),
    "returns carry forward": ("ReturnsClause", "carry forward"),
    "returns when posted": ("ReturnsClause", "when posted"),
    'pay to "HEAD OFFICE"': ("PayToClause", [("Share", "HEAD OFFICE")]),
    'pay to "A" 60%, "B" 40%': ("PayToClause", [("Share", "A", F(3, 5)), ("Share", "B", F(2, 5))]),
    "pay to members in proportion to growth": ("PayToMembersClause", ("Name", "growth")),
    'funded by "BRAND" 60%, "DISTRIBUTOR" 40%': (
        "FundedByClause", [("Share", "BRAND", F(3, 5)), ("Share", "DISTRIBUTOR", F(2, 5))],
    ),
    "accrue 2%": ("AccrueClause", ("Reward", [("PercentReward", F(1, 50))])),
    "draw from fund marketing": ("DrawClause", "marketing"),
    "pro rata by month": ("ProRataClause", "month"),
    "pays from EUR 500, carried forward": ("PaysFromClause", "EUR 500", True),
    "cap EUR 5 per term, for all accounts": ("CapClause", "EUR 5", ["term"], True),
    "cap EUR 5 per claim, for all accounts, all or nothing": ("CapClause", "EUR 5", ["claim"], True, True),
    "in lieu of rebate other": ("InLieuOfClause", [("RuleName", "rebate", "other")]),
    'not with rebate other, "CO-OP"': ("NotWithClause", [("RuleName", "rebate", "other"), "CO-OP"]),
    "base rebate other": ("BaseClause", ("ChargeAmount", "other", "rebate")),
    "rate 1 point per started EUR 100": (
        "RateClause", ("Reward", [("PointsReward", 1, ("Package", "started", "EUR 100"))]),
    ),
    "rate 5 points plus 1%": ("RateClause", ("Reward", [("PointsReward", 5), ("PercentReward", F(1, 100))])),
    'rate give 5 carton of "A-1"': (
        "RateClause", ("Reward", [("GoodsReward", ("Quantity", 5, "carton"), ("Goods", "A-1"))]),
    ),
    "base value at prices as of 2026-07-01 of items per claim": None,
}  # fmt: skip


@pytest.mark.parametrize("text", [text for text, told in CLAUSES.items() if told])
def test_clauses(text: str) -> None:
    assert said(clause(text)) == CLAUSES[text]


def test_what_goods_are_worth_at_a_table() -> None:
    base = clause("base value at prices as of 2026-07-01 of sold per invoice last year")
    assert isinstance(base, n.BaseClause)
    total = base.value
    assert isinstance(total, n.Total)
    assert (total.kind, total.table, total.of, total.per) == ("value at", "prices", "sold", ("invoice",))
    assert total.at is not None
    assert total.at.day is not None
    assert total.window is not None
    now = clause("base value at prices of items per claim")
    assert isinstance(now, n.BaseClause)
    assert isinstance(now.value, n.Total)
    assert now.value.at is None
    event = clause("base value at prices as of 1 month before quarter start of items per claim")
    assert isinstance(event, n.BaseClause)
    assert isinstance(event.value, n.Total)
    assert event.value.at is not None
    assert (event.value.at.event, event.value.at.count) == ("quarter start", 1)


CONDITIONS = {
    "when paid within terms": ("Paid", ("Deadline", "within terms")),
    "when paid within 45 days of invoice date": ("Paid", ("Deadline", "within", 45, "days", "invoice date")),
    "when claimed within 3 months of year end": ("Claimed", ("Deadline", "within", 3, "months", "year end")),
    "when fact audit at term start": ("PostedBy", ("Fact", "audit"), ("Deadline", "at", "term start")),
    'when fact audit is "passed" throughout the quarter': (
        "Throughout", ("Is", ("Fact", "audit"), "passed"), "quarter",
    ),
    "when fact audit is not failed throughout the term": (
        "Throughout", ("Is", ("Fact", "audit"), "failed", True), "term",
    ),
    "when fact score >= 95% throughout the year": (
        "Throughout", ("Compare", ">=", ("Fact", "score"), F(95, 100)), "year",
    ),
    "when charge fee is paid": ("RulePaid", ("RuleName", "charge", "fee")),
    "when rebate other is not paid": ("RulePaid", ("RuleName", "rebate", "other"), True),
}  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    when = clause(text)
    assert isinstance(when, n.WhenClause)
    assert said(when.condition) == CONDITIONS[text]
    with_more = clause(f"{text} and sales >= EUR 5 or charge fee >= EUR 5")
    assert isinstance(with_more, n.WhenClause)
    assert isinstance(with_more.condition, n.Or)


@pytest.mark.parametrize("word", ["holds", "forfeits", "takes back"])
def test_what_failing_does(word: str) -> None:
    when = clause(f"when paid within terms otherwise {word}")
    assert isinstance(when, n.WhenClause)
    assert (when.failing, when.otherwise) == (word, None)


def test_what_is_paid_in_a_filter() -> None:
    items = member('items counted where paid within 45 days and kind not in ("sample", "clearance")')
    assert isinstance(items, n.ItemSet)
    assert isinstance(items.where, n.And)
    assert said(items.where.parts[0]) == ("Paid", ("Deadline", "within", 45, "days"))


def test_funds() -> None:
    fund = member('fund marketing "Yearly allowance" { opening EUR 5_000 per year  unused rolls over up to EUR 500 }')
    assert said(fund) == (
        "Fund",
        "marketing",
        "Yearly allowance",
        [("OpeningClause", "EUR 5000", ["year"]), ("UnusedClause", True, "EUR 500")],
    )
    assert said(member("fund f { opening EUR 5  unused lapses }")) == (
        "Fund",
        "f",
        [("OpeningClause", "EUR 5"), ("UnusedClause",)],
    )


def test_amendments() -> None:
    plain = member('amend from 2026-07-01 "R" { remove rebate launch  remove fund f }')
    assert isinstance(plain, n.Amendment)
    assert (plain.retroactive, plain.window) == (False, None)
    assert said(plain.members) == [("RemoveRule", "rebate", "launch"), ("RemoveFund", "f")]
    back = member(
        'amend retroactively from 2026-07-01, cut at the date "R" { rebate r { remove settle  remove pay to } }'
    )
    assert isinstance(back, n.Amendment)
    assert (back.retroactive, back.window) == (True, "cut at the date")
    later = member('amend from 2026-07-01, from the next window "R" { fund f { opening EUR 9 } }')
    assert isinstance(later, n.Amendment)
    assert later.window == "from the next window"


def test_examples_without_an_order() -> None:
    example = member(
        """example "e" {
          given sales EUR 5  given paid 2026-02-01  given rebate r 5 points  given table prices EUR 4
          given agreement year 2
          sale "S1" for "A" on 2026-02-03 with order.channel "web" { 60 carton of "COLA" at EUR 96 }
          return of "S1" for "A" on 2026-03-03 { 5 carton of "COLA" at EUR 96 }
          payment of "S1" on 2026-03-05  payment of charge fee for "A" on 2026-03-05
          claim of rebate r with "S1", "S2" for "A" on 2026-03-05
          fact audit "passed" for "A" on 2026-03-06
          settle on 2026-03-31
          expect rebate r EUR 5  expect rebate r due EUR 4  expect rebate r to "A" due nothing
          expect charge fee nothing  expect rebate r 500 points  expect rebate r 5 carton
        }"""
    )
    assert isinstance(example, n.SettledExample)
    assert [type(given).__name__ for given in (*example.given, *example.over_time)] == [
        "Given", "GivenDay", "GivenRule", "GivenTable", "GivenYear",
    ]  # fmt: skip
    assert said(tuple(s for s in example.steps if isinstance(s, n.ExpectEarned))) == [
        ("ExpectEarned", ("RuleName", "rebate", "r"), "EUR 5"),
        ("ExpectEarned", ("RuleName", "rebate", "r"), True, "EUR 4"),
        ("ExpectEarned", ("RuleName", "rebate", "r"), "A", True),
        ("ExpectEarned", ("RuleName", "charge", "fee")),
        ("ExpectEarned", ("RuleName", "rebate", "r"), 500),
        ("ExpectEarned", ("RuleName", "rebate", "r"), ("Quantity", 5, "carton")),
    ]
    sale, back, *others = example.steps
    assert isinstance(sale, n.PostedSale)
    assert isinstance(back, n.PostedSale)
    assert (sale.word, said(sale.id), sale.of, said(sale.account), len(sale.lines)) == ("sale", "S1", None, "A", 1)
    assert (back.word, back.id, said(back.of)) == ("return", None, "S1")
    assert [type(step).__name__ for step in others[:5]] == [
        "PostedPayment", "PostedPayment", "PostedClaim", "PostedFact", "SettleStep",
    ]  # fmt: skip


def test_an_example_with_an_order_keeps_what_only_a_settlement_answers_apart() -> None:
    example = member('example "e" { order on 2026-01-05 { } expect rebate r due EUR 5  expect rebate r EUR 5 }')
    assert isinstance(example, n.Example)
    assert [type(part).__name__ for part in example.over_time] == ["ExpectEarned"]
    assert [type(part).__name__ for part in example.expects] == ["ExpectRule"]


def test_the_pocket_of_an_order() -> None:
    guard = member('guard pocket margin >= 12% otherwise approval by "director"')
    assert isinstance(guard, n.Guard)
    assert guard.watches == "pocket margin"
    example = member(
        'example "e" { order on 2026-01-05 { } expect line 1 pocket price EUR 5  expect order pocket value EUR 5 }'
    )
    assert isinstance(example, n.Example)
    assert [e.what for e in example.expects if isinstance(e, n.ExpectAmount)] == ["pocket price", "pocket value"]


@pytest.mark.parametrize(
    "name", ["sale", "settle", "due", "points", "goods", "members", "opening", "posted", "separate", "back", "fund"]
)
def test_words_of_rebates_stay_free_as_names(name: str) -> None:
    if name != "fund":  # reserved: it could start an expression one day
        assert isinstance(member(f"measure {name} = 5"), n.Measure)
    assert clauses(f"base {name}x  rate 1%  stage {name}")
    assert isinstance(member(f'items s where {name} is "x"'), n.ItemSet)


@pytest.mark.parametrize(
    ("wrong", "code", "edit"),
    [
        ("settel quarterly", "R0101", "settle"),
        ("settle quartely", "R0101", "quarterly"),
        ("settle quarterly as credit note", "R0103", ", "),
        ("settle quarterly, as 60 credit note and 40% payment", "R0112", "60%"),
        ("returns claw bak", "R0101", "back"),
        ("draw from found marketing", "R0101", "fund"),
        ("when paid within 30 days otherwise hold", "R0101", "holds"),
        ("rate 5", "R0112", "5%"),
        ("rate 500", "R0113", "EUR 500"),
    ],
)
def test_slips_are_mended(wrong: str, code: str, edit: str) -> None:
    report = Report()
    parse(Source("x", f'agreement a "A" {{\n  currency EUR\n  rebate r "R" {{\n    {wrong}\n  }}\n}}\n'), report)
    (found,) = report.diagnostics
    assert found.code == code
    assert found.edits[0].replacement == edit
