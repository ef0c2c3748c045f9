"""Generated Python: one straight-line function over scaled integers per *shape* of a line's waterfall.

A function prices a line whose rules, tiers and prices are known (a cell, see `cells`): it takes the quantity as an integer
of its own decimals and a tuple of constants. Numbers stand in the constants, so that few source texts serve many plans.
Amounts are integers of the line's digits. A function returns None where it meets a case it leaves to the runtime.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from threading import Lock
from typing import Literal

from cachetools import LRUCache

from rebates.model.exact import Rounding as RoundingMode
from rebates.syntax.source import Span

Amounts = tuple[int | None, int, int]  # list, gross and net value
Function = Callable[[int, tuple[int, ...]], Amounts | None]

_SHAPES: LRUCache[str, Function] = LRUCache(maxsize=4096)
_SHAPES_LOCK = Lock()
LITERALS = frozenset({0, 1, *(10**power for power in range(1, 7))})  # usual denominators are part of the shape


@dataclass(frozen=True, slots=True)
class Num:
    """An exact amount: `code` ÷ (`denominator` × q to the power of `per_q`), in units of the line's digits."""

    code: str
    denominator: int
    per_q: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a rule takes on a line, its place in the waterfall settled: numbers are static but for q and the amounts.

    An amount is a sum of `terms`; each is `of` × (slope × q + level) ÷ q^per_q, where `of` is the running amount, the
    stage's own base, the quantity, or 1.
    """

    terms: tuple[Term, ...]
    base: Literal["stage", "running", "list", "gross"] = "stage"
    rate_floors: tuple[Fraction, ...] = ()
    rate_caps: tuple[Fraction, ...] = ()
    floors: tuple[Fraction, ...] = ()
    caps: tuple[Fraction, ...] = ()
    pays_from: Fraction | None = None
    lowest: Fraction | None = None  # minimum price, per unit of q
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of a reward. Factors count per unit of q and in units of the line's digits."""

    kind: Literal["share", "linear", "packages", "price"]
    slope: Fraction = Fraction(0)  # × q
    level: Fraction = Fraction(0)
    per_q: int = 0
    package: Fraction = Fraction(0)  # packages per unit of q
    started: bool = False
    stops: bool = False  # an amount per unit: stops at the running price of its units
    guard: Fraction = Fraction(0)  # above this running price per unit of q no slice can be stopped


@dataclass(frozen=True, slots=True)
class StageSteps:
    combine: Literal["best", "sum", "sequence", "first"]
    base: Literal["running", "list"]
    steps: tuple[Step, ...]  # in the order they take


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A line's cell: everything but the quantity. Prices are amounts per unit of q, in units of the line's digits."""

    list_price: Fraction | None
    gross_price: Fraction
    stages: tuple[StageSteps, ...]
    mode: RoundingMode


@dataclass(frozen=True, slots=True)
class Generated:
    """A cell's function, its constants, its source and for each of its lines the place in the rule text."""

    function: Function
    constants: tuple[int, ...]
    source: str
    spans: tuple[Span | None, ...]


Tails = dict[str, tuple[Function, tuple[int, ...], str, tuple[Span | None, ...]]]
"""By the code of its prices: the function of a cell, the constants of its stages, its source and places in the text."""


def generated(waterfall: Waterfall, tails: Tails) -> Generated:
    """The function that prices lines of this cell. `tails` is what was made of these stages with other prices."""
    writer = _Writer(waterfall.mode)
    writer.prices(waterfall)
    head = writer.text()
    prices = tuple(writer.constants)
    known = tails.get(head)
    if known is None:
        writer.stages(waterfall)
        source, spans = writer.finished()
        known = tails[head] = _function(source), tuple(writer.constants[len(prices) :]), source, spans
    function, constants, source, spans = known
    return Generated(function, prices + constants, source, spans)


def _function(source: str) -> Function:
    with _SHAPES_LOCK:
        known = _SHAPES.get(source)
    if known is None:
        names: dict[str, object] = {}
        exec(compile(source, "<rebates shape>", "exec"), {"__builtins__": {}}, names)  # nosec B102 - source is our own
        known = names["price"]  # type: ignore[assignment]
        assert known is not None
        with _SHAPES_LOCK:
            _SHAPES[source] = known
    return known


@dataclass(slots=True)
class _Writer:
    """Writes the lines of one function; the only place where generated text is made."""

    mode: RoundingMode
    constants: list[int] = field(default_factory=list)
    body: list[tuple[str, Span | None]] = field(default_factory=list)
    names: int = 0
    listed: str = "None"  # the name of the list value
    span: Span | None = None

    # --- names and literals

    def line(self, text: str) -> None:
        self.body.append((f"    {text}", self.span))

    def number(self, value: int) -> str:
        """A usual number as a literal, any other as a constant."""
        assert type(value) is int
        if value in LITERALS:
            return repr(value)
        self.constants.append(value)
        return f"c{len(self.constants) - 1}"

    def name(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names}"

    def finished(self) -> tuple[str, tuple[Span | None, ...]]:
        head: list[tuple[str, Span | None]] = [("def price(q, C):", None)]
        if self.constants:
            names = ", ".join(f"c{place}" for place in range(len(self.constants)))
            head.append((f"    {names}{',' if len(self.constants) == 1 else ''} = C", None))
        lines = head + self.body
        return "\n".join(text for text, _ in lines) + "\n", tuple(span for _, span in lines)

    def times(self, code: str, factor: int) -> str:
        return code if factor == 1 else f"{code}*{self.number(factor)}"

    def rounded(self, code: str, denominator: int) -> str:
        """One rounding, of an amount that is not negative."""
        if denominator == 1:
            return code
        over = self.number(denominator)
        match self.mode:
            case RoundingMode.HALF_UP:
                return f"({code} + {self.number(denominator // 2)})//{over}"
            case RoundingMode.UP:
                return f"({code} + {self.number(denominator - 1)})//{over}"
            case RoundingMode.DOWN:
                return f"({code})//{over}"
            case RoundingMode.HALF_EVEN:
                raise AssertionError("cells do not round half even")

    # --- the waterfall

    def prices(self, line: Waterfall) -> None:
        """The values before any rule: `g`, and `l` where the list price is another."""
        self.value("g", line.gross_price)
        self.listed = "None"
        if line.list_price is not None:
            self.listed = "g" if line.list_price == line.gross_price else "l"
            if self.listed == "l":
                self.value("l", line.list_price)
        self.line(f"# list value {self.listed}")

    def text(self) -> str:
        """What is written so far."""
        return "\n".join(text for text, _ in self.body)

    def stages(self, line: Waterfall) -> None:
        del self.body[-1]
        running = "g"
        for stage in line.stages:
            running = self.stage(stage, running, self.listed)
        self.span = None
        self.line(f"return {self.listed}, g, {running}")

    def value(self, name: str, price: Fraction) -> None:
        """Price × quantity, rounded (2.3)."""
        self.line(f"{name} = {self.rounded(self.times('q', price.numerator), price.denominator)}")

    def stage(self, stage: StageSteps, running: str, listed: str) -> str:
        if not stage.steps:
            return running
        if stage.combine == "sequence":
            for step in stage.steps:
                running = self.after(running, self.take(step, running, self.base(step, stage, running, listed)))
            return running
        share = _best_share(stage)
        if share is not None:
            self.span = stage.steps[0].span
            return self.kept(running, 1 - share)
        takes = [self.take(step, running, self.base(step, stage, running, listed)) for step in stage.steps]
        takes = self.aligned(takes)
        total = takes[0]
        if len(takes) > 1:
            total = Num(self.name("t"), takes[0].denominator, takes[0].per_q)
            match stage.combine:
                case "sum":
                    self.line(f"{total.code} = {' + '.join(each.code for each in takes)}")
                    self.at_most_running(total, running)
                case "best":
                    self.line(f"{total.code} = {takes[0].code}")
                    for each in takes[1:]:
                        self.line(
                            f"if {each.code} and ({each.code} > {total.code} or not {total.code}): {total.code} = {each.code}"
                        )
                case _:
                    self.line(f"{total.code} = {' or '.join(each.code for each in takes)}")
        return self.after(running, total)

    def base(self, step: Step, stage: StageSteps, running: str, listed: str) -> str:
        """The name of the amount that a step's percents are of (17)."""
        match stage.base if step.base == "stage" else step.base:
            case "list":
                return "g" if listed == "None" else listed
            case "gross":
                return "g"
            case _:
                return running

    def kept(self, running: str, share: Fraction) -> str:
        """running × share, rounded: a percent off."""
        name = self.name("n")
        self.line(f"{name} = {self.rounded(self.times(running, share.numerator), share.denominator)}")
        return name

    def after(self, running: str, take: Num) -> str:
        """What a take leaves, rounded from the exact difference (2.3)."""
        name = self.name("n")
        if take.per_q == 0:
            if take.denominator == 1:
                self.line(f"{name} = {running} - {take.code}")
            else:
                left = f"{self.times(running, take.denominator)} - {take.code}"
                self.line(f"{name} = {self.rounded(left, take.denominator)}")
            return name
        over = self.name("d")
        self.line(f"{over} = {self.times('q', take.denominator)}")
        left = f"{running}*{over} - {take.code}"
        match self.mode:
            case RoundingMode.HALF_UP:
                self.line(f"{name} = ({left} + {over}//2)//{over}")
            case RoundingMode.UP:
                self.line(f"{name} = ({left} + {over} - 1)//{over}")
            case _:
                self.line(f"{name} = ({left})//{over}")
        return name

    # --- one rule

    def take(self, step: Step, running: str, base: str) -> Num:
        self.span = step.span
        terms = self.aligned([self.term(term, running, base) for term in step.terms])
        take = terms[0]
        if len(terms) > 1:
            take = self.named(Num(" + ".join(each.code for each in terms), take.denominator, take.per_q))
        for floor in step.rate_floors:
            take = self.bound(take, self.amount(base, floor), "<")
        for cap in step.rate_caps:
            take = self.bound(take, self.amount(base, cap), ">")
        for floor in step.floors:
            take = self.bound(take, self.constant(floor), "<", f"{base} and ")
        for cap in step.caps:
            take = self.bound(take, self.constant(max(Fraction(0), cap)), ">")
        if step.pays_from is not None:
            take, edge = self.aligned([take, self.constant(step.pays_from)])
            self.line(f"if -{edge.code} < {take.code} < {edge.code}: {take.code} = 0")
        if step.lowest is not None:
            price = step.lowest
            room = Num(self.name("m"), price.denominator)
            self.line(f"{room.code} = {self.times(running, price.denominator)} - {self.times('q', price.numerator)}")
            self.line(f"if {room.code} < 0: {room.code} = 0")
            take = self.bound(take, room, ">")
        if not _stays_below(step, running == base):
            self.at_most_running(take, running)
        return take

    def term(self, term: Term, running: str, base: str) -> Num:
        match term.kind:
            case "share":
                return self.named(self.along(base, term))
            case "linear":
                if term.guard > 0:
                    # a slice dearer than the running price is rare: the runtime stops it exactly
                    dearest = self.times("q", term.guard.numerator)
                    self.line(f"if {dearest} > {self.times(running, term.guard.denominator)}: return None")
                num = self.named(self.along("", term))
                if term.stops:
                    self.at_most_running(num, running)
                return num
            case "price":
                price = term.slope
                num = Num(self.name("t"), price.denominator)
                self.line(f"{num.code} = {self.times(running, price.denominator)} - {self.times('q', price.numerator)}")
                self.line(f"if {num.code} < 0: {num.code} = 0")
                return num
            case "packages":
                return self.packages(term)

    def along(self, of: str, term: Term) -> Num:
        """of × (slope × q + level) ÷ q^per_q."""
        denominator = lcm(term.slope.denominator, term.level.denominator)
        slope, level = int(term.slope * denominator), int(term.level * denominator)
        per_q = term.per_q if level else 0
        if not level and term.per_q:
            slope, level = 0, slope  # the quantity cancels
        if slope and level:
            inner = f"{self.times('q', slope)} + {self.number(level)}"
            return Num(f"{of}*({inner})" if of else f"({inner})", denominator, per_q)
        if slope:
            return Num(self.times(f"{of}*q" if of else "q", slope), denominator, per_q)
        if of:
            return Num(self.times(of, level), denominator, per_q)
        return Num(self.number(level), denominator, per_q)

    def packages(self, term: Term) -> Num:
        """Whole or begun packages × an amount (4.4 d)."""
        count, amount, per = self.name("k"), term.level, term.package
        whole = self.times("q", per.numerator)
        if term.started:
            self.line(f"{count} = -(-{whole}//{self.number(per.denominator)})")
        else:
            self.line(f"{count} = {whole}//{self.number(per.denominator)}")
        return self.named(Num(self.times(count, amount.numerator), amount.denominator))

    # --- small parts

    def named(self, num: Num) -> Num:
        name = self.name("t")
        self.line(f"{name} = {num.code}")
        return Num(name, num.denominator, num.per_q)

    def amount(self, base: str, rate: Fraction) -> Num:
        return self.named(Num(self.times(base, rate.numerator), rate.denominator))

    def constant(self, value: Fraction) -> Num:
        return self.named(Num(self.number(value.numerator), value.denominator))

    def bound(self, take: Num, edge: Num, over: str, unless: str = "") -> Num:
        take, edge = self.aligned([take, edge])
        self.line(f"if {unless}{take.code} {over} {edge.code}: {take.code} = {edge.code}")
        return take

    def at_most_running(self, take: Num, running: str) -> None:
        """No take above the running amount (3.6)."""
        edge = self.times(running, take.denominator) + ("*q" if take.per_q else "")
        self.line(f"if {take.code} > {edge}: {take.code} = {edge}")

    def aligned(self, nums: list[Num]) -> list[Num]:
        """The same amounts over one denominator, each with a name of its own."""
        denominator, per_q = lcm(*(each.denominator for each in nums)), max(each.per_q for each in nums)
        found: list[Num] = []
        for each in nums:
            factor, more = denominator // each.denominator, per_q - each.per_q
            if factor != 1 or more:
                self.line(f"{each.code} = {self.times(each.code, factor)}{'*q' * more}")
            found.append(Num(each.code, denominator, per_q))
        return found


def _best_share(stage: StageSteps) -> Fraction | None:
    """The one percent off that several plain percents of the running amount come to; None if they are anything else."""
    rates: list[Fraction] = []
    if stage.base != "running":
        return None
    for step in stage.steps:
        if len(step.terms) != 1 or step.base not in ("stage", "running") or not _plain(step):
            return None
        rates.append(step.terms[0].level)
    match stage.combine:
        case "best":
            rates = [rate for rate in rates if rate] or [Fraction(0)]
            return max(rates)
        case "sum":
            return min(Fraction(1), sum(rates, Fraction(0)))
        case _:
            return next((rate for rate in rates if rate), Fraction(0))


def _plain(step: Step) -> bool:
    """A percent of the running amount, at most all of it, without bounds."""
    [term] = step.terms
    bounds = (*step.rate_floors, *step.rate_caps, *step.floors, *step.caps, step.pays_from, step.lowest)
    return (
        term.kind == "share"
        and not term.slope
        and not term.per_q
        and term.level <= 1
        and all(b is None for b in bounds)
    )


def _stays_below(step: Step, on_running: bool) -> bool:
    """Whether a take cannot pass the running amount."""
    if step.floors or step.rate_floors or len(step.terms) != 1:
        return False
    [term] = step.terms
    if term.kind == "price":
        return True
    return on_running and term.kind == "share" and not term.slope and not term.per_q and term.level <= 1
