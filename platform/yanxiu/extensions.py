"""Flask extensions, made once and bound to the application by `create_app`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from yanxiu.core.db import db
from yanxiu.guards import csrf


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Have libraries imported as where these modules are not installed, if nobody has loaded them yet."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: an import says there is no such module
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


UNUSED = ("requests", "websocket") if os.environ.get("YANXIU_REDIS_URL") else ("requests", "websocket", "redis")
"""Eleven megabytes that python-socketio takes where they are installed; the first two are for clients, this is a server."""

with absent(*UNUSED):
    from flask_socketio import SocketIO

__all__ = ["compress", "csrf", "db", "limiter", "socketio"]

compress = Compress()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
socketio = SocketIO()
