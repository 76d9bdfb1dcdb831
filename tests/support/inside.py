"""What tests do inside a separate instance, in a process of its own: `python -m tests.support.inside ACTION`.

A second application in the test process would take over the first one's storage and subscribers.
"""

from __future__ import annotations

import io
import sys
import time

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Select, inspect, select, text
from sqlalchemy.exc import DatabaseError

from tests.support.clients import anonymous_client
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.observations import make_lesson
from tests.support.workshops import make_topic, make_workshop
from yanxiu import wiring
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.models import User
from yanxiu.accounts.passwords import use_cheap_hashing
from yanxiu.accounts.queries import viewer_of
from yanxiu.accounts.services import create_organization, create_user
from yanxiu.app import create_app
from yanxiu.core.audit import record_audit, verify_audit
from yanxiu.core.backup import count_rows
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.storage import keep_file, receive_file, storage
from yanxiu.core.tasks import QUEUED, RUNNING, Job, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.services import invite_member
from yanxiu.observations.uploads.folder import open_store
from yanxiu.observations.uploads.handover import hand_over


def differences() -> list[str]:
    """What autogenerate would still have to change after an upgrade."""
    upgrade(directory=wiring.MIGRATIONS)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(step) for step in compare_metadata(context, db.metadata)]


def leftovers() -> list[str]:
    """Tables that remain after going up and all the way down."""
    upgrade(directory=wiring.MIGRATIONS)
    downgrade(directory=wiring.MIGRATIONS, revision="base")
    return [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"]


def unguarded() -> list[str]:
    """Statements against the audit log that the upgraded database lets through."""
    upgrade(directory=wiring.MIGRATIONS)
    with unit_of_work():
        record_audit(None, "something_done", "thing", 1)
    passed = []
    for statement in ("UPDATE audit_entry SET action = 'forged'", "DELETE FROM audit_entry"):
        try:
            with unit_of_work():
                db.session.execute(text(statement))
        except DatabaseError:
            continue
        passed.append(statement)
    return passed


def populate() -> list[str]:
    """A county, a person, three files, a recording that waits to be prepared and some history."""
    upgrade(directory=wiring.MIGRATIONS)
    received = [receive_file(io.BytesIO(f"第{n}份材料".encode() * 5000), f"{n}.txt", "text/plain") for n in range(3)]
    with unit_of_work():
        county = create_organization(None, None, "county", "云川县")
        user = create_user(None, county, username="wangli", name="王丽", password_hash="")
        for file in received:
            keep_file(file, user.id)
        for number in range(20):
            record_audit(user, "something_done", "thing", number)
        lesson_id = make_lesson(user).id
    store = open_store(current_app.config["YANXIU"])
    upload = store.create(user.id, lesson_id, 9, {"filename": "课.mp4"}, time.time())
    store.append(upload, 0, io.BytesIO("实录一".encode()))
    hand_over(store, upload, viewer_of(user), user)
    return []


def fingerprint() -> list[str]:
    """Row counts of all tables, the hash of every stored file and the state of the audit chain, to compare by.

    The index keeps books of its own, which begin anew after a restore.
    """
    with db.engine.connect() as connection:
        counts = count_rows(connection).items()
    rows = [f"{table} {count}" for table, count in counts if not table.startswith("search_")]
    files = []
    for key, digest in db.session.execute(text("SELECT key, sha256 FROM stored_file ORDER BY key")):
        with storage().open(key) as source:
            files.append(f"{key} {digest} {len(source.read())}")
    waiting = open_store(current_app.config["YANXIU"]).root.glob("*.part")
    files += sorted(f"{path.name} {path.read_text()}" for path in waiting)
    return [*rows, *files, f"broken audit entry: {verify_audit()}"]


def forge_audit() -> list[str]:
    """Change an audit entry beneath the program, triggers removed, as an intruder with the file would."""
    beneath_triggers("UPDATE audit_entry SET action = 'nothing_done' WHERE object_id = 7")
    return []


def cut_audit() -> list[str]:
    """Take the two newest audit entries off: what remains is a chain as good as before."""
    beneath_triggers("DELETE FROM audit_entry WHERE id > (SELECT max(id) - 2 FROM audit_entry)")
    return [f"broken audit entry: {verify_audit()}"]


def beneath_triggers(forgery: str) -> None:
    if db.engine.dialect.name == "sqlite":
        remove = [f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}" for verb in ("update", "delete")]
    else:
        remove = ["DROP TRIGGER IF EXISTS audit_entry_append_only ON audit_entry"]
    with unit_of_work():
        for statement in [*remove, forgery]:
            db.session.execute(text(statement))


def act() -> list[str]:
    """One more entry in the audit log."""
    with unit_of_work():
        record_audit(None, "something_done", "thing", 1)
    return []


def limited_sign_ins() -> list[str]:
    """The statuses of 61 attempts to sign in, each under another name, from one address within a minute."""
    upgrade(directory=wiring.MIGRATIONS)
    use_cheap_hashing()
    client = anonymous_client(current_app._get_current_object())
    return [str(client.post("/login", data={"account": f"someone{n}", "password": "x"}).status_code) for n in range(61)]


def work_off_a_job() -> list[str]:
    """The state of a job that this process queues, once the worker outside has had it."""
    with unit_of_work():
        enqueue("resources.drop_upload", {"upload_id": 0}, key="one")
    ours = select(Job.state).where(Job.kind == "resources.drop_upload")
    return [eventually(lambda: unless_open(ours), timeout=60)]


def unless_open(states: Select[str]) -> str | None:
    db.session.rollback()
    state = db.session.scalars(states).first()
    return None if state in (QUEUED, RUNNING) else state


def a_topic() -> list[str]:
    """The cast, and a topic in a workshop of 王丽, 李强 and 周敏: the ids of workshop and topic."""
    upgrade(directory=wiring.MIGRATIONS)
    world = DemoWorld(small=True)
    with unit_of_work():
        accounts_demo.seed(world)
        leader = world.users["leader"]
        workshop = make_workshop(leader, [world.users["teacher"], world.users["colleague"]])
        return [str(workshop.id), str(make_topic(leader, workshop).id)]


def a_plan() -> list[str]:
    """A plan of 王丽 that 李强 writes too, in an instance that has the cast: its id."""
    leader, teacher = (
        db.session.scalars(select(User).filter_by(username=name)).one() for name in ("wangli", "liqiang")
    )
    with unit_of_work():
        plan = make_plan(leader)
        invite_member(leader, plan, teacher, "writer")
        return [str(plan.id)]


def a_plan_to_suggest_in() -> list[str]:
    """A plan of 王丽 in which 李强 may only suggest, in an instance that has the cast: its id and his."""
    leader, teacher = (
        db.session.scalars(select(User).filter_by(username=name)).one() for name in ("wangli", "liqiang")
    )
    with unit_of_work():
        workshop = make_workshop(leader, [teacher])
        card = {"workshop_id": workshop.id, "workshop_writes": False, "readers_propose": True}
        return [str(make_plan(leader, visibility="workshop", **card).id), str(teacher.id)]


ACTIONS = (
    a_plan,
    a_plan_to_suggest_in,
    a_topic,
    differences,
    leftovers,
    unguarded,
    populate,
    fingerprint,
    forge_audit,
    cut_audit,
    act,
    limited_sign_ins,
    work_off_a_job,
)


def main() -> None:
    action = next(action for action in ACTIONS if action.__name__ == sys.argv[1])
    with create_app().app_context():
        answer = action()
    sys.stdout.write("\n".join(["ANSWER", *answer]) + "\n")


if __name__ == "__main__":
    main()
