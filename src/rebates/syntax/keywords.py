"""The words of the language: what each serves, which are phrases, and which may not be names.

Docs, completion and `rebates schema keywords` read this table; grammar and tokenizer must agree with it (tested).
"""

from __future__ import annotations

from types import MappingProxyType

# word: the construct it serves
KEYWORDS = MappingProxyType(
    {
        "above": "tiers",
        "accept": "a finding that is agreed to",
        "account": "prices",
        "accounts": "agreement",
        "adds": "agreement",
        "after": "totals",
        "agreement": "agreement",
        "all": "agreement",
        "amend": "amendments",
        "amount": "what a rule is worth",
        "and": "conditions",
        "approval": "guards",
        "at": "examples",
        "attribute": "attributes",
        "base": "what a rule is paid on",
        "baseline": "tiers",
        "before": "moments",
        "below": "tiers",
        "best": "waterfall",
        "breaks": "terms",
        "by": "dates, spreading and approvals",
        "cap": "limits",
        "carry": "rounding",
        "charge": "charges",
        "charges": "waterfall",
        "cheapest": "limits",
        "code": "codes of an order",
        "contact": "terms",
        "continues": "tiers",
        "cost": "prices of an item",
        "currency": "agreement",
        "date": "types",
        "dated": "dates",
        "dates": "tables",
        "days": "terms",
        "dearest": "limits",
        "default": "attributes",
        "difference": "rounding",
        "digits": "rounding",
        "discount": "discounts",
        "down": "rounding",
        "each": "agreement",
        "even": "rounding",
        "ending": "prices",
        "every": "tiers",
        "example": "examples",
        "exclusive": "combination",
        "expect": "examples",
        "first": "waterfall",
        "floor": "limits",
        "for": "examples",
        "from": "tiers and tables",
        "full": "packages",
        "given": "examples",
        "group": "agreement",
        "guard": "guards",
        "half": "rounding",
        "in": "conditions",
        "incremental": "tiers",
        "interpolated": "tiers",
        "is": "conditions",
        "items": "item sets",
        "key": "tables",
        "largest": "rounding",
        "last": "waterfall",
        "limit": "limits",
        "line": "examples",
        "list": "waterfall",
        "lump": "tiers",
        "measure": "measures",
        "money": "types",
        "monthly": "agreement",
        "not": "conditions",
        "nothing": "examples",
        "number": "types",
        "of": "totals",
        "on": "tiers",
        "once": "rounding",
        "only": "prices",
        "or": "conditions",
        "order": "examples",
        "otherwise": "guards and fallbacks",
        "owner": "agreement",
        "pass": "examples",
        "payment": "terms",
        "pays": "limits",
        "per": "packages",
        "percent": "types",
        "plus": "rewards",
        "price": "prices",
        "priority": "combination",
        "promotional": "prices",
        "quantity": "totals",
        "quarterly": "agreement",
        "rate": "what a rule is worth",
        "reject": "guards",
        "remainder": "rounding",
        "remove": "amendments",
        "retroactive": "tiers",
        "review": "agreement",
        "reward": "tables",
        "round": "rounding",
        "rounded": "rounding",
        "sequence": "waterfall",
        "spread": "spreading",
        "stage": "waterfall",
        "started": "packages",
        "starts": "agreement",
        "sum": "waterfall",
        "surcharge": "rewards",
        "table": "tables",
        "term": "terms",
        "terms": "terms",
        "text": "types",
        "the": "rounding",
        "then": "rounding",
        "threshold": "tables",
        "tier": "tiers",
        "tiers": "tiers",
        "time": "agreement",
        "to": "dates",
        "together": "agreement",
        "transaction": "limits",
        "under": "conditions",
        "up": "rounding",
        "valid": "dates",
        "waterfall": "waterfall",
        "when": "conditions",
        "where": "filters",
        "whole": "rounding",
        "with": "examples",
        "within": "terms",
        "without": "tiers",
        "year": "agreement",
        "yearly": "agreement",
        "zone": "agreement",
    }
)

# a phrase is one token, whatever blanks stand between its words: terminal, then the construct and the phrases
PHRASES = MappingProxyType(
    {
        "AND_SUBSIDIARIES": ("agreement", ("and subsidiaries",)),
        "HALF_YEARLY": ("agreement", ("half-yearly",)),
        "PRICE_ROUNDS_FIRST": ("rounding", ("price rounds first",)),
        "DISCOUNT_ROUNDS": ("rounding", ("discount rounds",)),
        "NOT_BELOW": ("limits", ("not below",)),
        "NOT_ABOVE": ("prices", ("not above",)),
        "PRICE_POINTS": ("prices", ("price points",)),
        "EVENT": (
            "moments",
            (
                "order date",
                "delivery date",
                "invoice date",
                *(
                    f"{window} {end}"
                    for window in ("week", "month", "quarter", "half", "year", "term")
                    for end in ("start", "end")
                ),
            ),
        ),
        "TO_OTHER_LINES": ("limits", ("to other lines",)),
        "PER_LINE": ("totals", ("per line",)),
        "PER_ORDER": ("totals", ("per order", "per delivery")),
        "PER_SCOPE": (
            "totals",
            (
                "per account and subsidiaries",
                "per account",
                "per group",
                "per item",
                "per week",
                "per month",
                "per quarter",
                "per half",
                "per year",
                "per term",
                "in all",
                "ever",
            ),
        ),
        "VALUE": ("totals", ("list value", "gross value", "net value", "invoice value")),
        "LIST_PRICE": ("prices of an item", ("list price",)),
        "GROSS_PRICE": ("prices of an item", ("gross price",)),
        "NET_PRICE": ("prices of an item", ("net price",)),
        "INVOICE_MARGIN": ("guards", ("invoice margin",)),
        "NUMBER_OF_DISTINCT": ("totals", ("number of distinct",)),
        "NUMBER_OF": ("totals", ("number of lines", "number of orders")),
        "GREATER_OF": ("expressions", ("greater of",)),
        "LESSER_OF": ("expressions", ("lesser of",)),
        "BEFORE_THIS_ORDER": ("totals", ("before this order",)),
        "SALES_UNITS": ("terms", ("sales units",)),
        "MINIMUM_ORDER": ("terms", ("minimum order",)),
        "LEAD_TIME": ("terms", ("lead time",)),
        "DELIVERY_DAYS": ("terms", ("delivery days",)),
        "DELIVERY_WINDOW": ("terms", ("delivery window",)),
        "ORDER_PRIORITY": ("terms", ("order priority",)),
        "REORDER_POINT": ("terms", ("reorder point",)),
        "INVOICE_CONSOLIDATED": ("terms", ("invoice consolidated",)),
        "PRIVATE_LABEL": ("terms", ("private label",)),
        "FIRST_ORDER": ("time", ("first order",)),
        "DAYS_FROM": ("time", ("days from",)),
    }
)

# words that join others; they are no names anywhere
JOINING = frozenset("and in is not of or otherwise per plus".split())

# words that start an expression or a condition, here or in a construct to come: never names of their own
RESERVED = frozenset(
    "all and average by charge claimed class cost discount ever fact fund greater gross in invoice is items lesser list"
    " net not nothing number of or otherwise paid per pocket price quantity rebate refused sum surcharge table".split()
)

# ISO 4217, the currencies of countries in use
CURRENCIES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF"
    " CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL"
    " HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL"
    " MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON"
    " RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH"
    " UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG".split()
)
