"""Who loses the right to see plans hears no more of them at once: in the workshop's list and in the text itself."""

from __future__ import annotations

import pytest

from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.sockets import Ear, join
from tests.support.workshops import make_workshop
from yanxiu.accounts.services import PersonData, appoint, edit_person, move_organization
from yanxiu.core import clock
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.queries import find_plan

AT_ONCE_S = 2


@pytest.fixture
def place(app, cast) -> dict[str, int]:
    """A workshop of `leader` with `villager`, who is of another school, and a plan of `leader` in it."""
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("villager")])
        plan = make_plan(leader, visibility="workshop", workshop_id=workshop.id)
        return {"workshop": workshop.id, "plan": plan.id}


@pytest.fixture
def school_plan_id(app, cast) -> int:
    """Open to the school of `teacher` and `colleague`."""
    with app.app_context(), unit_of_work():
        return make_plan(cast.user("teacher"), visibility="school").id


def test_who_is_removed_from_the_workshop_is_out_of_list_and_text(cast, place, socket_for, client_for, replica_for):
    room = f"workshop-plans:{place['workshop']}"
    gone, stays = socket_for("villager"), socket_for("leader")
    ear, still = Ear(gone), Ear(stays)
    assert join(gone, room)["ok"]
    assert join(stays, room)["ok"]
    replica = replica_for("villager", place["plan"])
    leader = client_for("leader")
    removal = f"/workshops/{place['workshop']}/members/{cast.villager.id}/removal"
    assert leader.post(removal).status_code == 302
    eventually(lambda: ear.heard["ejected"] == [{"topic": room}], timeout=AT_ONCE_S)
    eventually(lambda: replica.perms == [None], timeout=AT_ONCE_S)
    assert leader.post(f"/lesson-plans/{place['plan']}/deletion").status_code == 302
    eventually(lambda: still.heard["changed"])
    assert ear.heard["changed"] == []
    assert join(gone, room)["code"] == "not_found"


def test_a_deleted_plan_leaves_the_list_and_closes_the_text(place, socket_for, client_for, replica_for):
    room = f"workshop-plans:{place['workshop']}"
    socket = socket_for("villager")
    ear = Ear(socket)
    seq = join(socket, room)["seq"]
    replica = replica_for("villager", place["plan"])
    assert client_for("leader").post(f"/lesson-plans/{place['plan']}/deletion").status_code == 302
    eventually(lambda: [heard["id"] for heard in ear.heard["changed"]] == [place["plan"]], timeout=AT_ONCE_S)
    eventually(lambda: replica.perms == [None], timeout=AT_ONCE_S)
    items = client_for("villager").get(f"/workshops/{place['workshop']}/lesson-plans/items?since={seq}").text
    assert f'data-gone="plan-{place["plan"]}"' in items


def test_who_goes_to_another_school_is_put_out_of_its_plans(app, cast, school_plan_id, replica_for):
    replica = replica_for("colleague", school_plan_id)
    with app.app_context(), unit_of_work():
        colleague = cast.user("colleague")
        edit_person(cast.user("admin"), colleague, cast.user("outsider").organization, PersonData(colleague.name))
    eventually(lambda: replica.perms == [None], timeout=AT_ONCE_S)


def test_who_is_above_a_school_no_longer_is_put_out_of_its_plans(app, cast, school_plan_id, replica_for):
    with app.app_context(), unit_of_work():
        appoint(cast.user("admin"), cast.user("outsider"), "researcher", cast.place("qingshan"), clock.today())
    replica = replica_for("outsider", school_plan_id)
    assert replica.role == "read"
    with app.app_context(), unit_of_work():
        move_organization(cast.user("admin"), find_plan(school_plan_id).organization, cast.place("chengdong"))
    eventually(lambda: replica.perms == [None], timeout=AT_ONCE_S)
