"""What holds of the repository as a whole: its furniture, its rooms, and what no file in it may say."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "api").rglob("*.py")])

TOP = {
    "mkdocs.yml",  # its tool wants it beside the folder of the pages
    "hatch_build.py",  # and this one beside the file that names it
    ".ci", ".editorconfig", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "api", "benchmarks", "docs", "grammar", "pyproject.toml", "rules", "src", "tests",
}  # fmt: skip

LONGEST = 600  # lines; 400 is where to look for a seam
LISTS = {"src/rebates/syntax/nodes.py", "src/rebates/model/nodes.py"}  # one class after another, read by looking one up

MACHINE = re.compile(
    r"(?<![\w.-])/(?:work|home|root|Users|opt|tmp)/"
    r"|[A-Z]:\\\\?Users\b"
    r"|\b(?:pypi[.]org|pythonhosted[.]org|registry[.]npmjs[.]org|conda[.]anaconda[.]org)\b"
)

FLOATS = {  # where a float may be, and why it touches no money, quantity, rate or factor
    "api/rebates_api/identity/tokens.py": "moments at which tokens expire",
    "api/rebates_api/rules/loading.py": "how long a thread may keep others waiting",
    "api/rebates_api/store/database.py": "how long to wait for the store",
    "api/rebates_api/store/versions.py": "how long to wait for another worker",
    "api/rebates_api/telemetry/metrics.py": "seconds of requests",
    "src/rebates/tools/pictures/curve.py": "places of marks in a drawing; the numbers that are read are exact text",
    "src/rebates/tools/pictures/reached.py": "places of marks in a drawing; the numbers that are read are exact text",
    "src/rebates/tools/pictures/waterfall.py": "places of bars in a drawing; the numbers that are read are exact text",
    "src/rebates/ledger/store.py": "how long to wait for another who makes the file",
    "src/rebates/syntax/repair.py": "the cost of a repair ranks guesses at a slip of the pen",
}

IMPORTED_AS = {
    "opentelemetry-exporter-otlp-proto-http": "opentelemetry",
    "opentelemetry-sdk": "opentelemetry",
    "prometheus-client": "prometheus_client",
    "pydantic-settings": "pydantic_settings",
    "pyjwt": "jwt",
    "noto-cjk-sans-otc": "noto_cjk_sans_otc",
    "vl-convert-python": "vl_convert",
}
NEVER_IMPORTED = {
    "cryptography",  # signatures for `jwt`
    "httptools",  # what uvicorn reads requests with
    "psycopg",  # called by SQLAlchemy
    "tzdata",  # read by `zoneinfo`
    "uvloop",  # taken by uvicorn where it is there
}


def ignored(name: str) -> bool:
    """Whether git leaves an entry of this name alone."""
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return name == ".git" or any(fnmatch(name, pattern.rstrip("/")) for pattern in patterns)


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file that belongs to the repository."""
    for entry in sorted(folder.iterdir()):
        if ignored(entry.name):
            continue
        if entry.is_dir():
            yield from files(entry)
        else:
            yield entry


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_top_holds_the_furniture_and_nothing_else() -> None:
    assert {entry.name for entry in ROOT.iterdir() if not ignored(entry.name)} == TOP


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # Parquet
        found += [f"{short(path)}:{number}" for number, line in enumerate(lines, 1) if MACHINE.search(line)]
    assert not found


def test_the_page_on_architecture_and_the_folders_name_the_same_rooms() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([^`|]+?)/?` \|", page, flags=re.MULTILINE))
    assert not [room for room in named if not (ROOT / room).is_dir()]
    packages = {short(path.parent) for path in (ROOT / "src" / "rebates").glob("*/__init__.py")}
    assert packages <= named


def test_no_file_is_too_long_to_read_in_one_go() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST and name not in LISTS} == {}


def has_float(node: ast.AST) -> bool:
    """Whether a float is made here, or promised by an annotation; to ask `isinstance` in order to refuse one is fine."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    if isinstance(node, ast.AnnAssign | ast.arg):
        said = node.annotation
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        said = node.returns
    else:
        return isinstance(node, ast.Constant) and isinstance(node.value, float)
    return said is not None and re.search(r"\bfloat\b", ast.unparse(said)) is not None


def test_no_float_where_amounts_are() -> None:
    trees = {short(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {name for name, tree in trees.items() if any(map(has_float, ast.walk(tree)))} == set(FLOATS)


def imported() -> set[str]:
    """The top-level names that the package imports anywhere."""
    names: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [entry for name, entries in project["optional-dependencies"].items() if name != "dev" for entry in entries]
    named = {re.split(r"[^A-Za-z0-9_-]", entry)[0] for entry in [*project["dependencies"], *extras]}
    assert {IMPORTED_AS.get(name, name) for name in named} - imported() - NEVER_IMPORTED == set()
