"""Rules that keep others out: across stages, by giving way, by what came before (3.4, 3.5)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn
from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "exclusive by priority": ("3.5c",),
    "exclusive among stages": ("3.5a", "3.5b", "3.5c"),
    "exclusive among all": ("3.5a", "3.5b"),
    "best among stages": ("3.5f",),
    "not with": ("3.5d",),
    "not with earlier": ("3.5d",),
    "not with outside": ("3.5d",),
    "in lieu of": ("3.5d",),
    "not on discounted lines": ("3.4",),
    "not on promotional prices": ("3.4",),
    "in a programme": ("3.5d",),
    "discount as a value": ("2.6",),
    "codes from a table": ("7.1", "5.6"),
    "code of a batch": ("7.1",),
    "uses per account": ("4.5", "5.4b"),
    "uses in all": ("4.5", "5.4b"),
    "uses per code": ("4.5", "5.4b"),
    "uses before": ("5.4b",),
}


def run_order(writer: Writer) -> list[str]:
    """The stages of discounts on goods in the order they run, then `charges`."""
    goods = [name for name in writer.stages if not name.startswith("ch_")]
    return [*(s for s in goods if s not in writer.last), *(s for s in goods if s in writer.last), "charges"]


def stages(writer: Writer) -> list[str]:
    goods = run_order(writer)[:-1]
    if len(goods) < 2 or not writer.chance(15):
        return []
    chosen = goods if writer.chance(30) else sorted(writer.random.sample(goods, 2))
    return [writer.use("best among stages", f"    best among stages {', '.join(chosen)}")]


def clauses(writer: Writer, kind: str) -> list[str]:
    """At most one of each word."""
    out = _codes(writer)
    if kind == "price":
        return out
    if writer.chance(8):
        out.append(writer.use("not on promotional prices", "not on promotional prices"))
    if writer.chance(8):
        out.append(writer.use("not on discounted lines", "not on discounted lines"))
    avoided = _avoided(writer)
    if writer.chance(6):
        avoided.append(writer.use("not with outside", '"CO-OP"'))
    if avoided:
        out.append(f"not with {', '.join(avoided)}")
    replaced = _others(writer, same=True)
    if replaced and writer.chance(12):
        other = writer.pick(replaced)
        if _waits(writer, other, writer.name_here):
            out.append(writer.use("in lieu of", f"in lieu of {other}"))
    if kind == "discount":
        out += _exclusive(writer, out)
    return out


def _codes(writer: Writer) -> list[str]:
    """Codes of a batch, and how often a rule may be used."""
    out: list[str] = []
    coded = any(clause.startswith("code ") for clause in writer.clauses_here)
    if not coded and writer.chance(8):
        coded = True
        out.append(writer.use("codes from a table", "code from table batch"))
    if not writer.chance(25 if coded else 4):
        return out
    uses = []
    if writer.chance(50):
        window = writer.pick(("", " per month", " per term"))
        uses.append(writer.use("uses per account", f"{writer.pick(('1', '2'))} per account{window}"))
    if coded and writer.chance(50):
        uses.append(writer.use("uses per code", f"1 per code{writer.pick(('', ' per account', ' per year'))}"))
    if not uses or writer.chance(30):
        uses.append(writer.use("uses in all", f"{writer.pick(('1', '3'))} in all"))
    return [*out, f"uses {', '.join(uses)}"]


def worths(writer: Writer, kind: str) -> list[str]:
    """Amounts that stand on what a discount earns."""
    if kind == "price":
        return []
    named = [rule for same in (True, False) for rule in _others(writer, same) if rule.startswith("discount")]
    if not named:
        return []
    one = writer.pick(named)
    if not _waits(writer, writer.name_here, one):
        return []
    return [writer.use("discount as a value", f"amount lesser of (30% of {one} + EUR 1, EUR 20)")]


def before(writer: Writer) -> list[str]:
    return ['table batch from "batch.csv" { code key  account text  valid_from, valid_to dates }']


BATCH: list[dict[str, object]] = [
    {"code": "B-1", "account": "", "valid_from": "", "valid_to": ""},
    {"code": "B-2", "account": "ACME", "valid_from": "2026-02-01", "valid_to": ""},
    {"code": "B-3", "account": "SOLO", "valid_from": "2026-01-01", "valid_to": "2026-05-31"},
    {"code": "B-4", "account": "", "valid_from": "2026-03-01", "valid_to": "2026-07-31"},
    {"code": "B-4", "account": "", "valid_from": "2026-10-01", "valid_to": ""},
]


def _others(writer: Writer, same: bool) -> list[str]:
    """Rules written before, of the same stage or of earlier ones."""
    order = run_order(writer)
    here = writer.stage_of[writer.name_here]
    if here not in order:
        return []
    place = order.index(here)
    found = []
    for rule in writer.rules:
        stage = writer.stage_of.get(rule)
        if stage in order and (stage == here if same else order.index(stage) < place):
            found.append(rule)
    return found


def _avoided(writer: Writer) -> list[str]:
    out = []
    for same, feature in ((True, "not with"), (False, "not with earlier")):
        others = _others(writer, same)
        if others and writer.chance(12):
            other = writer.pick(others)
            if _waits(writer, writer.name_here, other):
                out.append(writer.use(feature, other))
    return out


def _waits(writer: Writer, first: str, second: str) -> bool:
    """Notes that a rule waits for another, unless that would close a circle."""
    edges: set[tuple[str, str]] = writer.notes.setdefault("waits", set())
    ahead, seen = [second], set[str]()
    while ahead:
        at = ahead.pop()
        if at == first:
            return False
        seen.add(at)
        ahead += [b for a, b in edges if a == at and b not in seen]
    edges.add((first, second))
    return True


def _exclusive(writer: Writer, drawn: list[str]) -> list[str]:
    written = writer.clauses_here
    if "exclusive" in written:
        if writer.chance(40):
            written[written.index("exclusive")] = writer.use("exclusive by priority", "exclusive by priority")
        return []
    goods = run_order(writer)[:-1]
    text = " ".join([*written, *drawn])
    asks = "after stage" in text or "not on discounted" in text or "not with discount" in text
    if asks or not writer.chance(12):
        return []
    order = writer.use("exclusive by priority", " by priority") if writer.chance(30) else ""
    here = writer.stage_of[writer.name_here]
    others = [stage for stage in goods if stage != here]
    if others and writer.chance(60):
        named = sorted([here, writer.pick(others)])
        return [writer.use("exclusive among stages", f"exclusive among stages {', '.join(named)}{order}")]
    return [writer.use("exclusive among all", f"exclusive among all{order}")]


def order(random: Random, given: OrderIn, features: set[str]) -> OrderIn:
    if random.randrange(3) == 0:
        features.add("code of a batch")
        more = random.sample(("B-1", "B-2", "B-3", "B-4", "B-9", "SPRING"), random.randrange(1, 4))
        given = replace(given, codes=given.codes | set(more))
    if random.randrange(3) == 0:
        features.add("uses before")
        given = replace(given, totals={**given.totals, **_used_before(random, given)})
    if random.randrange(6):
        return given
    features.add("in a programme")
    if random.randrange(2):
        return replace(given, attributes={**given.attributes, "programme": "CO-OP"})
    first, *rest = given.lines
    return replace(given, lines=(replace(first, attributes={**first.attributes, "programme": "CO-OP"}), *rest))


def _used_before(random: Random, given: OrderIn) -> dict[str, Fraction]:
    """Counts of uses that former orders left, for whatever rules there may be."""
    found: dict[str, Fraction] = {}
    month = f"{given.day.year}-{given.day.month:02d}"
    for rule in (f"{name}.{kind}_{n}" for name in ("main", "special") for kind in "dpc" for n in range(1, 14)):
        whose = [f"per account ever [{given.account}, ever]", f"per account per month [{given.account}, {month}]"]
        whose += ["in all ever [all, ever]", f"per account per term [{given.account}, term]"]
        for code in sorted(given.codes):
            whose += [f"per code ever [{code}, ever]", f"per code per account ever [{code}, {given.account}, ever]"]
            whose.append(f"per code per year [{code}, {given.day.year}]")
        found |= {f"uses of {rule} {key}": Fraction(random.randrange(3)) for key in whose if random.randrange(3)}
    return found


AREA = Area(
    name="combination",
    features=FEATURES,
    before=before,
    stages=stages,
    clauses=clauses,
    worths=worths,
    order=order,
    tables={"batch": BATCH},
)
