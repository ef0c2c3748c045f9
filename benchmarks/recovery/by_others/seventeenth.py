"""Twenty-two kinds of mistake by someone who had not seen the recovery: the seventeenth set, which later changes of it have seen; what is copied, left over, contradictory or open.

Eleven are mistakes of meaning in a text that can be read, or of place: a rule, a bound or a moment that there is
not, a text that tiers go by, an amount times an amount, two settlements or two worths of one rule.
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
    closing,
    code_of,
    first_line_of_a_rule,
    line_of,
    rules_of,
    swap,
)

_GOES_ON = r"[ \t]*\n[ \t]+(?:[-+*/,)]|(?:and|or|otherwise|over|per|before|within|as|of|plus|where|rounded)\b)"

_NO_UNIT = (
    "account|claim|delivery|end|full|group|half|invoice|item|line|month|order|quarter|season|started|term|week|year"
)
_QUARTERS = {"03-31": "Q1", "06-30": "Q2", "09-30": "Q3", "12-31": "Q4"}


def _currency_of(code: str, at: int) -> str:
    """The currency of the agreement around a place, or none where it cannot be told."""
    found = re.findall(r"^  currency[ \t]+([A-Z]{3})\b", agreement_of(code, at), re.MULTILINE)
    return found[0] if len(found) == 1 else ""


def _comment_wrapped() -> Kind:
    """A long comment that a mail program broke into two lines; the second one has no sign of a comment."""
    name = "comment wrapped into a second line"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(r'"[^"\n]*"|#[ \t]*([^\n]+)', text):
            words = match[1]
            if words is None or re.search(r'["{}#]', words):
                continue
            blanks = [blank.start() for blank in re.finditer(r" (?=[a-z]+ [a-z]+ [a-z])", words)]
            later = [blank for blank in blanks if blank > len(words) // 2]
            in_statement = re.match(_GOES_ON, text[match.end() :]) is not None
            if later and not in_statement and words[later[0] :].count("(") == words[later[0] :].count(")"):
                at = match.start(1) + later[0]
                line = text[text.rfind("\n", 0, at) + 1 : at]
                indent = line[: len(line) - len(line.lstrip())]
                found.append(Slip(name, at, at + 1, f"\n{indent}", frozenset([line_of(text, at) + 1])))
        return found

    return Kind(name, slips)


def _et_cetera() -> Kind:
    """A list of values that goes on somehow, as one writes it in a mail."""
    name = "et cetera at the end of a list of values"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(r'\bin[ \t]+\([^()]*["\w](\))', bare_code_of(text)):
            at = match.start(1)
            found.append(Slip(name, at, at, ", etc.", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _settled_otherwise_before() -> Kind:
    """The settlement of the agreement before, left above the new one; either of the two may be named."""
    name = "old settlement left above the new one"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head, end in rules_of(code, "rebate|charge"):
            pattern = rf"^([ \t]+settle[ \t]+)(\w[\w-]*)[^\n{{}}]*$(?!{_GOES_ON})"
            settled = re.search(pattern, code[head.end() : end], re.MULTILINE)
            if settled is not None:
                at = head.end() + settled.start()
                here = line_of(text, at)
                old = "monthly" if settled[2] != "monthly" else "yearly"
                line = f"{settled[1]}{old}, as payment\n"
                found.append(Slip(name, at, at, line, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _amount_beside_rate() -> Kind:
    """A rule that is worth a rate and, in the next line, a sum as well; either of the two may be named."""
    name = "sum beside the rate of a rule"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head, end in rules_of(code, "rebate|discount|charge"):
            rule, currency = code[head.end() : end], _currency_of(code, head.start())
            rate = re.search(rf"^([ \t]+)rate([ \t]+)[^\n{{}}]*$(?!{_GOES_ON})\n", rule, re.MULTILINE)
            if rate is not None and currency and rate[0].count("(") == rate[0].count(")"):
                at = head.end() + rate.end()
                here = line_of(text, at)
                line = f"{rate[1]}amount{rate[2]}{currency} 500\n"
                found.append(Slip(name, at, at, line, frozenset([here - 1, here])))
        return found

    return Kind(name, slips)


def _tiers_on_a_text() -> Kind:
    """Tiers that go by the kind of an account, the outcome of an audit or the like: a text, and no number."""
    name = "tiers on a text"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        tiers = r"^[ \t]+tiers[ \t]+[a-z ]+? on ([a-z]\w*)(?=[ \t]*\{)"
        for match in re.finditer(tiers, code, re.MULTILINE):
            around = agreement_of(code, match.start())
            texts = re.findall(r"^[ \t]*attribute[ \t]+(\w+\.\w+)[ \t]+text\b", around, re.MULTILINE)
            texts += re.findall(r"^[ \t]*(fact \w+)[ \t]+text\b", around, re.MULTILINE)
            if texts:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), texts[0], here))
        return found

    return Kind(name, slips)


def _value_times_an_amount() -> Kind:
    """A base that is a value and is multiplied by an amount, as one does it with a number of pieces."""
    name = "value times an amount as a base"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for match in re.finditer(rf"^[ \t]+base[ \t]+([a-z]\w*)(?=[ \t]*$)(?!{_GOES_ON})", code, re.MULTILINE):
            value = rf"^[ \t]*measure {match[1]}[ \t]*=[ \t]*(?:net|gross|list) value\b[^-+*/\n]*$(?!{_GOES_ON})"
            around, currency = agreement_of(code, match.start()), _currency_of(code, match.start())
            if currency and re.search(value, around, re.MULTILINE):
                here = frozenset([line_of(text, match.end(1))])
                found.append(Slip(name, match.end(1), match.end(1), f" * {currency} 0.50", here))
        return found

    return Kind(name, slips)


def _tolerated() -> Kind:
    """What is expected, give or take a cent."""
    name = "tolerance behind what is expected"

    def slips(text: str) -> list[Slip]:
        code, found = code_of(text), list[Slip]()
        for match in re.finditer(r"^[ \t]+expect [^\n]*\b([A-Z]{3}) +\d[\d_.]*(?=[ \t]*$)", code, re.MULTILINE):
            here = frozenset([line_of(text, match.start(1))])
            found.append(Slip(name, match.end(), match.end(), f" +/- {match[1]} 0.01", here))
        return found

    return Kind(name, slips)


def _open_condition() -> Kind:
    """A comparison whose amount was to be filled in later."""
    name = "bound left open in a condition"

    def slips(text: str) -> list[Slip]:
        found = []
        condition = (
            rf"^[ \t]+when[ \t]+[^\n{{}}]*(?:>=|<=|<|>)([ \t]+(?:{AMOUNT}|\d[\d_.]*(?:%| [a-z]\w*)?))"
            rf"(?=[ \t]*$)(?!{_GOES_ON})"
        )
        for match in re.finditer(condition, bare_code_of(text), re.MULTILINE):
            here = frozenset([line_of(text, match.start(1))])
            found.append(Slip(name, match.start(1), match.end(1), "", here))
        return found

    return Kind(name, slips)


def _example_numbered() -> Kind:
    """Examples that are counted, as a contract's annex counts them."""
    name = "number of an example before its title"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for number, match in enumerate(re.finditer(r'^[ \t]*example[ \t]+(?=")', code, re.MULTILINE), 1):
            at = match.end()
            found.append(Slip(name, at, at, f"{number} ", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _rule_for_a_measure() -> Kind:
    """Tiers that go by the rule that they are of: its name, and no measure's; the measure is used elsewhere too."""
    name = "name of its own rule for the measure of tiers"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head, end in rules_of(code, "rebate|discount|charge"):
            rule = head[2]
            tiers = re.search(
                r"^[ \t]+tiers[ \t]+[a-z ]+? on ([a-z]\w*)(?=[ \t]*\{)", code[head.end() : end], re.MULTILINE
            )
            if tiers is None or rule == tiers[1] or re.search(rf"\b(?:measure|fact|items|class) {rule}\b", code):
                continue
            start, last = head.end() + tiers.start(1), head.end() + tiers.end(1)
            around = agreement_of(code[:start] + " " * (last - start) + code[last:], start)
            uses = rf"^(?![ \t]*(?:measure {tiers[1]}\b|given\b|expect\b))[^\n]*\b{tiers[1]}\b"
            if re.search(rf"^[ \t]*measure {tiers[1]}\b", code, re.MULTILINE) and re.search(uses, around, re.MULTILINE):
                found.append(Slip(name, start, last, rule, frozenset([line_of(text, start)])))
        return found

    return Kind(name, slips)


def _no_validity() -> Kind:
    """An agreement that does not say when it holds, and in which nothing else goes by its term; its head is to be named."""
    name = "validity of an agreement forgotten"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head in re.finditer(r'^agreement \w+[ \t]+"[^"\n]*"[ \t]*\{', code, re.MULTILINE):
            block = code[head.end() : closing(code, head.end())]
            valid = re.findall(r"^  valid[ \t]", block, re.MULTILINE)
            line = re.search(r"^  valid[ \t]+[\d-]+ to [\d-]+[ \t]*\n", block, re.MULTILINE)
            by_its_term = re.search(
                r"\b(?:term (?:start|end)|per term|settle[ \t]+once|agreement (?:month|year))\b|^  amend\b",
                block,
                re.MULTILINE,
            )
            if line is None or len(valid) != 1 or by_its_term is not None:
                continue
            first, last = head.end() + line.start(), head.end() + line.end()
            here = frozenset([line_of(text, head.start())])
            found.append(Slip(name, head.start(), last, text[head.start() : first], here))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # what is copied from a chat, a web page, a mail, a delivery note
    swap("reward in bold, as a chat marks it", ROW, lambda m: f"{m[1]}{m[2]}{m[3]}**{m[4]}**"),
    swap("blank of a web page in an amount", r"\b([A-Z]{3}) +(?=\d)", r"\1&nbsp;"),
    _comment_wrapped(),
    swap(
        "description behind the number of an item",
        r'(\b\d[\d_]* [a-z]\w* of "[^"\n]+")(?=[ \t]*(?:\}|$)|  \d| (?:at|with) )',
        r"\1 standard quality",
        quoted=True,
    ),
    # the words of contracts and of the filters of a spreadsheet
    swap("unless for when", r"^([ \t]+)when(?=[ \t]+\S)", r"\1unless"),
    swap("contains for is", r'(?<=[\w.] )is(?= ")', "contains"),
    _et_cetera(),
    swap(
        "sold behind the unit of an amount",
        rf"({AMOUNT} per (?!(?:{_NO_UNIT})\b)[a-z]\w*)(?=[ \t]*(?:$|\}}|from\b|above\b))",
        r"\1 sold",
    ),
    _tolerated(),
    swap(
        "quarter for the day of a settlement",
        r"^([ \t]+settle on )(\d{4})-(03-31|06-30|09-30|12-31)(?=[ \t]*$)",
        lambda m: f"{m[1]}{_QUARTERS[m[3]]} {m[2]}",
    ),
    swap(
        "two currencies of an agreement",
        r"^(  currency[ \t]+)([A-Z]{3})\b",
        lambda m: f"{m[1]}{m[2]} or {'EUR' if m[2] == 'USD' else 'USD'}",
    ),
    # what there is not
    swap(
        "moment that there is not",
        r"\b(within \d+ (?:days|months) of )(?:[a-z]+ (?:start|end|date))\b",
        r"\1goods receipt",
    ),
    swap(
        "unlimited for the bound of a cap",
        rf"^([ \t]+cap[ \t]+)(?:{AMOUNT}|\d[\d.]*%)(?= per|[ \t]*$)",
        r"\1unlimited",
    ),
    first_line_of_a_rule("rule of last year that is replaced", "in lieu of rebate loyalty_2025", "rebate"),
    _open_condition(),
    # what is of another type, and what contradicts itself
    _tiers_on_a_text(),
    _value_times_an_amount(),
    _settled_otherwise_before(),
    _amount_beside_rate(),
    # written after these, by another one, for a kind that is a warning and no error
    _example_numbered(),
    _rule_for_a_measure(),
    _no_validity(),
)
