"""How long the library takes to count what its filters offer, with many resources.

    python benchmarks/library.py [SIZE] [ROUNDS]

SIZE (100000 by default) made-up resources are added to the demo county, spread over subjects, grades, words of the
standards, levels, origins and ways of sharing. Counting, and the page through the whole application but not through a
socket, are measured on SQLite with the product's own settings, or on the empty database that YANXIU_DATABASE_URL
names. Prints Markdown.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
os.environ.setdefault("YANXIU_INSTANCE", tempfile.mkdtemp(prefix="yanxiu-library-"))

import sqlalchemy as sa  # noqa: E402  (the source root must be on the path first)

from benchmarks.county import Copier, ago  # noqa: E402
from tests.support.cast import cast_from_world  # noqa: E402
from tests.support.clients import signed_in_client  # noqa: E402
from yanxiu.accounts.catalog import GRADES  # noqa: E402
from yanxiu.accounts.queries import viewer_of  # noqa: E402
from yanxiu.app import create_app  # noqa: E402
from yanxiu.cli import upgrade_database  # noqa: E402
from yanxiu.core.db import db  # noqa: E402
from yanxiu.core.demo import DemoWorld  # noqa: E402
from yanxiu.core.unit_of_work import unit_of_work  # noqa: E402
from yanxiu.demo_county import seed_demo  # noqa: E402
from yanxiu.resources.queries import LibraryFilter  # noqa: E402
from yanxiu.resources.queries.counting import facet_counts  # noqa: E402
from yanxiu.resources.standards import shipped_standards  # noqa: E402
from yanxiu.workshops.queries import visible_workshop_ids  # noqa: E402

SUBJECTS = ("语文", "语文", "数学", "数学", "英语", "科学", "音乐", "美术", "体育与健康", "道德与法治")
SHARED = (*["county"] * 7, *["school"] * 2, "private", "workshop")
ASKED = (
    LibraryFilter(),
    LibraryFilter(subject="语文"),
    LibraryFilter(subject="语文", grade="五年级"),
    LibraryFilter(subject="数学", kind="plan", grading="county"),
    LibraryFilter(subject="语文", literacy="文化自信"),
    LibraryFilter(mine="uploads"),
)


def add_resources(size: int) -> None:
    """Copy a resource of the demo over and over, each with other words."""
    copier = Copier(None)  # type: ignore[arg-type]
    pattern, rng = copier.one("resource", visibility="county"), random.Random(size)
    people = db.session.execute(sa.text('SELECT id FROM "user" ORDER BY id')).scalars().all()
    schools = db.session.execute(sa.text("SELECT id FROM organization ORDER BY id")).scalars().all()
    workshops = db.session.execute(sa.text("SELECT id FROM workshop ORDER BY id")).scalars().all()
    standards = shipped_standards()

    def differing(i: int, _key: int) -> dict[str, Any]:
        subject, shared = rng.choice(SUBJECTS), rng.choice(SHARED)
        standard = standards[subject]
        said = rng.sample(standard.literacies, min(rng.randint(0, 3), len(standard.literacies)))
        return {
            "title": f"资源{i}", "summary": "教学目标与过程。" * 30, "owner_id": rng.choice(people),
            "visibility": shared, "subject": subject, "grade": rng.choice(GRADES), "literacies": "、".join(said),
            "theme": rng.choice(("", *standard.themes)), "grading": rng.choice(("", "", "school", "county", "fine")),
            "school_id": rng.choice(schools), "kind": rng.choice(("plan", "slides", "test", "reflection")),
            "workshop_id": rng.choice(workshops) if shared == "workshop" else None, "plan_id": None,
            "created_at": ago(pattern["created_at"], i + 60), "current_file_id": None, "textbook_id": None,
        }  # fmt: skip

    copier.copies("resource", pattern, size, differing)


def timed(what: Callable[[], object], rounds: int) -> str:
    """Some rounds after one that is not counted, in milliseconds: the middle and the slowest as they passed, and the middle
    of the processor time, which compares better on a machine that others use.
    """
    what()
    passed, used = [], []
    for _ in range(rounds):
        begun, busy = time.perf_counter(), time.process_time()
        what()
        passed.append((time.perf_counter() - begun) * 1000)
        used.append((time.process_time() - busy) * 1000)
    return f"{statistics.median(passed):.1f} / {max(passed):.1f} | {statistics.median(used):.1f}"


def main(size: int = 100_000, rounds: int = 15) -> None:
    """Build, measure, print."""
    app, world = create_app(), DemoWorld()
    with app.app_context():
        upgrade_database()
        with unit_of_work():
            seed_demo(world)
        with unit_of_work():
            add_resources(size)
        with unit_of_work():
            db.session.execute(sa.text("ANALYZE"))
        cast = cast_from_world(world)
        db.session.remove()
        viewer = viewer_of(cast.user("teacher"))
        known = visible_workshop_ids(viewer)
        print(
            f"| {size} resources, {db.engine.dialect.name}, load average {os.getloadavg()[0]:.1f} | ms, middle / slowest |"
        )
        print("| --- | --- | --- |")
        for wanted in ASKED:
            said = "、".join(value for value in vars(wanted).values() if value and value != "newest") or "all"
            print(f"| counts: {said} | {timed(lambda wanted=wanted: facet_counts(viewer, known, wanted), rounds)} |")
        db.session.remove()
    client = signed_in_client(app, cast.teacher)
    for address in (
        "/resources",
        "/resources?subject=语文",
        "/resources?subject=语文&grade=五年级",
        "/resources?theme=思辨性阅读与表达",
    ):
        print(f"| page {address} | {timed(lambda address=address: client.get(address).text, rounds)} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
