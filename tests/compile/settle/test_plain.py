"""Plain rules, worked out in whole numbers, come to what the judge says; what says more is not taken for plain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from rebates import reference
from rebates.compile import settle as compiled
from rebates.compile.settle.plain import Plain, plain_of
from rebates.model.history import Posted
from rebates.model.nodes import Amount, Expr, RuleSet, Scope
from rebates.model.rebates import Gate, Rebate, Settle
from tests.compile.settle.making import (
    SPAN,
    back,
    bound,
    channel,
    compare,
    deal,
    flat,
    lump,
    measure,
    money,
    net,
    per,
    percent,
    pieces,
    rebate,
    sale,
    tiers,
)


def drawn_rule(draw: Random, number: int) -> Rebate:
    window = draw.choice(("month", "quarter", "year"))
    scope = draw.choice((Scope.ACCOUNT, Scope.ALL))
    where = channel("web") if draw.random() < 0.3 else None
    sums: list[Expr] = [net(window, scope, where), pieces(window, scope=scope), measure("sold", net(window, scope))]
    base = draw.choice(sums)
    in_pieces = base == sums[1]

    def reward() -> Any:
        if in_pieces:
            return per(f"{draw.randrange(0, 90)}.{draw.randrange(10)}", "piece", size=draw.choice((1, 3)))
        return percent(f"{draw.randrange(0, 9)}.{draw.randrange(100)}")

    worth: Any = flat(reward())
    if draw.random() < 0.75:
        mode = draw.choice(("retroactive", "incremental"))
        on = base if mode == "incremental" else draw.choice(sums)
        bounds = sorted(draw.sample(range(1, 60), draw.randrange(1, 4)))
        steps = [(f"{at}" if on == sums[1] else f"{at}00.5", reward()) for at in bounds]
        if draw.random() < 0.6:
            steps.insert(0, ("0", reward()))
        worth = tiers(mode, on, *steps, above=draw.random() < 0.3)
    every = draw.choice(("monthly", "quarterly", "yearly"))
    returns = draw.choice(("claw back", "carry forward"))
    kind = draw.choice(("rebate", "rebate", "charge"))
    return rebate(
        f"r{number}", worth, base, every, scope=scope, window=window, place=number, returns=returns, kind=kind
    )


def drawn_history(draw: Random) -> list[Posted]:
    found: list[Posted] = []
    for number in range(draw.randrange(1, 25)):
        on = date(2026, 1, 1) + timedelta(draw.randrange(365))
        cents = draw.randrange(0, 300_000)
        sold = sale(
            f"s{number}", draw.choice("AB"), on.isoformat(), f"{cents // 100}.{cents % 100:02}", draw.randrange(0, 30),
            item=draw.choice(("COLA", "LEMON")), attributes=draw.choice(({}, {"line.channel": "web"})),
        )  # fmt: skip
        found.append(sold)
        if draw.random() < 0.4:
            later = min(on + timedelta(draw.randrange(200)), date(2026, 12, 31))
            more = draw.choice((1, 1, 2))  # more than was sold comes back, too
            found.append(
                back(
                    f"b{number}",
                    sold.id,
                    sold.account,
                    later.isoformat(),
                    f"{-cents * more // 100}",
                    -draw.randrange(0, 40),
                )
            )
    draw.shuffle(found)
    return found


def answers(evaluator: Any, rules: RuleSet, posted: list[Posted], day: date) -> list[Any]:
    settled = evaluator.settle(rules, "deal", posted, date(2026, 1, 1), date(2026, 12, 31))
    return [*settled, *evaluator.accrued(rules, "deal", posted, day)]


def test_plain_rules_come_to_what_the_judge_says(monkeypatch: pytest.MonkeyPatch) -> None:
    known = 0
    reckon = Plain.earned

    def counted(self: Plain, at: Any) -> Any:
        nonlocal known
        found = reckon(self, at)
        known += found is not None
        return found

    monkeypatch.setattr(Plain, "earned", counted)
    for seed in range(50):
        draw = Random(seed)
        rules = deal(*(drawn_rule(draw, number) for number in range(1, 4)))
        assert all(plain_of(rule) is not None for rule in rules.agreements[0].rebates)
        posted, day = drawn_history(draw), date(2026, 1, 1) + timedelta(draw.randrange(365))
        assert answers(compiled, rules, posted, day) == answers(reference, rules, posted, day), seed
    assert known > 1_200


@pytest.mark.parametrize(
    "more",
    [
        {"caps": (bound(money(5)),)},
        {"first": date(2026, 2, 1)},
        {"dated_by": "order"},
        {"when": (Gate(compare(net(), ">", money(5)), span=SPAN),)},
        {"stage": "best"},
        {"returns": "when posted"},
        {"fund": "deal.fund pot"},
        {"accrue": percent("1")},
        {"not_with": ("deal.other",)},
        {"pro_rata": "month"},
        {"settle": Settle("on claim", span=SPAN), "window": "claim"},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_rule_that_says_more_is_not_plain(more: Any) -> None:
    assert plain_of(rebate("r", flat(percent("1")), net(), **more)) is None


@pytest.mark.parametrize(
    ("worth", "base"),
    [
        (flat(lump(5)), net()),
        (flat(percent("-1")), net()),
        (flat(percent("1")), replace(net(), with_tax=True)),
        (flat(percent("1")), replace(net(), what="cost")),
        (flat(percent("1")), replace(net(), full=True)),
        (flat(percent("1")), net("season")),
        (flat(per("1", "carton")), pieces()),
        (flat(per("1", "piece", "full", 5)), pieces()),
        (Amount(money(5), span=SPAN), net()),
        (tiers("lump sum", net(), (0, lump(5))), net()),
        (tiers("incremental", pieces(), (0, percent("1"))), net()),
        (replace(tiers("retroactive", net(), (5, percent("1"))), below=tiers("retroactive", net(), (5, percent("1"))).rows[0]), net()),
        (tiers("retroactive", net(), (-5, percent("1"))), net()),
    ],
)  # fmt: skip
def test_a_worth_or_base_that_is_more_than_a_sum_is_not_plain(worth: Any, base: Any) -> None:
    assert plain_of(rebate("r", worth, base)) is None
