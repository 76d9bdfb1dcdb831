"""What `spells.py`, `opening.py` and `beside.py` start from: plans with writers who are signed in. Answers JSON behind ANSWER."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import under_test  # noqa: F401  (puts the source root on the path)

from tests.support.clients import session_cookie, signed_in_client
from tests.support.lessonplans import make_plan
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.models import User
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import PlanMember


@dataclass
class Somebody:
    """As much of a person as signing in needs."""

    id: int


def prepare(number: int, documents: int = 1) -> None:
    """`number` writers in as many plans as wanted, everybody in one of them, in turn."""
    app = create_app()
    with app.app_context():
        upgrade_database()
        world = DemoWorld(small=True)
        with unit_of_work():
            accounts_demo.seed(world)
            leader = world.users["leader"]
            writers = [
                User(username=f"writer{index}", name=f"老师{index}", organization_id=leader.organization_id)
                for index in range(number)
            ]
            db.session.add_all(writers)
            db.session.flush()
            plans = [make_plan(leader) for _ in range(documents)]
            for index, writer in enumerate(writers):
                plan = plans[index % documents]
                # As the service does, which invites no more than sixty: a larger crowd writes through its workshop.
                db.session.add(PlanMember(plan_id=plan.id, user_id=writer.id, role="writer", invited_by_id=leader.id))
            plan_ids, ids = [plan.id for plan in plans], [writer.id for writer in writers]
    cookies = [f"yanxiu={session_cookie(signed_in_client(app, Somebody(user_id)))}" for user_id in ids]
    print("ANSWER" + json.dumps({"plan": plan_ids[0], "plans": plan_ids, "cookies": cookies}))


if __name__ == "__main__":
    prepare(*map(int, sys.argv[1:]))
