"""What every process that listens shares: gunicorn in threads, and how it deals with memory, bodies and its port."""

from __future__ import annotations

import ctypes
import errno
import socket

from gunicorn.app.base import BaseApplication
from gunicorn.http.unreader import SocketUnreader

from yanxiu.core.resumable.store import BLOCK

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Names of malloc.h."""
GRACE_S = 5
"""How long running requests may go on when the server is told to stop; open sockets are simply closed."""


class ThreadedServer(BaseApplication):  # type: ignore[misc]
    """One worker process with `threads` threads."""

    def __init__(self, host: str, port: int, threads: int) -> None:
        self.settings = {
            "bind": f"{host}:{port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": threads,
            "worker_connections": threads + 200,
            "timeout": 120,
            "graceful_timeout": GRACE_S,
            "keepalive": 15,
            "loglevel": "warning",
            "proc_name": "yanxiu",
            "control_socket_disable": True,
        }
        super().__init__()
        read_bodies_by_block()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)


def give_memory_back() -> None:
    """Have large arrays returned to the system when they are let go, and few heaps for the many threads (glibc only).

    A search of many documents makes and drops arrays of some hundred kilobytes: what stays of them in the heaps was 70 MiB.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    for option, value in ((M_MMAP_THRESHOLD, 128 * 1024), (M_ARENA_MAX, 2)):
        if mallopt is not None:
            mallopt(option, value)


def read_bodies_by_block() -> None:
    """Take no more of an upload from its line than is read at once.

    gunicorn takes up to a MiB and copies what is left of it at each read: two MiB an upload, and a third of the speed.
    """
    SocketUnreader.max_body_chunk = BLOCK


def is_taken(host: str, port: int) -> bool:
    """Tell whether another program listens there, so that it is said before anything is begun."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: a closed one may linger
        try:
            probe.bind(address)
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
