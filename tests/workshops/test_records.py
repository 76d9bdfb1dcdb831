"""What comes out of an activity: the record written by several, reflections, and the three checks."""

import io
from datetime import timedelta

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from tests.workshops.stage import FETCH, page
from tests.workshops.test_activities import NOON, Meeting
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.merging import merged
from yanxiu.workshops.models import Activity, ActivityReflection
from yanxiu.workshops.queries.records import checks_of, record_of
from yanxiu.workshops.services import attendance, records

texts = st.lists(st.sampled_from(["甲", "乙", "丙", "丁"]), max_size=6).map("\n".join)


@pytest.fixture
def meeting(app, cast):
    with clock.frozen(NOON):
        yield Meeting(app, cast, starts_at=NOON - timedelta(minutes=30))


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("", "我的一条", "同事的一条", "同事的一条\n我的一条"),
        ("一\n二\n三", "一改\n二\n三", "一\n二\n三\n四", "一改\n二\n三\n四"),
        ("一\n二\n三", "一\n二\n三\n我", "一\n二\n三\n他", "一\n二\n三\n他\n我"),
        ("一\n二", "一改", "一\n二改", None),
        ("一", "", "一改", None),
        ("一\n二", "一\n二", "二", "二"),
    ],
)
def test_two_changes_are_brought_together_or_left_to_people(base, mine, theirs, both):
    assert merged(base, mine, theirs) == both


@given(texts, texts, texts)
def test_no_line_that_either_added_is_lost_by_bringing_together(base, mine, theirs):
    both = merged(base, mine, theirs)
    if both is None:
        return
    lines, before = both.split("\n"), base.split("\n")
    for line in {*mine.split("\n"), *theirs.split("\n")} - {*before, ""}:
        assert line in lines


def test_colleagues_write_the_record_together_and_overwrite_nobody(app, cast, client_for, meeting):
    url = f"{meeting.url}/record"
    leader, teacher = client_for("leader"), client_for("teacher")

    def send(client, text, base, **more):
        data = {"discussion": text, "base_discussion": base, **more}
        return client.post(url, data=data, headers=FETCH).get_json()

    assert send(leader, "导入先算一笔账。", "")["texts"]["discussion"] == "导入先算一笔账。"
    again = send(teacher, "学生会问：箭从哪儿来。", "", theme="借箭", base_theme="")
    assert again["texts"]["discussion"] == "导入先算一笔账。\n学生会问：箭从哪儿来。"
    kept = send(leader, "导入改用地图。\n学生会问：箭从哪儿来。", again["texts"]["discussion"])
    assert kept["texts"]["discussion"] == "导入改用地图。\n学生会问：箭从哪儿来。"
    stands = leader.get(f"{url}?part=now").get_json()["texts"]["discussion"]
    lost = send(teacher, "我重写了一遍", "早先的一行")
    assert lost["clashes"] == {"discussion": stands}
    plain = teacher.post(url, data={"discussion": "我重写了一遍", "base_discussion": "早先的一行"})
    assert plain.status_code == 409
    text = plain.get_data(as_text=True)
    assert "我重写了一遍" in text
    assert "箭从哪儿来" in text
    with app.app_context():
        assert record_of(meeting.a)["discussion"].text == stands
        assert record_of(meeting.a)["theme"].editor_id == cast.teacher.id


def test_a_reflection_is_one_and_is_read_by_its_author_and_the_team(app, cast, client_for, meeting):
    teacher, url = client_for("teacher"), f"{meeting.url}/reflection"
    assert "请写点内容" in teacher.post(url, data={"html": " "}).get_data(as_text=True)
    for words in ("问题要少而真。", "问题要少而真。", "问题要少，还要真。"):
        assert teacher.post(url, data={"html": words}).status_code == 302
    with app.app_context():
        assert db.session.scalars(db.select(ActivityReflection)).one().changed_at is not None
    assert "问题要少，还要真。" in page(teacher, meeting.url)
    assert "问题要少，还要真。" in page(client_for("leader"), meeting.url)
    assert "问题要少，还要真。" in page(client_for("principal"), meeting.url)
    assert "问题要少，还要真。" not in page(client_for("colleague"), meeting.url)


def words_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])


def test_the_three_checks_count_who_came_and_who_owes_something(app, cast, client_for, meeting):
    def checks():
        activity = db.session.get(Activity, meeting.a)
        return checks_of(activity, record_of(activity.id))

    with app.app_context():
        with unit_of_work():
            activity = db.session.get(Activity, meeting.a)
            for person, state in ((cast.leader, "present"), (cast.teacher, "late"), (cast.colleague, "excused")):
                attendance.mark_attendance(cast.user("leader"), activity, person.id, state)
            records.hand_in_reflection(cast.user("colleague"), activity, "<p>请假也写一篇。</p>")
        found = checks()
        assert (found.attendance_done, found.record_done, found.reflections_done) == (True, False, False)
        assert (found.reflections, found.reflections_of_came) == (1, 0)
    shown = page(client_for("leader"), meeting.url)
    assert "<dt>请假 1</dt><dd>周敏</dd>" in shown
    assert "还没交：李强、王丽" in shown
    assert "还没写：主持人、" in shown
    assert "还没交：" not in page(client_for("colleague"), meeting.url)
    texts = {key: words_of(client_for(key).get(f"{meeting.url}?format=docx").data) for key in ("leader", "colleague")}
    assert "应到 3 人，实到 2 人（迟到 1 人），请假 1 人" in texts["colleague"]
    assert "二楼会议室" in texts["colleague"]
    assert ("请假也写一篇。" in texts["leader"], "请假也写一篇。" in texts["colleague"]) == (True, False)
    assert ("请假：周敏" in texts["leader"], "请假：周敏" in texts["colleague"]) == (True, False)
    with app.app_context():
        with unit_of_work():
            activity = db.session.get(Activity, meeting.a)
            records.save_record(cast.user("leader"), activity, {"discussion": ("", "议题"), "outcome": ("", "定稿")})
            for key in ("leader", "teacher"):
                records.hand_in_reflection(cast.user(key), activity, "<p>收获</p>")
        found = checks()
        assert (found.attendance_done, found.record_done, found.reflections_done) == (True, True, True)
        with pytest.raises(YanxiuError), unit_of_work():
            db.session.get(Activity, meeting.a).starts_at = NOON + timedelta(hours=1)
            records.hand_in_reflection(cast.user("leader"), db.session.get(Activity, meeting.a), "<p>早了</p>")
