"""Twenty kinds of mistake by someone who had not seen the recovery: the ninth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    ROW,
    Kind,
    Slip,
    bare_code_of,
    letter_lost,
    line_of,
    line_put_in,
    misspelt_use,
    other_currency,
    swap,
    turned,
)

_TYPE = r"text|number|money|percent|date|quantity in \w+"
_UNIT = "carton|bag|box|cup|pack|jar|hour|jug|seat|unit|kWh|gal"
_OTHER_OWNER = {"order": "line", "line": "order", "account": "order", "item": "line"}
_PRESENT = {"claimed": "claims", "paid": "pays"}


def _other_owner() -> Kind:
    """What is declared of a line is asked of the order, or the other way round."""
    name = "attribute of another owner"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        declared = set(re.findall(r"\battribute[ \t]+(\w+)\.(\w+)", code))
        tested = r"^[ \t]*(?:when|items|accounts|measure|rates|base)\b[^\n]*?\b(order|line|account|item)\.(\w+)"
        for match in re.finditer(tested, code, re.MULTILINE):
            owner, attribute = match[1], match[2]
            if (owner, attribute) in declared and (_OTHER_OWNER[owner], attribute) not in declared:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), _OTHER_OWNER[owner], here))
        return found

    return Kind(name, slips)


def _amount_for_quantity(match: re.Match[str]) -> str:
    counted = re.fullmatch(r"([ \t]+)(\d[\d_.]*) [a-z]\w*", match[2])
    return f"{match[1]}{counted[1]}EUR {counted[2]}{match[3]}{match[4]}" if counted else match[0]


def _zero_forgotten() -> Kind:
    """A threshold ten times too small: it lies below the two rows before it, or below one on its own line."""
    name = "zero of a threshold forgotten"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for block in re.finditer(r"\btiers\b[^{}\n]*\{([^{}]*)\}", code):
            rows = [
                (match.start() + block.start(1), number, line_of(text, match.start() + block.start(1)))
                for match in re.finditer(ROW, block[1], re.MULTILINE)
                if (number := re.search(r"\d[\d_]*", match[2])) is not None and "." not in match[2]
            ]
            for before, (start, number, line) in enumerate(rows[1:]):
                value, last = int(number[0]), int(rows[before][1][0])
                near = rows[before][2] == line or (before > 0 and value // 10 <= int(rows[before - 1][1][0]))
                if value % 10 == 0 and value // 10 < last < value and near:
                    at = code.index(number[0], start)
                    found.append(Slip(name, at, at + len(number[0]), f"{value // 10:_}", frozenset([line])))
        return found

    return Kind(name, slips)


def _row_below() -> Kind:
    """The last row stands below the brace that closes the others."""
    name = "last row below its tiers"

    def slips(text: str) -> list[Slip]:
        found = []
        row = r"[ \t]+(?:from|above)\b[^\n{}]*"
        for match in re.finditer(rf"^{row}\n({row})\n([ \t]*\}})(?=[ \t]*$)", bare_code_of(text), re.MULTILINE):
            last = text[match.start(1) : match.end(1)]
            here = frozenset([line_of(text, match.start(1)) + 1])
            found.append(Slip(name, match.start(1), match.end(2), f"{match[2]}\n{last}", here))
        return found

    return Kind(name, slips)


def _price_in_other_currency() -> Kind:
    """The price of an order line in a currency that the agreement has no rates for."""
    kind = other_currency("other currency in the price of an order line", r'(" at )([A-Z]{3})(?= +\d)')
    return Kind(kind.name, lambda text: [] if "exchange rates" in text else kind.slips(text))


KINDS: tuple[Kind, ...] = (
    # meaning
    swap("unit misspelt in an order line", rf'\b(\d[\d_.]* )({_UNIT})(?= of ")', lambda m: m[1] + turned(m[2])),
    _other_owner(),
    swap("amount for a quantity in a row", ROW, _amount_for_quantity),
    swap(
        "percent expected of a value",
        rf"\b(expect (?:order|line \d+) (?:net|gross|list|invoice) (?:value|price) ){AMOUNT}",
        r"\g<1>5%",
    ),
    misspelt_use(
        "rule misspelt where another clause names it",
        r"^[ \t]*(?:rebate|discount|charge|price|fund) (\w{3,})[ \t]*[\"{]",
        r"((?<!expect )(?<!line \d )\b(?:rebate|discount|charge|price|fund) )(\w+)\b(?![ \t]*[\"{])",
        letter_lost,
    ),
    _zero_forgotten(),
    _price_in_other_currency(),
    # words, forms of words
    swap(
        "present for past", r"\b(when|where|and|given)([ \t]+)(claimed|paid)\b", lambda m: m[1] + m[2] + _PRESENT[m[3]]
    ),
    swap("affiliates for subsidiaries", r"\band subsidiaries\b", "and affiliates"),
    # what is forgotten
    swap(
        "how a fact counts forgotten", rf"^([ \t]*fact \w+[ \t]+(?:{_TYPE}))[ \t]+(?:summed|latest|greatest)\b", r"\1"
    ),
    swap("within forgotten", r"(,|\bclaimed|\bpaid|\bexpires) within (?=\d)", r"\1 "),
    # order, place
    swap(
        "last year before its measure",
        r"\b(?!period\b|over\b|account\b|group\b|the\b)([a-z]\w*) (last (?:year|half|quarter|month|season))\b",
        r"\2 \1",
    ),
    swap(
        "price before the item of an order line",
        rf'(\d[\d_.]* [A-Za-z]\w*) of ("[^"\n]+") at ({AMOUNT})',
        r"\1 at \3 of \2",
        quoted=True,
    ),
    swap("cap behind a rate, in its line", r"^([ \t]+rate[ \t]+\d[\d.]*%)(?=[ \t]*$)", r"\1, at most EUR 1_000"),
    _row_below(),
    line_put_in(
        "clause left over in an example",
        r"^[ \t]+(?:given[ \t]|order\b[^\n]*\}|sale\b[^\n]*\})[^\n]*\n([ \t]+)(?=expect\b)",
        "rate    2%",
    ),
    # signs, keys
    swap("equals sign for where", r"^([ \t]*items[ \t]+\w+[ \t]+)where\b", r"\1="),
    swap("bars of a table around a row", rf"^([ \t]+){ROW}(?=[ \t]*$)", r"\1| \2\3 | \5 |"),
    swap(
        "hashes of a narrow column",
        rf"^([ \t]*(?:expect|given)\b[^\n{{}}]*[ \t]){AMOUNT}(?=[ \t]*$)",
        r"\1########",
    ),
    swap("shift not held for the quotes", r'\bof "([A-Z][\w-]*)"', r"of 2\g<1>2", quoted=True),
)
