"""kill -9 in the middle of writing: whatever was acknowledged is there when the server is back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.eventually import eventually
from tests.support.forked import Child
from tests.support.instance import Instance, new_instance
from tests.support.ports import free_port
from tests.support.rt_client import PlanClient

ROUNDS = 3
LINES_BEFORE_THE_KILL = 25


@contextmanager
def server(instance: Instance, port: int) -> Iterator[Child]:
    log = instance.folder / "printed"
    log.unlink(missing_ok=True)
    with instance.started("tests.support.document_server", "serve", str(port), log=log) as process:
        eventually(lambda: log.read_text() == "READY\n", 60)
        yield process


class Writer(threading.Thread):
    """Writes line after line until the line breaks; remembers what was acknowledged."""

    def __init__(self, client: PlanClient, name: str, first: int) -> None:
        super().__init__(daemon=True)
        self.client, self.label, self.at = client, name, first
        self.running = True

    def run(self) -> None:
        while self.running:
            try:
                self.client.write(f"{self.label}-{self.at}")
            except Exception:
                return
            self.at += 1
            eventually(lambda: self.client.sent - self.client.acked < 20 or not self.running, 20)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path):
    with new_instance(tmp_path / "instance") as instance:
        made = instance.python("-m", "tests.support.document_server", "setup")
        assert made.returncode == 0, made.stderr
        world = json.loads(made.stdout.splitlines()[-1])
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        acknowledged: set[str] = set()
        at = 0
        for _round in range(ROUNDS):
            with server(instance, port) as process:
                clients = [PlanClient(url, cookie, world["plan"]).connect() for cookie in world["cookies"].values()]
                for client in clients:
                    assert acknowledged <= set(client.text_lines())
                writers = [Writer(client, f"r{number}", at) for number, client in enumerate(clients)]
                for writer in writers:
                    writer.start()
                eventually(lambda c=clients: all(len(x.acknowledged) >= LINES_BEFORE_THE_KILL for x in c), 30)
                process.kill()
                for writer, client in zip(writers, clients, strict=True):
                    writer.running = False
                    acknowledged.update(client.acknowledged)
                    client.drop()
                at = max(writer.at for writer in writers) + 1
        with server(instance, port):
            last = PlanClient(url, world["cookies"]["leader"], world["plan"]).connect()
            found = set(last.text_lines())
            last.drop()
        assert len(acknowledged) >= ROUNDS * 3 * LINES_BEFORE_THE_KILL
        assert acknowledged <= found
