"""`/v1/facts`: what happened, into the ledger; the same fact posted twice counts once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from fastapi import Request
from pydantic import TypeAdapter
from starlette.responses import Response

from rebates import Book
from rebates.engine.fact_checks import FactChecks
from rebates.engine.facts import FactProblem
from rebates.model.calendar import parse_date
from rebates_api.identity.caller import Caller
from rebates_api.routes.asked import DRY_RUN, asked, is_dry
from rebates_api.routes.ledger_models import FACT_SAMPLE, MOST_FACTS, FactBody, FactsAnswer, FactsBody
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.routes.stored import posted
from rebates_api.routes.validated import plain_body, validated_as
from rebates_api.store.answers import Answer
from rebates_api.web.bodies import read_body
from rebates_api.web.problems import STATUS, Finding, Problem, no_account, pointer

if TYPE_CHECKING:  # it comes with `rebates[ledger]`
    from rebates.ledger.ledger import Ledger

ONE, MANY = TypeAdapter(FactBody), TypeAdapter(list[FactBody])
PLACE = re.compile(r"facts\[(\d+)\]\.(.*)", re.DOTALL)
CODES = {"missing": "R0800", "extra_forbidden": "R0807", "literal_error": "R0806"}
NUMBERS = frozenset("quantity net gross list invoice_value cost".split())
OF_RULES = frozenset("R0803 R0810 R0811 R0812 R0813".split())  # their help names what other agreements declare
MOST_TOLD = 100


async def facts(request: Request) -> Response:
    """Posts facts to the ledger, all or none. One that was posted before, with the same content, is left alone."""
    service = service_of(request)
    seen, caller = seen_of(request)
    dry = is_dry(asked(request, ("dry_run",)))
    raw = await read_body(request, service.settings.body_bytes, service.settings.body_seconds)

    async def prepare() -> Callable[[Ledger], Answer]:
        plain = plain_body(raw)
        many = isinstance(plain, list)
        if isinstance(plain, list) and not 1 <= len(plain) <= MOST_FACTS:
            detail = f"these are {len(plain)} facts; post 1 to {MOST_FACTS} at once"
            raise Problem("R0815", detail, [Finding("R0815", detail, "")])
        given: list[FactBody] = (
            validated_as(MANY, plain, CODES, NUMBERS) if many else [validated_as(ONE, plain, CODES, NUMBERS)]
        )
        book = await service.book(None)
        seen.rules = book.version
        _admit(caller, book, given, many)
        seen.left = service.rate.take(caller.id, len(given))
        seen.lines += len(given)
        wanted = [fact.model_dump(exclude_none=True) for fact in given]

        def work(ledger: Ledger) -> Answer:
            from rebates.engine.facts import FactErrors

            try:
                done = ledger.post(book, wanted)
            except FactErrors as errors:
                raise _problem(errors.problems, many, caller) from None
            body = {"added": done.added, "before": done.before, "dry_run": dry, "version": book.version}
            return Answer(200, msgspec.json.encode(body).decode())

        return work

    return await posted(request, "facts", raw, prepare, dry)


def _admit(caller: Caller, book: Book, facts: list[FactBody], many: bool) -> None:
    """Raises the same Problem for an account, or a rule, that is not there and for one that is another's."""
    if caller.everywhere:
        return  # whoever sees all is told by the library what is not there
    sees = lru_cache(10_000)(lambda account, day: caller.may_see(book, account, day))
    foreign, unknown = [], []
    for index, fact in enumerate(facts):
        at = f"/{index}" if many else ""
        day = _day(fact.date)
        if not sees(fact.account, day):
            foreign.append(Finding("S4043", "no such account", f"{at}/account"))
        elif (
            fact.kind in ("claim", "payment")
            and fact.name is not None
            and not _has_rule(book, fact.account, day, fact.name)
        ):
            unknown.append(Finding("R0813", f"there is no rule `{fact.name[:80]}`", f"{at}/name"))
    if foreign:
        raise no_account(foreign[:MOST_TOLD] if many else ())
    if unknown:
        raise Problem("R0813", unknown[0].detail, unknown[:MOST_TOLD])


def _has_rule(book: Book, account: str, day: date | None, name: str) -> bool:
    """Whether an agreement with the account has a rebate of this name."""
    if day is None:
        return True  # told by the library, as the day is
    agreements = _checks(book).agreements_of(account, day)
    return any(name in (rule.name, rule.id) for agreement in agreements for rule in agreement.rebates)


@lru_cache(4)
def _checks(book: Book) -> FactChecks:
    return FactChecks(book.rules)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _problem(problems: tuple[FactProblem, ...], many: bool, caller: Caller) -> Problem:
    """Every slip, with the pointer of its field."""
    found = []
    for one in problems[:MOST_TOLD]:
        match = PLACE.fullmatch(one.where)
        index, field = (match[1], match[2]) if match is not None else ("", one.where)
        help = one.help if caller.is_manager or one.code not in OF_RULES else ""
        found.append(Finding(one.code, one.message, (f"/{index}" if many and index else "") + _below(field), help=help))
    statuses = {STATUS.get(one.code, 422) for one in problems}
    return Problem(found[0].code, found[0].detail, found, status=statuses.pop() if len(statuses) == 1 else 422)


def _below(field: str) -> str:
    if field.startswith("days."):
        return f"/days/{field[5:]}"
    if not field or field in FactBody.model_fields:
        return f"/{field}" if field else ""
    return pointer(f"attributes.{field}")


ROUTES = (
    Route(
        "POST", "/v1/facts", facts, "post", "Post one fact or many to the ledger",
        answer=FactsAnswer, body=FactsBody, problems=(400, 404, 408, 409, 413, 415, 422, 429, 503), stores=True,
        parameters=(DRY_RUN,), sample=FACT_SAMPLE,
    ),
)  # fmt: skip
