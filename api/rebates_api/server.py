"""The service as processes: uvicorn, its workers, its signals, and what is said at the start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from rebates_api.app import create_app
from rebates_api.rules.loading import RulesBroken
from rebates_api.service import LOOPBACK, Service
from rebates_api.settings import Settings
from rebates_api.store.database import Database, StoreAway, WrongStore
from rebates_api.store.keys import Keys
from rebates_api.telemetry.logs import log, set_up
from rebates_api.telemetry.metrics import SHARED

BACKLOG = 2_048
KEEP_ALIVE_S = 15
PATIENCE_S = 60  # a worker that does not answer the first process for longer is replaced


class CannotServe(Exception):
    """Why the service does not start; its text is for people."""


class HastyProtocol(HttpToolsProtocol):
    """Closes connections whose head does not arrive in time. One that comes in one piece, as most do, needs no clock."""

    head_seconds = 20
    _clock: asyncio.TimerHandle | None = None
    _awaits_head = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._clock = self.loop.call_later(self.head_seconds, self._late)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._awaits_head and self._clock is None:
            self._clock = self.loop.call_later(self.head_seconds, self._late)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._awaits_head = True
        self._stop()  # it starts anew, if the head is not whole

    def on_headers_complete(self) -> None:
        self._awaits_head = False
        self._stop()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _late(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class Workers(Multiprocess):
    """Several workers; a reload is told to each of them, and one that dies is replaced at once."""

    def keep_subprocess_alive(self) -> None:
        """Lets go of the workers' ends of their pipes: else one that dies while it is asked looks alive until the time is over."""
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()

    def handle_hup(self) -> None:
        for process in self.processes:
            if process.pid is not None:
                os.kill(process.pid, signal.SIGHUP)


def worker() -> ASGIApp:
    """One worker's application; its settings are in the environment."""
    settings = Settings()
    set_up(settings.log_level)
    service = Service(settings, os.getppid() if settings.workers > 1 else None)
    try:
        service.open()
    except (RulesBroken, StoreAway, WrongStore) as error:
        log.error("cannot start", reason=str(error))
        raise SystemExit(1) from None
    app = create_app(service)

    async def started(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":  # the loop runs: a signal reloads the rules
            loop = asyncio.get_running_loop()
            tasks: set[asyncio.Task[None]] = set()

            def reload() -> None:
                task = loop.create_task(service.reload(force=True))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

            if hasattr(signal, "SIGHUP"):
                loop.add_signal_handler(signal.SIGHUP, reload)
        await app(scope, receive, send)

    return started


def serve(settings: Settings) -> None:
    """Runs the service until it is told to end. Raises CannotServe."""
    has_keys = _first_look(settings)
    if not has_keys and not settings.jwks and settings.host not in LOOPBACK:
        raise CannotServe(
            f"there are no keys, and without them the service answers this machine alone, not `{settings.host}`; "
            "make one with `rebates keys create`, or listen on 127.0.0.1"
        )
    set_up(settings.log_level)
    listening = _listen(settings)
    port = listening.getsockname()[1]
    settings = settings.model_copy(update={"port": port})
    settings.to_environment()
    shared = None
    if settings.workers > 1:
        shared = tempfile.TemporaryDirectory(prefix="rebates-workers-")
        os.environ[SHARED] = shared.name
    HastyProtocol.head_seconds = settings.head_seconds
    config = uvicorn.Config(
        "rebates_api.server:worker",
        factory=True,
        workers=settings.workers,
        http=HastyProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_worker_healthcheck=PATIENCE_S,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        backlog=BACKLOG,
        ws="none",
        lifespan="on",
        proxy_headers=False,
    )
    log.info(
        "listening", host=settings.host, port=port, workers=settings.workers, keys="with keys" if has_keys else None
    )
    if not has_keys and not settings.jwks:
        log.warning(
            "no keys",
            action="only this machine is served, and everything on it may do everything; see `rebates keys create`",
        )
    try:
        if settings.workers > 1:
            Workers(config, [listening]).run()
        else:
            uvicorn.Server(config).run([listening])
    finally:
        listening.close()
        if shared is not None:
            shared.cleanup()


def _first_look(settings: Settings) -> bool:
    """Whether there are keys; the store is made if it is not there."""
    if not settings.rules.exists():
        raise CannotServe(f"there is no file or folder `{settings.rules}`")
    try:
        database = Database(settings.store.get_secret_value())
        database.prepare()
        found = bool(Keys(database).entries())
        database.close()
    except (StoreAway, WrongStore) as error:
        raise CannotServe(f"the store cannot be opened: {error}") from None
    if settings.ledger.get_secret_value():
        _open_ledger(settings.ledger.get_secret_value())
    return found


def _open_ledger(url: str) -> None:
    """Opens the ledger once, which makes it or brings it up to date. Raises CannotServe."""
    try:
        from rebates.ledger.errors import LedgerError
        from rebates.ledger.ledger import Ledger
    except ModuleNotFoundError as missing:
        raise CannotServe(f"a ledger needs `{missing.name}`: pip install 'rebates[ledger]'") from None
    try:
        Ledger.open(url).close()
    except LedgerError as error:
        raise CannotServe(f"the ledger cannot be opened: {error}") from None


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        raise CannotServe(f"port {settings.port} of `{settings.host}` cannot be had: {error.strerror}") from None
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening
