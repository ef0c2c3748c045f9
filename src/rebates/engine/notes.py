"""What a caller should know beside the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rebates.engine.codes import code_warnings
from rebates.engine.orders import fact_name
from rebates.model.attributes import BUILT_IN
from rebates.model.text import value_text
from rebates.syntax.suggest import nearest

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


def notes(quote: Quote) -> Iterator[str]:
    """Each note once: what was given in vain, what was missing, where discounts left nothing to pay."""
    yield from _in_vain(quote)
    seen = set()
    for decision in quote.outcome.decisions:
        if decision.because == "unknown" and decision.detail and (decision.detail, decision.rule) not in seen:
            seen.add((decision.detail, decision.rule))
            name = quote.rules[decision.rule].name
            yield f"`{decision.detail}` is not known, so `{name}` does not apply{_expected(quote, decision.detail)}"
    yield from _goods(quote)
    for index, line in enumerate(quote.outcome.lines):
        for step in line.steps:
            if step.before and not step.after:
                names = " and ".join(f"`{quote.rule_name(id)}`" for id, _ in step.parts)
                yield f"line {index + 1}: {names} leaves nothing to pay; no step takes more than there is"
    yield from dict.fromkeys(
        f"the guard on {guard.watches} could not be judged: "
        f"{'a cost' if guard.watches.endswith('margin') else 'a list price or cost'} is missing"
        for guard in quote.guards
        if guard.value is None
    )


def _goods(quote: Quote) -> Iterator[str]:
    """Goods that wait for a choice or have no list price (8.1), and choices that no rule asks for."""
    seen = set()
    for decision in quote.outcome.decisions:
        rule = quote.rules[decision.rule]
        if rule.gift is None or rule.id in seen or decision.because not in ("no choice", "no price"):
            continue
        seen.add(rule.id)
        if decision.because == "no choice":
            goods = sorted(rule.gift.choices or ())
            some = ", ".join(goods[:8]) + (", …" if len(goods) > 8 else "")
            yield f"`{rule.name}` gives goods by choice, and the order names none: choose {some}"
        else:
            yield f"`{rule.name}` gives goods that have no list price; add them to the table `list_prices`"
    asked = {rule.name for rule in quote.rules.values() if rule.gift is not None and rule.gift.choices is not None}
    for name in quote.given.choices:
        if name not in asked:
            near = nearest(name, asked)
            yield f"no rule in force gives goods by choice under the name `{name}`" + (
                f"; did you mean `{near[0]}`?" if near else ""
            )


def _in_vain(quote: Quote) -> Iterator[str]:
    """Attributes that no agreement declares and codes that no rule asks for: mostly slips of the pen."""
    known = {"order": set[str](), "line": set[str]()}
    for path in (*quote.book.rules.attributes, *BUILT_IN):
        subject, _, name = path.partition(".")
        if subject in known:
            known[subject].add(name)
    for name in quote.given.attributes:
        if name not in known["order"]:
            yield _unread(f"attribute `order.{name}`", name.removeprefix("order."), known["order"])
    for name in dict.fromkeys(name for line in quote.given.lines for name in line.attributes):
        if name not in known["line"]:
            yield _unread(f"attribute `line.{name}`", name.removeprefix("line."), known["line"])
    for key in quote.given.facts:
        if fact_name(key) not in quote.book.rules.facts:
            yield _unread(f"fact `{key}`", key, quote.book.rules.facts)
    yield from (str(warning) for warning in code_warnings(quote))


def _expected(quote: Quote, path: str) -> str:
    """What is expected of a fact that was not posted."""
    fact = quote.book.rules.facts.get(fact_name(path.removeprefix("fact "))) if path.startswith("fact ") else None
    if fact is None or fact.expected is None:
        return ""
    return f"; expected is {value_text(fact.expected)}"


def _unread(what: str, name: str, known: Iterable[str]) -> str:
    near = [name] if name in known else nearest(name, known)
    return f"no agreement declares the {what}" + (f"; did you mean `{near[0]}`?" if near else "")
