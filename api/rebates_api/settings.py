"""Every setting of the service, with its meaning. Read from the environment (`REBATES_…`), from `.env`, or given by `rebates serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "REBATES_"


class Settings(BaseSettings):
    """How the service runs. Durations are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    rules: Annotated[Path, Field(description="the rule file or folder that is served")] = Path("rules")
    store: Annotated[
        SecretStr,
        Field(
            description="where keys, versions, approvals and idempotency keys are kept: a SQLAlchemy URL; several machines share one in PostgreSQL"
        ),
    ] = SecretStr("sqlite:///rebates-service.db")
    ledger: Annotated[
        SecretStr,
        Field(
            description="the ledger of facts and settlements: an SQLite file or `postgresql://host/database`; empty keeps none. Needs `rebates[ledger]`"
        ),
    ] = SecretStr("")
    host: Annotated[
        str, Field(description="the address to listen on; without keys only a loopback address is allowed")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="the port; 0 takes a free one")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="processes that answer")] = 1

    # --- what is accepted
    body_bytes: Annotated[int, Field(ge=1_000, description="the largest body of one order or of rule text")] = 4_194_304
    batch_bytes: Annotated[int, Field(ge=1_000, description="the largest body of a batch")] = 33_554_432
    order_lines: Annotated[int, Field(ge=1, le=10_000, description="the most lines of an order")] = 5_000
    batch_orders: Annotated[int, Field(ge=1, le=10_000, description="the most orders of a batch")] = 1_000
    body_seconds: Annotated[int, Field(ge=1, description="how long a body may take to arrive")] = 20
    head_seconds: Annotated[int, Field(ge=1, description="how long the head of a request may take to arrive")] = 20
    work_seconds: Annotated[int, Field(ge=1, description="how long one quote may take to be worked out")] = 10
    ledger_seconds: Annotated[
        int, Field(ge=1, description="how long a request waits for what is worked out in the ledger")
    ] = 60
    busy_threads: Annotated[
        int, Field(ge=1, le=64, description="long answers that one worker works out beside each other")
    ] = 4

    # --- how much
    lines_per_minute: Annotated[
        int,
        Field(
            ge=0,
            le=100_000_000,
            description="lines that one key may have priced in a minute, over all workers of a machine; 0 sets no limit",
        ),
    ] = 600_000
    burst_lines: Annotated[
        int, Field(ge=1, le=100_000_000, description="lines that one key may have priced at once")
    ] = 100_000

    # --- who
    refresh_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=60,
            description="how often a worker looks for new keys, revoked keys and a new version of the rules",
        ),
    ] = 1
    jwks: Annotated[
        str, Field(description="the keys of bearer tokens: a file, or an https URL; empty takes no bearer tokens")
    ] = ""
    issuer: Annotated[str, Field(description="the issuer that bearer tokens must name")] = ""
    audience: Annotated[str, Field(description="the audience that bearer tokens must name")] = ""
    metrics_public: Annotated[
        bool, Field(description="whether `/metrics` is told without a key; it holds no account and no price")
    ] = False

    # --- rules
    watch: Annotated[bool, Field(description="whether the rule files are watched, and read anew when they change")] = (
        True
    )
    kept_versions: Annotated[
        int, Field(ge=1, le=100, description="versions of the rules that stay loaded, for `?rules=VERSION`")
    ] = 3
    archived_versions: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            description="versions whose sources the store keeps, for `?rules=VERSION` and other machines",
        ),
    ] = 200
    approval_days: Annotated[int, Field(ge=1, le=3_650, description="days that a quote waits for its approval")] = 30

    # --- what it tells
    log_requests: Annotated[bool, Field(description="whether each request is one line of the log")] = True
    log_level: Annotated[
        str, Field(pattern="^(debug|info|warning|error)$", description="the least level that is logged")
    ] = "info"
    traces: Annotated[
        str,
        Field(
            description="where spans are sent: an OTLP address, or `console`; empty makes none. Needs `rebates[traces]`"
        ),
    ] = ""
    shutdown_seconds: Annotated[int, Field(ge=1, description="how long running requests may still take at the end")] = (
        20
    )

    def to_environment(self) -> None:
        """Leaves these settings to the worker processes."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            os.environ[PREFIX + name.upper()] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def settings_table() -> str:
    """The settings for the documentation."""
    rows = ["| setting | meaning | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        rows.append(
            f"| `{PREFIX}{name.upper()}` | {field.description} | `{default}` |"
            if str(default)
            else f"| `{PREFIX}{name.upper()}` | {field.description} | |"
        )
    return "\n".join(rows)
