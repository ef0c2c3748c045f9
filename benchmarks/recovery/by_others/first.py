"""Twenty kinds of mistake by someone who had not seen the recovery: the first set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import Kind, Slip, code_of, line_of, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_MONEY = r"\b([A-Z]{3}) +(\d[\d_]*)(?![\d_.])"
_THRESHOLD = r"[A-Z]{3} +\d[\d_.]*|\d[\d_.]*%|\d[\d_.]* (?!price|surcharge|give)[a-z]\w*|\d[\d_.]*"

_SINGULAR = {"accounts": "account", "items": "item", "tiers": "tier", "rates": "rate", "terms": "term"}
_TYPES = {"text": "string", "number": "decimal", "money": "amount", "percent": "percentage", "date": "datetime"}
_SIGNS = {">=": "≥", "<=": "≤", "-": "–", "*": "×"}


def _turned(name: str) -> str:
    """The second and third letter of a name, turned round."""
    return name[0] + name[2] + name[1] + name[3:]


def _fraction(match: re.Match[str]) -> str:
    whole, _, part = match[2].partition(".")
    return f"{match[1]}0.{whole:0>2}{part}"


def _copied_threshold() -> Kind:
    """A row that was copied from the one before, where only the reward was changed; either of the two may be named."""
    name = "threshold of the row before"
    row = rf"[ \t]+({_THRESHOLD})(?=[ \t])"
    rows = re.compile(rf"^[ \t]+(from|above){row}.*\n[ \t]+\1{row}", re.MULTILINE)

    def slips(text: str) -> list[Slip]:
        found, code, at = list[Slip](), code_of(text), 0
        while match := rows.search(code, at):
            here = line_of(text, match.start())
            if match[2] != match[3]:
                found.append(Slip(name, match.start(3), match.end(3), match[2], frozenset([here, here + 1])))
            at = code.index("\n", match.start())
        return found

    return Kind(name, slips)


def _joined_lines() -> Kind:
    """What two lines say in one sentence; an empty line is left where the second was."""
    name = "two lines in one, with and"
    given = r"given[ \t]+[^{}\n]*[^{}\s]"
    lines = re.compile(rf"^[ \t]+{given}([ \t]*\n[ \t]+(?={given}[ \t]*$)given[ \t]+(\S.*\S)[ \t]*)$", re.MULTILINE)

    def slips(text: str) -> list[Slip]:
        found, code, at = list[Slip](), code_of(text), 0
        while match := lines.search(code, at):
            here, end = line_of(text, match.start()), text.index("\n", match.end())
            found.append(Slip(name, match.start(1), end, f" and {match[2]}\n", frozenset([here, here + 1])))
            at = code.index("\n", match.start())
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # signs
    swap("guillemets", r'"([^"\n]+)"', "« \\1 »", quoted=True),
    swap("comma of a Chinese keyboard", r", ", "，"),
    swap("signs of a word processor", r"(?<= )(>=|<=|-|\*)(?= )", lambda m: _SIGNS[m[1]]),
    swap("comma and dash for the cents", _MONEY, r"\1 \2,-"),
    # dates and times
    swap("day first, with dashes", rf"\b(valid|from|to|on|by|starts|over)(\s+){_DATE}", r"\1\2\5-\4-\3"),
    swap("last day before the first", r"\b(valid|over)(\s+)(\S+) to (\d[\d-]+)", r"\1\2\4 to \3"),
    swap("per annum", r"\bper year\b", "per annum"),
    swap("working days", r"\b(\d+) days\b", r"\1 working days"),
    # words
    swap("y for and", r" and (?!subsidiaries)", " y "),
    swap(
        "keyword in the singular",
        rf"^([ \t]+)({'|'.join(_SINGULAR)})(?=[ \t]+[\w\"{{])",
        lambda m: m[1] + _SINGULAR[m[2]],
    ),
    swap(
        "type of another program",
        r"^([ \t]+(?:attribute|fact)[ \t]+\S+[ \t]+|[ \t]+[a-z_]+[ \t]{2,})(text|number|money|percent|date)(?=$|[ \t])",
        lambda m: m[1] + _TYPES[m[2]],
    ),
    swap("kind behind its name", r"\bexpect (rebate|discount|charge|price) (\w+)", r"expect \2 \1"),
    # names
    swap(
        "rule misspelt where it is expected",
        r"\b(expect (?:rebate|discount|charge|price) )(\w{4,})",
        lambda m: m[1] + _turned(m[2]),
    ),
    swap(
        "column misspelt",
        r"^([ \t]+(?:when|given|items|accounts|measure)\b.*\b(?:account|item|order|line)\.)([a-z]\w{3,})",
        lambda m: m[1] + _turned(m[2]),
    ),
    # numbers
    swap(
        "fraction for a percent",
        r"^([ \t]+(?:(?:from|above|expect)\b.*(?<![-+*])[ \t]|(?:rate|accrue)[ \t]+))(\d{1,2}(?:\.\d+)?)%",
        _fraction,
    ),
    swap("quantity for an amount", rf"(\bfrom|\babove|\bbelow|[<>]=?)(\s+){_MONEY}(?! per)", r"\1\2\4 piece"),
    _copied_threshold(),
    # what is forgotten, what is drawn together
    swap("how often forgotten", r"^([ \t]+settle\s+)(?:[a-z-]+|on \d[\d-]+), ", r"\1"),
    swap("title forgotten", r'^([ \t]*(?:agreement|example|amend)\b[^"\n]*) "[^"\n]*"(?= \{)', r"\1", quoted=True),
    _joined_lines(),
)
