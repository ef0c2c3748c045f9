"""Twenty kinds of mistake by someone who had not seen the recovery: the seventh set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import AMOUNT, THRESHOLD, Kind, Slip, bare_code_of, block_slip, line_of, swap

_TYPE = r"text|number|money|percent|date|quantity"
_THIRD_PERSON = {"expect": "expects", "given": "gives"}
_COUNTED = {"summed": "sum", "latest": "last", "greatest": "max"}


def _quantity_given() -> Kind:
    """Units are given for a measure that is an amount."""
    name = "quantity for an amount that is given"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        amounts = set(re.findall(r"^[ \t]*measure (\w+)[ \t]*= (?:net|list|gross) value\b[^\n/]*$", code, re.MULTILINE))
        for match in re.finditer(r"\bgiven[ \t]+(\w+)[ \t]+([A-Z]{3} +(\d[\d_.]*))", code):
            if match[1] in amounts:
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.start(2), match.end(2), f"{match[3]} piece", here))
        return found

    return Kind(name, slips)


def _doubled_open(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    return start, start + 1, "{{", (line_of(text, start),)


KINDS: tuple[Kind, ...] = (
    # other words, other forms of a word
    swap("contract for agreement", r'^agreement (?=\w+ ")', "contract "),
    swap("third person", r"\b(expect|given)(?=[ \t]+[a-z])", lambda m: _THIRD_PERSON[m[1]]),
    swap("adverb for the mode of tiers", r"\b(tiers[ \t]+)(retroactive|incremental)\b", r"\1\2ly"),
    swap("by for per before whom", r"\bper (?=(?:account|group)\b)", "by "),
    swap(
        "how a fact counts in other words",
        rf"^([ \t]*fact \w+[ \t]+(?:{_TYPE})\b[^\n]*?)\b(summed|latest|greatest)\b",
        lambda m: m[1] + _COUNTED[m[2]],
    ),
    # small words too many
    swap("as before a type", rf"^([ \t]*attribute[ \t]+[a-z]+\.\w+[ \t]+)(?=(?:{_TYPE})\b)", r"\1as "),
    swap("is before a sign", r"^([ \t]*(?:when|\S+ when)\b[^\n]*?\w) (?=[<>]=? )", r"\1 is "),
    swap("up to behind cap", r"^([ \t]+cap[ \t]+)(?=[\dA-Z])", r"\1up to "),
    # keys
    swap("form for from", rf"(?<=[ \t])from(?=[ \t]+(?:{THRESHOLD}[ \t]|table\b|\x22))", "form"),
    swap("digit of a year twice", r"\b2(?=\d{3}-\d\d-\d\d\b)", "22"),
    block_slip("opening brace doubled", _doubled_open),
    # what is forgotten
    swap("word example forgotten", r'^([ \t]+)example (?=")', r"\1"),
    swap("closing quote of an account forgotten", r'( for "[^"\n]+)"(?= on \d)', r"\1", quoted=True),
    swap("ending of a file forgotten", r'^([ \t]*table \w+[ \t]+from[ \t]+"\w+)\.\w+"', r'\1"', quoted=True),
    # order
    swap(
        "each before the accounts",
        r"^([ \t]*accounts[ \t]+)([^\n{}]*?), (each|together)\b",
        r"\1\3 \2",
        quoted=True,
    ),
    swap(
        "unit before the amount of a rate",
        rf"\b((?:rate|(?:from|above)[ \t]+{THRESHOLD})[ \t]+)({AMOUNT}|\([^()\n]*\)) (per (?:(?:full|started) )?(?:\d+ )?[a-zA-Z]\w*)(?=[ \t]*(?:\}}|$|from\b))",
        r"\1\3 \2",
    ),
    swap("end of the year for year end", r"\bof (year|quarter|month|half|term) end\b", r"of end of \1"),
    # signs, units
    swap("comma behind the name of a stage", r"\b(stage[ \t]+\w+)(?=[ \t]+(?:best|sum|sequence|first)\b)", r"\1,"),
    swap("equals sign in what is given", rf"\b(given[ \t]+[a-z][\w. ]*?)[ \t]+(?={AMOUNT}|\d|\x22)", r"\1 = "),
    _quantity_given(),
)
