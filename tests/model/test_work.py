"""What would take too long is refused where it stands, by a limit that is stated."""

from __future__ import annotations

import pytest

from rebates.model import work
from tests.model.checking import check, found

FRAME = 'agreement deal "Deal" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{rules}\n{amended}\n}}\n'


def deal(rules: int, amendments: int) -> str:
    """An agreement of so many rules, with an amendment of one of them on so many days."""
    return FRAME.format(
        rules="\n".join(f' discount r{n} {{ when order.channel is "c{n}"  rate 1% }}' for n in range(rules)),
        amended="\n".join(
            f' amend from 2026-02-{n + 1:02} "Review {n}" {{ discount r0 {{ rate {n + 2}% }} }}'
            for n in range(amendments)
        ),
    )


def test_the_amendment_that_is_one_too_many_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_READ", 15)
    # five rules as signed and on two days are 15, the third day would make 20
    text = 'attribute order.channel text default "shop"\n'
    assert "R0438" not in [code for code, _ in found(text + deal(5, 2))]
    rules, report = check(text + deal(5, 4))
    assert rules is None
    [told] = [one for one in report.diagnostics if one.code == "R0438"]
    assert told.message == "3 amendments of 5 rules are more than can be read together: at most 15 rules in all"
    assert "Review 2" in told.span.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("measure m = " + "(" * 70 + "net value per order" + ")" * 70, "R0002"),
        ("measure m = " + " + ".join(["net value per order"] * 70), "R0002"),
        ("measure a = b + 1\nmeasure b = a + 1", "R0213"),
        ("discount set { bundle { " + "  ".join(f'1 piece of "I{n}"' for n in range(9)) + " }  rate 1% }", "R0362"),
        (
            'table rates from "rates.csv" { item key  rate percent }\nmeasure old = table rates at 10_001 days before order date',
            "R0397",
        ),
        (
            "discount far { tiers retroactive on net value per account over last 1_300 months { from EUR 1 1% } }",
            "R0451",
        ),
    ],
)
def test_every_limit_has_its_code(text: str, code: str) -> None:
    frame = FRAME.format(rules=text, amended="")
    assert code in [each for each, _ in found(frame)]


def test_conditions_as_deep_as_allowed_are_read() -> None:
    text = "measure m = " + "(" * 40 + "net value per order" + ")" * 40
    assert "R0002" not in [code for code, _ in found(FRAME.format(rules=text, amended=""))]
