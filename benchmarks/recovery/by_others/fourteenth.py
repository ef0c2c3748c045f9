"""Twenty kinds of mistake by someone who had not seen the recovery: the fourteenth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import AMOUNT, DATE, Kind, Slip, bare_code_of, code_of, line_of, other_currency, swap

_GOES_ON = r"[ \t]*\n[ \t]+(?:[-+*/,)]|(?:and|or|otherwise|over|per|before|within|of|plus|where|rounded)\b)"

_RULE = "rebate|discount|charge|price|free goods"
_COLUMN = r"(?:key|dates|threshold|reward|money|number|percent|text|date)[ \t]*$"
_ADJECTIVES = {"year": "yearly", "half": "half-yearly", "quarter": "quarterly", "month": "monthly"}
_FRENCH = {"1": "&", "2": "é", "7": "è", "9": "ç", "0": "à"}


def _french(match: re.Match[str]) -> str:
    """The digits of a percentage as the upper row of a French keyboard gives them without shift."""
    return match[1] + "".join(_FRENCH[digit] for digit in match[2]) + "%"


def _in_thousands(match: re.Match[str]) -> str:
    return f"{'TEUR' if match[1] == 'EUR' else f'k{match[1]}'} {match[2]}"


def _currency_at(code: str, at: int) -> str:
    """The currency of the agreement around a place."""
    known = re.findall(r"\bcurrency[ \t]+([A-Z]{3})", code[:at])
    return str(known[-1]) if known else "EUR"


def _amount_for_quantity() -> Kind:
    """A measure that counts units is given in money."""
    name = "amount given for a quantity"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        quantities = set(re.findall(r"^[ \t]*measure (\w+)[ \t]*= quantity in\b[^\n/*+]*$", code, re.MULTILINE))
        given = r"\bgiven[ \t]+(\w+)[ \t]+((\d[\d_.]*) [A-Za-z]\w*)(?=[ \t]*$|  )"
        for match in re.finditer(given, code, re.MULTILINE):
            if match[1] in quantities:
                new = f"{_currency_at(code, match.start())} {match[3]}"
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.start(2), match.end(2), new, here))
        return found

    return Kind(name, slips)


def _amount_off_quantity() -> Kind:
    """A measure that counts units, less an amount that is free of the bonus."""
    name = "amount taken off a quantity"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        period = "year|half|quarter|month|term|order"
        counted = rf"^[ \t]*measure \w+[ \t]*= quantity in [^\n/*+(]* per (?:{period})(?=[ \t]*$)(?!{_GOES_ON})"
        for match in re.finditer(counted, code, re.MULTILINE):
            new = f" - {_currency_at(code, match.start())} 1_000"
            found.append(Slip(name, match.end(), match.end(), new, frozenset([line_of(text, match.start())])))
        return found

    return Kind(name, slips)


def _given_left_over() -> Kind:
    """Something given that was copied with an example of another agreement."""
    name = "given left over from another agreement"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        last_given = r"^([ \t]+)given[ \t][^\n{}]*\n(?=[ \t]+(?:expect|order|sale|claim|settle)\b)"
        for match in re.finditer(last_given, code, re.MULTILINE):
            at = match.end()
            new = f"{match[1]}given  flyer_budget {_currency_at(code, at)} 7_500\n"
            found.append(Slip(name, at, at, new, frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _combined_in_a_rule() -> Kind:
    """The stage of a rule, copied from the waterfall with how it combines."""
    name = "how a stage combines, copied into a rule"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        combined = dict(re.findall(r"\bstage[ \t]+(\w+)[ \t]+(best|sum|sequence|first)\b", code))
        for match in re.finditer(r"^[ \t]+stage[ \t]+(\w+)(?=[ \t]*$)", code, re.MULTILINE):
            # behind a stage, `best` is a clause of its own
            if (word := combined.get(match[1], "best")) != "best":
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.end(), match.end(), f" {word}", here))
        return found

    return Kind(name, slips)


def _second_order() -> Kind:
    """An example with two orders, of which the first was to be replaced; either of them may be named."""
    name = "second order in an example"

    def slips(text: str) -> list[Slip]:
        found = []
        order = rf'^[ \t]+order for "[^"\n]+" on {DATE} \{{ (\d)[^{{}}\n]*\}}'
        for match in re.finditer(order, code_of(text), re.MULTILINE):
            here, digit = line_of(text, match.start()), "3" if match[1] != "3" else "4"
            again = match[0][: match.start(1) - match.start()] + digit + match[0][match.end(1) - match.start() :]
            found.append(Slip(name, match.start(), match.start(), f"{again}\n", frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _page_number() -> Kind:
    """The foot of a page, copied with the text of a contract."""
    name = "number of a page between rules"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(rf'^  (?:{_RULE}) \w+[ \t]+"[^"\n]*"[ \t]*\{{', bare_code_of(text), re.MULTILINE):
            at = match.start()
            found.append(Slip(name, at, at, "Page 4 of 11\n", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _cell_forgotten() -> Kind:
    """A row of a grid that is one cell too short."""
    name = "cell of a grid forgotten"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for grid in re.finditer(r"\brates\b[^{}\n]* by [^{}\n]* and [^{}\n]*\{[^\n]*\n[^\n]*\n([^{}]*)\}", code):
            last_cell = rf"(?<=\S)[ \t]+(?:\d[\d.]*%|nothing|{AMOUNT}(?: per \w+)?)(?=[ \t]*$)"
            for match in re.finditer(last_cell, grid[1], re.MULTILINE):
                start, end = grid.start(1) + match.start(), grid.start(1) + match.end()
                found.append(Slip(name, start, end, "", frozenset([line_of(text, start)])))
        return found

    return Kind(name, slips)


def _row_in_other_currency() -> Kind:
    """One row of tiers from the price list of another country, in an agreement that has no exchange rates."""
    kind = other_currency("other currency in a row of tiers", r"((?<=[ \t])(?:from|above)[ \t]+)([A-Z]{3})(?= +\d)")
    return Kind(kind.name, lambda text: [] if "exchange rates" in text else kind.slips(text))


KINDS: tuple[Kind, ...] = (
    # meaning
    _amount_for_quantity(),
    _amount_off_quantity(),
    swap(
        "amount in quotes that is given",
        rf"(\bgiven[ \t]+[a-z]\w*[ \t]+)({AMOUNT})(?=[ \t]*$|  )",
        r'\1"\2"',
    ),
    swap(
        "percent for the amount of a rule",
        rf"^([ \t]+amount[ \t]++)(?!{_COLUMN})[^\n{{}}]*[^\s{{}}(,](?=[ \t]*$)(?!{_GOES_ON})",
        r"\g<1>5%",
    ),
    _row_in_other_currency(),
    _given_left_over(),
    _cell_forgotten(),
    # words of speech, and their order
    swap(
        "period as an adjective of a total",
        r"(=[ \t]*)((?:net|list|gross) value|quantity in \w+)((?: of \w+)? per (?:account(?: and subsidiaries)?|group))"
        r" per (year|half|quarter|month)\b",
        lambda m: f"{m[1]}{_ADJECTIVES[m[4]]} {m[2]}{m[3]}",
    ),
    swap(
        "rate and cap behind their values",
        rf"^([ \t]+)(rate|cap|floor)[ \t]+(\d[\d_.]*%|{AMOUNT})(?=[ \t]*$)(?!{_GOES_ON})",
        r"\1\3 \2",
    ),
    # small words too many
    swap(
        "without tax behind an amount",
        rf"((?:\b(?:cap|floor|pays from|amount|rate)|[<>]=?)[ \t]+{AMOUNT})(?=[ \t]*$|,| and\b| otherwise\b)"
        rf"(?!{_GOES_ON})",
        r"\1 excl. VAT",
    ),
    _combined_in_a_rule(),
    swap(
        "number before the name of a stage",
        r"(\bstage[ \t]+)(?=\w+[ \t]+(?:best|sum|sequence|first)\b)",
        r"\g<1>1. ",
    ),
    # what is forgotten
    swap(
        "word of a clause forgotten",
        rf"^([ \t]+)(?:base(?![ \t]+(?:{_RULE})\b)|amount)[ \t]++(?!{_COLUMN})(?=[a-z\d])",
        r"\1",
    ),
    swap(
        "days forgotten behind their number",
        r"(\bwithin \d+|\bover last \d+) (?:days|months)\b",
        r"\1",
    ),
    # pieces from elsewhere
    _second_order(),
    _page_number(),
    # signs, keys
    swap(
        "thousands before a currency",
        r"\b([A-Z]{3}) +(\d{1,3}(?:_\d{3})*)_000\b(?![_.\d])",
        _in_thousands,
    ),
    swap(
        "times sign for the unit of an order line",
        r'(^[ \t]+|\{ |"  )(\d[\d_.]*) [A-Za-z]\w* of (?=")',
        r"\1\2 x ",
        quoted=True,
    ),
    swap(
        "z for y, as on a German keyboard",
        rf"\b(currency(?=[ \t]+[A-Z]{{3}}\b)|pay(?= to\b)|by(?= {DATE})|quantity(?= in\b)|(?<=as )payment\b"
        r"|(?<=per )year\b|(?<=settle )[ \t]*(?:half-yearly|quarterly|yearly|monthly)\b)",
        lambda m: m[1].replace("y", "z"),
    ),
    swap(
        "digits without shift on a French keyboard",
        rf"^([ \t]+(?:rate|(?:from|above)[ \t]+(?:{AMOUNT}|\d[\d_.]* [a-z]\w*))[ \t]+)([01279]+)%(?=[ \t]*$)",
        _french,
    ),
)
