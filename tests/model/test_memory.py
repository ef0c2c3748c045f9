"""Reading a folder again with a memory of the last time finds what reading it for the first time finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from random import Random

import pytest

import rebates
from rebates import Line, Order, RuleErrors
from rebates.model import folder as folders
from rebates.model.folder import load_rules
from rebates.model.memory import Memory
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.stored import read_stored, stored
from rebates.model.texts import read_texts
from rebates.plan.reads import nodes_in
from rebates.syntax.diagnostics import Report
from rebates.syntax.render import render
from rebates.syntax.source import Span

SHARED = """
waterfall { stage volume best  stage extra sum }
measure cartons = quantity in carton per order
items drinks where item.family is "DRINK"
attribute order.channel text default "shop"
class loyal for accounts { when account.class is "gold" }
"""
DEAL = """
table prices_{n} from "prices.csv" {{ account, item key  price money }}
agreement deal_{n} "Deal {n}" {{
  accounts "A{n}"
  valid 2026-01-01 to 2026-12-31
  currency EUR
  attribute line.size text default "small"
  price contract {{ from table prices_{n} }}
  discount volume_{n} {{
    stage volume
    tiers retroactive on cartons {{ from 10 carton {n}%  from 50 carton 9% }}
  }}
  discount web {{ stage extra  priority 1  when order.channel is "web"  rate 2% }}
  discount more {{ stage extra  priority 2  when class loyal  when in drinks  rate 1% }}
  example "ten" {{
    order on 2026-03-01 {{ 20 carton of "COLA" }}
    expect line 1 web nothing
  }}
}}
"""
TABLES = {
    "accounts.csv": "id,parent,class\nA1,,gold\nA2,,blue\nA3,A2,gold\nA4,,\n",
    "items.csv": "id,base_unit,family\nCOLA,piece,DRINK\nNUTS,piece,SNACK\n",
    "units.csv": "item,unit,factor,of\nCOLA,carton,12,piece\nNUTS,carton,10,piece\n",
    "list_prices.csv": "item,unit,price\nCOLA,piece,1.50\nNUTS,piece,2.00\n",
    "prices.csv": "account,item,price\nA1,COLA,1.40\nA3,NUTS,1.90\n",
}
# what happens to a text or table: a part of it, and what comes in its place
EDITS = (
    ("9%", "8.5%"), ("9%", "9 %%"), ("10 carton", "60 carton"), ("stage volume", "stage volum"), ("cartons", "boxes"),
    ("per order", "per line"), ("best", "first"), ('"DRINK"', '"SNACK"'), ("currency EUR", "currency USD"), ("}", ""),
    ("2026-12-31", "2025-12-31"), ("order.channel text", "order.channel number"), ("rate 2%", "rate 2% accept cliff \"no\""),
    ("discount web", "discount more"), ("1.40", "x"), ("1.40", "1.35"), ("A3,NUTS", "A3,COLA"), ("gold", "blue"),
    ("carton,12", "carton,0"), ("DRINK\n", "SNACK\n"), ("12,piece", "24,piece"), ('accounts "', 'accounts "A'),
    ("agreement deal_1", "agreement deal_2"), ("prices_1", "prices_2"), ("priority 1", ""), ("extra", "volume"),
    ("currency EUR", 'currency EUR\n  adds to deal_1'), ("discount web", "# a note\n  discount web"),
    ("line.size text", "line.size number"), ("loyal", "faithful"), ("when items in drinks", "when snacks"), ("\n", "\n\n"),
    ("discount web", "discount net { stage extra  rate 1% }\n  discount web"), ("agreement", "rounding half even\nagreement"),
    ("each", "together"), ('A2"', 'A1"'), ("on 2026-03-01", "on 2027-03-01"), ("default \"shop\"", "default 5"),
)  # fmt: skip


def texts() -> dict[str, str]:
    deals = {f"deal_{n}.rebates": DEAL.format(n=n) for n in (1, 2, 3, 4)}
    return {"shared.rebates": SHARED, "more.rebates": DEAL.format(n=7).replace('"A7"', "all, each"), **deals, **TABLES}


def edited(now: Mapping[str, str], random: Random) -> dict[str, str]:
    """A folder with a change or two: a text edited, a file gone, a file added, or all as it was."""
    made = dict(now)
    for _ in range(random.choice((1, 1, 2))):
        match random.randrange(8):
            case 0:
                return texts()
            case 1:
                made.pop(random.choice(sorted(made)), None)
            case 2:
                made[f"new_{random.randrange(3)}.rebates"] = DEAL.format(n=random.choice((4, 5, 8)))
            case 3:
                name = random.choice(sorted(texts()))
                made[name] = texts()[name]
            case _:
                part, other = random.choice(EDITS)
                for name in random.sample(sorted(made), len(made)):
                    if part in made[name]:
                        made[name] = made[name].replace(part, other, random.choice((1, -1)))
                        break
    return made


def write(top: Path, files: Mapping[str, str]) -> None:
    top.mkdir(exist_ok=True)
    for there in top.iterdir():
        there.unlink()
    for name, text in files.items():
        (top / name).write_text(text, encoding="utf-8")


def read(top: Path, memory: Memory | None) -> tuple[RuleSet | None, Report]:
    report = Report()
    return load_rules(top, None, report, memory), report


def said(rules: RuleSet) -> tuple[object, ...]:
    """All that a rule set says; tables by their rows."""
    tables = [
        {name: (table.schema, list(table.rows())) for name, table in each.items()}
        for each in (rules.tables, rules.master.tables)
    ]
    names = [each.name for each in fields(Agreement) if each.name != "noted"]  # which holds what was worked out of it
    agreements = [{name: getattr(one, name) for name in names} for one in rules.agreements]
    return agreements, rules.attributes, rules.facts, rules.version, tables


def places(rules: RuleSet) -> Iterator[tuple[str, str, int, int, str]]:
    """Where every node stands, and what the text says there."""
    for agreement in rules.agreements:
        for node in nodes_in(agreement):
            span = getattr(node, "span", None)
            if isinstance(span, Span):
                yield type(node).__name__.removeprefix("Stored"), span.source.name, span.start, span.end, span.text


def as_if_started_anew(rules: RuleSet, report: Report, memory: Memory, top: Path) -> Memory:
    """The memory that a start has which finds these rules kept."""
    texts = read_texts(top, Report())
    found = read_stored(stored(rules, report.diagnostics, texts, memory), texts)
    assert found is not None
    again = found.memory()
    assert again is not None
    return again


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kept", [False, True], ids=["running", "started anew"])
def test_edited_folders_come_to_the_same_with_a_memory_and_without(tmp_path: Path, seed: int, kept: bool) -> None:
    random, now, sound = Random(seed), texts(), 0
    memory: Memory | None = None
    for _ in range(14):
        write(tmp_path / "rules", now)
        later = Memory(memory)
        rules, report = read(tmp_path / "rules", later)
        cold, expected = read(tmp_path / "rules", None)
        assert render(report.diagnostics, "json") == render(expected.diagnostics, "json")
        assert (report.not_shown, report.error_count) == (expected.not_shown, expected.error_count)
        assert (rules is None) == (cold is None)
        if rules is not None and cold is not None:
            sound += 1
            assert said(rules) == said(cold)
            assert list(places(rules)) == list(places(cold))
        memory = later if rules is not None or random.random() < 0.5 else memory
        if kept and rules is not None and random.random() < 0.6:
            memory = as_if_started_anew(rules, report, later, tmp_path / "rules")
        now = edited(now if rules is not None or random.random() < 0.4 else texts(), random)
    assert sound >= 3


def test_only_the_changed_agreement_is_modelled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "rules", texts())
    book = rebates.load(tmp_path / "rules")
    file = tmp_path / "rules" / "deal_2.rebates"
    file.write_text(file.read_text(encoding="utf-8").replace("9%", "8%"), encoding="utf-8")
    modelled: list[str] = []
    model = folders.model_agreement  # type: ignore[attr-defined]

    def noted(agreement: object, *rest: object) -> object:
        modelled.append(getattr(agreement, "name", ""))
        return model(agreement, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "model_agreement", noted)
    fresh = book.reload()
    assert modelled == ["deal_2"]
    order = Order("A2", "2026-03-01", [Line("COLA", "60 carton")])
    # 720 pieces at 1.50 are 1,080.00; 9% leave 982.80, 8% leave 993.60
    assert (str(book.quote(order).total), str(fresh.quote(order).total)) == ("EUR 982.80", "EUR 993.60")


def test_what_was_told_of_other_files_is_told_again(tmp_path: Path) -> None:
    files = texts()
    files["deal_3.rebates"] = files["deal_3.rebates"].replace("rate 2%", 'rate 2%  accept cliff "none"')
    write(tmp_path / "rules", files)
    book = rebates.load(tmp_path / "rules")
    before = [one.code for one in book.warnings]
    assert "R0351" in before
    (tmp_path / "rules" / "deal_1.rebates").write_text(DEAL.format(n=1).replace("9%", "8%"), encoding="utf-8")
    assert [one.code for one in book.reload().warnings] == before
    (tmp_path / "rules" / "deal_1.rebates").write_text(DEAL.format(n=1).replace("9%", "8 %%"), encoding="utf-8")
    with pytest.raises(RuleErrors) as caught:
        book.reload()
    assert {one.span.source.name for one in caught.value.diagnostics} >= {"deal_1.rebates", "deal_3.rebates"}


def test_a_table_that_changed_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "rules", texts())
    book = rebates.load(tmp_path / "rules")
    order = Order("A1", "2026-03-01", [Line("COLA", "1 piece")])
    (tmp_path / "rules" / "prices.csv").write_text("account,item,price\nA1,COLA,1.10\n", encoding="utf-8")
    # 1% for a loyal account: 1.386 and 1.089
    assert (str(book.quote(order).total), str(book.reload().quote(order).total)) == ("EUR 1.39", "EUR 1.09")
