"""What happens inside the instance of the crash test, in a process of its own: `python -m tests.crash.stage ACTION`.

`prepare` makes the people and things and answers with ids and sign-ins; `inspect ID` answers with what is on disk.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import sqlalchemy as sa
from flask import current_app
from pycrdt import Doc

from tests.support.cast import cast_from_world
from tests.support.clients import csrf_token, session_cookie, signed_in_client
from tests.support.lessonplans import find_text, make_plan
from tests.support.observations import make_lesson
from tests.support.rt_client import lines_of
from tests.support.workshops import make_topic, make_workshop
from yanxiu import wiring
from yanxiu.accounts import demo as accounts_demo
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.core import doctor
from yanxiu.core.audit import verify_audit
from yanxiu.core.audit_mark import lost_head
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.housekeeping import sweep_leftovers
from yanxiu.core.storage import storage
from yanxiu.core.tasks import Worker
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab.store import DocumentStore
from yanxiu.observations.uploads.folder import open_store
from yanxiu.search.cli import build_index
from yanxiu.search.indexer import Indexer, engine_of


def prepare() -> dict[str, Any]:
    """The cast, a workshop with a topic, a lesson plan and a lesson; and three people signed in."""
    upgrade_database()
    world = DemoWorld(small=True)
    with unit_of_work():
        accounts_demo.seed(world)
        leader, teacher = world.users["leader"], world.users["teacher"]
        workshop = make_workshop(leader, [teacher])
        topic, plan, lesson = make_topic(leader, workshop), make_plan(teacher), make_lesson(teacher)
        things = {"workshop": workshop.id, "topic": topic.id, "plan": plan.id, "lesson": lesson.id}
    cast, app = cast_from_world(world), current_app._get_current_object()  # type: ignore[attr-defined]
    build_index(app)
    db.session.remove()
    cookie = session_cookie(signed_in_client(app, cast.people["teacher"]))
    return {**things, "cookie": f"yanxiu={cookie}", "csrf": csrf_token(app)}


def inspect(plan_id: int, upload_id: str) -> dict[str, Any]:
    """Everything the crash test promised to people, as it is on disk now, after the usual work is done."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    wiring.before_work()
    Worker(app).run_until_idle()
    posts = db.session.execute(sa.text("SELECT client_uuid, text FROM post")).all()
    engine = engine_of(app)
    with engine.home.indexer_lock():
        indexer = Indexer(engine)
        assert indexer.prepare(), "the queue must bring the index up to date, not a rebuild"
        indexer.run_until_idle()
    indexed = engine.stats().documents
    sweep_leftovers(storage())
    return {
        "posts": {row.client_uuid: row.text for row in posts},
        "post_rows": len(posts),
        "plan_lines": plan_lines(plan_id),
        "plan_text": kept_text(plan_id),
        "upload": open_store(app.config["YANXIU"]).data_path(upload_id).stat().st_size,
        "upload_path": str(open_store(app.config["YANXIU"]).data_path(upload_id)),
        "indexed": indexed,
        "rebuilt": build_index(app),
        "lost_files": doctor.lost_files(storage()),
        "broken_audit": verify_audit(),
        "lost_audit": str(lost_head() or ""),
        "integrity": doctor.check_database(db.engine).health.name,
    }


def plan_lines(plan_id: int) -> list[str]:
    """The paragraphs of the plan as a server that starts now would load it."""
    stored = DocumentStore(db.engine).load(plan_id)
    assert stored is not None
    doc: Doc = Doc()
    doc.apply_update(stored.merged())
    return lines_of(doc)


def kept_text(plan_id: int) -> str:
    """The plan's text as search reads it."""
    kept = find_text(plan_id)
    assert kept is not None
    return kept.text


def main() -> None:
    action, *arguments = sys.argv[1:]
    with create_app().app_context():
        answer = prepare() if action == "prepare" else inspect(int(arguments[0]), arguments[1])
    sys.stdout.write("\nANSWER" + json.dumps(answer, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
