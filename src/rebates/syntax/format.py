"""The one canonical formatting of a rule file.

A statement a line, two blanks a level. A block that was written on one line stays there while the line has room; breaks
inside a statement stay where the author made them. Comments and single blank lines stay in place. The first words of
neighbouring statements are padded to one width, so that their values stand under each other; so are tiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Report
from rebates.syntax.meant import group
from rebates.syntax.parser import parse
from rebates.syntax.source import Source
from rebates.syntax.tokens import Token, tokenize

WIDTH: Final = 100
INDENT: Final = "  "
CONTINUED: Final = "    "
GAP: Final = "  "


def format_file(source: Source) -> str:
    """The text in canonical form; a text with errors comes back as it is."""
    report = Report()
    tree = parse(source, report)
    if report.has_errors:
        return source.text
    tokens = [token for token in tokenize(source.text) if token.kind != "BLANK"]
    statements = {part.span.start: part for part in _statements(tree)}
    cells = {cell.span.start for row in statements.values() if isinstance(row, n.GridRow) for cell in row.cells}
    return _Layout(source.text, tokens, statements, cells).text()


def _statements(node: n.Node) -> Iterator[n.Node]:
    """Every statement of the tree."""
    inner: tuple[n.Node, ...] = ()
    match node:
        case (
            n.File(declarations=inner)
            | n.Agreement(members=inner)
            | n.Rule(clauses=inner)
            | n.TiersClause(rows=inner)
            | n.RatesClause(rows=inner)
            | n.CasesClause(rows=inner)
            | n.Fund(members=inner)
            | n.Seasons(seasons=inner)
        ):
            pass
        case n.Amendment(members=inner) | n.Terms(terms=inner) | n.BundleClause(parts=inner):
            pass
        case n.Waterfall():
            inner = _in_order(node.stages, node.best_among)
        case n.Class(members=inner) | n.Table(columns=inner) | n.OrderBlock(lines=inner) | n.PostedSale(lines=inner):
            pass
        case n.Example():
            inner = _in_order(node.given, (node.order,), node.expects, node.over_time)
        case n.SettledExample():
            inner = _in_order(node.given, node.over_time, node.steps)
    for part in inner:
        yield part
        yield from _statements(part)


def _in_order(*parts: Sequence[n.Node]) -> tuple[n.Node, ...]:
    """All in the order of the text."""
    return tuple(sorted(chain.from_iterable(parts), key=lambda part: part.span.start))


def _head(statement: n.Node) -> tuple[str, int]:
    """With which neighbours a statement is aligned ("" for none), and how many of its words come before the gap."""
    match statement:
        case n.Setting(word="time zone" | "adds to") | n.YearStarts() | n.WeekStarts():
            return "member", 2
        case n.ExchangeRates() | n.TaxRate():
            return "member", 1
        case n.SharedCap():
            return "shared cap", 1
        case n.Accounts() | n.Setting() | n.Rounding(word="digits"):
            return "member", 1
        case n.ItemSet() | n.Measure():
            return "named", 2
        case n.Attribute():
            return "attribute", 2
        case n.FactDeclaration():
            return "fact", 2
        case n.ValidClause():
            return "member or clause", 1
        case n.PaysFromClause() | n.PayToClause() | n.PayToMembersClause() | n.DrawClause() | n.FundedByClause():
            return "clause", 2
        case n.ProRataClause():
            return "", 0
        case n.Stage():
            return "stage", 2
        case n.Season():
            return "season", 1
        case n.Column(names=names):
            return "column", sum(1 + (name.source is not None) for name in names) + len(names) - 1
        case n.TierRow(threshold=n.Money()):
            return "amounts", 3
        case n.TierRow(threshold=n.Quantity()):
            return "quantities", 3
        case n.TierRow(threshold=n.Number() | n.Percent()):
            return "numbers", 2
        case n.Term(word=word):
            return "term", 2 if word.startswith("term ") else 1
        case n.GridRow():
            return "grid", 0
        case n.FlagClause() | n.NotOnClause() | n.OnlyPerClause() | n.RemoveClause() | n.TierRow():
            return "", 0
        case n.ExclusiveClause(among=(), by_priority=False):
            return "", 0
        case _ if type(statement).__name__.endswith("Clause"):
            return "clause", 1
        case _:
            return "", 0


def spelled(token: Token) -> str:
    """The canonical spelling of one token."""
    match token.kind:
        case "NUMBER" | "PERCENT":
            whole, point, decimals = token.text.rstrip(" \t%").partition(".")
            return group(whole.replace("_", "")) + point + decimals + ("%" if token.kind == "PERCENT" else "")
        case "COMMENT":
            return token.text.rstrip()
        case "STRING":
            return token.text
        case _:
            return " ".join(token.text.split())


@dataclass(slots=True)
class _Line:
    depth: int
    words: list[str] = field(default_factory=list)
    comment: str = ""
    continued: bool = False
    blank_before: bool = False
    aligned: str = ""  # with which neighbours
    head: int = 0  # words before the gap
    padded: str = ""  # those words, once their width is known
    cells: list[int] = field(default_factory=list)  # of a rate table: the words that begin a cell

    def text(self) -> str:
        body = INDENT * self.depth + (CONTINUED if self.continued else "")
        body += self.padded + joined(self.words[self.head :]) if self.padded else joined(self.words)
        if not self.words:
            return INDENT * self.depth + self.comment
        return body + ("  " + self.comment if self.comment else "")


def joined(words: Sequence[str]) -> str:
    """The words of a line with the blanks between them; "" stands for the wider gap between statements on a line."""
    text = ""
    for word in words:
        tight = not text or text.endswith("(") or word in (",", ")")
        text += word if tight else " " + word
    return text


class _Layout:
    def __init__(
        self, source: str, tokens: Sequence[Token], statements: Mapping[int, n.Node], cells: AbstractSet[int]
    ) -> None:
        self.cells = cells
        self.source = source
        self.tokens = tokens
        self.statements = statements
        self.lines: list[_Line] = []
        self._closers = _matching(tokens)

    def text(self) -> str:
        depth = 0
        on_one_line_until = -1
        for place, token in enumerate(self.tokens):
            gap = self.source[self.tokens[place - 1].end : token.start] if place else ""
            if token.kind == "COMMENT":
                self._comment(token, depth, gap, place)
                continue
            starts = token.start in self.statements
            if place <= on_one_line_until:
                self.lines[-1].words.extend(
                    ["", spelled(token)] if starts and not self._opens_block(place) else [spelled(token)]
                )
                continue
            if token.text == "}":
                depth -= 1
                self.lines.append(_Line(depth, ["}"]))
                continue
            if starts or not self.lines:
                aligned, head = _head(self.statements[token.start]) if starts else ("", 0)
                self.lines.append(
                    _Line(depth, [spelled(token)], blank_before=self._blank(gap, place), aligned=aligned, head=head)
                )
            elif self._breaks(place, gap, token):
                self.lines.append(_Line(depth, [spelled(token)], continued=True))
            else:
                self.lines[-1].words.append(spelled(token))
            if token.start in self.cells:
                self.lines[-1].cells.append(len(self.lines[-1].words) - 1)
            if token.text == "{":
                closer = self._closers[place]
                if self._fits(place, closer):
                    on_one_line_until = closer
                else:
                    depth += 1
        _align(self.lines)
        return "".join(("\n" if line.blank_before else "") + line.text() + "\n" for line in self.lines)

    def _comment(self, token: Token, depth: int, gap: str, place: int) -> None:
        if self.lines and "\n" not in gap:
            self.lines[-1].comment = spelled(token)
        else:
            self.lines.append(_Line(depth, comment=spelled(token), blank_before=self._blank(gap, place)))

    def _opens_block(self, place: int) -> bool:
        return self.tokens[place - 1].text == "{"

    def _blank(self, gap: str, place: int) -> bool:
        return place > 0 and gap.count("\n") > 1 and not self._opens_block(place)

    def _breaks(self, place: int, gap: str, token: Token) -> bool:
        """Whether a word inside a statement goes on a line of its own: where the author broke, or after a comment."""
        if self.tokens[place - 1].kind == "COMMENT":
            return True
        return "\n" in gap and token.text not in ("{", ",", ")")

    def _fits(self, opener: int, closer: int) -> bool:
        inside = self.tokens[opener : closer + 1]
        if "\n" in self.source[inside[0].end : inside[-1].start] or any(token.kind == "COMMENT" for token in inside):
            return False
        words = list(self.lines[-1].words)
        for place in range(opener + 1, closer + 1):
            starts = self.tokens[place].start in self.statements and not self._opens_block(place)
            words.extend(["", spelled(self.tokens[place])] if starts else [spelled(self.tokens[place])])
        line = _Line(self.lines[-1].depth, words, continued=self.lines[-1].continued)
        return len(line.text()) <= WIDTH


def _align(lines: Sequence[_Line]) -> None:
    """Pads the heads of neighbouring statements of one sort; one alone is left."""
    runs: list[list[_Line]] = [[]]  # by depth
    for line in [*lines, _Line(0)]:
        while len(runs) > line.depth + 1:
            _pad(runs.pop())
        runs.extend([] for _ in range(line.depth + 1 - len(runs)))
        if line.continued or line.words == ["}"] or (line.comment and not line.words and not line.blank_before):
            continue
        run = runs[-1]
        if run and (line.blank_before or not _together(run, line)):
            _pad(run)
            runs[-1] = run = []
        if line.aligned and len(line.words) > line.head:
            run.append(line)


def _together(run: Sequence[_Line], line: _Line) -> bool:
    sorts = {other.aligned for other in run} | {line.aligned}
    return len(sorts) == 1 or sorts in ({"member", "member or clause"}, {"clause", "member or clause"})


def _pad(run: Sequence[_Line]) -> None:
    if len(run) < 2:
        return
    if run[0].aligned == "grid":
        _pad_columns(run)
        return
    if run[0].aligned in ("amounts", "quantities", "numbers"):
        bound = max(len(line.words[0]) for line in run)
        at = 2 if run[0].aligned == "amounts" else 1  # where the number stands, right-aligned
        digits = max(len(line.words[at]) for line in run)
        for line in run:
            words = [line.words[0].ljust(bound), *line.words[1:at], line.words[at].rjust(digits)]
            line.padded = " ".join([*words, *line.words[at + 1 : line.head]])
    elif run[0].aligned == "named":
        keyword = max(len(line.words[0]) for line in run)
        for line in run:
            line.padded = f"{line.words[0].ljust(keyword)} {line.words[1]}"
    else:
        for line in run:
            line.padded = joined(line.words[: line.head])
    width = max(len(line.padded) for line in run)
    gap = " " if run[0].aligned in ("named", "attribute", "fact") else GAP
    for line in run:
        line.padded = line.padded.ljust(width) + gap


def _pad_columns(run: Sequence[_Line]) -> None:
    """The cells of a rate table under each other; its first line has no heads of rows and begins further right."""
    rows: list[list[str]] = []
    for line in run:
        ends = [*line.cells[1:], len(line.words)]
        rows.append([joined(line.words[start:end]) for start, end in zip(line.cells, ends, strict=True)])
    columns = max(map(len, rows))
    rows = [[*[""] * (columns - len(row)), *row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(columns)]
    for line, row in zip(run, rows, strict=True):
        line.padded = GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        line.head = len(line.words)


def _matching(tokens: Sequence[Token]) -> dict[int, int]:
    found: dict[int, int] = {}
    openers: list[int] = []
    for place, token in enumerate(tokens):
        if token.text == "{":
            openers.append(place)
        elif token.text == "}":
            found[openers.pop()] = place
    return found
