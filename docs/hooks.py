"""What the pages take from the sources when the site is built: pieces of the grammar.

A page says `<!-- grammar: tiers, tier_row -->` where it wants those rules of the grammar, as they are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GRAMMAR = ROOT / "grammar" / "rebates.lark"
BUILDER = re.compile(r" +-> \w+")
WANTED = re.compile(r"<!-- grammar: ([a-z_, ]+) -->")


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


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by MkDocs for each page."""
    return with_grammar(markdown)
