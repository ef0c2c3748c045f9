"""Amendments: rules of their own that change, begin and end, and changed conditions, measures and guards of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "amended worth": ("6.6a",),
    "amended condition": ("6.6a",),
    "amended limit": ("6.6a",),
    "removed clause": ("6.6a",),
    "removed rule": ("6.6a",),
    "added rule": ("6.6a",),
    "amended measure": ("6.6a", "2.6"),
    "amended guard": ("6.6a", "7.3"),
    "amended twice": ("6.6a",),
    "amended by delivery": ("6.6a", "5.6"),
}


def members(writer: Writer) -> list[str]:
    """Rules to change, then one or two amendments of them."""
    if not writer.chance(20):
        return []
    stage = writer.pick([name for name in writer.stages if not name.startswith("ch_")] or ["s0"])
    own, out = writer.name("am"), []
    dated = writer.use("amended by delivery", "dated by delivery\n    ") if writer.chance(30) else ""
    out.append(
        f"  discount {own} {{\n    stage {stage}\n    {dated}priority 2\n    {writer.tiers()}\n    cap EUR 9 per order\n  }}"
    )
    ends = writer.name("am")
    out.append(f"  discount {ends} {{\n    stage {stage}\n    priority 3\n    rate EUR 2 per order\n  }}")
    first = [f"    discount {own} {{ {writer.use('amended worth', writer.tiers())} }}"]
    if writer.chance(50):
        first.append("    remove discount " + writer.use("removed rule", ends))
    if writer.chance(50):
        added = writer.name("am")
        first.append(
            f'    discount {added} "Added" {{ stage {stage}  priority 4  {writer.use("added rule", writer.tiers())} }}'
        )
    if writer.rules and writer.chance(40):
        kind, name = writer.pick(writer.rules).split()
        if kind in ("price", "discount") and name != own:
            first.append(
                f"    {kind} {name} {{ when {writer.use('amended condition', 'order.channel is not ' + chr(34) + 'web' + chr(34))} }}"
            )
    if writer.chance(40):
        first.append(f"    measure order_value = {writer.use('amended measure', 'gross value per order')}")
    if writer.chance(30):
        first.append("    " + writer.use("amended guard", "guard discount <= 40% otherwise reject"))
    out.append('  amend from 2026-05-01 "First" {\n' + "\n".join(first) + "\n  }")
    if writer.chance(50):
        change = writer.choose(
            (
                ("amended limit", f"discount {own} {{ cap EUR 2.50 per order }}"),
                ("removed clause", f"discount {own} {{ remove cap }}"),
                ("removed clause", f"discount {own} {{ remove priority }}"),
            )
        )
        change += writer.use("amended twice", "\n    measure order_cartons = quantity in full carton per order")
        out.append(f'  amend from 2026-09-01 "Second" {{\n    {change}\n  }}')
    return out


ASIDE = """\
  discount early { rate EUR 1 per order  cap EUR 4 per order }
  charge late { rate EUR 4 per order }
  charge later { rate EUR 4 per order }
  cap EUR 3 per order across charge late
  cap EUR 6 per order across charge late, charge later
  guard discount <= 80% otherwise reject
  amend from 2027-03-01 "Words of amendments" {
    remove guard discount
    items dear where brand is "Nut"
  }
  amend from 2027-04-01 "More words" {
    discount early { remove cap }
    cap EUR 2 per order across charge late
    remove cap across charge late, charge later
  }
  amend from 2027-05-01 "Last words" { remove discount early }
"""

AREA = Area(name="amendments", features=FEATURES, members=members, aside=ASIDE)
