"""Twenty kinds of mistake by someone who had not seen the recovery: the second set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    ROW,
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

_CADENCES = {
    "quarterly": "quaterly",
    "yearly": "yealry",
    "monthly": "montly",
    "once": "onec",
    "half-yearly": "half-yearl",
}
_COMBINED = {"best": "highest", "sum": "total", "sequence": "cascade", "first": "earliest"}
_PERIODS = {"year": "yaer", "quarter": "quater", "month": "moth", "account": "acount", "order": "oder", "line": "lien"}
_OTHER_KIND = {"rebate": "discount", "discount": "rebate", "charge": "discount", "price": "charge"}


def _swapped_rows() -> Kind:
    """Two neighbouring rows in the wrong order; either of them may be named."""
    name = "rows in the wrong order"
    pair = re.compile(rf"({ROW})([ \t]*\n?[ \t]*)(?=({ROW}))", re.MULTILINE)

    def slips(text: str) -> list[Slip]:
        found = []
        for match in pair.finditer(code_of(text)):
            lines = frozenset([line_of(text, match.start()), line_of(text, match.end())])
            if match[2] == match[8]:
                new = f"{match[7]}{match[6]}{match[1]}"
                found.append(Slip(name, match.start(), match.end(7), new, lines))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    misspelt_use(
        "measure misspelt where it is used",
        r"^[ \t]*measure (\w{5,})",
        r"\b(on|base|given|by|and|cap)[ \t]+([a-z]\w+)\b(?![ \t]*=)",
        letter_lost,
    ),
    misspelt_use(
        "capital in the name of a measure where it is used",
        r"^[ \t]*measure (\w{3,})",
        r"\b(on|base|given|by|and|cap)[ \t]+([a-z]\w+)\b(?![ \t]*=)",
        str.capitalize,
    ),
    swap(
        "kind of another rule where it is expected",
        r"\bexpect (rebate|discount|charge|price) (?=\w)",
        lambda m: f"expect {_OTHER_KIND[m[1]]} ",
    ),
    swap(
        "cadence misspelt",
        r"\bsettle([ \t]+)(half-yearly|quarterly|yearly|monthly|once)\b",
        lambda m: f"settle{m[1]}{_CADENCES[m[2]]}",
    ),
    swap("comma forgotten behind a cadence", r"\b(settle[ \t]+[a-z-]+),", r"\1"),
    swap("is in what is given", r"\b(given[ \t]+[a-z]\w*) (?=[A-Z]{3} \d|\d)", r"\1 is "),
    swap("separately for each", r", each\b", ", separately"),
    other_currency("other currency in what is expected", r"\b(expect[ \t][^\n{}]*[a-z] )([A-Z]{3})(?= +\d)"),
    swap("unit of an order line forgotten", r'(\d[\d_]*) [a-z]\w* of "([^"\n]+)"', r'\1 of "\2"', quoted=True),
    swap("turnover for net value", r"\bnet value\b", "turnover"),
    swap(
        "stage combined by another word",
        r"\bstage[ \t]+(\w+)([ \t]+)(best|sum|sequence|first)\b",
        lambda m: f"stage {m[1]}{m[2]}{_COMBINED[m[3]]}",
    ),
    swap("period misspelt", r"\bper (year|quarter|month|account)\b", lambda m: f"per {_PERIODS[m[1]]}"),
    pasted_twice("clause pasted twice", r"^[ \t]+(?:settle|base|rate|stage)[ \t]+[^\n{}]*[^\n{}, \t][ \t]*$"),
    swap("of behind rate", r"\brate([ \t]+)(?=\d[\d.]*%|[A-Z]{3} \d)", r"rate\1of "),
    swap("upper bound in a row", ROW, lambda m: f"{m[1]}{m[2]} to{re.sub('[0-9]', '9', m[2])}{m[3]}{m[4]}"),
    _swapped_rows(),
    swap("decimal comma in an amount", r"\b([A-Z]{3} +\d[\d_]*)\.(\d+)", r"\1,\2"),
    swap(
        "type of an attribute forgotten",
        r"^([ \t]*attribute[ \t]+[a-z]+\.\w+)[ \t]+(?:text|number|money|percent|date)\b",
        r"\1",
    ),
    swap("semicolon in a list", r", (?=[a-z\x22])", "; "),
    swap("day before the month", r"\b(\d{4})-(\d\d)-(1[3-9]|2\d|3[01])\b", r"\1-\3-\2"),
)
