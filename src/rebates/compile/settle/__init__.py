"""Settling in earnest: postings add up to as few rows as the rules can tell apart, and rules are worked out on these.

`settle` says what falls due in a period, `accrued` what windows have earned by a day, `earned` what a rule comes to in an
example; `Running` keeps the sums so that one more posting costs the same however many there were.
"""

from rebates.compile.settle.history import HistoryErrors
from rebates.compile.settle.running import Running, RunningBook
from rebates.compile.settle.settle import accrued, earned, settle

__all__ = ["HistoryErrors", "Running", "RunningBook", "accrued", "earned", "settle"]
