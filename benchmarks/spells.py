"""Ten editors in one plan, each without a line for 30 seconds in every 3 minutes, for 20 minutes: is anything lost?

    python benchmarks/spells.py [--editors 10] [--minutes 20] [--faster 1]

Starts the real server. Each editor is a replica with a socket of its own that writes on while its line is gone and sends
what the server lacks when it is back. `--faster 10` makes everything ten times shorter, the pauses between two edits too:
the clock of the server cannot be turned, so a faster run is a denser one. Ends with 1 if a character is missing anywhere.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from under_test import environment_of, serving, staged

from tests.support.eventually import eventually
from tests.support.rt_client import PlanClient, append_line
from tests.support.sockets import hang_up_at_once

PERIOD_S, AWAY_S, PAUSE_S = 180.0, 30.0, 1.5
HAN = "草船借箭诸葛亮周瑜鲁肃曹操大雾江面擂鼓呐喊教学目标重难点板书"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editors", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--faster", type=float, default=1)
    chosen = parser.parse_args()
    hang_up_at_once()
    with tempfile.TemporaryDirectory(prefix="yanxiu-spells-") as folder:
        environment = environment_of(Path(folder))
        stage = staged(environment, chosen.editors)
        with serving(environment) as server:
            started = server.cpu_s()
            editors = [
                Editor(PlanClient(server.url, cookie, stage["plan"]), number, chosen.faster)
                for number, cookie in enumerate(stage["cookies"])
            ]
            write_together(editors, chosen.minutes * 60 / chosen.faster)
            return report(editors, server.cpu_s() - started)


@dataclass
class Editor:
    """One teacher: writes every second or so, is now and then without a line."""

    client: PlanClient
    number: int
    faster: float
    words: list[str] = field(default_factory=list)
    offline: int = 0
    spells: int = 0
    waits: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def run(self, seconds: float, editors: int) -> None:
        chance = random.Random(self.number)
        started = time.monotonic()
        period, away = PERIOD_S / self.faster, AWAY_S / self.faster
        shift = period * self.number / editors
        self.client.connect()
        while (passed := time.monotonic() - started) < seconds:
            gone = (passed + shift) % period < away
            try:
                self._keep_line(gone)
                self._write(chance)
            except Exception as error:  # a line that breaks by itself is one more spell
                self.trouble.append(repr(error))
                self.client.drop()
            time.sleep(chance.uniform(0.5, 1.5) * PAUSE_S / self.faster)

    def _keep_line(self, gone: bool) -> None:
        if gone and self.client.handle is not None:
            self.client.drop()
            self.spells += 1
        elif not gone and self.client.handle is None:
            started = time.monotonic()
            self.client.connect()
            self.client.until_saved(60)
            self.waits.append(time.monotonic() - started)

    def _write(self, chance: random.Random) -> None:
        """A line of one's own, or something at the end of anybody's line; each with a number of its own."""
        word = f"〔{self.number}·{len(self.words)}{''.join(chance.choices(HAN, k=3))}〕"
        client = self.client
        with client._lock:
            before = client.doc.get_state()
            lines = paragraphs(client.doc)
            if lines and chance.random() < 0.6:
                text = chance.choice(lines)
                text.insert(len(text), word)
            else:
                append_line(client.doc, word)
            update = client.doc.get_update(before)
        self.words.append(word)
        self.offline += client.handle is None
        if client.handle is not None:
            client.send(update, word)


def paragraphs(doc: Any) -> list[Any]:
    from tests.support.pen import texts_of

    return [text for text in texts_of(doc) if "〔" in "".join(part for part, _marks in text.diff())]


def write_together(editors: list[Editor], seconds: float) -> None:
    threads = [threading.Thread(target=each.run, args=(seconds, len(editors))) for each in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in editors:  # everybody has a line again
        if each.client.handle is None:
            each.client.connect()
    for each in editors:
        each.client.until_saved(60)
    eventually(lambda: len({text_of(each.client) for each in editors}) == 1, 60)


def text_of(client: PlanClient) -> str:
    return "\n".join(client.text_lines())


def report(editors: list[Editor], cpu: float) -> int:
    fresh = PlanClient(editors[0].client.url, editors[0].client.cookie, editors[0].client.plan_id).connect()
    texts = [text_of(each.client) for each in editors] + [text_of(fresh)]
    words = [word for each in editors for word in each.words]
    missing = sum(len(word) for text in texts for word in words if text.count(word) != 1)
    waits = sorted(wait for each in editors for wait in each.waits)
    print(
        f"editors {len(editors)}, edits {len(words)} of {sum(map(len, words))} characters, without a line {sum(e.offline for e in editors)}"
    )
    print(
        f"spells {sum(e.spells for e in editors)}, lines that broke by themselves {sum(len(e.trouble) for e in editors)}"
    )
    print(
        f"back and all saved: median {waits[len(waits) // 2]:.2f} s, slowest {waits[-1]:.2f} s; server {cpu:.1f} s of CPU"
    )
    print(f"replicas and a fresh reader that differ: {len(set(texts)) - 1}; characters missing or doubled: {missing}")
    for each in [*(each.client for each in editors), fresh]:
        each.drop()
    return int(missing > 0 or len(set(texts)) > 1)


if __name__ == "__main__":
    sys.exit(main())
