"""Rooms of workshops over real sockets: who hears of a change, and who hears nothing any more."""

import pytest

from tests.support.eventually import eventually
from tests.support.sockets import Ear, join
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web import live
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import membership


@pytest.fixture
def topic(app, cast):
    """Return (workshop id, topic id)."""
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
        return workshop.id, make_topic(cast.user("leader"), workshop).id


def test_a_post_is_told_by_number_and_read_as_a_fragment(client_for, socket_for, topic):
    w, t = topic
    socket = socket_for("colleague")
    ear = Ear(socket)
    seq = join(socket, f"topic:{t}")["seq"]
    assert join(socket, f"workshop:{w}")["ok"]
    answer = client_for("teacher").post(f"/workshops/{w}/topics/{t}/posts", data={"html": "我来说一句"})
    assert answer.status_code == 302
    eventually(lambda: len(ear.heard["changed"]) == 2)
    told = {message["topic"]: message for message in ear.heard["changed"]}
    assert set(told[f"topic:{t}"]) == {"topic", "seq", "what", "id"}
    assert told[f"topic:{t}"]["seq"] == seq + 1
    fragment = client_for("colleague").get(f"/workshops/{w}/topics/{t}/posts?since={seq}")
    assert "我来说一句" in fragment.get_data(as_text=True)
    row = client_for("colleague").get(f"/workshops/{w}/topics/changes?since={told[f'workshop:{w}']['seq'] - 1}")
    assert f'id="topic-{t}"' in row.get_data(as_text=True)


def entering(moment, monkeypatch, happens):
    """Let something happen just before `moment` of joining ("knock": the note, "ask", "enter": the room)."""
    owner, name = {"knock": (live.hub, "knock"), "ask": (live, "_may_join"), "enter": (live.hub, "enter")}[moment]
    real, pending = getattr(owner, name), [happens]

    def now(*arguments):
        if pending:
            pending.pop()()
        return real(*arguments)

    monkeypatch.setattr(owner, name, now)


@pytest.mark.parametrize("moment", ["knock", "ask", "enter"])
def test_who_is_removed_while_joining_hears_nothing(client_for, socket_for, cast, topic, monkeypatch, moment):
    w, t = topic
    leader, socket = client_for("leader"), socket_for("colleague")
    ear, statuses = Ear(socket), []
    path = f"/workshops/{w}/members/{cast.colleague.id}/removal"
    entering(moment, monkeypatch, lambda: statuses.append(leader.post(path).status_code))
    answer = join(socket, f"topic:{t}")
    assert statuses == [302]
    assert answer["code"] == "not_found"
    client_for("teacher").post(f"/workshops/{w}/topics/{t}/posts", data={"html": "他听不到"})
    assert join(socket, "nothing:1")["code"] == "not_found"  # whatever was sent to it has arrived by now
    assert ear.heard["changed"] == []
    assert not any(c.topics for c in live.hub.where(lambda c: c.user_id == cast.colleague.id))


def test_a_removed_member_is_put_out_at_once_and_cannot_come_back(app, client_for, socket_for, cast, topic):
    w, t = topic
    socket = socket_for("teacher")
    ear = Ear(socket)
    assert join(socket, f"topic:{t}")["ok"]
    assert join(socket, f"workshop:{w}")["ok"]
    assert client_for("leader").post(f"/workshops/{w}/members/{cast.teacher.id}/removal").status_code == 302
    eventually(lambda: {message["topic"] for message in ear.heard["ejected"]} == {f"topic:{t}", f"workshop:{w}"})
    assert join(socket, f"topic:{t}")["code"] == "not_found"
    assert join(socket, f"workshop:{w}")["code"] == "not_found"
    still = socket_for("colleague")
    other = Ear(still)
    join(still, f"topic:{t}")
    with app.app_context(), unit_of_work():
        seat = db.session.get(Workshop, w)
        make_post(cast.user("leader"), _topic(t))
        assert membership_of(seat.id, cast.teacher.id) is None
    eventually(lambda: other.heard["changed"])
    assert ear.heard["changed"] == []


def _topic(topic_id):
    from yanxiu.workshops.models import Topic

    return db.session.get(Topic, topic_id)


def test_removing_one_member_leaves_the_others_where_they_are(client_for, socket_for, cast, topic):
    w, t = topic
    staying = socket_for("colleague")
    ear = Ear(staying)
    join(staying, f"topic:{t}")
    leaving = socket_for("teacher")
    gone = Ear(leaving)
    join(leaving, f"topic:{t}")
    client_for("teacher").post(f"/workshops/{w}/departure")
    eventually(lambda: gone.heard["ejected"])
    eventually(lambda: ear.heard["here"] and [u["id"] for u in ear.heard["here"][-1]["users"]] == [cast.colleague.id])
    assert ear.heard["ejected"] == []


def test_whoever_is_let_in_may_follow(app, cast, socket_for, topic):
    w, t = topic
    socket = socket_for("villager")
    assert join(socket, f"topic:{t}")["code"] == "not_found"
    with app.app_context(), unit_of_work():
        membership.add_member(db.session.get(Workshop, w), cast.villager.id, how="invitation")
    assert join(socket, f"topic:{t}")["ok"]
