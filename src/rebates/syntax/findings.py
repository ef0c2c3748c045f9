"""The messages of reading: what is wrong, in the field's words, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from rebates.syntax.diagnostics import Diagnostic, Edit, Label
from rebates.syntax.expected import SAMPLES, say, say_any
from rebates.syntax.keywords import CURRENCIES
from rebates.syntax.mistakes import Mistake
from rebates.syntax.repair import Repair
from rebates.syntax.source import Span
from rebates.syntax.suggest import nearest
from rebates.syntax.tables import END, Tables

_QUOTED = 40


def _error(
    code: str, span: Span, message: str, help: str = "", *edits: Edit, labels: tuple[Label, ...] = ()
) -> Diagnostic:
    return Diagnostic(code, "error", span, message, help, labels, edits)


def short(text: str) -> str:
    """What the author wrote, cut where it is long."""
    text = text.split("\n", 1)[0]
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def too_large(span: Span, limit: int) -> Diagnostic:
    return _error(
        "R0001", span, f"this file is larger than {limit // 1_000_000} MB", "split it, one agreement to a file"
    )


def too_deep(span: Span) -> Diagnostic:
    return _error("R0002", span, "this nests or chains too deeply to be read", "name a part of it as a measure")


def mistake(span: Span, written: str, meant: str, slip: Mistake) -> Diagnostic:
    edit = Edit(span, meant, "asks" if slip.asks else "safe")
    help = f"write `{short(meant.strip())}`" if meant.strip() else "remove it"
    return _error(slip.code, span, slip.what.replace("{}", short(written.strip())), help, edit)


def wrong_groups(span: Span, meant: str) -> Diagnostic:
    return _error(
        "R0011",
        span,
        f"`{short(span.text)}` groups its digits unevenly",
        f"write `{short(meant)}`",
        Edit(span, meant, "asks"),
    )


def too_long(span: Span, whole: int, decimals: int) -> Diagnostic:
    return _error(
        "R0012", span, "this number has too many digits", f"at most {whole} before the point and {decimals} after it"
    )


def no_such_day(span: Span, near: str) -> Diagnostic:
    edit = Edit(span, near, "asks")
    return _error(
        "R0013", span, f"the calendar has no day `{span.text}`", f"write a day that exists, such as `{near}`", edit
    )


def glued(span: Span, word: str, number: str) -> Diagnostic:
    meant = f"{word} {number}"
    message = f"a blank is missing between `{short(word)}` and `{short(number)}`"
    return _error("R0103", span, message, f"write `{short(meant)}`", Edit(span, meant, "safe"))


def unknown_sign(span: Span, text: str) -> Diagnostic:
    return _error(
        "R0014",
        span,
        f"`{text}` is not a sign of the language",
        "remove it, or put a text in quotes",
        Edit(span, "", "asks"),
    )


def not_built(span: Span, construct: str) -> Diagnostic:
    return _error("R0120", span, f"this version does not have {construct} yet", "take it out for now")


def pocket_is_last(span: Span, words: str) -> Diagnostic:
    return _error(
        "R0121", span, f"`{words}` is what is left at the very end: no rule can read it",
        "read `net value` or `invoice value`; a guard may watch the pocket margin, an example expect it",
    )  # fmt: skip


def no_order(span: Span) -> Diagnostic:
    return _error(
        "R0108", span, "this example has no order before what it expects",
        "write the order first, such as `order on 2026-03-10 { 60 carton of \"COLA-330\" }`",
    )  # fmt: skip


def ordered_late(word: Span, expected: Span, order: Span) -> Diagnostic:
    """An order that stands behind what is expected of it; `expected` reaches to where the order begins."""
    before = expected.text.rstrip()
    meant = order.text + expected.text[len(before) :] + before
    whole = Span(order.source, expected.start, order.end)
    return _error(
        "R0108", word, "an order stands before what is expected of it",
        f"move it up, before `{short(before)}`", Edit(whole, meant, "asks"),
    )  # fmt: skip


def threshold(span: Span, meant: str | None) -> Diagnostic:
    """A threshold with an upper end, or one that says it has none."""
    if meant is not None:
        message = f"a tier holds from its threshold on, so `{short(span.text)}` is written `{meant}`"
        return _error("R0115", span, message, f"write `{meant}`", Edit(span, meant, "asks"))
    return _error(
        "R0109", span, "a tier has no upper end: it ends where the next one starts",
        "write where it starts, such as `from 500 carton 7%`; `below` holds for all that is less",
    )  # fmt: skip


def repaired(
    repair: Repair, span: Span, tables: Tables, opener: Span | None, after: Span | None, currency: str | None
) -> Diagnostic:
    """What a repair says; the span covers the tokens it replaces, or the one it stands before.

    `after` is the last word of the line before, where what is missing belongs to that line; `currency` the one that the
    text uses.
    """
    labels = (Label(opener, "the block that opens here"),) if opener is not None else ()
    written = short(span.text)
    meant = repair.text or ""
    either = " or ".join(say(t, tables) for t in (repair.terminal or "", *repair.others[:3]) if t)
    match repair.kind:
        case "typo":
            return _error(
                "R0101",
                span,
                f"`{written}` is not a word that fits here",
                f"write `{meant}`",
                Edit(span, meant, "safe"),
            )
        case "code":
            return _error("R0105", span, f"`{written}` is no currency", f"write `{meant}`", Edit(span, meant, "asks"))
        case "foreign":
            return _error(
                "R0102",
                span,
                f"`{written}` is not a word of the language here",
                f"write `{meant}`",
                Edit(
                    span,
                    meant if written[0].isalpha() or span.source.text[span.end : span.end + 1] == " " else f"{meant} ",
                    "asks",
                ),
            )
        case "hyphen" if repair.terminal == "STRING":
            return _error(
                "R0114",
                span,
                f"`{written}` needs quotes" + (", or it reads as a subtraction" if "-" in written else ""),
                f"write `{meant}`",
                Edit(span, meant, "safe"),
            )
        case "hyphen":
            return _error(
                "R0110",
                span,
                f"`{written}` cannot be a name: names have small letters, digits and `_`",
                f"write `{meant.lower()}`",
                Edit(span, meant.lower(), "asks"),
            )
        case "attribute":
            return _error(
                "R0111",
                span,
                f"`{written}` is a word of the language here",
                f"an attribute of that name says whose it is, such as `{meant}`",
                Edit(span, meant, "asks"),
            )
        case "percent sign":
            return _error(
                "R0112",
                span,
                "a rate needs its percent sign",
                f"write `{written}%`, or an amount such as `EUR 5 per carton`",
                Edit(span, f"{written}%", "asks"),
            )
        case "currency":
            edits = (Edit(span, f"{currency} {written}", "asks"),) if currency else ()
            help = (
                f"write `{currency} {written}`" if currency else f"write it before the amount, such as `EUR {written}`"
            )
            return _error("R0113", span, "an amount needs its currency", help, *edits)
        case "doubled":
            return _error("R0104", span, f"`{written}` stands twice", "remove one of them", Edit(span, "", "asks"))
        case "joined":
            message = f"`{written}` does not join two statements"
            return _error(
                "R0105", span, message, f"write `{meant}` again, for the second one", Edit(span, meant, "asks")
            )
        case "insert" if after is not None:
            end = Span(after.source, after.end, after.end)
            mark = "" if meant in (",", ")") else " "
            edits = (Edit(end, mark + meant, "asks"),) if meant and not repair.others else ()
            help = f"write `{meant}` there" if edits else f"write {either} there"
            return _error(
                "R0103", after, f"{either} is missing after `{short(after.text)}`", help, *edits, labels=labels
            )
        case "insert":
            here = Span(span.source, span.start, span.start)
            if {"FROM", "ABOVE"} <= {
                repair.terminal,
                *repair.others,
            }:  # of a tier, which may start just above its bound too
                help = f"write `from {written}` where the tier holds for {written} itself, else `above {written}`"
                edits = (Edit(here, "from ", "asks"),)
            else:
                edits = (Edit(here, f"{meant} ", "asks"),) if meant and not repair.others else ()
                help = f"write `{meant} {written}`" if edits else f"write {either} there"
            return _error("R0103", span, f"{either} is missing before `{written}`", help, *edits, labels=labels)
        case "remove":
            return _error("R0104", span, f"`{written}` does not belong here", "remove it", Edit(span, "", "asks"))
        case "replace":
            if repair.terminal == "CURRENCY" and written.isupper():
                meant = next(iter(nearest(written, CURRENCIES, 1)), "")
            edits = (Edit(span, meant, "asks"),) if meant and not repair.others else ()
            help = f"write `{meant}`" if edits else f"write {either} there"
            return _error("R0105", span, f"`{written}` stands where {either} is expected", help, *edits)


def does_not_fit(
    span: Span, text: str, terminals: Sequence[str], tables: Tables, sample: str | None, after: Span | None = None
) -> Diagnostic:
    """`after` is the last word of the line before, where the text stops in the middle of that line's statement."""
    expected = say_any(terminals, tables)
    # where a statement begins, what is no word of the language may be meant for people
    remark = (
        "a remark starts with `#`"
        if not sample and text not in SAMPLES and {"ACCEPT", "MEASURE"} & set(terminals)
        else ""
    )
    parts = (f"expected {expected}" if expected else "", f"for example: {sample}" if sample else "", remark)
    help = "; ".join(part for part in parts if part)
    if after is not None:
        return _error("R0100", after, f"something is missing after `{short(after.text)}`", help)
    if text in SAMPLES and {END, "AGREEMENT"} <= set(terminals):
        return _error(
            "R0100", span, f"`{text}` stands outside of any agreement",
            f"put it between the braces of an agreement: `{SAMPLES['agreement']}`",
        )  # fmt: skip
    message = f"`{short(text)}` does not fit here" if text else "the file ends too early"
    return _error("R0100", span, message, help)


def misplaced(span: Span, block: str, here: Span, others: Sequence[Span]) -> Diagnostic:
    """A statement that belongs in another block, and those after it that do, too."""
    return _error(
        "R0100",
        span,
        f"`{short(span.text)}` belongs in {block}, not here",
        f"move it between the braces of {block}",
        labels=(*(Label(other, "and this") for other in others), Label(here, "it stands in this block")),
    )


def swapped(row: Span, second: Span, first: Span) -> Diagnostic:
    """A row that begins with its second part: a row of rates with its condition, a tier with its rate."""
    meant = f"{first.text} {second.text}"
    tier = first.text.startswith(("from", "above", "below"))
    message = "a tier begins with its threshold" if tier else "a row of rates begins with its rate"
    return _error("R0100", row, message, f"write `{short(meant)}`", Edit(row, meant, "asks"))


def titled_late(span: Span, title: str) -> Diagnostic:
    meant = f"{title} {{"
    return _error("R0100", span, "a title stands before the `{`", f"write `{short(meant)}`", Edit(span, meant, "asks"))


def named_early(span: Span, name: str, kind: str) -> Diagnostic:
    meant = f"{kind} {name}"
    return _error(
        "R0100", span, "a rule's kind stands before its name", f"write `{short(meant)}`", Edit(span, meant, "asks")
    )


def validity(span: Span, meant: str | None) -> Diagnostic:
    """A validity that is not two days."""
    edits = (Edit(span, meant, "asks"),) if meant else ()
    help = f"write `{meant or SAMPLES['valid']}`"
    return _error("R0100", span, "a validity is two days, the first and the last one", help, *edits)


def no_rate(span: Span) -> Diagnostic:
    """A percent where a clause is due."""
    here = Span(span.source, span.start, span.start)
    written = short(span.text)
    return _error(
        "R0103", span, f"`rate` is missing before `{written}`", f"write `rate {written}`", Edit(here, "rate ", "asks")
    )


def never_closed(span: Span) -> Diagnostic:
    return _error("R0106", span, "the block that opens here is never closed", "add `}` where it ends")


def closed_late(span: Span, before: Span) -> Diagnostic:
    return _error(
        "R0106",
        span,
        "the block that opens here is not closed",
        "add `}` before this line",
        labels=(Label(before, "it should end before this"),),
    )


def opener_lost(before: Span) -> Diagnostic:
    """The `{` is missing after the last word of a line, or written as a round bracket."""
    if before.text == "(":
        return _error("R0103", before, "`(` stands where `{` is expected", "", Edit(before, "{", "asks"))
    end = Span(before.source, before.end, before.end)
    return _error(
        "R0103", before, f"`{{` is missing after `{short(before.text)}`", "write `{` there", Edit(end, " {", "asks")
    )


def opens_twice(span: Span) -> Diagnostic:
    return _error("R0104", span, "`{` stands twice", "remove one of them", Edit(span, "", "asks"))


def closes_nothing(span: Span) -> Diagnostic:
    return _error("R0107", span, "this `}` closes nothing", "remove it", Edit(span, "", "asks"))


def few_thousands(span: Span) -> Diagnostic:
    """`25.000`, which is no more than 25."""
    whole, _, rest = span.text.partition(".")
    meant = f"{whole}.{rest}".rstrip("0").rstrip(".")
    return Diagnostic(
        "R0056", "warning", span, f"`{span.text}` is {meant}: a point starts the decimals",
        f"write `{whole}_{rest}` where thousands are meant, else `{meant}`",
    )  # fmt: skip


def bad_name(span: Span, written: str, better: str) -> Diagnostic:
    written = short(written)
    return _error(
        "R0110",
        span,
        f"`{written}` cannot be a name: names have small letters, digits and `_`",
        f"write `{better}`",
        Edit(span, better, "asks"),
    )


def better_name(word: str) -> str:
    """A name in place of a word of the language."""
    return {"charge": "charge_rule", "price": "price_rule", "discount": "discount_rule"}.get(word, f"{word}_total")


def reserved_name(span: Span, written: str) -> Diagnostic:
    better = better_name(written)
    return _error(
        "R0111", span, f"`{written}` is a word of the language", f"call it `{better}`", Edit(span, better, "asks")
    )
