"""Who sees which plan: the predicate, the query and the search index say the same."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from tests.support.lessonplans import make_plan
from tests.support.matrix import PRINCIPALS
from tests.support.rt_client import new_update
from tests.support.workshops import make_workshop
from yanxiu.accounts.models import UserSession
from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import indexing, queries, services
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.permissions import can_view_plan, can_write_plan
from yanxiu.lessonplans.sockets import DatabaseAuthority
from yanxiu.search.permissions import principals_of
from yanxiu.workshops.services.standing import end_workshop

FETCH = {"X-Requested-With": "fetch"}

PEOPLE = [key for key in PRINCIPALS if key != "anonymous"]
SEEN = {
    ("private", False): {"teacher", "villager"},
    ("workshop", True): {"teacher", "villager", "leader", "colleague", "principal", "researcher", "admin"},
    ("school", False): {"teacher", "villager", "leader", "colleague", "principal", "researcher", "admin"},
    ("county", False): {
        "teacher", "villager", "leader", "colleague", "principal", "researcher", "admin", "outsider",
    },
    ("county", True): {
        "teacher", "villager", "leader", "colleague", "principal", "researcher", "admin", "outsider",
    },
}  # fmt: skip


def build(cast, visibility: str, in_workshop: bool):
    workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
    place = workshop.id if in_workshop else None
    plan = make_plan(cast.user("teacher"), visibility=visibility, workshop_id=place)
    services.invite_member(cast.user("teacher"), plan, cast.user("villager"), "reader")
    return plan


@pytest.mark.parametrize(("visibility", "in_workshop"), SEEN, ids=lambda value: str(value))
def test_predicate_query_and_index_let_in_the_same_people(ctx, cast, visibility, in_workshop):
    with unit_of_work():
        plan_id = build(cast, visibility, in_workshop).id
    plan = queries.find_plan(plan_id)
    [document] = indexing.load([plan_id])
    for key in PEOPLE:
        viewer = cast.viewer(key)
        wanted = key in SEEN[visibility, in_workshop]
        assert can_view_plan(viewer, plan, queries.seat_of(viewer, plan)) is wanted, key
        assert (queries.visible_ids(viewer, [plan_id]) == {plan_id}) is wanted, key
        assert (queries.visible_plan(viewer, plan_id) is not None) is wanted, key
        assert bool(document.acl & principals_of(viewer)) is wanted, key
    assert queries.visible_ids(ANONYMOUS, [plan_id]) == set()


def test_members_of_the_workshop_write_only_if_the_owner_lets_them(ctx, cast):
    with unit_of_work():
        plan = build(cast, "workshop", True)
        for writes in (True, False):
            plan.workshop_writes = writes
            viewer = cast.viewer("colleague")
            assert can_write_plan(viewer, plan, queries.seat_of(viewer, plan)) is writes
            leader = cast.viewer("leader")
            assert can_write_plan(leader, plan, queries.seat_of(leader, plan))
            villager = cast.viewer("villager")
            assert not can_write_plan(villager, plan, queries.seat_of(villager, plan))


def test_roles_of_many_are_those_of_each_alone_with_as_many_queries(app, ctx, cast, count_queries):
    with unit_of_work():
        plans = [build(cast, *each).id for each in SEEN]
        sessions = [
            UserSession(user_id=cast.user(key).id, token_hash=key, expires_at=clock.now() + timedelta(hours=1))
            for key in PEOPLE
        ]
        db.session.add_all(sessions)
        services.delete_plan(cast.user("teacher"), queries.find_plan(plans[-1]))
    visitors = [Visitor(each.user_id, "", each.id) for each in sessions]
    visitors += [Visitor(cast.teacher.id, "", None), Visitor(cast.teacher.id, "", sessions[0].id + 1000)]
    visitors += [Visitor(cast.teacher.id, "", next(each.id for each in sessions if each.user_id != cast.teacher.id))]
    asked = [(visitor, plan_id) for visitor in visitors for plan_id in [*plans, 10**9]]
    authority = DatabaseAuthority(app)
    alone = [authority.role_of(*each) for each in asked]
    with count_queries() as few:
        authority.roles_of(asked[:1])
    with count_queries() as many:
        together = authority.roles_of(asked)
    assert together == alone
    assert {*together} == {"write", "read", None}
    assert many.count <= few.count + 2  # whose plan it is, and in which workshop, is nothing to ask for a private one
    assert authority.roles_of([]) == []


def test_a_deleted_plan_is_nowhere(ctx, cast):
    with unit_of_work():
        plan = build(cast, "county", True)
        services.delete_plan(cast.user("teacher"), plan)
        plan_id = plan.id
    for key in PEOPLE:
        assert queries.visible_plan(cast.viewer(key), plan_id) is None
    assert list(indexing.load([plan_id])) == []


def test_lists_do_not_ask_more_for_more_plans(ctx, cast, count_queries):
    counts = []
    for many in (2, 12):
        with unit_of_work():
            workshop = make_workshop(cast.user("leader"), [cast.user("teacher")], name=f"工作坊{many}")
            for number in range(many):
                make_plan(cast.user("leader"), f"第{number}课", visibility="workshop", workshop_id=workshop.id)
        viewer = cast.viewer("teacher")
        with count_queries() as seen:
            page = queries.workshop_plans_page(viewer, workshop.id)
            names = [(plan.owner.name, plan.workshop.name, plan.edited_by.name) for plan in page.items]
        assert len(names) == many
        counts.append(seen.count)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["/lesson-plans", "/lesson-plans?show=shared"])
def test_pages_do_not_ask_more_for_more_plans(app, cast, client_for, count_queries, path):
    client = client_for("leader")
    client.get(path)
    counts = []
    for owner in ("leader", "teacher"):
        with app.app_context(), unit_of_work():
            for number in range(6):
                make_plan(cast.user(owner), f"{owner} 第{number}课", visibility="school")
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        counts.append(seen.count)
    assert counts[1] <= counts[0] + 1


def test_paging_shows_every_plan_once(ctx, cast):
    with unit_of_work():
        wanted = {make_plan(cast.user("teacher"), f"第{n}课").id for n in range(23)}
    viewer, cursor, seen = cast.viewer("teacher"), None, []
    for _ in itertools.count():
        page = queries.my_plans_page(viewer, cursor=cursor, size=10)
        seen += [plan.id for plan in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert wanted <= set(seen)


def test_a_plan_put_into_a_workshop_is_seen_by_its_members(ctx, cast):
    with unit_of_work():
        assert build(cast, "private", True).visibility == "workshop"


def test_in_a_workshop_that_has_ended_a_plan_is_read_and_written_by_nobody(app, cast, client_for):
    with app.app_context(), unit_of_work():
        plan = build(cast, "workshop", True)
        plan_id, leader = plan.id, cast.user("leader")
        end_workshop(leader, plan.workshop, ended=True)
    for key in ("teacher", "leader", "colleague"):
        client = client_for(key)
        assert "教案只供阅读" in client.get(f"/lesson-plans/{plan_id}").text
        refused = client.post(f"/lesson-plans/{plan_id}/revisions", data={"label": "二稿"})
        assert refused.status_code == 403
        assert "工作坊已经结束" in refused.text
        sent = client.post(f"/lesson-plans/{plan_id}/updates", data=new_update("再写一句"), headers=FETCH)
        assert sent.status_code == 403, key
    with app.app_context(), unit_of_work():
        end_workshop(cast.user("leader"), queries.find_plan(plan_id).workshop, ended=False)
    sent = client_for("colleague").post(f"/lesson-plans/{plan_id}/updates", data=new_update("接着写"), headers=FETCH)
    assert sent.status_code == 200
