"""A large folder is read by several processes at once, each some of its files; what they found is then put together.

Each reads its files as if there were no others and hands back what is also kept between starts (`model/stored_parts.py`):
parts, by names that say what they were made from. Of these the reading of the whole folder takes those that it would make of
the very same texts, declarations and tables, and makes the others itself; so it finds what one process alone would find,
and a folder that was badly divided costs time and nothing else. A process that cannot be started, or whose files have
errors, hands nothing back.
"""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from rebates.model.memory import Memory
from rebates.model.stored import CannotBeStored, read_stored, stored
from rebates.model.texts import read_texts
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source

WORTH_DIVIDING = 1_500_000  # characters; one process reads them before others have started
MOST_PROCESSES = 4

# a text with one of these at the start of a line says something for the whole folder: everybody reads it
_FOR_ALL = re.compile(r"^(?:table|attribute|fact|class|items|measure|waterfall|round|price rounds)\b", re.MULTILINE)


class Asked(msgspec.Struct, frozen=True):
    """What a process is asked to read."""

    folder: str
    files: tuple[str, ...]


def read_side_by_side(path: str | Path) -> Memory | None:
    """The memory of other processes that read the folder; None where one process is enough, or all there is."""
    processes, path = _processes(), Path(path)
    if processes < 2 or not path.is_dir():
        return None
    texts = read_texts(path, Report())
    if sum(len(text.text) for text in texts) < WORTH_DIVIDING:
        return None
    shares = _shares(texts, processes)
    read = [_memory_of(content, share) for content, share in zip(_answers(path, shares), shares, strict=True)]
    return Memory.of_all([memory for memory in read if memory is not None])


def _processes() -> int:
    """How many to start: as many as there are cores to run on, where the interpreter can be started at all."""
    said = os.environ.get("REBATES_PROCESSES", "")
    if said.isdecimal():
        return int(said)
    python = Path(sys.executable or "").name.casefold().startswith(("python", "pypy"))  # else it is some program's own
    if not python or getattr(sys, "frozen", False):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


def _shares(texts: Sequence[Source], count: int) -> list[list[Source]]:
    """Texts of about the same length for each, and to all what is said for all."""
    for_all = [text for text in texts if _FOR_ALL.search(text.text)]
    shares: list[list[Source]] = [list(for_all) for _ in range(count)]
    lengths = [0] * count
    for text in sorted((text for text in texts if text not in for_all), key=lambda text: -len(text.text)):
        least = lengths.index(min(lengths))
        shares[least].append(text)
        lengths[least] += len(text.text)
    return shares


def _answers(path: Path, shares: Sequence[Sequence[Source]]) -> list[bytes]:
    """What the processes hand back; nothing from one that fails."""
    home = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, "-P", "-c", "from rebates.engine.side_by_side import answer; answer()"]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for share in shares:
            try:
                process = subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return [b""] * len(shares)
            running.append(process)
            assert process.stdin is not None
            asked = msgspec.json.encode(Asked(str(path), tuple(text.name for text in share)))
            try:
                process.stdin.write(asked)
                process.stdin.close()
            except OSError:
                continue  # it is gone, and answers nothing
        return [_answer_of(process) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _answer_of(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    content = process.stdout.read()
    return content if process.wait() == 0 else b""


def _memory_of(content: bytes, share: Sequence[Source]) -> Memory | None:
    found = read_stored(content, share) if content else None
    return None if found is None else found.memory()


def answer() -> None:
    """What a process does that was started to read some files."""
    gc.disable()
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(answer_to(asked))
    sys.stdout.flush()
    os._exit(0)  # nothing of what was made need be taken down


def answer_to(asked: Asked) -> bytes:
    """What reading the files came to, as bytes; b"" where they have errors, or cannot be told."""
    from rebates.model.folder import load_rules
    from rebates.plan.reads import reads_of

    report, memory = Report(), Memory()
    rules = load_rules(asked.folder, None, report, memory, frozenset(asked.files))
    if rules is None:
        return b""
    reads_of(rules)  # noted, as where rules are kept
    memory.took = time.process_time_ns()
    texts = [text for text in read_texts(asked.folder, Report()) if text.name in asked.files]
    try:
        return stored(rules, (), texts, memory)
    except CannotBeStored:
        return b""
