"""One file for each resource; every route says what a key needs for it. `ALL` is the whole service."""

from __future__ import annotations

from rebates_api.routes import accounts, approvals, checks, facts, health, quotes, rules, settlements, statements

ALL = (
    *quotes.ROUTES,
    *approvals.ROUTES,
    *accounts.ROUTES,
    *statements.ROUTES,
    *facts.ROUTES,
    *settlements.ROUTES,
    *checks.ROUTES,
    *rules.ROUTES,
    *health.ROUTES,
)
