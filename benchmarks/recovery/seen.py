"""Mistakes that were written down after the recovery had been finished once, and that later changes of it have seen."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, keyword_slip, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_WORDS = {"EUR": "euro", "USD": "dollars", "IDR": "rupiah"}
_PLURALS = {"stage": "stages", "guard": "guards", "discount": "discounts", "charge": "charges", "example": "examples"}

_OTHERS = {"when": "while", "cap": "ceiling", "discount": "rebating", "measure": "metric", "expect": "should"}
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
    # a third set
    swap("percent cut off by a line", r"^([ \t]+rate\s+)(\d[\d.]*)%$", r"\1\2 %%"),
    swap("amount without digits", r"\b(IDR|USD|EUR) \d[\d_]*(?=$| per)", r"\1"),
    swap("decimals doubled", r"\b(\d+)\.(\d+)%", r"\1..\2%"),
    swap("dash before an amount of a tier", r"^([ \t]+from\s+\d[\d_]* (?:carton|piece|kg))\s+(?=\d)", r"\1 - "),
    swap("equals sign in a row", r"^([ \t]+from\s+\d[\d_]* (?:carton|piece|kg))\s+(?=\d)", r"\1 = "),
    swap("unit before its number", r"^([ \t]+from\s+)(\d[\d_]*) (carton|piece|kg)\b", r"\1\3 \2"),
    swap("month of one digit", _DATE, lambda m: f"{m[1]}-{int(m[2])}-{m[3]}"),
    swap("month thirteen", _DATE, r"\1-13-\3"),
    swap("dates joined by a slash", rf"({_DATE}) to (?=\d)", r"\1/"),
    swap("only one date", rf"^([ \t]+valid\s+{_DATE}) to \S+$", r"\1"),
    swap("name with a blank", r"^([ \t]+(?:discount|price|charge) [a-z]+)_(?=[a-z])", r"\1 "),
    swap("name begins with a digit", r"^([ \t]+(?:discount|price|charge) )(?=[a-z])", r"\g<1>2"),
    swap("name in quotes", r"^([ \t]+(?:discount|price|charge) )([a-z_0-9]+)(?= \x22)", r'\1"\2"'),
    swap("is forgotten", r"\b(order\.\w+) is (?=\x22)", r"\1 "),
    swap("is twice", r"\bis (?!not)(?=\x22)", "is is "),
    swap("comma for and", r"(\x22|\w) and (?=order\.|item\.|quantity in)", r"\1, "),
    swap("item not told", r'\bof "[A-Z]+-\d+"', "of", quoted=True),
    swap("stage not told", r"^([ \t]+stage)\s+\w+$", r"\1"),
    keyword_slip("another word", lambda word: _OTHERS.get(word, word)),
)
