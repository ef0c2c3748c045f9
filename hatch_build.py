"""Works out the parse tables of the grammar when the package is built, also in place, so that no start has to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Tables(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files of the wheel are gathered; the tables lie beside the grammar."""
        top = Path(self.root)
        sys.path.insert(0, str(top / "src"))
        from rebates.syntax.lark_tables import ship_tables

        ship_tables(top / "grammar" / "rebates.lark", top / "grammar" / "rebates.tables")
