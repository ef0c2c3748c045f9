"""Twenty kinds of mistake by someone who had not seen the recovery: the twelfth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    DATE,
    Kind,
    Slip,
    bare_code_of,
    first_line_of_a_rule,
    line_of,
    line_of_a_rule_forgotten,
    misspelt_use,
    rules_of,
    swap,
    turned,
)

_RULE = "rebate|discount|charge|price|free goods"
_PLAIN = r"(?:net|list|gross) value (?:of \w+ )?per\b"


def _end_turned(name: str) -> str:
    """The last two letters of a name, turned round; where they are the same, one of them is lost."""
    return name[:-2] + name[-1] + name[-2] if name[-1] != name[-2] else name[:-1]


def _quarters(match: re.Match[str]) -> str:
    """A validity as planners write it."""
    first, last = (f"Q{(int(month) + 2) // 3} {year}" for year, month in (match.group(2, 3), match.group(4, 5)))
    return f"{match[1]}{first} to {last}"


def _stage_twice() -> Kind:
    """A stage that is declared once more; either of the two may be named."""
    name = "stage declared twice"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(r"\bstage[ \t]+\w+[ \t]+(?:best|sum|sequence|first)\b", bare_code_of(text)):
            here, start = line_of(text, match.start()), text.rfind("\n", 0, match.start()) + 1
            indent = text[start : match.start()]
            between, lines = ("  ", [here]) if indent.strip() else (f"\n{indent}", [here, here + 1])
            again = f"{match[0]}{between}{match[0]}"
            found.append(Slip(name, match.start(), match.end(), again, frozenset(lines)))
        return found

    return Kind(name, slips)


def _measure_for_set() -> Kind:
    """A total of what is a total itself and no set of items."""
    name = "measure for a set of items"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        totals = r"^[ \t]*measure (\w+)[ \t]*=[ \t]*([^\n]*?)(?<= of )(\w+)(?= per\b| where\b)"
        sets = {*re.findall(r"\bitems[ \t]+(\w+)[ \t]+where\b", code), "items"}
        for match in re.finditer(totals, code, re.MULTILINE):
            start = max(code.rfind("\nagreement ", 0, match.start()), 0)
            end = code.find("\nagreement ", match.start())
            agreement = code[start : end if end >= 0 else len(code)]
            plain = re.findall(rf"^[ \t]*measure (\w+)[ \t]*= {_PLAIN}", agreement, re.MULTILINE)
            others = [other for other in plain if other != match[1]]
            if match[3] in sets and others:
                here = frozenset([line_of(text, match.start(3))])
                found.append(Slip(name, match.start(3), match.end(3), others[-1], here))
        return found

    return Kind(name, slips)


def _paid_on_itself() -> Kind:
    """A rebate that is paid on what it is worth."""
    name = "rebate paid on itself"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head, end in rules_of(code, _RULE):
            base = re.search(r"^[ \t]+base[ \t]+(\w+)[ \t]*\n", code[head.end() : end], re.MULTILINE)
            if head[1] == "rebate" and base is not None:
                first, last = head.end() + base.start(1), head.end() + base.end(1)
                here = frozenset([line_of(text, first)])
                found.append(Slip(name, first, last, f"rebate {head[2]}", here))
        return found

    return Kind(name, slips)


def _never_settled(code: str, head: re.Match[str], rule: str) -> re.Match[str] | None:
    """When a rebate is settled."""
    clause = r"^[ \t]+settle\b[^\n{}]*\n(?=[ \t]+(?:\}|returns\b|pay\b|cap\b|draw\b|pays\b))"
    return re.search(clause, rule, re.MULTILINE) if head[1] == "rebate" else None


def _number_by_word() -> Kind:
    """A number that is compared as if it were a text."""
    name = "number compared with a text"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        known = set(re.findall(r"\bmeasure (\w+)", code))
        known |= set(re.findall(r"^[ \t]*(fact \w+)[ \t]+(?:number|money|percent)\b", code, re.MULTILINE))
        tested = rf"\b(?:when|and)[ \t]+((?:fact )?\w+) ([<>]=? (?:{AMOUNT}|\d[\d_.]*%?))(?=[ \t]*(?:$|and\b))"
        for match in re.finditer(tested, code, re.MULTILINE):
            if match[1] in known:
                here = frozenset([line_of(text, match.start(2))])
                found.append(Slip(name, match.start(2), match.end(2), 'is "high"', here))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    _stage_twice(),
    swap(
        "unit misspelt in what is given",
        r"(\bgiven[ \t]+(?:fact )?[a-z][\w ]*? \d[\d_.]* )(?!(?:given|expect|order|sale|for)\b)([A-Za-z]\w{2,})\b",
        lambda m: m[1] + turned(m[2]),
    ),
    misspelt_use(
        "table misspelt where it is read",
        r"^[ \t]*table (\w{3,})[ \t]+from",
        r"(\bvalue at |(?<!from )\btable )(\w+)(?![ \t]+from\b)",
        _end_turned,
    ),
    _measure_for_set(),
    _paid_on_itself(),
    line_of_a_rule_forgotten("line of the settlement forgotten", _RULE, _never_settled),
    _number_by_word(),
    # words of speech
    swap("or in a list of values", r'(\bin \((?:"[^"\n]*", )*"[^"\n]*"), ("[^"\n]*"\))', r"\1 or \2", quoted=True),
    swap(
        "and for the brackets of greater of",
        r"\b(greater|lesser) of \(([^(),\n]+), ([^(),\n]+)\)",
        r"\1 of \2 and \3",
    ),
    swap("from for of behind a percent", r"(\d%) of (?=[a-z])", r"\1 from "),
    # small words too many
    swap("all before items", r"\bof items\b", "of all items"),
    swap("noun before an item", r'(\d [A-Za-z]\w* of )(?=")', r"\1item "),
    # what is forgotten
    swap("by forgotten before a day", rf"(\bclaimed|\bpaid|\bfact \w+|,) by (?={DATE})", r"\1 "),
    swap("number of a line forgotten", r"\bexpect line \d+ ", "expect line "),
    swap("currency forgotten in a condition", r"([<>]=?[ \t]+)[A-Z]{3} +(?=\d)", r"\1"),
    # order, place
    swap(
        "condition before its rate",
        rf"^([ \t]+)(\d[\d.]*%|{AMOUNT}(?: per \w+)?)[ \t]+when ([^\n{{}}]*[^\s{{}}])(?=[ \t]*$)",
        r"\1when \3 \2",
    ),
    first_line_of_a_rule("accounts in a rule", 'accounts  group "KEY", each', _RULE),
    # signs
    swap(
        "quarters for days",
        r"^([ \t]*valid[ \t]+)(\d{4})-(\d\d)-\d\d to (\d{4})-(\d\d)-\d\d",
        _quarters,
    ),
    swap("brackets of bookkeeping", r"^([ \t]*expect\b[^\n{}]*[ \t][A-Z]{3} +)(\d[\d_.]*)", r"\1(\2)"),
    swap("dash before a title", rf'^([ \t]+(?:{_RULE}) \w+)[ \t]+(?=")', r"\1 - "),
)
