"""Twenty kinds of mistake by someone who had not seen the recovery: the third set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    ROW,
    THRESHOLD,
    Kind,
    Slip,
    code_of,
    letter_lost,
    line_of,
    misspelt_use,
    other_currency,
    pasted_twice,
    swap,
)

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_AMOUNT = r"\b([A-Z]{3}) +(\d[\d_.]*)"
_SPOKEN = {"quarterly": "every quarter", "yearly": "annually", "monthly": "each month", "once": "one time"}
_EXCEL = {"greater": "max", "lesser": "min", "average": "avg"}


def _broken_text() -> Kind:
    """A text that a mail programme has broken; either of its lines may be named."""
    name = "title broken by a line end"

    def slips(text: str) -> list[Slip]:
        found = []
        for quoted in re.finditer(r'"[^"\n]*"', code_of(text)):
            if (match := re.match(r'"[^"]{8,}?( )[^"]{4,}"', quoted[0])) is not None:
                here, at = line_of(text, quoted.start()), quoted.start() + match.start(1)
                found.append(Slip(name, at, at + 1, "\n", frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _comment_bare() -> Kind:
    """A remark behind a line whose sign was forgotten."""
    name = "sign of a comment forgotten"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(
            r'^[ \t]+[^#\n"]*[^#\n" \t][ \t]+(# )[^"{}\n]*[A-Za-z]{3}[^"{}\n]*$', text, re.MULTILINE
        ):
            found.append(Slip(name, match.start(1), match.end(1), "", frozenset([line_of(text, match.start(1))])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    misspelt_use(
        "fact misspelt where it is used",
        r"^[ \t]*fact (\w{5,})[ \t]+(?:text|number|money|percent|date|quantity)",
        r"(\bfact )(\w+)(?![ \t]+(?:text|number|money|percent|date|quantity)\b)",
        letter_lost,
    ),
    misspelt_use(
        "blank for an underscore where a name is used",
        r"^[ \t]*(?:measure|fact|rebate|discount|charge|price) ([a-z]+_\w+)",
        r"\b(on|base|given|given fact|expect (?:rebate|discount|charge))[ \t]+([a-z]\w+)\b(?![ \t]*=)",
        lambda name: name.replace("_", " ", 1),
    ),
    swap("attribute of items", r"^((?![ \t]*attribute\b)[^\n]*?\b(?:item|account))\.(?=\w)", r"\1s."),
    swap(
        "cadence in other words",
        r"\bsettle([ \t]+)(quarterly|yearly|monthly|once)\b",
        lambda m: f"settle{m[1]}{_SPOKEN[m[2]]}",
    ),
    swap("after for of", r"\bdays of (?=\w+ (?:end|start)|posting|claim)", "days after "),
    swap(
        "to be before what is expected",
        r"\b(expect (?:rebate|discount|charge|price) \w+) (?=[A-Z]{3} \d|\d|nothing)",
        r"\1 to be ",
    ),
    _broken_text(),
    other_currency("other currency in what is given", r"\b(given[ \t]+[a-z]\w* )([A-Z]{3})(?= +\d)"),
    swap("number of an order line forgotten", r'\{ \d[\d_.]* ([a-z]\w* of "[^"\n]+")', r"{ \1", quoted=True),
    swap("basis for base", r"\bbase(?=[ \t]+[a-z(])", "basis"),
    swap("function of a spreadsheet", r"\b(greater|lesser|average) of \(", lambda m: f"{_EXCEL[m[1]]}("),
    swap(
        "mode misspelt",
        r"\b(retroactive|incremental)\b",
        lambda m: m[1].replace("oacti", "acti").replace("emen", "eme"),
    ),
    pasted_twice("measure pasted twice", r"^[ \t]+measure \w+[ \t]*=[^\n{}]*$"),
    swap("closing bracket doubled", r"(\([^()\n]*\))", r"\1)"),
    swap("reward before its threshold", ROW, lambda m: f"{m[4]} {m[1]}{m[2]}"),
    swap("sign for from", rf"(?<=[ \t])from(?=[ \t]+{THRESHOLD}[ \t])", ">="),
    swap("currency misspelt", _AMOUNT, lambda m: f"{m[1][0]}{m[1][2]}{m[1][1]} {m[2]}"),
    swap("file without quotes", r'^([ \t]*table \w+[ \t]+from[ \t]+)"([\w.]+)"', r"\1\2", quoted=True),
    _comment_bare(),
    swap("date in quotes", rf"\b(valid|on|to)([ \t]+)({_DATE})", r'\1\2"\3"'),
)
