"""`/v1/accruals` and `/v1/settlements`: what was earned, and what is due of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import msgspec
from fastapi import Request
from starlette.responses import Response

from rebates.model.nodes import RuleSet
from rebates_api.identity.gate import admit_account
from rebates_api.routes.asked import (
    ACCOUNT,
    CURSOR,
    DATE,
    DRY_RUN,
    LIMIT,
    MOST_PAGE,
    PAGE,
    asked,
    day_of,
    is_dry,
    number_of,
)
from rebates_api.routes.ledger_models import AccrualsAnswer, SettleBody, SettlementsAnswer
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.routes.stored import posted
from rebates_api.routes.validated import validated
from rebates_api.store.answers import Answer
from rebates_api.web.bodies import JSON, read_body
from rebates_api.web.cursors import Cursors
from rebates_api.web.etags import PRIVATE, etag_of, unchanged
from rebates_api.web.problems import Finding, Problem
from rebates_api.wire import dues

if TYPE_CHECKING:  # they come with `rebates[ledger]`
    from rebates.ledger.ledger import Ledger
    from rebates.ledger.reckoned import Accrual, Extent


async def accruals(request: Request) -> Response:
    """What has been earned by a day, as all is known now, and what of it was settled. Nothing is written.

    The pages after the first are of the same list: what was posted meanwhile is not in them.
    """
    service = service_of(request)
    seen, caller = seen_of(request)
    given = asked(request, ("date", "account", "cursor", "limit"))
    limit = number_of(given, "limit", PAGE, MOST_PAGE)
    cursors = Cursors(await service.aside(service.secret))
    place = cursors.read("accruals", given, "date", "account") if "cursor" in given else given
    day, account = day_of(place), place.get("account")
    book = await service.book(place.get("rules"))
    seen.rules = book.version
    if account is not None:
        admit_account(caller, book, account, day)

    def work(ledger: Ledger) -> tuple[tuple[Accrual, ...], Extent]:
        from rebates.ledger.reckoned import Extent, extent_of
        from rebates.ledger.reckoned import accruals as found

        by = Extent(int(place["facts"]), int(place["runs"])) if "facts" in place else extent_of(ledger)
        return found(ledger, book, day, by), by

    titles, costly = _titles(book.rules), _costly(book.rules)
    found, by = await service.ledgered(service.ledger.read, work)
    rows = []
    for each in found:
        whose = (each.due.earner, each.due.payee)
        if account is not None and account not in whose:
            continue
        if not caller.everywhere and not any(caller.may_see(book, one, day) for one in whose):
            continue
        hidden = not caller.is_manager and each.due.rule in costly
        rows.append(dues.accrual(each, titles[each.due.rule], caller.is_manager, hidden))
    told = int(place.get("told", "0")) + limit
    following = None
    if len(rows) > told:
        whole = {"date": day.isoformat(), "rules": book.version} | ({} if account is None else {"account": account})
        following = cursors.write("accruals", **whole, facts=str(by.facts), runs=str(by.runs), told=str(told))
    page = {"accruals": rows[told - limit : told], "next": following}
    body = msgspec.json.encode({"date": day.isoformat(), "version": book.version} | page)
    tag = etag_of("accruals", body.decode())
    if (same := unchanged(request, tag)) is not None:
        return same
    headers = {"ETag": tag, "Cache-Control": PRIVATE}
    if following is not None:
        headers["Link"] = f'<?cursor={following}&limit={limit}>; rel="next"'
    return Response(body, headers=headers, media_type=JSON)


async def settle(request: Request) -> Response:
    """Settles what falls due in a period, less what was settled before. A second run pays nothing."""
    service = service_of(request)
    seen, caller = seen_of(request)
    if not (caller.everywhere and caller.is_manager):
        raise Problem(
            "S4031", "a settlement concerns every account: its key has all of them, and the view of a manager"
        )
    dry = is_dry(asked(request, ("dry_run",)))
    raw = await read_body(request, service.settings.body_bytes, service.settings.body_seconds)

    async def prepare() -> Callable[[Ledger], Answer]:
        body = validated(SettleBody, raw)
        first, last = _period(body.period)
        book = await service.book(None)
        seen.rules = book.version
        kept = await service.aside(service.versions.sources, book.version)
        if kept is None:
            raise Problem("S4042")

        def work(ledger: Ledger) -> Answer:
            from rebates.ledger.reckoned import settle

            run, entries = settle(ledger, book, first, last, interim=body.interim, archive=kept[0])
            titles = _titles(book.rules)
            told: dict[str, object] = {
                "run": None if dry else run.number,
                "dry_run": dry,
                "first": first.isoformat(),
                "last": last.isoformat(),
                "version": book.version,
                "settlements": [dues.settlement(each, titles) for each in run.settlements],
                "entries": [dues.entry(each) for each in entries],
            }
            return Answer(200, msgspec.json.encode(told).decode())

        return work

    return await posted(request, "settlements", raw, prepare, dry)


def _titles(rules: RuleSet) -> dict[str, str]:
    """The titles of rules that are settled, by id."""
    return {rule.id: rule.title for agreement in rules.agreements for rule in agreement.rebates}


def _costly(rules: RuleSet) -> set[str]:
    """The rules whose measure would tell a cost."""
    from rebates.ledger.statements.statement import reads_cost

    return {rule.id for agreement in rules.agreements for rule in agreement.rebates if reads_cost(rule)}


def _period(text: str) -> tuple[date, date]:
    from rebates.ledger.ledger import days_of

    try:
        return days_of(text)
    except ValueError as error:
        raise Problem("R0512", str(error), [Finding("R0512", str(error), "/period")]) from None


ROUTES = (
    Route(
        "GET", "/v1/accruals", accruals, "read", "What has been earned by a day",
        answer=AccrualsAnswer, problems=(404, 409, 422, 503), parameters=(DATE, ACCOUNT, CURSOR, LIMIT), more={304: "not changed"},
        asked="/v1/accruals?date=2026-03-31",
    ),
    Route(
        "POST", "/v1/settlements", settle, "settle", "Settle what falls due in a period",
        answer=SettlementsAnswer, body=SettleBody, problems=(400, 404, 408, 409, 413, 415, 422, 503), stores=True,
        parameters=(DRY_RUN,), sample={"period": "2026-Q1"},
    ),
)  # fmt: skip
