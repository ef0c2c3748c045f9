"""`/v1/accounts/{id}/statements`: what settlements of a period said of an account, to read, to send, to reckon with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import msgspec
from fastapi import Request
from starlette.responses import Response

from rebates.engine.orders import instant
from rebates.engine.periods import period_of
from rebates_api.identity.gate import admit_account
from rebates_api.routes.asked import AS_OF, LANGUAGE, PERIOD, asked
from rebates_api.routes.ledger_models import StatementAnswer
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.web.bodies import JSON
from rebates_api.web.etags import PRIVATE, etag_of, unchanged
from rebates_api.web.forms import chosen
from rebates_api.web.problems import parameter
from rebates_api.wire import dues

if TYPE_CHECKING:  # they come with `rebates[ledger]`
    from rebates.ledger.ledger import Ledger
    from rebates.ledger.statements.statement import Statement

HTML = "text/html"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES = ("en", "id")
NEEDS = {PDF: "typst", XLSX: "openpyxl"}  # forms that are extras
ENDINGS = {PDF: "pdf", XLSX: "xlsx"}
# a page that was made of texts of rules: nothing in it runs, and nothing is fetched from elsewhere
NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


async def statements(request: Request, id: str) -> Response:
    """The statement of an account: measure, tier, earned, paid, due, what is missing to the next tier, what counted."""
    service = service_of(request)
    seen, caller = seen_of(request)
    given = asked(request, ("period", "as_of", "language"))
    media = chosen(request, (JSON, HTML, *(form for form, needs in NEEDS.items() if find_spec(needs))))
    first, last = _period(given)
    moment, language = _moment(given), _language(given)
    book = await service.book(None)
    seen.rules = book.version
    admit_account(caller, book, id, last)

    def work(ledger: Ledger) -> Statement:
        from rebates.ledger.statements.statement import customers, statement_of

        made = statement_of(ledger, id, first, last, moment)
        if caller.is_manager:
            return made
        return customers(made, lambda account: caller.may_see(book, account, last))

    made = await service.ledgered(service.ledger.read, work)
    content = _written(made, media, language, caller.is_manager)
    tag = etag_of(
        "statement",
        media,
        language,
        caller.view,
        str(made.runs),
        made.version,
        str(made),
    )
    if (same := unchanged(request, tag)) is not None:
        return same
    headers = {"ETag": tag, "Cache-Control": PRIVATE, "Vary": "Accept, Authorization"}
    if media == HTML:
        headers["Content-Security-Policy"] = NOTHING_RUNS
    elif media != JSON:
        headers["Content-Disposition"] = f'attachment; filename="statement_{first}_{last}.{ENDINGS[media]}"'
    return Response(content, headers=headers, media_type=media)


def _written(made: Statement, media: str, language: str, manager: bool) -> bytes:
    from rebates.ledger.statements import forms

    view: Literal["manager", "customer"] = "manager" if manager else "customer"
    if media == HTML:
        return forms.as_html(made, language, view).encode()
    if media == PDF:
        from rebates.ledger.statements.pdf import as_pdf

        return as_pdf(made, language, view)
    if media == XLSX:
        return forms.as_xlsx(made, language, view)
    return msgspec.json.encode(dues.statement(made, manager))


def _period(given: dict[str, str]) -> tuple[date, date]:
    text = given.get("period")
    if text is None:
        raise parameter("period", "the period is missing", "write it like 2026-Q2")
    try:
        return period_of(text)
    except ValueError as error:
        raise parameter("period", str(error), "write it like 2026-Q2") from None


def _moment(given: dict[str, str]) -> datetime | None:
    text = given.get("as_of")
    if text is None:
        return None
    try:
        moment = instant(text[:60])
        if moment.utcoffset() is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise parameter("as_of", f"`{text[:40]}` is no moment with a zone", "write it like 2026-07-31T18:00:00Z")


def _language(given: dict[str, str]) -> str:
    language = given.get("language", "en")
    if language not in LANGUAGES:
        raise parameter("language", f"`{language[:40]}` is not known", f"write {' or '.join(LANGUAGES)}")
    return language


ROUTES = (
    Route(
        "GET", "/v1/accounts/{id}/statements", statements, "read", "The statement of an account for a period",
        answer=StatementAnswer, answer_media=(JSON, HTML, PDF, XLSX), problems=(404, 406, 422, 503),
        parameters=(PERIOD, AS_OF, LANGUAGE), more={304: "not changed"},
        asked="/v1/accounts/NUSANTARA/statements?period=2026-Q1",
    ),
)  # fmt: skip
