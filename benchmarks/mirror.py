"""How long 提交前看看 takes among many texts, and how much of what was copied it finds.

    python benchmarks/mirror.py [TEXTS]          default: 100000

Makes so many texts of Chinese sentences in a database in a temporary folder (SQLite with the product's settings), signs
them, plants near-copies of some of them, and asks for each what it is close to. Prints Markdown tables.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy import text as sql

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from tests.support.workshops import make_topic, make_workshop  # noqa: E402
from yanxiu.accounts import demo as accounts_demo  # noqa: E402
from yanxiu.app import create_app  # noqa: E402
from yanxiu.cli import upgrade_database  # noqa: E402
from yanxiu.config import Config  # noqa: E402
from yanxiu.core.clock import now  # noqa: E402
from yanxiu.core.db import db  # noqa: E402
from yanxiu.core.demo import DemoWorld  # noqa: E402
from yanxiu.core.signatures import band_keys  # noqa: E402
from yanxiu.core.unit_of_work import unit_of_work  # noqa: E402
from yanxiu.workshops.models import Post, TextBand, TextSignature  # noqa: E402
from yanxiu.workshops.services.mirror import Asked, nearest  # noqa: E402

ASKED = 100
AT_ONCE = 2000
WORDS = 3000
"""Two-character words of which the sentences are made, the frequent ones first: the n-th is 1/n as frequent (Zipf)."""
KINDS = (
    "copied whole",
    "3 % of characters changed",
    "8 % changed",
    "half copied, half new",
    "one in four sentences",
    "new",
)


class Writer:
    """Writes sentences that repeat one another as much as talk does: words by Zipf's law, never a sentence twice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        letters = [chr(number) for number in range(0x4E00, 0x4E00 + 2500)]
        self.words = ["".join(self.rng.sample(letters, 2)) for _ in range(WORDS)]
        self.weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def sentences(self, number: int) -> list[str]:
        """Return so many sentences of 8 to 24 characters."""
        lengths = [self.rng.randint(4, 12) for _ in range(number)]
        words = self.rng.choices(self.words, cum_weights=self.weights, k=sum(lengths))
        return ["".join(words.pop() for _ in range(length)) + "。" for length in lengths]

    def changed(self, text: str, share: float) -> str:
        """Return the text with so many of its characters replaced."""
        return "".join(self.rng.choice("甲乙丙丁戊己庚辛") if self.rng.random() < share else one for one in text)

    def planted(self, kind: str, source: list[str]) -> str:
        """Return a text that was made of another one in one of the ways."""
        text = "".join(source)
        if kind == "copied whole":
            return text
        if "changed" in kind:
            return self.changed(text, 0.03 if kind.startswith("3") else 0.08)
        fresh = self.sentences(len(source))
        if kind.startswith("half"):
            return "".join(source[: len(source) // 2] + fresh[: len(source) // 2])
        if kind.startswith("one in four"):
            return "".join(source[n] if n % 4 == 0 else fresh[n] for n in range(len(source)))
        return "".join(fresh)


@dataclass
class Stage:
    """Where the texts are: a workshop's topic, its author, and the ids of the posts in the order they were made."""

    workshop_id: int
    organization_id: int
    topic_id: int
    author_id: int
    seconds: float = 0.0


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="yanxiu-mirror-") as folder:
        app = create_app(Config(instance=folder, rate_limits=False))
        with app.app_context():
            upgrade_database()
            measure(number)


def measure(number: int) -> None:
    writer = Writer(1997)
    texts = [writer.sentences(writer.rng.randint(4, 24)) for _ in range(number)]
    stage = prepare()
    fill(stage, texts)
    average = statistics.mean(len("".join(text)) for text in texts)
    size = db.session.scalar(sql("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
    bands = db.session.scalar(sql("SELECT count(*) FROM text_band"))
    print(
        f"{number} texts of {average:.0f} characters on average; signed in {stage.seconds:.0f} s "
        f"({stage.seconds / number * 1000:.1f} ms each), {bands} bands, database {size / 1e6:.0f} MB\n"
    )
    print("| what is asked about | source found | percent told, median | p50 ms | p95 ms | slowest ms | processor ms |")
    print("|---|---|---|---|---|---|---|")
    ask(stage, writer, texts, KINDS[0], 3)
    for kind in KINDS:
        print(ask(stage, writer, texts, kind, ASKED), flush=True)


def prepare() -> Stage:
    world = DemoWorld(small=True)
    with unit_of_work():
        accounts_demo.seed(world)
        leader = world.users["leader"]
        workshop = make_workshop(leader, [world.users["teacher"]])
        topic = make_topic(leader, workshop)
        return Stage(workshop.id, workshop.organization_id, topic.id, leader.id)


def fill(stage: Stage, texts: list[list[str]]) -> None:
    """Write the posts and their signatures, some at a time; only the signing is timed."""
    for start in range(0, len(texts), AT_ONCE):
        some = ["".join(text) for text in texts[start : start + AT_ONCE]]
        begun = time.perf_counter()
        keys = [band_keys(text) for text in some]
        stage.seconds += time.perf_counter() - begun
        with unit_of_work():
            posts = db.session.scalars(
                insert(Post).returning(Post.id, sort_by_parameter_order=True),
                [_post(stage, start + n + 2, text) for n, text in enumerate(some)],
            ).all()
            rows = [_signature(stage, post_id) for post_id in posts]
            ids = db.session.scalars(
                insert(TextSignature).returning(TextSignature.id, sort_by_parameter_order=True), rows
            ).all()
            bands = [
                {"key": key, "text_id": text_id} for text_id, found in zip(ids, keys, strict=True) for key in found
            ]
            db.session.execute(insert(TextBand), bands)


def _post(stage: Stage, number: int, text: str) -> dict[str, Any]:
    said = {"html": f"<p>{text}</p>", "text": text, "client_uuid": str(uuid.uuid4())}
    return said | {"topic_id": stage.topic_id, "author_id": stage.author_id, "number": number, "created_at": now()}


def _signature(stage: Stage, post_id: int) -> dict[str, Any]:
    whose = {"workshop_id": stage.workshop_id, "author_id": stage.author_id, "made_at": now()}
    return whose | {"kind": "post", "object_id": post_id}


def ask(stage: Stage, writer: Writer, texts: list[list[str]], kind: str, times: int) -> str:
    """Ask about so many planted texts; one counts as found when its source is the closest."""
    took, told, used = [], [], time.process_time()
    for _ in range(times):
        source = writer.rng.choice(texts)
        planted = writer.planted(kind, source)
        begun = time.perf_counter()
        found = nearest(Asked(planted), stage.organization_id)
        took.append((time.perf_counter() - begun) * 1000)
        if found and found[0].said.text == "".join(source):
            told.append(found[0].percent)
        db.session.rollback()
    cpu = (time.process_time() - used) / times * 1000
    took.sort()
    share = "—" if kind == "new" else f"{len(told) / times:.0%}"
    percent = f"{statistics.median(told):.0f} %" if told else "—"
    slow = f"{took[times // 2]:.0f} | {took[int(times * 0.95) - 1]:.0f} | {took[-1]:.0f}"
    return f"| {kind} | {share} | {percent} | {slow} | {cpu:.0f} |"


if __name__ == "__main__":
    main()
