"""What orders show about rules that load: guards that one line breaks, examples that fail, and a witness for each finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rebates.engine.book import Book
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.case_findings import holes, overlaps
from rebates.model.expressions import dimension
from rebates.model.findings import FINDINGS, PROVED
from rebates.model.rebates import Rebate
from rebates.syntax.diagnostics import Diagnostic, Label
from rebates.syntax.tokens import split
from rebates.tools.budgets import budgets
from rebates.tools.examples import Result, run_examples
from rebates.tools.mixes import mixed
from rebates.tools.parts import Parts
from rebates.tools.settled_witness import settled_witness
from rebates.tools.witness import MOST_ITEMS, Prober, Witness, smallest, taken, with_witness

_SHOWN = ("R0349", "R0350", "R0352", "R0388", "R0621", "R0622", "R0623", "R0624", "R0627")


@dataclass(frozen=True, slots=True)
class Proofs:
    """Every finding of a book, those of loading among them with their witness; what was proved, in words with its domain."""

    findings: tuple[Diagnostic, ...]
    proved: tuple[str, ...]


def prove(book: Book) -> Proofs:
    """Looks at every rule and guard of a book, and runs its examples."""
    parts = Parts(book.rules)
    found = [_witnessed(book, one, parts) for one in book.warnings]
    contradicted = {agreement for one in found if one.code == "R0620" for agreement, _ in parts.at(one.span)}
    proved: list[str] = []
    results: dict[str, list[Result]] = {}
    for result in run_examples(book):
        results.setdefault(result.agreement, []).append(result)
    for agreement in book.rules.agreements:
        found += _failing(results.get(agreement.name, ()))
        guards, looked, broken = _guards(book, agreement)
        mixes = mixed(book, agreement, broken)
        found += [*guards, *mixes.findings]
        proved += _words(agreement, book, [looked, mixes.said], agreement.name in contradicted)
    return Proofs(tuple(_titled_apart(parts, found)), tuple(proved))


def _titled_apart(parts: Parts, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The same with a number in the title of every further example that would have the same one in its agreement."""
    seen: Counter[tuple[str, str]] = Counter()
    for one in found:
        if not one.example:
            yield one
            continue
        title = one.example.split('"')[1]
        key = next(agreement for agreement, _ in parts.at(one.span)), title
        seen[key] += 1
        again = "" if seen[key] == 1 else f" {seen[key]}"
        yield replace(one, example=one.example.replace(f'"{title}"', f'"{title}{again}"', 1))


def _words(agreement: m.Agreement, book: Book, looked: Sequence[str], contradicted: bool) -> Iterator[str]:
    rules: list[m.Rule | Rebate] = [*agreement.rules, *agreement.rebates]
    master = book.rules.master
    items = " over " + _count(len(master.items), "item") if master.has_items else ""
    tiers = len({rule.id for rule in rules if isinstance(rule.worth, m.Tiers)})
    if tiers:
        yield f"{agreement.name}: {_count(tiers, 'rule')} with tiers: no gap, no overlap, thresholds ascend"
    if rules and not contradicted:
        yield f"{agreement.name}: {_count(len({rule.id for rule in rules}), 'rule')}: none contradicts itself{items}"
    yield from (f"{agreement.name}: {said}" for said in (*looked, *budgets(agreement)) if said)


def _count(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count} {word}s"


# --- examples


def _failing(results: Iterable[Result]) -> Iterator[Diagnostic]:
    for result in results:
        if result.ok:
            continue
        if result.error:
            yield Diagnostic(
                "R0626", "warning", result.span, f"example `{result.title}` cannot be priced", result.error
            )
        for check in result.checks:
            if not check.ok:
                message = f"example `{result.title}` expects `{check.text}`, and comes to {check.got}"
                help = "mend the rule or the example; `rebates test --update` writes what it came to"
                yield Diagnostic("R0626", "warning", check.span, message, help)


# --- guards


def _guards(book: Book, agreement: m.Agreement) -> tuple[list[Diagnostic], str, set[str]]:
    """Guards that a one-line order breaks, with the smallest such order; what was looked at; and the guards' names."""
    watched = list(agreement.guards) if book.rules.master.offered else []
    if not watched:
        return [], "", set()
    prober = Prober(book, agreement, None)
    prober.left *= 5
    items = prober.items()
    broken: dict[str, tuple[object, Witness]] = {}
    unknown: set[str] = set()  # guards that lack a value, such as a cost, in one of the orders
    asked = 0
    for item in items:
        unit = prober.unit(item)
        for quantity in prober.quantities(item, unit):
            quote = prober.quote(item, quantity, unit)
            if quote is None:
                continue
            asked += 1
            for guard in quote.guards:
                known = guard.value is not None
                if not known:
                    unknown.add(guard.name)
                if not guard.holds and known and (guard.name not in broken or quantity < broken[guard.name][0]):  # type: ignore[operator]
                    broken[guard.name] = (quantity, Witness(quote))
    found = []
    for watch in watched:
        if watch.id in broken and taken(broken[watch.id][1].quote):
            _, witness = broken[watch.id]
            rules = taken(witness.quote)
            line = witness.quote.lines[0]
            message = f"{line.quantity} of `{line.item}` break this guard on the {watch.watches}"
            labels = tuple(Label(rule.span, f"{rule.kind} `{rule.name}`") for rule in rules[:3])
            help = "lower the rate, or agree that such orders are asked for: `rebates check --write-examples` keeps this one"
            one = Diagnostic("R0625", "note", watch.span, message, help, labels)
            found.append(with_witness(one, witness, agreement.name, "an order that breaks a guard"))
    holding = [watch for watch in watched if watch.id not in broken and watch.id not in unknown]
    lacking = len(unknown - set(broken))
    unjudged = f"; {lacking} cannot be judged for each of them: a value is missing" if lacking else ""
    domain = _count(len(items), "item") + " with a list price"
    if len(items) == MOST_ITEMS:
        domain = f"the first {MOST_ITEMS} items with a list price"
    said = f"{len(holding)} of {len(watched)} guards hold for one-line orders of {domain}, at and around every threshold ({asked} orders on {prober.day} for {prober.account}){unjudged}"
    return found, said if asked else "", set(broken)


# --- witnesses


def _witnessed(book: Book, one: Diagnostic, parts: Parts) -> Diagnostic:
    """A finding about a rule with the smallest order that shows it, where one is found."""
    if one.code not in _SHOWN:
        return one
    for name, rule in parts.at(one.span):
        agreement = parts.agreements[name]
        if isinstance(rule, m.Rule):
            zone = [Fraction(word) for word in one.message.split() if word.isdigit()] if one.code == "R0350" else []
            witness = smallest(book, agreement, rule, _shows(one, rule), zone[:1])
            return one if witness is None else with_witness(one, witness, agreement.name, _title(one, rule))
        if isinstance(rule, Rebate):
            story = settled_witness(book, agreement, rule, one, _title(one, rule))
            return one if story is None else replace(one, witness=story.waterfall, example=story.example)
    return one


def _shows(one: Diagnostic, rule: m.Rule) -> Callable[[Quote], bool]:
    """What an order must come to in order to show a finding."""

    def decided(quote: Quote, *reasons: str) -> bool:
        decision = quote.decision(rule.id, 0)
        return decision is not None and decision.because in reasons

    def tier_below(quote: Quote) -> bool:
        decision = quote.decision(rule.id, 0)
        row = _row(one, rule)
        return row is not None and decision is not None and (decision.tier if decision.tier is not None else -1) >= row

    if one.code in ("R0349", "R0388"):
        zones = [zone for zone in (*holes(rule), *overlaps(rule)) if zone.row.span == one.span]

        def within(quote: Quote) -> bool:
            line = quote.lines[0]
            return any(
                zone.holds(
                    Fraction(line.gross_value.amount) if dimension(zone.measure) == m.MONEY else _quantity(quote)
                )
                for zone in zones
            )

        return within
    if one.code == "R0621":
        return lambda quote: decided(quote, "beaten")
    if one.code in ("R0622", "R0623"):
        return tier_below
    if one.code == "R0350":
        zone = [int(word) for word in one.message.split() if word.isdigit()]
        first = zone[0] if zone else 0
        return lambda quote: bool(zone) and quote.given.lines[0].quantity >= first
    return lambda quote: decided(quote, "taken")


def _quantity(quote: Quote) -> Fraction:
    return Fraction(quote.given.lines[0].quantity)


def _row(one: Diagnostic, rule: m.Rule) -> int | None:
    if not isinstance(rule.worth, m.Tiers):
        return None
    return next((index for index, row in enumerate(rule.worth.rows) if row.span == one.span), None)


def _title(one: Diagnostic, rule: m.Rule | Rebate) -> str:
    name = next((name for name, (code, _) in PROVED.items() if code == one.code), "")
    name = name or next((name for name in FINDINGS if one.code == {"cliff": "R0350", "splitting": "R0352"}[name]), "")
    return f"{rule.name}: {name}"


# --- written into the files


def written(book: Book, findings: tuple[Diagnostic, ...]) -> dict[str, str]:
    """The texts of the rule files with an example for every finding that has one, by name; those already there stay."""
    texts: dict[str, str] = {}
    parts = Parts(book.rules)
    by_agreement: dict[str, list[Diagnostic]] = {}
    for one in findings:
        for name in {name for name, _ in parts.at(one.span)} if one.example else ():
            by_agreement.setdefault(name, []).append(one)
    for agreement in book.rules.agreements:
        source = agreement.span.source
        here = by_agreement.get(agreement.name, [])
        titles = {example.title for example in agreement.examples}
        new = []
        for one in here:
            title = one.example.split('"')[1]
            if title not in titles:
                titles.add(title)
                new.append(one.example)
        if new:
            text = texts.get(source.name, source.text)
            end = _end(agreement, text)
            block = "".join("\n" + "\n".join(f"  {line}" for line in example.split("\n")) + "\n" for example in new)
            texts[source.name] = text[:end].rstrip(" ") + block + text[end:]
    return texts


def _end(agreement: m.Agreement, text: str) -> int:
    """Where the closing brace of an agreement stands, also in a text that has grown since it was read."""
    depth = at = 0
    words: list[str] = []
    inside = False
    for lexeme in split(text):
        if depth == 0 and not lexeme.isspace() and not lexeme.startswith("#"):
            words = [*words[-1:], lexeme]
            inside |= words == ["agreement", agreement.name]
        if lexeme == "{":
            depth += 1
        elif lexeme == "}":
            depth -= 1
            if depth == 0 and inside:
                return at
            words = []
        at += len(lexeme)
    raise AssertionError("an agreement ends with a brace")
