"""How long pages take, how many queries they send and how much they weigh - in the demo county and in a big one.

    python benchmarks/pages.py [ROUNDS [SHARE]]

SHARE below 1 makes the big county smaller, to try things out.

Both counties are made in temporary folders and measured in one run, on SQLite with the product's own settings,
through the whole application (sign-in, rights, templates) but not through a socket. Prints a Markdown table.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import sqlalchemy as sa  # noqa: E402  (the source root must be on the path first)

from benchmarks.county import Size, grow  # noqa: E402
from tests.support.cast import cast_from_world  # noqa: E402
from tests.support.clients import signed_in_client  # noqa: E402
from yanxiu.app import create_app  # noqa: E402
from yanxiu.cli import upgrade_database  # noqa: E402
from yanxiu.config import Config  # noqa: E402
from yanxiu.core.db import db  # noqa: E402
from yanxiu.core.demo import DemoWorld  # noqa: E402
from yanxiu.core.tasks import Worker  # noqa: E402
from yanxiu.core.unit_of_work import unit_of_work  # noqa: E402
from yanxiu.demo_county import seed_demo  # noqa: E402
from yanxiu.search.cli import build_index  # noqa: E402

PAGES = (
    ("工作台", "leader", "/"),
    ("工作坊列表", "leader", "/workshops"),
    ("工作坊主页", "leader", "/workshops/{workshop}"),
    ("话题列表", "leader", "/workshops/{workshop}/topics"),
    ("话题", "teacher", "/workshops/{workshop}/topics/{topic}"),
    ("成员", "leader", "/workshops/{workshop}/members"),
    ("研修计划", "teacher", "/workshops/{workshop}/plan"),
    ("活动", "teacher", "/workshops/{workshop}/activities"),
    ("一次活动", "leader", "/workshops/{workshop}/activities/{activity}"),
    ("签到表", "leader", "/workshops/{workshop}/activities/{activity}/attendance"),
    ("任务", "teacher", "/workshops/{workshop}/tasks"),
    ("一项任务", "leader", "/workshops/{workshop}/tasks/{task}"),
    ("批改", "leader", "/workshops/{workshop}/tasks/{task}/submissions/{submission}"),
    ("学情", "leader", "/workshops/{workshop}/insights"),
    ("学情通报", "leader", "/workshops/{workshop}/insights/report"),
    ("学情按单位", "leader", "/workshops/{workshop}/insights?by=school"),
    ("学情明细：回复", "leader", "/workshops/{workshop}/insights/rows?figure=answers"),
    ("学情明细：活动应到", "leader", "/workshops/{workshop}/insights/rows?figure=meetings"),
    ("简报", "leader", "/workshops/{workshop}/bulletins"),
    ("坊内检索", "teacher", "/search?q=三国&workshop={workshop}"),
    ("公告打开情况", "leader", "/workshops/{workshop}/topics/{pinned}/readers"),
    ("整理话题", "leader", "/workshops/{workshop}/topics/{topic}/arrangement"),
    ("计划进度", "leader", "/workshops/{workshop}/plan/progress"),
    ("工作坊档案", "leader", "/workshops/{workshop}/archives"),
    ("备课", "teacher", "/lesson-plans"),
    ("教案", "teacher", "/lesson-plans/{plan}"),
    ("观课", "teacher", "/lessons"),
    ("课例", "teacher", "/lessons/{lesson}"),
    ("资源库", "teacher", "/resources"),
    ("资源", "teacher", "/resources/{resource}"),
    ("检索", "teacher", "/search?q=三国"),
    ("个人主页", "teacher", "/people/{person}"),
    ("消息", "teacher", "/notifications"),
    ("管理：人员", "admin", "/admin/users"),
)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    results = {county: in_own_process(county, rounds, share) for county in ("demo", "big")}
    print(table(results))


def in_own_process(county: str, rounds: int, share: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix=f"yanxiu-{county}-") as folder:
        command = [sys.executable, __file__, "measure", county, str(rounds), str(share), folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=plain_environment())
        return json.loads(done.stdout.splitlines()[-1])


def plain_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("YANXIU_", "DATABASE_URL"))}


# ---- one county ------------------------------------------------------------------------------------------------------


def measure(county: str, rounds: int, share: float, folder: str) -> dict[str, Any]:
    app = create_app(Config(instance=folder, rate_limits=False), PROPAGATE_EXCEPTIONS=True)
    world, started = DemoWorld(), time.monotonic()
    rows: dict[str, int] = {}
    with app.app_context():
        upgrade_database()
        with unit_of_work():
            seed_demo(world)
        with unit_of_work():
            names = names_of_things(world)
            rows = grow(Size().scaled(share)) if county == "big" else {}
        cast = cast_from_world(world)
        if county == "big":
            with unit_of_work():
                db.session.execute(sa.text("ANALYZE"))
        engine = db.engine
        db.session.remove()
    if county == "demo":
        Worker(app).run_until_idle()
    made, started = time.monotonic() - started, time.monotonic()
    documents = build_index(app)
    index_s = time.monotonic() - started
    clients = {key: signed_in_client(app, cast.people[key]) for key in ("leader", "teacher", "admin")}
    pages = {}
    for label, who, pattern in PAGES:
        pages[label] = measure_page(app, engine, clients[who], pattern.format(**names), rounds)
    return {"pages": pages, "rows": rows, "made_s": made, "documents": documents, "index_s": index_s}


def names_of_things(world: DemoWorld) -> dict[str, int]:
    """Ids for the addresses: the demo's own workshop, its first topic, and the first of everything else."""
    first = {
        name: db.session.scalar(sa.text(f"SELECT min(id) FROM {name}")) for name in ("topic", "lesson", "resource")
    }
    plan = db.session.scalar(sa.text("SELECT min(plan_id) FROM plan_text"))
    workshop = db.session.scalar(sa.text("SELECT workshop_id FROM topic ORDER BY id LIMIT 1"))
    in_workshop = {
        "activity": "SELECT activity_id FROM attendance ORDER BY id LIMIT 1",
        "submission": "SELECT min(id) FROM workshop_submission",
        "task": "SELECT task_id FROM workshop_submission ORDER BY id LIMIT 1",
        "pinned": "SELECT id FROM topic WHERE pinned_at IS NOT NULL ORDER BY id LIMIT 1",
    }
    found = {name: db.session.scalar(sa.text(query)) for name, query in in_workshop.items()}
    return {**first, **found, "workshop": workshop, "plan": plan, "person": world.users["leader"].id}


def measure_page(app: Any, engine: sa.Engine, client: Any, url: str, rounds: int) -> dict[str, float]:
    """Milliseconds, statements (the median: once a minute a visit notes when the device was seen) and packed bytes."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    times, counts, body = [], [], b""
    sa.event.listen(engine, "before_cursor_execute", note)
    for _ in range(rounds + 3):
        statements.clear()
        started = time.perf_counter()
        with client.get(url) as answer:
            body = answer.get_data()
            assert answer.status_code == 200, (url, answer.status_code)
        times.append(1000 * (time.perf_counter() - started))
        counts.append(len(statements))
    sa.event.remove(engine, "before_cursor_execute", note)
    measured = sorted(times[3:])
    return {
        "p50": statistics.median(measured),
        "p95": measured[min(len(measured) - 1, int(len(measured) * 0.95))],
        "queries": statistics.median(counts[3:]),
        "html_kb": len(gzip.compress(body, 6)) / 1024,
        "first_view_kb": (len(gzip.compress(body, 6)) + assets_of(app, body.decode())) / 1024,
    }


def assets_of(app: Any, page: str) -> int:
    """Packed bytes of the styles and scripts that a page needs at once, static imports included."""
    dist = Path(app.static_folder) / "dist"
    wanted = re.findall(r'<(?:script|link)\b[^>]*(?:src|href)="/static/dist/([^"?]+\.(?:js|css))', page)
    return sum(len(gzip.compress((dist / name).read_bytes(), 6)) for name in sorted(with_imports(dist, wanted)))


def with_imports(dist: Path, names: list[str]) -> set[str]:
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen and (dist / name).exists():
            seen.add(name)
            waiting += static_imports(dist / name)
    return seen


def static_imports(path: Path) -> Iterator[str]:
    if path.suffix == ".js":
        for match in re.finditer(r'(?:\bfrom|\bimport)\s*"\./([\w.-]+\.js)"', path.read_text("utf-8")):
            yield match.group(1)


# ---- the table -------------------------------------------------------------------------------------------------------


def table(results: dict[str, Any]) -> str:
    demo, big = results["demo"]["pages"], results["big"]["pages"]
    lines = [
        "| page | demo p50 / p95 ms | big p50 / p95 ms | queries demo / big | HTML KB gz demo / big | first view KB gz |",
        "|---|---|---|---|---|---|",
    ]
    for label in demo:
        d, b = demo[label], big[label]
        lines.append(
            f"| {label} | {d['p50']:.0f} / {d['p95']:.0f} | {b['p50']:.0f} / {b['p95']:.0f} | {d['queries']:.0f} / "
            f"{b['queries']:.0f} | {d['html_kb']:.1f} / {b['html_kb']:.1f} | {b['first_view_kb']:.0f} |"
        )
    rows = ", ".join(f"{name} {count:,}" for name, count in results["big"]["rows"].items())
    lines.append(f"\nRows of the big county: {rows}; made in {results['big']['made_s']:.0f} s.")
    lines.append(f"Search index: {results['big']['documents']:,} documents in {results['big']['index_s']:.0f} s.")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        _, _, which, times_each, share_of_it, place = sys.argv
        print(json.dumps(measure(which, int(times_each), float(share_of_it), place)))
    else:
        main()
