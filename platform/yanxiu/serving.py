"""The embedded server: one gunicorn process with threads, WebSockets included, and the worker beside it."""

from __future__ import annotations

import gc
import logging
import os
import resource
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask
from sqlalchemy.orm import configure_mappers

from yanxiu.app import create_app
from yanxiu.core.tether import die_with
from yanxiu.listening import ThreadedServer, give_memory_back
from yanxiu.rehearsal import rehearse
from yanxiu.search.engines.chosen import NOT_SHARED
from yanxiu.web.live import RECHECK_S, make_rounds, recheck_own_rooms
from yanxiu.web.siblings import siblings
from yanxiu.web.switchboard import MOST_LINES, SPARE_FILES

log = logging.getLogger(__name__)


class EmbeddedServer(ThreadedServer):
    """The whole application; an open WebSocket holds a thread only where it began by long polling."""

    def __init__(self, host: str, port: int, threads: int) -> None:
        super().__init__(host, port, threads)
        allow_many_sockets()

    def load(self) -> Flask:
        give_memory_back()
        app = create_app()
        configure_mappers()  # now and not while somebody waits for the first page
        threading.Thread(target=watch_rooms, args=(app,), daemon=True).start()
        siblings.listen(app)
        if app.config["YANXIU"].index_is_not_shared:
            log.warning("%s", NOT_SHARED)
        rehearse(app)
        gc.freeze()  # what the start has made stays: looking through it again and again would cost somebody's page
        return app


def allow_many_sockets() -> None:
    """Let this process open as many files as the switchboard has lines, and some more; usual systems allow 1,024 at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_LINES + SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def done_apart(task: Callable[[], None]) -> None:
    """Do it in a process that ends with it, and with this one; SystemExit if it fails, which that process has told of.

    The server's processes are copies of the one that starts them: what it once loaded for a migration, 30 MiB, they would
    hold for as long as they run. To be called before there are threads or connections.
    """
    parent, child = os.getpid(), os.fork()
    if child == 0:
        _end_after(parent, task)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit(1)


def _end_after(parent: int, task: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        die_with(parent)
        task()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def watch_rooms(app: Flask) -> None:
    """Ask every minute whether those in live rooms may still be there; a round that fails is followed by the next."""
    pause = threading.Event()
    while not pause.wait(RECHECK_S):
        check_rooms_once(app)


def check_rooms_once(app: Flask) -> None:
    """Ask now; trouble is logged, for whoever calls has to go on."""
    try:
        with app.app_context():
            recheck_own_rooms()
            make_rounds()
    except Exception:
        log.exception("could not ask whether those in live rooms may still be there")


def start_worker() -> subprocess.Popen[Any]:
    """Start `yanxiu worker` beside this process, kept running by `yanxiu.keeper`; both end when this process does."""
    worker = [sys.executable, "-m", "yanxiu", "worker"]
    return subprocess.Popen([sys.executable, "-m", "yanxiu.keeper", str(os.getpid()), *worker])
