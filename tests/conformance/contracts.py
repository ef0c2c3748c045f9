"""The clauses of real agreements as rule files, and the words by which each construct is said in them.

`contracts.json` says which constructs a clause uses. A clause's file must hold words of each; the seven invented agreements
hold the constructs that no clause uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules" / "contracts"

INVENTED: Mapping[str, tuple[str, ...]] = {
    "X1": ("L9", "P3", "P7", "P11", "T9", "T2", "M1", "P5"),
    "X2": ("S3", "S2", "L1", "B4"),
    "X3": ("W11", "W4", "T1"),
    "X4": ("W8", "B3", "T2"),
    "X5": ("W9", "T5"),
    "X6": ("L6", "L7", "Q8", "P4"),
    "X7": ("L5", "T11", "Q8"),
}

_VALUE = r"(net|list|gross|invoice) value|fact \w+_base|: money"
_QUANTITY = r"quantity in \w+|fact seats"
_SHIFT = r"last year|years ago|over \d{4}-\d\d-\d\d to"
WORDS: Mapping[str, str] = {
    "B1": _VALUE,
    "B10": r"quantity in acre|2 \* acres|1 point per",
    "B2": _QUANTITY + r"|per piece|value at amp",
    "B3": r"115% of baseline|/ (\w+ last year|baseline) - 1",
    "B4": r"- baseline|- \w+ last year|- exports",
    "B5": r"/ fact \w+|% of imports",
    "B6": r"/ fact \w+|% of imports",
    "B7": r"number of distinct|lesser of|top_items",
    "B8": r"table (amp|cpi_u|best_price)",
    "B9": r"fact \w+ (is|>=)",
    "L1": r"cap\s+(USD|EUR|paid_price)",
    "L2": r"cap\s+(\d+% of|USD 5 per acre|amp_value)|lesser of",
    "L3": r"base\s+lesser of",
    "L4": r"pays from|floor",
    "L5": r"not below",
    "L6": r"draw from fund",
    "L7": r"cap\s+50% of approved",
    "L8": r"charge (shortfall|imbalance)",
    "L9": r"rebate guarantee",
    "M1": r"(?s)(rebate|discount) \w+\s+\".*(rebate|discount) \w+\s+\"|on top of",
    "M2": r"greater of|best among stages|stage \w+\s+best|stage   incentive",
    "M3": r"in lieu of|best among stages",
    "M4": r"invoice value|list value",
    "M5": r"otherwise 1%",
    "P1": r"settle .*(within|by) ",
    "P10": r"order\.(payment|paid_by)",
    "P11": r"plus tax",
    "P2": r"as (credit note|payment|\d+ point)",
    "P3": r"60% credit note and 40%",
    "P4": r"expires (by|within)",
    "P5": r"true up|quarterly, cumulative",
    "P6": r"otherwise (forfeits|holds)|charge misrepresentation",
    "P7": r"set off overdue",
    "P8": r"rounded to|price rounds first",
    "P9": r"when paid by",
    "Q1": r"(item|line)\.\w+ (is|not in|in|under)|rates .*item\.|\.family",
    "Q10": r"per (order|line|delivery)|stage \w+\s+best",
    "Q2": r"account\.\w+ (is|not in|in)|first order",
    "Q3": r"\"(freight|shipping)\"|net value",
    "Q4": r">= |from (USD|GBP|CAD|\d)|exchange_minimum",
    "Q5": r" and |when .*\n\s*when",
    "Q6": r" or ",
    "Q7": r"paid (within|by)|order\.payment",
    "Q8": r"claimed|fact \w+ by|activated|proof_of_purchase",
    "Q9": r"not with|exclusive among all|where item\.mail_class",
    "S1": r"together|buyer_group",
    "S2": r"(?s)per group.*(account\.joined|per account)|and subsidiaries",
    "S3": r"members in proportion to",
    "S4": r"account\.joined|delivered / solids|a member counts",
    "S5": r"account\.\w+ is",
    "T1": r"(tiers|rates)\s+retroactive|rates first",
    "T11": r"price USD|rate    price|table contract_prices",
    "T2": r"incremental|existing - baseline|pieces - baseline|revenue_tail|dollar_one|- baseline|- spend last year",
    "T3": r"rate\s+[\d.]+%|\(fact \w+rate\)|\d%  when|2\.5%",
    "T4": r"USD [\d.]+ per \w+|per (acre|unit|TEU)|table (rate_sheet|programme_rates)",
    "T5": r"amount |lump sum|(EUR|USD) [\d_]+ (per order|when)|EUR 1_000  when",
    "T6": r"interpolated",
    "T7": r"rates .*by|item\.basic_rate",
    "T8": r"surcharge|0%|table blocks",
    "T9": r"base\s+rebate volume",
    "W1": r"per (year|term)|yearly",
    "W10": r"per term",
    "W11": r"last half",
    "W12": r"valid_from|valid   |amend from|valid 20",
    "W2": r"per (month|quarter)|monthly|on 2024-06-30",
    "W3": r"per term|over \d{4}|valid ",
    "W4": r"over last 12 months",
    "W5": _SHIFT + r"|baseline",
    "W6": r"greater of \(pieces",
    "W7": r"average of",
    "W8": r"as of 2026-07-01",
    "W9": r"by_april",
}


@cache
def clauses() -> dict[str, tuple[str, ...]]:
    """The constructs of each clause, the published ones and then the invented."""
    published = json.loads((HERE / "contracts.json").read_text("utf-8"))
    return {clause["id"]: tuple(clause["constructs"]) for clause in published} | dict(INVENTED)


@cache
def constructs() -> dict[str, str]:
    """What each construct means."""
    found = json.loads((HERE / "constructs.json").read_text("utf-8"))
    return {id: str(what["means"]) for id, what in found.items()}


def file_of(clause: str) -> Path:
    """The rule file of a clause."""
    (found,) = RULES.glob(f"{clause}_*.rebates")
    return found


def said(clause: str) -> str:
    """The rule text of a clause, without its comments."""
    return re.sub(r"(?m)\s+#.*$|^#.*$", "", file_of(clause).read_text("utf-8"))


def table() -> str:
    """Clause × construct × file, in Markdown."""
    published = {clause["id"]: clause["domain"] for clause in json.loads((HERE / "contracts.json").read_text("utf-8"))}
    rows = ["| clause | of | file | constructs |", "|---|---|---|---|"]
    for clause, used in clauses().items():
        rows.append(
            f"| {clause} | {published.get(clause, 'invented')} | `{file_of(clause).name}` | {', '.join(sorted(used))} |"
        )
    rows += ["", "| construct | means | in |", "|---|---|---|"]
    for construct, means in sorted(constructs().items()):
        places = ", ".join(clause for clause, used in clauses().items() if construct in used)
        rows.append(f"| {construct} | {means.replace('|', '/')} | {places} |")
    return "\n".join(rows)
