"""Twenty kinds of mistake by someone who had not seen the recovery: the thirteenth set, which later changes of it have seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.recovery.kind import AMOUNT, DATE, ROW, Kind, Slip, bare_code_of, closing, line_of, misspelt_use, swap

_GOES_ON = r"[ \t]*\n[ \t]+(?:[-+*/,)]|(?:and|or|otherwise|over|per|before|within|of|plus|where)\b)"

_RULE = "rebate|discount|charge|price"
_PERIOD = "year|half|quarter|month|term|order"


def _weekday(match: re.Match[str]) -> str:
    """A day as a calendar shows it."""
    return f"{match[1]}{date.fromisoformat(match[2]):%A} {match[2]}"


def _without_unit(match: re.Match[str]) -> str:
    counted = re.fullmatch(r"([ \t]+[\d_.]*[1-9][\d_.]*) [a-z]\w*", match[2])
    return f"{match[1]}{counted[1]}{match[3]}{match[4]}" if counted else match[0]


def _blocks(code: str, head: str) -> Iterator[tuple[int, int]]:
    """The blocks that such a head opens: where each begins and where it ends."""
    for match in re.finditer(rf"^[ \t]+(?:{head})\b[^{{}}\n]*\{{", code, re.MULTILINE):
        yield match.start(), closing(code, match.end())


def _renewed() -> Kind:
    """The days of the renewal, below those that they should replace; either of the two may be named."""
    name = "renewed validity below the old one"

    def slips(text: str) -> list[Slip]:
        found = []
        validity = rf"^(  valid[ \t]+)({DATE}) to ({DATE})(?=[ \t]*$)"
        for match in re.finditer(validity, bare_code_of(text), re.MULTILINE):
            here, first, last = line_of(text, match.start()), *(date.fromisoformat(day) for day in match.group(2, 3))
            years = max((last + timedelta(days=1)).year - first.year, 1)
            again = f"{match[1]}{first.replace(year=first.year + years)} to {last.replace(year=last.year + years)}"
            found.append(Slip(name, match.start(), match.end(), f"{match[0]}\n{again}", frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _set_of_itself() -> Kind:
    """A set of items that asks for its own items."""
    name = "set of items made of itself"

    def slips(text: str) -> list[Slip]:
        found = []
        declared = rf"^[ \t]*items[ \t]+(\w+)[ \t]+where[ \t][^\n{{}}]*[^\s{{}}](?=[ \t]*$)(?!{_GOES_ON})"
        for match in re.finditer(declared, bare_code_of(text), re.MULTILINE):
            if match[0].count("(") == match[0].count(")"):
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.end(), match.end(), f" and in {match[1]}", here))
        return found

    return Kind(name, slips)


def _given_twice() -> Kind:
    """A measure is given once more, with another amount; either of the two may be named."""
    name = "given twice with another amount"

    def slips(text: str) -> list[Slip]:
        found = []
        given = r"^([ \t]+given[ \t]+[a-z]\w*[ \t]+[A-Z]{3} +)(\d)([\d_.]*)(?=[ \t]*$)"
        for match in re.finditer(given, bare_code_of(text), re.MULTILINE):
            here, digit = line_of(text, match.start()), 3 if match[2] != "3" else 4
            again = f"{match[0]}\n{match[1]}{digit}{match[3]}"
            found.append(Slip(name, match.start(), match.end(), again, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _rate_beside_tiers() -> Kind:
    """The rate from before there were tiers is left above them; the rate or the tiers may be named."""
    name = "rate left over above tiers"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for start, end in _blocks(code, _RULE):
            rule = code[start:end]
            tiers = re.search(r"^([ \t]+)tiers\b", rule, re.MULTILINE)
            if tiers is not None and not re.search(r"\brate[ \t]", rule):
                at = start + tiers.start()
                here = line_of(text, at)
                found.append(Slip(name, at, at, f"{tiers[1]}rate    2%\n", frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _line_without_order() -> Kind:
    """An example that has no order expects something of one of its lines."""
    name = "line expected where there is no order"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for start, end in _blocks(code, "example"):
            if not re.search(r"\b(?:order|sale|return)[ \t]", code[start:end]):
                expected = rf"\bexpect[ \t]+(?=(?:{_RULE}) \w+[ \t]+(?:{AMOUNT}|nothing)[ \t]*(?:$|\}}))"
                for match in re.finditer(expected, code[start:end], re.MULTILINE):
                    at = start + match.end()
                    found.append(Slip(name, at, at, "line 1 ", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _no_rows() -> Kind:
    """Tiers whose rows were to be filled in later; not where a note about the rows is signed off."""
    name = "rows of tiers forgotten"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for start, end in _blocks(code, _RULE):
            rule = code[start:end]
            tiers = re.search(r"\btiers\b[^{}\n]*\{([^{}]*)\}", rule)
            if tiers is not None and not re.search(r"^[ \t]+accept\b", rule, re.MULTILINE):
                here = frozenset([line_of(text, start + tiers.start())])
                found.append(Slip(name, start + tiers.start(1), start + tiers.end(1), " ", here))
        return found

    return Kind(name, slips)


def _dots() -> Kind:
    """Dots for the rows that everybody knows."""
    name = "dots for rows"

    def slips(text: str) -> list[Slip]:
        found = []
        first_row = r"\btiers\b[^{}\n]*\{[ \t]*\n([ \t]+)(?:from|above)\b[^\n{}]*\n(?=[ \t]+(?:from|above)\b)"
        for match in re.finditer(first_row, bare_code_of(text)):
            at = match.end()
            found.append(Slip(name, at, at, f"{match[1]}...\n", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    _renewed(),
    _set_of_itself(),
    _given_twice(),
    _rate_beside_tiers(),
    _line_without_order(),
    swap("unit of a threshold forgotten", ROW, _without_unit),
    swap(
        "amount as the default of a text",
        r'^([ \t]*attribute[ \t]+[\w.]+[ \t]+text[ \t]+default[ \t]+)"[^"\n]*"',
        r"\1EUR 0",
    ),
    # words of speech
    swap("for before the price of an order line", rf'(" )at(?= {AMOUNT})', r"\1for"),
    swap(
        "then behind a condition",
        rf"^([ \t]+when[ \t](?![^\n]*\botherwise\b)[^\n{{}}]*[^\s{{}}(,])(?=[ \t]*$)(?!{_GOES_ON})",
        r"\1 then",
        quoted=True,
    ),
    # small words too many
    swap("item before in", r"\b(when|and|not)([ \t]+)in (?=[a-z]\w*[ \t]*(?:$|and\b|or\b|\)))", r"\1\2item in "),
    # what is forgotten
    _no_rows(),
    swap(
        "both quotes of a title forgotten",
        rf'^([ \t]+(?:example|(?:{_RULE}) \w+)[ \t]+)"([A-Za-z][a-z]*(?: [a-z]+)+)"(?=[ \t]*\{{)',
        r"\1\2",
        quoted=True,
    ),
    # order
    swap(
        "name of a rule before its kind",
        rf'^([ \t]+)({_RULE}) (\w+)(?=[ \t]+"[^"\n]*"[ \t]*\{{)',
        r"\1\3 \2",
    ),
    swap("unit behind the items of a quantity", r"\bquantity in (?!full\b)(\w+) of (\w+)", r"quantity of \2 in \1"),
    swap(
        "items behind the scopes of a value",
        rf"\b(net|list|gross) value( of \w+)((?: per (?:account(?: and subsidiaries)?|group))? per (?:{_PERIOD}))\b",
        r"\1 value\3\2",
    ),
    # signs
    swap("weekday before a day", rf"(\bon )({DATE})", _weekday),
    swap("apostrophe of a text cell before a day", rf"(\b(?:on|valid|by)[ \t]+)(?={DATE})", r"\1'"),
    swap("currency before a percent", r"^([ \t]+rate[ \t]+)(?=\d[\d.]*%)", r"\1EUR "),
    misspelt_use(
        "measure in quotes where it is used",
        r"^[ \t]*measure (\w+)",
        r"\b(base|on|given)[ \t]+([a-z]\w*)\b",
        lambda name: f'"{name}"',
    ),
    _dots(),
)
