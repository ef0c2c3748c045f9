"""Mistakes that were written down after the last change of the recovery; nothing was changed for them since."""

from __future__ import annotations

from benchmarks.recovery.kind import Kind, block_slip, line_of, swap


def _end_for_brace(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, end)
    return end, end + 1, "end", (here, here + 1, line_of(text, start))


UNSEEN: tuple[Kind, ...] = (
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
)
