"""Small files that unpack to far more: refused before the memory is taken, whatever they say of themselves."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MOST_MEGABYTES = 300
RULES = """agreement a "A" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  table prices from "prices.parquet" { item key  price money }
  price p { from table prices }
}
"""
CHECK = """
import pathlib, re, sys, rebates
codes = [one.code for one in rebates.check(sys.argv[1])]
[most] = re.findall(r"VmHWM:\\s+([0-9]+) kB", pathlib.Path("/proc/self/status").read_text())
print(*codes, int(most) // 1024)  # its own, not that of the process which started it
"""


GROUPS, ROWS, LETTERS = 5, 1_000_000, 1_000


def test_five_million_rows_of_hardly_any_bytes_take_no_memory(tmp_path: Path) -> None:
    """A tenth of the file of 5.4 MB whose 50 million rows are 50 GB of texts; that one is refused alike, and takes longer to write."""
    items = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), pa.array(["x" * LETTERS]))
    content = pa.table({"item": items, "price": pa.array([Decimal(1)] * ROWS, pa.decimal128(10, 2))})
    file = tmp_path / "prices.parquet"
    with pq.ParquetWriter(file, content.schema) as writer:
        for _ in range(GROUPS):
            writer.write_table(content)
    assert file.stat().st_size < 1_000_000
    (tmp_path / "a.rebates").write_text(RULES, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    code, megabytes = done.stdout.split()
    assert code == "R0413"
    assert int(megabytes) < MOST_MEGABYTES
