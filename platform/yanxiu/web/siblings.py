"""The other server processes of this installation, reached through Redis. Without it, or while it is away, each is alone.

Nothing that may not be lost is told here: rights are asked again every minute in any case, and presence is noted again.
The library, six megabytes, is loaded where there is a Redis (`extensions` says the same to python-socketio).
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask

if TYPE_CHECKING:
    import redis

log = logging.getLogger(__name__)
CHANNEL = "yanxiu"
BEAT = "beat"
BEAT_S = 20.0
PATIENCE_S = 1.0
"""Redis answers at once or not at all; nobody's page waits for it any longer."""
REST_S = 2.0
"""So long it is left alone after a failure."""

T = TypeVar("T")


class Siblings:
    """What processes tell one another. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._redis: redis.Redis | None = None
        self._handlers: dict[str, Callable[..., None]] = {}
        self._token = secrets.token_hex(8)
        self._rests_until = 0.0

    @property
    def me(self) -> str:
        """The name of this process, also after a fork."""
        return f"{self._token}.{os.getpid()}"

    def use(self, url: str) -> None:
        """Say where Redis is; empty: there is none."""
        options = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S, "health_check_interval": 10}
        if not url:
            self._redis = None
            return
        import redis

        self._redis = redis.Redis.from_url(url, decode_responses=True, **options)

    def hear(self, what: str, handler: Callable[..., None]) -> None:
        """Call `handler` with the facts when another process tells `what`; `BEAT` comes by itself, now and then."""
        self._handlers[what] = handler

    def tell(self, what: str, **facts: Any) -> None:
        """Tell the other processes: ids, and who is where; never what people wrote."""
        message = json.dumps({"from": self.me, "what": what, "facts": facts})
        self.ask(lambda server: server.publish(CHANNEL, message))

    def ask(self, work: Callable[[redis.Redis], T]) -> T | None:
        """Do something with Redis and return what it gives; None while there is none to ask."""
        if self._redis is None or time.monotonic() < self._rests_until:
            return None
        from redis import RedisError

        try:
            return work(self._redis)
        except RedisError as error:
            self._rests_until = time.monotonic() + REST_S
            log.warning("Redis does not answer, this process goes on alone: %s", error)
            return None

    def listen(self, app: Flask) -> None:
        """Hear the others from now on, in a thread of its own; nothing to do without Redis."""
        if self._redis is not None:
            threading.Thread(target=self._listen, args=(app, self._redis), name="siblings", daemon=True).start()

    def _listen(self, app: Flask, server: redis.Redis) -> None:
        from redis import RedisError

        while True:
            try:
                self._hear_while_it_lasts(app, server)
            except RedisError:
                self._act(app, BEAT, {})
            time.sleep(PATIENCE_S)

    def _hear_while_it_lasts(self, app: Flask, server: redis.Redis) -> None:
        next_beat = 0.0
        with server.pubsub(ignore_subscribe_messages=True) as line:
            line.subscribe(CHANNEL)
            while True:
                message = line.get_message(timeout=PATIENCE_S)
                if message is not None:
                    self.take(app, message["data"])
                if time.monotonic() >= next_beat:
                    self._act(app, BEAT, {})
                    next_beat = time.monotonic() + BEAT_S

    def take(self, app: Flask, message: str) -> None:
        """Do what another process told; one's own words and those of another release are passed over."""
        told = json.loads(message)
        if told["from"] != self.me:
            self._act(app, told["what"], told["facts"])

    def _act(self, app: Flask, what: str, facts: dict[str, Any]) -> None:
        try:
            with app.app_context():
                self._handlers.get(what, _nothing)(**facts)
        except Exception:
            log.exception("could not do what another process told: %s", what)


def _nothing(**_facts: Any) -> None:
    pass


siblings = Siblings()
