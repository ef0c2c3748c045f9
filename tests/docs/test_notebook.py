"""The notebook runs from its first cell to its last, and its numbers are those of the demo."""

from __future__ import annotations

import json
from typing import Any

from tests.docs.pages import ROOT

NOTEBOOK = ROOT / "docs" / "notebooks" / "adventureworks.ipynb"


def test_the_cells_run_in_order_and_every_line_agrees(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(NOTEBOOK.parent)
    names: dict[str, Any] = {"__name__": "notebook"}
    for number, cell in enumerate(json.loads(NOTEBOOK.read_text("utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    assert len(names["agree"]) > 300
    assert all(names["agree"])
    out = capsys.readouterr().out
    assert "line 1" in out
    assert "18269.946" in out.replace("_", "")
    assert "274.05" in out  # 1.5% of all that reseller 164 bought in the quarter
