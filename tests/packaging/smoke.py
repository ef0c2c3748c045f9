"""Builds the wheel, installs it into an empty environment outside the checkout, and uses it there."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

RULES = """\
agreement shop "A small shop" {
  accounts  ACME
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  discount volume "Volume" {
    accept  cliff "a sample"
    tiers retroactive on quantity in piece per line { from 10 piece 3% }
  }
  example "ten pieces" {
    order on 2026-03-10 { 10 piece of "MUG" }
    expect line 1 net value EUR 48.50
  }
}
"""

TABLES = """\
import sys
from rebates.syntax.lalr import grammar_path, load_tables
tables = load_tables()
assert "lark" not in sys.modules, "the tables that are shipped are not used"
from rebates.syntax.lark_tables import make_tables
assert make_tables(grammar_path()) == tables, "the tables that are shipped are not those of the grammar"
"""


def run(*command: object, cwd: Path) -> str:
    """The output of a command; fails loudly. The checkout is kept off the path of what is installed."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> Path:
    """The wheel, built from the checkout; it holds the packages and every file of the grammar, and nothing else."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        content = set(archive.namelist())
    wanted = {f"rebates/grammar/{file.name}" for file in (ROOT / "grammar").glob("*.lark")}
    wanted.add("rebates/grammar/rebates.tables")
    for package in (ROOT / "src" / "rebates", ROOT / "api" / "rebates_api"):
        sources = [*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("*.typ"), package / "py.typed"]
        wanted |= {file.relative_to(package.parent).as_posix() for file in sources}
    if lacking := sorted(wanted - content):
        sys.exit(f"the wheel lacks {', '.join(lacking)}")
    if strange := sorted(name for name in content - wanted if ".dist-info/" not in name):
        sys.exit(f"the wheel holds what nobody ships: {', '.join(strange)}")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """The folder of programs of an empty environment with the wheel in it; the environment has no pip, none is needed there."""
    venv.create(folder / "env", with_pip=False)
    programs = folder / "env" / "bin"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "--quiet", "--disable-pip-version-check")
    run(*pip, "install", wheel, cwd=folder)
    return programs


def use(programs: Path, folder: Path) -> str:
    """What the installed wheel calls itself, once it has checked, tested and priced a rule folder of CSV tables."""
    python, command = programs / "python", programs / "rebates"
    home = Path(run(python, "-c", "import rebates; print(rebates.__file__)", cwd=folder).strip())
    if not home.is_relative_to(folder):
        sys.exit("the import finds the checkout, not the wheel")
    run(python, "-c", TABLES, cwd=folder)
    extras = "from importlib.util import find_spec; print(*filter(find_spec, ('pyarrow', 'openpyxl')))"
    if found := run(python, "-c", extras, cwd=folder).strip():
        sys.exit(f"the plain install brings {found}, which belongs to an extra")
    rules = folder / "rules"
    rules.mkdir()
    (rules / "shop.rebates").write_text(RULES, encoding="utf-8")
    (rules / "items.csv").write_text("id,base_unit\nMUG,piece\n", encoding="utf-8")
    (rules / "list_prices.csv").write_text("item,price\nMUG,5.00\n", encoding="utf-8")
    run(command, "check", rules, cwd=folder)
    run(command, "test", rules, cwd=folder)
    order = ("--account", "ACME", "--on", "2026-03-10", "12 piece MUG")
    total = json.loads(run(command, "quote", rules, *order, "--json", cwd=folder))["total"]
    if total != {"amount": "58.20", "currency": "EUR"}:  # 12 × 5.00 less 3%
        sys.exit(f"the installed wheel prices 12 mugs at {total}")
    return run(command, "--version", cwd=folder).strip()


def serve(programs: Path, folder: Path) -> None:
    """Runs the steps of the Containerfile bare, from the wheel: the first key, the service by its words, its check of health, its end.

    What `rebates[api]` needs comes from this environment, which `make` installed the same extras into.
    """
    text = (ROOT / "api" / "deploy" / "Containerfile").read_text("utf-8")
    entry, words, check = (
        json.loads(re.findall(rf"^{name} .*?(\[.*\])$", text, re.MULTILINE)[-1])
        for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK")
    )
    said = dict(word.split("=") for word in re.findall(r"^ENV (.*)$", text, re.MULTILINE)[-1].split())
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REBATES_")}
    environment |= said | {
        "PATH": f"{programs}:{environment['PATH']}", "PYTHONPATH": sysconfig.get_path("purelib"), "REBATES_PORT": port,
    }  # fmt: skip
    command = [str(programs / word) for word in entry]
    subprocess.run(
        [*command, "keys", "create", "first", "--all-accounts"],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    words = [word.replace("/rules", str(folder / "rules")) for word in words]
    asked = [word.replace(f":{said['REBATES_PORT']}/", f":{port}/") for word in check]
    with (folder / "served.log").open("wb") as log:
        served = subprocess.Popen([*command, *words], cwd=folder, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + 120
        try:
            while subprocess.run(asked, env=environment, capture_output=True, check=False).returncode:
                if served.poll() is not None or time.monotonic() > until:
                    sys.exit(f"the service of the wheel does not answer:\n{(folder / 'served.log').read_text('utf-8')}")
        finally:
            served.terminate()
        if (code := served.wait(60)) not in (0, -signal.SIGTERM):
            sys.exit(f"the service of the wheel ends with {code}:\n{(folder / 'served.log').read_text('utf-8')}")


def main() -> None:
    """Prints one line when all is well; otherwise ends with what failed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        wheel = build(folder)
        programs = install(wheel, folder)
        version = use(programs, folder)
        serve(programs, folder)
        print(
            f"the wheel works in an empty environment, its service as in the image: {version}, {wheel.stat().st_size // 1024} kB"
        )


if __name__ == "__main__":
    main()
