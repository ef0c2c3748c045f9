"""The `settle` clause: how often, in what, until when (6.4, 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rebates.model.bounds import only
from rebates.model.exact import decimal_text
from rebates.model.expressions import Typing, check_currency
from rebates.model.over_time import deadline
from rebates.model.rebates import Cadence, Form, Rebate, Settle
from rebates.model.windows import WindowKind
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label

AFTER_SETTLEMENT = "settlement"
_WINDOWS: dict[Cadence, WindowKind] = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "half-yearly": "half",
    "yearly": "year",
}
_CADENCES: dict[WindowKind, Cadence] = {window: cadence for cadence, window in _WINDOWS.items()}


def window_of(settle: Settle) -> WindowKind:
    """The window of a rule that names none: the cadence of its settlements; else the whole term (92)."""
    return _WINDOWS.get(settle.every, "term")


def unsaid(window: WindowKind | str, rule: s.Rule) -> Settle:
    """Without a `settle` clause: at the end of the window, as a credit note."""
    if window == "claim":
        return Settle("on claim", span=rule.name_span)
    return Settle(_CADENCES.get(window, "once"), span=rule.name_span)  # type: ignore[call-overload]


def settle_of(rule: s.Rule, typing: Typing) -> Settle | None:
    """The model of a rule's `settle` clause; None where it has none, or an error was reported."""
    clause = only(rule, s.SettleClause, typing)
    if clause is None:
        return None
    before = typing.names.report.error_count
    _check_once(clause, typing)
    days = tuple(day.value for day in clause.at.dates)
    for earlier, later in zip(clause.at.dates, clause.at.dates[1:], strict=False):
        if later.value <= earlier.value:
            typing.error(
                "R0656", later.span, "this day does not come after the one before", "order the days, each once"
            )
    words = {option.word for option in clause.options if isinstance(option, s.SettleWord)}
    true_up = next((option for option in clause.options if isinstance(option, s.TrueUp)), None)
    if true_up is not None and true_up.at.word in ("on dates", "on claim"):
        typing.error("R0656", true_up.span, "a true-up comes with a window", "write `true up yearly` or `true up once`")
    paid = next((option for option in clause.options if isinstance(option, s.PaidAs)), None)
    pay_by = next((option for option in clause.options if isinstance(option, s.PayBy)), None)
    expires = next((option for option in clause.options if isinstance(option, s.Expires)), None)
    made = Settle(
        clause.at.word,
        days,
        "on account" in words,
        true_up.at.word if true_up is not None else None,
        "separate" in words,
        _forms(paid, typing) if paid is not None else (),
        paid is not None and paid.joined == "or",
        deadline(pay_by.by, AFTER_SETTLEMENT, typing) if pay_by is not None else None,
        deadline(expires.by, AFTER_SETTLEMENT, typing) if expires is not None else None,
        "set off overdue" in words,
        "plus tax" in words,
        span=clause.span,
    )
    return made if typing.names.report.error_count == before else None


def _check_once(clause: s.SettleClause, typing: Typing) -> None:
    seen: dict[str, s.Node] = {}
    for option in clause.options:
        match option:
            case s.SettleWord(word="cumulative" | "separate"):
                what = "cumulative or separate"
            case s.SettleWord(word=word):
                what = word
            case _:
                what = type(option).__name__
        if what in seen:
            typing.names.report.error(
                "R0656",
                option.span,
                "this settlement says one thing twice",
                "keep one of them",
                labels=(Label(seen[what].span, "the first"),),
            )
        seen.setdefault(what, option)


def _forms(paid: s.PaidAs, typing: Typing) -> tuple[Form, ...]:
    shares = [form.share.points for form in paid.forms if form.share is not None]
    if paid.joined == "and" and (len(shares) < len(paid.forms) or sum(shares) != 100):
        says = " + ".join(f"{form.span.text.split()[0] if form.share else '?'}" for form in paid.forms)
        typing.error(
            "R0657",
            paid.span,
            f"the parts of what is paid are {says}, not 100% together",
            "write `as 60% credit note and 40% payment`, or `or` where one of them is chosen",
        )
    elif paid.joined != "and" and shares:
        typing.error("R0657", paid.span, "only parts of one payment have shares", "join them by `and`, or leave it out")
    return tuple(found for form in paid.forms if (found := _form(form, typing)) is not None)


def _form(form: s.Form, typing: Typing) -> Form | None:
    points = per = None
    if form.kind == "points":
        package = form.package
        assert form.points is not None
        if package is None or not isinstance(package.of, s.Money) or package.kind == "started" or package.per_line:
            typing.error(
                "R0657",
                form.span,
                "points are paid for an amount of the rebate",
                "write `as 1 point per EUR 0.05`; for points that are the reward itself, write `rate 1 point per EUR 10`",
            )
            return None
        check_currency(package.of, typing)
        points = form.points.value
        per = package.of.number.value * (package.size.value if package.size is not None else 1)
        if per <= 0 or points <= 0:
            typing.error("R0657", form.span, "points for nothing cannot be counted", "write amounts above zero")
            return None
    if form.kind == "goods" and form.use is not None:
        master = typing.names.master
        if master.has_items and form.use.value not in master.items:
            typing.names.unknown("R0202", "item", form.use.value, form.use.span, master.items)
    share = form.share.points / 100 if form.share is not None else None
    use = form.use.value if form.use is not None else None
    return Form(form.kind, share, use, points, per, span=form.span)


def shares_of(shares: Sequence[s.Share], what: str, typing: Typing) -> tuple[tuple[str, Fraction], ...]:
    """Names with their shares, which add up to one; a single name has all of it."""
    found: dict[str, Fraction] = {}
    alone = len(shares) == 1 and shares[0].percent is None
    for share in shares:
        part = Fraction(1) if alone else (share.percent.points / 100 if share.percent is not None else None)
        if part is None or share.account.value in found:
            typing.error(
                "R0658",
                share.span,
                f"{what} `{share.account.value}` {'is named twice' if share.account.value in found else 'has no share'}",
                "write every name once, each with its percent",
            )
            return ()
        found[share.account.value] = part
    whole = sum(found.values(), Fraction(0))
    if whole != 1:
        added = decimal_text(whole * 100)
        typing.error("R0658", shares[-1].span, f"these shares add up to {added}%", "let them add up to 100%")
        return ()
    return tuple(found.items())


def payment_term(rule: Rebate) -> bool:
    """Whether one of the rule's own deadlines is the payment term of the agreement."""
    return any(by is not None and by.terms for by in (rule.settle.pay_by, rule.settle.expires))
