"""Twenty kinds of mistake by someone who had not seen the recovery: the eighth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    Kind,
    Slip,
    bare_code_of,
    letter_lost,
    line_of,
    line_put_in,
    misspelt_use,
    swap,
    turned,
)

_KIND = r"rebate|discount|charge|price|free goods"
_ROLE = r"key|dates|threshold|reward|money|text|number|percent|date"
_KNOWN_ACCOUNT = "HARBOUR|MERIDIAN|HOF-NORD|HOF-SUED|NUSANTARA(?:-JKT)?|PLAT|GOLD|STAND|COUNTER|CLUB-001"


def _made_of_itself() -> Kind:
    """A measure that names itself where it means another one."""
    name = "measure made of itself"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        measures = set(re.findall(r"^[ \t]*measure (\w+)", code, re.MULTILINE))
        for match in re.finditer(r"^[ \t]*measure (\w+)[ \t]*=([^\n]*)", code, re.MULTILINE):
            before = r"(?<![\w.])(?<!per )(?<!last )(?<!of )(?<!in )(?<!fact )(?<!each )"
            other = rf"{before}[a-z]\w*+(?! last\b| same\b| over\b| \d)"
            for used in re.finditer(other, match[2]):
                if used[0] in measures and used[0] != match[1]:
                    at = match.start(2) + used.start()
                    here = frozenset([line_of(text, at)])
                    found.append(Slip(name, at, at + len(used[0]), match[1], here))
                    break
        return found

    return Kind(name, slips)


def _expected_below() -> Kind:
    """The last expectation of an example stands below its closing brace."""
    name = "last expectation below its example"

    def slips(text: str) -> list[Slip]:
        found = []
        last_two = r"^[ \t]+expect\b[^\n{}]*\n([ \t]+expect\b[^\n{}]*)\n([ \t]*\})(?=[ \t]*$)"
        for match in re.finditer(last_two, bare_code_of(text), re.MULTILINE):
            expected = text[match.start(1) : match.end(1)]
            here = frozenset([line_of(text, match.start(1)) + 1])
            found.append(Slip(name, match.start(1), match.end(2), f"{match[2]}\n{expected}", here))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    misspelt_use(
        "item set misspelt where it is used",
        r"^[ \t]*items[ \t]+(\w{4,})",
        r"\b(of|in)[ \t]+([a-z]\w+)\b",
        letter_lost,
    ),
    swap(
        "account misspelt in an order",
        rf'( for ")({_KNOWN_ACCOUNT})(?=")',
        lambda m: m[1] + turned(m[2]),
        quoted=True,
    ),
    swap("percent for an amount in a condition", rf"([<>]=?[ \t]+){AMOUNT}(?![\d_.])(?! per\b| \*)", r"\g<1>5%"),
    swap("line that the order does not have", r"\bexpect line \d+\b", "expect line 7"),
    _made_of_itself(),
    swap(
        "amount for a percent of a fact", r"\b((?:given[ \t]+)?fact \w+ )(\d[\d.]*)%(?= for\b|[ \t]*$|  )", r"\1USD \2"
    ),
    swap(
        "column misspelt where it is declared",
        rf"^([ \t]+)([a-z_]{{4,}})(?=(?:, [a-z_]+)*[ \t]+(?:{_ROLE})(?: including tax)?[ \t]*$)",
        lambda m: m[1] + turned(m[2]),
    ),
    # what is forgotten, what is open
    swap("default forgotten", r"^([ \t]*attribute[^\n]*?)[ \t]+default(?=[ \t])", r"\1"),
    swap("where forgotten", r"^([ \t]*(?:accounts|items[ \t]+\w+))[ \t]+where(?=[ \t])", r"\1"),
    swap("tbd for a value", rf"^([ \t]+(?:rate|cap|floor)[ \t]+)(?:\d[\d.]*%|{AMOUNT})", r"\1tbd"),
    # small words too many
    swap("article before the form of payment", r", as (?=credit note\b|payment\b)", ", as a "),
    swap("inclusive behind the last day", r"\b(valid[ \t]+\d[\d-]+ to \d[\d-]+)", r"\1 inclusive"),
    # order, place
    swap(
        "title behind the brace",
        rf'^([ \t]*(?:agreement|{_KIND}) \w+)[ \t]+("[^"\n]*")[ \t]*\{{',
        r"\1 { \2",
        quoted=True,
    ),
    swap("amount before what is expected", rf"\bexpect ((?:{_KIND}) \w+)[ \t]+({AMOUNT})", r"expect \2 \1"),
    swap(
        "item before its quantity",
        r'(^[ \t]+|\{ |"  )(\d[\d_.]* [A-Za-z]\w*) of ("[^"\n]+")',
        r"\1\3 \2",
        quoted=True,
    ),
    line_put_in(
        "headings above the rows", r"^[ \t]+tiers\b[^{}\n]*\{[ \t]*\n([ \t]+)(?=(?:from|above)\b)", "turnover  bonus"
    ),
    _expected_below(),
    # signs, keys
    swap("hyphen between two words", r"\b(net|list|gross|invoice|credit) (value|price|margin|note)\b", r"\1-\2"),
    swap("minus key for an underscore", r"\b([A-Z]{3} +\d{1,3})_(?=\d{3}\b)", r"\1-"),
    swap("colon for divided by", r"(?<=[\w)]) / (?=[a-z(\d])", " : "),
)
