"""Twenty kinds of mistake by someone who had not seen the recovery: the sixteenth set, which later changes of it have seen; names nobody declared, contracts' and an ERP's habits.

Eight are mistakes of meaning in a text that can be read, or of place: a stage, a fund, a class or an agreement that does
not exist, a text that a rebate is paid on, a day where an amount is compared, a settlement where there is none.
"""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    ROW,
    Kind,
    Slip,
    agreement_of,
    bare_code_of,
    first_line_of_a_rule,
    line_of,
    line_put_in,
    rules_of,
    swap,
)

_GOES_ON = r"[ \t]*\n[ \t]+(?:[-+*/,)]|(?:and|or|otherwise|over|per|before|within|of|plus|where|rounded)\b)"

_RULE = "rebate|discount|charge|price|free goods"
_IN_WORDS = {
    "5": "five",
    "7": "seven",
    "10": "ten",
    "14": "fourteen",
    "15": "fifteen",
    "20": "twenty",
    "30": "thirty",
    "45": "forty-five",
    "60": "sixty",
    "90": "ninety",
    "12": "twelve",
    "6": "six",
}
_LEVELS = ("Bronze", "Silver", "Gold", "Platinum")


def _stage_of_nowhere() -> Kind:
    """The first line of a discount, copied into a rule of a text that has no stages."""
    name = "stage in an agreement without stages"
    copied = first_line_of_a_rule(name, "stage volume", "rebate|discount|charge")
    return Kind(
        name, lambda text: [] if re.search(r"\b(?:waterfall|stage)\b", bare_code_of(text)) else copied.slips(text)
    )


def _fund_of_nowhere() -> Kind:
    """A rebate that draws from a fund that was never opened."""
    name = "fund that nobody opened"
    drawn = first_line_of_a_rule(name, "draw from fund marketing_pool", "rebate")
    return Kind(name, lambda text: [] if re.search(r"\bfund \w", bare_code_of(text)) else drawn.slips(text))


def _agreement_of_nowhere() -> Kind:
    """An agreement that says it adds to a frame agreement, which is nowhere."""
    name = "agreement added to that does not exist"
    added = line_put_in(name, r"^(  )valid[ \t]", "adds to frame_agreement")
    return Kind(name, lambda text: [] if re.search(r"\badds to\b", bare_code_of(text)) else added.slips(text))


def _paid_on_a_text() -> Kind:
    """A rule whose base is the outcome of an audit, the kind of an account or the like: a text, and no value."""
    name = "text as the base of a rule"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head, end in rules_of(code, "rebate|charge|discount"):
            around, rule = agreement_of(code, head.start()), code[head.end() : end]
            texts = re.findall(r"^[ \t]*(fact \w+)[ \t]+text\b", around, re.MULTILINE)
            texts += re.findall(r"^[ \t]*attribute[ \t]+(\w+\.\w+)[ \t]+text\b", around, re.MULTILINE)
            base = re.search(
                rf"^[ \t]+base[ \t]+([a-z]\w*(?: last year)?)(?=[ \t]*$)(?!{_GOES_ON})", rule, re.MULTILINE
            )
            if texts and base:
                start, last = head.end() + base.start(1), head.end() + base.end(1)
                found.append(Slip(name, start, last, texts[0], frozenset([line_of(text, start)])))
        return found

    return Kind(name, slips)


def _day_compared() -> Kind:
    """A measure of money that is compared with a day."""
    name = "day for an amount in a condition"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for match in re.finditer(rf"\b([a-z]\w*) (?:>=|<=|<|>) ({AMOUNT})(?! per\b)", code):
            whole_line = code[code.rfind("\n", 0, match.start()) + 1 : match.start()]
            measure = rf"^[ \t]*measure {match[1]}[ \t]*="
            if re.search(r"\bwhen\b", whole_line) and re.search(
                measure, agreement_of(code, match.start()), re.MULTILINE
            ):
                here = frozenset([line_of(text, match.start(2))])
                found.append(Slip(name, match.start(2), match.end(2), "2026-06-30", here))
        return found

    return Kind(name, slips)


def _settled_behind_an_order() -> Kind:
    """A step of an example that posts sales, in one that prices an order; either of the two may be named."""
    name = "settlement behind an order of an example"

    def slips(text: str) -> list[Slip]:
        found = []
        order = r"^([ \t]+)order [^\n]*?on (\d{4})-\d\d-\d\d[^\n]*\{[^\n]*\}[ \t]*\n"
        for match in re.finditer(order, bare_code_of(text), re.MULTILINE):
            here = line_of(text, match.start())
            line = f"{match[1]}settle on {match[2]}-12-31\n"
            found.append(Slip(name, match.end(), match.end(), line, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _expected_before_ordered() -> Kind:
    """What comes out, written above what goes in; either of the two may be named."""
    name = "expectation above its order"

    def slips(text: str) -> list[Slip]:
        found = []
        pair = r"^([ \t]+order [^\n]*\{[^\n]*\}[^\n]*)\n([ \t]+expect [^\n]*)$"
        for match in re.finditer(pair, bare_code_of(text), re.MULTILINE):
            here = line_of(text, match.start())
            order, expected = (text[match.start(at) : match.end(at)] for at in (1, 2))
            lines = frozenset([here, here + 1])
            found.append(Slip(name, match.start(), match.end(), f"{expected}\n{order}", lines))
        return found

    return Kind(name, slips)


def _sentence_for_a_condition() -> Kind:
    """The words of the contract, where a condition should stand."""
    name = "sentence for a condition"

    def slips(text: str) -> list[Slip]:
        found = []
        condition = rf"^[ \t]+when[ \t]+([^\n{{}}]*[^\s{{}}])(?=[ \t]*$)(?!{_GOES_ON})"
        for match in re.finditer(condition, bare_code_of(text), re.MULTILINE):
            if match[1].count("(") == match[1].count(")"):
                here = frozenset([line_of(text, match.start(1))])
                sentence = "the customer has met all obligations"
                found.append(Slip(name, match.start(1), match.end(1), sentence, here))
        return found

    return Kind(name, slips)


def _levels_of_a_programme() -> Kind:
    """The name that a level has in the programme, before its row."""
    name = "name of a level before a row"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for match in re.finditer(rf"^[ \t]+(?={ROW})", code, re.MULTILINE):
            above = code[code.rfind("{", 0, match.start()) : match.start()].count("\n") - 1
            level = _LEVELS[above % len(_LEVELS)]
            at = match.end()
            found.append(Slip(name, at, at, f"{level}  ", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _words_behind(match: re.Match[str]) -> str:
    """A number of days as contracts write it: in digits and, in brackets, in words."""
    return f"{match[1]} ({_IN_WORDS[match[2]]}){match[3]}" if match[2] in _IN_WORDS else match[0]


def _between() -> Kind:
    """Two bounds at once, as the filter of a spreadsheet asks for them."""
    name = "between in a condition"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        bound = r"(?<=[\w)]) >=? ([A-Z]{3} +)?(\d[\d_]*)(%| (?!(?:and|or|otherwise|per|of|for|throughout|base|rate)\b)[a-z]\w*)?(?![\w.:%-]| (?:[*]|(?:per|of)\b))"
        for match in re.finditer(bound, code):
            before = code[code.rfind("\n", 0, match.start()) + 1 : match.start()]
            if re.search(r"\bwhen\b[^{}]*$", before):
                currency, number, unit = match[1] or "", match[2], match[3] or ""
                upper = "100" if unit == "%" and int(number) < 100 else f"{number}_000"
                new = f" between {currency}{number}{unit} and {currency}{upper}{unit}"
                found.append(Slip(name, match.start(), match.end(), new, frozenset([line_of(text, match.start())])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # names that are not declared
    _stage_of_nowhere(),
    _fund_of_nowhere(),
    swap("class that is not declared", r"^([ \t]+when[ \t]+)(?=[a-z(])", r"\1class key_customer and "),
    _agreement_of_nowhere(),
    # what is of another type
    _paid_on_a_text(),
    _day_compared(),
    # what stands in the wrong place
    _settled_behind_an_order(),
    line_put_in("settlement of a whole agreement", r"^(  )currency[ \t]", "settle quarterly, as credit note"),
    # order
    _expected_before_ordered(),
    swap(
        "scopes before what is counted",
        r"^([ \t]*measure \w+[ \t]*=[ \t]*)((?:(?:net|gross|list) value|quantity in \w+)(?: of \w+)?)"
        rf"((?: per (?:account|group|order|delivery|year|half|quarter|month|season|claim))+)(?=[ \t]*$)(?!{_GOES_ON})",
        lambda m: f"{m[1]}{m[3].lstrip()} {m[2]}",
    ),
    # what is forgotten
    swap(
        "result forgotten behind what is expected",
        rf"^([ \t]+expect (?:{_RULE}) \w+)[ \t]+(?:{AMOUNT}|nothing|\d[\d.]*%)(?=[ \t]*$)",
        r"\1",
    ),
    swap("reason forgotten behind accept", r'^([ \t]+accept[ \t]+\w+)[ \t]+"[^"\n]*"(?=[ \t]*$)', r"\1", quoted=True),
    # the habits of contracts
    swap("days again in words, in brackets", r"(\bwithin (\d+))( (?:days|months)\b)", _words_behind),
    swap(
        "defined term behind the accounts",
        rf"^([ \t]+accounts[ \t]+[^\n{{}}]*[^\s{{}}])(?=[ \t]*$)(?!{_GOES_ON})",
        r'\1 (the "Customer")',
        quoted=True,
    ),
    _sentence_for_a_condition(),
    swap(
        "quotes inside a title",
        rf'^([ \t]*(?:agreement \w+|(?:{_RULE}) \w+|example)[ \t]+"(?:[^"\n ]+ )+?)([A-Za-z]{{5,}})(?= [^"\n]*"[ \t]*\{{)',
        r'\1"\2"',
        quoted=True,
    ),
    # the habits of spreadsheets and of an ERP
    _levels_of_a_programme(),
    _between(),
    swap(
        "minus sign behind a reward, as an ERP shows it",
        ROW,
        lambda m: m[0] if m[4] == "nothing" else f"{m[1]}{m[2]}{m[3]}{m[4]}-",
    ),
    swap(
        "two items for one quantity",
        r'(\b\d[\d_]* [a-z]\w* of "[^"\n]+")(?=[ \t]*(?:\}|$)|  \d| (?:at|with) )',
        r'\1 and "SAMPLE-1"',
        quoted=True,
    ),
)
