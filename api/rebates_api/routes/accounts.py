"""`/v1/accounts/{id}/…`: the price list, the terms and the agreements of an account on a day."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from rebates import Book, OrderErrors
from rebates.engine.standing import agreements_on, prices_on, terms_on
from rebates_api.identity.caller import Caller
from rebates_api.identity.gate import admit_account
from rebates_api.routes.asked import CURSOR, DATE, LIMIT, MOST_PAGE, PAGE, RULES, asked, day_of, number_of, rules_of
from rebates_api.routes.models import AgreementsAnswer, PriceList, TermsAnswer
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.web.bodies import JSON
from rebates_api.web.cursors import Cursors
from rebates_api.web.etags import PRIVATE, etag_of, unchanged
from rebates_api.web.forms import chosen
from rebates_api.web.problems import of_order
from rebates_api.wire.tables import can_parquet, csv_of, parquet_of
from rebates_api.wire.views import money

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"


async def prices(request: Request, id: str) -> Response:
    """The price list of an account: the price of each item for one base unit."""
    service = service_of(request)
    _, caller = seen_of(request)
    given = asked(request, ("date", "rules", "cursor", "limit"))
    media = chosen(request, (JSON, CSV, *((PARQUET,) if can_parquet() else ())))
    limit = number_of(given, "limit", PAGE, MOST_PAGE)
    day, version, after = day_of(given), rules_of(given), ""
    cursors = Cursors(await service.aside(service.secret))
    if "cursor" in given:
        place = cursors.read("prices", given | {"account": id}, "account", "date")
        day, version, after = date.fromisoformat(place["date"]), version or place["rules"], place["after"]
    book = await _book(request, version, id, day)
    tag = etag_of("prices", book.version, id, day.isoformat(), after, str(limit), media)
    if (same := unchanged(request, tag)) is not None:
        return same
    found = await service.long(lambda: _told(caller, lambda: list(islice(prices_on(book, id, day, after), limit + 1))))
    page, following = found[:limit], None
    if len(found) > limit:
        following = cursors.write("prices", account=id, date=day.isoformat(), rules=book.version, after=page[-1].item)
    headers = {"ETag": tag, "Cache-Control": PRIVATE, "Vary": "Accept, Authorization"}
    if following is not None:
        headers["Link"] = f'<?cursor={following}&limit={limit}>; rel="next"'
    if media == CSV:
        return Response(csv_of(page), headers=headers, media_type=CSV)
    if media == PARQUET:
        return Response(parquet_of(page), headers=headers, media_type=PARQUET)
    rows = [
        {
            "item": each.item,
            "unit": each.unit,
            "list_price": money(each.list_price),
            "price": money(each.price),
            "net_price": money(each.net_price),
            "valid_to": None if each.valid_to is None else each.valid_to.isoformat(),
            "reference": each.reference,
        }
        for each in page
    ]
    return _json(book, id, day, {"prices": rows, "next": following}, headers)


async def terms(request: Request, id: str) -> Response:
    """The terms of an account as they were signed."""
    _, caller = seen_of(request)
    book, day, tag = await _asked(request, id, "terms")
    if (same := unchanged(request, tag)) is not None:
        return same
    found = [
        {
            "term": each.word,
            "text": each.text,
            "values": [{"kind": kind, "value": value} for kind, value in each.values],
        }
        | ({"agreement": each.agreement, "place": each.place} if caller.is_manager else {})
        for each in _told(caller, lambda: terms_on(book, id, day))
    ]
    return _json(book, id, day, {"terms": found}, {"ETag": tag, "Cache-Control": PRIVATE})


async def agreements(request: Request, id: str) -> Response:
    """The agreements of an account that are in force."""
    _, caller = seen_of(request)
    book, day, tag = await _asked(request, id, "agreements")
    if (same := unchanged(request, tag)) is not None:
        return same
    found = [
        {
            "title": each.title,
            "valid_from": each.first.isoformat(),
            "valid_to": each.last.isoformat(),
            "currency": each.currency,
            "owner": each.owner,
            "amendments": [
                placed if caller.is_manager else f"{title} of {since.isoformat()}"
                for title, since, placed in each.amendments
            ],
        }
        | ({"name": each.name} if caller.is_manager else {})
        for each in _told(caller, lambda: agreements_on(book, id, day))
    ]
    return _json(book, id, day, {"agreements": found}, {"ETag": tag, "Cache-Control": PRIVATE})


async def _asked(request: Request, id: str, what: str) -> tuple[Book, date, str]:
    _, caller = seen_of(request)
    given = asked(request, ("date", "rules"))
    day = day_of(given)
    book = await _book(request, rules_of(given), id, day)
    return book, day, etag_of(what, book.version, id, day.isoformat(), caller.view)


async def _book(request: Request, version: str | None, id: str, day: date) -> Book:
    seen, caller = seen_of(request)
    book = await service_of(request).book(version)
    seen.rules = book.version
    admit_account(caller, book, id, day)
    return book


def _told(caller: Caller, work: Any) -> Any:
    try:
        return work()
    except OrderErrors as errors:
        raise of_order(errors.problems, caller.is_manager, below="") from None


def _json(book: Book, id: str, day: date, body: dict[str, Any], headers: dict[str, str]) -> Response:
    whole = {"account": id, "date": day.isoformat(), "version": book.version} | body
    return Response(msgspec.json.encode(whole), headers=headers, media_type=JSON)


FAILS = (404, 409, 422, 503)
ROUTES = (
    Route(
        "GET", "/v1/accounts/{id}/prices", prices, "read", "The price list of an account on a day",
        answer=PriceList, answer_media=(JSON, CSV, PARQUET), problems=(404, 406, 409, 422, 503),
        parameters=(DATE, RULES, CURSOR, LIMIT), more={304: "not changed"},
        asked="/v1/accounts/NUSANTARA/prices?date=2026-03-10",
    ),
    Route(
        "GET", "/v1/accounts/{id}/terms", terms, "read", "The terms of an account as signed",
        answer=TermsAnswer, problems=FAILS, parameters=(DATE, RULES), more={304: "not changed"},
        asked="/v1/accounts/NUSANTARA/terms?date=2026-03-10",
    ),
    Route(
        "GET", "/v1/accounts/{id}/agreements", agreements, "read", "The agreements of an account in force",
        answer=AgreementsAnswer, problems=FAILS, parameters=(DATE, RULES), more={304: "not changed"},
        asked="/v1/accounts/NUSANTARA/agreements?date=2026-03-10",
    ),
)  # fmt: skip
