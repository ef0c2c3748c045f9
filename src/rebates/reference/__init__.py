"""The judge: slow, plain, in exact fractions, written from the calculation rules alone.

It shares no code with the plan and the back ends; where they differ, this is the place to read what a rule means.
"""

from rebates.reference.evaluate import price
from rebates.reference.pocket import pocket
from rebates.reference.settle import accrued, earned, settle

__all__ = ["accrued", "earned", "pocket", "price", "settle"]
