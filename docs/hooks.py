"""What the pages take from the sources when the site is built.

- `<!-- grammar: tiers, tier_row -->`: those rules of the grammar, as they are
- `<!-- rule: retailer lunch -->`: that rule of the rule file in `rules/retailer`, as it stands there; likewise
  `example`, with its title. A clause by its id: `<!-- rule: contracts/C24 volume -->`
- `<!-- commands -->`, `<!-- python -->`, `<!-- keywords -->`, `<!-- codes -->`, `<!-- clauses -->`,
  `<!-- settings -->`, `<!-- service-codes -->`: what `made.py` makes of the sources
- the page of the calculation: the examples that `calculation_page.py` finds for its rules
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GRAMMAR = ROOT / "grammar" / "rebates.lark"
BUILDER = re.compile(r" +-> \w+")
WANTED = re.compile(r"<!-- grammar: ([a-z_, ]+) -->")
RULE = re.compile(r"<!-- rule: (\w+(?:/\w+)?) ([^>]+?) -->")
MARK = re.compile(r"<!-- (commands|python|keywords|codes|clauses|settings|service-codes) -->")


def productions() -> dict[str, str]:
    """The rules of the grammar by name, as written."""
    found: dict[str, str] = {}
    name = ""
    for line in GRAMMAR.read_text("utf-8").splitlines():
        start = re.match(r"[?!]*([a-z_]+)(?:\{[^}]*\})?:", line)
        if start:
            name = start[1]
            found[name] = line
        elif name and line.startswith(" "):
            found[name] += f"\n{line}"
        else:
            name = ""
    return found


def with_grammar(text: str) -> str:
    """The page with the rules it asks for. Raises KeyError for a rule that the grammar does not have."""
    known = productions()

    def shown(wanted: re.Match[str]) -> str:
        rules = "\n".join(known[name.strip()] for name in wanted[1].split(","))
        return f"```text\n{BUILDER.sub('', rules)}\n```"

    return WANTED.sub(shown, text)


def with_rules(text: str) -> str:
    """The page with the pieces of rule files that it asks for. Raises KeyError for a piece that is not there."""
    return RULE.sub(lambda wanted: f"```rebates\n{piece(wanted[1], wanted[2])}\n```", text)


def piece(place: str, what: str) -> str:
    """A member of an agreement, by its name or its title, outdented. `place` is a folder of `rules/`, for a folder of many
    files with the beginning of a file's name.
    """
    folder, _, start = place.partition("/")
    (file,) = (ROOT / "rules" / folder).glob(f"{start}_*.rebates" if start else "*.rebates")
    lines = file.read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        if re.match(rf"  (?! )\w[\w ]*?\s+{re.escape(what)}(?=\s|$)", line) or re.match(
            rf'  example "{re.escape(what)}"', line
        ):
            end = at
            if line.endswith("{"):
                end = next(n for n in range(at, len(lines)) if lines[n] == "  }")
            return "\n".join(line.removeprefix("  ") for line in lines[at : end + 1])
    raise KeyError(f"rules/{place} has no `{what}`")


def with_made(text: str) -> str:
    """The page with what is made from the sources."""

    def shown(mark: re.Match[str]) -> str:
        from docs.made import MADE

        return MADE[mark[1]]()

    return MARK.sub(shown, text)


def with_examples(text: str, file: str) -> str:
    """The page of the calculation with the examples of its rules; every other page as it is."""
    if file != "calculation.md":
        return text
    from docs.calculation_page import with_worked

    return with_worked(text)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Called by MkDocs for each page."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return with_made(with_rules(with_grammar(with_examples(markdown, page.file.src_path))))
