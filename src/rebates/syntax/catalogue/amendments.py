"""R043x and R044x: amendments, time and terms."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

_RULE = "discount d { stage s  rate 5% }\n"

ENTRIES = (
    Entry(
        "R0430",
        "amendment-of-unknown-rule",
        "error",
        "an amendment of a rule that does not exist",
        "the rule that was meant would go on unchanged",
        "write the name of the rule as it stands in the agreement; a new rule has a title",
        _RULE + 'amend from 2026-07-01 "Review" { discount dd { rate 6% } }',
        _RULE + 'amend from 2026-07-01 "Review" { discount d { rate 6% } }',
    ),
    Entry(
        "R0431",
        "changed-twice",
        "error",
        "two amendments of one day change the same clause",
        "neither is the later one, so which of them holds would be guessed",
        "keep one of them, or let one begin on another day",
        _RULE
        + 'amend from 2026-07-01 "Review" { discount d { rate 6% } }\n'
        + 'amend from 2026-07-01 "Other review" { discount d { rate 7% } }',
        _RULE
        + 'amend from 2026-07-01 "Review" { discount d { rate 6% } }\n'
        + 'amend from 2026-08-01 "Other review" { discount d { rate 7% } }',
    ),
    Entry(
        "R0432",
        "new-rule-of-old-name",
        "error",
        "a new rule in an amendment has the name of a rule that exists",
        "a title marks a new rule; without one the rule of that name is amended",
        "leave out the title to amend the rule, or give the new one another name",
        _RULE + 'amend from 2026-07-01 "Review" { discount d "New" { stage s  rate 6% } }',
        _RULE + 'amend from 2026-07-01 "Review" { discount e "New" { stage s  rate 6% } }',
    ),
    Entry(
        "R0433",
        "nothing-to-remove",
        "error",
        "an amendment removes what is not there",
        "what was meant would go on unchanged",
        "leave it out, or write the word of a clause that the rule has",
        _RULE + 'amend from 2026-07-01 "Review" { discount d { remove cap } }',
        "discount d { stage s  rate 5%  cap EUR 5 per order }\n"
        'amend from 2026-07-01 "Review" { discount d { remove cap } }',
    ),
    Entry(
        "R0434",
        "amendment-outside-the-agreement",
        "error",
        "an amendment that begins before the agreement has begun, or after it has ended",
        "what it changes would never hold, or what was signed never would",
        "write a day of the agreement after its first",
        _RULE + 'amend from 2025-07-01 "Review" { discount d { rate 6% } }',
        _RULE + 'amend from 2026-07-01 "Review" { discount d { rate 6% } }',
    ),
    Entry(
        "R0435",
        "remove-outside-amendment",
        "error",
        "`remove` in a rule that amends nothing",
        "a rule has what is written in it",
        "take the clause itself out of the rule",
        "discount d { stage s  rate 5%  remove cap }",
        "discount d { stage s  rate 5% }",
    ),
    Entry(
        "R0436",
        "governing-date-amended",
        "error",
        "an amendment of the date that governs a rule",
        "that date chooses which version of the rule holds",
        "remove the rule and add a new one with the other date",
        _RULE + 'amend from 2026-07-01 "Review" { discount d { dated by delivery } }',
        _RULE
        + 'amend from 2026-07-01 "Review" { remove discount d  '
        + 'discount e "By delivery" { stage s  dated by delivery  rate 5% } }',
    ),
    Entry(
        "R0437",
        "measure-of-another-kind",
        "error",
        "an amended measure that is of another kind than before",
        "what examples and callers give for it would not fit any more",
        "give the new measure another name",
        "measure big = net value per order\n"
        'amend from 2026-07-01 "Review" { measure big = quantity in carton per order }',
        'measure big = net value per order\namend from 2026-07-01 "Review" { measure big = gross value per order }',
    ),
    Entry(
        "R0441",
        "unknown-weekday",
        "error",
        "a weekday that does not exist",
        "a test on it would never hold",
        "write one of the seven names, in small letters",
        "when order.weekday is Saterday\nrate 5%",
        "when order.weekday is saturday\nrate 5%",
    ),
    Entry(
        "R0442",
        "no-such-time",
        "error",
        "a time that no day has",
        "a test on it would never hold",
        "write an hour and minute from 00:00 to 24:00",
        "when order.time >= 25:00\nrate 5%",
        "when order.time >= 15:00\nrate 5%",
    ),
    Entry(
        "R0443",
        "zeroth-order",
        "error",
        "orders are counted from the first",
        "no order is the one before the first",
        "write `1st`, `2nd`, `3rd` and so on",
        "when every 0th order per account per year\nrate 5%",
        "when every 10th order per account per year\nrate 5%",
    ),
    Entry(
        "R0444",
        "days-between-no-dates",
        "error",
        "days are counted between two dates",
        "other values have no days between them",
        "write a date, or an attribute of type date",
        "when days from order.date to order.channel > 5\nrate 5%",
        "when days from order.date to order.delivery_date > 5\nrate 5%",
    ),
)
