"""Agreements: members put together, stages in their order, rounding words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Literal, TypeVar

from rebates.model import nodes as m
from rebates.model.allowed import check_account_condition, check_guard
from rebates.model.amendments import (
    Edition,
    Stretches,
    Versions,
    all_rules,
    beginning,
    editions,
    ending,
    guard_numbers,
    in_order,
    places,
    same_rule,
)
from rebates.model.classes import in_class
from rebates.model.combination import best_among, combined
from rebates.model.conditions import item_set, typed_condition
from rebates.model.exact import Remainder
from rebates.model.exact import Rounding as Mode
from rebates.model.exchange import exchange_of
from rebates.model.expressions import Typing, describe, dimension, typed
from rebates.model.names import Declared, Names, declare, twice
from rebates.model.own_calendar import calendar_of
from rebates.model.price_forms import check_price_circles
from rebates.model.rebates import Rebate
from rebates.model.rules import Place, model_rule, swapped
from rebates.model.settled import Settled
from rebates.model.settled_kinds import is_settled, settled_ids
from rebates.model.shared_caps import with_shared_caps
from rebates.model.tax import check_tax, tax_of
from rebates.model.terms import terms_of
from rebates.model.work import within_budget
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label

Member = TypeVar("Member", bound=s.Node)

# what stands behind the head of an agreement, and words with which its statements begin
_BODY: Final = (s.Measure, s.ItemSet, s.Rule, s.Example, s.SettledExample)
_OTHER_WORDS: Final = frozenset(
    "accounts valid currency attribute measure items class fact price discount charge rebate cap fund guard terms amend"
    " example waterfall".split()
) | {"free goods"}


def _of(agreement: s.Agreement, kind: type[Member]) -> list[Member]:
    return [member for member in agreement.members if isinstance(member, kind)]


def _only(agreement: s.Agreement, found: Sequence[Member], word: str, names: Names) -> Member | None:
    for other in found[1:]:
        names.report.error(
            "R0330",
            other.span,
            f"`{word}` stands twice in the agreement",
            "keep one of them",
            labels=(Label(found[0].span, "the first"),),
        )
    return found[0] if found else None


def setting(agreement: s.Agreement, word: str, names: Names) -> s.Setting | None:
    """A setting that may stand once."""
    return _only(agreement, [x for x in _of(agreement, s.Setting) if x.word == word], word, names)


def _may_be_unread(agreement: s.Agreement, word: str) -> bool:
    """Whether the statement of this word, which seems to be missing, may be one that could not be read.

    One that begins as another statement does is not, nor is one behind the first that is about goods, rules or examples.
    """
    for member in agreement.members:
        if isinstance(member, _BODY):
            return False
        if isinstance(member, s.Broken) and (member.word == word or member.word not in _OTHER_WORDS):
            return True
    return False


def currency_of(agreement: s.Agreement, names: Names) -> str:
    """The agreement's currency; a missing one is an error."""
    found = setting(agreement, "currency", names)
    if found is None:
        if _may_be_unread(agreement, "currency"):
            return ""
        names.report.error(
            "R0331",
            agreement.name_span,
            f"agreement `{agreement.name}` has no currency",
            "add a line such as `currency EUR`",
        )
        return ""
    return found.value


def model_agreement(
    agreement: s.Agreement,
    names: Names,
    shared_waterfall: s.Waterfall | None,
    shared_rounding: Sequence[s.Rounding],
    first_place: int,
    charge_stages: Mapping[str, s.Rule],
) -> tuple[m.Agreement, bool]:
    """The model of an agreement with all its sound rules, and whether its frame is sound.

    Where it is not, what is missing stands in: only for what the examples name to be looked up, never to be priced by.
    `charge_stages` are the stages that a charge of this or another agreement with the same waterfall names.
    """
    accounts = _only(agreement, _of(agreement, s.Accounts), "accounts", names)
    valid = _only(agreement, _of(agreement, s.ValidClause), "valid", names)
    year = _only(agreement, _of(agreement, s.YearStarts), "year starts", names)
    week = _only(agreement, _of(agreement, s.WeekStarts), "week starts", names)
    seasons = _only(agreement, _of(agreement, s.Seasons), "seasons", names)
    waterfall = _only(agreement, _of(agreement, s.Waterfall), "waterfall", names) or shared_waterfall
    for member in agreement.members:
        if isinstance(member, Declared):
            declare(names, member)
    if accounts is None and not _may_be_unread(agreement, "accounts"):
        names.report.error(
            "R0332",
            agreement.name_span,
            f"agreement `{agreement.name}` does not say whom it is for",
            "add a line such as `accounts NUSANTARA and subsidiaries, together`",
        )
    if valid is None and not _may_be_unread(agreement, "valid"):
        names.report.error(
            "R0333",
            agreement.name_span,
            f"agreement `{agreement.name}` does not say when it holds",
            "add a line such as `valid 2026-01-01 to 2026-12-31`",
        )
    elif valid is not None and valid.last < valid.first:
        names.report.error(
            "R0302",
            valid.span,
            f"the agreement ends on {valid.last}, before it begins on {valid.first}",
            "swap the two dates",
            edits=(swapped(valid),),
        )
        valid = in_order(valid)
    calendar = calendar_of(year, week, seasons, names)
    stages = _stages(waterfall, agreement, charge_stages, names)
    signed, *amended = within_budget(editions(agreement, names), names)
    typing = typing_of(signed.agreement, names, agreement.name, accounts, tuple(stage.name for stage in stages))
    before = names.inside(names.currency)
    who = _who(accounts, typing) if accounts is not None else None
    rounding_once(_of(agreement, s.Rounding), names)
    rounding = _rounding([*shared_rounding, *_of(agreement, s.Rounding)], names)
    for member in agreement.members:
        if isinstance(member, s.Measure):
            typed(s.Name(member.name, span=member.name_span), typing)
        elif isinstance(member, s.ItemSet):
            item_set(member.name, member.name_span, typing)
        elif isinstance(member, s.Class):
            in_class(member.name, member.name_span, typing)
    measures = typing.measures
    first_day = valid.first if valid is not None else None
    versions = Versions(first_day, beginning, ending, same_rule)
    settled = Settled(agreement, who, stages, first_place, first_day)
    signed_rules = _rules(signed.agreement, who, stages, typing, places(agreement), first_place)
    signed_rules = with_shared_caps(signed.agreement, agreement, signed_rules, stages, typing)
    versions.add(signed, combined(signed.agreement, signed_rules, stages, typing))
    settled.add(signed, typing)
    guards: Stretches[m.Guard] = Stretches()
    terms: Stretches[m.Term] = Stretches()
    _guards(signed, typing, guards, guard_numbers(agreement))
    terms_of(signed, typing, terms)
    for edition in amended:
        again = _as_amended(edition, typing, before)
        again_rules = _rules(edition.agreement, who, stages, again, places(agreement), first_place)
        again_rules = with_shared_caps(edition.agreement, agreement, again_rules, stages, again)
        versions.add(edition, combined(edition.agreement, again_rules, stages, again))
        settled.add(edition, again)
        _guards(edition, again, guards, guard_numbers(agreement))
        terms_of(edition, again, terms)
        _same_measures(edition, measures, again)
        for name, kind in again.names.rules.items():  # examples may expect what an amendment adds
            names.rules.setdefault(name, kind)
    rules = versions.all()
    check_price_circles(rules, names)
    exchange = exchange_of(_only(agreement, _of(agreement, s.ExchangeRates), "exchange rates", names), typing)
    tax = tax_of(_only(agreement, _of(agreement, s.TaxRate), "tax rate", names), typing)
    check_tax(rules, tax, agreement.name_span, typing)
    best = best_among(waterfall, stages, names)
    zone, owner, review = (setting(agreement, word, names) for word in ("time zone", "owner", "review"))
    if zone is not None and not _zone_exists(zone.value):
        names.report.error(
            "R0231", zone.span, f"`{zone.value}` is no time zone", 'write one such as "Asia/Jakarta" or "Europe/Berlin"'
        )
    rebates = settled.rebates()
    settled.check_circles(names)
    if not names.report.has_errors:
        settled.check_amendments(names)
    both: tuple[m.Rule | Rebate, ...] = (*rules, *rebates)
    for rule in both:
        if valid is None:
            break
        if (rule.first and rule.first > valid.last) or (rule.last and rule.last < valid.first):
            names.report.warning(
                "R0334",
                rule.span,
                f"{rule.kind} `{rule.name}` is valid on no day of the agreement",
                f"the agreement holds from {valid.first} to {valid.last}",
            )
    made = m.Agreement(
        name=agreement.name,
        title=agreement.title,
        who=who or m.Who("all", None, None, False, span=agreement.name_span),
        first=valid.first if valid is not None else date.min,
        last=valid.last if valid is not None else date.max,
        currency=names.currency,
        zone=zone.value if zone else "UTC",
        calendar=calendar,
        owner=owner.value if owner else None,
        review=review.value if review else None,
        adds_to=tuple(x.value for x in _of(agreement, s.Setting) if x.word == "adds to"),
        stages=stages,
        rounding=rounding,
        rules=rules,
        guards=guards.all(),
        terms=terms.all(),
        examples=tuple(
            m.Example(agreement.name, x.title.value, x, span=x.span)
            for x in agreement.members
            if isinstance(x, s.Example | s.SettledExample)
        ),
        exchange=exchange,
        tax=tax,
        measures={name: ref for name, ref in measures.items() if ref is not None},
        amendments=tuple(amendment for edition in amended for amendment in edition.amendments),
        classes={name: of for name, of in typing.classes.items() if of is not None},
        best_among=best,
        rebates=rebates,
        funds=settled.funds.all(),
        span=agreement.name_span,
    )
    return made, valid is not None and who is not None and bool(names.currency)


def _zone_exists(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _who(accounts: s.Accounts, typing: Typing) -> m.Who | None:
    master, names = typing.names.master, typing.names
    several = accounts.kind != "account"
    if several and accounts.counted is None:
        names.report.error(
            "R0335",
            accounts.span,
            "several accounts: it is not said whether each counts alone",
            "add `, each` or `, together`",
        )
    where = None
    match accounts.kind:
        case "where":
            assert accounts.where is not None
            where = typed_condition(accounts.where, typing)
            if where is None or not check_account_condition(where, names):
                return None
        case "group" if master.group_names and accounts.name not in master.group_names:
            names.unknown("R0232", "group", str(accounts.name), accounts.span, master.group_names)
        case "account" | "account and subsidiaries" if master.has_accounts and accounts.name not in master.accounts:
            names.unknown("R0201", "account", str(accounts.name), accounts.span, master.accounts)
    return m.Who(accounts.kind, accounts.name, where, accounts.counted == "together", span=accounts.span)


def stages_of(agreement: s.Agreement, kind: str) -> dict[str, s.Rule]:
    """The stages that rules of a kind name, each with such a rule."""
    return {
        clause.name: rule
        for rule in all_rules(agreement)
        if (rule.kind == kind and not is_settled(rule)) or (kind == "rebate" and is_settled(rule))
        for clause in rule.clauses
        if isinstance(clause, s.StageClause)
    }


def _stages(
    waterfall: s.Waterfall | None, agreement: s.Agreement, charge_stages: Mapping[str, s.Rule], names: Names
) -> tuple[m.Stage, ...]:
    """Discounts in their order, those marked `last`, then charges, then stages on charges (3.1, 3.2)."""
    declared = waterfall.stages if waterfall is not None else ()
    seen: dict[str, s.Stage] = {}
    for stage in declared:
        twice(names, "stage", stage.name, stage.span, seen.get(stage.name))
        seen[stage.name] = stage
    of_charges = {"charges", *charge_stages}
    for name, discount in sorted(stages_of(agreement, "discount").items()):
        if name in of_charges:
            charge = charge_stages.get(name)
            names.report.error(
                "R0336",
                discount.name_span,
                f"stage `{name}` holds both charges and discounts",
                "give the charges a stage of their own",
                labels=(Label(charge.name_span, f"charge `{charge.name}`"),) if charge is not None else (),
            )
    of_rebates = stages_of(agreement, "rebate")
    for kind in ("discount", "charge"):
        for name, rule in sorted(stages_of(agreement, kind).items()):
            if name in of_rebates:
                names.report.error(
                    "R0664",
                    rule.name_span,
                    f"stage `{name}` holds rules of orders and rules that are settled afterwards",
                    "give the rebates a stage of their own",
                    labels=(Label(of_rebates[name].name_span, f"{of_rebates[name].kind} `{of_rebates[name].name}`"),),
                )
    made = [
        m.Stage(
            x.name, x.combine, x.on or "running", x.last, _kind(x, of_charges) if x.name not in of_rebates else "rebate",
            span=x.span,
        )
        for x in declared
    ]  # fmt: skip
    settled = [stage for stage in made if stage.kind == "rebate"]
    charges = [stage for stage in made if stage.name in of_charges]
    on_charges = [stage for stage in made if stage.base == "charges" and stage not in settled]
    discounts = [stage for stage in made if stage not in (*charges, *on_charges, *settled)]
    if not discounts:
        discounts = [m.Stage("discounts", "best", "running", False, span=agreement.name_span)]
    if not any(stage.name == "charges" for stage in charges):
        charges.append(m.Stage("charges", "sum", "running", False, "charge", span=agreement.name_span))
    ordered = [x for x in discounts if not x.last] + [x for x in discounts if x.last]
    return (*ordered, *charges, *on_charges, *settled)


def _kind(stage: s.Stage, of_charges: Collection[str]) -> Literal["discount", "charge", "on charges"]:
    if stage.on == "charges":
        return "on charges"
    return "charge" if stage.name in of_charges else "discount"


_SAME = {"half even": "mode", "round up": "mode", "round down": "mode"}


def rounding_once(words: Sequence[s.Rounding], names: Names) -> None:
    """Each thing about rounding is said once at one place; an agreement may say it otherwise than the folder."""
    seen: dict[str, s.Rounding] = {}
    for word in words:
        remainder = "remainder" if word.word.startswith("remainder") else word.word
        what = _SAME.get(word.word, remainder)
        if what in seen:
            names.report.error(
                "R0330",
                word.span,
                f"`{seen[what].word}` and `{word.word}` say the same thing twice",
                "keep one of them",
                labels=(Label(seen[what].span, "the first"),),
            )
        seen.setdefault(what, word)


def _rounding(words: Sequence[s.Rounding], names: Names) -> m.Rounding:
    rounding = m.Rounding()
    for word in words:
        match word.word:
            case "digits":
                rounding = replace(rounding, digits=word.digits)
            case "price rounds first":
                rounding = replace(rounding, price_first=True, price_digits=word.digits)
            case "discount rounds":
                rounding = replace(rounding, discount_rounds=True)
            case "round once":
                rounding = replace(rounding, round_once=True)
            case "half even" | "round up" | "round down":
                mode = {"half even": Mode.HALF_EVEN, "round up": Mode.UP, "round down": Mode.DOWN}[word.word]
                rounding = replace(rounding, mode=mode)
            case "remainder to first line":
                rounding = replace(rounding, remainder=Remainder.FIRST)
            case "remainder to last line":
                rounding = replace(rounding, remainder=Remainder.LAST)
            case "remainder to largest line":
                rounding = replace(rounding, remainder=Remainder.LARGEST)
            case "carry the difference":
                rounding = replace(rounding, carry_difference=True)
            case "round to":
                assert word.step is not None
                step = word.step.number if isinstance(word.step, s.Money) else word.step
                rounding = replace(rounding, digits=word.digits, then_step=step.value)
            case "round order to":
                assert word.step is not None
                if isinstance(word.step, s.Money) and names.currency and word.step.currency != names.currency:
                    names.report.error(
                        "R0212",
                        word.step.span,
                        f"`{word.step.currency}` is not the agreement's currency `{names.currency}`",
                        f"write the step in {names.currency}",
                    )
                step = word.step.number if isinstance(word.step, s.Money) else word.step
                rounding = replace(rounding, order_step=step.value)
        size = word.step.number if isinstance(word.step, s.Money) else word.step
        if size is not None and size.value <= 0:
            names.report.error(
                "R0337", word.span, "a step of nothing rounds nothing", "write a step above zero, such as 0.05"
            )
        if word.digits is not None and word.digits > 12:
            names.report.error(
                "R0338", word.span, f"{word.digits} digits are more than amounts can have", "write at most 12"
            )
    if rounding.round_once and rounding.price_first:
        both = [word for word in words if word.word in ("round once", "price rounds first")]
        names.report.error(
            "R0339",
            both[-1].span,
            "`round once` and `price rounds first` exclude each other",
            "keep one of them",
            labels=(Label(both[0].span, "the other"),),
        )
    return rounding


def _rules(
    agreement: s.Agreement,
    who: m.Who | None,
    stages: tuple[m.Stage, ...],
    typing: Typing,
    places: Mapping[str, int],
    first_place: int,
) -> tuple[m.Rule, ...]:
    seen: dict[str, s.Rule] = {}
    rules: list[m.Rule] = []
    if who is None:  # its rules are checked all the same
        who = m.Who("group", "", None, True, span=agreement.name_span)
    charges = {
        f"{agreement.name}.{rule.name}": first_place + places[rule.name]
        for rule in _of(agreement, s.Rule)
        if rule.kind == "charge" and not is_settled(rule)
    }
    for rule in _of(agreement, s.Rule):
        twice(typing.names, "rule", rule.name, rule.name_span, _heading(seen.get(rule.name)))
        seen[rule.name] = rule
        typing.names.rules[rule.name] = rule.kind
        if is_settled(rule):
            continue
        place = Place(agreement.name, who, first_place + places[rule.name], stages, charges)
        made = model_rule(rule, place, typing)
        if made is not None:
            rules.append(made)
    return tuple(rules)


def _heading(rule: s.Rule | None) -> s.Node | None:
    return s.Broken(span=rule.name_span) if rule is not None else None


def typing_of(
    agreement: s.Agreement, names: Names, name: str, who: s.Accounts | None, stages: tuple[str, ...]
) -> Typing:
    """What the text of an agreement is typed with: its own rules by name."""

    def ids(kind: str) -> dict[str, str]:
        rules = _of(agreement, s.Rule)
        return {rule.name: f"{name}.{rule.name}" for rule in rules if rule.kind == kind and not is_settled(rule)}

    settled = settled_ids(agreement.members, name)
    return Typing(names, name, who, stages, ids("charge"), ids("price"), ids("discount"), settled)


def _as_amended(edition: Edition, typing: Typing, before: Names) -> Typing:
    """What the text of an edition is typed with: its own charges, measures and item sets."""
    names = before.inside(before.currency)
    for member in edition.agreement.members:
        if isinstance(member, s.Measure):
            names.measures[member.name] = member
        elif isinstance(member, s.ItemSet):
            names.sets[member.name] = member
    again = typing_of(edition.agreement, names, typing.agreement, typing.who, typing.stages)
    for member in edition.agreement.members:
        if isinstance(member, s.Measure):
            typed(s.Name(member.name, span=member.name_span), again)
        elif isinstance(member, s.ItemSet):
            item_set(member.name, member.name_span, again)
    return again


def _same_measures(edition: Edition, measures: dict[str, m.MeasureRef | None], again: Typing) -> None:
    """An amended measure is of the kind it was, so that what examples and callers give for it still fits."""
    for name, ref in again.measures.items():
        old = measures.setdefault(name, ref)
        if old is None or ref is None or old.dimension == ref.dimension:
            continue
        again.names.report.error(
            "R0437",
            again.names.measures[name].name_span,
            f"measure `{name}` is {describe(ref.dimension)} here and {describe(old.dimension)} before",
            "give the new one another name",
            labels=(Label(old.span, "the measure before"),),
        )


def _guards(edition: Edition, typing: Typing, guards: Stretches[m.Guard], numbers: Mapping[int, int]) -> None:
    """Enters the guards of an edition by number; those it does not have any more end."""
    agreement, day = edition.agreement, edition.day
    guards.keep({numbers[guard.span.start] for guard in _of(agreement, s.Guard)}, day)
    for guard in _of(agreement, s.Guard):
        number = numbers[guard.span.start]
        bound = typed(guard.bound, typing)
        if bound is None:
            continue
        dim = dimension(bound)
        wanted = (m.PRICE, m.MONEY) if guard.watches == "net price" else (m.NUMBER,)
        if dim not in wanted:
            help = (
                "write a price such as `EUR 4 per piece` or `cost`"
                if guard.watches == "net price"
                else "write a percent such as `12%`"
            )
            typing.error("R0214", guard.bound.span, f"`{guard.watches}` cannot be compared with {describe(dim)}", help)
            continue
        id = f"{agreement.name}.guard {number}"
        made = m.Guard(
            id,
            agreement.name,
            guard.watches,
            guard.per_line or guard.watches == "net price",
            guard.op,
            bound,
            guard.otherwise.role,
            span=guard.span,
        )
        if check_guard(made, typing.names):
            guards.enter(number, replace(made, amended=edition.guards[guard]), day)
