"""What the page of one topic costs with 5 posts and with 5,000, wherever one enters it.

    python benchmarks/topic.py [ROUNDS]           default: 20

Two topics of one workshop in a temporary folder, on SQLite with the product's own settings, through the whole
application but not through a socket. In the long one every fifth post answers the one before it, forty people speak in
turns. Prints a Markdown table; then what it takes to merge and to split such a topic.
"""

from __future__ import annotations

import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import sqlalchemy as sa  # noqa: E402  (the source root must be on the path first)

from benchmarks.pages import measure_page  # noqa: E402
from tests.support.cast import cast_from_world  # noqa: E402
from tests.support.clients import signed_in_client  # noqa: E402
from tests.support.workshops import make_topic, make_workshop  # noqa: E402
from yanxiu.accounts import demo as accounts_demo  # noqa: E402
from yanxiu.accounts.models import User  # noqa: E402
from yanxiu.app import create_app  # noqa: E402
from yanxiu.cli import upgrade_database  # noqa: E402
from yanxiu.config import Config  # noqa: E402
from yanxiu.core.db import db  # noqa: E402
from yanxiu.core.demo import DemoWorld  # noqa: E402
from yanxiu.core.unit_of_work import unit_of_work  # noqa: E402
from yanxiu.workshops.models import Post, Topic  # noqa: E402
from yanxiu.workshops.services import relocations  # noqa: E402

FEW, MANY = 5, 5000
VOICES = 40
WORDS = "先看书上的图，再说说诸葛亮为什么敢在大雾里去借箭；我们班的孩子爱从人物的话里找证据。"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory(prefix="yanxiu-topic-") as folder:
        app = create_app(Config(instance=folder, rate_limits=False), PROPAGATE_EXCEPTIONS=True)
        world = DemoWorld()
        with app.app_context():
            upgrade_database()
            with unit_of_work():
                accounts_demo.seed(world)
                few, many = (topic_with(world, number) for number in (FEW, MANY))
            cast, engine = cast_from_world(world), db.engine
            db.session.remove()
        client = signed_in_client(app, cast.people["leader"])
        print(table(few, many, lambda url: measure_page(app, engine, client, url, rounds)))
        print(rearranging(app, world, many))


def topic_with(world: DemoWorld, number: int) -> dict[str, int]:
    leader = world.users["leader"]
    people = db.session.scalars(sa.select(User).where(User.id != leader.id).order_by(User.id).limit(VOICES)).all()
    workshop = make_workshop(leader, people, name=f"{number} 条发言")
    topic = make_topic(leader, workshop)
    db.session.flush()
    add_answers(topic, [person.id for person in people], number)
    first = db.session.scalar(sa.select(sa.func.min(Post.id)).where(Post.topic_id == topic.id)) or 0
    return {"w": workshop.id, "t": topic.id, "first": first, "number": number}


def add_answers(topic: Topic, people: list[int], number: int) -> None:
    """Rows by one statement: publishing one by one is what `burst.py` measures."""
    start = db.session.scalar(sa.select(sa.func.max(Post.id))) or 0
    rows: list[dict[str, Any]] = [
        {
            "id": start + n - 1,
            "topic_id": topic.id,
            "author_id": people[n % len(people)],
            "number": n,
            "parent_id": start + n - 2 if n % 5 == 0 else None,
            "html": f"<p>{n}：{WORDS}</p>",
            "text": f"{n}：{WORDS}",
            "client_uuid": str(uuid.uuid4()),
        }
        for n in range(2, number + 1)
    ]
    db.session.execute(sa.insert(Post), rows)
    counted = {"last_number": number, "replies_count": number - 1}
    db.session.execute(sa.update(Topic).where(Topic.id == topic.id).values(**counted))


ENTRIES: tuple[tuple[str, Callable[[dict[str, int]], str]], ...] = (
    ("the beginning", lambda t: ""),
    ("the middle", lambda t: f"?at={t['first'] + t['number'] // 2}"),
    ("the last post", lambda t: f"?at={t['first'] + t['number'] - 1}"),
    ("first unread", lambda t: "?at=unread"),
    ("newest first", lambda t: "?order=newest"),
    ("整理话题", lambda t: "/arrangement"),
    ("news, nothing new", lambda t: "/posts?since=999999999"),
)


def table(few: dict[str, int], many: dict[str, int], measure: Callable[[str], dict[str, float]]) -> str:
    lines = [
        f"| entered at | {FEW} posts p50 / p95 ms | {MANY} posts p50 / p95 ms | queries | HTML KB gz |",
        "|---|---|---|---|---|",
    ]
    for label, tail in ENTRIES:
        a, b = (measure(f"/workshops/{t['w']}/topics/{t['t']}{tail(t)}") for t in (few, many))
        times = f"{a['p50']:.0f} / {a['p95']:.0f} | {b['p50']:.0f} / {b['p95']:.0f}"
        costs = f"{a['queries']:.0f} / {b['queries']:.0f} | {a['html_kb']:.1f} / {b['html_kb']:.1f}"
        lines.append(f"| {label} | {times} | {costs} |")
    return "\n".join(lines)


def rearranging(app: Any, world: DemoWorld, many: dict[str, int]) -> str:
    """Split the second half off, then merge it back: both renumber every post."""
    with app.app_context():
        leader, topic = db.session.get_one(User, world.users["leader"].id), db.session.get_one(Topic, many["t"])
        half = sa.select(Post.id).where(Post.topic_id == topic.id, Post.number > MANY // 2)
        chosen = set(db.session.scalars(half))
        started = time.perf_counter()
        with unit_of_work():
            made = relocations.split_topic(leader, topic, "后一半", chosen)
        split, started = time.perf_counter() - started, time.perf_counter()
        with unit_of_work():
            relocations.merge_topics(leader, topic, made)
        merged = time.perf_counter() - started
    return f"\nSplit {len(chosen)} posts off {MANY}: {split:.2f} s; merged again: {merged:.2f} s."


if __name__ == "__main__":
    main()
