"""The verbs of the ledger: what they print, and what they refuse with which exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.test_commands import rebates
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules, settings, and a file of sales."""
    (tmp_path / "rules").mkdir()
    for name, text in FILES.items():
        (tmp_path / "rules" / name).write_text(text, encoding="utf-8")
    (tmp_path / "rebates.toml").write_text('rules = "rules"\nledger = "ledger.db"\n', encoding="utf-8")
    rows = [{**SALE, "id": f"INV-{n}"} for n in range(1, 4)]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (tmp_path / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", ["post", "import", "close", "journal", "verify", "history"])
def test_every_verb_teaches_with_an_example_and_offers_json(verb: str) -> None:
    done = rebates(verb, "--help")
    assert done.exit_code == 0
    assert f"rebates {verb} " in done.output.partition("\n\n")[2]
    assert "--json" in done.output


def test_a_file_is_imported_once(folder: Path) -> None:
    assert rebates("import", "sales.csv").output == "3 facts imported, 0 there before\n"
    assert json.loads(rebates("import", "sales.csv", "--json").output) == {"added": 0, "before": 3, "refused": 0}


def test_refused_rows_go_to_their_file_or_nothing_is_posted(folder: Path) -> None:
    with (folder / "sales.csv").open("a", encoding="utf-8") as file:
        file.write("INV-4,ACME,2026-03-10,MILK,1,carton,EUR,1\n")
    done = rebates("import", "sales.csv")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "sales.csv row 5: item: item `MILK` is not in the table `items` [R0503]" in done.stderr
    assert done.stderr.endswith("nothing was posted\n")
    done = rebates("import", "sales.csv", "--rejects", "rejects.jsonl")
    assert (done.exit_code, done.stdout) == (1, "3 facts imported, 0 there before, 1 refused, see rejects.jsonl\n")
    assert json.loads((folder / "rejects.jsonl").read_text(encoding="utf-8"))["code"] == "R0503"


def test_facts_are_posted_by_programs(folder: Path) -> None:
    assert rebates("post", json.dumps(SALE)).output == "1 fact posted, 0 there before\n"
    more = "".join(json.dumps({**SALE, "id": f"X{n}"}) + "\n" for n in range(2))
    assert rebates("post", "-", input=more).output == "2 facts posted, 0 there before\n"
    done = rebates("post", json.dumps({**SALE, "net": 5.5}))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "R0804" in done.stderr
    assert rebates("post", "{").exit_code == 2


def test_history_tells_what_was_known_then(folder: Path) -> None:
    rebates("import", "sales.csv")
    told = rebates("history", "ACME").output
    assert "2026-03-10  INV-1  ACME  sale  60 carton COLA EUR 558.72  known " in told
    assert told.endswith("3 facts\n")
    assert rebates("history", "--as-of", "2020-01-01T00:00Z").output == "0 facts\n"
    assert [fact["id"] for fact in json.loads(rebates("history", "--fact", "INV-2", "--json").output)] == ["INV-2"]
    assert rebates("history", "--as-of", "soon").exit_code == 2


def test_an_empty_journal_and_a_proof(folder: Path) -> None:
    rebates("import", "sales.csv")
    assert rebates("journal").output == "0 entries\n"
    assert list(csv.DictReader(io.StringIO(rebates("journal", "--format", "csv").output))) == []
    done = rebates("verify")
    assert done.exit_code == 0
    assert done.output.startswith("3 facts, 0 runs, 0 entries: all is as it was written\nhead ")
    assert rebates("verify", "--head", "0" * 64).exit_code == 1
    assert json.loads(rebates("verify", "--json").output)["holds"] is True


def test_a_period_closes(folder: Path) -> None:
    rebates("import", "sales.csv")
    assert rebates("close", "2026-Q1").output == "closed through 2026-03-31\n"
    done = rebates("close", "2026-02")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "R0839" in done.stderr
    assert "R0833" in rebates("close", "2199").stderr


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "soon", "2026-02-01..2026-01-01", "26", "2026-02-30"])
def test_what_is_no_period_is_bad_use(folder: Path, period: str) -> None:
    assert rebates("close", period).exit_code == 2


def test_without_rules_or_ledger_it_is_said_what_to_name(folder: Path) -> None:
    assert "there is no ledger `ledger.db`" in rebates("verify").stderr
    (folder / "rebates.toml").write_text('rule = "x"\n', encoding="utf-8")
    assert "says `rule`" in rebates("verify").stderr
    (folder / "rebates.toml").unlink()
    for words in (["verify"], ["post", json.dumps(SALE)], ["import", "sales.csv", "--rules", "rules"]):
        done = rebates(*words)
        assert done.exit_code == 2
        assert "name the" in done.stderr


def test_a_file_that_is_no_ledger_is_told(folder: Path) -> None:
    (folder / "ledger.db").write_text(
        "this is a text, and longer than a page of a database would begin" * 20, encoding="utf-8"
    )
    done = rebates("verify")
    assert done.exit_code == 1
    assert "R0831" in done.stderr
