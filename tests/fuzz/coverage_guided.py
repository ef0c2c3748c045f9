"""The coverage-guided run of the fuzzer: `python -m tests.fuzz.coverage_guided -runs=100000` (atheris, where it installs).

Half of the inputs are texts as they come, half are the choices of the grammar-aware writer: each byte decides what it does
next, so that a small change of the bytes is a small change of the text, and the guide can look for new ways through the
reader and the checks. It starts from the samples, in a folder of their own; a folder that is named is used instead, and
keeps what was found.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["rebates.syntax", "rebates.model"]):
    from rebates.syntax.lalr import load_tables
    from tests.fuzz.fuzz import try_text, watched
    from tests.fuzz.texts import Writer

_TEXT_BELOW: Final = 0x80  # what the first byte of a text is below


class Steered(random.Random):
    """Chance that takes its bits from given bytes, in order; where they end, every choice is the first one."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self.data, self.at = data, 0

    def getrandbits(self, bits: int, /) -> int:
        size = (bits + 7) // 8
        taken = self.data[self.at : self.at + size]
        self.at += size
        return int.from_bytes(taken, "little") & ((1 << bits) - 1)

    def random(self) -> float:
        return self.getrandbits(16) / 65536


WRITER = Writer(random.Random(0))


def one_input(data: bytes) -> None:
    if not data or data[0] < _TEXT_BELOW:
        text, tables = data[1:].decode("utf-8", "replace"), None
    else:
        WRITER.chance = Steered(data[1:])
        _, text, tables = WRITER.text()
    with watched():
        try_text(text, tables)


def _start(folder: Path) -> None:
    """The samples as texts, and as many strings of choices."""
    for number, text in enumerate(WRITER.texts):
        (folder / f"text-{number}").write_bytes(b"\0" + text.encode("utf-8", "replace"))
        (folder / f"choices-{number}").write_bytes(b"\xff" + random.Random(number).randbytes(200))


def main() -> None:
    load_tables()  # made once after a change of the grammar, which is no part of an input's time
    arguments = sys.argv
    if all(argument.startswith("-") for argument in arguments[1:]):
        folder = tempfile.mkdtemp(
            prefix="rebates-fuzz-"
        )  # atheris ends the process itself, so that nobody tidies it up
        _start(Path(folder))
        arguments = [*arguments, folder]
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
