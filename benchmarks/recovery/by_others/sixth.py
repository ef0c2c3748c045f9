"""Twenty kinds of mistake by someone who had not seen the recovery: the sixth set, which later changes of it have seen."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import DATE, THRESHOLD, Kind, Slip, bare_code_of, code_of, line_of, swap

_KIND = "rebate|discount|charge|price"
_MODE = r"retroactive|incremental|interpolated|lump sum(?: every tier)?"


def _title_expected() -> Kind:
    """A rule that is called by its title where its name belongs."""
    name = "title for the name of a rule that is expected"

    def slips(text: str) -> list[Slip]:
        code, found = code_of(text), list[Slip]()
        titles = {
            match[1]: match[2]
            for match in re.finditer(rf'^[ \t]*(?:{_KIND}) (\w+)[ \t]+("[^"\n]+")', code, re.MULTILINE)
        }
        for match in re.finditer(rf"\bexpect (?:{_KIND}) (\w+)", bare_code_of(text)):
            if match[1] in titles:
                here = frozenset([line_of(text, match.start())])
                found.append(Slip(name, match.start(1), match.end(1), titles[match[1]], here))
        return found

    return Kind(name, slips)


def _brace_of_a_line() -> Kind:
    """A block on one line that is not closed; the line or the one below, which is no part of it, may be named."""
    name = "closing brace of a line forgotten"

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(r"\{[^{}\n]*[^{}\s]([ \t]*\})[ \t]*\n(?=[ \t]+[a-z])", bare_code_of(text)):
            here = line_of(text, match.start())
            found.append(Slip(name, match.start(1), match.end(1), "", frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


KINDS: tuple[Kind, ...] = (
    # words
    swap("by for as before a form of payment", r", as (?=credit note\b|payment\b)", ", by "),
    swap("by for on behind the mode of tiers", rf"\btiers([ \t]+)({_MODE}) on\b", r"tiers\1\2 by"),
    swap("over for the bound of a row", rf"(?<=[ \t])(?:from|above)(?=[ \t]+{THRESHOLD}[ \t])", "over"),
    swap("each behind the price of an order line", r"( at [A-Z]{3} +\d[\d_.]*)(?=[ \t]*(?:\}|$))", r"\1 each"),
    swap(
        "a for per",
        r"\b([A-Z]{3} +\d[\d_.]*) per (?=([a-z]))",
        lambda m: f"{m[1]} {'an' if m[2] in 'aeio' else 'a'} ",
    ),
    swap("calendar before a period", r"\bper (year|quarter|month)\b", r"per calendar \1"),
    # what is forgotten
    swap("on forgotten before a day", rf"[ \t]+on[ \t]+(?={DATE})", " "),
    swap("and forgotten between conditions", r"\band (?=\w+\.|\w+ [<>]|not |in |quantity |\(|fact )", ""),
    swap("kind of a rule forgotten", rf'^([ \t]+)(?:{_KIND}) (?=\w+[ \t]+"[^"\n]*"[ \t]+\{{)', r"\1"),
    swap("currency of what is given forgotten", r"\b(given[ \t]+(?!table\b)[a-z][\w ]* )[A-Z]{3} +(?=\d)", r"\1"),
    swap("year of the last day forgotten", r"\b((\d{4})-\d\d-\d\d to )\2-(?=\d\d-\d\d)", r"\1"),
    _brace_of_a_line(),
    # order
    swap(
        "form of payment before how often",
        r"\bsettle([ \t]+)([a-z-]+), (as (?:credit note|payment))(?=[ \t]*(?:,|\}|$))",
        r"settle\1\3, \2",
    ),
    # signs, keys, names
    _title_expected(),
    swap("comma between scopes", r"\bper account per\b", "per account, per"),
    swap("dollar key for the percent key", r"(?<=\d)%", "$"),
    swap("round bracket closes a brace", r"(\{[^{}\n]*)\}", r"\1)", quoted=True),
    swap("minus before what is expected", r"^([ \t]*expect\b[^\n{}]*[a-z0-9] +)(?=[A-Z]{3} +\d)", r"\1-"),
    swap("noun behind each", r", each\b", ", each account"),
    swap("customer for account in an attribute", r"^((?![ \t]*attribute\b)[^\n]*?\b)account\.(?=\w)", r"\1customer."),
)
