"""The worked examples of the numbered rules: one source, beside each rule on the page of the calculation, and run by the tests.

They stand in `docs/worked/`, a file for each section of `docs/calculation.md`. Under a heading `## 22b A bound on the rate`
stand, for the rule 22b, what is worked by hand and the blocks that show it; a rule may have several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "worked"
PAGE = Path(__file__).parent / "calculation.md"

_HEADING = re.compile(r"^## (\d+[a-z]?) (.+)$", re.MULTILINE)
_RULE = re.compile(r" *(\d+[a-z]?)\. (.*)")
_NAMED = re.compile(r"\((\d+[a-z]?(?:(?:, | to | and |–)\d+[a-z]?)*)\)")


@dataclass(frozen=True, slots=True)
class Worked:
    """One example of a rule: its number, its title, its text in Markdown, and where it stands."""

    rule: str
    title: str
    text: str
    where: str


def worked() -> Iterator[Worked]:
    """Every example, in the order of the files."""
    for file in sorted(FOLDER.glob("*.md")):
        text = file.read_text("utf-8")
        found = list(_HEADING.finditer(text))
        for at, heading in enumerate(found):
            end = found[at + 1].start() if at + 1 < len(found) else len(text)
            line = text[: heading.start()].count("\n") + 1
            yield Worked(heading[1], heading[2], text[heading.end() : end].strip(), f"{file.stem}:{line}")


def numbers(page: str) -> list[str]:
    """The numbers of the rules of the page, sub-rules among them, as they stand."""
    return [found[1] for line in page.splitlines() if (found := _RULE.fullmatch(line))]


def with_worked(page: str) -> str:
    """The page with each rule under its own number, which can be linked to, and its examples folded beneath it."""
    examples: dict[str, list[Worked]] = {}
    for one in worked():
        examples.setdefault(one.rule, []).append(one)
    known = set(numbers(page))
    out: list[str] = []
    rule = ""

    def close() -> None:
        for one in examples.get(rule, ()):
            body = "\n".join(f"    {line}".rstrip() for line in one.text.split("\n"))
            out.extend(("", f'??? example "{one.title}"', "", body, ""))

    for line in page.splitlines():
        if found := _RULE.fullmatch(line):
            close()
            rule = found[1]
            out += ["", f'<span id="rule-{rule}"></span>**{rule}.** {_linked(found[2], known)}']
        elif rule and (line.startswith(("#", "|")) or (line and not line.startswith(" "))):
            close()
            rule = ""
            out += ["", line]
        elif rule:
            said = _linked(line.removeprefix("    "), known)
            listed = out[-1].startswith(("- ", "  "))
            apart = said.startswith("**") or said.startswith(("- ", "  ")) != listed
            out += ["", said] if apart else [said]
        else:
            out.append(line)
    close()
    return "\n".join(out) + "\n"


def _linked(text: str, known: set[str]) -> str:
    """The text with the numbers in brackets as links to their rules."""

    def link(named: re.Match[str]) -> str:
        number = named[0]
        return f"[{number}](#rule-{number})" if number in known else number

    return _NAMED.sub(lambda found: f"({re.sub(r'[0-9]+[a-z]?', link, found[1])})", text)
