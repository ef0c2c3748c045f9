"""The worth that a decision chose for a line: the way through a rule's rates, walked again for explanations."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.exact import grouped


def chosen_worth(rule: m.Rule, way: tuple[int, ...]) -> m.Worth:
    """The worth that the rule had on a line; that of the rule itself where nothing was chosen."""
    if len(way) == 2 and way[0] == -1:
        fallback = rule.when[way[1]].otherwise
        assert fallback is not None
        return m.Flat(fallback, span=fallback.span)
    worth: m.Worth | None = rule.worth
    for step in way:
        match worth:
            case m.RateTable(rows=rows):
                worth = rows[step].worth
            case m.Levels(rows=levels):
                worth = levels[step].worth
            case m.Cases(rows=cases):
                pieces = tuple(piece for place in way for piece in cases[place].reward.pieces)
                return m.Flat(m.Reward(pieces, span=cases[way[0]].reward.span), span=cases[way[0]].span)
    assert worth is not None
    return worth


def chosen_heads(rule: m.Rule, way: tuple[int, ...]) -> str:
    """The heads of the row that was chosen, as they are written in a rate table."""
    if not way or way[0] < 0 or not isinstance(rule.worth, m.RateTable):
        return ""
    row = rule.worth.rows[way[0]]
    heads = [
        f"year {key}" if name == "agreement year" else str(key)
        for name, key in zip(rule.worth.keys, row.keys, strict=True)
    ]
    worth: m.Worth | None = row.worth
    for step in way[1:]:
        if isinstance(worth, m.Levels):
            heads.append(_bound(worth.rows[step]))
            worth = worth.rows[step].worth
    return ", ".join(heads)


def _bound(level: m.Level) -> str:
    return f"{'above' if level.above else 'from'} {grouped(level.threshold)}"
