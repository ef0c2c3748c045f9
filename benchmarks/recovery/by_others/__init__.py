"""Kinds of mistake by people who had not seen the recovery; each set was measured before it was looked at."""

from __future__ import annotations

from benchmarks.recovery.by_others import fifth, first, fourth, second, sixth, third
from benchmarks.recovery.kind import Kind

BY_OTHERS: tuple[Kind, ...] = (*first.KINDS, *second.KINDS, *third.KINDS, *fourth.KINDS, *fifth.KINDS, *sixth.KINDS)
