"""The verbs: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rebates.cli.app import app
from rebates.engine.document import QuoteDocument

ROOT = Path(__file__).resolve().parents[2]
NUSANTARA = ROOT / "rules" / "nusantara"
ORDER = ("--account", "NUSANTARA", "--on", "2026-03-10")

# 60 carton at the contract price of IDR 96,000 less 3%, and no freight from five million on: 5,760,000 - 172,800
COLA, COLA_TOTAL = "60 carton COLA-330", "5587200"

BROKEN = "agreement {\n"
UNTIDY = 'agreement a "A" {\n accounts ACME\n   valid 2026-01-01 to 2026-12-31\n currency EUR\n}\n'
TIDY = 'agreement a "A" {\n  accounts  ACME\n  valid     2026-01-01 to 2026-12-31\n  currency  EUR\n}\n'


def rebates(*words: object, input: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=input)


def shell(words: Sequence[object], **more: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "rebates", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the sample rules that a test may spoil."""
    folder = tmp_path / "rules"
    shutil.copytree(NUSANTARA, folder)
    return folder


def spoil(folder: Path, old: str, new: str) -> Path:
    """Changes one place of the sample rules."""
    file = folder / "nusantara_2026.rebates"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.rebates").write_bytes(text.encode())
    return folder


# --- all verbs


@pytest.mark.parametrize("verb", ["check", "fmt", "test", "quote", "explain", "schema"])
def test_every_verb_teaches_with_an_example_and_offers_json(verb: str) -> None:
    done = rebates(verb, "--help")
    assert done.exit_code == 0
    assert f"rebates {verb} " in done.output.partition("\n\n")[2]
    assert "--format" in done.output
    assert "--json" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("check", "nowhere"),
        ("fmt", "nowhere"),
        ("test", "nowhere"),
        ("check", NUSANTARA, "--format", "xml"),
        ("schema", "invoice"),
        ("quote", NUSANTARA),
        ("quote", NUSANTARA, *ORDER),
        ("quote", NUSANTARA, *ORDER, "sixty"),
        ("quote", NUSANTARA, *ORDER, COLA, "--attribute", "channel"),
        ("quote", NUSANTARA, *ORDER, COLA, "--attribute", "item.brand=X"),
        ("quote", NUSANTARA, "--order", "nowhere.json"),
        ("quote", NUSANTARA, "--order", "-", "--account", "NUSANTARA"),
        ("quote", NUSANTARA, "--order", "-", "--code", "SELAMAT26"),
        ("nothing",),
    ],
    ids=lambda words: " ".join(str(word) for word in words if word != NUSANTARA),
)
def test_bad_use_is_2(words: tuple[object, ...]) -> None:
    done = rebates(*words)
    assert done.exit_code == 2
    assert done.stderr
    assert not done.stdout


@pytest.mark.parametrize("verb", ["test", "quote", "explain"])
def test_broken_rules_are_1_and_told(verb: str, tmp_path: Path) -> None:
    done = rebates(verb, write(tmp_path, a=BROKEN), *((*ORDER, COLA) if verb != "test" else ()))
    assert done.exit_code == 1
    assert "a.rebates:1:11" in done.stderr


# --- check


def test_check_counts_what_it_saw() -> None:
    done = rebates("check", NUSANTARA)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("1 file, 1 agreement, 8 rules: no errors")


def test_check_tells_every_error_once_with_its_place(tmp_path: Path) -> None:
    done = rebates("check", write(tmp_path, a=BROKEN, b=TIDY))
    assert done.exit_code == 1
    assert done.stdout.count("--> a.rebates:1:11") == 1
    assert done.stdout.endswith("\n2 files: 1 error\n")


def test_strict_makes_warnings_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    import rebates as package
    from rebates.syntax.diagnostics import Diagnostic
    from rebates.syntax.source import Source, Span

    book = package.load(NUSANTARA)
    warning = Diagnostic("R0399", "warning", Span(Source("x.rebates", "a\n"), 0, 1), "surely not meant")
    book = replace(book, found=(warning,))
    monkeypatch.setattr(package, "load", lambda path: book, raising=False)
    assert rebates("check", NUSANTARA).exit_code == 0
    assert rebates("check", NUSANTARA).stdout.endswith("no errors, 1 warning\n")
    for words in (["check"], ["test"], ["quote", *ORDER, COLA], ["explain", *ORDER, COLA]):
        verb, *rest = words
        assert rebates(verb, NUSANTARA, *rest).exit_code == 0
        assert rebates(verb, NUSANTARA, *rest, "--strict").exit_code == 1


def test_check_as_data(tmp_path: Path) -> None:
    folder = write(tmp_path, a=BROKEN)
    found = json.loads(rebates("check", folder, "--json").stdout)
    assert found == json.loads(rebates("check", folder, "--format", "json").stdout)
    text = json.dumps(found)
    assert "a.rebates" in text
    sarif = json.loads(rebates("check", folder, "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert len(sarif["runs"][0]["results"]) == 1
    assert rebates("check", folder, "--format", "github").stdout.startswith("::error file=")
    assert rebates("check", folder, "--format", "short").stdout.startswith("a.rebates:1:11: error R")
    json.loads(rebates("check", NUSANTARA, "--json").stdout)


# --- fmt


def test_fmt_formats_once_and_then_leaves_alone(tmp_path: Path) -> None:
    file = write(tmp_path, a=UNTIDY) / "a.rebates"
    assert rebates("fmt", "--check", tmp_path).exit_code == 1
    shown = rebates("fmt", "--diff", tmp_path)
    assert shown.exit_code == 1
    assert "\n- accounts ACME\n" in shown.stdout
    assert "\n+  accounts  ACME\n" in shown.stdout
    assert file.read_text() == UNTIDY
    assert rebates("fmt", tmp_path).exit_code == 0
    assert file.read_text() == TIDY
    assert rebates("fmt", "--check", tmp_path).exit_code == 0
    again = rebates("fmt", tmp_path)
    assert (again.exit_code, again.stdout) == (0, "1 file already formatted\n")


def test_fmt_keeps_the_mark_that_an_editor_wrote_first(tmp_path: Path) -> None:
    file = tmp_path / "a.rebates"
    file.write_bytes(b"\xef\xbb\xbf" + UNTIDY.encode())
    assert rebates("fmt", file).exit_code == 0
    assert file.read_bytes() == b"\xef\xbb\xbf" + TIDY.encode()


def test_fmt_leaves_what_it_cannot_read_and_does_the_rest(tmp_path: Path) -> None:
    write(tmp_path, a=BROKEN, b=UNTIDY)
    (tmp_path / "c.rebates").write_bytes(b"\xff\xfe")
    done = rebates("fmt", tmp_path)
    assert done.exit_code == 1
    assert "a.rebates:1:11" in done.stderr
    assert "c.rebates: not UTF-8" in done.stderr
    assert (tmp_path / "a.rebates").read_text() == BROKEN
    assert (tmp_path / "b.rebates").read_text() == TIDY


def test_fmt_as_data_is_nothing_but_data(tmp_path: Path) -> None:
    done = rebates("fmt", write(tmp_path, a=BROKEN, b=UNTIDY), "--json")
    assert "a.rebates" in json.dumps(json.loads(done.stdout))
    assert "b.rebates: formatted" in done.stderr


# --- test


def test_examples_that_hold() -> None:
    done = rebates("test", NUSANTARA)
    assert (done.exit_code, done.stdout) == (0, "20 examples: all hold\n")
    assert rebates("test", NUSANTARA, "--filter", "sixty").stdout == "1 example: all hold\n"


def test_a_failed_example_shows_the_place_and_the_waterfall(rules: Path) -> None:
    spoil(rules, "IDR 93_120", "IDR 92_640")
    done = rebates("test", rules)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0] == 'FAILED example "sixty cartons of cola earn three percent"  nusantara_2026.rebates:107'
    assert lines[1].startswith("  expect line 1 net price IDR 92_640")
    assert lines[2] == " " * lines[1].index("IDR") + "^^^^^^^^^^ got IDR 93_120"
    assert "Carton volume discount" in done.stdout
    assert "-172_800" in done.stdout
    assert "rebates test --update --filter 'sixty cartons of cola earn three percent'" in done.stdout
    assert lines[-1] == "20 examples: 1 failed"


def test_results_as_data(rules: Path) -> None:
    spoil(rules, "IDR 93_120", "IDR 92_640")
    done = rebates("test", rules, "--json")
    assert done.exit_code == 1
    results = json.loads(done.stdout)
    assert [result["ok"] for result in results].count(False) == 1
    failed = next(result for result in results if not result["ok"])
    assert (failed["file"], failed["line"]) == ("nusantara_2026.rebates", 107)
    assert [check["got"] for check in failed["checks"] if not check["ok"]] == ["IDR 93_120"]


def test_update_shows_the_waterfall_asks_and_writes(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    before = (rules / "nusantara_2026.rebates").read_bytes()
    file = spoil(rules, "IDR 93_120", "IDR 92_640")
    spoiled = file.read_bytes()
    no = rebates("test", rules, "--update", input="n\n")
    assert no.exit_code == 1
    assert file.read_bytes() == spoiled
    yes = rebates("test", rules, "--update", input="y\n")
    assert yes.exit_code == 0
    told = yes.stdout.index("nusantara_2026.rebates:109: IDR 92_640 -> IDR 93_120")
    assert yes.stdout.index("Carton volume discount") < told < yes.stdout.index("Write these values?")
    assert file.read_bytes() == before


def test_update_is_1_where_a_failure_is_left(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    spoil(rules, "IDR 93_120", "IDR 92_640")
    file = spoil(rules, "expect reject", "expect pass")
    done = rebates("test", rules, "--update", "--yes")
    assert done.exit_code == 1
    assert "1 failure cannot be mended by a number" in done.stdout
    assert "IDR 93_120" in file.read_text()
    assert rebates("test", rules, "--update", "--yes").exit_code == 1


def test_update_never_runs_in_ci(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    file = spoil(rules, "IDR 93_120", "IDR 92_640")
    before = file.read_bytes()
    done = rebates("test", rules, "--update", "--yes")
    assert done.exit_code == 2
    assert "CI" in done.stderr
    assert file.read_bytes() == before


def test_an_order_that_cannot_be_priced_fails_its_example(rules: Path) -> None:
    spoil(rules, "on 2026-05-04 {", "on 2027-05-04 {")
    done = rebates("test", rules)
    assert done.exit_code == 1
    assert "no agreement is in force" in done.stdout
    assert done.stdout.endswith("20 examples: 1 failed\n")


# --- quote and explain


def test_a_quote_for_people() -> None:
    done = rebates("quote", NUSANTARA, *ORDER, COLA)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[1].split() == ["60", "carton", "COLA-330", "104_000", "96_000", "93_120.00", "5_587_200"]
    assert lines[2].split() == ["total", "IDR", "5_587_200"]
    assert "140 carton more reach `from 200 carton 5.5%`" in done.stdout
    assert "status: priced" in lines


def test_a_quote_as_data_is_what_the_schema_says() -> None:
    done = rebates("quote", NUSANTARA, *ORDER, COLA, "--json")
    document = QuoteDocument.model_validate_json(done.stdout, strict=True)
    assert (document.total.amount, document.total.currency) == (COLA_TOTAL, "IDR")
    assert set(json.loads(done.stdout)) == set(json.loads(rebates("schema", "quote").stdout)["properties"])


def test_an_order_as_json_from_a_file_or_standard_input_is_the_same_quote(tmp_path: Path) -> None:
    order = {"account": "NUSANTARA", "date": "2026-03-10", "lines": [{"item": "COLA-330", "quantity": "60 carton"}]}
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order))
    by_line = rebates("quote", NUSANTARA, *ORDER, COLA, "--json").stdout
    assert rebates("quote", NUSANTARA, "--order", file, "--json").stdout == by_line
    assert rebates("quote", NUSANTARA, "--order", "-", "--json", input=json.dumps(order)).stdout == by_line


def test_prices_codes_attributes_and_returns_of_a_line() -> None:
    def total(*words: str) -> str:
        return str(json.loads(rebates("quote", NUSANTARA, *ORDER, "--json", *words).stdout)["total"]["amount"])

    assert total("60 carton COLA-330 at IDR 100_000") == "5820000"  # 6,000,000 less 3%
    assert total("60 carton COLA-330", "--attribute", "order.channel=marketplace") == "5760000"
    assert total("60 carton COLA-330", "--code", "SELAMAT26") == "5307840"  # 5,587,200 less 5%
    assert total("--", "-5 carton COLA-330") == "-480000"


def test_a_needed_approval_is_fine_and_a_rejection_is_1() -> None:
    approval = rebates(
        "quote", NUSANTARA, *ORDER, "100 carton COLA-330 at IDR 82_000"
    )  # 78,040 against a cost of 71,500: 8.4%
    assert approval.exit_code == 0
    assert "status: needs approval by commercial director" in approval.stdout
    rejected = rebates("quote", NUSANTARA, *ORDER, "100 carton COLA-330 at IDR 75_000")  # 30% below the list price
    assert rejected.exit_code == 1
    assert "status: rejected" in rejected.stdout
    assert "7_125_000" in rejected.stdout  # 7,500,000 less 3% and a full pallet: the numbers stand all the same


def test_every_slip_of_an_order_is_told() -> None:
    order = {
        "account": "NUSANTARA",
        "date": "2026-03-10",
        "lines": [{"item": "A", "quantity": "x"}, {"item": "A", "quantity": 6}],
    }
    done = rebates("quote", NUSANTARA, "--order", "-", input=json.dumps(order))
    assert done.exit_code == 1
    assert not done.stdout
    told = [line.partition(": `")[0] for line in done.stderr.splitlines()]
    assert told == ["order: lines[0].quantity", "order: lines[1].quantity"]
    assert done.stderr.count("[R0510]") == 2
    unread = rebates("quote", NUSANTARA, *ORDER, "x carton COLA-330", "y carton COLA-330")
    assert unread.exit_code == 1
    assert [line.partition(".quantity")[0] for line in unread.stderr.splitlines()] == [
        "order: lines[0]",
        "order: lines[1]",
    ]


def test_an_explanation_and_what_a_customer_does_not_see() -> None:
    manager = rebates("explain", NUSANTARA, *ORDER, COLA)
    customer = rebates("explain", NUSANTARA, *ORDER, COLA, "--view", "customer")
    assert manager.exit_code == customer.exit_code == 0
    assert "[nusantara_2026.rebates:45]" in manager.stdout
    assert "guard invoice margin" in manager.stdout
    assert "not pallet_drop" in manager.stdout
    for secret in ("guard", "margin", "cost", "71_500", "pallet_drop", "rebates:"):
        assert secret not in customer.stdout
    assert "5_587_200" in customer.stdout
    json.loads(rebates("explain", NUSANTARA, *ORDER, COLA, "--json").stdout)


# --- schema


def test_schemas_are_json_schemas() -> None:
    for what in ("order", "quote"):
        schema = json.loads(rebates("schema", what).stdout)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"account", "date", "lines"} <= set(json.loads(rebates("schema", "order").stdout)["required"])


def test_keywords_with_what_each_serves() -> None:
    words = json.loads(rebates("schema", "keywords", "--json").stdout)
    assert words["waterfall"] == "waterfall"
    assert words["retroactive"] == "tiers"
    lines = rebates("schema", "keywords").stdout.splitlines()
    assert ["retroactive", "tiers"] in [line.split() for line in lines]


# --- the process


def test_the_command_as_a_process() -> None:
    version = shell(["--version"])
    assert (version.returncode, version.stdout[:8], version.stderr) == (0, "rebates ", "")
    quote = shell(["quote", NUSANTARA, *ORDER, COLA, "--json"])
    assert quote.returncode == 0
    assert json.loads(quote.stdout)["total"]["amount"] == COLA_TOTAL
    assert "\x1b" not in shell(["quote", NUSANTARA, *ORDER, COLA]).stdout
    assert shell(["quote", NUSANTARA]).returncode == 2


def test_version_and_help_load_no_room() -> None:
    code = (
        "import sys; sys.argv = ['rebates', sys.argv[1]]\n"
        "from rebates.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "rooms = ('syntax', 'model', 'plan', 'compile', 'engine', 'tools')\n"
        "print([name for name in sys.modules if name.startswith('rebates.') and name.split('.')[1] in rooms])"
    )
    for option in ("--version", "--help"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(
            [sys.executable, "-c", code, option], capture_output=True, text=True, check=True, env=environment
        )
        assert done.stdout.splitlines()[-1] == "[]"


def start(*words: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(
        [sys.executable, "-m", "rebates", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of Unix")
def test_ctrl_c_ends_quietly_with_130() -> None:
    with start("quote", NUSANTARA, "--order", "-") as process:
        assert process.stdin is not None
        process.stdin.write(b" " * 1_000_000)  # more than a pipe holds: once it is written, the command reads
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.strip() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of Unix")
def test_a_closed_pipe_ends_quietly() -> None:
    with start("schema", "keywords") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
        process.wait(timeout=30)
    assert told == b""
    assert process.returncode in (1, 141)
