"""R05xx: orders, when they are read and priced. They name a field of the order instead of a place in a text."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

ENTRIES = (
    Entry("R0501", "no-agreement", "error", "no agreement holds for the account on the day", "without one there is no price", "check the account, the date, and `accounts` and `valid` of the agreements"),
    Entry("R0502", "order-of-unknown-account", "error", "an account that the table `accounts` does not have", "nothing is agreed with it", "mend the account, or add it to the table"),
    Entry("R0503", "order-of-unknown-item", "error", "an item that the table `items` does not have", "it has no price, unit or family", "mend the item, or add it to the table"),
    Entry("R0504", "item-without-price", "error", "an item without a price on the day", "a missing price is not a price of zero", "add a row to the table `list_prices`, or a price rule"),
    Entry("R0505", "missing-conversion", "error", "an item without a conversion between two units", "a factor is never guessed", "add the row to the table `units` that the message names"),
    Entry("R0506", "zero-quantity", "error", "a line with a quantity of zero", "it orders nothing and returns nothing", "order some, or leave the line out", '{"item": "COLA", "quantity": "0 piece"}', '{"item": "COLA", "quantity": "1 piece"}'),
    Entry("R0507", "order-without-lines", "error", "an order without lines", "there is nothing to price", "add a line", '"lines": []', '"lines": [{"item": "COLA", "quantity": "60 carton"}]'),
    Entry("R0508", "order-in-other-currency", "error", "an order that would be priced in two currencies", "without a rate of exchange amounts cannot be added", "give amounts in the currency of the agreements; end one agreement before the other begins", '"price": "USD 2.00"', '"price": "EUR 2.00"'),
    Entry("R0510", "wrong-quantity", "error", "a quantity that cannot be read", "it is a text with a number and a unit, so that it stays exact", "write it so", '"quantity": 60.5', '"quantity": "60.5 carton"'),
    Entry("R0511", "wrong-amount", "error", "an amount or number that cannot be read exactly", "it is a text, so that it stays exact", "write it as a text, an amount with its currency", '"price": 12.5', '"price": "EUR 12.50"'),
    Entry("R0512", "wrong-date", "error", "a date that cannot be read", "it is a text, year-month-day", "write it so", '"date": "10/03/2026"', '"date": "2026-03-10"'),
    Entry("R0513", "wrong-percent", "error", "a manual discount that is no percent", "it is a text with its percent sign", "write it so", '"discount": "5"', '"discount": "5%"'),
    Entry("R0514", "negative-price", "error", "a manual price below zero", "a return has a negative quantity, not a negative price", "write the price above zero", '"price": "EUR -2.00"', '"price": "EUR 2.00"'),
    Entry("R0515", "wrong-attribute", "error", "an attribute whose value is not of its declared type", "a condition on it could not be judged", "write a value of its type", '"attributes": {"weight": "heavy"}', '"attributes": {"weight": "12"}'),
    Entry("R0520", "field-twice", "error", "a field that stands twice in one object of an order", "which of the two is meant would be guessed", "keep one of them", '{"account": "ACME", "account": "SOLO"}', '{"account": "ACME"}'),
    Entry("R0521", "order-too-large", "error", "an order that is too large", "one order is priced as a whole, in memory", "split it into several orders"),
    Entry("R0522", "order-is-no-json", "error", "an order that is no JSON, or nests too deeply", "it cannot be read", "check quotes and commas", '{"account": "ACME",}', '{"account": "ACME"}'),
    Entry("R0523", "missing-field", "error", "an order without a field that it needs", "it is not guessed", "add the field", '{"item": "COLA"}', '{"item": "COLA", "quantity": "1 piece"}'),
    Entry("R0524", "unknown-field", "error", "a field that orders do not have", "nothing in an order is read and ignored", "remove it, or hand it over in `attributes`", '{"item": "COLA", "qty": "1 piece"}', '{"item": "COLA", "quantity": "1 piece"}'),
    Entry("R0525", "wrong-field", "error", "a field with a value of the wrong kind", "it cannot be read", "write what the schema of orders says", '"codes": "SPRING"', '"codes": ["SPRING"]'),
    Entry("R0530", "credit-of-unknown-line", "error", "a return of a line that the sale does not have", "a credit mirrors a sale line by line", "name a line of the sale; the first is line 1"),
    Entry("R0531", "credit-beyond-sale", "error", "a return of more than is left of the sale", "more would be given back than was paid", "return at most what is left"),
)
