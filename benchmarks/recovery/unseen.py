"""Twenty kinds of mistake by someone who had not seen the recovery: drafts and negotiations, choices left open.

Eight are mistakes of meaning or of what belongs together: two modes, two stages, each and together, tiers on nothing,
money where pieces are ordered, a total where lines are sold, a description for a measure, goods for a rate of a row.
"""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    ENDS,
    ROW,
    Kind,
    Slip,
    bare_code_of,
    first_line_of_a_rule,
    is_whole,
    line_of,
    line_put_in,
    swap,
)

# what an order or a sale has before its lines, and a line of it
_ORDERED = r"(?:(?<=\{ )|(?<=  ))"
_SALE = r'^[ \t]*sale (?:"[^"\n]*" )?(?:for "[^"\n]*" )?on \d{4}-\d\d-\d\d'


def _described() -> Kind:
    """A measure that is described, as in the glossary of a contract."""
    name = "description for a measure"

    def slips(text: str) -> list[Slip]:
        found = []
        pattern = rf"^[ \t]*measure \w+[ \t]*=[ \t]*(\S[^\n]*?){ENDS}"
        for match in re.finditer(pattern, bare_code_of(text), re.MULTILINE):
            if is_whole(match[1]):
                here = frozenset([line_of(text, match.start(1))])
                new = '"all purchases as defined in clause 3"'
                found.append(Slip(name, match.start(1), match.end(1), new, here))
        return found

    return Kind(name, slips)


def _on_nothing() -> Kind:
    """Tiers that do not say of what; only where the measure stands in the line of the mode and of the brace."""
    name = "measure of tiers forgotten"

    def slips(text: str) -> list[Slip]:
        found = []
        modes = r"retroactive|incremental|lump sum every tier|lump sum|interpolated"
        pattern = rf"^[ \t]+tiers[ \t]+(?:{modes})( on [^\n{{}}]*?)(?=[ \t]*\{{)"
        for match in re.finditer(pattern, bare_code_of(text), re.MULTILINE):
            here = frozenset([line_of(text, match.start(1))])
            found.append(Slip(name, match.start(1), match.end(1), "", here))
        return found

    return Kind(name, slips)


def _mode_left_open() -> Kind:
    """Both modes of tiers, as in the template of a contract of which one should have been struck out."""
    name = "mode left open between two"

    def slips(text: str) -> list[Slip]:
        found = []
        pattern = r"^[ \t]+tiers[ \t]+(retroactive|incremental)(?= on\b)"
        for match in re.finditer(pattern, bare_code_of(text), re.MULTILINE):
            other = "incremental" if match[1] == "retroactive" else "retroactive"
            here = frozenset([line_of(text, match.start(1))])
            found.append(Slip(name, match.end(1), match.end(1), f" or {other}", here))
        return found

    return Kind(name, slips)


def _two_stages() -> Kind:
    """A rule that is to count at two stages; only where the agreement has another one."""
    name = "two stages for one rule"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        stages = re.findall(r"\bstage (\w+)[ \t]+(?:best|sum|sequence|first)\b", code)
        for match in re.finditer(r"^[ \t]+stage[ \t]+(\w+)(?=[ \t]*$)", code, re.MULTILINE):
            others = [stage for stage in stages if stage != match[1]]
            if match[1] in stages and others:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.end(1), match.end(1), f" and {others[0]}", here))
        return found

    return Kind(name, slips)


def _total_of_a_sale() -> Kind:
    """A sale of which only the total is told, without the lines in their braces."""
    name = "total for the lines of a sale"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for match in re.finditer(rf"{_SALE}[ \t]+(\{{[^\n{{}}]*\}})(?=[ \t]*$)", code, re.MULTILINE):
            currency = re.search(r"\b[A-Z]{3}(?= +\d)", match[1])
            if currency is not None:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), f"{currency[0]} 12_000", here))
        return found

    return Kind(name, slips)


def _money_ordered() -> Kind:
    """A line of an order that says for how much is bought, not how many."""
    name = "amount for the quantity of an order line"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        currencies = re.findall(r"\bcurrency[ \t]+([A-Z]{3})", code)
        pattern = rf'{_ORDERED}(\d[\d_]*) [a-z]\w*(?= of "[^"\n]*"(?:[ \t]*$|[ \t]+\}}| at |  \d))'
        for match in re.finditer(pattern, code, re.MULTILINE):
            # the block of a bundle has such lines too
            head = code[: match.start()].rpartition("{")[0].rpartition("\n")[2]
            if currencies and re.match(r"[ \t]*(?:order|sale|return|example)\b", head):
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.start(), match.end(), f"{currencies[0]} {match[1]}", here))
        return found

    return Kind(name, slips)


def _each_and_together() -> Kind:
    """Accounts that count each by itself and all together."""
    name = "each and together"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(
            r"^[ \t]*accounts\b[^\n{}]*, (each|together)(?=[ \t]*$)", bare_code_of(text), re.MULTILINE
        ):
            other = "together" if match[1] == "each" else "each"
            here = frozenset([line_of(text, match.start(1))])
            found.append(Slip(name, match.end(1), match.end(1), f" and {other}", here))
        return found

    return Kind(name, slips)


UNSEEN: tuple[Kind, ...] = (
    # what a draft or a negotiation leaves behind
    line_put_in(
        "stamp of a draft above the accounts",
        r"^([ \t]+)accounts\b(?=[^\n]*$)",
        "DRAFT 3 - subject to approval",
    ),
    first_line_of_a_rule(
        "question to a colleague in a rule",
        "?? Anna, is this still what we agreed in March",
        "price|discount|charge|rebate",
    ),
    swap("old rate behind the new one", rf"^([ \t]+rate[ \t]+\d[\d.]*%){ENDS}", r"\1, formerly 2%"),
    swap("chain of discounts for a rate", rf"^([ \t]+rate[ \t]+\d[\d.]*%){ENDS}", r"\1 + 2%"),
    swap("sheet of a workbook behind a file", r'( from "[^"\n]*\.csv")(?=[^\n]*\{)', r'\1 sheet "Data"', quoted=True),
    # as it is said in a contract, or shown by a word processor
    swap("half as one sign", r"(?<![\d_.])(\d+)\.5%", r"\1½%"),
    swap(
        "so many free for a reward in a row",
        r"(?<=[ \t])(from|above)([ \t]+\d[\d_.]* )([a-z]\w*)([ \t]+)(?:\d[\d.]*%|[A-Z]{3} +\d[\d_.]*(?: per [a-z]+)?)"
        r"(?=[ \t]*(?:\}|$|from\b|above\b))",
        r"\1\2\3\g<4>1 \3 free",
    ),
    swap("next for the bound of a row", ROW, r"next\2\3\4"),
    swap(
        "to date for a window",
        r"^([ \t]*measure [^\n]*)\bper (year|quarter|month)\b(?=[ \t]*$)",
        r"\1\2 to date",
    ),
    swap("less returns behind a value", r"^([ \t]*measure [^\n]*?\b(?:net|gross|list) value)\b", r"\1 less returns"),
    swap(
        "in arrears behind a cadence", r"\b(settle[ \t]+(?:monthly|quarterly|half-yearly|yearly))\b", r"\1 in arrears"
    ),
    swap(
        "value of a line behind an order line",
        rf'({_ORDERED}\d[\d_]* [a-z]\w* of "[^"\n]*" at ([A-Z]{{3}}) +\d[\d_.]*)(?=[ \t]*(?:$|\}}))',
        r"\1 = \2 1_250",
        quoted=True,
    ),
    swap(
        "formula for what is expected",
        rf"^([ \t]*expect (?:rebate|discount|charge) \w+[ \t]+)({AMOUNT})(?=[ \t]*$)",
        r"\g<1>3% of \2",
    ),
    # what is twice, of another type, or not there
    _mode_left_open(),
    _two_stages(),
    _each_and_together(),
    _on_nothing(),
    _money_ordered(),
    _total_of_a_sale(),
    _described(),
)
