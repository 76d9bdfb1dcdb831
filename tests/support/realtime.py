"""`yanxiu realtime` in a thread of the test process, with the test's application and database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from yanxiu.realtime import RealtimeServer
from yanxiu.web.siblings import siblings


class RealtimeThread:
    """A server on a free port; `hear` is what it would do on a word of another process."""

    def __init__(self, app: Flask) -> None:
        self.server = RealtimeServer(app)
        words = ("documents_grew", "look_again_at_documents")
        self.hears: dict[str, Callable[..., None]] = {word: siblings._handlers[word] for word in words}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port: int = self._do(self.server.open("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    def stop(self) -> None:
        self._do(self.server.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
