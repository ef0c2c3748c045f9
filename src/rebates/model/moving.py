"""Totals over other windows: `over last 12 months`, `last year`, alone or through the name of a measure (5.2 b)."""

from __future__ import annotations

from dataclasses import replace

from rebates.model import nodes as m
from rebates.model.calendar import MONTHS
from rebates.model.expressions import Typing, need_seasons, typed
from rebates.model.text import total_words
from rebates.model.windows import Window, WindowKind
from rebates.syntax import nodes as s

MOST_MONTHS = 1_200
_MOST = {"days": 36_600, "months": MOST_MONTHS}


def windowed(expr: s.Windowed, typing: Typing) -> m.Expr | None:
    """A measure whose totals are all read over another window; None where an error was reported."""
    measure = typed(s.Name(expr.name, span=expr.span), typing)
    if measure is None:
        return None
    moving = _Moving(expr.window, typing)
    made = moving.expression(measure)
    if moving.failed:
        return None
    if not moving.moved:
        typing.error(
            "R0453",
            expr.window.span,
            f"measure `{expr.name}` reads no total with a window: nothing of it is `{expr.window.words}`",
            "leave it out, or measure `per account per year`",
        )
        return None
    return replace(made, span=expr.span)


def moved_total(total: m.Total, window: s.Window | None, typing: Typing) -> m.Total | None:
    """A total over its own window, moved or replaced as the text says; its key is made here."""
    if window is not None:
        moving = _Moving(window, typing)
        found = moving.window(total)
        if moving.failed:
            return None
        if total.before:
            typing.error(
                "R0226", window.span, "a window that is stated says itself what counts", "leave out `before this order`"
            ) if _ends_before(found) else None
        total = replace(total, window=found)
    return total if total.scope.within_order else replace(total, key=total_words(total))


def _ends_before(window: object) -> bool:
    return isinstance(window, Window) and window.past


class _Moving:
    """Moves every total of an expression; notes whether there was one, and whether one could not be moved."""

    def __init__(self, by: s.Window, typing: Typing) -> None:
        self.by, self.typing = by, typing
        self.moved = self.failed = False

    def expression(self, expr: m.Expr) -> m.Expr:
        match expr:
            case m.Total() if expr.scope.within_order:
                return expr
            case m.Total():
                self.moved = True
                made = replace(expr, window=self.window(expr), before=False)
                return replace(made, key=total_words(made))
            case m.AttributeValue(attribute=attribute) if attribute.subject == "fact":
                return self._fact(expr)
            case m.MeasureRef(name=name, value=value):
                return replace(expr, name=f"{name} {self.by.words}", value=self.expression(value))
            case m.Arithmetic(left=left, right=right):
                return replace(expr, left=self.expression(left), right=self.expression(right))
            case m.Extreme(parts=parts):
                return replace(expr, parts=tuple(self.expression(part) for part in parts))
            case m.Rounded(value=value):
                return replace(expr, value=self.expression(value))
            case m.Fallback(value=value, otherwise=otherwise):
                return replace(expr, value=self.expression(value), otherwise=self.expression(otherwise))
            case _:
                return expr

    def _fact(self, expr: m.AttributeValue) -> m.Expr:
        if self.by.over is not None:
            self._refuse(
                "R0453", "a fact is posted for a day, and has no such window", "write `last year` or leave it out"
            )
            return expr
        self.moved = True
        name = f"{expr.attribute.name} {self.by.words}"
        return replace(expr, attribute=replace(expr.attribute, name=name))

    def window(self, total: m.Total) -> WindowKind | Window | None:
        """The total's window, moved or replaced."""
        current = total.window
        if total.scope.within_order:
            self._refuse(
                "R0453",
                f"a total {total.scope.words} is of the order in hand: nothing of it is `{self.by.words}`",
                "measure `per account per year`",
            )
            return current
        made = self._replaced(current)
        return made if self.by.shift is None else self._shifted(made, self.by.shift)

    def _replaced(self, current: WindowKind | Window | None) -> WindowKind | Window | None:
        over = self.by.over
        if over is None:
            return current
        if over.period is not None:
            assert over.count is not None
            if over.count == 0:
                self._refuse(
                    "R0451", f"a window of 0 {over.period} holds nothing", f"write `over last 1 {over.period}` or more"
                )
            elif over.count > _MOST[over.period]:
                self._refuse(
                    "R0451",
                    f"a window of {over.count} {over.period} is longer than a hundred years",
                    "write a shorter one, or `ever`",
                )
            return Window(over.period, count=over.count)
        assert over.first is not None
        assert over.last is not None
        if over.last < over.first:
            self._refuse(
                "R0450", f"the window ends on {over.last}, before it begins on {over.first}", "swap the two dates"
            )
        return Window("dates", first=over.first, last=over.last)

    def _shifted(self, current: WindowKind | Window | None, shift: s.Shift) -> WindowKind | Window | None:
        window = current if isinstance(current, Window) else Window(current or "ever")
        if shift.seasons or window.kind == "season":
            return self._seasons_back(window, shift)
        if window.kind in ("week", "term", "ever"):
            what = "the agreement's term" if window.kind == "term" else "a week" if window.kind == "week" else "`ever`"
            self._refuse("R0452", f"{what} has no `{shift.words}`", "use a total per month, quarter, half or year")
        elif shift.same_days and window.kind not in MONTHS:
            self._refuse(
                "R0452", f"`{shift.words}` needs a total per month, quarter, half or year", "write `last year` here"
            )
        elif shift.months % MONTHS.get(window.kind, 1):
            self._refuse(
                "R0452",
                f"`{shift.words}` would lie across two windows: the total is per {window.kind}",
                f"write `last {window.kind}`, or measure per {_fitting(shift.months)}",
            )
        elif window.back + shift.months > MOST_MONTHS:
            self._refuse("R0452", f"`{shift.words}` is more than a hundred years back", "name a later window")
        return replace(window, back=window.back + shift.months, same_days=window.same_days or shift.same_days)

    def _seasons_back(self, window: Window, shift: s.Shift) -> Window:
        """Seasons differ in length: they are counted."""
        need_seasons(shift.span, self.typing)
        if not shift.seasons:
            self._refuse(
                "R0452", f"a season has no `{shift.words}`", "write `last season` or `2 seasons ago`, counted by season"
            )
        elif window.kind != "season":
            self._refuse(
                "R0452", f"`{shift.words}` needs a total per season", "measure `per account per season`, or write `last year`"
            )  # fmt: skip
        return replace(window, back=window.back + shift.seasons)

    def _refuse(self, code: str, message: str, help: str) -> None:
        self.failed = True
        self.typing.error(code, self.by.span, message, help)


def _fitting(months: int) -> str:
    """The longest calendar window that so many months are a multiple of."""
    return next(kind for kind in ("year", "half", "quarter", "month") if months % MONTHS[kind] == 0)
