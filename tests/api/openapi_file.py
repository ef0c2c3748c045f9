"""Writes the OpenAPI of the service into the repository: `python -m tests.api.openapi_file`."""

from __future__ import annotations

import json

from rebates_api.app import fast_api
from tests.api.test_openapi import FILE

if __name__ == "__main__":
    FILE.write_text(json.dumps(fast_api().openapi(), indent=2, ensure_ascii=False) + "\n", "utf-8")
