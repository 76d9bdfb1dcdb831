"""`yanxiu realtime`: a lean process for co-edited documents alone, beside the processes of `yanxiu serve`.

One event loop takes every message and writes every answer, without a thread for each socket, without Flask and without
Engine.IO's queues; what asks the database runs in native threads. Documents, rights and the log are those of
`lessonplans.collab`, the same as in the embedded server. Several such processes run side by side, nginx sends each
document's sockets to one of them (`deploy/nginx.conf`), and Redis tells them of one another.
"""

from __future__ import annotations

import asyncio
import gc
import signal

from flask import Flask
from sqlalchemy.orm import configure_mappers

from yanxiu.config import Config
from yanxiu.lessonplans.collab.protocol import NAMESPACE, Limits
from yanxiu.lessonplans.sockets import EXTENSION, bind_documents
from yanxiu.rehearsal import rehearse_joining
from yanxiu.web.lines.loop import BusyLoop
from yanxiu.web.lines.server import LineServer
from yanxiu.web.siblings import siblings

MAX_UNSENT = 2 * Limits.state_limit_bytes
"""Whoever comes in is sent the whole document in one message: even the fullest must find room, and what follows it."""


class RealtimeServer:
    """The document server of `app` on lines of its own."""

    def __init__(self, app: Flask) -> None:
        config: Config = app.config["YANXIU"]
        self.lines = LineServer(NAMESPACE, max_unsent=MAX_UNSENT, secure=config.secure_cookies)
        wire = bind_documents(app, self.lines, self.lines, alarm=self.lines.alarm, busy=self.lines.busy)
        self.lines.do_quickly = wire.do_quickly
        self.hub = app.extensions[EXTENSION]

    async def open(self, host: str, port: int) -> int:
        """Listen; return the port."""
        return await self.lines.open(host, port)

    async def close(self) -> None:
        """Say goodbye, write what was accepted, close every line."""
        await self.lines.close(self.hub.stop)

    async def serve(self, host: str, port: int) -> None:
        """Serve until SIGTERM or SIGINT."""
        over = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        await self.open(host, port)
        await over.wait()
        await self.close()


def run_realtime(app: Flask, host: str, port: int) -> None:
    """Run the server in this thread until the process is told to stop."""
    configure_mappers()  # now and not while somebody waits for a document
    server = RealtimeServer(app)
    siblings.listen(app)
    rehearse_joining(app)
    gc.freeze()  # what the start has made stays: looking through it again and again would cost the busy loop
    with asyncio.Runner(loop_factory=BusyLoop) as runner:
        runner.run(server.serve(host, port))
