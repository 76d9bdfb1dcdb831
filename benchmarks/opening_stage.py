"""What `opening.py` starts from: one long plan with text, lists and tables, typed by two people; JSON behind ANSWER."""

from __future__ import annotations

import json
import random
import sys

import under_test  # noqa: F401  (puts the source root on the path)
from spells_stage import Somebody

from tests.support.clients import session_cookie, signed_in_client
from tests.support.lessonplans import make_plan
from yanxiu.accounts import demo as accounts_demo
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import count_characters
from yanxiu.lessonplans.models import PlanSnapshot

HAN = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"


def prepare(pages: int) -> None:
    app, chance = create_app(), random.Random(5)
    with app.app_context():
        upgrade_database()
        world = DemoWorld(small=True)
        with unit_of_work():
            accounts_demo.seed(world)
            document = nodes.doc(*(page_of(number, chance) for number in range(pages)))
            leader = world.users["leader"]
            plan = make_plan(leader, document=document)
            state = db.session.get_one(PlanSnapshot, plan.id).state
            answer = {"plan": plan.id, "characters": count_characters(document), "bytes": len(state)}
            leader_id = leader.id
    print("ANSWER" + json.dumps({**answer, "cookie": session_cookie(signed_in_client(app, Somebody(leader_id)))}))


def page_of(number: int, chance: random.Random) -> nodes.Node:
    def words(count: int) -> str:
        return "".join(chance.choices(HAN, k=count)) + "。"

    cells = [[words(20) for _ in range(4)] for _ in range(4)]
    return nodes.section(
        f"part{number}",
        f"第{number + 1}课时",
        "",
        *(nodes.paragraph(words(55)) for _ in range(4)),
        nodes.bullets(*(words(25) for _ in range(4))),
        nodes.table(("环节", "教师活动", "学生活动", "意图"), cells),
    )


if __name__ == "__main__":
    prepare(int(sys.argv[1]))
