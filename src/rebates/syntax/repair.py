"""Finds the one word that, replaced, inserted or removed, lets a broken text go on. Works on states alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Literal

from rebates.syntax.expected import text_of
from rebates.syntax.foreign import COMPARED, CURRENCY_NAMES, FILLERS, FOREIGN, MOST_WORDS, ROWS
from rebates.syntax.keywords import CURRENCIES, KEYWORDS, PHRASES
from rebates.syntax.suggest import distance, nearest
from rebates.syntax.tables import END, ERROR, Tables
from rebates.syntax.tokens import Token, number_of

# tokens that must fit after a repair that the text itself does not suggest
LOOK_AHEAD: Final = 5

# tokens that must fit after a misspelt word at which reading begins again
_SURE: Final = 2

# what a repair costs at least that takes away, or exchanges, what may be right
_LIKELY: Final = 1.2

# tokens in front of the one that does not fit that may be what is misspelt
_NEAR: Final = 4

# tokens by which repairs that would do as well are told apart
_FAR: Final = 14

# letters of the longest phrase, and some; longer words are no slip
LONGEST_WORD: Final = 60

# words that would do as well, beyond which none of them is worth saying
MOST_OTHERS: Final = 3

# the grammar has one set of tables, so that states alone say what fits
MOST_REMEMBERED: Final = 5_000
_FITTING: Final[dict[tuple[int, ...], list[str]]] = {}

# of a currency
CODE_LETTERS: Final = 3

# what may follow an attribute that is tested
_TESTS: Final = frozenset(("is", "in", "not", "under", "<", "<=", "=", ">=", ">"))

# what a scope is named by after `per`
_SCOPES: Final = frozenset(
    "line order item account delivery invoice month quarter year season carton piece pallet kg".split()
)

# of reckoning: keys beside the one that was meant, where no other sign fits
SIGNS: Final = frozenset(("PLUS_MINUS", "TIMES", "COMPARE", "EQUAL"))

# what says that nothing is left out, which is so without it
_ALL: Final = frozenset(("all", "any", "every", "the"))

# what may stand without quotes
_NAME: Final = re.compile("[a-z_][a-z0-9_]*")

# what joins the parts of a sentence
_JOINING: Final = frozenset(("and", ","))

# all that may follow a bare number where a reward is due
_POINTS: Final = frozenset(("POINT", "POINTS"))

Kind = Literal[
    "typo",
    "code",
    "foreign",
    "hyphen",
    "attribute",
    "percent sign",
    "currency",
    "doubled",
    "joined",
    "insert",
    "replace",
    "remove",
]


@dataclass(frozen=True, slots=True)
class Repair:
    """Puts `terminal` (None: nothing) in the place of `removes` tokens from `place` on."""

    kind: Kind
    cost: float
    place: int
    removes: int
    terminal: str | None
    text: str | None  # None: the value cannot be guessed
    back: int | None = None  # where an earlier token is replaced: its place
    others: tuple[str, ...] = ()  # terminals that would do as well

    @property
    def is_plain(self) -> bool:
        """Whether the text itself shows what happened: a word stands twice, or its line ends before a name or value."""
        return self.kind == "doubled" or (self.kind == "insert" and self.back is not None)

    @property
    def is_likely(self) -> bool:
        """Whether it leaves all that was written in its place, but for a word that is meant otherwise."""
        return self.is_plain or self.cost < _LIKELY


def find_repair(
    tables: Tables,
    tokens: Sequence[Token],
    place: int,
    before: Sequence[tuple[int, Sequence[int]]],
    states: Sequence[int],
    may_close: bool = True,
) -> Repair | None:
    """The cheapest repair for the token at `place`, or for one of the last tokens if that was misspelt.

    `may_close` says whether a `}` may be missing at `place`.
    """
    found = [
        repair
        for repair in _options(tables, tokens, place, states)
        if (may_close or repair.terminal != "RBRACE")
        and _goes_on(
            tables,
            tokens,
            repair,
            states,
            needed=1 if repair.cost < 1 and repair.kind not in ("remove", "joined") else LOOK_AHEAD,
        )
    ]
    bare = set(acceptable(tables, states)) <= _POINTS
    for earlier, then in before:
        if earlier >= place:
            continue
        if earlier == place - 1 and bare:
            found.extend(_bare_number(tables, tokens, earlier, then))
        may_be_forgotten = earlier == place - 1 or was_read_as_name(tables, tokens[earlier], then)
        if may_be_forgotten and (forgotten := _forgotten_name(tables, tokens, earlier, then)) is not None:
            found.append(forgotten)
        if place - earlier > _NEAR or any(
            token.opens_line and token.text not in "{}" for token in tokens[earlier + 1 : place + 1]
        ):
            continue
        if earlier == place - 1 and (hyphened := _hyphened(tables, tokens, place, then)) is not None:
            found.append(hyphened)
        if earlier == place - 1 and (attribute := _attribute(tables, tokens, place, then)) is not None:
            found.append(attribute)
        if earlier < place - 1 and (phrase := _hyphened_phrase(tables, tokens, earlier, then)) is not None:
            found.append(phrase)
        named = tables.fitting(then, tokens[earlier].terminals) == tables.numbers["NAME"]
        if earlier >= place - 3 and named and tokens[earlier].text in _ALL:
            removed = Repair("remove", 0.6, earlier, 1, None, None, earlier)
            if _goes_on(tables, tokens, removed, then, needed=LOOK_AHEAD):
                found.append(removed)
        phrases = (
            repair
            for repair in _foreign(tables, tokens, earlier, acceptable(tables, then))
            if repair.removes > 1 or " " in str(repair.text)
        )
        for repair in chain(_typos(tables, tokens, earlier, then), phrases):
            back = Repair(
                repair.kind,
                repair.cost + 0.3 * (place - earlier),
                earlier,
                repair.removes,
                repair.terminal,
                repair.text,
                earlier,
            )
            if _goes_on(tables, tokens, back, then, needed=place - earlier + 1):
                found.append(back)
    found.extend(_doubled(tables, tokens, place, [*before, (place, states)]))
    if not found:
        return None
    best = min(found, key=lambda repair: repair.cost)
    if best.is_plain:
        return best
    alike = [repair for repair in found if repair.cost == best.cost and repair.kind == best.kind]
    if len({r.terminal for r in alike}) > MOST_OTHERS + 1 and (best.text is None or best.text[0].isalpha()):
        return None  # nothing points at one of so many
    if len(alike) > 1 and best.back is None:
        far = {id(repair): _reach(tables, tokens, repair, states) for repair in alike}
        alike = [repair for repair in alike if far[id(repair)] == max(far.values())]
        best = alike[0]
    others = [repair.terminal for repair in alike if repair.terminal != best.terminal]
    return Repair(
        best.kind,
        best.cost,
        best.place,
        best.removes,
        best.terminal,
        best.text,
        best.back,
        tuple(o for o in others if o),
    )


def is_misspelt(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> bool:
    """Whether the word at `place` is nearly one that fits here, or the one of another system, and the text goes on after it."""
    meant = FOREIGN.get(tokens[place].text.lower())
    foreign = (
        Repair("foreign", 0.4, place, 1, symbol, meant)
        for symbol in acceptable(tables, states)
        if meant is not None and text_of(symbol, tables) == meant
    )
    return any(
        _goes_on(tables, tokens, repair, states, needed=_SURE)
        for repair in (*_typos(tables, tokens, place, states), *foreign)
    )


def acceptable(tables: Tables, states: Sequence[int]) -> list[str]:
    """The terminals that fit after these states; remembered, as every repair of a token asks for them."""
    key = tuple(states)
    if key not in _FITTING:
        if len(_FITTING) >= MOST_REMEMBERED:
            _FITTING.clear()
        _FITTING[key] = sorted(
            symbol
            for number in tables.actions[states[-1]]
            if (symbol := tables.symbols[number]).isupper() and symbol != ERROR and tables.can_shift(states, number)
        )
    return _FITTING[key]


def _options(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> Iterator[Repair]:
    token = tokens[place]
    fitting = [symbol for symbol in acceptable(tables, states) if symbol != END]
    opening = frozenset[str]() if token.opens_line else _opening(tables, states)
    yield from _typos(tables, tokens, place, states)
    if (number := _signed(tables, token, place, states)) is not None:
        yield number
    yield from _foreign(tables, tokens, place, fitting)
    yield from _joined(tables, tokens, place, fitting)
    for symbol in fitting:
        text = text_of(symbol, tables)
        is_mark = text is not None and not text[0].isalpha()
        forgotten = text == "per" and token.text in _SCOPES and not token.opens_line
        # of words that would do, one that goes on with the statement is likelier than one that begins another
        cost = 0.9 if forgotten else 1.0 if is_mark else 1.3 if symbol in opening else 1.2
        yield Repair("insert", cost, place, 0, symbol, text)
        if not token.opens_line and f"per {token.text}" in PHRASES.get(symbol, ("", ()))[1]:
            yield Repair("replace", 0.45, place, 1, symbol, f"per {token.text}")
        if symbol == "NAME" and token.kind == "STRING" and _NAME.fullmatch(token.text[1:-1]):
            yield Repair("replace", 0.5, place, 1, "NAME", token.text[1:-1])
        if symbol == "STRING" and token.kind in ("WORD", "PATH") and token.text not in tables.keywords.values():
            yield Repair("hyphen", 0.7, place, 1, "STRING", f'"{token.text}"')
        elif len(fitting) == 1 and is_mark and token.kind in SIGNS:
            yield Repair("replace", 0.5, place, 1, symbol, text)
        elif (
            token.terminals != (END,) and (text is None or is_mark == (token.kind == "MARK")) and symbol not in opening
        ):
            yield Repair("replace", 1.5, place, 1, symbol, text)
    if token.terminals != (END,):
        dash = token.kind in SIGNS and tokens[place + 1].kind == "STRING"  # before a title
        yield Repair("remove", 0.55 if token.text in FILLERS or dash else 1.4, place, 1, None, None)


def _foreign(tables: Tables, tokens: Sequence[Token], place: int, fitting: Sequence[str]) -> Iterator[Repair]:
    """The words of another system or language that stand at `place`, longer ones first."""
    texts = {text: symbol for symbol in fitting for text in _texts(symbol, tables)}
    words = ROWS | FOREIGN if "above" not in texts else FOREIGN | ROWS
    for wanted in range(MOST_WORDS, 0, -1):
        count, said = _as_many_words(tokens, place, wanted) if wanted > 1 else (1, tokens[place].text)
        if len(said.split()) != wanted:
            continue
        said = said.lower()
        meant = words.get(said) or _word_by_word(said, texts)
        symbol = texts.get(meant.removesuffix(" not")) if meant is not None else None
        if meant == "days" and "NAME" in fitting:  # which is a word like any unit
            symbol = "NAME"
        for terminal, names in (("COMPARE", COMPARED), ("CURRENCY", CURRENCY_NAMES)):
            if terminal in fitting and said in names:
                meant, symbol = names[said], terminal
        if meant is not None and symbol is not None:
            # a word that is spelt so is no slip of another
            yield Repair("foreign", 0.15 if said.isalpha() or wanted > 1 else 0.4, place, count, symbol, meant)


def _word_by_word(said: str, texts: Mapping[str, str]) -> str | None:
    """The phrase that is said with words of another language (`pro Jahr`), if it fits."""
    meant = " ".join(FOREIGN.get(word, word) for word in said.split())
    return meant if " " in meant and meant != said and meant in texts else None


def _joined(tables: Tables, tokens: Sequence[Token], place: int, fitting: Sequence[str]) -> Iterator[Repair]:
    """A word or sign that joins what are two statements here: the second lacks its first word."""
    if tokens[place].text in _JOINING and not tokens[place].opens_line:
        begun = next((token.text for token in reversed(tokens[:place]) if token.opens_line), tokens[0].text)
        for symbol in fitting:
            if text_of(symbol, tables) == begun:
                yield Repair("joined", 0.8, place, 1, symbol, begun)


def _texts(symbol: str, tables: Tables) -> tuple[str, ...]:
    """What a terminal of words may read."""
    if symbol in PHRASES:
        return PHRASES[symbol][1]
    return (tables.keywords[symbol],) if symbol in tables.keywords else ()


def _opening(tables: Tables, states: Sequence[int]) -> frozenset[str]:
    """The words that would begin a statement here, after one that is complete."""
    error = tables.numbers[ERROR]
    if not tables.can_shift(states, error):
        return frozenset()
    return frozenset(acceptable(tables, tables.after(states, error)))


def _signed(tables: Tables, token: Token, place: int, states: Sequence[int]) -> Repair | None:
    """A number that lacks its percent sign, or a large one its currency."""
    fitting = acceptable(tables, states)
    if "NUMBER" not in token.terminals:
        return None
    is_amount = "CURRENCY" in fitting and number_of(token.text)[0] > 100
    if "PERCENT" in fitting and not is_amount:
        return Repair("percent sign", 0.5, place, 1, "PERCENT", None)
    return Repair("currency", 0.6, place, 0, "CURRENCY", None) if "CURRENCY" in fitting else None


def _bare_number(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> Iterator[Repair]:
    """A number that was read as one of points, which do not follow."""
    signed = _signed(tables, tokens[place], place, states)
    if signed is not None:
        repair = replace(signed, back=place)
        if _goes_on(tables, tokens, repair, states, needed=2):
            yield repair


def _typos(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> Iterator[Repair]:
    """Keywords, phrases and currencies that the words at `place` nearly spell."""
    written = tokens[place].text
    if not written[:1].isalpha() or len(written) > LONGEST_WORD or written.lower() in FILLERS:
        return
    code = written.upper()
    if tables.can_shift(states, tables.numbers["CURRENCY"]):
        if code in CURRENCIES and code != written:
            yield Repair("typo", 0.1, place, 1, "CURRENCY", code)
        elif code == written and len(code) == CODE_LETTERS and code not in CURRENCIES:
            named = sorted({token.text for token in tokens if token.text in CURRENCIES})
            if near := nearest(code, named, 1):
                yield Repair("code", 0.05, place, 1, "CURRENCY", near[0])
    for symbol in acceptable(tables, states):
        if symbol in PHRASES:
            for phrase in PHRASES[symbol][1]:
                if " " not in phrase:
                    continue
                count, words = _as_many_words(tokens, place, len(phrase.split()))
                if abs(len(words) - len(phrase)) > max(1, len(phrase) // 5):
                    continue
                away = distance(words.lower(), phrase)
                if words != phrase and away <= max(1, len(phrase) // 5):
                    yield Repair("typo", 0.1 * away or 0.05, place, count, symbol, phrase)
        elif (word := tables.keywords.get(symbol)) and word[0].isalpha():
            if written + tokens[place + 1].text == word and not tokens[place + 1].opens_line:  # a blank inside of it
                yield Repair("typo", 0.05, place, 2, symbol, word)
            if abs(len(written) - len(word)) > max(1, len(word) // 3):
                continue
            away = distance(written.lower(), word)
            if written != word and away <= max(1, len(word) // 3) and (len(word) > 2 or away == 0):
                spelt = 0.3 if written in KEYWORDS else 0  # a word that is another one's right spelling
                yield Repair("typo", 0.1 * away + spelt, place, 1, symbol, word)


def _forgotten_name(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> Repair | None:
    """A word of the language that was read as the name which is missing before it."""
    token = tokens[place]
    if token.kind != "WORD" or not any(tables.keywords.get(each) == token.text for each in token.terminals):
        return None
    name = tables.numbers["NAME"]
    if not tables.can_shift(states, name):
        return None
    others = tuple(t for t in ("NUMBER", "CURRENCY", "PERCENT") if tables.can_shift(states, tables.numbers[t]))
    repair = Repair("insert", 0.9, place, 0, "NAME", None, place, others)
    return repair if _goes_on(tables, tokens, repair, states, needed=LOOK_AHEAD - 1) else None


def was_read_as_name(tables: Tables, token: Token, states: Sequence[int]) -> bool:
    """Whether a word that would open a statement was taken for what the line before lacks."""
    return token.opens_line and not any(
        tables.keywords.get(terminal) == token.text and tables.can_shift(states, tables.numbers[terminal])
        for terminal in token.terminals
    )


def _doubled(
    tables: Tables, tokens: Sequence[Token], place: int, stacks: Sequence[tuple[int, Sequence[int]]]
) -> Iterator[Repair]:
    """A word that stands twice in a row, the second time too many; the first may have been read as a name."""
    for earlier, states in stacks:
        if earlier == 0 or tokens[earlier].text != tokens[earlier - 1].text or tokens[earlier].opens_line:
            continue
        if any(token.opens_line for token in tokens[earlier + 1 : place + 1]):
            continue  # of a line that was read: a row may hold a value twice
        back = earlier if earlier < place else None
        repair = Repair("doubled", 0.35, earlier, 1, None, None, back)
        if _goes_on(tables, tokens, repair, states, needed=max(LOOK_AHEAD, place - earlier + 2)):
            yield repair


def _as_many_words(tokens: Sequence[Token], place: int, wanted: int) -> tuple[int, str]:
    """How many tokens from `place` on make so many words, and the words; a phrase is several in one token."""
    words: list[str] = []
    count = 0
    while len(words) < wanted and tokens[place + count].text[:1].isalpha():  # the last token has no text
        words.extend(tokens[place + count].text.split())
        count += 1
    return count, " ".join(words)


def _hyphens_end(tokens: Sequence[Token], first: int) -> int:
    """The place after the words that hyphens join to the one at `first`."""
    end = first + 1
    while (
        end + 2 < len(tokens)  # a word follows, not the end of the text
        and tokens[end].text == "-"
        and tokens[end - 1].end == tokens[end].start
        and tokens[end].end == tokens[end + 1].start
    ):
        end += 2
    return end


def _hyphened(tables: Tables, tokens: Sequence[Token], place: int, before: Sequence[int]) -> Repair | None:
    """`e-check`, which reads as a subtraction: a text that lacks its quotes, or a name."""
    end = _hyphens_end(tokens, place - 1)
    if end == place or tokens[place - 1].kind != "WORD":
        return None
    written = "".join(token.text for token in tokens[place - 1 : end])
    if tables.can_shift(before, tables.numbers["STRING"]):
        return Repair("hyphen", 0.2, place - 1, end - place + 1, "STRING", f'"{written}"', place - 1)
    if tables.can_shift(before, tables.numbers["NAME"]):
        return Repair("hyphen", 0.2, place - 1, end - place + 1, "NAME", written.replace("-", "_"), place - 1)
    return None


def _hyphened_phrase(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> Repair | None:
    """`net-value`: a phrase of the language with hyphens for its blanks."""
    end = _hyphens_end(tokens, place)
    said = " ".join(token.text for token in tokens[place:end:2])
    for symbol in acceptable(tables, states) if end > place + 1 else ():
        if said in _texts(symbol, tables):
            repair = Repair("typo", 0.05, place, end - place, symbol, said, place)
            return repair if _goes_on(tables, tokens, repair, states, needed=LOOK_AHEAD) else None
    return None


def _attribute(tables: Tables, tokens: Sequence[Token], place: int, before: Sequence[int]) -> Repair | None:
    """`class is "gold"`: a word of the language stands where an attribute is tested, which then needs its owner."""
    if tokens[place].text not in _TESTS or tokens[place - 1].text not in KEYWORDS or tokens[place].opens_line:
        return None
    first = next((token.text for token in reversed(tokens[:place]) if token.opens_line), tokens[0].text)
    owner = "account" if first == "accounts" else "item" if first == "items" else "order"
    repair = Repair("attribute", 0.3, place - 1, 1, "PATH", f"{owner}.{tokens[place - 1].text}", place - 1)
    return repair if _goes_on(tables, tokens, repair, before, needed=2) else None


def _reach(tables: Tables, tokens: Sequence[Token], repair: Repair, states: Sequence[int]) -> int:
    """How many tokens fit after the repair, of so many as tell one from another."""
    needed = 1
    while needed < _FAR and _goes_on(tables, tokens, repair, states, needed + 1, to_line_end=False):
        needed += 1
    return needed


def _goes_on(
    tables: Tables,
    tokens: Sequence[Token],
    repair: Repair,
    states: Sequence[int],
    needed: int,
    to_line_end: bool = True,
) -> bool:
    """Whether so many tokens fit after the repair, or two and all up to the next line, or to where the statement ends."""
    stack = list(states)
    error = tables.numbers[ERROR]
    if repair.terminal is not None:
        number = tables.numbers[repair.terminal]
        if not tables.can_shift(stack, number):
            return False
        stack = tables.after(stack, number)
    begun = repair.kind == "percent sign" or (repair.kind == "replace" and repair.text is None)
    first = repair.place + repair.removes
    for place, token in enumerate(tokens[first : first + needed], start=first):
        shifted = tables.fitting(stack, token.terminals)
        if shifted is None:
            fresh = begun and token.opens_line and token.terminals != (END,) and token.text not in "{}"
            return fresh and tables.can_shift(stack, error)
        if token.terminals == (END,) or (to_line_end and token.opens_line and place >= first + 2):
            return True
        stack = tables.after(stack, shifted)
        begun = True
    return True
