"""What is settled across stages before the earliest of them: exclusives, and the best among stages (3.5 b, f; 46, 49)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction

from rebates.compile.amounts import ZERO
from rebates.compile.combine import Solo, run_stage
from rebates.compile.stand import Stand
from rebates.compile.state import Part, View
from rebates.model.nodes import Rule, Scope
from rebates.plan.nodes import Here, StagePlan


class Across:
    """The settlements of a part; none of them where the text has no such words."""

    __slots__ = ("_first", "_part", "_stages")

    def __init__(self, part: Part) -> None:
        terms = part.book.terms
        self._part = part
        self._stages = {stage.name: stage for stage in terms.stages}
        places = {name: place for place, name in enumerate(self._stages)}
        self._first = min((places[here.rule.alone_in[0]] for here in terms.exclusives), default=None)

    def before(self, stage: StagePlan) -> None:
        """Settles what has this stage as its earliest one."""
        terms = self._part.book.terms
        if self._first is not None and terms.stages[self._first] is stage:
            self._exclusives()
        for choice in terms.best_among:
            if choice[0] == stage.name:
                self._choose(choice)

    # --- which lines hang together

    def _cells(self, names: Iterable[str]) -> list[list[int]]:
        """Line by line, or the part at once where a rule of these stages can decide on several lines."""
        places = [line.place for line in self._part.lines]
        rules = [here.rule for name in set(names) for here in self._stages[name].rules]
        return [places] if any(map(_on_several, rules)) else [[place] for place in places]

    # --- exclusives

    def _exclusives(self) -> None:
        exclusives = self._part.book.terms.exclusives
        alone = {here: self._alone(here) for here in exclusives}
        for places in self._cells(name for here in exclusives for name in here.rule.alone_in):
            able = [here for here in exclusives if any(alone[here][place] for place in places)]
            able.sort(key=_order(alone, places, any(here.rule.by_priority for here in able)))
            standing: list[Here] = []
            for here in able:
                better = next((other for other in standing if _clash(here.rule, other.rule)), None)
                if better is None:
                    standing.append(here)
                else:
                    self._out([here], places, "excluded", better.rule.id)
            for winner in standing:
                others = [h for name in winner.rule.alone_in for h in self._stages[name].rules if h is not winner]
                self._out(others, places, "excluded", winner.rule.id)
            self._out([here for here in exclusives if here not in able], places, "nothing", None)

    def _alone(self, here: Here) -> list[Fraction]:
        """What the rule takes of each line if it stands alone in its stage, on the amounts of now."""
        part = self._part.aside()
        net = [line.net for line in part.lines]
        stage = self._stages[here.rule.stage]
        rules = part.rules_in(stage.name, stage.rules)
        if here not in rules:
            return [ZERO] * len(net)
        take = Solo(Stand(part, stage, View(part, net, None), list(net), [ZERO] * len(net)), rules).take(here)
        return [
            sum((share for cell in take.cells for at, share in cell.each() if at == place), ZERO)
            for place in range(len(net))
        ]

    def _out(self, rules: Iterable[Here], places: Iterable[int], because: str, detail: str | None) -> None:
        """The first reason stands."""
        places = list(places)
        for here in rules:
            for place in places:
                self._part.kept_out.setdefault((here.number, place), (because, detail))

    # --- best among stages

    def _choose(self, choice: Sequence[str]) -> None:
        gains = {name: self._tried(self._stages[name]) for name in choice}
        for places in self._cells(choice):
            able = [name for name in choice if any(gains[name][place] for place in places)]
            if not able:
                continue
            best = max(able, key=lambda name: sum((gains[name][place] for place in places), ZERO))
            losers = [here for name in choice if name != best for here in self._stages[name].rules]
            self._out(losers, places, "beaten", f"stage {best}")

    def _tried(self, stage: StagePlan) -> list[Fraction]:
        """What each line loses in the stage alone."""
        part = self._part.aside()
        net = [line.net for line in part.lines]
        running = list(net)
        run_stage(part, stage, View(part, net, None), running, part.rules_in(stage.name, stage.rules))
        return [before - after for before, after in zip(net, running, strict=True)]


def _on_several(rule: Rule) -> bool:
    wide = (bound for bound in (*rule.caps, *rule.floors) if bound.on == "amount" and bound.scope is not Scope.LINE)
    return rule.decides is not Scope.LINE or any(wide)


def _clash(a: Rule, b: Rule) -> bool:
    return a.stage in b.alone_in or b.stage in a.alone_in


def _order(
    alone: dict[Here, list[Fraction]], places: Collection[int], priority_first: bool
) -> Callable[[Here], tuple[object, ...]]:
    """The better for the customer, then priority, then name; or priority first (3.5 c)."""

    def key(here: Here) -> tuple[object, ...]:
        rule = here.rule
        priority = (1, 0) if rule.priority is None else (0, rule.priority)
        gain = -sum((alone[here][place] for place in places), ZERO)
        return (priority, gain, rule.name) if priority_first else (gain, priority, rule.name)

    return key
