"""Mistakes that were written down after the recovery had been finished once, and that later changes of it have seen."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, block_slip, keyword_slip, line_of, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"
_WORDS = {"EUR": "euro", "USD": "dollars", "IDR": "rupiah"}
_PLURALS = {"stage": "stages", "guard": "guards", "discount": "discounts", "charge": "charges", "example": "examples"}

_OTHERS = {"when": "while", "cap": "ceiling", "discount": "rebating", "measure": "metric", "expect": "should"}


def _end_for_brace(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, end)
    return end, end + 1, "end", (here, here + 1, line_of(text, start))


def _colon_for_brace(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, start)
    return start, start + 1, ":", (here, here + 1)


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
    # a fourth set
    swap("tilde before a rate", r"^([ \t]+rate\s+)(?=\d)", r"\1~"),
    swap("hash of a number", r"^([ \t]+priority\s+)(?=\d)", r"\1No "),
    swap("amount in a fraction", r"\b(\d+)\.5%", r"\1 1/2%"),
    swap("permille sign", r"\b(\d+)\.(\d)%", r"\1\2‰"),
    swap("currency in brackets", r"\b(IDR|USD|EUR) (?=\d)", r"(\1) "),
    swap("currency with a star", r"\b(IDR|USD|EUR) (?=\d)", r"\1* "),
    swap("unknown currency", r"^([ \t]+currency\s+)(IDR|USD|EUR)$", r"\1XYZ"),
    swap("slash for per", r" per (?=carton|piece|kg|full|order)", " / "),
    swap("day missing in a date", _DATE, r"\1-\2"),
    swap("time behind a date", rf"({_DATE})(?= to )", r"\1T00:00"),
    swap("from before the first date", rf"^([ \t]+valid\s+)(?={_DATE})", r"\1from "),
    swap("quote lost before a title", r"^([ \t]+(?:discount|charge|price) \w+ )\x22(\w)", r"\1\2"),
    swap(
        "title in round brackets",
        r"^([ \t]+(?:discount|charge|price) \w+ )(\x22[^\x22]*\x22)(?= \{)",
        r"\1(\2)",
        quoted=True,
    ),
    swap("does not equal in words", r"\bis not\b", "is different from"),
    swap("two ands", r" and (?=order\.|item\.|quantity in)", " and and "),
    swap("also for and", r" and (?=order\.|item\.|quantity in)", " also "),
    swap("greater in words", r">= (?=\d|IDR|EUR)", "not less than "),
    swap("item as a name", r'(\d (?:carton|piece|bag|pack) of )"([A-Z]+)-(\d+)"', r"\1\2_\3", quoted=True),
    swap("star for a rate", r"^([ \t]+rate\s+\d[\d.]*%)$", r"\1 *"),
    keyword_slip("last letter doubled", lambda word: word + word[-1]),
    # a fifth set
    swap("remark in brackets behind a stage", r"^([ \t]+stage\s+\w+)$", r"\1 (new)"),
    swap("rate from and to", r"^([ \t]+rate\s+\d[\d.]*%)$", r"\1 - 9%"),
    swap("question mark behind a rate", r"^([ \t]+rate\s+\d[\d.]*%)$", r"\1 ?"),
    swap("remark in quotes behind a rate", r"^([ \t]+rate\s+\d[\d.]*%)$", r'\1 "as agreed in March"'),
    swap("line quoted from a mail", r"^([ \t]+)(stage|when|rate|cap|settle)(?= )", r"\1> \2"),
    swap("rows with numbers", r"^([ \t]+)(from\s+\d[\d_]* (?:carton|piece|kg))", r"\g<1>1) \2"),
    swap("of lost before an item", r'\b(\d[\d_]* \w+) of (?="[A-Z])', r"\1 ", quoted=True),
    swap("day of the order lost", r"\bon \d{4}-\d\d-\d\d(?= \{)", "on"),
    swap("equals sign before what is expected", r"^([ \t]+expect .*\w) (?=(?:IDR|USD|EUR|GBP) \d[\d_.]*$)", r"\1 = "),
    swap("about before what is expected", r"^([ \t]+expect .*\w) (?=(?:IDR|USD|EUR|GBP) \d[\d_.]*$)", r"\1 about "),
    swap("currency on both sides", r"\b(IDR|USD|EUR|GBP) (\d[\d_.]*)(?=$| per)", r"\1 \2 \1"),
    swap("only the year of a validity", r"^([ \t]+valid\s+)(\d{4})-\d\d-\d\d to \S+$", r"\1\2"),
    swap("second value without its attribute", r'\bis ("[^"\n]+")', r'is \1 or "OTHER"', quoted=True),
    swap("not before is", r"\bis not\b", "not is"),
    swap("off behind a rate", r"^([ \t]+rate\s+\d[\d.]*%)$", r"\1 off"),
    swap("or more behind a threshold", r"^([ \t]+from\s+\d[\d_]* (?:carton|piece|kg))", r"\1 or more"),
    block_slip("end for a closing brace", _end_for_brace),
    swap("unknown table", r"\b(from table )(\w+)$", r"\1\2_2027"),
    swap("unknown item of an order", r'(\{ \d[\d_]* \w+ of "[^"\n]+)(?=")', r"\1_EAST", quoted=True),
    swap("when again behind and", r"^([ \t]+when .*) and (?=order\.|item\.|account\.|fact )", r"\1 and when "),
    # a sixth set
    swap("per twice", r" per (?=order|line|account|item|year|month)", " per per "),
    swap("minus sign before a threshold", r"^([ \t]+from\s+)(?=\d)", r"\1-"),
    swap("letter l for one", r"\b1(\d+) (?=carton|piece|kg)", r"l\1 "),
    swap("euro sign behind an amount", r"\bEUR (\d[\d_.]*)", r"\1 €"),
    swap("semicolon behind a row", r"^([ \t]+(?:from|above)\s+\d.*\d%)$", r"\1;"),
    swap(
        "title in square brackets",
        r'^([ \t]+(?:discount|charge|price|rebate) \w+ )"([^"\n]*)"(?= \{)',
        r"\1[\2]",
        quoted=True,
    ),
    swap("agreement misspelt", r"^agreement ", "agrement "),
    swap("two years for a validity", r"^([ \t]+valid\s+)(\d{4})-\d\d-\d\d to (\d{4})\S+$", r"\1\2-\3"),
    swap("of for in behind quantity", r"\bquantity in (?=\w)", "quantity of "),
    swap("colon before the brace of tiers", r"^([ \t]+tiers\s.*\w) \{$", r"\1: {"),
    block_slip("colon for an opening brace", _colon_for_brace),
    swap("per cent in two words", r"(\d)%", r"\1 per cent"),
    swap("thousand in words", r"\b([1-9]\d?)_000\b(?!_)", r"\1 thousand"),
    swap("family without quotes", r'\bunder "([A-Z][\w/]*)"', r"under \1", quoted=True),
    swap("nothing behind otherwise", r"\botherwise reject\b", "otherwise"),
    swap("and/or", r" and (?=order\.|item\.|account\.|quantity in|fact )", " and/or "),
    swap("the before an attribute", r"\bwhen (\s*)(?=order\.|item\.|account\.)", r"when \1the "),
    swap("cap at", r"^([ \t]+cap )(?=[\dA-Z])", r"\1at "),
    swap("colon and equals sign", r"^([ \t]+measure \w+\s*)=", r"\1:="),
    swap("values in square brackets", r'\bin \(("[^)\n]*)\)', r"in [\1]", quoted=True),
)
