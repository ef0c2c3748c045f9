"""Twenty kinds of mistake by someone who had not seen the recovery: the second set, which later changes of it have seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks.recovery.kind import Kind, Slip, bare_code_of, code_of, line_of, swap

_THRESHOLD = r"(?:[A-Z]{3} +\d[\d_.]*|\d[\d_.]*%|\d[\d_.]* [a-z]\w*)"
_REWARD = r"\d[\d.]*%|[A-Z]{3} +\d[\d_.]*(?: per [a-z]+)?|nothing"
_ROW = rf"\b(from|above)([ \t]+{_THRESHOLD})([ \t]+)({_REWARD})(?=[ \t]*(?:\}}|$|from\b|above\b))"
_CADENCES = {
    "quarterly": "quaterly",
    "yearly": "yealry",
    "monthly": "montly",
    "once": "onec",
    "half-yearly": "half-yearl",
}
_COMBINED = {"best": "highest", "sum": "total", "sequence": "cascade", "first": "earliest"}
_PERIODS = {"year": "yaer", "quarter": "quater", "month": "moth", "account": "acount", "order": "oder", "line": "lien"}
_GOES_ON = r"[^\n]*\n[ \t]+(?:[-+*/,)]|(?:and|or|where|over|per|otherwise|rounded|before|within|as|of|plus)\b)"
_OTHER_KIND = {"rebate": "discount", "discount": "rebate", "charge": "discount", "price": "charge"}


def _uses(name: str, declared: str, used: str, change: Callable[[str], str]) -> Kind:
    """A name that a line of `declared` gives, written wrongly where `used` names it."""

    def slips(text: str) -> list[Slip]:
        code = bare_code_of(text)
        names = set(re.findall(declared, code, re.MULTILINE))
        found = []
        for match in re.finditer(used, code, re.MULTILINE):
            if match[2] in names and (new := change(match[2])) != match[2] and new not in names:
                here = frozenset([line_of(text, match.start(2))])
                found.append(Slip(name, match.start(2), match.end(2), new, here))
        return found

    return Kind(name, slips)


def _doubled(name: str, pattern: str) -> Kind:
    """A line that was pasted twice; either of the two may be named."""

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(pattern, code_of(text), re.MULTILINE):
            here = line_of(text, match.start())
            if match[0].count("(") != match[0].count(")") or re.match(_GOES_ON, text[match.end() :]):
                continue
            again = f"{match[0]}\n{match[0]}"
            found.append(Slip(name, match.start(), match.end(), again, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _swapped_rows() -> Kind:
    """Two neighbouring rows in the wrong order; either of them may be named."""
    name = "rows in the wrong order"
    pair = re.compile(rf"({_ROW})([ \t]*\n?[ \t]*)(?=({_ROW}))", re.MULTILINE)

    def slips(text: str) -> list[Slip]:
        found = []
        for match in pair.finditer(code_of(text)):
            lines = frozenset([line_of(text, match.start()), line_of(text, match.end())])
            if match[2] == match[8]:
                new = f"{match[7]}{match[6]}{match[1]}"
                found.append(Slip(name, match.start(), match.end(7), new, lines))
        return found

    return Kind(name, slips)


def _foreign(name: str, pattern: str) -> Kind:
    """An amount in a currency that is not the agreement's."""

    def slips(text: str) -> list[Slip]:
        code = bare_code_of(text)
        if len(set(re.findall(r"\bcurrency[ \t]+([A-Z]{3})", code))) != 1:
            return []
        found = []
        for match in re.finditer(pattern, code, re.MULTILINE):
            other = "EUR" if match[2] == "USD" else "USD"
            found.append(Slip(name, match.start(2), match.end(2), other, frozenset([line_of(text, match.start(2))])))
        return found

    return Kind(name, slips)


def _letter_lost(name: str) -> str:
    return name[:2] + name[3:]


KINDS: tuple[Kind, ...] = (
    _uses(
        "measure misspelt where it is used",
        r"^[ \t]*measure (\w{5,})",
        r"\b(on|base|given|by|and|cap)[ \t]+([a-z]\w+)\b(?![ \t]*=)",
        _letter_lost,
    ),
    _uses(
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
    _foreign("other currency in what is expected", r"\b(expect[ \t][^\n{}]*[a-z] )([A-Z]{3})(?= +\d)"),
    swap("unit of an order line forgotten", r'(\d[\d_]*) [a-z]\w* of "([^"\n]+)"', r'\1 of "\2"', quoted=True),
    swap("turnover for net value", r"\bnet value\b", "turnover"),
    swap(
        "stage combined by another word",
        r"\bstage[ \t]+(\w+)([ \t]+)(best|sum|sequence|first)\b",
        lambda m: f"stage {m[1]}{m[2]}{_COMBINED[m[3]]}",
    ),
    swap("period misspelt", r"\bper (year|quarter|month|account)\b", lambda m: f"per {_PERIODS[m[1]]}"),
    _doubled("clause pasted twice", r"^[ \t]+(?:settle|base|rate|stage)[ \t]+[^\n{}]*[^\n{}, \t][ \t]*$"),
    swap("of behind rate", r"\brate([ \t]+)(?=\d[\d.]*%|[A-Z]{3} \d)", r"rate\1of "),
    swap("upper bound in a row", _ROW, lambda m: f"{m[1]}{m[2]} to{re.sub('[0-9]', '9', m[2])}{m[3]}{m[4]}"),
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
