"""The room of a resource: who may no longer see it is put out at once, whoever may stays."""

from collections.abc import Callable

import pytest

from tests.support.eventually import eventually
from tests.support.resources import make_resource
from tests.support.sockets import Ear, join
from yanxiu.accounts.services import PersonData, appoint, edit_person, move_organization
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.models import Resource
from yanxiu.resources.services import ResourceDetails, note_preview, remove_resource, update_resource

AT_ONCE_S = 2


@pytest.fixture
def resource_id(app, cast) -> int:
    """Published for the school of the owner and the colleague."""
    with app.app_context():
        return make_resource(cast.user("teacher"), visibility="school").id


def narrow(cast, resource: Resource) -> None:
    update_resource(cast.user("teacher"), resource, ResourceDetails(resource.title, "plan", visibility="private"))


def remove(cast, resource: Resource) -> None:
    remove_resource(cast.user("teacher"), resource)


def change_school(cast, _resource: Resource) -> None:
    colleague = cast.user("colleague")
    edit_person(cast.user("admin"), colleague, cast.user("outsider").organization, PersonData(colleague.name))


@pytest.mark.parametrize("act", [narrow, remove, change_school], ids=lambda act: act.__name__)
def test_who_may_no_longer_see_a_resource_hears_nothing_any_more(app, cast, socket_for, resource_id, act: Callable):
    room, talk = f"resource:{resource_id}", f"resource-talk:{resource_id}"
    socket, owner = socket_for("colleague"), socket_for("teacher")
    ear, still = Ear(socket), Ear(owner)
    assert join(socket, room)["ok"]
    assert join(socket, talk)["ok"]
    assert join(owner, room)["ok"]
    with app.app_context(), unit_of_work():
        act(cast, db.session.get(Resource, resource_id))
    out = [{"topic": room}, {"topic": talk}]
    eventually(
        lambda: sorted(ear.heard["ejected"], key=lambda said: -len(said["topic"]))[::-1] == out, timeout=AT_ONCE_S
    )
    assert join(socket, room)["code"] == join(socket, talk)["code"] == "not_found"
    before = list(ear.heard["changed"])
    with app.app_context(), unit_of_work():
        note_preview(db.session.get(Resource, resource_id).current_file, "none", "", {}, [])
    eventually(lambda: still.heard["changed"][-1:] and still.heard["changed"][-1]["what"] == "preview")
    assert ear.heard["changed"] == before
    assert still.heard["ejected"] == []


def test_who_is_above_a_school_no_longer_is_put_out_of_its_rooms(app, cast, socket_for, resource_id):
    room = f"resource:{resource_id}"
    with app.app_context(), unit_of_work():
        appoint(cast.user("admin"), cast.user("outsider"), "researcher", cast.place("qingshan"), clock.today())
    above = socket_for("outsider")
    ear = Ear(above)
    assert join(above, room)["ok"]
    with app.app_context(), unit_of_work():
        move_organization(cast.user("admin"), cast.user("teacher").organization, cast.place("chengdong"))
    eventually(lambda: ear.heard["ejected"] == [{"topic": room}], timeout=AT_ONCE_S)
