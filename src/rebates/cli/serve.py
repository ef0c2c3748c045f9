"""`rebates serve`: the price service over HTTP. Thin over `rebates_api`, which comes with `rebates[api]`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from rebates.cli.ledgers import settings
from rebates.cli.output import bad_use, need

Store = Annotated[
    str,
    typer.Option(
        help="Where keys, versions and approvals are kept: a SQLAlchemy URL. Default: sqlite:///rebates-service.db"
    ),
]


def serve(
    rules: Annotated[Path, typer.Argument(help="A rule file or folder.")],
    host: Annotated[str, typer.Option(help="The address to listen on. Without keys only this machine's own.")] = "",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one. Default: 8000", min=-1, max=65535)] = -1,
    workers: Annotated[int, typer.Option(help="Processes that answer. Default: 1", min=0, max=64)] = 0,
    store: Store = "",
    ledger: Annotated[
        str,
        typer.Option(
            help="The ledger that facts are posted to: an SQLite file or postgresql://host/database. Default: that of rebates.toml, else none"
        ),
    ] = "",
) -> None:
    """Serve prices over HTTP, each caller those of its own accounts, while rules change.

    rebates serve rules/nusantara --port 8000 --ledger rebates.db

    Every other setting is an environment variable; docs/reference/service.md lists them. A hang-up signal reads the rules anew.
    """
    need(rules)
    api_is_there()
    ledger = ledger or os.environ.get("REBATES_LEDGER", "") or settings().get("ledger", "")
    given = {"rules": rules, "host": host, "port": port, "workers": workers, "store": store, "ledger": ledger}
    chosen = {name: value for name, value in given.items() if value not in ("", -1, 0) or (name, value) == ("port", 0)}
    from pydantic import ValidationError

    from rebates_api.server import CannotServe
    from rebates_api.server import serve as run
    from rebates_api.settings import Settings

    try:
        run(Settings(**chosen))  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise bad_use(f"a setting cannot be read: {wrong}") from None
    except (CannotServe, ValueError) as error:
        raise bad_use(str(error)) from None


def api_is_there() -> None:
    """The service is an extra; without it this is bad use."""
    from importlib.util import find_spec

    if not all(map(find_spec, ("fastapi", "uvicorn", "sqlalchemy", "jwt", "pydantic_settings"))):
        raise bad_use("the service is an extra: install `rebates[api]`")


def chosen_store(store: str) -> str:
    """The store of an option, of the environment, or the file beside."""
    from rebates_api.settings import Settings

    return store or os.environ.get("REBATES_STORE", "") or Settings().store.get_secret_value()
