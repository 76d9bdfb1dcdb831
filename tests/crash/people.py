"""Three people at work on a server that dies under their hands. Each remembers what was acknowledged.

They work in threads from `resume` to `rest`; where the line breaks, or an answer does not come, they come back and go on.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import uuid
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import urljoin

import requests
import socketio.exceptions

from tests.support.eventually import eventually
from tests.support.rt_client import PlanClient

PATIENCE_S = 5
PAUSE_S = 0.05
BLOCK = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(32 * 1024))
"""One MiB; the recording that is uploaded is this, over and over."""
PIECE = 32 * 1024
LENGTH = 1024**3


class Person(ABC):
    """Works in a thread from `resume` until `rest`."""

    def __init__(self, stage: dict[str, Any], url: str) -> None:
        self.stage, self.url = stage, url
        self.http = requests.Session()
        self.http.headers.update(
            {"Cookie": stage["cookie"], "X-CSRFToken": stage["csrf"], "Accept": "application/json"}
        )
        self.resting = threading.Event()
        self.thread = threading.Thread()
        self.failure: AssertionError | None = None

    def resume(self) -> None:
        self.resting.clear()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def rest(self) -> None:
        """Stop after the present step; also the end of waiting for a dead line."""
        self.resting.set()
        self.thread.join(4 * PATIENCE_S)
        assert not self.thread.is_alive()
        if self.failure is not None:
            raise self.failure

    def _work(self) -> None:
        while not self.resting.is_set():
            try:
                self.begin()
                while not self.resting.is_set():
                    self.step()
            except (requests.RequestException, socketio.exceptions.SocketIOError, OSError):
                self.resting.wait(PAUSE_S)  # the line broke: that is what this test is about
            except AssertionError as failure:
                self.failure = failure
                return

    @abstractmethod
    def progress(self) -> int:
        """How much was acknowledged so far."""

    def begin(self) -> None:
        """Come back to a server that is a new one: the old connections are dead."""
        self.http.close()

    @abstractmethod
    def step(self) -> None:
        """Do one thing and wait until it is acknowledged."""


class Poster(Person):
    """Answers a topic; sends again, under the same number, what was not acknowledged."""

    def __init__(self, stage: dict[str, Any], url: str) -> None:
        super().__init__(stage, url)
        self.acknowledged: dict[str, str] = {}
        self.open: tuple[str, str] | None = None

    def progress(self) -> int:
        return len(self.acknowledged)

    def step(self) -> None:
        number = len(self.acknowledged)
        self.open = self.open or (str(uuid.uuid4()), f"第 {number} 条回复")
        key, text = self.open
        address = f"{self.url}/workshops/{self.stage['workshop']}/topics/{self.stage['topic']}/posts"
        answer = self.http.post(address, data={"html": text, "client_uuid": key}, timeout=PATIENCE_S)
        if answer.status_code >= 500:
            raise requests.ConnectionError(answer.status_code)
        assert answer.status_code == 200, answer.text[:300]
        self.acknowledged[key], self.open = text, None


class Writer(Person):
    """Writes in the lesson plan through the document protocol, keeping one replica over all servers."""

    def __init__(self, stage: dict[str, Any], url: str) -> None:
        super().__init__(stage, url)
        self.plan = PlanClient(url, stage["cookie"], stage["plan"])
        self.written = 0

    @property
    def acknowledged(self) -> list[str]:
        return self.plan.acknowledged

    def progress(self) -> int:
        return len(self.acknowledged)

    def begin(self) -> None:
        super().begin()
        self.plan.drop()
        self.plan.connect(PATIENCE_S)

    def step(self) -> None:
        self.written += 1
        self.plan.write(f"第 {self.written} 行")
        eventually(lambda: self.resting.is_set() or self.plan.acked == self.plan.sent, 4 * PATIENCE_S)

    def rest(self) -> None:
        super().rest()
        self.plan.drop()


class Uploader(Person):
    """Uploads a recording piece by piece, asking after each break how far the server got."""

    def __init__(self, stage: dict[str, Any], url: str) -> None:
        super().__init__(stage, url)
        self.http.headers["Tus-Resumable"] = "1.0.0"
        self.address, self.acknowledged = "", 0
        self.offset = 0

    def progress(self) -> int:
        return self.acknowledged

    @property
    def upload_id(self) -> str:
        return self.address.rsplit("/", 1)[-1]

    def begin(self) -> None:
        super().begin()
        if not self.address:
            self.create()
        answer = self.http.head(self.address, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.status_code
        self.offset = int(answer.headers["Upload-Offset"])
        assert self.offset >= self.acknowledged, "the server forgot what it had acknowledged"

    def create(self) -> None:
        pairs = {"filename": "课堂实录.mp4", "lesson": str(self.stage["lesson"])}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        headers = {"Upload-Metadata": metadata, "Upload-Length": str(LENGTH)}
        answer = self.http.post(f"{self.url}/uploads", headers=headers, timeout=PATIENCE_S)
        assert answer.status_code == 201, answer.text[:300]
        self.address = urljoin(self.url, answer.headers["Location"])

    def step(self) -> None:
        start = self.offset % len(BLOCK)
        piece = BLOCK[start : start + PIECE]
        headers = {"Upload-Offset": str(self.offset), "Content-Type": "application/offset+octet-stream"}
        answer = self.http.patch(self.address, data=piece, headers=headers, timeout=PATIENCE_S)
        if answer.status_code >= 500:
            raise requests.ConnectionError(answer.status_code)
        assert answer.status_code == 204, (answer.status_code, answer.text[:300])
        self.offset = self.acknowledged = int(answer.headers["Upload-Offset"])
