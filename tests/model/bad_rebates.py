"""Faults of what is settled over time: each with what is underlined, and mended."""

from __future__ import annotations

from tests.model.bad_texts import Bad
from tests.model.checking import agreement, discount

SALES = "measure sales = net value of items per account per year\n"


def rebate(clauses: str, before: str = "") -> str:
    """An agreement with one yearly rebate on sales."""
    return agreement(f"{before}\n{SALES}rebate r {{ base sales  rate 1%  {clauses} }}")


def told(body: str) -> str:
    """An agreement with a rebate and an example of it."""
    return rebate("")[:-2] + f'example "e" {{ {body} }}\n}}\n'


BAD = [
    Bad("R0650", discount("rate 5% when paid within 30 days"), "paid within 30 days", discount("rate 5%")),
    Bad("R0650", discount("rate 5% returns claw back"), "returns claw back", rebate("returns claw back")),
    Bad(
        "R0650",
        discount("rate 5% when net value per order >= EUR 5 otherwise holds"),
        "when net value per order >= EUR 5 otherwise holds",
        rebate("when sales >= EUR 5 otherwise holds"),
    ),
    Bad(
        "R0650", discount("rate 1 point per EUR 5"), "1 point per EUR 5", rebate("settle yearly, as 1 point per EUR 5")
    ),
    Bad(
        "R0650",
        discount("rate 5% when in prompt", "items prompt where paid within 30 days of invoice date"),
        "in prompt",
        rebate("", "items prompt where paid within 30 days of invoice date"),
    ),
    Bad(
        "R0650", discount("rate 5% cap EUR 5 per claim"), "cap EUR 5 per claim", discount("rate 5% cap EUR 5 per order")
    ),
    Bad(
        "R0651",
        agreement("rebate r { base net value per account per year before this order rate 1% }"),
        "net value per account per year before this order",
        agreement("rebate r { base net value per account per year rate 1% }"),
    ),
    Bad("R0652", agreement("rebate r { rate 1% }"), "r", rebate("")),
    Bad(
        "R0652",
        agreement(f"{SALES}rebate r {{ base sales amount EUR 5 }}"),
        "base sales",
        agreement("rebate r { amount EUR 5 }"),
    ),
    Bad("R0653", rebate("cap EUR 5 per month"), "cap EUR 5 per month", rebate("cap EUR 5 per term")),
    Bad(
        "R0653",
        rebate("settle on claim cap EUR 5, for all accounts"),
        "cap EUR 5, for all accounts",
        rebate("settle on claim cap EUR 5"),
    ),
    Bad(
        "R0653",
        agreement(
            f"{SALES}rebate a {{ base sales rate 1% settle on claim }} rebate b {{ base sales rate 1% settle on claim }} cap EUR 9 across rebate a, rebate b, for all accounts"
        ),
        "cap EUR 9 across rebate a, rebate b, for all accounts",
        agreement(
            f"{SALES}rebate a {{ base sales rate 1% settle on claim }} rebate b {{ base sales rate 1% settle on claim }} cap EUR 9 across rebate a, rebate b"
        ),
    ),
    Bad("R0653", rebate("floor EUR 5 per order"), "floor EUR 5 per order", rebate("floor EUR 5")),
    Bad("R0653", rebate("limit 5 piece"), "limit 5 piece", rebate("limit EUR 5_000")),
    Bad(
        "R0654",
        agreement(f'{SALES}rebate r {{ base sales rates first {{ 1% when line.unit is "carton" }} }}'),
        'line.unit is "carton"',
        agreement(f'{SALES}rebate r {{ base sales rate 1% when line.unit is "carton" }}'),
    ),
    Bad(
        "R0654",
        agreement("rebate r { base net value per order rate 1% }"),
        "net value per order",
        agreement("rebate r { base net value per account per year rate 1% }"),
    ),
    Bad(
        "R0654",
        agreement(
            f'{SALES}rebate r {{ base sales rate 1% when account.class is "gold" }}', accounts='group "BUYERS", each'
        ).replace("per account per year", "per group per year"),
        'account.class is "gold"',
        rebate('when account.class is "gold"'),
    ),
    Bad(
        "R0669",
        rebate("when fact spent >= EUR 5 throughout the quarter", "fact spent money summed"),
        "fact spent >= EUR 5",
        rebate("when fact spent >= EUR 5 throughout the quarter", "fact spent money latest"),
    ),
    Bad(
        "R0669",
        rebate("when sales >= EUR 5 throughout the year"),
        "sales >= EUR 5",
        rebate("when sales >= EUR 5"),
    ),
    Bad("R0655", agreement("rebate r { rate 5% of list price }"), "list price", rebate("")),
    Bad(
        "R0656",
        rebate("settle on 2026-06-30 and 2026-03-31"),
        "2026-03-31",
        rebate("settle on 2026-03-31 and 2026-06-30"),
    ),
    Bad("R0656", rebate("settle yearly, separate, cumulative"), "cumulative", rebate("settle yearly, separate")),
    Bad(
        "R0657",
        rebate("settle yearly, as 60% credit note and 30% payment"),
        "as 60% credit note and 30% payment",
        rebate("settle yearly, as 60% credit note and 40% payment"),
    ),
    Bad("R0657", rebate("settle yearly, as 5 points"), "5 points", rebate("settle yearly, as 1 point per EUR 0.05")),
    Bad("R0658", rebate('pay to "ACME" 60%, "SOLO" 30%'), '"SOLO" 30%', rebate('pay to "ACME" 60%, "SOLO" 40%')),
    Bad(
        "R0658",
        rebate("pay to members in proportion to sales"),
        "pay to members in proportion to sales",
        rebate('pay to "ACME"'),
    ),
    Bad(
        "R0660",
        agreement(f"{SALES}rebate p {{ base sales rate 1 point per EUR 10 }} rebate r {{ base rebate p rate 1% }}"),
        "rebate p",
        agreement(f"{SALES}rebate p {{ base sales rate 2% }} rebate r {{ base rebate p rate 1% }}"),
    ),
    Bad(
        "R0661",
        agreement(f"{SALES}rebate r {{ base sales rate 1% plus 500 points }}"),
        "500 points",
        agreement(f"{SALES}rebate r {{ rate 500 points }}"),
    ),
    Bad(
        "R0662",
        rebate("when paid within terms"),
        "within terms",
        rebate("when paid within terms", "terms { payment 30 days }"),
    ),
    Bad(
        "R0663",
        agreement("fact spent money summed rebate r { base fact spent rate EUR 1 per piece }"),
        "EUR 1 per piece",
        agreement("rebate r { base quantity in piece per account per year rate EUR 1 per piece }"),
    ),
    Bad(
        "R0664",
        rebate("exclusive"),
        "exclusive",
        rebate("exclusive among all"),
    ),
    Bad(
        "R0664",
        agreement(
            f"{SALES}rebate r {{ base sales rate 1% }} rebate q {{ base net value per account per month rate 1% not with rebate r }}"
        ),
        "rebate r",
        agreement(f"{SALES}rebate r {{ base sales rate 1% }} rebate q {{ base sales rate 1% not with rebate r }}"),
    ),
    Bad(
        "R0665",
        agreement('charge c { rate EUR 5 } amend from 2026-07-01 "Review" { charge c { settle yearly } }'),
        "c",
        agreement('charge c { rate EUR 5 } amend from 2026-07-01 "Review" { charge c { rate EUR 6 } }'),
    ),
    Bad(
        "R0665",
        agreement(
            "measure v = net value per account per year rebate r { base v rate 1% settle yearly } "
            'amend from 2026-07-01 "Review" { measure v = net value per end customer per year }'
        ),
        "rebate r { base v rate 1% settle yearly }",
        agreement(
            "measure v = net value per account per year rebate r { base v rate 1% settle yearly } "
            'amend from 2026-07-01 "Review" { measure v = list value per account per year }'
        ),
    ),
    Bad(
        "R0666",
        agreement(f"{SALES}discount d {{ rate 5% }} rebate r {{ base sales rate 1% in lieu of discount d }}"),
        "discount d",
        agreement(f"{SALES}rebate d {{ base sales rate 5% }} rebate r {{ base sales rate 1% in lieu of rebate d }}"),
    ),
    Bad("R0667", agreement("fund f { unused lapses }"), "f", agreement("fund f { opening EUR 5 unused lapses }")),
    Bad(
        "R0668",
        rebate("draw from fund pit", "fund pot { opening EUR 5 }"),
        "pit",
        rebate("draw from fund pot", "fund pot { opening EUR 5 }"),
    ),
    Bad(
        "R0670",
        told('order for "ACME" on 2026-03-10 { 5 piece of "COLA" at EUR 9 } expect rebate r to "ACME" EUR 5'),
        'expect rebate r to "ACME" EUR 5',
        told('sale for "ACME" on 2026-03-10 { 5 piece of "COLA" at EUR 9 } expect rebate r to "ACME" EUR 0.45'),
    ),
    Bad(
        "R0671",
        told("settle on 2026-06-30 settle on 2026-03-31 expect rebate r nothing"),
        "2026-03-31",
        told("settle on 2026-03-31 settle on 2026-06-30 expect rebate r nothing"),
    ),
    Bad(
        "R0672",
        told('payment of "S2" on 2026-03-31 expect rebate r nothing'),
        '"S2"',
        told("expect rebate r nothing"),
    ),
    Bad(
        "R0234",
        rebate("when rebate q is paid"),
        "q",
        rebate("when rebate r2 is paid", "rebate r2 { amount EUR 5 settle monthly }"),
    ),
    Bad(
        "R0370",
        agreement("rebate a { base rebate b rate 1% } rebate b { base rebate a rate 1% }"),
        "rebate b",
        agreement(f"{SALES}rebate a {{ base rebate b rate 1% }} rebate b {{ base sales rate 1% }}"),
    ),
    Bad(
        "R0370",
        rebate("when rebate q is paid", "rebate q { base rebate r rate 1% settle yearly }"),
        "rebate r",
        rebate("when rebate q is paid", "rebate q { amount EUR 5 settle yearly }"),
    ),
    Bad(  # what a rule earns within a shared cap is known once both are: the other cannot stand on it
        "R0370",
        rebate("when rebate q is paid", "rebate q { amount EUR 5 settle yearly } cap EUR 8 across rebate q, rebate r"),
        "rebate q is paid",
        rebate("when rebate q is paid", "rebate q { amount EUR 5 settle yearly } cap EUR 8 across rebate q"),
    ),
    Bad(
        "R0370",
        rebate("not with rebate q", "rebate q { base sales rate 2% when rebate r is paid }"),
        "rebate r is paid",
        rebate("not with rebate q", "rebate q { base sales rate 2% }"),
    ),
    Bad(
        "R0370",
        rebate("in lieu of rebate q", "rebate q { base sales rate 2% in lieu of rebate r }"),
        "rebate r",
        rebate("in lieu of rebate q", "rebate q { base sales rate 2% }"),
    ),
    Bad(
        "R0370",
        rebate("stage s", "waterfall { stage s best } rebate q { stage s amount 50% of rebate r settle yearly }"),
        "rebate r",
        rebate("stage s", "waterfall { stage s sum } rebate q { stage s amount 50% of rebate r settle yearly }"),
    ),
    Bad(
        "R0370",
        rebate("exclusive among all", "rebate q { exclusive among all amount 50% of rebate r }"),
        "rebate r",
        rebate("exclusive among all", "rebate q { amount 50% of rebate r }"),
    ),
    Bad(  # what is paid out of a fund hangs on what all draw from it
        "R0370",
        rebate(
            "draw from fund pot when rebate q is paid",
            "fund pot { opening EUR 5 unused lapses } rebate q { amount EUR 5 settle yearly draw from fund pot }",
        ),
        "rebate q is paid",
        rebate(
            "draw from fund pot when rebate q is paid",
            "fund pot { opening EUR 5 unused lapses } rebate q { amount EUR 5 settle yearly }",
        ),
    ),
    Bad("R0229", rebate("dated by delivry"), "delivry", rebate("dated by application")),
    Bad(  # each version by itself is none, and the windows of both meet
        "R0370",
        rebate("", "rebate q { base rebate r rate 1% }")[:-2]
        + 'amend from 2026-07-01, from the next window "Review" '
        + "{ rebate q { base sales } rebate r { base rebate q } } }",
        "rebate r",
        rebate("", "rebate q { base rebate r rate 1% }"),
    ),
    Bad(  # what is left in the fund for the one stands on the other, which asks what fell due of it
        "R0370",
        rebate(
            "when rebate q is paid draw from fund pot",
            "fund pot { opening EUR 8 unused lapses } rebate q { amount EUR 5 settle yearly draw from fund pot }",
        ),
        "rebate q is paid",
        rebate(
            "when rebate q is paid",
            "fund pot { opening EUR 8 unused lapses } rebate q { amount EUR 5 settle yearly draw from fund pot }",
        ),
    ),
    Bad(  # what the limit leaves of a year stands on what the cap left of those before, and that on the other's quarters
        "R0370",
        agreement(
            f"{SALES}rebate r {{ base sales rate 1% limit EUR 150 per term }} "
            "rebate q { base sales rate 1% not with rebate r settle quarterly, separate } cap EUR 8 across rebate r, rebate q"
        ),
        "rebate r",
        agreement(
            f"{SALES}rebate r {{ base sales rate 1% }} "
            "rebate q { base sales rate 1% not with rebate r settle quarterly, separate } cap EUR 8 across rebate r, rebate q"
        ),
    ),
    Bad("R0303", rebate("spread by quantity"), "spread by quantity", rebate("")),
    Bad("R0313", rebate("cap EUR 5 floor EUR 6"), "floor EUR 6", rebate("cap EUR 6 floor EUR 5")),
    Bad(
        "R0673",
        agreement('discount d { rate 5% } amend retroactively from 2026-07-01 "Review" { discount d { rate 6% } }'),
        "2026-07-01",
        agreement('discount d { rate 5% } amend from 2026-07-01 "Review" { discount d { rate 6% } }'),
    ),
]
