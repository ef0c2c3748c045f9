"""How to say what could stand at a place: terminals in the reader's words, and a right sample of each statement."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from rebates.syntax.keywords import PHRASES
from rebates.syntax.tables import END, ERROR, Tables

_KINDS = MappingProxyType(
    {
        "NAME": "a name",
        "NUMBER": "a number",
        "INTEGER": "a whole number",
        "PERCENT": "a rate such as `5%`",
        "CURRENCY": "a currency such as `EUR`",
        "STRING": 'a text in quotes `"…"`',
        "DATE": "a date such as `2026-01-31`",
        "TIME_OF_DAY": "a time such as `14:30`",
        "ORDINAL": "an ordinal such as `10th`",
        "EVERY_ORDINAL": "`every 10th`",
        "AGO": "an earlier window such as `2 years ago`",
        "PATH": "an attribute such as `order.channel`",
        "COMPARE": "a comparison such as `>=`",
        "PLUS_MINUS": "`+` or `-`",
        "TIMES": "`*` or `/`",
        END: "the end of the file",
    }
)
# fits nearly everywhere, so saying it helps nobody
_UNSAID = frozenset((ERROR, "PLUS_MINUS", "TIMES", "COMMA"))
_MOST = 4

# a right sample of every statement, shown when reading inside one fails; all are parsed in the tests
SAMPLES = MappingProxyType(
    {
        "accept": 'accept cliff "agreed with the buyer"',
        "accounts": "accounts NUSANTARA and subsidiaries, together",
        "accrue": "accrue 2%",
        "adds": "adds to base_agreement",
        "agreement": 'agreement dealer_2026 "Dealer 2026" { accounts all, each }',
        "amount": "amount EUR 15",
        "attribute": 'attribute order.channel text default "direct"',
        "base": "base charge freight",
        "cap": "cap EUR 100 per order",
        "charge": 'charge freight "Freight" { rate EUR 12 per order }',
        "claim": 'claim of rebate co_op for "ACME" on 2026-04-30',
        "class": 'class key_account "Key account" for accounts { when account.reach is "national" }',
        "code": 'code "SPRING26"',
        "currency": "currency EUR",
        "dated": "dated by delivery",
        "digits": "digits 2",
        "discount": 'discount volume "Volume discount" { rate 5% }',
        "draw": "draw from fund marketing",
        "example": 'example "one carton" { order on 2026-03-10 { 1 carton of "COLA-330" } expect pass }',
        "expect": "expect line 1 net price EUR 4.50",
        "fact": "fact planogram_audit text latest",
        "floor": "floor EUR 5 per order",
        "from": "from 50 carton 3%",
        "fund": 'fund marketing "Marketing" { opening EUR 40_000 per year unused lapses }',
        "funded": 'funded by "BRAND" 60%, "DISTRIBUTOR" 40%',
        "given": 'given order.channel "web"',
        "guard": "guard discount <= 25% otherwise reject",
        "items": 'items own_label where brand is "NusaFresh"',
        "limit": "limit 3 piece per order, dearest",
        "measure": "measure order_value = net value per order",
        "opening": "opening EUR 40_000 per year",
        "order": 'order on 2026-03-10 { 60 carton of "COLA-330" }',
        "owner": 'owner "Key account desk"',
        "pay": 'pay to "HEAD OFFICE" 60%, "BRANCH" 40%',
        "payment": 'payment of "S1" for "ACME" on 2026-03-31',
        "pays": "pays from EUR 5",
        "price": 'price dealer "Dealer price" { rate price (60% of list price) }',
        "priority": "priority 1",
        "rate": "rate 5%",
        "rebate": 'rebate volume "Volume bonus" { base sales rate 2% settle yearly }',
        "return": 'return of "S1" for "ACME" on 2026-04-01 { 5 carton of "COLA-330" at EUR 24 }',
        "returns": "returns claw back",
        "review": "review quarterly",
        "sale": 'sale "S1" for "ACME" on 2026-03-10 { 60 carton of "COLA-330" at EUR 24 }',
        "seasons": "seasons { spring_2026 2026-02-01 to 2026-07-31 }",
        "settle": "settle quarterly, as credit note, within 30 days of quarter end",
        "spread": "spread by quantity",
        "stage": "stage volume best",
        "table": 'table prices from "prices.csv" { item key price money }',
        "tiers": "tiers retroactive on quantity in carton per line { from 50 carton 3% }",
        "time": 'time zone "Asia/Jakarta"',
        "unused": "unused rolls over up to EUR 10_000",
        "valid": "valid 2026-01-01 to 2026-12-31",
        "waterfall": "waterfall { stage volume best }",
        "week": "week starts sunday",
        "when": 'when order.channel is not "marketplace" and item.family under "BEVERAGE"',
        "year": "year starts 2026-07-01",
    }
)


def say(terminal: str, tables: Tables) -> str:
    """One terminal, as the reader writes it."""
    if terminal in _KINDS:
        return _KINDS[terminal]
    if terminal in PHRASES:
        return f"`{PHRASES[terminal][1][0]}`"
    return f"`{tables.keywords[terminal]}`"


def text_of(terminal: str, tables: Tables) -> str | None:
    """The text of a terminal that has only one."""
    if terminal in PHRASES:
        phrases = PHRASES[terminal][1]
        return phrases[0] if len(phrases) == 1 else None
    return tables.keywords.get(terminal)


def say_any(terminals: Iterable[str], tables: Tables) -> str:
    """At most four of what could stand here."""
    said = sorted(
        {say(t, tables) for t in terminals if t not in _UNSAID}, key=lambda text: (text.startswith("`"), text)
    )
    if not said:
        return ""
    if len(said) <= _MOST:
        return " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    return ", ".join(said[:_MOST]) + " and others"
