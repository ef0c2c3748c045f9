"""What the package is made with: its own code (bandit), known faults of what it needs (pip-audit), and their licences."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = ("", "api", "ledger", "parquet", "pdf", "xlsx", "plots", "traces")
AWAY = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|Max retries|HTTPError|ServiceError|Failed to connect|timed out|\b[45]\d\d (Client|Server) Error"
)

# with these a program under Apache-2.0 may be shipped; MPL-2.0 for what is used as it is, OFL for fonts
ALLOWED = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Python-2\.0|MPL|Mozilla Public License|Unlicense|CC0|Zlib|HPND|OFL|Public Domain)\b",
    re.IGNORECASE,
)
# a driver that is loaded as it comes, and can be exchanged by whoever installs: what the LGPL asks for
AS_IT_COMES = {"psycopg", "psycopg-binary"}
BY_HAND = {"cryptography": "Apache-2.0 OR BSD-3-Clause"}


def needed() -> dict[str, Distribution]:
    """Everything that an installation with all extras for users brings, as it is installed here."""
    found: dict[str, Distribution] = {}
    waiting = [("rebates", extra) for extra in EXTRAS]
    seen = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        try:
            here = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
        found[re.sub(r"[-_.]+", "-", here.metadata["Name"]).lower()] = here
        for text in here.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                for each in ("", *wanted.extras):
                    if (wanted.name, each) not in seen:
                        seen.add((wanted.name, each))
                        waiting.append((wanted.name, each))
    found.pop("rebates", None)
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """What a package says of its licence."""
    about: Any = package.metadata
    classifiers = [
        text.rpartition("::")[2].strip() for text in about.get_all("Classifier", []) if text.startswith("License")
    ]
    said = about.get("License-Expression") or "; ".join(classifiers) or about.get("License") or ""
    return said.splitlines()[0] if said else ""


def licences(packages: dict[str, Distribution]) -> list[str]:
    """Packages whose licence is none of those that are allowed."""
    said = {name: BY_HAND.get(name) or licence(package) for name, package in packages.items()}
    return [
        f"{name}: {text or 'says nothing'}"
        for name, text in said.items()
        if name not in AS_IT_COMES and not ALLOWED.search(text)
    ]


def audit(packages: dict[str, Distribution]) -> str:
    """`no known faults`, `not checked` where no advisory service answers, or what was found."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write("".join(f"{name}=={package.version}\n" for name, package in packages.items()))
        pinned.flush()
        command = [sys.executable, "-m", "pip_audit", "--requirement", pinned.name, "--no-deps", "--disable-pip"]
        try:
            done = subprocess.run(
                [*command, "--timeout", "10", "--progress-spinner", "off"],
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
        except subprocess.TimeoutExpired:
            return "not checked: no advisory service answers"
    if done.returncode == 0:
        return "no known faults"
    if "Found " in done.stderr or "Found " in done.stdout:
        return f"faults:\n{done.stdout}"
    if AWAY.search(done.stderr):
        return "not checked: no advisory service answers"
    return f"faults: it could not be run:\n{done.stderr[-2_000:]}"


def main() -> None:
    """Prints what was found; exit code 1 for a finding of bandit, a known fault or a licence that is not allowed."""
    bandit = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--severity-level", "medium", "src", "api"]
    failed = subprocess.run(bandit, cwd=ROOT, check=False).returncode != 0
    packages = needed()
    if others := licences(packages):
        print("\n".join(others))
        failed = True
    else:
        print(f"licences of {len(packages)} packages: all allow it")
    found = audit(packages)
    print(f"pip-audit: {found}")
    sys.exit(1 if failed or found.startswith("faults") else 0)


if __name__ == "__main__":
    main()
