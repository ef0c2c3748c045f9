"""Builds the wheel, installs it into an empty environment outside the checkout, and uses it there."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
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


def run(*command: object, cwd: Path) -> str:
    """The output of a command; fails loudly."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
        (wheel,) = folder.glob("*.whl")
        content = zipfile.ZipFile(wheel).namelist()
        for wanted in ("rebates/py.typed", "rebates/grammar/rebates.lark", "rebates/cli/__init__.py", "rebates_api/py.typed"):
            if wanted not in content:
                sys.exit(f"the wheel lacks {wanted}")
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
        rules = folder / "rules"
        rules.mkdir()
        (rules / "shop.rebates").write_text(RULES, encoding="utf-8")
        (rules / "items.csv").write_text("id,base_unit\nMUG,piece\n", encoding="utf-8")
        (rules / "list_prices.csv").write_text("item,price\nMUG,5.00\n", encoding="utf-8")
        command = folder / "env" / "bin" / "rebates"
        version = run(command, "--version", cwd=folder).strip()
        run(command, "check", rules, cwd=folder)
        run(command, "test", rules, cwd=folder)
        quoted = run(command, "quote", rules, "--account", "ACME", "--on", "2026-03-10", "--json", "12 piece MUG", cwd=folder)
        total = json.loads(quoted)["total"]
        if total != {"amount": "58.20", "currency": "EUR"}:
            sys.exit(f"the installed wheel prices 12 mugs at {total}")
        print(f"the wheel works in an empty environment: {version}, {wheel.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
