"""What `talking.py` starts from: a recorded lesson, who has its page open and who comments; JSON behind ANSWER."""

from __future__ import annotations

import json
import sys

import under_test  # noqa: F401  (puts the source root on the path)
from spells_stage import Somebody

from tests.support.clients import csrf_token, session_cookie, signed_in_client
from tests.support.observations import make_lesson, make_ready_version, some_comment
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.models import User
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work

LONG_MS = 40 * 60_000
SAID_BEFORE = 60


def prepare(readers: int, writers: int) -> None:
    app = create_app()
    with app.app_context():
        upgrade_database()
        world = DemoWorld(small=True)
        with unit_of_work():
            accounts_demo.seed(world)
            teacher = world.users["teacher"]
            school = {"organization_id": teacher.organization_id}
            people = [
                *(User(username=f"reader{index}", name=f"观课教师{index}", **school) for index in range(readers)),
                *(User(username=f"writer{index}", name=f"评课教师{index}", **school) for index in range(writers)),
            ]
            db.session.add_all(people)
            db.session.flush()
            lesson = make_lesson(teacher, visibility="school")
            version = make_ready_version(lesson, LONG_MS)
            for index in range(SAID_BEFORE):
                some_comment(people[index % len(people)], lesson, version, start_ms=index * 30_000)
            answer = {"lesson": lesson.id, "csrf": csrf_token(app)}
            ids = [person.id for person in people]
    cookies = [f"yanxiu={session_cookie(signed_in_client(app, Somebody(user_id)))}" for user_id in ids]
    print("ANSWER" + json.dumps({**answer, "readers": cookies[:readers], "writers": cookies[readers:]}))


if __name__ == "__main__":
    prepare(int(sys.argv[1]), int(sys.argv[2]))
