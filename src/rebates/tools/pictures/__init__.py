"""Pictures: what happened to an order, what a rule is worth at every quantity, where a measure stands among its tiers.

Each is a `Picture`: it draws itself as SVG, PNG or on a terminal, shows itself in a notebook, and carries its numbers as
text for those who do not see it. Drawing needs the extra `plots`; the numbers and the terminal form need nothing.
"""

from rebates.tools.pictures.curve import Curve, curve, quantities, tier_picture
from rebates.tools.pictures.picture import Picture, PictureError
from rebates.tools.pictures.reached import Reached, Step, reached_picture
from rebates.tools.pictures.waterfall import Bar, bars, waterfall_picture

__all__ = [
    "Bar",
    "Curve",
    "Picture",
    "PictureError",
    "Reached",
    "Step",
    "bars",
    "curve",
    "quantities",
    "reached_picture",
    "tier_picture",
    "waterfall_picture",
]
