"""Mistakes that were written down after the recovery had been finished once, and that later changes of it have seen."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, keyword_slip, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_WORDS = {"EUR": "euro", "USD": "dollars", "IDR": "rupiah"}
_PLURALS = {"stage": "stages", "guard": "guards", "discount": "discounts", "charge": "charges", "example": "examples"}

SEEN: tuple[Kind, ...] = (
    swap("percent sign doubled", r"(\d)%", r"\1%%"),
    swap("currency doubled", r"\b(IDR|USD|EUR) (?=\d)", r"\1 \1 "),
    swap("currency in small letters", r"\b(IDR|USD|EUR) (?=\d)", lambda m: f"{m[1].lower()} "),
    swap("currency with a point", r"\b(IDR|USD|EUR) (?=\d)", r"\1. "),
    swap("equals for is", r"\bis (?!not)(?=\x22)", "equals "),
    swap("vertical bars for or", r"\band\b (?=order|item|quantity|in )", "|| "),
    swap("at least for >=", r">= (?=\d|IDR|EUR|cost)", "at least "),
    swap("plus sign before a rate", r"^([ \t]+rate\s+)(?=\d)", r"\1+"),
    swap("colon after a keyword", r"^([ \t]+(?:stage|rate|when|cap|valid))(\s+)", r"\1:\2"),
    swap("equals sign after a keyword", r"^([ \t]+(?:stage|priority|cap|code))(\s+)", r"\1 =\2"),
    swap("dash between dates", r"(\d{4}-\d\d-\d\d) to (?=\d)", r"\1 - "),
    swap("and between dates", r"(\d{4}-\d\d-\d\d) to (?=\d)", r"\1 and "),
    swap("a day too few", r"\b(\d{4}-\d\d-)0(\d)\b", r"\1\2"),
    swap("date without dashes", r"\b(\d{4})-(\d\d)-(\d\d)\b", r"\1\2\3"),
    swap("quote doubled", r'"([^"\n]+)"', r'""\1""', quoted=True),
    swap("closing quote of the other kind", r'"([^"\n]+)"', r"\"\1'", quoted=True),
    swap(
        "number in words",
        r"\bfrom\s+50\b|\b60 (?=carton of)",
        lambda m: m[0].replace("50", "fifty").replace("60", "sixty"),
    ),
    swap("arrow in a row", r"^([ \t]+from\s+\d[\d_]* (?:carton|piece|kg))\s+", r"\1 -> "),
    swap("bullet before a row", r"^([ \t]+)(from\s+\d)", r"\1* \2"),
    swap("threshold forgotten", r"^([ \t]+from)\s+\d[\d_]* (?:carton|piece|kg)", r"\1"),
    swap("reward forgotten", r"^([ \t]+from\s+\d[\d_]* (?:carton|piece|kg))\s+\d[\d.]*%$", r"\1"),
    swap("name forgotten", r"^([ \t]+(?:discount|charge|price)) \w+(?= \x22)", r"\1"),
    swap("two names", r"^([ \t]+(?:discount|charge|price) \w+)(?= \x22)", r"\1 again"),
    keyword_slip("first letter lost", lambda word: word[1:]),
    keyword_slip("letter replaced", lambda word: word[:2] + ("x" if word[2:3] != "x" else "y") + word[3:]),
    # a second set
    swap("groups with apostrophes", r"\b\d{1,3}(?:_\d{3})+\b", lambda m: m[0].replace("_", "'")),
    swap("groups with blanks", r"\b\d{1,3}(?:_\d{3})+\b", lambda m: m[0].replace("_", " ")),
    swap("basis points", r"\b(\d+)\.(\d)%", r"\1\g<2>0bp"),
    swap("currency in words", r"\b(IDR|USD|EUR) (?=\d)", lambda m: f"{_WORDS[m[1]]} "),
    swap("unit in the plural", r"\b(from\s+\d[\d_]* (?:carton|piece))\b", r"\1s"),
    swap("unit cut short", r"\b(\d[\d_]* )carton\b", r"\1ctn"),
    swap("full stop at the end", r"^([ \t]+(?:stage\s+\w+|rate\s+\d[\d.]*%))$", r"\1."),
    swap("plus sign behind a threshold", r"^([ \t]+from\s+\d[\d_]*)( (?:carton|piece|kg))", r"\1+\2"),
    swap("comma before a reward", r"^([ \t]+from\s+\d[\d_]* (?:carton|piece|kg))\s+(?=\d)", r"\1, "),
    swap("arrow between dates", rf"({_DATE}) to (?=\d)", r"\1 -> "),
    swap(
        "two points between dates",
        rf"({_DATE}) to (?=\d)",
        r"\1..",
    ),
    swap("year of two digits", _DATE, lambda m: f"{m[1][2:]}-{m[2]}-{m[3]}"),
    swap("date with points, year first", _DATE, r"\1.\2.\3"),
    swap("keyword twice", r"^([ \t]+)(stage|when|rate|cap|valid)(\s+)", r"\1\2 \2\3"),
    swap("keyword glued to a rate", r"^([ \t]+rate)\s+(?=\d)", r"\1"),
    swap("blank for the point of an attribute", r"\b(order|item|account)\.(?=\w+ (?:is|in|under)\b)", r"\1 "),
    swap("sign cut in two", r">=|<=", lambda m: f"{m[0][0]} {m[0][1]}"),
    swap("bracket not closed", r"\(([^()\n]*)\)", r"(\1"),
    swap("family with a backslash", r'under "(\w+)/(?=\w)', r'under "\1\\', quoted=True),
    keyword_slip("keyword in the plural", lambda word: _PLURALS.get(word, word)),
)
