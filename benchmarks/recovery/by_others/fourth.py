"""Twenty kinds of mistake by someone who had not seen the recovery: the fourth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import Kind, Slip, bare_code_of, line_of, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_TYPE = r"text|number|money|percent|date"
_CLAUSE = "rate|base|settle|when|cap|tiers|amount|given|expect|valid"


def _fact_forgotten() -> Kind:
    """A fact that is named as if it were a measure, where no measure has its name."""
    name = "word fact forgotten where one is used"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        others = set(re.findall(r"\b(?:measure|items|table)[ \t]+(\w+)", code))
        for match in re.finditer(r"\bfact[ \t]+(?=(\w+))", code):
            before = code[code.rfind("\n", 0, match.start()) + 1 : match.start()].rstrip()
            if before and before[-1] not in "{}" and match[1] not in others:
                found.append(Slip(name, match.start(), match.end(), "", frozenset([line_of(text, match.start())])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # words
    swap("two words drawn together", r"\bper (account|year|quarter|month|order|item|term)\b", r"per\1"),
    swap("adjective behind its noun", r"\bnet value\b", "value net"),
    swap("customer for account", r"\bper account\b(?! and)", "per customer"),
    swap("with for where", r"^([ \t]*(?:accounts|items[ \t]+\w+)[ \t]+)where\b", r"\1with"),
    swap("on behind base", r"\bbase(?=[ \t]+[a-z(])", "base on"),
    swap("memo for note", r"\bcredit note\b", "credit memo"),
    swap("sale in the plural", r'\bsale(?= (?:for |on |"))', "sales", quoted=True),
    swap("higher and lower of", r"\b(greater|lesser) of\b", lambda m: "higher of" if m[1] == "greater" else "lower of"),
    # what is forgotten
    swap("equals sign of a measure forgotten", r"^([ \t]*measure \w+)[ \t]*=[ \t]*", r"\1 "),
    swap("from forgotten before a file", r'^([ \t]*table \w+[ \t]+)from[ \t]+(?=")', r"\1", quoted=True),
    swap(
        "how a stage combines forgotten",
        r"\bstage([ \t]+\w+)[ \t]+(?:best|sum|sequence|first)\b(?!\s*best)",
        r"stage\1",
    ),
    _fact_forgotten(),
    # order
    swap(
        "day before the account",
        r'\b(sale|order)((?: "[^"\n]*")?)( for "[^"\n]+")( on \d{4}-\d\d-\d\d)',
        r"\1\2\4\3",
        quoted=True,
    ),
    swap(
        "how a fact counts before its type",
        rf"^([ \t]*fact \w+[ \t]+)({_TYPE})([ \t]+)(summed|latest|greatest)\b",
        r"\1\4\3\2",
    ),
    # numbers and dates
    swap("dashes of a word processor in a date", _DATE, r"\1–\2–\3"),
    swap("zero for nothing", r"^([ \t]*expect\b[^\n{}]*) nothing(?=[ \t]*(?:\}|$))", r"\1 0"),
    # signs, brackets, letters
    swap("at by its sign", r'(of "[^"\n]+") at (?=[A-Z]{3} +\d)', r"\1 @ ", quoted=True),
    swap("order lines in round brackets", r"\b((?:sale|order)\b[^{}\n]*)\{([^{}\n]*)\}", r"\1(\2)", quoted=True),
    swap(
        "type with a capital letter",
        rf"^([ \t]*(?:attribute [\w.]+|fact \w+)[ \t]+)({_TYPE})\b",
        lambda m: m[1] + m[2].capitalize(),
    ),
    swap("bullet before a clause", rf"^([ \t]+)({_CLAUSE})(?=[ \t])", r"\1• \2"),
)
