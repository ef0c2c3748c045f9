"""One file for each resource; every route says what a key needs for it. `ALL` is the whole service."""

from __future__ import annotations

from rebates_api.routes import accounts, approvals, checks, health, quotes, rules

ALL = (
    *quotes.ROUTES,
    *approvals.ROUTES,
    *accounts.ROUTES,
    *checks.ROUTES,
    *rules.ROUTES,
    *health.ROUTES,
)
