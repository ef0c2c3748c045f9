"""Twenty kinds of mistake by someone who had not seen the recovery: the fifteenth set, which later changes of it have seen; words of the trade, wrong types, leftovers.

About a third are mistakes of meaning in a text that can be read: a day or an amount where something else is given, a
measure that is expected like a rule, a rule without its rate, a set of items that is declared once more.
"""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    DATE,
    ROW,
    Kind,
    Slip,
    agreement_of,
    bare_code_of,
    code_of,
    line_of,
    line_of_a_rule_forgotten,
    swap,
)

_GOES_ON = r"[ \t]*\n[ \t]+(?:[-+*/,)]|(?:and|or|otherwise|over|per|before|within|of|plus|where|rounded)\b)"

_RULE = "rebate|discount|charge|price"
_OF_THE_TRADE = {"rebate": "bonus", "discount": "deduction", "charge": "fee", "price": "tariff"}


def _months(match: re.Match[str]) -> str:
    """A validity as long as it lasts."""
    first_year, first, last_year, last = (int(match[at]) for at in range(2, 6))
    return f"{match[1]} for {(last_year - first_year) * 12 + last - first + 1} months"


def _percent_for_amount(match: re.Match[str]) -> str:
    """A row with a percentage as its threshold, where the others have amounts."""
    amount = re.fullmatch(rf"([ \t]+){AMOUNT}", match[2])
    return f"{match[1]}{amount[1]}5%{match[3]}{match[4]}" if amount else match[0]


def _measure_expected() -> Kind:
    """What a rule is based on is expected, as if it were a rule itself."""
    name = "measure expected for a rule"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        rules = set(re.findall(rf"\b(?:{_RULE}|free goods) (\w+)", code))
        for match in re.finditer(rf"\bexpect (?:{_RULE}) (\w+)", code):
            measures = re.findall(r"^[ \t]*measure (\w+)", agreement_of(code, match.start()), re.MULTILINE)
            others = [measure for measure in measures if measure not in rules]
            if others:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), others[0], here))
        return found

    return Kind(name, slips)


def _amount_for_text() -> Kind:
    """What is declared as a text is given as an amount, from the line beside it."""
    name = "amount given for a text"

    def slips(text: str) -> list[Slip]:
        code, found = code_of(text), list[Slip]()
        texts = set(re.findall(r"^[ \t]*attribute[ \t]+([\w.]+)[ \t]+text\b", code, re.MULTILINE))
        texts |= set(re.findall(r"^[ \t]*(fact \w+)[ \t]+text\b", code, re.MULTILINE))
        for match in re.finditer(r'\bgiven[ \t]+(fact \w+|\w+\.\w+)[ \t]+("[^"\n]*")', code):
            if match[1] in texts:
                here = frozenset([line_of(text, match.start(2))])
                found.append(Slip(name, match.start(2), match.end(2), "EUR 500", here))
        return found

    return Kind(name, slips)


def _set_twice() -> Kind:
    """A set of items that was copied and given another filter, but no other name; either of the two may be named."""
    name = "set of items declared twice"

    def slips(text: str) -> list[Slip]:
        found = []
        declared = rf"^([ \t]*items[ \t]+\w+[ \t]+where)[ \t][^\n{{}}]*[^\s{{}}(,](?=[ \t]*$)(?!{_GOES_ON})"
        for match in re.finditer(declared, bare_code_of(text), re.MULTILINE):
            if match[0].count("(") == match[0].count(")"):
                here, again = line_of(text, match.start()), f'\n{match[1]} item.id is "SAMPLE-1"'
                found.append(Slip(name, match.end(), match.end(), again, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _total_of_an_order() -> Kind:
    """The sum below an invoice; there is a value of each kind, but no total."""
    name = "total expected of an order"
    value = rf"\bexpect (order|line \d+) (?:net|gross|list|invoice) value (?={AMOUNT})"
    expected = swap(name, value, r"expect \1 total ")
    return Kind(name, lambda text: [] if re.search(r"\btotal[ \t]+[\"{]", text) else expected.slips(text))


def _rate_forgotten(code: str, head: re.Match[str], rule: str) -> re.Match[str] | None:
    """How much a rule pays that says on what and when."""
    clauses = list(re.finditer(rf"^[ \t]+rate[ \t][^\n{{}}]*(?!{_GOES_ON})\n", rule, re.MULTILINE))
    others = re.search(r"^[ \t]+(?:tiers|rates|amount|from|bundle|buy|every)\b", rule, re.MULTILINE)
    is_one = head[1] != "price" and len(clauses) == 1 and rule.count(" rate ") == 1 and others is None
    return clauses[0] if is_one else None


def _total_below() -> Kind:
    """The last line of a table, copied with its rows from a spreadsheet."""
    name = "total below the rows"

    def slips(text: str) -> list[Slip]:
        found = []
        last_row = r"^([ \t]+)(?:from|above)\b[^\n{}]*\n(?=[ \t]*\}[ \t]*$)"
        for match in re.finditer(last_row, bare_code_of(text), re.MULTILINE):
            at = match.end()
            found.append(Slip(name, at, at, f"{match[1]}Total  184_300  6%\n", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    swap(
        "day for an amount that is given",
        rf"(\bgiven[ \t]+[a-z]\w*[ \t]+){AMOUNT}(?=[ \t]*(?:$|\}})|  )",
        r"\g<1>2026-12-31",
    ),
    _measure_expected(),
    swap("percent for an amount in a row", ROW, _percent_for_amount),
    _amount_for_text(),
    _set_twice(),
    _total_of_an_order(),
    line_of_a_rule_forgotten("line of the rate forgotten", _RULE, _rate_forgotten),
    # other words
    swap(
        "kind of a rule by a word of the trade",
        rf'^([ \t]+)({_RULE})(?= \w+[ \t]+"[^"\n]*"[ \t]*\{{)',
        lambda m: m[1] + _OF_THE_TRADE[m[2]],
    ),
    swap("bank transfer for payment", r"(, as )payment\b", r"\1bank transfer"),
    swap("months for the last day", r"(\bvalid[ \t]+(\d{4})-(\d\d)-\d\d) to (\d{4})-(\d\d)-\d\d", _months),
    # too many
    swap("that behind given", r"\bgiven[ \t]+(?=[a-z])", "given that "),
    swap("two accounts for one agreement", r"^([ \t]*accounts[ \t]+[A-Z][\w-]*)(?=[ \t]*$)", r"\1, PARTNER"),
    swap(
        "title twice",
        rf'^([ \t]*(?:agreement|{_RULE}) \w+[ \t]+)("[^"\n]*")(?=[ \t]*\{{)',
        r"\1\2 \2",
        quoted=True,
    ),
    _total_below(),
    # what is forgotten
    swap(
        "moment forgotten behind days of",
        r"(\bwithin \d+ (?:days|months) of) [a-z]+ (?:end|date|start)(?=[ \t]*(?:$|\}))",
        r"\1",
    ),
    swap(
        "for forgotten before an account",
        r'(\border|\bclaim of [^\n{}]*?|\bfact \w+ [^\n{}]*?|\bsale "[^"\n]*"|\breturn(?: of "[^"\n]*")?) for '
        rf'(?="[^"\n]+" on {DATE})',
        r"\1 ",
        quoted=True,
    ),
    swap(
        "brackets of a computed rate forgotten",
        rf"^([ \t]+rate[ \t]+(?:price )?)\(((?:[a-z][^()\n]*|[^()\n]* rounded [^()\n]*))\)(?=[ \t]*$)(?!{_GOES_ON})",
        r"\1\2",
    ),
    # order
    swap(
        "filter of a total behind its scopes",
        r"^([ \t]*measure [^\n]*?\b(?:(?:net|gross|list) value|quantity in \w+) of \w+)( where [^\n]*?[^\s])"
        r"((?: per (?:account|group|year|quarter|month|half|season|term|claim)(?: and subsidiaries)?)+)(?=[ \t]*$)",
        r"\1\3\2",
        quoted=True,
    ),
    # signs, keys
    swap("point for the comma behind a cadence", r"(\bsettle[ \t]+[a-z-]+),", r"\1."),
    swap("cell of a spreadsheet for a reward", ROW, lambda m: f"{m[1]}{m[2]}{m[3]}=B7"),
)
