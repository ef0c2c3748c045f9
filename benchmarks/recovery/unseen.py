"""Mistakes that were written down after the last change of the recovery; nothing was changed for them since."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, keyword_slip, swap

_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"

UNSEEN: tuple[Kind, ...] = (
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
)
