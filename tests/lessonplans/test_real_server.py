"""Replicas over real sockets: convergence with a failing line, and rights that end while somebody writes."""

from __future__ import annotations

import json
import random

import pytest

from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.rt_client import lines_of
from tests.support.workshops import make_workshop
from yanxiu.accounts.services import revoke_sessions_of
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.document.ydoc import load
from yanxiu.lessonplans.queries import find_member, find_plan, stored_document
from yanxiu.web.siblings import siblings


@pytest.fixture
def plan_id(app, cast) -> int:
    """Belongs to `leader`; `teacher` and `colleague` write by their workshop, `villager` by invitation."""
    with app.app_context(), unit_of_work():
        leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
        workshop = make_workshop(leader, [teacher, colleague])
        plan = make_plan(leader, visibility="workshop", workshop_id=workshop.id)
        services.invite_member(leader, plan, cast.user("villager"), "writer")
        return plan.id


def stored_lines(app, plan_id: int) -> list[str]:
    with app.app_context():
        return lines_of(load(stored_document(plan_id).merged()))


@pytest.mark.parametrize("seed", range(4))
def test_replicas_agree_whatever_the_line_does(app, plan_id, replica_for, seed):
    chance = random.Random(seed)
    replicas = [replica_for(key, plan_id) for key in ("leader", "teacher", "villager")]
    written = []
    for step in range(60):
        replica = chance.choice(replicas)
        if chance.random() < 0.12:
            replica.drop() if replica.socket else replica.connect()
        else:
            written.append(f"{seed}-{step}")
            replica.write(written[-1])
    for replica in replicas:
        if replica.socket is None:
            replica.connect()
        replica.until_saved()
    for replica in replicas:
        eventually(lambda r=replica: set(written) <= set(r.text_lines()))
    eventually(lambda: len({tuple(r.text_lines()) for r in replicas}) == 1)
    stored = stored_lines(app, plan_id)
    assert stored == replicas[0].text_lines()
    assert sorted(line for line in stored if line in written) == sorted(written)


def test_what_is_written_reaches_the_other_and_the_disk(app, plan_id, replica_for):
    one, other = replica_for("leader", plan_id), replica_for("teacher", plan_id)
    one.write("一个字都不能少")
    one.until_saved()
    eventually(lambda: "一个字都不能少" in other.text_lines())
    assert "一个字都不能少" in stored_lines(app, plan_id)


def test_a_removed_member_is_out_before_the_removal_is_answered(app, cast, plan_id, replica_for, client_for):
    leader, villager = replica_for("leader", plan_id), replica_for("villager", plan_id)
    villager.write("还在的时候写的")
    villager.until_saved()
    answer = client_for("leader").post(f"/lesson-plans/{plan_id}/members/{cast.villager.id}/removal")
    assert answer.status_code == 302
    leader.write("移出以后写的")
    leader.until_saved()
    eventually(lambda: villager.perms == [None])
    villager.send(b"\x00\x00")
    eventually(lambda: villager.naks)
    assert villager.naks[0][1] == "revoked"
    assert "移出以后写的" not in villager.text_lines()
    assert villager.join()["code"] == "not_found"


def test_becoming_a_reader_is_told_at_once(app, cast, plan_id, replica_for):
    villager = replica_for("villager", plan_id)
    with app.app_context(), unit_of_work():
        plan = find_plan(plan_id)
        services.change_member(cast.user("leader"), plan, find_member(plan_id, cast.villager.id), "reader")
    eventually(lambda: villager.perms == ["read"])
    villager.write("不算数")
    eventually(lambda: villager.naks)
    assert villager.naks[0][1] == "read_only"
    assert "不算数" not in stored_lines(app, plan_id)


def test_the_end_of_the_session_ends_the_writing(app, cast, plan_id, replica_for):
    teacher = replica_for("teacher", plan_id)
    with app.app_context(), unit_of_work():
        revoke_sessions_of(cast.teacher.id)
    eventually(lambda: teacher.perms == [None])
    teacher.write("已经退出登录")
    eventually(lambda: teacher.naks)
    assert "已经退出登录" not in stored_lines(app, plan_id)


def test_deleting_the_plan_puts_everybody_out(app, plan_id, replica_for, client_for):
    teacher = replica_for("teacher", plan_id)
    assert client_for("leader").post(f"/lesson-plans/{plan_id}/deletion").status_code == 302
    eventually(lambda: teacher.perms == [None])


def test_hostile_frames_neither_reach_anybody_nor_end_the_service(app, plan_id, replica_for):
    attacker, other = replica_for("teacher", plan_id), replica_for("leader", plan_id)
    chance = random.Random(3)
    for event in ("join", "u", "w", "sv", "leave"):
        for junk in (
            None,
            7,
            "甲",
            b"\xff",
            [],
            {},
            [1],
            [1, 2, 3],
            [attacker.handle, b"\xff\xff\xff\x0f"],
            [2**62, -1, b""],
        ):
            if event == "leave" and isinstance(junk, list) and junk[:1] == [attacker.handle]:
                continue
            attacker.socket.emit(event, junk if not isinstance(junk, list) else [junk], namespace="/rt")
    for number in range(1, 30):
        data = bytes(chance.randrange(256) for _ in range(chance.randint(1, 60)))
        attacker.socket.emit("u", [attacker.handle, number, data], namespace="/rt")
    eventually(lambda: attacker.naks)
    other.write("照常")
    other.until_saved()
    assert attacker.join()["ok"]
    assert other.frames == []
    assert "照常" in stored_lines(app, plan_id)


def test_what_another_process_took_away_takes_effect_when_it_is_heard(app, cast, plan_id, replica_for):
    villager = replica_for("villager", plan_id)
    with app.app_context(), unit_of_work():
        db.session.delete(find_member(plan_id, cast.villager.id))
    told = {"what": "look_again_at_documents", "facts": {"plan_id": plan_id, "user_id": None}}
    siblings.take(app, json.dumps({"from": siblings.me, **told}))
    assert villager.perms == []
    siblings.take(app, json.dumps({"from": "another", **told}))
    eventually(lambda: villager.perms == [None])
