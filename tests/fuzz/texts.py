"""Makes texts of several kinds; each starts from something that is nearly right."""

from __future__ import annotations

import csv
import itertools
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rebates.syntax.keywords import CURRENCIES, KEYWORDS, PHRASES
from rebates.syntax.lalr import load_tables
from rebates.syntax.tokens import split, terminals_of
from tests.model import bad_goods, bad_rebates, bad_texts
from tests.model.checking import TABLES, Tables
from tests.syntax.samples import ALL

RULES = Path(__file__).parents[2] / "rules"

_VALUES: Final = {
    "NAME": ("a", "volume", "from", "zzz"),
    "NUMBER": ("1", "1_000", "0.5", "999999999999999999", "1e9"),
    "INTEGER": ("0", "2", "13"),
    "PERCENT": ("5%", "0 %", "5.5%", "100%", "150%"),
    "CURRENCY": ("EUR", "IDR", "JPY"),
    "STRING": ('"x"', '""', '"COLA-330"', '"é"'),
    "DATE": ("2026-01-31", "2026-02-30", "0000-00-00"),
    "PATH": ("order.channel", "item.family", "a.b.c"),
    "COMPARE": ("<", "<=", ">", ">="),
    "PLUS_MINUS": ("+", "-"),
    "TIMES": ("*", "/"),
    "TIME_OF_DAY": ("14:30", "00:00"),
}
_ODD: Final = (
    "\0",
    "\ufeff",
    "\u202e",
    "“",
    "'",
    "\\",
    "%",
    "{",
    "}",
    "(",
    ")",
    '"',
    "\r",
    "\t",
    "\n",
    "１",
    "é",
    "𝔘",
    "#",
    ",",
    ";",
    "\ud800",
)
# how many of twenty texts are of a kind
KINDS: Final = {"characters": 2, "changed characters": 2, "changed words": 3, "grown": 7, "another meaning": 6}
# words that begin a statement of a rule or an agreement, so that one can be taken from one text into another
_BEGINS: Final = frozenset(
    "stage priority when rate rates tiers base limit cap floor pays exclusive not accept valid discount price charge rebate"
    " measure guard attribute table example free settle review round remainder code spread dated in carry class fact".split()
)


@dataclass(frozen=True)
class Sample:
    """A text with the tables that it stands on; None where it is read alone."""

    lexemes: tuple[str, ...]
    tables: Tables | None


class Writer:
    """Draws texts. `chance` may be replaced between them: a text depends on it alone."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        files = sorted(RULES.glob("*/*.rebates"))
        self.texts = [*ALL.values(), *(path.read_text(encoding="utf-8") for path in files)]
        self.words = sorted({w for text in self.texts for w in split(text) if not w.isspace()} | set(KEYWORDS))
        self.kinds = [kind for kind, times in KINDS.items() for _ in range(times)]
        self.samples = _samples()
        self.alike, self.following = _neighbours(self.samples)
        self.statements = [statement for sample in self.samples for statement in _statements(sample.lexemes)]

    def text(self) -> tuple[str, str, Tables | None]:
        """A kind, a text, and the tables that it is to be checked with."""
        kind = self.chance.choice(self.kinds)
        match kind:
            case "characters":
                return kind, self._characters(), None
            case "changed characters":
                return kind, self._changed_characters(), None
            case "changed words":
                return kind, self._changed_words(), None
            case "grown":
                return kind, self._grown(), None
            case _:
                return kind, *self._another_meaning()

    def _characters(self) -> str:
        return "".join(self.chance.choice((*_ODD, "a", "1", " ")) for _ in range(self.chance.randrange(80)))

    def _piece(self) -> str:
        """A few lines of a sample."""
        lines = self.chance.choice(self.texts).splitlines(keepends=True)
        start = self.chance.randrange(len(lines))
        piece = lines[start : start + self.chance.randrange(1, 6)]
        return 'agreement a "A" {\n' + "".join(piece) + ("}\n" if self.chance.random() < 0.7 else "")

    def _changed_characters(self) -> str:
        text = list(self._piece())
        for _ in range(self.chance.randint(1, 3)):
            at = self.chance.randrange(len(text))
            match self.chance.randrange(3):
                case 0:
                    text[at] = self.chance.choice(_ODD)
                case 1:
                    text.insert(at, self.chance.choice(_ODD))
                case _:
                    text[at] = ""
        return "".join(text)

    def _changed_words(self) -> str:
        words = split(self._piece())
        for _ in range(self.chance.randint(0, 3)):
            at = self.chance.randrange(len(words))
            match self.chance.randrange(4):
                case 0:
                    words[at] = self.chance.choice(self.words)
                case 1:
                    words.insert(at, f" {self.chance.choice(self.words)} ")
                case 2:
                    words[at] = ""
                case _:
                    other = self.chance.randrange(len(words))
                    words[at], words[other] = words[other], words[at]
        return "".join(words)

    # --- a small text that says something else ------------------------------------------------------------------------

    def _another_meaning(self) -> tuple[str, Tables | None]:
        """A sample of which values, names or words are others of their kind, or that has another's statement.

        Most of these can be read, so that what is said of meanings, and what is made of them, is tried.
        """
        chance = self.chance
        sample = chance.choice(self.samples)
        lexemes = list(sample.lexemes)
        for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
            places = [at for at, lexeme in enumerate(lexemes) if terminals_of(lexeme)]
            at = chance.choice([p for p in places if len(self.alike[terminals_of(lexemes[p])]) > 1] or places)
            match chance.randrange(6):
                case 0:
                    starts = [p for p in places if lexemes[p] in _BEGINS]
                    if starts:
                        lexemes[(where := chance.choice(starts)) : where] = [*chance.choice(self.statements), " "]
                case 1:
                    before = next((lexemes[p] for p in reversed(places) if p < at), "")
                    lexemes[at] = chance.choice(self.following.get(before, [lexemes[at]]))
                case _:
                    lexemes[at] = chance.choice(self.alike[terminals_of(lexemes[at])])
        return "".join(lexemes), sample.tables

    # --- by the grammar -----------------------------------------------------------------------------------------------

    def _grown(self) -> str:
        """Words that fit one after the other by the grammar's own tables, for a while; then the open blocks are closed."""
        tables, chance = load_tables(), self.chance
        states, out = [tables.start], list[str]()
        for _ in range(chance.randrange(1, 60)):
            symbol = self._fitting(states)
            if symbol is None:
                break
            states = tables.after(states, tables.numbers[symbol])
            out.append(self._word(symbol))
        for _ in range(80):
            closing = [s for s in ("$END", "RBRACE", "RPAR") if tables.can_shift(states, tables.numbers[s])]
            if closing[:1] == ["$END"]:
                break
            symbol = closing[0] if closing else self._fitting(states)
            if symbol is None:
                break
            states = tables.after(states, tables.numbers[symbol])
            out.append(self._word(symbol))
        if chance.random() < 0.1 and out:
            out[chance.randrange(len(out))] = chance.choice(self.words)
        return " ".join(out)

    def _fitting(self, states: Sequence[int]) -> str | None:
        """One of the terminals that fit here."""
        tables = load_tables()
        some = _terminals_in(states[-1])
        start = self.chance.randrange(len(some)) if some else 0
        return next((tables.symbols[n] for n in (*some[start:], *some[:start]) if tables.can_shift(states, n)), None)

    def _word(self, symbol: str) -> str:
        if symbol in PHRASES:
            return self.chance.choice(PHRASES[symbol][1])
        if symbol == "CURRENCY":
            return self.chance.choice(sorted(CURRENCIES)[:20])
        if symbol in _VALUES:
            return self.chance.choice(_VALUES[symbol])
        # a phrase whose words say its name
        return load_tables().keywords.get(symbol) or symbol.lower().replace("_", " ")


@cache
def _terminals_in(state: int) -> list[int]:
    tables = load_tables()
    found = [n for n in sorted(tables.actions[state]) if tables.symbols[n].isupper()]
    random.Random(state).shuffle(found)  # what is told apart by a rare word is no rarer
    return [n for n in found if tables.symbols[n] not in ("ERROR", "$END")]


@cache
def _samples() -> list[Sample]:
    """Small texts, each about one thing: those with a fault, the same without it, and agreements of several trades."""
    small = Tables(TABLES)
    found = dict[str, Sample]()
    for bad in (*bad_texts.BAD, *bad_goods.BAD, *bad_rebates.BAD):
        for text in (bad.wrong, bad.right):
            if isinstance(text, str):
                found[text] = Sample(tuple(split(text)), small)
    trades = RULES / "trades"
    with (trades / "memberships.csv").open(encoding="utf-8") as rows:
        their = Tables({"memberships": list(csv.DictReader(rows))})
    for path in sorted(trades.glob("*.rebates")):
        text = path.read_text(encoding="utf-8")
        if 'from "' not in text:
            found[text] = Sample(tuple(split(text)), their)
    return list(found.values())


def _neighbours(samples: Sequence[Sample]) -> tuple[dict[tuple[str, ...], list[str]], dict[str, list[str]]]:
    """The words of each kind, and those that stand behind each word."""
    alike, following = defaultdict[tuple[str, ...], set[str]](set), defaultdict[str, set[str]](set)
    for sample in samples:
        before = ""
        for lexeme in sample.lexemes:
            if terminals_of(lexeme):
                alike[terminals_of(lexeme)].add(lexeme)
                following[before].add(lexeme)
                before = lexeme
    for odd in itertools.chain(*_VALUES.values()):
        alike[terminals_of(odd)].add(odd)
    return {kind: sorted(words) for kind, words in alike.items()}, {w: sorted(ws) for w, ws in following.items()}


def _statements(lexemes: Sequence[str]) -> list[tuple[str, ...]]:
    """The statements of a text that are short: from the word that begins one to the next word of the same block that does."""
    found: list[tuple[str, ...]] = []
    for start, lexeme in enumerate(lexemes):
        if lexeme not in _BEGINS:
            continue
        depth = 0
        for end in range(start + 1, min(start + 60, len(lexemes))):
            if depth == 0 and (lexemes[end] in _BEGINS or lexemes[end] == "}"):
                found.append(tuple(lexemes[start:end]))
                break
            depth += {"{": 1, "}": -1}.get(lexemes[end], 0)
    return found
