"""Twenty kinds of mistake by someone who had not seen the recovery: the eighteenth set, which later changes of it have seen; paper and spreadsheets, doubled and missing parts.

Seven are mistakes of meaning or of what belongs together: a second rate, a second currency, pieces where money is
bounded, a rule where a measure is meant, a percent for a sum, an agreement for nobody, two cadences of one settlement.
"""

from __future__ import annotations

import datetime as dt
import re

from benchmarks.recovery.kind import AMOUNT, ENDS, Kind, Slip, agreement_of, bare_code_of, is_whole, line_of, swap


def _new_rate_below() -> Kind:
    """The rate that was negotiated anew, written below the old one; either of the two may be named."""
    name = "new rate below the old one"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(rf"^([ \t]+rate[ \t]+)(\d+)((?:\.\d+)?%){ENDS}", bare_code_of(text), re.MULTILINE):
            end = text.find("\n", match.end())
            here = line_of(text, match.start(1))
            line = f"\n{match[1]}{int(match[2]) + 1}{match[3]}"
            found.append(Slip(name, end, end, line, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _second_currency() -> Kind:
    """The line of the currency, left over from the agreement that was copied; either of the two may be named."""
    name = "currency of another agreement in a second line"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(r"^([ \t]+currency[ \t]+)([A-Z]{3})(?=[ \t]*$)", bare_code_of(text), re.MULTILINE):
            end = text.find("\n", match.end())
            here = line_of(text, match.start())
            line = f"\n{match[1]}{'EUR' if match[2] == 'USD' else 'USD'}"
            found.append(Slip(name, end, end, line, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _signature() -> Kind:
    """The line for a signature, at the end of an agreement as on paper."""
    name = "signature at the end of an agreement"

    def slips(text: str) -> list[Slip]:
        found = []
        code = bare_code_of(text)
        for match in re.finditer(r"^agreement [^\n]*\{[ \t]*\n(?:[ \t][^\n]*\n|\n)*(?=\}[ \t]*$)", code, re.MULTILINE):
            at = match.end()
            line = "  Signed: ____________ (Head of Sales)\n"
            found.append(Slip(name, at, at, line, frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def _for_nobody() -> Kind:
    """An agreement that does not say for whom it holds; its head is to be named."""
    name = "line of the accounts forgotten"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head in re.finditer(r"^agreement \w+[^\n]*\{[ \t]*$", code, re.MULTILINE):
            end = code.find("\nagreement ", head.end())
            rule = code[head.end() : end if end >= 0 else len(code)]
            line = re.search(rf"^  accounts[ \t][^\n{{}}]*{ENDS}[ \t]*\n", rule, re.MULTILINE)
            if line is not None:
                first, last = head.end() + line.start(), head.end() + line.end()
                here = frozenset([line_of(text, head.start())])
                found.append(Slip(name, head.start(), last, text[head.start() : first], here))
        return found

    return Kind(name, slips)


def _cells_summed() -> Kind:
    """A measure that sums the cells of a spreadsheet."""
    name = "sum of cells for a measure"

    def slips(text: str) -> list[Slip]:
        found = []
        pattern = rf"^[ \t]*measure \w+[ \t]*=[ \t]*(\S[^\n]*?){ENDS}"
        for match in re.finditer(pattern, bare_code_of(text), re.MULTILINE):
            if is_whole(match[1]):
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), "SUM(C2:C13)", here))
        return found

    return Kind(name, slips)


def _annex() -> Kind:
    """A rate that is to be found on another sheet."""
    name = "annex for a rate"

    def slips(text: str) -> list[Slip]:
        found = []
        pattern = rf"^[ \t]+rate[ \t]+(\S[^\n]*?){ENDS}"
        for match in re.finditer(pattern, bare_code_of(text), re.MULTILINE):
            if is_whole(match[1]):
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), "see annex 2", here))
        return found

    return Kind(name, slips)


def _calendar_week() -> Kind:
    """A delivery that is dated by its calendar week."""
    name = "calendar week for the day of an order or a sale"

    def slips(text: str) -> list[Slip]:
        found = []
        day = r"\b(?:order|sale)\b[^\n{}]*? on (\d{4})-(\d\d)-(\d\d)(?=[^\n{}]*\{)"
        for match in re.finditer(day, bare_code_of(text)):
            year, week, _ = dt.date(int(match[1]), int(match[2]), int(match[3])).isocalendar()
            here = frozenset([line_of(text, match.start(1))])
            found.append(Slip(name, match.start(1), match.end(3), f"CW{week:02}/{year}", here))
        return found

    return Kind(name, slips)


def _set_in_quotes() -> Kind:
    """A set of items that is named in quotes, as a family is."""
    name = "set of items in quotes"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        sets = set(re.findall(r"^[ \t]*items[ \t]+(\w+)[ \t]+where\b", code, re.MULTILINE))
        for match in re.finditer(r"(?<!quantity )(?<!value )\bin ([a-z]\w*)\b", code):
            if match[1] in sets:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), f'"{match[1]}"', here))
        return found

    return Kind(name, slips)


def _rule_for_a_measure() -> Kind:
    """A base that names another rule as if it were a measure, without its kind."""
    name = "name of another rule, without its kind, as a base"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        measures = set(re.findall(r"\b(?:measure|items|fact|table|class|fund)[ \t]+(\w+)", code))
        for match in re.finditer(rf"^[ \t]+base[ \t]+([a-z]\w*){ENDS}", code, re.MULTILINE):
            around = agreement_of(code, match.start())
            heads = re.findall(r"^[ \t]+(?:rebate|discount|charge) (\w+)[^\n]*\{", around, re.MULTILINE)
            before = re.findall(r"^[ \t]+(?:rebate|discount|charge) (\w+)[^\n]*\{", code[: match.start()], re.MULTILINE)
            others = [rule for rule in heads if rule not in measures and rule not in before[-1:]]
            if others and match[1] in measures:
                here = frozenset([line_of(text, match.start(1))])
                found.append(Slip(name, match.start(1), match.end(1), others[0], here))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # what is as on paper, or in a spreadsheet
    _signature(),
    _annex(),
    _cells_summed(),
    _calendar_week(),
    swap(
        "currency behind the name of a measure",
        r"^([ \t]*measure )(\w+)(?=[ \t]*=[ \t]*(?:net|gross|list) value\b)",
        r"\1\2 (EUR)",
    ),
    swap("length behind a type", r"\b((?:attribute \w+\.\w+|fact \w+)[ \t]+text)\b", r"\1(30)"),
    swap("minus sign before a rate", r"^([ \t]+rate[ \t]+)(?=\d[\d.]*%)", r"\1-"),
    # what is said in a place where it has none
    swap(
        "for whom, between a title and its brace",
        r'^([ \t]+(?:rebate|discount|charge|price) \w+[ \t]+"[^"\n]*")(?=[ \t]*\{)',
        r"\1 for all dealers",
        quoted=True,
    ),
    swap(
        "number of an order, as a sale has one",
        r"(?:^|(?<=\{))([ \t]*order )(?=(?:for \"[^\"\n]*\" )?on \d)",
        r'\g<1>"4711" ',
        quoted=True,
    ),
    swap(
        "cases times bottles in an order line",
        r'(?:(?<=\{ )|(?<=  ))(\d[\d_]*)(?= [a-z]\w* of "[^"\n]*"(?:[ \t]*$|[ \t]+\}| at |  \d))',
        r"\1 x 6",
        quoted=True,
    ),
    swap(
        "discount behind the price of an order line",
        rf'( of "[^"\n]*" at {AMOUNT})(?=[ \t]*(?:$|\}}))',
        r"\1 less 5%",
        quoted=True,
    ),
    swap("two lines expected at once", r"\b(expect line )(1)(?= )", r"\1\2 and 2"),
    _set_in_quotes(),
    # what is of another type, twice, or not there
    swap(
        "two cadences of a settlement",
        r"\b(settle[ \t]+)(monthly|quarterly|half-yearly|yearly)\b",
        lambda m: f"{m[1]}{m[2]} and {'yearly' if m[2] != 'yearly' else 'monthly'}",
    ),
    swap("pieces for the bound of a cap", r"\b(cap[ \t]+)[A-Z]{3} +(\d[\d_]*)(?:\.\d+)?(?=[ \t]|$)", r"\1\2 piece"),
    swap(
        "percent for a sum that is given",
        rf"^([ \t]+given[ \t]+(?!rebate|charge|discount|price|fact)[a-z]\w*(?: [a-z0-9 ]+)?[ \t]+){AMOUNT}(?=[ \t]*$)",
        r"\g<1>12%",
    ),
    _rule_for_a_measure(),
    _new_rate_below(),
    _second_currency(),
    _for_nobody(),
)
