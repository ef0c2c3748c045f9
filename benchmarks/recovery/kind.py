"""A kind of mistake: where it can be made in a text, what it makes of it, and which lines may then be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

AMOUNT = r"[A-Z]{3} +\d[\d_.]*"
DATE = r"\d{4}-\d\d-\d\d"
# a row of tiers: its bound's word, threshold, blanks and reward
THRESHOLD = r"(?:[A-Z]{3} +\d[\d_.]*|\d[\d_.]*%|\d[\d_.]* [a-z]\w*)"
_REWARD = r"\d[\d.]*%|[A-Z]{3} +\d[\d_.]*(?: per [a-z]+)?|nothing"
ROW = rf"\b(from|above)([ \t]+{THRESHOLD})([ \t]+)({_REWARD})(?=[ \t]*(?:\}}|$|from\b|above\b))"
# a line that the next one goes on with
_GOES_ON = r"[^\n]*\n[ \t]+(?:[-+*/,)]|(?:and|or|where|over|per|otherwise|rounded|before|within|as|of|plus)\b)"
# the end of a line that the next one does not go on with
ENDS = (
    r"(?=[ \t]*$)(?![ \t]*\n[ \t]+(?:[-+*/,)]"
    r"|(?:and|or|otherwise|over|per|before|within|as|of|plus|where|rounded|when|last|after)\b))"
)


@dataclass(frozen=True, slots=True)
class Slip:
    """One change of a text; a finding counts as right on any of `lines` (of the changed text, counted from 1)."""

    kind: str
    start: int
    end: int
    replacement: str
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Kind:
    """Every place of a text where a mistake can be made."""

    name: str
    slips: Callable[[str], Sequence[Slip]]


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def code_of(text: str) -> str:
    """The text with its comments blanked, so that nothing is broken inside one."""
    quoted_or_comment = re.compile(r'"[^"\n]*"|#[^\n]*')
    return quoted_or_comment.sub(lambda m: m[0] if m[0][0] == '"' else " " * len(m[0]), text)


def bare_code_of(text: str) -> str:
    """The text with comments and quoted texts blanked."""
    return re.sub(r'"[^"\n]*"', lambda m: '"' + "\x01" * (len(m[0]) - 2) + '"', code_of(text))


def is_whole(line: str) -> bool:
    """Whether every bracket of a line is closed in it."""
    return line.count("(") == line.count(")") and not re.search(r"[{}]", line)


def letter_lost(name: str) -> str:
    """A name without its third letter."""
    return name[:2] + name[3:]


def turned(name: str) -> str:
    """The second and third letter of a name, turned round; where they are the same, one of them is lost."""
    return name[0] + name[2] + name[1] + name[3:] if name[1] != name[2] else name[0] + name[2:]


def closing(code: str, start: int) -> int:
    """Where the block is over that was opened before a place."""
    depth, at = 1, start
    while depth and at < len(code):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        at += 1
    return at


def rules_of(code: str, kinds: str) -> Iterator[tuple[re.Match[str], int]]:
    """The heads of rules of these kinds that have titles and stand in an agreement itself, each with where its block is over."""
    for head in re.finditer(rf'^[ \t]+({kinds}) (\w+)[ \t]+"[^"\n]*"[ \t]*\{{', code, re.MULTILINE):
        before = code[: head.start()]
        if before.count("{") - before.count("}") == 1:
            yield head, closing(code, head.end())


def agreement_of(code: str, at: int) -> str:
    """The agreement around a place, or what stands before the first."""
    start = max(code.rfind("\nagreement ", 0, at), 0)
    end = code.find("\nagreement ", at)
    return code[start : end if end >= 0 else len(code)]


def swap(name: str, pattern: str, replacement: str | Callable[[re.Match[str]], str], quoted: bool = False) -> Kind:
    """A mistake that a regular expression finds a place for; it is to be named on the line where the match begins."""

    def slips(text: str) -> list[Slip]:
        code = code_of(text) if quoted else bare_code_of(text)
        found = []
        for match in re.finditer(pattern, code, re.MULTILINE):
            new = replacement(match) if callable(replacement) else match.expand(replacement)
            if new != match[0] and "\x01" not in new:
                found.append(Slip(name, match.start(), match.end(), new, frozenset([line_of(text, match.start())])))
        return found

    return Kind(name, slips)


def raw(name: str, pattern: str, replacement: str) -> Kind:
    """A mistake whose place may be a comment."""

    def slips(text: str) -> list[Slip]:
        return [
            Slip(name, match.start(), match.end(), match.expand(replacement), frozenset([line_of(text, match.start())]))
            for match in re.finditer(pattern, text, re.MULTILINE)
        ]

    return Kind(name, slips)


def keyword_slip(name: str, change: Callable[[str], str]) -> Kind:
    """A keyword at the start of a line, misspelt: there it cannot be a name."""

    def slips(text: str) -> list[Slip]:
        found = []
        words = r"^(\s*)(stage|when|tiers|rate|priority|valid|currency|accounts|waterfall|guard|example|expect|discount|charge|measure|items|limit|cap)\b"
        for match in re.finditer(words, bare_code_of(text), re.MULTILINE):
            new = change(match[2])
            if new != match[2]:
                at = match.start(2)
                found.append(Slip(name, at, match.end(2), new, frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def block_slip(name: str, change: Callable[[str, int, int], tuple[int, int, str, tuple[int, ...]] | None]) -> Kind:
    """A mistake with the braces of a block of several lines; `change` gets where they stand.

    It gives the change, and the lines that may be named: the brace itself or the block that it belongs to.
    """

    def slips(text: str) -> list[Slip]:
        code, found, opened = bare_code_of(text), list[Slip](), list[int]()
        for at, sign in enumerate(code):
            if sign == "{":
                opened.append(at)
            elif sign == "}":
                start = opened.pop()
                if "\n" in code[start:at] and (made := change(text, start, at)) is not None:
                    first, last, new, lines = made
                    found.append(Slip(name, first, last, new, frozenset(lines)))
        return found

    return Kind(name, slips)


def misspelt_use(name: str, declared: str, used: str, change: Callable[[str], str]) -> Kind:
    """A name that a line of `declared` gives, written wrongly where `used` names it."""

    def slips(text: str) -> list[Slip]:
        code = bare_code_of(text)
        names = set(re.findall(declared, code, re.MULTILINE))
        found = []
        for match in re.finditer(used, code, re.MULTILINE):
            if match[2] in names and (new := change(match[2])) != match[2] and new not in names:
                here = frozenset([line_of(text, match.start(2))])
                found.append(Slip(name, match.start(2), match.end(2), new, here))
        return found

    return Kind(name, slips)


def pasted_twice(name: str, pattern: str) -> Kind:
    """A line that was pasted twice; either of the two may be named."""

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(pattern, code_of(text), re.MULTILINE):
            here = line_of(text, match.start())
            if match[0].count("(") != match[0].count(")") or re.match(_GOES_ON, text[match.end() :]):
                continue
            again = f"{match[0]}\n{match[0]}"
            found.append(Slip(name, match.start(), match.end(), again, frozenset([here, here + 1])))
        return found

    return Kind(name, slips)


def other_currency(name: str, pattern: str) -> Kind:
    """An amount in a currency that is not the agreement's."""

    def slips(text: str) -> list[Slip]:
        code = bare_code_of(text)
        if len(set(re.findall(r"\bcurrency[ \t]+([A-Z]{3})", code))) != 1:
            return []
        found = []
        for match in re.finditer(pattern, code, re.MULTILINE):
            other = "EUR" if match[2] == "USD" else "USD"
            found.append(Slip(name, match.start(2), match.end(2), other, frozenset([line_of(text, match.start(2))])))
        return found

    return Kind(name, slips)


def line_put_in(name: str, before: str, line: str) -> Kind:
    """A line that belongs elsewhere, put in where the first group of `before` begins, which is its indentation."""

    def slips(text: str) -> list[Slip]:
        found = []
        for match in re.finditer(before, bare_code_of(text), re.MULTILINE):
            at = match.start(1)
            found.append(Slip(name, at, at, f"{match[1]}{line}\n", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def first_line_of_a_rule(name: str, line: str, kinds: str) -> Kind:
    """A line that belongs elsewhere, put in as the first one of a rule of these kinds."""

    def slips(text: str) -> list[Slip]:
        found, code = list[Slip](), bare_code_of(text)
        for head, end in rules_of(code, kinds):
            first = re.match(r"[ \t]*\n([ \t]+)", code[head.end() : end])
            if first is not None:
                at = head.end() + first.start(1)
                found.append(Slip(name, at, at, f"{first[1]}{line}\n", frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def line_of_a_rule_forgotten(
    name: str, kinds: str, clause: Callable[[str, re.Match[str], str], re.Match[str] | None]
) -> Kind:
    """A rule without a line that it needs; its head is to be named. `clause` gets text, head and rule, and finds the line in the rule."""

    def slips(text: str) -> list[Slip]:
        code, found = bare_code_of(text), list[Slip]()
        for head, end in rules_of(code, kinds):
            if (line := clause(code, head, code[head.end() : end])) is not None:
                first, last = head.end() + line.start(), head.end() + line.end()
                here = frozenset([line_of(text, head.start())])
                found.append(Slip(name, head.start(), last, text[head.start() : first], here))
        return found

    return Kind(name, slips)
