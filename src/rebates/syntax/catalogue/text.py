"""R00xx: characters, numbers, dates and quotes."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

_DAY = "names of months and the order of day and month differ by language; year-month-day reads one way only"
_ONE_WAY = "a number is written one way only, so that every reader sees the same amount"
_UNSEEN = "two readers could see the same text and mean two different things"

ENTRIES = (
    Entry("R0001", "file-too-large", "error", "a rule file is too large", "a text of that size is data, and data belong in tables", "split it, one agreement to a file, or move rows to a table"),
    Entry("R0002", "nested-too-deeply", "error", "a statement nests or chains too deeply", "nobody could check it by reading", "name a part of it as a measure", "measure m = " + "(" * 70 + "1" + ")" * 70, "measure part = 1\nmeasure m = part + 1"),
    Entry("R0011", "uneven-groups", "error", "a number groups its digits unevenly", "`1_00_0` may have lost a digit", "group by threes from the right", "measure m = 1_00_0", "measure m = 1_000"),
    Entry("R0012", "number-too-long", "error", "a number has too many digits", "amounts are exact to 18 digits before the point and 12 after it", "shorten it", "measure m = 1234567890123456789", "measure m = 123_456_789_012_345_678"),
    Entry("R0013", "no-such-day", "error", "the calendar has no such day", "when an agreement holds is never guessed", "write a day that exists, year-month-day", "valid 2026-02-30 to 2026-12-31", "valid 2026-02-28 to 2026-12-31"),
    Entry("R0014", "unknown-sign", "error", "a sign that the language does not have", "nothing in a rule file is read and ignored", "remove it, or put a text in quotes", "measure m = 1 ?", "measure m = 1"),
    Entry("R0020", "foreign-comment", "error", "a comment that does not start with `#`", "one sign starts a comment, so that none is taken for a rule", "start it with `#`", "// agreed in March\nmeasure m = 1", "# agreed in March\nmeasure m = 1"),
    Entry("R0021", "written-date", "error", "a date with the name of its month", _DAY, "write year-month-day", "valid 1 Jan 2026 to 2026-12-31", "valid 2026-01-01 to 2026-12-31"),
    Entry("R0022", "month-first-date", "error", "a date that starts with its month", _DAY, "write year-month-day", "valid Jan 1, 2026 to 2026-12-31", "valid 2026-01-01 to 2026-12-31"),
    Entry("R0023", "slashed-date", "error", "a date with slashes or points", "1/2/2026 is a day of January or of February, depending on the reader", "write year-month-day", "valid 1/2/2026 to 2026-12-31", "valid 2026-02-01 to 2026-12-31"),
    Entry("R0024", "dotted-groups", "error", "digits grouped with points", "a point starts the decimals", "group with `_`", "measure m = EUR 1.000.000", "measure m = EUR 1_000_000"),
    Entry("R0025", "comma-groups", "error", "digits grouped with commas", "a comma separates values", "group with `_`", "measure m = EUR 1,000,000", "measure m = EUR 1_000_000"),
    Entry("R0026", "decimal-comma", "error", "a rate with a decimal comma", "a comma separates values", "write a point", "rate 5,5%", "rate 5.5%"),
    Entry("R0027", "decimal-comma-amount", "error", "an amount with a decimal comma", "a comma separates values", "write a point", "rate EUR 5,50 per order", "rate EUR 5.50 per order"),
    Entry("R0028", "currency-behind", "error", "a currency that stands behind its amount", _ONE_WAY, "write the currency first", "measure m = 5 EUR", "measure m = EUR 5"),
    Entry("R0029", "letter-o", "error", "a letter O among digits", "it looks like a zero and is none", "write the digit", "measure m = 5O", "measure m = 50"),
    Entry("R0030", "percent-word", "error", "a rate with the word percent", _ONE_WAY, "write `%`", "rate 5 percent", "rate 5%"),
    Entry("R0031", "shortened-number", "error", "a number shortened by a letter or word", "`M` is a million to one reader and a thousand to another", "write all digits", "measure m = EUR 25M", "measure m = EUR 25_000_000"),
    Entry("R0032", "range-as-threshold", "error", "a range as a threshold", "its upper end would repeat where the next tier starts, or leave a gap", "write where the tier starts", "tiers retroactive on quantity in carton per line { from 200-499 5%  from 500 5% }", "tiers retroactive on quantity in carton per line { from 200 5%  from 500 5% }"),
    Entry("R0033", "glued-currency", "error", "no blank between a currency and its amount", "`EUR5` could be a name", "add a blank", "measure m = EUR5", "measure m = EUR 5"),
    Entry("R0034", "currency-sign", "error", "a sign instead of a currency", "`$` is the sign of many currencies", "write its three letters", "measure m = $5", "measure m = USD 5"),
    Entry("R0035", "foreign-letters", "error", "a name with other letters than a to z", "letters of other scripts can look alike, and not every keyboard has them", "use a to z, digits and `_`", "measure größe = 1", "measure groesse = 1"),
    Entry("R0036", "foreign-operator", "error", "a sign of programming or typesetting", "the language has one word or sign for it", "write the word or sign proposed", 'items s where brand is "x" && brand is "y"', 'items s where brand is "x" and brand is "y"'),
    Entry("R0037", "percent-first", "error", "a percent sign before its number", _ONE_WAY, "write it after the number", "rate %5", "rate 5%"),
    Entry("R0038", "glued-unit", "error", "no blank between a number and its unit", "`3piece` could be a name", "add a blank", "rate 5%\nlimit 3piece per order, dearest", "rate 5%\nlimit 3 piece per order, dearest"),
    Entry("R0039", "not-a-number", "error", "digits that are no number", _ONE_WAY, "write digits, `_` between groups of three, and at most one point", "measure m = 1.2.3", "measure m = 1.23"),
    Entry("R0040", "curly-quotes", "error", "curly quotes", "texts are compared letter by letter, and straight quotes end them", "write straight quotes", "items s where brand is “x”", 'items s where brand is "x"'),
    Entry("R0041", "single-quotes", "error", "single quotes", "a text can hold an apostrophe", "write double quotes", "items s where brand is 'x'", 'items s where brand is "x"'),
    Entry("R0042", "unclosed-quote", "error", "a text without its closing quote", "a text ends on the line on which it starts", "add the quote", 'items s where brand is "x', 'items s where brand is "x"'),
    Entry("R0043", "invisible-character", "error", "an invisible character", _UNSEEN, "remove it", "measure m\u200b = 1", "measure m = 1"),
    Entry("R0044", "invisible-in-text", "error", "an invisible character in a text", _UNSEEN, "remove it", 'items s where brand is "x\u202ey"', 'items s where brand is "xy"'),
    Entry("R0045", "invisible-in-comment", "error", "an invisible character in a comment", "it can make a rule look like a comment", "remove it", "measure m = 1 # one\u202e", "measure m = 1 # one"),
)
