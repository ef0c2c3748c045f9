"""Twenty kinds of mistake by someone who had not seen the recovery: the fifth set, which later changes of it have seen."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, keyword_slip, swap

_COLUMN = "key|dates|threshold|reward|money|text|number|percent|date"
_CLAUSE = "rate|base|settle|when|cap|tiers|amount|valid"

KINDS: tuple[Kind, ...] = (
    # words
    keyword_slip("blank inside a word", lambda word: f"{word[:2]} {word[2:]}"),
    swap("previous for last", r"\blast (?=(?:year|half|quarter|month|season)\b|\d)", "previous "),
    swap("and between the options of settle", r"\b(settle[ \t]+[a-z-]+), (?=as|within|by|at|[cst])", r"\1 and "),
    swap("where for when", r"^([ \t]+)when\b", r"\1where"),
    swap("volume for quantity", r"\bquantity in (?=\w)", "volume in "),
    swap("to for for", r'\b(sale|order)((?: "[^"\n]*")?) for (?=")', r"\1\2 to ", quoted=True),
    swap("scope in the plural", r"\bper (account|year|quarter|month|order|item)\b(?! and)", r"per \1s"),
    # what is forgotten
    swap("given forgotten", r"^([ \t]+)given[ \t]+(?=[a-z])", r"\1"),
    swap(
        "each or together forgotten",
        r"^([ \t]*accounts[ \t]+(?:where|all|group|[^\n]* and subsidiaries)\b[^\n]*?), (?:each|together)\b",
        r"\1",
        quoted=True,
    ),
    swap("currency of what is expected forgotten", r"\b(expect[ \t][^\n{}]*[a-z] +)[A-Z]{3} +(?=\d)", r"\1"),
    # order
    swap(
        "mode behind what it is of",
        r"\btiers([ \t]+)(retroactive|incremental|interpolated|lump sum)[ \t]+(on [^{}\n]*?)(?=[ \t]*\{|[ \t]+from table)",
        r"tiers\1\3 \2",
    ),
    swap(
        "title before its name",
        r'^([ \t]*(?:agreement|rebate|discount|charge|price) )(\w+) ("[^"\n]*")(?= \{)',
        r"\1\3 \2",
        quoted=True,
    ),
    swap("type before its column", rf"^([ \t]+)([a-z_]+)([ \t]+)({_COLUMN})(?=[ \t]*$)", r"\1\4\3\2"),
    swap(
        "threshold and reward swapped",
        r"\b(from|above)([ \t]+)([A-Z]{3} +\d[\d_.]*)([ \t]+)(\d[\d.]*%)",
        r"\1\2\5\4\3",
    ),
    # numbers and dates
    swap("open end", r"\b(valid[ \t]+\d[\d-]+ to )\d[\d-]+", r"\1open end"),
    swap("underscore doubled", r"(?<![\d_.])(\d{1,3})_(?=\d{3})", r"\1__"),
    # signs, brackets, letters
    swap("rows in square brackets", r"(\btiers\b[^{}\n]*)\{([^{}\n]*)\}", r"\1[\2]", quoted=True),
    swap(
        "comma for the point of an attribute",
        r"^((?![ \t]*attribute\b)[^\n]*?\b(?:item|account|order|line))\.(?=[a-z])",
        r"\1,",
    ),
    swap("capital letters inside a line", r"\b(net|list|gross) (value|price)\b", lambda m: m[0].title()),
    swap("letter of a list before a clause", rf"^([ \t]+)({_CLAUSE})(?=[ \t])", r"\1(a) \2"),
)
