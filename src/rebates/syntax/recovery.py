"""Reads a text that has errors: reports each once, mends what is one word off, skips what it cannot read.

For a token that does not fit, in this order: a construct that is not built yet is named and its statement skipped; one
token is replaced, inserted or removed where the text then goes on (tried on the states alone); else the statement is
skipped and stands in the tree as `Broken`. Nothing is built from an invented value: what would hold one is broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from rebates.syntax import findings
from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.expected import SAMPLES
from rebates.syntax.foreign_forms import Threshold, threshold, validity
from rebates.syntax.header import find_header
from rebates.syntax.keywords import KEYWORDS, PHRASES, RESERVED
from rebates.syntax.lalr import Builder
from rebates.syntax.later import match_later
from rebates.syntax.leaves import Word, leaf
from rebates.syntax.misplaced import CONDITIONS, TITLED, belongs_in, statement_end, swapped
from rebates.syntax.mistakes import BY_NAME
from rebates.syntax.partial import DECLARING_WORDS, Lost, Partial, Stack
from rebates.syntax.repair import SIGNS, Repair, acceptable, find_repair, is_misspelt, was_read_as_name
from rebates.syntax.source import Span
from rebates.syntax.tables import END, ERROR, Tables
from rebates.syntax.tokens import Token, tokenize

_GLUED: Final = re.compile(r"([a-z_]+?)(\d[\d_]*)", re.ASCII)
MAX_FINDINGS: Final = 50
REMEMBERED: Final = 8  # tokens that can be taken back
_SIGNS: Final = SIGNS | {"UNKNOWN"}


class Recovery:
    """One reading of a list of tokens; `findings` holds what was wrong."""

    def __init__(
        self,
        tables: Tables,
        builders: Mapping[str, Builder],
        tokens: Sequence[Token],
        span: Callable[[int, int], Span],
    ) -> None:
        self.tables = tables
        self.tokens = list(tokens)  # no blanks, no comments; the last has the terminal END
        self.span = span
        self._tree = Partial(tables, builders, self.tokens, span)
        self.findings: list[Diagnostic] = []
        self._before: list[tuple[int, Stack]] = []  # the stack before each of the last tokens
        self._misnamed: set[str] = set()  # words of the language that were declared as names
        self.skipped = 0  # tokens in statements that could not be read
        self.opened: list[
            tuple[int, int, Token, Diagnostic]
        ] = []  # braces put in: place, tokens removed, brace, finding

    def read(self) -> n.File:
        """The tree; always one, however broken the text."""
        place = 0
        while True:
            token = self.tokens[place]
            terminal = self._fitting(self._tree.stack.states, token)
            if terminal is not None and not self._is_unit_of_line_before(place, terminal):
                self._before = [*self._before[1 - REMEMBERED :], (place, self._tree.stack.copy())]
                self._tree.feed(terminal, token)
                if terminal == self.tables.end:
                    tree = self._tree.stack.values[0]
                    assert isinstance(tree, n.File)
                    return replace(tree, incomplete=tuple(self._tree.incomplete))
                place += 1
                continue
            place = self._recover(place) if len(self.findings) < MAX_FINDINGS else self._give_up(place)

    def _is_unit_of_line_before(self, place: int, terminal: int) -> bool:
        """Whether a word would be read as the unit of a number that ends the line before, where the number does alone."""
        token = self.tokens[place]
        if not token.opens_line or not place or self.tokens[place - 1].kind != "NUMBER" or token.kind != "WORD":
            return False
        ends = self.tables.can_shift(self._tree.stack.states, self.tables.error)
        return ends and terminal == self.tables.numbers["NAME"]

    def _fitting(self, states: Sequence[int], token: Token) -> int | None:
        return self.tables.fitting(states, token.terminals)

    # --- recovering ---------------------------------------------------------------------------------------------------

    def _recover(self, place: int) -> int:
        """Deals with the token at `place`, which does not fit; where to go on."""
        token = self.tokens[place]
        if (glued := self._glued(place)) is not None:
            return glued
        if token.text in self._misnamed and self.tables.can_shift(self._tree.stack.states, self.tables.numbers["NAME"]):
            return self._misname(place)  # was told where it was declared
        if token.text == ";":
            return self._semicolon(place)
        if token.kind == "UNKNOWN":
            self.findings.append(findings.unknown_sign(self._over(place, place), token.text))
            return place + 1
        if token.text.startswith("pocket "):
            self.findings.append(findings.pocket_is_last(self._over(place, place), token.text))
            return self._skip(place, place)
        before = [(p, s.states) for p, s in self._before]
        repair = find_repair(self.tables, self.tokens, place, before, self._tree.stack.states, self._may_close(place))
        later = None if repair is not None and repair.is_plain else match_later(self.tokens, place)
        if later is not None:
            first, last, construct = later
            self.findings.append(findings.not_built(self._over(first, last), construct))
            return self._skip(place, max(place, last))
        if (row := self._swapped(place)) is not None:
            return row
        if (repair is None or not (repair.is_plain or repair.cost < 1)) and (
            moved := self._misplaced(place)
        ) is not None:
            return moved
        if (foreign := self._threshold(place)) is not None:
            self.findings.append(findings.threshold(self._over(foreign.first, foreign.last), foreign.meant))
            return self._skip(place, max(place, foreign.last))
        if token.text in ("expect", "}") and {"ORDER", "GIVEN"} <= set(self._acceptable()):
            self.findings.append(findings.no_order(self._over(place, place)))
            return self._skip(place, place)
        if token.terminals == (END,):
            opener = self._unclosed()
            if opener is not None:
                return self._close(opener, place)
        if (
            repair is not None
            and (repair.kind, repair.terminal, repair.others) == ("replace", "NAME", ())
            and token.text in RESERVED
        ):
            self._misnamed.add(token.text)
            self.findings.append(findings.reserved_name(self._over(place, place), token.text))
            return self._misname(place)
        if (repair is None or not repair.is_likely) and (back := self._line_read_on(place)) is not None:
            return back
        if repair is not None:
            return self._mend(repair)
        begun = self._begun_by("valid", place)
        if begun is not None and (days := validity(self.tokens, begun)) is not None:
            last, meant = days
            self.findings.append(findings.validity(self._over(begun, last), meant))
            return self._skip(place, last)
        fitting = self._acceptable()
        unnamed = (
            token.terminals[:1] in (("PERCENT",), ("CURRENCY",))
            and "RATE" in fitting
            and self.tokens[place - 1].text != "rate"
        )
        if unnamed and not self._begins_afresh(place):
            self.findings.append(findings.no_rate(self._over(place, place)))
            return self._skip(place, place)
        after = None
        if place and self._begins_afresh(place):
            after = self._over(place - 1, place - 1)
        self.findings.append(
            findings.does_not_fit(
                self._over(place, place), token.text, fitting, self.tables, self._sample(place), after
            )
        )
        header = None if after is not None else find_header(self.tables, self.tokens, place, self._tree.stack.states)
        if header is not None:
            return self._open(place, *header)
        return self._skip(place, place if after is None else place - 1)

    def _line_read_on(self, place: int) -> int | None:
        """Where a line lacks its end and the word of the next one was taken for it (`fact x 30`, then `expect …`): where to go on."""
        first = self.tokens[place - 1] if place else None
        if first is None or first.kind != "WORD" or first.text not in KEYWORDS or not self._before or place < 2:
            return None
        before, stack = self._before[-1]
        goes_on = self.tables.can_shift(stack.states, self.tables.numbers[ERROR])
        if before != place - 1 or goes_on or not was_read_as_name(self.tables, first, stack.states):
            return None
        self._tree.stack = stack.copy()
        after = self._over(place - 2, place - 2)
        fitting = self._acceptable()
        self.findings.append(
            findings.does_not_fit(after, first.text, fitting, self.tables, self._sample(place - 2), after)
        )
        return self._skip(place - 1, place - 2)

    def _threshold(self, place: int) -> Threshold | None:
        """The threshold of a tier that is being read, written as it is elsewhere."""
        fitting = self._acceptable()
        if "FROM" in fitting and "ABOVE" in fitting:
            return threshold(self.tokens, place)
        begun = self._begun_by("from", place)
        return threshold(self.tokens, begun) if begun is not None else None

    def _begun_by(self, word: str, place: int) -> int | None:
        """The place of the word that begins the statement or row which is being read, if it is this one."""
        if self._sample(place) != SAMPLES[word]:
            return None
        return next((at for at in range(place, max(place - 6, -1), -1) if self.tokens[at].text == word), None)

    def _open(self, place: int, brace: int, missing: Sequence[str]) -> int:
        """Reads on inside a block whose first line is broken: puts in what is missing before its `{`."""
        token = self.tokens[place]
        named = not token.opens_line and self._has_title(place)
        for symbol in missing:
            self._tree.feed(
                self.tables.numbers[symbol], replace(token, end=token.start), self._stand_in(symbol, token, named)
            )
        if not named:
            self._tree.stack.values[-1] = Lost()
        self.skipped += brace - place
        self._before = []
        return brace

    def _has_title(self, place: int) -> bool:
        """Whether what is being read declares something by a name and a title, so that its block says what it is."""
        at = place
        while at and not self.tokens[at].opens_line and self.tokens[at - 1].text not in ("{", "}"):
            at -= 1
        return self.tokens[at].text in TITLED

    def _stand_in(self, symbol: str, token: Token, named: bool) -> object:
        """The value of what is missing: a name that nobody uses, an empty title, else what breaks the statement."""
        at = self.span(token.start, token.start)
        if named and symbol == "NAME":
            return Word(f"_{token.start}", at)
        if named and symbol == "STRING":
            return n.Text("", span=at)
        return Word("", at) if symbol in self.tables.keywords or symbol in PHRASES else Lost()

    def _glued(self, place: int) -> int | None:
        """Takes a keyword and the number that is glued to it (`rate5%`) apart, here or a token back; where to go on."""
        for at, stack in ((place, self._tree.stack), *self._before[-1:]):
            token = self.tokens[at]
            found = _GLUED.fullmatch(token.text) if token.kind == "WORD" and place - at <= 1 else None
            if found is None or found[1] not in KEYWORDS:
                continue
            keyword = tokenize(found[1])[0]
            word = self.tables.numbers.get(keyword.terminals[0])
            if word is None or not self.tables.can_shift(stack.states, word):
                continue
            percent = self.tokens[at + 1]
            removes = 1 + (percent.text == "%" and percent.start == token.end)
            number = tokenize(found[2] + "%" * (removes - 1))[0]
            cut, end = token.start + len(found[1]), self.tokens[at + removes - 1].end
            parts = [
                replace(keyword, start=token.start, end=cut),
                replace(number, start=cut, end=end, opens_line=False),
            ]
            parts[0] = replace(parts[0], opens_line=token.opens_line)
            if self._fitting(self.tables.after(stack.states, word), parts[1]) is None:
                continue
            self.findings.append(findings.glued(self.span(token.start, end), found[1], number.text))
            self.tokens[at : at + removes] = parts
            self._tree.stack, self._before = stack.copy(), []
            return at
        return None

    def _misplaced(self, place: int) -> int | None:
        """Drops statements that begin at `place` and belong in another block, this one read on; where to go on."""
        block = belongs_in(self.tables, self.tokens[place])
        if block is None or not (self._may_start(place) and self._may_end()):
            return None
        kept = self._statement(True)
        opener = self._innermost(self._tree.stack.values[: kept - 1])
        if opener is None or (not self._stands_inside(place, opener) and self._list_before(place, False) is not None):
            return None  # it stands in no block, or the block was not closed before it
        after = self.tables.after(self._tree.stack.states[:kept], self.tables.error)
        at, others = statement_end(self.tokens, place), list[Span]()
        while self._fitting(after, self.tokens[at]) is None and belongs_in(self.tables, self.tokens[at]) == block:
            others.append(self._over(at, at))
            at = statement_end(self.tokens, at)
        self.findings.append(findings.misplaced(self._over(place, place), block, opener.span, others))
        # `fact x` may be the value of a clause whose word is missing
        self._replace(kept, place, at, misplaced=self.tokens[place].text != "fact")
        return at

    def _swapped(self, place: int) -> int | None:
        """Drops a row at `place` whose parts stand the wrong way round; where to go on."""
        is_rate = bool({"PERCENT", "CURRENCY"} & set(self.tokens[place].terminals))
        if self.tokens[place].text not in CONDITIONS and not (is_rate and "FROM" in self._acceptable()):
            return None
        kept = self._statement(True)
        after = self.tables.after(self._tree.stack.states[:kept], self.tables.error)
        if (found := swapped(self.tables, self.tokens, place, after)) is None:
            return None
        first, end = found
        self.findings.append(
            findings.swapped(self._over(place, end - 1), self._over(place, first - 1), self._over(first, end - 1))
        )
        self._replace(kept, place, end)
        return end

    def _semicolon(self, place: int) -> int:
        """Takes a `;` for a comma where one fits, and leaves it out elsewhere; where to go on."""
        token, states = self.tokens[place], self._tree.stack.states
        comma = self.tables.numbers["COMMA"]
        joins = self.tables.can_shift(states, comma) and (
            self._fitting(self.tables.after(states, comma), self.tokens[place + 1]) is not None
        )
        self.findings.append(findings.mistake(self._over(place, place), ";", "," if joins else "", BY_NAME["operator"]))
        if not joins:
            return place + 1
        self.tokens[place] = replace(token, kind="MARK", text=",", terminals=("COMMA",))
        return place

    def _misname(self, place: int) -> int:
        """Takes a word of the language for the better name that its declaration was told."""
        token = self.tokens[place]
        name = Word(findings.better_name(token.text), self.span(token.start, token.end))
        self._tree.feed(self.tables.numbers["NAME"], token, name)
        self._before = []
        return place + 1

    def _mend(self, repair: Repair) -> int:
        """Feeds what a repair puts at its place."""
        if repair.back is not None:
            self._tree.stack = next(stack for place, stack in self._before if place == repair.back).copy()
        place = repair.place
        opener = self._unclosed() if repair.terminal == "RBRACE" else None
        at = self._over(place, place + max(repair.removes, 1) - 1)
        after = None
        if repair.kind == "insert" and self._belongs_before(repair, place):
            after = self._over(place - 1, place - 1)
        currency = self._currency() if repair.kind == "currency" else None
        self.findings.append(
            findings.repaired(repair, at, self.tables, opener.span if opener else None, after, currency)
        )
        token = self.tokens[place]
        if repair.terminal is not None:
            end = self.tokens[place + repair.removes - 1].end if repair.removes else token.start
            stand_in = Token("WORD", repair.text or "", token.start, end, False, (repair.terminal,))
            value: object = None if repair.kind == "hyphen" else Lost()
            if repair.text is not None and repair.kind not in ("hyphen", "attribute") and not repair.others:
                value = Word(repair.text, self.span(token.start, end))
            elif repair.kind == "percent sign":  # the digits are the author's
                value = leaf("PERCENT", f"{token.text}%", self.span(token.start, end))
            elif repair.kind == "currency" and (currency := self._currency()) is not None:
                value = Word(currency, self.span(token.start, end))
            elif repair.terminal == "STRING" and token.text == "{" and self._has_title(place):
                value = n.Text("", span=self.span(token.start, token.start))
            if repair.terminal == "LBRACE":
                brace = Token("MARK", "{", token.start, end, token.opens_line and bool(repair.removes), ("LBRACE",))
                self.opened.append((place, repair.removes, brace, self.findings[-1]))
            self._tree.feed(self.tables.numbers[repair.terminal], stand_in, value)
        elif repair.kind == "remove" and self._may_mean_else(repair, place):
            self._tree.stack.values[-1] = Lost()
        self._before = []
        return place + repair.removes

    def _may_mean_else(self, repair: Repair, place: int) -> bool:
        """Whether a statement may mean something else without the word that is removed; one before its name or title was in the way."""
        named = self.tokens[place - 1].text in TITLED
        return not (repair.cost < 1 or named or self._may_be_broken() or self.tokens[place].opens_line)

    def _belongs_before(self, repair: Repair, place: int) -> bool:
        """Whether what is missing before the first word of a line ends the line before it."""
        if place == 0 or not self.tokens[place].opens_line or self._may_be_broken():
            return False
        word = repair.text is not None and repair.text[0].isalpha()
        return not (word and (self.tokens[place - 1].text in ("{", "}") or self._may_end()))

    def _may_be_broken(self) -> bool:
        """Whether a list of statements is what goes on here."""
        return self.tables.actions[self._tree.stack.states[-1]].get(self.tables.numbers[ERROR], 0) > 0

    def _may_end(self) -> bool:
        """Whether the statement that is being read may end here."""
        return self.tables.can_shift(self._tree.stack.states, self.tables.numbers[ERROR])

    def _begins_afresh(self, place: int) -> bool:
        """Whether a token that does not fit starts a new statement, so that the one before it is not complete."""
        token = self.tokens[place]
        if not token.opens_line or token.text == "{":
            return False
        if self._may_end():
            return False
        error = self.tables.numbers[ERROR]
        kept = self._statement(False)
        after = self.tables.after(self._tree.stack.states[:kept], error)
        return kept < len(self._tree.stack.states) and self._fitting(after, token) is not None

    def _skip(self, place: int, last: int) -> int:
        """Drops the statement that holds the token at `place`, which is broken up to `last` at least."""
        fresh = self._may_start(place)
        inside = depth = self._opened_in_statement(fresh)
        at = place
        while True:
            token = self.tokens[at]
            at_end = token.terminals == (END,)
            closes = token.text == "}" and depth == 0
            if at_end or closes or (depth <= inside and at > last and self._may_start(at)):
                kept = self._list_before(at, fresh)
                if kept is None and self._has_stray_sign(at):
                    kept = self._list_before(at + 1, fresh)
                if kept is None and at > last and self._belongs_elsewhere(at, last):
                    kept = self._statement(fresh)
                if kept is not None:
                    self._replace(kept, place, at)
                    return at
                assert not at_end, "a file may hold a broken declaration wherever it may end"
            if token.text == "{":
                depth += 1
            elif token.text == "}":
                depth = max(0, depth - 1)
                inside = min(inside, depth)
            at += 1

    def _belongs_elsewhere(self, at: int, last: int) -> bool:
        """Whether a statement of another block begins at `at`, no further in than the line of the token at `last`."""
        token, begun = self.tokens[at], self._line_of(self.tokens[: last + 1])
        if not token.opens_line or belongs_in(self.tables, token) is None:
            return False
        return self.span(token.start, token.start).column <= self.span(begun.start, begun.start).column

    def _takes_broken(self, kept: int, fresh: bool) -> bool:
        """Whether a broken statement may follow so much of the stack.

        Above a list, the words of a statement stand that may be complete; it is kept only if the text starts afresh
        after it, for else what does not fit belongs to it.
        """
        error = self.tables.numbers[ERROR]
        states = self._tree.stack.states[:kept]
        if fresh and kept == len(self._tree.stack.states):
            return self.tables.can_shift(states, error)
        return self.tables.actions[states[-1]].get(error, 0) > 0

    def _statement(self, fresh: bool) -> int:
        """How much of the stack lies before the statement that is being read."""
        depth = len(self._tree.stack.states)
        return next((kept for kept in range(depth, 0, -1) if self._takes_broken(kept, fresh)), depth)

    def _opened_in_statement(self, fresh: bool) -> int:
        values = self._tree.stack.values[self._statement(fresh) - 1 :]
        return sum(isinstance(value, Word) and value.text == "{" for value in values)

    def _may_start(self, place: int) -> bool:
        token = self.tokens[place]
        return token.text != "}" and (token.opens_line or self.tokens[place - 1].text == "}")

    def _has_stray_sign(self, place: int) -> bool:
        """Whether a line opens with a sign that is no part of a statement, such as a bullet; its words may be one."""
        token = self.tokens[place]
        return token.opens_line and token.kind in _SIGNS and not self.tokens[place + 1].opens_line

    def _list_before(self, place: int, fresh: bool) -> int | None:
        """How much of the stack to keep so that a broken statement and then this token fit, misspelt or not."""
        error = self.tables.numbers[ERROR]
        token = self.tokens[place]
        misspelt = None
        for kept in range(len(self._tree.stack.states), 0, -1):
            if not self._takes_broken(kept, fresh):
                continue
            after = self.tables.after(self._tree.stack.states[:kept], error)
            if self._fitting(after, token) is not None:
                return kept
            if misspelt is None and token.opens_line and is_misspelt(self.tables, self.tokens, place, after):
                misspelt = kept
        return misspelt

    def _replace(self, kept: int, place: int, until: int, misplaced: bool = False) -> None:
        """Puts a broken statement in the place of what is above `kept` on the stack and the tokens up to `until`."""
        stack = self._tree.stack
        start = stack.starts[kept - 1] if kept - 1 < len(stack.starts) else self.tokens[place].start
        self.skipped += sum(start <= token.start for token in self.tokens[:until])
        end = self.tokens[until - 1].end if until else start
        lost = Lost(self._declared(start), misplaced=misplaced)
        del stack.states[kept:]
        del stack.values[kept - 1 :]
        del stack.starts[kept - 1 :]
        self._tree.last = max(self._tree.last, end)
        self._tree.feed(self.tables.numbers[ERROR], Token("ERROR", "", start, max(end, start), False, (ERROR,)), lost)
        self._before = []

    def _declared(self, start: int) -> str | None:
        """The name that a statement is about to declare."""
        for place, token in enumerate(self.tokens):
            if token.start < start:
                continue
            following = self.tokens[place + 1] if place + 1 < len(self.tokens) else token
            if token.text == "free":
                following = self.tokens[min(place + 2, len(self.tokens) - 1)]
            elif token.text not in DECLARING_WORDS:
                return None
            return following.text if following.kind in ("WORD", "PATH") else None
        return None

    def _unclosed(self) -> Word | None:
        """The innermost block that is open, where closing it lets the text go on."""
        if not self.tables.can_shift(self._tree.stack.states, self.tables.numbers["RBRACE"]):
            return None
        return self._innermost(self._tree.stack.values)

    def _innermost(self, values: Sequence[object]) -> Word | None:
        """The last opening brace among these that has not been closed."""
        closed = 0
        for value in reversed(values):
            if isinstance(value, Word) and value.text == "}":
                closed += 1
            elif isinstance(value, Word) and value.text == "{":
                if not closed:
                    return value
                closed -= 1
        return None

    def _may_close(self, place: int) -> bool:
        """Whether a `}` may be missing here: not where the line still stands inside the innermost block."""
        opener = self._unclosed()
        return opener is None or not self.tokens[place].opens_line or not self._stands_inside(place, opener)

    def _stands_inside(self, place: int, opener: Word) -> bool:
        """Whether the line is indented deeper than the one on which its block opens."""
        first = self._line_of(t for t in self.tokens[:place] if t.start <= opener.span.start)
        return (
            self.span(self.tokens[place].start, self.tokens[place].start).column
            > self.span(first.start, first.start).column
        )

    def _line_of(self, tokens: Iterable[Token]) -> Token:
        """The first token on the line of the last of these; a sign that was taken out may have stood before it."""
        return next((token for token in reversed(list(tokens)) if token.opens_line), self.tokens[0])

    def _close(self, opener: Word, place: int) -> int:
        """Closes every open block at the end of the text."""
        self.findings.append(findings.never_closed(opener.span))
        brace = self.tables.numbers["RBRACE"]
        end = self.tokens[place].start
        while self.tables.can_shift(self._tree.stack.states, brace):
            self._tree.feed(brace, Token("MARK", "}", end, end, False, ("RBRACE",)))
        return place

    def _give_up(self, place: int) -> int:
        """Drops the rest of the text, with the declaration that it is part of."""
        end = len(self.tokens) - 1
        kept = self._list_before(end, False)
        assert kept is not None, "a file may hold a broken declaration wherever it may end"
        self._replace(kept, place, end)
        return end

    def _currency(self) -> str | None:
        """The one currency that the text names."""
        named = {token.text for token in self.tokens if "CURRENCY" in token.terminals}
        return named.pop() if len(named) == 1 else None

    # --- what to say --------------------------------------------------------------------------------------------------

    def _over(self, first: int, last: int) -> Span:
        return self.span(self.tokens[first].start, self.tokens[min(last, len(self.tokens) - 1)].end)

    def _acceptable(self) -> list[str]:
        """Every terminal that fits here, ERROR and the end of the text among them, in the order of the grammar."""
        row = self.tables.actions[self._tree.stack.states[-1]]
        fit = {*acceptable(self.tables, self._tree.stack.states)}
        return [
            self.tables.symbols[number]
            for number in sorted(row)
            if self.tables.symbols[number] in fit
            or (self.tables.symbols[number] == ERROR and self.tables.can_shift(self._tree.stack.states, number))
        ]

    def _sample(self, place: int) -> str | None:
        """A right sample of the statement that is being read."""
        kept = self._statement(self._may_start(place))
        if kept > len(self._tree.stack.starts):
            return None
        start = self._tree.stack.starts[kept - 1]
        return next((SAMPLES.get(t.text) for t in self.tokens[place::-1] if t.start == start), None)


def meaningful(tokens: Sequence[Token], length: int) -> list[Token]:
    """The tokens a parser sees, and the end of the text."""
    kept = [token for token in tokens if token.kind not in ("BLANK", "COMMENT")]
    return [*kept, Token("END", "", length, length, True, (END,))]
