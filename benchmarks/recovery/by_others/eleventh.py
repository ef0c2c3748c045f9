"""Twenty kinds of mistake by someone who had not seen the recovery: the eleventh set, which later changes of it have seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from benchmarks.recovery.kind import THRESHOLD, Kind, Slip, bare_code_of, line_of, swap

_AMOUNT = r"[A-Z]{3} +\d[\d_.]*"
_DATE = r"\d{4}-\d\d-\d\d"
_RULE = "rebate|discount|charge|price|free goods"
_SCOPE = "line|order|account|item|delivery|bundle|group|year|half|quarter|month|season|term|claim|invoice|full|started"
_PAST = {"settle": "settled", "accept": "accepted", "base": "based", "cap": "capped"}


def _turned(name: str) -> str:
    """The second and third letter of a name, turned round; where they are the same, one of them is lost."""
    return name[0] + name[2] + name[1] + name[3:] if name[1] != name[2] else name[0] + name[2:]


def _counted(match: re.Match[str]) -> str:
    """The days of a validity as the numbers that a spreadsheet keeps for them."""
    first, last = ((date.fromisoformat(day) - date(1899, 12, 30)).days for day in (match[2], match[3]))
    return f"{match[1]}{first} to {last}"


def _rules(code: str) -> Iterator[tuple[re.Match[str], int]]:
    """The heads of rules that have titles and stand in an agreement itself, each with where its brace closes."""
    for head in re.finditer(rf'^[ \t]+({_RULE}) (\w+)[ \t]+"[^"\n]*"[ \t]*\{{', code, re.MULTILINE):
        before = code[: head.start()]
        if before.count("{") - before.count("}") == 1:
            depth, at = 1, head.end()
            while depth and at < len(code):
                depth += {"{": 1, "}": -1}.get(code[at], 0)
                at += 1
            yield head, at


def _agreement_of(code: str, at: int) -> str:
    """The agreement around a place, or what stands before the first."""
    start = max(code.rfind("\nagreement ", 0, at), 0)
    end = code.find("\nagreement ", at)
    return code[start : end if end >= 0 else len(code)]


def _rule_pasted_twice() -> Kind:
    """A whole rule that was pasted twice; the head of either may be named."""
    name = "rule pasted twice"

    def slips(text: str) -> list[Slip]:
        found = []
        for head, end in _rules(bare_code_of(text)):
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
            agreement = _agreement_of(code, match.start())
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


def _stage_forgotten() -> Kind:
    """A discount without its stage where there are several; the head of the discount is to be named."""
    name = "line of the stage forgotten"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        stages = set(re.findall(r"\bstage[ \t]+(\w+)[ \t]+(?:best|sum|sequence|first)\b", code))
        for head, end in _rules(code):
            clause = re.search(r"^[ \t]+stage[ \t]+\w+[ \t]*\n", code[head.end() : end], re.MULTILINE)
            if head[1] == "discount" and clause and len(stages) > 1:
                first, last = head.end() + clause.start(), head.end() + clause.end()
                here = frozenset([line_of(text, head.start())])
                found.append(Slip(name, head.start(), last, text[head.start() : first], here))
        return found

    return Kind(name, slips)


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
    pair = re.compile(rf"(?<=\n){row}[^\n{{}}]*\n{row}(\d[\d.]*%|{_AMOUNT}[^\n{{}}]*?)(?=[ \t]*\n)")

    def slips(text: str) -> list[Slip]:
        code, found, at = bare_code_of(text), list[Slip](), 0
        while match := pair.search(code, at):
            found.append(Slip(name, match.start(1), match.end(1), '"', frozenset([line_of(text, match.start(1))])))
            at = code.index("\n", match.start())
        return found

    return Kind(name, slips)


def _measure_in_a_rule() -> Kind:
    """A measure that is declared in the rule that needs it."""
    name = "measure declared in a rule"

    def slips(text: str) -> list[Slip]:
        found, code = list[Slip](), bare_code_of(text)
        for head, end in _rules(code):
            first = re.match(r"[ \t]*\n([ \t]+)", code[head.end() : end])
            if first is not None:
                at = head.end() + first.start(1)
                new = f"{first[1]}measure own_total = net value per account per year\n"
                found.append(Slip(name, at, at, new, frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    _rule_pasted_twice(),
    swap(
        "unit misspelt behind per",
        rf"(\b{_AMOUNT} per (?:(?:full|started) )?(?:\d+ )?)(?!(?:{_SCOPE})\b)([A-Za-z]\w{{2,}})\b",
        lambda m: m[1] + _turned(m[2]),
    ),
    swap("text that is summed", r"^([ \t]*fact \w+[ \t]+(?:text|date)[ \t]+)(?:latest|greatest)\b", r"\1summed"),
    _set_for_measure(),
    _percent_added(),
    _stage_forgotten(),
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
    swap("noun before an account", rf' for (?="[^"\n]+" on {_DATE})', " for account "),
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
    _measure_in_a_rule(),
    # signs, keys
    swap("day as a spreadsheet counts it", rf"^([ \t]*valid[ \t]+)({_DATE}) to ({_DATE})", _counted),
    _ditto(),
    swap("minus key for the equals key", r"^([ \t]*measure \w+[ \t]*)=", r"\1-"),
)
