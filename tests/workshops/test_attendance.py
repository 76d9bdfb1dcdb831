"""Who came: the code that changes, phones without a line, the host's list, and the list on paper."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from tests.support.accounts import make_person
from tests.support.sockets import join
from tests.workshops.stage import FETCH, page
from tests.workshops.test_activities import NOON, Meeting
from yanxiu.accounts.queries import find_organization
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.live import make_rounds, who_stays
from yanxiu.workshops.codes import code_of, step_of
from yanxiu.workshops.models import Activity, Attendance, Workshop
from yanxiu.workshops.queries.attendance import count_attendance
from yanxiu.workshops.services import attendance as services
from yanxiu.workshops.services import membership

START = NOON + timedelta(hours=1)


@pytest.fixture
def meeting(app, cast):
    with clock.frozen(NOON):
        return Meeting(app, cast, starts_at=START)


def code_at(app, meeting, moment):
    with app.app_context():
        return code_of(db.session.get(Activity, meeting.a).key, step_of(moment))


def states(app, meeting):
    with app.app_context():
        rows = db.session.scalars(db.select(Attendance).where(Attendance.activity_id == meeting.a)).all()
        return {row.user_id: row.state for row in rows}


def test_the_code_on_the_screen_signs_in_and_so_does_the_one_before(app, cast, client_for, meeting):
    with clock.frozen(START - timedelta(minutes=2)):
        screen = page(client_for("leader"), f"{meeting.url}/attendance?part=code")
        digits = "".join(re.search(r"code-digits[^>]*>([\d ]+)<", screen).group(1).split())
        assert digits == code_at(app, meeting, clock.now())
        assert "<svg" in screen
        assert "style=" not in screen
    with clock.frozen(START - timedelta(minutes=2) + timedelta(seconds=31)):
        assert client_for("teacher").post(f"{meeting.url}/sign-in", data={"code": digits}).status_code == 302
        assert "您已签到" in page(client_for("teacher"), f"{meeting.url}/sign-in")
    with clock.frozen(START + timedelta(minutes=5)):
        refused = client_for("colleague").post(f"{meeting.url}/sign-in", data={"code": digits})
        assert refused.status_code == 422
        assert "已经过期" in refused.get_data(as_text=True)
        assert (
            "已经过期"
            in client_for("colleague")
            .post(f"{meeting.url}/sign-in", data={"code": digits}, headers=FETCH)
            .get_json()["message"]
        )
    assert states(app, meeting) == {cast.teacher.id: "present"}


def test_who_comes_after_the_time_of_grace_is_late_and_never_counted_twice(app, cast, client_for, meeting):
    with clock.frozen(START + timedelta(minutes=11)):
        code = code_at(app, meeting, clock.now())
        for _ in range(3):
            assert (
                client_for("teacher")
                .post(f"{meeting.url}/sign-in", data={"code": f"{code[:3]} {code[3:]}"})
                .status_code
                == 302
            )
        assert states(app, meeting) == {cast.teacher.id: "late"}
        with app.app_context():
            count = count_attendance(db.session.get(Activity, meeting.a))
        assert (count.came, count.late, count.open, count.expected) == (1, 1, 2, 3)


def test_a_phone_without_a_line_sends_what_it_read_later(app, cast, meeting):
    with app.app_context():
        door = START - timedelta(minutes=3)
        activity = db.session.get(Activity, meeting.a)
        code, key = code_of(activity.key, step_of(door)), step_of(door)

        def sent(user, after, **told):
            with clock.frozen(door + after), unit_of_work():
                row = services.sign_in(cast.user(user), db.session.get(Activity, meeting.a), code, **told)
                return row.state, row.arrived_at

        hour = timedelta(hours=2)
        assert sent("teacher", hour, elapsed=hour)[0] == "present"
        assert sent("colleague", hour, step=key) == ("present", door.replace(second=0, microsecond=0))
        for told in ({}, {"elapsed": timedelta(minutes=30)}, {"step": key - 4}, {"step": 10**9}):
            with pytest.raises(YanxiuError):
                sent("leader", hour, **told)
        with pytest.raises(YanxiuError, match="太久"):
            sent("leader", timedelta(hours=13), step=key)
        with unit_of_work():
            late = {"state": "late", "arrived_at": START + timedelta(minutes=20)}
            db.session.add(Attendance(activity_id=meeting.a, user_id=cast.leader.id, **late))
        assert sent("leader", hour, elapsed=hour) == ("present", door), "noted on line, but at the door before"


def test_nobody_signs_in_before_the_door_opens_or_after_it_closed(app, cast, meeting):
    with app.app_context():
        for moment in (START - timedelta(minutes=61), START + timedelta(minutes=121)):
            with clock.frozen(moment), pytest.raises(YanxiuError), unit_of_work():
                activity = db.session.get(Activity, meeting.a)
                services.sign_in(cast.user("teacher"), activity, code_of(activity.key, step_of(moment)))
    assert states(app, meeting) == {}


def test_the_pages_say_when_the_door_opens_and_that_it_has_closed(client_for, meeting):
    for moment, hosts, guests in (
        (START - timedelta(hours=2), "开始签到，到时这里会出现二维码", "开始签到"),
        (
            START + timedelta(days=2),
            "签到时间已经过了，还可以在下面的名单里登记",
            "签到时间已经过了，来过的话请坊主补登",
        ),
    ):
        with clock.frozen(moment):
            assert hosts in page(client_for("leader"), f"{meeting.url}/attendance")
            assert guests in page(client_for("teacher"), f"{meeting.url}/sign-in")


def test_the_hosts_word_stands_until_the_person_was_at_the_door_and_after_it(app, cast, client_for, meeting):
    leader, url = client_for("leader"), f"{meeting.url}/attendance/{cast.teacher.id}"
    with clock.frozen(START + timedelta(minutes=2)):
        answer = leader.post(url, data={"state": "absent"}, headers=FETCH).get_json()
        assert answer["toast"] == "已记为缺席"
        client_for("teacher").post(f"{meeting.url}/sign-in", data={"code": code_at(app, meeting, clock.now())})
        assert states(app, meeting) == {cast.teacher.id: "present"}
        leader.post(url, data={"state": "excused"})
        client_for("teacher").post(f"{meeting.url}/sign-in", data={"code": code_at(app, meeting, clock.now())})
        assert states(app, meeting) == {cast.teacher.id: "excused"}
        leader.post(answer["undo"]["url"])
        assert states(app, meeting) == {cast.teacher.id: ""}
        assert leader.post(f"{meeting.url}/attendance/{cast.outsider.id}", data={"state": "present"}).status_code == 404
        assert leader.post(f"{meeting.url}/attendance").status_code == 302
    assert set(states(app, meeting).values()) == {"absent"}


def test_the_list_is_live_costs_the_same_with_fifty_and_goes_out_as_excel(
    app, cast, client_for, meeting, count_queries
):
    leader = client_for("leader")
    with clock.frozen(START):
        page(leader, f"{meeting.url}/attendance")
        with count_queries() as few:
            shown = page(leader, f"{meeting.url}/attendance")
        seq = int(re.search(r'data-seq="(\d+)"', shown).group(1))
        client_for("teacher").post(f"{meeting.url}/sign-in", data={"code": code_at(app, meeting, START)})
        changed = page(leader, f"{meeting.url}/attendance?since={seq}")
        assert f'id="name-{cast.teacher.id}"' in changed
        assert f'id="name-{cast.colleague.id}"' not in changed
        assert 'id="attendance-count"' in changed
        with app.app_context(), unit_of_work():
            workshop = db.session.get(Workshop, meeting.w)
            school = find_organization(cast.leader.organization_id)
            for number in range(45):
                membership.add_member(workshop, make_person(school, f"多{number}").id, how="invitation")
        with count_queries() as many:
            page(leader, f"{meeting.url}/attendance")
        assert many.count == few.count
        sheet = openpyxl.load_workbook(io.BytesIO(leader.get(f"{meeting.url}/attendance.xlsx").data)).active
    assert "应到 48 实到 1" in sheet["A1"].value
    names = {sheet.cell(row, 2).value: sheet.cell(row, 4).value for row in range(3, sheet.max_row + 1)}
    assert names[cast.teacher.name] == "出席"
    assert names[cast.colleague.name] == "未登记"


def test_those_who_have_the_page_of_an_online_activity_open_are_noted_by_one_tap(
    app, cast, client_for, socket_for, meeting
):
    with app.app_context(), unit_of_work():
        db.session.get(Activity, meeting.a).is_online = True
        services.mark_attendance(cast.user("leader"), db.session.get(Activity, meeting.a), cast.colleague.id, "excused")
    for key in ("teacher", "colleague", "leader"):
        assert join(socket_for(key), f"activity:{meeting.a}")["ok"]
    online = {"data": {"who": "here"}, "headers": FETCH}
    with clock.frozen(START - timedelta(hours=3)):
        assert client_for("leader").post(f"{meeting.url}/attendance", **online).status_code == 409
        assert "登记在线的老师" not in page(client_for("leader"), f"{meeting.url}/attendance")
    with clock.frozen(START + timedelta(minutes=1)):
        assert "登记在线的老师" in page(client_for("leader"), f"{meeting.url}/attendance")
        said = [client_for("leader").post(f"{meeting.url}/attendance", **online).get_json()["toast"] for _ in range(2)]
    assert said == ["已登记 2 位在线的老师", "在线的老师都登记过了"]
    noted = {cast.teacher.id: "present", cast.leader.id: "present", cast.colleague.id: "excused"}
    assert states(app, meeting) == noted, "who is excused stays so, who is not there is left open"


def test_a_cancelled_activity_takes_no_sign_in(app, cast, client_for, meeting):
    with clock.frozen(START):
        code = code_at(app, meeting, START)
        client_for("leader").post(f"{meeting.url}/cancellation", data={"reason": "改期"})
        assert client_for("teacher").post(f"{meeting.url}/sign-in", data={"code": code}).status_code == 403
        assert client_for("leader").get(f"{meeting.url}/attendance").status_code == 403


def test_those_who_stay_on_line_for_five_minutes_are_noted_by_themselves_and_people_have_the_last_word(
    app, cast, client_for, socket_for, meeting
):
    with app.app_context(), unit_of_work():
        db.session.get(Activity, meeting.a).is_online = True
        services.mark_attendance(cast.user("leader"), db.session.get(Activity, meeting.a), cast.leader.id, "absent")
    sockets = {key: socket_for(key) for key in ("leader", "teacher", "colleague")}
    room = f"activity:{meeting.a}"
    with clock.frozen(START - timedelta(minutes=40)):
        assert "让这个页面开着满 5 分钟" in page(client_for("teacher"), meeting.url)
        for key in ("leader", "teacher"):
            assert join(sockets[key], room)["ok"]
    go_round(app, START + timedelta(minutes=4))
    assert states(app, meeting) == {cast.leader.id: "absent"}, "what came before the start does not count"
    go_round(app, START + timedelta(minutes=5))
    assert states(app, meeting) == {cast.leader.id: "absent", cast.teacher.id: "present"}
    with clock.frozen(START + timedelta(minutes=12)):
        assert join(sockets["colleague"], room)["ok"]
        assert "起在线" in page(client_for("teacher"), meeting.url)
        assert "起在线" in page(client_for("leader"), f"{meeting.url}/attendance")
    for minutes in (18, 19):
        go_round(app, START + timedelta(minutes=minutes))
    assert states(app, meeting)[cast.colleague.id] == "late"
    with app.app_context(), unit_of_work():
        services.mark_attendance(cast.user("leader"), db.session.get(Activity, meeting.a), cast.teacher.id, "")
    go_round(app, START + timedelta(minutes=25))
    assert states(app, meeting)[cast.teacher.id] == ""
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attendance)) == 3
        noted = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "attendance.stayed")).all()
        assert len(noted) == 2


def go_round(app, moment):
    with clock.frozen(moment), app.app_context():
        make_rounds()


def test_a_reload_does_not_begin_anew_and_a_room_in_the_hall_is_not_on_line(
    app, cast, socket_for, meeting, monkeypatch
):
    room, socket = f"activity:{meeting.a}", socket_for("teacher")
    with clock.frozen(START):
        assert join(socket, room)["ok"]
    with clock.frozen(START + timedelta(minutes=4)):
        assert socket.call("leave", {"topic": room}, namespace="/live")["ok"]
    with clock.frozen(START + timedelta(minutes=5)):
        assert who_stays("activity").get(meeting.a, {}) == {}
        assert join(socket, room)["ok"]
        assert who_stays("activity")[meeting.a] == {cast.teacher.id: START}
    go_round(app, START + timedelta(minutes=6))
    assert states(app, meeting) == {}, "it is in a hall: who comes signs in there"
    with clock.frozen(START + timedelta(minutes=7)):
        socket.call("leave", {"topic": room}, namespace="/live")
    with clock.frozen(START + timedelta(minutes=30)):
        join(socket, room)
        assert who_stays("activity")[meeting.a] == {cast.teacher.id: START + timedelta(minutes=30)}
