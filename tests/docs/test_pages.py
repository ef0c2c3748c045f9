"""Every page is run, the site builds without a warning, and links between files hold."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.pictures import pictures
from tests.docs.pages import ROOT, fits, pages, run_page


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_shows_works(page: Path, tmp_path: Path) -> None:
    assert "\n\n".join(run_page(page, tmp_path)) == ""


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert (tmp_path / "site" / "index.html").is_file()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_hold(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    broken = [t for t in targets if "://" not in t and not t.startswith("mailto:") and not (page.parent / t).exists()]
    assert broken == []


def test_every_folder_of_rules_has_its_page() -> None:
    cookbook = {page.stem: page.read_text("utf-8") for page in (ROOT / "docs" / "cookbook").glob("*.md")}
    shown = {folder for text in cookbook.values() for folder in re.findall(r"<!-- rule: (\w+)", text)}
    assert {folder.name for folder in (ROOT / "rules").iterdir()} == shown
    assert all(f"({name}.md)" in cookbook["index"] for name in cookbook if name != "index")


def test_every_agreement_of_another_trade_is_shown() -> None:
    text = (ROOT / "docs" / "cookbook" / "trades.md").read_text("utf-8")
    shown = set(re.findall(r"<!-- rule: trades/(\w+)", text))
    files = {file.stem for file in (ROOT / "rules" / "trades").glob("*.rebates")}
    assert {name for name in files if not any(name.startswith(start) for start in shown)} == set()


def test_pictures_are_those_of_the_rules_and_say_their_numbers() -> None:
    for name, picture in pictures().items():
        for theme in ("light", "dark"):
            drawn = (ROOT / "docs" / "images" / f"{name}-{theme}.svg").read_text("utf-8")
            assert html.escape(picture.alternative, quote=False) in drawn, f"python docs/pictures.py draws {name} again"
    alternatives = [
        words for page in pages() for words in re.findall(r"!\[([^]]*)\]\([^)]*images/", page.read_text("utf-8"))
    ]
    assert alternatives
    assert [words for words in alternatives if not re.search(r"\d", words)] == []


def test_the_paths_of_the_recipes_are_there() -> None:
    """A name without a folder is that of a file, and may stand in any."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`([\w./*]+(?:/|\.(?:py|md|toml|lark|json|yml)))`", text))
    there = [path for path in (ROOT / "src", ROOT / "tests", ROOT / "docs") if path.is_dir()]
    lost = [name for name in named if not any([*ROOT.glob(name), *(hit for path in there for hit in path.rglob(name))])]
    assert len(named) > 20
    assert lost == []


def test_every_decision_is_in_the_list() -> None:
    pages = {page.name for page in (ROOT / "docs" / "decisions").glob("*.md")} - {"index.md"}
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs" / "decisions" / "index.md").read_text("utf-8")))
    assert pages == listed


def test_every_room_stands_in_the_readme() -> None:
    """The picture of the house is the house."""
    rooms = {
        f"src/rebates/{path.name}" for path in (ROOT / "src" / "rebates").iterdir() if (path / "__init__.py").exists()
    }
    named = set(re.findall(r"^\| `(src/rebates/\w+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert rooms == named


def test_a_line_of_dots_stands_for_any_lines() -> None:
    assert fits("a\n…\nd", "a\nb\nc\nd")
    assert fits("a\n…\nd", "a\nd")
    assert not fits("a\n…\nd", "a\nb")
    assert not fits("a", "a\nb")
