"""Twenty kinds of mistake by someone who had not seen the recovery: the third set, which later changes of it have seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks.recovery.kind import Kind, Slip, bare_code_of, code_of, line_of, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_AMOUNT = r"\b([A-Z]{3}) +(\d[\d_.]*)"
_THRESHOLD = r"(?:[A-Z]{3} +\d[\d_.]*|\d[\d_.]*%|\d[\d_.]* [a-z]\w*)"
_REWARD = r"\d[\d.]*%|[A-Z]{3} +\d[\d_.]*(?: per [a-z]+)?|nothing"
_ROW = rf"\b(from|above)([ \t]+{_THRESHOLD})([ \t]+)({_REWARD})(?=[ \t]*(?:\}}|$|from\b|above\b))"
_SPOKEN = {"quarterly": "every quarter", "yearly": "annually", "monthly": "each month", "once": "one time"}
_GOES_ON = r"[^\n]*\n[ \t]+(?:[-+*/,)]|(?:and|or|where|over|per|otherwise|rounded|before|within|as|of|plus)\b)"
_EXCEL = {"greater": "max", "lesser": "min", "average": "avg"}


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


def _letter_lost(name: str) -> str:
    return name[:2] + name[3:]


KINDS: tuple[Kind, ...] = (
    _uses(
        "fact misspelt where it is used",
        r"^[ \t]*fact (\w{5,})[ \t]+(?:text|number|money|percent|date|quantity)",
        r"(\bfact )(\w+)(?![ \t]+(?:text|number|money|percent|date|quantity)\b)",
        _letter_lost,
    ),
    _uses(
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
    _foreign("other currency in what is given", r"\b(given[ \t]+[a-z]\w* )([A-Z]{3})(?= +\d)"),
    swap("number of an order line forgotten", r'\{ \d[\d_.]* ([a-z]\w* of "[^"\n]+")', r"{ \1", quoted=True),
    swap("basis for base", r"\bbase(?=[ \t]+[a-z(])", "basis"),
    swap("function of a spreadsheet", r"\b(greater|lesser|average) of \(", lambda m: f"{_EXCEL[m[1]]}("),
    swap(
        "mode misspelt",
        r"\b(retroactive|incremental)\b",
        lambda m: m[1].replace("oacti", "acti").replace("emen", "eme"),
    ),
    _doubled("measure pasted twice", r"^[ \t]+measure \w+[ \t]*=[^\n{}]*$"),
    swap("closing bracket doubled", r"(\([^()\n]*\))", r"\1)"),
    swap("reward before its threshold", _ROW, lambda m: f"{m[4]} {m[1]}{m[2]}"),
    swap("sign for from", rf"(?<=[ \t])from(?=[ \t]+{_THRESHOLD}[ \t])", ">="),
    swap("currency misspelt", _AMOUNT, lambda m: f"{m[1][0]}{m[1][2]}{m[1][1]} {m[2]}"),
    swap("file without quotes", r'^([ \t]*table \w+[ \t]+from[ \t]+)"([\w.]+)"', r"\1\2", quoted=True),
    _comment_bare(),
    swap("date in quotes", rf"\b(valid|on|to)([ \t]+)({_DATE})", r'\1\2"\3"'),
)
