"""Kills a process that posts, imports, accrues, settles and amends, at random moments, and looks at what it left behind.

    python -m tests.ledger.kills URL --kills 200 --seed 0

The child writes what was answered to a file, after each commit. Whatever the moment: everything that was answered is there,
nothing is there twice, ids have no gap, books balance, every run comes out again. SIGKILL does not test that the disk
has what the page cache has; that commits are synced is asked of the database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import rebates
from rebates.ledger.journal import PAYABLE, trial_balance
from rebates.ledger.ledger import Ledger
from rebates.ledger.runs import entries_of, keep_run, runs_of
from rebates.ledger.verify import verify
from tests.ledger.reckoning import amended, percent_of, reckon
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES, judge

WAIT_MS, MOST_DEEDS = 10, 5
FULL_PROOF_EVERY = 25


def child(url: str, book: rebates.Book, folder: Path, seed: int, begun: int) -> None:
    """Posts, imports, accrues, settles and amends until it is killed; says what it is at, and what was committed."""
    draw = random.Random(seed)
    out = os.open(folder / "acks", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with Ledger.open(url) as ledger:
        number = len(ledger.facts())
        while True:
            os.write(begun, b".")
            count = draw.choice([1, 2, 30])
            first = max(number + 1 - draw.choice([0, 0, 2]), 1)  # some of them once more
            facts = [
                {**SALE, "id": f"F{n}", "date": "2026-02-03", "net": f"{n % 997}000.25"}
                for n in range(first, number + count + 1)
            ]
            if draw.random() < 0.5:
                ledger.post(book, facts)
            else:
                (folder / "facts.jsonl").write_text(
                    "".join(json.dumps(fact) + "\n" for fact in facts), encoding="utf-8"
                )
                ledger.bring(book, folder / "facts.jsonl", rejects=folder / "rejects.jsonl")
            os.write(begun, b".")
            number += count
            os.write(out, f"facts {number}\n".encode())
            if draw.random() < 0.3:
                book = amend(folder / f"amended-{seed}", draw)
            day = date(2026, 2, 3) + timedelta(draw.randrange(300))
            kind = draw.choice(["accrue", "settle", "settle"])
            calculation = reckon(day, day, percent=percent_of(book))
            run, _ = keep_run(ledger, book, kind, day, day, calculation, interim=True)  # type: ignore[arg-type]
            os.write(out, f"runs {run.number}\n".encode())


def amend(folder: Path, draw: random.Random) -> rebates.Book:
    """Other rules, which are kept with what is settled next: amended so often, and never the same text twice."""
    folder.mkdir(exist_ok=True)
    text = f"# {draw.random()}\n{amended(draw.randrange(4))}"
    for name, content in {**FILES, "acme.rebates": text}.items():
        (folder / name).write_text(content, encoding="utf-8")
    return rebates.load(folder)


def alone(url: str) -> None:
    """Waits until a killed client's last statement has ended at the server: its commit may still land."""
    if not url.startswith("postgresql"):
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone() != (0,):
            time.sleep(0.002)


def check(url: str, acks: Path, whole: bool) -> list[str]:
    """What is wrong with what is left."""
    answered = {"facts": 0, "runs": 0}
    for line in acks.read_text(encoding="utf-8").splitlines() if acks.exists() else []:
        what, number = line.split()
        answered[what] = max(answered[what], int(number))
    wrong: list[str] = []
    with Ledger.open(url) as ledger:
        proof = verify(ledger, judge if whole else None)  # type: ignore[arg-type]
        wrong += proof.findings
        facts = ledger.facts()
        with ledger.store.reading() as connection:
            entries, runs = entries_of(connection), list(runs_of(connection))
    ids = sorted(int(fact.id[1:]) for fact in facts)
    if ids != list(range(1, len(ids) + 1)):
        wrong.append("facts are doubled or have a gap")
    if len(ids) < answered["facts"] or len(runs) < answered["runs"]:
        wrong.append(f"answered {answered}, kept {len(ids)} facts and {len(runs)} runs")
    paid = sum(
        (due.due for run in runs if run.kind == "settle" for one in run.settlements for due in one.dues), Fraction(0)
    )
    if trial_balance(entries).get((PAYABLE, "EUR"), Fraction(0)) != -paid:
        wrong.append("the books do not hold what was settled")
    return wrong


def main() -> None:
    """Kills so often; exit code 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules"
        rules.mkdir()
        for name, text in FILES.items():
            (rules / name).write_text(text, encoding="utf-8")
        book = rebates.load(rules)
        acks = Path(folder) / "acks"
        Ledger.open(chosen.url).close()
        for kill in range(chosen.kills):
            seed, (told, begun) = draw.randrange(10**9) + kill, os.pipe()
            pid = os.fork()
            if pid == 0:
                try:
                    child(chosen.url, book, Path(folder), seed, begun)
                finally:
                    os._exit(7)
            os.close(begun)
            for _ in range(draw.randrange(1, MOST_DEEDS)):  # however slow the machine is, the kill comes amid its work
                os.read(told, 1)
            os.close(told)
            time.sleep(draw.random() * WAIT_MS / 1000)
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            alone(chosen.url)
            wrong = check(chosen.url, acks, kill % FULL_PROOF_EVERY == FULL_PROOF_EVERY - 1)
            if os.WIFEXITED(status):
                wrong.append("the child ended by itself")
            if wrong:
                sys.exit(f"seed {chosen.seed}, kill {kill}: {'; '.join(wrong)}")
        with Ledger.open(chosen.url) as ledger:
            proof = verify(ledger)
    print(f"{proof.facts} facts, {proof.runs} runs, {proof.entries} entries")
    if min(proof.facts, proof.runs) < chosen.kills // 10:
        sys.exit("the child was killed before it had done anything")
    print(f"{chosen.kills} kills, nothing lost, doubled or out of balance")


if __name__ == "__main__":
    main()
