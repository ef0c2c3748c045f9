"""The coverage-guided run of the fuzzer: `python -m tests.fuzz.coverage_guided -runs=100000` (atheris, where it installs).

Bytes from the guide choose how the grammar-aware writer grows and changes a text, so that what is tried stays near what
people write while the guide looks for new ways through the reader.
"""

from __future__ import annotations

import random
import sys

import atheris

with atheris.instrument_imports(include=["rebates.syntax"]):
    from tests.fuzz.fuzz import try_text, watched
    from tests.fuzz.texts import Writer

WRITER = Writer(random.Random(0))


def one_input(data: bytes) -> None:
    """Half of the inputs are texts as they come, half steer the writer."""
    if data[:1] < b"\x80":
        text, tables = data[1:].decode("utf-8", "replace"), None
    else:
        WRITER.chance = random.Random(data)
        _, text, tables = WRITER.text()
    with watched():
        try_text(text, tables)


def main() -> None:
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
