"""Twenty kinds of mistake by someone who had not seen the recovery: the tenth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import (
    AMOUNT,
    ROW,
    Kind,
    Slip,
    bare_code_of,
    code_of,
    letter_lost,
    line_of,
    misspelt_use,
    swap,
)

_KIND = r"rebate|discount|charge|price|free goods"
_UNIT = "carton|acre|unit|seat|gal|kWh|TEU|container|share|kg"
_OTHER_TYPE = {"text": "number", "number": "text", "money": "number", "percent": "money", "date": "text"}
_CYRILLIC = {"a": "\u0430", "e": "\u0435", "c": "\u0441"}


def _end_turned(name: str) -> str:
    """The last two letters of a name, turned round."""
    return name[:-2] + name[-1] + name[-2]


def _foreign_letter(match: re.Match[str]) -> str:
    return match[1] + re.sub("[aec]", lambda letter: _CYRILLIC[letter[0]], match[2], count=1)


def _exponent(match: re.Match[str]) -> str:
    """Millions as a narrow cell of a spreadsheet shows them."""
    return f"{match[1][0]}.{match[1][1:]}E+0{len(match[1]) + 5}".replace(".E", "E")


def _text_by_size() -> Kind:
    """A text that is compared as if it were a number."""
    name = "text compared with a number"

    def slips(text: str) -> list[Slip]:
        code, found = code_of(text), list[Slip]()
        texts = set(re.findall(r"^[ \t]*attribute[ \t]+([\w.]+)[ \t]+text\b", code, re.MULTILINE))
        texts |= set(re.findall(r"^[ \t]*(fact \w+)[ \t]+text\b", code, re.MULTILINE))
        for match in re.finditer(r'\b(fact \w+|\w+\.\w+) (is (?:not )?"[^"\n]*")', code):
            if match[1] in texts:
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.start(2), match.end(2), ">= 1", here))
        return found

    return Kind(name, slips)


def _unit_of_a_count() -> Kind:
    """A measure that counts things is given with a unit."""
    name = "unit for a count that is given"

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        counts = set(re.findall(r"^[ \t]*measure (\w+)[ \t]*= number of\b", code, re.MULTILINE))
        for match in re.finditer(r"\bgiven[ \t]+(\w+)[ \t]+\d[\d_]*(?=[ \t]*$|  )", code, re.MULTILINE):
            if match[1] in counts:
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.end(), match.end(), " piece", here))
        return found

    return Kind(name, slips)


def _declared_again() -> Kind:
    """A declaration that was copied and given another type; either of the two may be named."""
    name = "declared again with another type"

    def slips(text: str) -> list[Slip]:
        found = []
        declared = r"^([ \t]*(?:fact \w+|attribute[ \t]+[\w.]+))[ \t]+(text|number|money|percent|date)\b([^\n]*)$"
        for match in re.finditer(declared, code_of(text), re.MULTILINE):
            here, counted = line_of(text, match.start()), match[3].split()
            word = f" {counted[0]}" if "fact" in match[1].split() and counted else ""
            again = f"\n{match[1]} {_OTHER_TYPE[match[2]]}{word}"
            found.append(Slip(name, match.end(), match.end(), again, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def _expectation_left_over() -> Kind:
    """A line of an example that was copied into a rule."""
    name = "expectation left over in a rule"

    def slips(text: str) -> list[Slip]:
        found = []
        last_clause = r"^([ \t]+)(?:settle(?! on \d)|rate|cap)\b[^\n{}]*\n(?=[ \t]*\}[ \t]*$)"
        for match in re.finditer(last_clause, bare_code_of(text), re.MULTILINE):
            at = match.end()
            found.append(Slip(name, at, at, f"{match[1]}expect pass\n", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # meaning
    swap(
        "unit misspelt behind quantity in",
        rf"^((?![ \t]*(?:fact|attribute)\b)[^\n]*?\bquantity in )({_UNIT})\b",
        lambda m: m[1] + _end_turned(m[2]),
    ),
    misspelt_use(
        "rule misspelt behind a line",
        rf"^[ \t]*(?:{_KIND}) (\w{{3,}})",
        r"(\bexpect line \d+ )(\w+)\b",
        letter_lost,
    ),
    _text_by_size(),
    _unit_of_a_count(),
    _declared_again(),
    swap("yes for a day that is given", r"\b(given[ \t]+(?:claimed|paid|fact \w+) )\d{4}-\d\d-\d\d", r"\1yes"),
    swap(
        "file with the path of a drive",
        r'^([ \t]*table \w+[ \t]+from[ \t]+")(?=\w)',
        r"\1C:\\Prices\\",
        quoted=True,
    ),
    # words
    swap("until for by", r"\bby (?=\d{4}-)", "until "),
    swap("settlement for settle", r"^([ \t]+)settle(?= on \d)", r"\1settlement"),
    swap("no for nothing", rf"\bexpect (line \d+ )?((?:(?:{_KIND}) )?\w+)[ \t]+nothing\b", r"expect \1no \2"),
    # what is forgotten, what is typed twice
    swap("word attribute forgotten", r"^([ \t]*)attribute[ \t]+(?=\w+\.\w)", r"\1"),
    swap(
        "unit forgotten behind per",
        rf"^([ \t]+(?:rate|from|above)\b[^\n{{}}]*{AMOUNT} per)[ \t]+[a-z]\w*(?=[ \t]*$)",
        r"\1",
    ),
    swap("reward twice in a row", ROW, lambda m: f"{m[0]} {m[4]}"),
    # order, place
    swap("amount before what is given", rf"\bgiven[ \t]+([a-z]\w*)[ \t]+({AMOUNT})", r"given \2 \1"),
    _expectation_left_over(),
    # signs, keys
    swap(
        "comma between order lines",
        rf'("[^"\n]+"(?: at {AMOUNT})?)[ \t]{{1,2}}(?=\d[\d_.]* [A-Za-z]\w* of ")',
        r"\1, ",
        quoted=True,
    ),
    swap("letter x for times", r"(?<=[\w)%]) \* (?=[\w(])", " x "),
    swap("number as a spreadsheet shows it", r"(?<![\d_])([1-9]\d?)_000_000\b(?!_)", _exponent),
    swap(
        "letter of another alphabet",
        r"^([ \t]*)(rate|base|cap|valid|expect|tiers|accounts|currency)\b",
        _foreign_letter,
    ),
    swap("value in quotes", rf"^([ \t]+(?:rate|cap|floor)[ \t]+)(\d[\d.]*%|{AMOUNT})(?=[ \t]*$)", r'\1"\2"'),
)
