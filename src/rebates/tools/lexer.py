"""Rule text in colours for everything that uses Pygments: these docs, Sphinx, notebooks, terminals."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text

from rebates.syntax.keywords import CURRENCIES, KEYWORDS, PHRASES


def _any_of(words: list[str]) -> str:
    blanks = r"\s+"
    found = "|".join(word.replace(" ", blanks) for word in sorted(words, key=len, reverse=True))
    return rf"\b(?:{found})\b"


class RebatesLexer(RegexLexer):
    """Registered as `rebates`; `rebates-wrong` is the same for samples that show a mistake."""

    name = "rebates"
    aliases: ClassVar[list[str]] = ["rebates", "rebates-wrong"]
    filenames: ClassVar[list[str]] = ["*.rebates"]
    tokens: ClassVar[dict[str, list[tuple[str, object]]]] = {
        "root": [
            (r"#.*$", Comment.Single),
            (r'"[^"\n]*"', String),
            (r"\d{4}-\d\d-\d\d", Number.Date),
            (r"\d[\d_]*(?:\.\d+)?\s*%?", Number),
            (_any_of(list(CURRENCIES)), Keyword.Constant),
            (_any_of([phrase for _, found in PHRASES.values() for phrase in found]), Keyword),
            (r"[a-z_]+(?:\.\w+)+", Name.Attribute),
            (_any_of(list(KEYWORDS)), Keyword),
            (r"[<>=+*/-]+", Operator),
            (r"\w+", Name),
            (r"[\s\S]", Text),
        ]
    }
