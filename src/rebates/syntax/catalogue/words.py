"""R01xx: words and blocks."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

_NOT_IGNORED = "nothing in a rule file is read and ignored"

ENTRIES = (
    Entry("R0100", "does-not-fit", "error", "a word that does not fit at its place", _NOT_IGNORED, "write one of what is expected there", "stage 5 5 s\nrate 5%", "stage s\nrate 5%"),
    Entry("R0101", "misspelt-word", "error", "a misspelt word of the language", _NOT_IGNORED, "write it as proposed", "raet 5%", "rate 5%"),
    Entry("R0102", "foreign-word", "error", "a word of another system", "other systems use the same words with opposite meanings", "write the word of the language, and check that it means what was meant", "tiers slab on quantity in carton per line { from 5 carton 5% }", "tiers retroactive on quantity in carton per line { from 5 carton 5% }"),
    Entry("R0103", "missing-word", "error", "a word or sign is missing", "where contracts go wrong there is no default", "add it", "accounts all each", "accounts all, each"),
    Entry("R0104", "extra-word", "error", "a word or sign too many", _NOT_IGNORED, "remove it", "rate 5%,", "rate 5%"),
    Entry("R0105", "other-word-expected", "error", "something else is expected at this place", _NOT_IGNORED, "write what is expected", "rate 5%\ncode SPRING", 'rate 5%\ncode "SPRING"'),
    Entry("R0106", "unclosed-block", "error", "a block that is not closed", "what belongs to the block would be guessed", "add `}` where it ends", "discount d {\n  rate 5%\n", "discount d {\n  rate 5%\n}\n"),
    Entry("R0107", "stray-brace", "error", "a `}` that closes nothing", "what belongs to which block would be guessed", "remove it", "discount d {\n  rate 5% }\n  stage s\n}\n", "discount d {\n  rate 5%\n  stage s\n}\n"),
    Entry("R0108", "example-without-order", "error", "an example without an order", "what is expected is expected of an order", "write the order before the first `expect`", 'example "e" { expect pass }', 'example "e" {\n  order for "ACME" on 2026-03-10 { 1 piece of "COLA" }\n  expect pass\n}'),
    Entry("R0109", "upper-end", "error", "a tier with an upper end", "a tier ends where the next one starts, so there are no gaps and no overlaps", "write where the tier starts; an upper end is a tier of 0%", "tiers incremental on quantity in carton per line { up to 500 7% }", "tiers incremental on quantity in carton per line { from 0 carton 7%  from 500 carton 0% }"),
    Entry("R0110", "bad-name", "error", "a name with other signs than small letters, digits and `_`", "capitals are for codes, and a hyphen is a subtraction", "write it as proposed", "measure Sales = 1", "measure sales = 1"),
    Entry("R0111", "reserved-name", "error", "a name that is a word of the language", "where it is used it would be read as the word", "choose another", "measure quantity = 1", "measure quantity_total = 1"),
    Entry("R0112", "percent-sign", "error", "a rate without its percent sign", "5 could be a percent, an amount or a quantity", "write `%`, or an amount with its currency", "rate 5", "rate 5%"),
    Entry("R0113", "missing-currency", "error", "an amount without its currency", "an amount in the wrong currency is a costly slip", "write the currency before it", 'example "e" { order for "ACME" on 2026-03-10 { 1 piece of "COLA" at 2 } expect pass }', 'example "e" { order for "ACME" on 2026-03-10 { 1 piece of "COLA" at EUR 2 } expect pass }'),
    Entry("R0114", "missing-quotes", "error", "a text with a hyphen and without quotes", "it reads as a subtraction", "put it in quotes", "items s where brand is e-check", 'items s where brand is "e-check"'),
    Entry("R0120", "not-built-yet", "error", "a construct that this version does not have", _NOT_IGNORED, "take it out for now", 'rebate r "R" { rate 1% }', 'discount r "R" { rate 1% }'),
)
