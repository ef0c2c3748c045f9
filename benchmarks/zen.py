"""The rules of a market as a decision table of zen-engine, a rule engine written in Rust.

One table that collects every row that matches a line: one row for each deal, or for each tier of a volume deal. What the rows
come to, the waterfall and its rounding, is left out in zen-engine's favour; so are prices by account.
"""

from __future__ import annotations

import json
from datetime import date

import zen

from benchmarks.market import CARTONS_PER_PALLET, Deal, Market

FIELDS = ("account", "class", "item", "family", "cartons", "day")


class Zen:
    """The decision of a market, ready for single calls and for batches."""

    def __init__(self, market: Market) -> None:
        self.market = market
        text = _decision(market)
        self._decision = zen.ZenEngine().create_decision(text)
        content = zen.ZenDecisionContent(text)  # compiled once
        self._engine = zen.ZenEngine({"loader": lambda _: content})

    def context(self, account: str, day: date, item: str, pieces: int) -> dict[str, object]:
        """A line as zen-engine sees it."""
        family, per_carton, _ = self.market.items[item]
        return {
            "account": account,
            "class": self.market.accounts[account],
            "item": item,
            "family": family,
            "cartons": pieces // per_carton,
            "day": day.toordinal(),
        }

    def single(self, context: dict[str, object]) -> object:
        """One line by a call of its own."""
        return self._decision.evaluate(context)

    def batch(self, contexts: list[dict[str, object]]) -> object:
        """Many lines by one call."""
        return self._engine.evaluate_batch([{"key": "market", "context": context} for context in contexts])


def _decision(market: Market) -> str:
    rules = [row for deal in market.deals for row in _rows(deal)]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in FIELDS],
        "outputs": [{"id": name, "name": name, "field": name} for name in ("rate", "rule")],
        "rules": [{"_id": str(number), **row} for number, row in enumerate(rules)],
    }
    graph = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "content": {}},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
            {"id": "out", "type": "outputNode", "name": "out", "content": {}},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }
    return json.dumps(graph)


def _rows(deal: Deal) -> list[dict[str, str]]:
    row = dict.fromkeys(FIELDS, "")
    if deal.who[0] != "all":
        row[deal.who[0]] = f'"{deal.who[1]}"'
    if deal.what[0] != "all":
        row[deal.what[0]] = f'"{deal.what[1]}"'
    if deal.first is not None and deal.last is not None:
        row["day"] = f"[{deal.first.toordinal()}..{deal.last.toordinal()}]"
    least = [cartons for cartons, _ in deal.tiers] if deal.kind == "volume" else [0]
    if deal.kind == "pallet":
        least = [CARTONS_PER_PALLET]
    return [
        {**row, "cartons": f">= {cartons}", "rate": str(rate), "rule": f'"{deal.name}"'}
        for cartons, (_, rate) in zip(least, deal.tiers, strict=True)
    ]
