"""Terms that an order can break, and a private label's surcharge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "sales units": ("7.2", "7.4"),
    "minimum order": ("7.2",),
    "minimum order per item": ("7.2",),
    "lead time": ("7.2", "7.4"),
    "delivery days": ("7.2", "5.2"),
    "delivery window": ("7.2", "5.2a"),
    "private label": ("7.2", "3.1"),
    "amended term": ("6.6a", "7.2"),
}
SUBJECTS = ("", " of fizzy", ' of "COLA"', ' under "DRINK"')


def members(writer: Writer) -> list[str]:
    """A block of terms, and now and then an amendment of it."""
    if not writer.chance(25):
        return []
    terms = []
    for subject in SUBJECTS:
        if writer.chance(35):
            units = writer.pick(("carton, 5 piece", "6 piece", "carton", "2 carton, kg"))
            terms.append(writer.use("sales units", f"sales units {units}{subject}"))
        if writer.chance(30):
            least = writer.pick(("EUR 60", "3 carton", "25 piece", "40 kg"))
            per = writer.use("minimum order per item", " per item") if writer.chance(40) else ""
            terms.append(writer.use("minimum order", f"minimum order {least}{subject}{per}"))
        if writer.chance(30):
            terms.append(writer.use("lead time", f"lead time {writer.pick(('0', '3', '12'))} days{subject}"))
    if writer.chance(40):
        terms.append(writer.use("delivery days", f"delivery days {writer.pick(('monday', 'tuesday, friday'))}"))
    if writer.chance(40):
        terms.append(writer.use("delivery window", "delivery window 8:00 to 14:00"))
    label = writer.chance(30)
    if label:
        reward = writer.pick(("EUR 0.10 per piece", "3%", "EUR 2 per order"))
        terms.append(writer.use("private label", f"private label fizzy surcharge {reward}"))
    out = ["  terms {\n    " + "\n    ".join(terms) + "\n  }"]
    if terms and writer.chance(40):
        change = ["lead time 5 days", "minimum order 4 carton"]
        if label:
            change.append(writer.pick(("remove private label", "private label fizzy surcharge 4%")))
        writer.use("amended term", "")
        out.append('  amend from 2026-06-01 "Terms" { terms { ' + "  ".join(change) + " } }")
    return out


ASIDE = """\
  terms {
    order priority        1
    payment               45 days, 2% within 10 days
    reorder point         400 carton of "COLA"
    invoice consolidated  monthly
    contact               "Ana"
    term incoterm         DAP
  }
  amend from 2027-06-01 "Terms" { terms { remove term incoterm } }
  example "a term that holds" {
    order for "SOLO" on 2027-02-01 { 10 piece of "COLA" at EUR 1.50 }
    expect order breaks payment
  }
"""

AREA = Area(name="terms", features=FEATURES, members=members, aside=ASIDE)
