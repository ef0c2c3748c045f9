"""The TextMate grammar of rule files, made from the keyword table, so that an editor's colours follow the language."""

from __future__ import annotations

import re

from rebates.syntax.keywords import CURRENCIES, KEYWORDS, PHRASES

# words that open a block or a member: coloured as the skeleton of a file
STRUCTURE = frozenset(
    "agreement amend attribute bundle charge class discount example fact fund guard items measure price rebate stage table"
    " terms waterfall".split()
)
LOGIC = frozenset("and or not in is under when where otherwise".split())


def textmate() -> dict[str, object]:
    """The grammar as the JSON of a `.tmLanguage.json` file."""
    phrases = sorted({phrase for _, found in PHRASES.values() for phrase in found}, key=lambda p: (-len(p), p))
    plain = sorted(set(KEYWORDS) - STRUCTURE - LOGIC)
    return {
        "name": "rebates",
        "scopeName": "source.rebates",
        "fileTypes": ["rebates"],
        "patterns": [
            {"name": "comment.line.number-sign.rebates", "match": "#.*$"},
            {"name": "string.quoted.double.rebates", "match": r'"[^"\n]*"'},
            {"name": "constant.other.date.rebates", "match": r"\b\d{4}-\d{2}-\d{2}\b"},
            {"name": "constant.numeric.percent.rebates", "match": r"\b\d[\d_]*(?:\.\d+)?\s*%"},
            {"name": "constant.numeric.rebates", "match": r"\b\d[\d_]*(?:\.\d+)?\b"},
            {"name": "support.constant.currency.rebates", "match": _words(sorted(CURRENCIES))},
            {"name": "keyword.other.phrase.rebates", "match": _words(phrases)},
            {"name": "variable.other.path.rebates", "match": r"\b(?:account|item|order|line)\.[a-z_][\w.]*"},
            {"name": "storage.type.rebates", "match": _words(sorted(STRUCTURE))},
            {"name": "keyword.operator.logical.rebates", "match": _words(sorted(LOGIC))},
            {"name": "keyword.operator.comparison.rebates", "match": r"<=|>=|<|>|="},
            {"name": "keyword.control.rebates", "match": _words(plain)},
        ],
    }


def _words(words: list[str]) -> str:
    """Any of the words or phrases, whole; blanks of a phrase may be of any width."""
    found = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return rf"(?<![\w.])(?:{found})(?![\w-])"
