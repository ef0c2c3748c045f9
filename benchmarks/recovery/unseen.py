"""Mistakes that were written down after the last change of the recovery; nothing was changed for them since."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, block_slip, line_of, swap


def _colon_for_brace(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, start)
    return start, start + 1, ":", (here, here + 1)


UNSEEN: tuple[Kind, ...] = (
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
