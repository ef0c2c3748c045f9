"""Mistakes that were looked at while the recovery was written."""

from __future__ import annotations

import re

from benchmarks.recovery.kind import Kind, block_slip, keyword_slip, line_of, raw, swap

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DATE = r"\b(\d{4})-(\d\d)-(\d\d)\b"


def _written(match: re.Match[str]) -> str:
    return f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}"


def _american(match: re.Match[str]) -> str:
    return f"{_MONTHS[int(match[2]) - 1]} {int(match[3])}, {match[1]}"


def _swapped(word: str) -> str:
    return word[0] + word[2] + word[1] + word[3:]


def _lost_close(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here, opener = line_of(text, end), line_of(text, start)
    return end, end + 1, "", (here - 1, here, here + 1, opener)


def _lost_open(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, start)
    return start, start + 1, "", (here, here + 1)


def _stray_close(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]] | None:
    line_end = text.find("\n", start)
    line_end = text.find("\n", line_end + 1)
    if line_end < 0 or line_end > end or "#" in text[start:line_end] or text[start:line_end].count("{") != 1:
        return None
    here = line_of(text, line_end)
    return line_end, line_end, " }", (here, here + 1)


def _round_for_brace(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, start)
    return start, start + 1, "(", (here, here + 1)


def _doubled_close(text: str, start: int, end: int) -> tuple[int, int, str, tuple[int, ...]]:
    here = line_of(text, end)
    return end, end + 1, "}}", (here, here + 1)


KNOWN: tuple[Kind, ...] = (
    # numbers
    swap("groups with commas", r"\b\d{1,3}(?:_\d{3})+\b", lambda m: m[0].replace("_", ",")),
    swap("groups with points", r"\b\d{1,3}(?:_\d{3}){2,}\b", lambda m: m[0].replace("_", ".")),
    swap("groups uneven", r"\b(\d{1,3})_(\d{3})\b(?!_)", lambda m: f"{m[1]}_{m[2][:2]}"),
    swap("letter O for zero", r"\b([1-9]\d*)0 (?=carton|kg|piece)", r"\1O "),
    swap("letter O in a group", r"_000\b(?!_)", "_0O0"),
    swap("percent sign lost", r"^([ \t]+(?:from|above)\b.*\d)%", r"\1"),
    swap("percent sign lost in a rate", r"^([ \t]+rate\s+\d[\d.]*)%", r"\1"),
    swap("percent as a word", r"(\d)%", r"\1 percent"),
    swap("percent sign first", r"\b(\d[\d.]*)%", r"%\1"),
    swap("decimal comma", r"\b(\d+)\.(\d+)%", r"\1,\2%"),
    swap("decimal comma and a blank", r"\b(\d+)\.(\d+)%", r"\1,\2 %"),
    swap("currency lost", r"^([ \t]+(?:from|above)\b.*[^\d\s]\s*)\b(?:IDR|USD|EUR) (?=\d)", r"\1"),
    swap("currency glued", r"\b(IDR|USD|EUR) (?=\d)", r"\1"),
    swap("currency behind", r"\b(IDR|USD|EUR) (\d[\d_.]*)", r"\2 \1"),
    swap("currency sign", r"\bIDR (?=\d)", "Rp "),
    swap("dollar sign", r"\bUSD (?=\d)", "$"),
    swap("millions by a letter", r"\b(\d+)_000_000\b", r"\1M"),
    swap("thousands by a letter", r"\b(\d+)_000\b(?!_)", r"\1k"),
    swap("range as threshold", r"^([ \t]+from\s+)(\d+)(\s+(?:carton|piece))", r"\1\2-999\3"),
    swap("unit glued", r"\b(\d+) (carton|piece|kg)\b", r"\1\2"),
    swap("two points in a number", r"\b(\d+)\.(\d+)%", r"\1.\2.0%"),
    # dates
    swap("month by its name", _DATE, _written),
    swap("month first", _DATE, _american),
    swap("date with points", _DATE, lambda m: f"{m[3]}.{m[2]}.{m[1]}"),
    swap("date with slashes", _DATE, lambda m: f"{m[3]}/{m[2]}/{m[1]}"),
    swap("no such day", _DATE, lambda m: f"{m[1]}-02-30"),
    swap("word lost between dates", rf"({_DATE}) to ", r"\1 "),
    swap("until for to", rf"({_DATE}) to ", r"\1 until "),
    # texts
    swap("quote not closed", r'"([^"\n{}]+)" \{$', r'"\1 {', quoted=True),
    swap("quote not closed in a condition", r'(is|under) "([^"\n{}]+)"$', r'\1 "\2', quoted=True),
    swap("single quotes", r'"([^"\n]+)"', r"'\1'", quoted=True),
    swap("curly quotes", r'"([^"\n]+)"', "“\\1”", quoted=True),
    swap("quotes forgotten", r'of "([A-Z]+-\d+)"', r"of \1", quoted=True),
    # signs and words
    swap("&& for and", r"\band\b(?! subsidiaries)", "&&"),
    swap("!= for is not", r"\bis not\b", "!="),
    swap("== for is", r"\bis\b(?! not)", "=="),
    swap("<> for is not", r"\bis not\b", "<>"),
    swap("=< for <=", r"<=", "=<"),
    swap("=> for >=", r">=", "=>"),
    raw("comment by slashes", r"(?<!#)# (?=\w[^\n]*$)", "// "),
    swap("semicolon at the end", r"^([ \t]+stage\s+\w+)$", r"\1;"),
    swap("comma at the end", r"^([ \t]+stage\s+\w+)$", r"\1,"),
    swap("comma lost", r", (together|each)\b", r" \1"),
    swap("on lost", r"(tiers\s+(?:retroactive|incremental|lump sum)) on ", r"\1 "),
    swap("mode lost", r"tiers\s+(?:retroactive|incremental) on", "tiers on"),
    swap("otherwise lost", r" otherwise (?=reject|approval)", " "),
    swap("from lost", r"^([ \t]+)from(\s+)(?=\d+ (?:carton|piece|kg))", r"\1\2"),
    swap("per lost", r" per (?=full|order)", " "),
    swap("slab for retroactive", r"\bretroactive\b", "slab"),
    swap("sliding for incremental", r"\bincremental\b", "sliding"),
    swap("if for when", r"^([ \t]+)when ", r"\1if "),
    swap("up to in a row", r"^([ \t]+)from(\s+\d[\d_]* (?:carton|piece|kg))", r"\1up to\2"),
    swap("max for cap", r"^([ \t]+)cap ", r"\1max "),
    swap("phrase misspelt", r"\bnet value\b", "net valu"),
    swap("phrase misspelt inside", r"\bnet price\b", "nett price"),
    swap("word misspelt inside", r"\bquantity in\b", "quantiy in"),
    keyword_slip("letters swapped", _swapped),
    keyword_slip("letter lost", lambda word: word[:-2] + word[-1]),
    keyword_slip("letter doubled", lambda word: word[:2] + word[1:]),
    keyword_slip("capital letter", str.capitalize),
    keyword_slip("all capitals", str.upper),
    # names
    swap("hyphen in a name", r"^([ \t]+(?:discount|price|charge) \w+?)_(\w+)", r"\1-\2"),
    swap("capital in a name", r"^([ \t]+measure )(\w)(\w*)( =)", lambda m: f"{m[1]}{m[2].upper()}{m[3]}{m[4]}"),
    swap("word of the language as a name", r"^([ \t]+measure )\w+(\s+=)(?=.*per)", r"\1quantity\2"),
    swap("unknown stage", r"^([ \t]+stage\s+)(\w\w)(\w+)$", r"\1\2x\3"),
    swap("unknown family", r'(family under "[A-Z])', r"\1X", quoted=True),
    swap("unknown unit", r"\b(from\s+\d[\d_]* )carton\b", r"\1crate"),
    swap("other currency", r"\b(rate\s+)IDR (?=\d)", r"\1USD "),
    swap("unknown attribute", r"\border\.channel is\b", "order.chanel is"),
    # braces
    block_slip("closing brace lost", _lost_close),
    block_slip("opening brace lost", _lost_open),
    block_slip("closing brace too many", _stray_close),
    block_slip("round bracket for a brace", _round_for_brace),
    block_slip("closing brace doubled", _doubled_close),
)
