"""Right texts, each with constructs that the others lack; adapted from clauses of real agreements."""

MEMBERS = """
agreement members "Everything an agreement can say" {
  accounts where account.size >= 5 and not account.kind in ("tender", "staff"), each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  time zone "Europe/Berlin"
  owner "Key account desk"
  review half-yearly
  adds to base_agreement
  year starts 2026-07-01
  digits 4
  price rounds first to 4 digits
  discount rounds
  round once
  half even
  round up
  round down
  remainder to largest line
  carry the difference
  round to 2 digits, then to 0.50
  round order to CHF 0.05
  waterfall { stage item best  stage extra sequence on list last  stage freight_off best on charges }
  attribute order.channel text default "direct"
  attribute order.weight quantity in kg
  attribute item.grade number default 3
  items soy where brand is SoyKing or family under "SOY" and number in table listed
  table listed from "listed.csv" where offer is 2 and kind is "x" { number "No" key  from_date, to_date dates }
  guard discount per line <= 25% otherwise reject
  guard net price per line >= list price * 50% otherwise approval by "director"
  guard invoice margin >= 12% otherwise approval by "director"
}
"""

MEASURES = """
measure a = net value of items where brand is "X" and list price > EUR 5
    per account and subsidiaries per year before this order
measure b = quantity in full carton per line
measure c = number of distinct item.brand of items per order
measure d = greater of (a - 3 * b / 2, EUR 5 + charge freight, lesser of (a, b))
measure e = (a / b otherwise 5%)
measure f = ((a + b) rounded up to whole GB)
measure g = net value after stage item per delivery
measure h = number of lines in all ever
items heavy where not (weight >= 20 or in soy) and joined < 2026-01-01 and account.class not in ("A", "B")
"""

LIMITS = """
agreement limits "Limits" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  waterfall { stage item best  stage extra sequence }
  discount dear "The three dearest pieces" {
    stage item
    rate 20%
    limit 3 piece per order, dearest
  }
  discount ceiling "At most 10,000 of base an order" {
    stage extra
    priority 1
    rate 5%
    limit EUR 10_000 per order, in order, whole transaction
    not below EUR 4 per piece, to other lines
    cap 16%
    floor EUR 1 per order
    pays from EUR 0.50
    exclusive
    dated by delivery
    code "A", "B"
  }
  discount shared "Twenty off the order, by pieces" {
    stage extra
    base net value per order
    rate EUR 20 per order
    spread by quantity
  }
}
"""

TWO_PARTS = """
agreement two_parts "Two-part rewards, packages, rows outside the tiers" {
  accounts group "CO-OP", together
  charge handling "Per started pallet" { rate EUR 35 per started pallet }
  charge packs {
    tiers incremental on quantity in piece per order {
      from 100 piece EUR 5 per full 50 piece per line
      from 1_000 piece EUR 14 per full 100 piece plus 1% plus surcharge EUR 2 per started EUR 100
    }
  }
  discount growth_rows {
    tiers retroactive on growth {
      without baseline 1%
      below 0% surcharge 0.5%
      from 0% 50% of list price
      above 5% (30% of (postage / pieces))
    }
  }
  discount curve { tiers interpolated on growth { from 0% 0%  from 10% 2%  continues } }
  discount bands { tiers lump sum every tier on growth { from EUR 0 EUR 10 } }
}
"""

PRICES = """
agreement price_forms "Price breaks, formula, promotion" {
  accounts "10-4711" and subsidiaries
  price breaks "Price breaks" {
    when item.family under "SCREW"
    tiers retroactive on quantity in piece per line {
      from 1 piece price EUR 0.70 per piece
      from 1_000 piece price EUR 0.62 per piece
    }
  }
  price formula { rate price 60% of list price  best }
  price formula_2 { rate price (cost + 18% of cost rounded to 2 digits) per kg  only per kg }
  price summer "Promotion" {
    valid 2026-06-01 to 2026-06-30
    rate price EUR 3.99
    promotional
  }
  price fixed { from table tender_prices  account price only }
}
"""

PRICES_MADE = """
agreement price_making "Prices on prices, indices, bounds, endings" {
  accounts all, each
  measure lagged = table ppi at 1 month before quarter start / table ppi at 2026-01-01
  price shelf { rate price 118% of cost  not below cost / (1 - 12%)  not above 110% of list price  ending 0.49, 0.99 }
  price outlet { rate price 80% of price shelf  ending 0.09, every 0.10 }
  price bins { rate price (list price * table ppi at delivery date / 100) per kg  price points 4.99, 9.99, 19.99 }
  price later { rate price (table base_list at order date otherwise 95% of price shelf) }
  exchange rates from table exchange_rates at 1 day before month start
  tax rate item.vat
  table shelf_list from "shelf.csv" { item, currency key  price money including tax }
  measure with_tax = net value including tax after stage volume per order
  price met "A competing offer" { from table shelf_list  reference "MC-4711"  ending 0.99, every 1, including tax }
  price fixed_points { rate price USD 5 per kg  price points 1.99, 2.99, including tax }
}
"""

FREIGHT = """
agreement freight "Charges, and discounts on a charge" {
  accounts all, each
  measure order_value = net value per order
  charge freight "Freight by weight" {
    tiers lump sum on quantity in kg per order {
      from 0 kg EUR 12
      above 250 kg EUR 65 plus EUR 0.15 per kg
    }
  }
  discount half_freight "Half the freight from 500" {
    when order_value >= EUR 500 and order.payment is not card
    base charge freight
    rate 50%
    accept cliff "as agreed"
  }
  charge small_order "Small order" { when order_value < EUR 150  amount EUR 15 }
  example "600 euro, 20 kg" {
    given order.payment "transfer"
    order for "A-1" on 2026-03-03 with code "X", "Y" {
      60 carton of "COLA-330" at EUR 10 with line.zone "north", line.fragile yes
      2.5 kg of "NUTS"
    }
    given order_value EUR 600
    expect charge freight EUR 12
    expect discount half_freight EUR 6
    expect line 1 gross price EUR 10
    expect line 2 price formula nothing
    expect order discount 5%
    expect order invoice margin 12%
    expect half_freight 50%
    expect pass
    expect approval by "director"
    expect reject
  }
}
"""

COMBINATION = """
agreement together "Rules that keep others out" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  waterfall { stage item best  stage extra sequence last  best among stages item, extra }
  discount volume {
    stage item
    exclusive among stages item, extra by priority
    not on promotional prices
    rate 3%
  }
  discount loyal { stage extra  not with discount volume, "CO-OP", "FLEET"  exclusive among all  rate 5% }
  table spring from "spring.csv" { code key  account text  valid_from, valid_to dates }
  discount coupon { stage extra  code from table spring  uses 1 per account per month, 500 in all, 1 per code  rate 5% }
  cap EUR 5_000 per account per year across discount loyal, discount coupon, in order, all or nothing
  cap 2% of volume across discount loyal
  discount special { stage extra  cap EUR 9 per order, all or nothing  in lieu of discount loyal  exclusive by priority  not on discounted lines  rate 2% }
}
"""

ALL = {
    "combination": COMBINATION,
    "members": MEMBERS,
    "measures": MEASURES,
    "limits": LIMITS,
    "two parts": TWO_PARTS,
    "prices": PRICES,
    "price making": PRICES_MADE,
    "freight": FREIGHT,
}
