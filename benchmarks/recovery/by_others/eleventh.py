"""Twenty kinds of mistake by someone who had not seen the recovery: the eleventh set, which later changes of it have seen."""

from __future__ import annotations

import re
from datetime import date

from benchmarks.recovery.kind import (
    AMOUNT,
    DATE,
    THRESHOLD,
    Kind,
    Slip,
    agreement_of,
    bare_code_of,
    first_line_of_a_rule,
    line_of,
    line_of_a_rule_forgotten,
    rules_of,
    swap,
    turned,
)

_RULE = "rebate|discount|charge|price|free goods"
_SCOPE = "line|order|account|item|delivery|bundle|group|year|half|quarter|month|season|term|claim|invoice|full|started"
_PAST = {"settle": "settled", "accept": "accepted", "base": "based", "cap": "capped"}


def _counted(match: re.Match[str]) -> str:
    """The days of a validity as the numbers that a spreadsheet keeps for them."""
    first, last = ((date.fromisoformat(day) - date(1899, 12, 30)).days for day in (match[2], match[3]))
    return f"{match[1]}{first} to {last}"


def _rule_pasted_twice() -> Kind:
    """A whole rule that was pasted twice; the head of either may be named."""
    name = "rule pasted twice"

    def slips(text: str) -> list[Slip]:
        found = []
        for head, end in rules_of(bare_code_of(text), _RULE):
            here, rule = line_of(text, head.start()), text[head.start() : end]
            lines = frozenset([here, here + rule.count("\n") + 1])
            found.append(Slip(name, head.start(), head.start(), f"{rule}\n", lines))
        return found

    return Kind(name, slips)


def _set_for_measure() -> Kind:
    """A rule is based on a set of items, not on what was bought of it."""
    name = "set of items for a measure"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for match in re.finditer(
            r"^[ \t]+(?:base|tiers[ \t]+[a-z ]+? on)[ \t]+(\w+)(?=[ \t]*(?:$|\{))", code, re.MULTILINE
        ):
            agreement = agreement_of(code, match.start())
            measures = set(re.findall(r"\bmeasure (\w+)", agreement))
            sets = [
                known for known in re.findall(r"\bitems[ \t]+(\w+)[ \t]+where\b", agreement) if known not in measures
            ]
            if match[1] in measures and sets:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), sets[0], here))
        return found

    return Kind(name, slips)


def _percent_added() -> Kind:
    """A percentage is added to an amount, as a pocket calculator does it."""
    name = "percent added to an amount"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        amounts = set(re.findall(r"^[ \t]*measure (\w+)[ \t]*= (?:net|list|gross) value\b[^\n/]*$", code, re.MULTILINE))
        for match in re.finditer(r"^[ \t]+base[ \t]+(\w+)(?=[ \t]*$)", code, re.MULTILINE):
            if match[1] in amounts:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.end(1), match.end(1), " + 5%", here))
        return found

    return Kind(name, slips)


def _stage_forgotten(code: str, head: re.Match[str], rule: str) -> re.Match[str] | None:
    """The stage of a discount where there are several."""
    stages = set(re.findall(r"\bstage[ \t]+(\w+)[ \t]+(?:best|sum|sequence|first)\b", code))
    clause = re.search(r"^[ \t]+stage[ \t]+\w+[ \t]*\n", rule, re.MULTILINE)
    return clause if head[1] == "discount" and len(stages) > 1 else None


def _fact_of_a_measure() -> Kind:
    """A measure that is asked for as if it were a fact."""
    name = "word fact before the name of a measure"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        measures = set(re.findall(r"\bmeasure (\w+)", code)) - set(re.findall(r"\bfact[ \t]+(\w+)", code))
        for match in re.finditer(r"\b(?:when|and|base|on|given)[ \t]+(\w+)\b(?![.(])", code):
            if match[1] in measures:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.start(1), "fact ", here))
        return found

    return Kind(name, slips)


def _ditto() -> Kind:
    """The sign for the same as above, where a reward belongs."""
    name = "ditto sign for a reward"
    row = rf"[ \t]+(?:from|above)[ \t]+{THRESHOLD}[ \t]+"
    pair = re.compile(rf"(?<=\n){row}[^\n{{}}]*\n{row}(\d[\d.]*%|{AMOUNT}[^\n{{}}]*?)(?=[ \t]*\n)")

    def slips(text: str) -> list[Slip]:
        code, found, at = bare_code_of(text), list[Slip](), 0
        while match := pair.search(code, at):
            found.append(Slip(name, match.start(1), match.end(1), '"', frozenset([line_of(text, match.start(1))])))
            at = code.index("\n", match.start())
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    _rule_pasted_twice(),
    swap(
        "unit misspelt behind per",
        rf"(\b{AMOUNT} per (?:(?:full|started) )?(?:\d+ )?)(?!(?:{_SCOPE})\b)([A-Za-z]\w{{2,}})\b",
        lambda m: m[1] + turned(m[2]),
    ),
    swap("text that is summed", r"^([ \t]*fact \w+[ \t]+(?:text|date)[ \t]+)(?:latest|greatest)\b", r"\1summed"),
    _set_for_measure(),
    _percent_added(),
    line_of_a_rule_forgotten("line of the stage forgotten", _RULE, _stage_forgotten),
    _fact_of_a_measure(),
    # words, forms of words
    swap(
        "participle for a clause",
        r"^([ \t]+)(settle|accept|base|cap)(?=[ \t]+[a-z\d(A-Z])(?![^\n]* across )",
        lambda m: m[1] + _PAST[m[2]],
    ),
    swap("pro for per", r"\bper (?=(?:account|year|quarter|month|order|line)\b)", "pro "),
    swap("invoice for sale", r'^([ \t]+)sale(?= (?:"|for |on ))', r"\1invoice"),
    # small words too many
    swap(
        "of before last year",
        r"\b(?!(?:period|over|account|group|the|items|year|half|quarter|month|season|term)\b)([a-z]\w*) "
        r"(?=last (?:year|half|quarter|month|season)\b)",
        r"\1 of ",
    ),
    swap("noun before an account", rf' for (?="[^"\n]+" on {DATE})', " for account "),
    # what is forgotten
    swap("in forgotten behind quantity", r"\bquantity in (?=[A-Za-z])", "quantity "),
    swap("owner of an attribute forgotten", r"^([ \t]*attribute[ \t]+)[a-z]+\.(?=\w)", r"\1"),
    swap("currency forgotten in the price of an order line", r'(" at )[A-Z]{3} +(?=\d)', r"\1"),
    # order, place
    swap(
        "line behind what is expected",
        r"\bexpect (line \d+) ((?:(?!\bexpect\b)[^\n{}])*?[^\s{}])(?=[ \t]*(?:\}|$))",
        r"expect \2 \1",
    ),
    first_line_of_a_rule("measure declared in a rule", "measure own_total = net value per account per year", _RULE),
    # signs, keys
    swap("day as a spreadsheet counts it", rf"^([ \t]*valid[ \t]+)({DATE}) to ({DATE})", _counted),
    _ditto(),
    swap("minus key for the equals key", r"^([ \t]*measure \w+[ \t]*)=", r"\1-"),
)
