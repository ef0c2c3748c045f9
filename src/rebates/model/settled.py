"""The rebates and funds of an agreement, with all their versions (14, 100)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from rebates.model import nodes as m
from rebates.model.amendments import Edition, Versions, amendments_of, day_before, places
from rebates.model.expressions import SCOPES, Typing
from rebates.model.funds import Funds
from rebates.model.names import Names, twice
from rebates.model.rebates import Rebate
from rebates.model.settled_circles import Circles
from rebates.model.settled_kinds import is_settled
from rebates.model.settled_rules import SettledPlace, model_rebate
from rebates.model.settled_together import settled_together
from rebates.model.windows import bounds
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Report

_EARNED = {scope: f"per {words}" for words, scope in SCOPES.items()} | {m.Scope.ALL: "by all together"}


class Settled:
    """Gathers them, an edition of the text at a time."""

    def __init__(
        self,
        agreement: s.Agreement,
        who: m.Who | None,
        stages: Sequence[m.Stage],
        first_place: int,
        first: date | None,
    ) -> None:
        self.funds = Funds()
        self._agreement, self._stages = agreement, stages
        self._who = who or m.Who("group", "", None, True, span=agreement.name_span)
        self._places = {name: first_place + place for name, place in places(agreement).items()}
        self._versions: Versions[Rebate] = Versions(first, _begins, _ends, _same)
        self._circles = Circles()
        self._kinds: dict[str, bool] = {}

    def add(self, edition: Edition, typing: Typing) -> None:
        """The rules and funds as the edition has them."""
        members = edition.agreement.members
        self.funds.add(edition, typing)
        self._check_kinds(members, typing)
        funds: dict[str, s.Fund] = {}
        for fund in (member for member in members if isinstance(member, s.Fund)):
            twice(typing.names, "fund", fund.name, fund.name_span, _heading(funds.get(fund.name)))
            funds[fund.name] = fund
        term = any(each.word == "payment" for each, _ in edition.terms)
        stages = tuple(stage.name for stage in self._stages)
        made: list[Rebate] = []
        for rule in members:
            if not isinstance(rule, s.Rule) or not is_settled(rule):
                continue
            known = frozenset(fund.name for fund, _ in edition.funds)
            place = SettledPlace(edition.agreement.name, self._who, self._places[rule.name], stages, known, term)
            found = model_rebate(rule, place, typing)
            if found is not None:
                made.append(found)
        together = settled_together(edition.agreement, self._agreement, tuple(made), self._stages, typing)
        self._circles.add(edition.agreement, together, self._stages)
        self._versions.add(edition, together)

    def _check_kinds(self, members: Sequence[s.Node], typing: Typing) -> None:
        """A charge is of an order, or settled, for all its life."""
        for rule in members:
            if isinstance(rule, s.Rule) and self._kinds.setdefault(rule.name, is_settled(rule)) != is_settled(rule):
                typing.error(
                    "R0665",
                    rule.name_span,
                    f"charge `{rule.name}` is of an order before an amendment, and settled afterwards from it on"
                    if is_settled(rule)
                    else f"charge `{rule.name}` is settled before an amendment, and of an order from it on",
                    "remove it in the amendment, and add a new charge with a name of its own",
                )

    def check_circles(self, names: Names) -> None:
        """No rule waits for itself, by whatever way."""
        self._circles.tell(self.rebates(), names)

    def check_amendments(self, names: Names) -> None:
        """Who earns stays; what becomes of windows, and of what was settled, is said of amendments of rebates and funds alone."""
        for before, after in pairwise(self.rebates()):
            if before.id == after.id and before.scope is not after.scope:
                names.report.error(
                    "R0665",
                    after.span,
                    f"{after.kind} `{after.name}` is earned {_EARNED[before.scope]} before an amendment, and "
                    f"{_EARNED[after.scope]} from it on",
                    "remove it in the amendment, and add a new one with a name of its own",
                )
        touched = {by.span.start for rule in self.rebates() for by in (*rule.amended, rule.ended) if by is not None}
        touched |= {fund.amended.span.start for fund in self.funds.all() if fund.amended is not None}
        for amendment in amendments_of(self._agreement):
            word = "retroactively from" if amendment.retroactive else amendment.window
            removes = any(isinstance(member, s.RemoveFund) for member in amendment.members)
            if word is not None and amendment.span.start not in touched and not removes:
                names.report.error(
                    "R0673",
                    amendment.day.span,
                    f"`{word}` says what becomes of what is settled, and this amendment changes no rebate",
                    "leave it out: an order is priced by the text of its day",
                )

    def rebates(self) -> tuple[Rebate, ...]:
        """Every version of every settled rule, by place and day."""
        return self._versions.all()


def _heading(fund: s.Fund | None) -> s.Node | None:
    return s.Broken(span=fund.name_span) if fund is not None else None


def _begins(rule: Rebate, day: date) -> Rebate:
    """A version that holds from a day on; its amendments of that day say what becomes of the window it begins in."""
    said = [by.takeover for by in rule.amended if by.day == day and by.takeover != "whole"]
    return replace(rule, since=day, takeover=said[0] if said else "whole")


def _ends(rule: Rebate, day: date, by: m.Amendment | None) -> Rebate:
    return replace(rule, until=day_before(day), ended=by, ending=by.takeover if by is not None else "whole")


def _same(old: Rebate, rule: Rebate) -> bool:
    """Whether a version means what the next one would mean."""
    return replace(old, since=None, until=None, takeover="whole", amended=()) == rule


def tell_cut_windows(agreement: m.Agreement, report: Report) -> None:
    """Notes of windows that an amendment cuts, and that are judged whole by the text of their last day (100)."""
    told: set[tuple[str, date]] = set()
    for rule in agreement.rebates:
        for day, by, how in _changes(rule):
            if how != "whole" or by.retroactive or rule.window == "claim" or (rule.id, day) in told:
                continue
            first, last = bounds(rule.window, day, agreement.calendar, (agreement.first, agreement.last))
            if max(first, agreement.first) == day:
                continue
            told.add((rule.id, day))
            what = "judged by the new text" if rule.ended is not by else "not settled"
            report.note(
                "R0659",
                by.span,
                f"`{by.title}` begins within a window of {rule.kind} `{rule.name}`, "
                f"{max(first, agreement.first)} to {min(last, agreement.last)}: all of it is {what}",
                "write `, from the next window` or `, cut at the date` after the day if that is not meant",
            )


def _changes(rule: Rebate) -> Iterator[tuple[date, m.Amendment, m.Takeover]]:
    """The days on which amendments begin or end a version."""
    if rule.since is not None:
        yield from ((by.day, by, rule.takeover) for by in rule.amended if by.day == rule.since)
    if rule.ended is not None:
        yield rule.ended.day, rule.ended, rule.ending
