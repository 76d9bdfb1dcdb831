"""Activities: the four things fixed before, the list by time, what clashes, calendars, and who is told."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.workshops import make_activity, make_topic, make_workshop
from tests.workshops.matrix_activities import FORM
from tests.workshops.stage import page
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.tasks import Worker
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.calendars import calendar_of, folded
from yanxiu.workshops.models import Activity, Workshop
from yanxiu.workshops.services import activities as services
from yanxiu.workshops.subscribers import announce_activities

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Meeting:
    """A workshop with an activity tomorrow, by ids."""

    def __init__(self, app, cast, **details):
        with app.app_context(), unit_of_work():
            workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
            self.w = workshop.id
            self.a = make_activity(cast.user("leader"), workshop, **details).id
        self.list = f"/workshops/{self.w}/activities"
        self.url = f"{self.list}/{self.a}"


@pytest.fixture
def meeting(app, cast):
    with clock.frozen(NOON):
        yield Meeting(app, cast)


def test_a_leader_fixes_an_activity_once_and_members_find_it(app, cast, client_for, meeting):
    leader, teacher = client_for("leader"), client_for("teacher")
    first, again = (leader.post(meeting.list, data=FORM) for _ in range(2))
    assert first.status_code == 302
    assert again.location == first.location
    shown = page(teacher, first.location)
    assert "12月1日 星期二 19:30—21:00" in shown
    assert "二楼会议室" in shown
    assert "《景阳冈》集体备课" in page(teacher, f"/workshops/{meeting.w}")
    with app.app_context():
        made = db.session.scalars(db.select(Activity).where(Activity.title == FORM["title"])).one()
        assert made.speaker_id == cast.teacher.id
        assert made.starts_at == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


def test_an_activity_leads_to_the_topic_it_is_about_and_to_none_of_another_workshop(app, cast, client_for, meeting):
    with app.app_context(), unit_of_work():
        here = make_topic(cast.user("leader"), db.session.get(Workshop, meeting.w), "导入要不要算一笔账").id
        other = make_workshop(cast.user("villager"), [], name="别的工作坊")
        elsewhere = make_topic(cast.user("villager"), other).id
    leader, form = client_for("leader"), FORM | {"title": "集体备课"}
    assert leader.post(meeting.list, data=form | {"about": f"topic:{elsewhere}"}).status_code == 422
    made = leader.post(meeting.list, data=form | {"about": f"topic:{here}"}).location
    link = f'href="/workshops/{meeting.w}/topics/{here}">话题：导入要不要算一笔账</a>'
    assert link in page(client_for("teacher"), made)
    assert f'<option selected value="topic:{here}">' in page(leader, f"{made}/edit")
    leader.post(f"{made}/edit", data=form | {"about": ""})
    assert link not in page(client_for("teacher"), made)


def test_each_of_the_four_things_is_asked_for_beside_its_field(client_for, meeting):
    wrong = FORM | {"starts_at": "", "ends_at": "2026-12-01T18:00", "speaker": " ", "place": "", "html": ""}
    answer = client_for("leader").post(meeting.list, data=wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("请填写开始时间", "请填写主讲人", "请填写地点"):
        assert words in text
    backwards = client_for("leader").post(meeting.list, data=FORM | {"ends_at": "2026-12-01T18:00"})
    assert "结束时间要晚于开始时间" in backwards.get_data(as_text=True)
    empty = client_for("leader").post(meeting.list, data=FORM | {"html": ""})
    assert "请写点内容再发布" in empty.get_data(as_text=True)


def test_the_list_stands_by_time_and_costs_the_same_with_fifty(app, cast, client_for, meeting, count_queries):
    teacher = client_for("teacher")

    def cost():
        with count_queries() as counted:
            shown = page(teacher, meeting.list)
        return counted.count, shown

    with app.app_context(), unit_of_work():
        workshop, leader = db.session.get(Workshop, meeting.w), cast.user("leader")
        make_activity(leader, workshop, title="正在上的课", starts_at=NOON - timedelta(minutes=10))
        make_activity(leader, workshop, title="上周的讲座", starts_at=NOON - timedelta(days=7))
    cost()  # the day's first visit is noted
    few, shown = cost()
    assert shown.index("正在上的课") < shown.index("《草船借箭》第二次集体备课") < shown.index("上周的讲座")
    with app.app_context(), unit_of_work():
        workshop, leader = db.session.get(Workshop, meeting.w), cast.user("leader")
        for day in range(45):
            make_activity(leader, workshop, title=f"第{day}次", starts_at=NOON + timedelta(days=day - 20, hours=1))
    many, shown = cost()
    assert many == few
    assert "加载更多" in shown


def test_what_falls_on_the_same_time_is_said_and_does_not_block(app, cast, client_for, meeting):
    with app.app_context(), unit_of_work():
        hidden = make_workshop(cast.user("villager"), [cast.user("teacher")], name="别的工作坊")
        make_activity(cast.user("villager"), hidden, title="外人看不到的活动", starts_at=NOON + timedelta(days=1))
    start = clock.now().astimezone(clock.LOCAL_ZONE) + timedelta(days=1, minutes=30)
    same = FORM | {
        "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "speaker": cast.leader.name,
    }
    leader = client_for("leader")
    query = {name: same[name] for name in ("starts_at", "ends_at", "speaker", "place", "is_online")}
    said = leader.get(f"{meeting.list}/new", query_string=query | {"part": "clashes"}).get_data(as_text=True)
    assert "主讲人另有活动" in said
    assert f"{cast.teacher.name} 1 位成员，在别的工作坊有活动" in said
    assert "外人看不到" not in said
    made = leader.post(meeting.list, data=same)
    assert made.status_code == 302
    assert "这个时间还有别的安排" in page(leader, made.location)
    assert "这个时间还有别的安排" not in page(client_for("teacher"), made.location)


def test_those_concerned_are_told_once_of_new_moved_and_cancelled(app, cast, client_for, meeting):
    worker = Worker(app)

    def told(person):
        worker.run_until_idle()
        with app.app_context():
            rows = db.session.scalars(db.select(Notification).where(Notification.user_id == person.id))
            return sorted(row.kind for row in rows if row.kind.startswith("activity"))

    assert told(cast.teacher) == ["activity_new"]
    assert told(cast.leader) == []
    leader = client_for("leader")
    moved = FORM | {"place": "三楼录播教室"}
    assert leader.post(f"{meeting.url}/edit", data=moved).status_code == 302
    assert told(cast.teacher) == ["activity_changed", "activity_new"]
    leader.post(f"{meeting.url}/edit", data=moved | {"html": "<p>再带上学生作业。</p>"})
    assert told(cast.teacher) == ["activity_changed", "activity_new"]
    empty = leader.post(f"{meeting.url}/cancellation", data={"reason": " "})
    assert "请写明取消的原因" in empty.get_data(as_text=True)
    for _ in range(2):
        leader.post(f"{meeting.url}/cancellation", data={"reason": "学校停电"})
    assert told(cast.teacher) == ["activity_cancelled", "activity_changed", "activity_new"]
    assert "学校停电" in page(client_for("colleague"), meeting.url)
    assert leader.post(f"{meeting.url}/edit", data=moved).status_code == 403


def test_members_are_reminded_the_day_before_by_day_and_once(app, cast, meeting):
    def remind_at(moment):
        with clock.frozen(moment), app.app_context():
            with unit_of_work():
                db.session.execute(db.delete(Notification))
            announce_activities({}, Job())
            Worker(app).run_until_idle(20)
            kinds = db.session.scalars(db.select(Notification.kind).where(Notification.user_id == cast.teacher.id))
            return [kind for kind in kinds if kind == "activity_near"]

    start = NOON + timedelta(days=1)
    assert remind_at(start - timedelta(hours=14)) == []
    assert remind_at(start - timedelta(hours=4)) == ["activity_near"]
    assert remind_at(start - timedelta(hours=3)) == []


class Job:
    """What a handler asks of its worker."""

    def extend(self, seconds=0):
        return None


def test_a_calendar_keeps_to_the_rules_and_takes_the_cancelled_out(app, cast, client_for, meeting):
    first = client_for("teacher").get(f"{meeting.url}/calendar.ics")
    assert first.mimetype == "text/calendar"
    lines = unfolded(first.data)
    assert lines["SUMMARY"] == "《草船借箭》第二次集体备课"
    assert lines["DTSTART"] == "20261124T040000Z"
    assert (lines["SEQUENCE"], lines["STATUS"]) == ("0", "CONFIRMED")
    client_for("leader").post(f"{meeting.url}/cancellation", data={"reason": "下大雨；路不通，改期"})
    after = unfolded(client_for("teacher").get(f"/workshops/{meeting.w}/activities.ics").data)
    assert after["UID"] == lines["UID"]
    assert (after["SEQUENCE"], after["STATUS"]) == ("1", "CANCELLED")
    assert "下大雨；路不通，改期" in after["DESCRIPTION"]


def unfolded(data):
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.decode().replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def test_folding_tears_no_character_and_text_cannot_add_a_line(app, meeting):
    line = "DESCRIPTION:" + "研修𠮷，" * 60
    pieces = folded(line).encode().split(b"\r\n")
    assert max(map(len, pieces)) <= 75
    assert b"".join([pieces[0], *(piece[1:] for piece in pieces[1:])]).decode() == line
    with app.app_context():
        activity = db.session.get(Activity, meeting.a)
        activity.title = "一\r\nBEGIN:VALARM,;\\"
        text = calendar_of("名", [activity], lambda _activity: "https://x.example/a").decode()
        db.session.rollback()
    assert "\r\nBEGIN:VALARM" not in text
    assert "SUMMARY:一\\nBEGIN:VALARM\\,\\;\\\\" in text


def test_a_kind_that_is_none_of_the_eight_is_refused(app, cast, meeting):
    wrong = services.ActivityDetails("dance", "一", "<p>一</p>", NOON, NOON + timedelta(hours=1), "李强", "会议室")
    with app.app_context(), pytest.raises(InvalidError, match="请选择活动类型"), unit_of_work():
        services.create_activity(cast.user("leader"), db.session.get(Workshop, meeting.w), wrong)
