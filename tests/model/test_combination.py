"""How rules stand to each other: what the checker refuses, and where it points (3.5)."""

from __future__ import annotations

import pytest

from tests.model.checking import agreement, check, found, rules

THREE = "waterfall { stage a best  stage b sum  stage c first }\n"


def test_a_circle_shows_its_rules_and_every_reference() -> None:
    body = THREE + (
        "discount x { stage a  not with discount y  rate 5% }\n"
        "discount y { stage a  not with discount z  rate 5% }\n"
        "discount z { stage a  rate 5% }\n"
        "discount w { stage a  in lieu of discount z  not with discount x  rate 5% }\n"
    )
    _, report = check(agreement(body))
    [one] = report.diagnostics
    assert one.code == "R0370"
    assert one.message == "these rules wait for each other in a circle: `x` -> `y` -> `z` -> `w` -> `x`"
    assert one.span.text == "discount y"
    assert [label.span.text for label in one.labels] == ["discount z", "discount z", "discount x"]


def test_a_rule_cannot_give_way_to_itself() -> None:
    assert found(agreement("discount x { not with discount x  rate 5% }")) == [("R0370", "discount x")]


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("discount x { stage a  not with discount q  rate 5% }", "R0234", "q"),
        ("discount x { stage a  not with charge y  rate 5% }\ndiscount y { stage b  rate 5% }", "R0234", "y"),
        (
            "discount x { stage a  not with discount y  rate 5% }\ndiscount y { stage b  rate 5% }",
            "R0373",
            "discount y",
        ),
        (
            "discount x { stage b  in lieu of discount y  rate 5% }\ndiscount y { stage a  rate 5% }",
            "R0373",
            "discount y",
        ),
        (
            "discount x { stage a  not with price p  rate 5% }\nprice p { rate price EUR 1 per piece }",
            "R0373",
            "price p",
        ),
        (
            "discount x { stage a  rate 5% }\nprice p { not with discount x  rate price EUR 1 per piece }",
            "R0303",
            "not with discount x",
        ),
        ("price p { not on discounted lines  rate price EUR 1 per piece }", "R0303", "not on discounted lines"),
        ("price p { exclusive among all  rate price EUR 1 per piece }", "R0303", "exclusive among all"),
        ("discount x { stage a  exclusive among stages b, c  rate 5% }", "R0371", "exclusive among stages b, c"),
        ("discount x { stage a  exclusive among stages a, q  rate 5% }", "R0206", "q"),
        ("discount x { stage a  exclusive among stages a  rate 5% }", "R0371", "exclusive among stages a"),
        ("charge x { exclusive among all  rate EUR 5 per order }", "R0371", "exclusive among all"),
        (
            "measure m = net value after stage a per order  discount x { stage b  exclusive among stages a, b  when m > EUR 5  rate 5% }",
            "R0372",
            "m",
        ),
        (
            "discount y { stage a  rate 5% }\ndiscount x { stage b  exclusive among all  not with discount y  rate 5% }",
            "R0372",
            "discount y",
        ),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(body: str, code: str, place: str) -> None:
    assert found(agreement(THREE + body)) == [(code, place)]


def test_what_begins_after_the_settlement_is_free_to_ask() -> None:
    """The exclusive may test what is over before the first of its stages, and others whatever is over (3.5 b)."""
    body = THREE + (
        "measure m = net value after stage a per order\n"
        "discount x { stage c  exclusive among stages b, c  when m > EUR 5  rate 5% }\n"
        "discount y { stage b  not on discounted lines  when m > EUR 5  rate 5% }"
    )
    made = {rule.name: rule for rule in rules(agreement(body)).agreements[0].rules}
    assert made["x"].alone_in == ("b", "c")


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ("best among stages a, q", ("R0206", "q")),
        ("best among stages a, a", ("R0371", "best among stages a, a")),
        ("best among stages a, off", ("R0371", "best among stages a, off")),
        ("best among stages a, b  best among stages b, c", ("R0374", "best among stages b, c")),
    ],
)
def test_choices_between_stages(choices: str, expected: tuple[str, str]) -> None:
    fall = f"waterfall {{ stage a best  stage b sum  stage c first  stage off best on charges  {choices} }}"
    assert found(agreement(fall)) == [expected]


def test_a_choice_is_kept_in_the_order_the_stages_run() -> None:
    fall = "waterfall { stage a best last  stage b sum  best among stages a, b }"
    assert rules(agreement(fall)).agreements[0].best_among == (("b", "a"),)


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("discount x { stage a  amount discount q }", "R0234", "q"),
        ("discount x { stage a  amount discount y }\ndiscount y { stage b  rate 5% }", "R0318", "discount y"),
        ("discount x { stage a  amount discount y }\ndiscount y { stage a  rate 5% }", "R0318", "discount y"),
        (
            "discount y { stage a  rate 5% }\ndiscount x { stage a  when discount y > EUR 5  rate 5% }",
            "R0318",
            "discount y",
        ),
        (
            "discount x { stage a  amount discount y }\ndiscount y { stage a  amount 50% of discount x }",
            "R0370",
            "discount y",
        ),
        (
            "discount x { stage a  not with discount y  rate 5% }\ndiscount y { stage a  amount discount x }",
            "R0370",
            "discount y",
        ),
        (
            "discount y { rate 5% }\nprice p { rate price (discount y) }".replace("y {", "y { stage a "),
            "R0318",
            "discount y",
        ),
    ],
)
def test_discounts_as_values(body: str, code: str, place: str) -> None:
    assert found(agreement(THREE + body))[0] == (code, place)
