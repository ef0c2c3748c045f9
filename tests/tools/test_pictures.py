"""Pictures: the numbers they carry, exact, and that they can be drawn."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import pytest

import rebates
from rebates import Line, Order
from rebates.tools.pictures import (
    PictureError,
    Reached,
    Step,
    bars,
    curve,
    quantities,
    reached_picture,
    tier_picture,
    waterfall_picture,
)

NUSANTARA = Path(__file__).resolve().parents[2] / "rules" / "nusantara"

TWO_TIERS = """
agreement a "A" {
  accounts ACME
  valid 2026-01-01 to 2026-12-31
  currency EUR
  discount volume "Volume" {
    tiers retroactive on quantity in piece per line { from 10 piece 5%  from 100 piece 10% }
  }
  charge freight "Freight" { when net value per order < EUR 50  rate EUR 6 per order }
  example "ten" {
    order on 2026-03-01 { 10 piece of "X" at EUR 4 }
    expect discount volume 5%
  }
}
"""


@pytest.fixture(scope="module")
def book() -> rebates.Book:
    return rebates.load({"a.rebates": TWO_TIERS})


def test_bars_go_from_list_or_gross_value_to_the_total(book: rebates.Book) -> None:
    quote = book.quote(Order("ACME", "2026-03-01", [Line("X", "10 piece", "EUR 4"), Line("Y", "1 piece", "EUR 1")]))
    # 41.00 gross, 5% of 40 off, below 50 and so 6 for freight
    assert [(bar.label, bar.amount, bar.after) for bar in bars(quote)] == [
        ("gross value", F(41), F(41)),
        ("Volume", F(-2), F(39)),
        ("net value", F(39), F(39)),
        ("Freight", F(6), F(45)),
        ("total", F(45), F(45)),
    ]


def test_a_waterfall_says_its_numbers_in_words(book: rebates.Book) -> None:
    quote = book.quote(Order("ACME", "2026-03-01", [Line("X", "10 piece", "EUR 4")]))
    picture = waterfall_picture(quote)
    assert "Volume -2.00" in picture.alternative
    assert "total" in picture.text
    assert "44.00" in picture.text


def test_a_waterfall_goes_down_to_the_pocket() -> None:
    text = TWO_TIERS.replace(
        "  charge freight",
        '  rebate year "Year" { base net value per account per year  rate 5%  settle yearly }\n  charge freight',
    )
    quote = rebates.load({"a.rebates": text.partition("  example")[0] + "}"}).quote(
        Order("ACME", "2026-03-01", [Line("X", "10 piece", "EUR 4")])
    )
    found = {bar.label: bar.amount for bar in bars(quote)}
    assert (found["total"], found["Year, expected"], found["pocket value"]) == (
        F(44),
        F("-1.90"),
        F("42.10"),
    )  # 5% of 38
    assert "to pocket value" in waterfall_picture(quote).title


def test_a_curve_finds_every_step_and_dead_zone(book: rebates.Book) -> None:
    found = curve(book, "volume")
    assert found.steps == (F(10), F(100))
    # 100 pieces at 4.00 less 10% are 360.00; 95 at 4.00 less 5% are 361.00, 94 are 357.20
    assert [(zone.first, zone.end) for zone in found.dead if zone.end == 100] == [(F(95), F(100))]
    at = {point.quantity: point for point in found.points}
    assert at[F(100)].rate == F(1, 10)
    assert at[F(100)].total == 360


def test_real_orders_are_counted_in_the_unit_of_the_curve() -> None:
    book = rebates.load(NUSANTARA)
    orders = [
        Order("NUSANTARA", "2026-03-10", [Line("COLA-330", "1 pallet"), Line("YUZU-330", "3 carton")]),
        Order("NUSANTARA", "2026-03-10", [Line("COLA-330", "48 piece")]),
    ]
    assert quantities(book, orders, "COLA-330", "carton") == [F(80), F(2)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_are_drawn_with_a_title_and_their_numbers(book: rebates.Book, theme: str, tmp_path: Path) -> None:
    picture = tier_picture(book, "volume", real=(F(9), F(12)))
    svg = picture.svg("dark" if theme == "dark" else "light")
    assert svg.startswith("<svg")
    assert "<title>Volume: what it is worth, by piece of X</title>" in svg
    assert "from 95 to below 100 piece" in svg
    picture.save(tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    picture.save(tmp_path / "p.txt")
    assert (tmp_path / "p.txt").read_text("utf-8") == f"{picture.text}\n"


def test_a_notebook_gets_svg(book: rebates.Book) -> None:
    bundle = tier_picture(book, "volume")._repr_mimebundle_()
    assert str(bundle["image/svg+xml"]).startswith("<svg")
    assert bundle["text/plain"]


def test_without_the_extra_the_text_is_left(book: rebates.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    picture = tier_picture(book, "volume")
    assert set(picture._repr_mimebundle_()) == {"text/plain"}
    with pytest.raises(PictureError, match=r"rebates\[plots\]"):
        picture.svg()


def test_a_measure_stands_against_its_tiers(tmp_path: Path) -> None:
    steps = (
        Step(F(0), "from 0", "1%", F(1, 100)),
        Step(F(100), "from 100", "2%", F(1, 50)),
        Step(F(200), "above 200", "EUR 9", None),
    )
    reached = Reached('By "volume" <1>', "cartons", "rate", "now 150", "50 to go, worth EUR 3", F(150), steps)
    picture = reached_picture([reached, replace(reached, title="Below zero", measure=F(-10), distance="")])
    # three quarters of the way to 200: 22 of 30
    assert f"  above 200  EUR 9  {'█' * 22}{'░' * 8}" in picture.text
    assert "from 0: 1%; from 100: 2%; above 200: EUR 9. now 150. 50 to go, worth EUR 3." in picture.alternative
    for theme in ("light", "dark"):
        svg = picture.svg("dark" if theme == "dark" else "light")
        assert "&lt;1&gt;" in svg
        assert "<1>" not in svg
        assert all(words in svg for words in ("above 200", "EUR 9", "50 to go, worth EUR 3", "Below zero"))


def test_a_rate_is_of_the_lines_that_get_it() -> None:
    text = TWO_TIERS.replace("tiers retroactive", 'when item.id is "X"  tiers retroactive')
    text = text.replace("at EUR 4 }", 'at EUR 4  1 piece of "Y" at EUR 40 }')
    points = {point.quantity: point.rate for point in curve(rebates.load({"a.rebates": text}), "volume").points}
    assert (points[F(10)], points[F(100)]) == (F(5, 100), F(10, 100))


def test_a_rebate_is_drawn_by_a_statement() -> None:
    rebate = "measure m = net value per account per year  rebate bonus { base m  rate 1%  settle yearly }  example"
    with pytest.raises(PictureError, match="paid afterwards"):
        curve(rebates.load({"a.rebates": TWO_TIERS.replace("example", rebate)}), "bonus")


def test_what_cannot_be_drawn_is_said(book: rebates.Book, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="did you mean `volume`"):
        curve(book, "volumes")
    with pytest.raises(PictureError, match="no line 3"):
        curve(book, "volume", Order("ACME", "2026-03-01", [Line("X", "1 piece", "EUR 4")]), 2)
    with pytest.raises(PictureError, match=r"\.svg, \.png"):
        tier_picture(book, "volume").save(tmp_path / "p.gif")
