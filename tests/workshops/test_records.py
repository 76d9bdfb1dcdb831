"""What comes out of an activity: the reading copy of its record, reflections, and the three checks."""

import io
from datetime import timedelta

import pytest
from docx import Document

from tests.workshops.stage import page, picture
from tests.workshops.test_activities import NOON, Meeting
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.events import RecordSection
from yanxiu.workshops.models import Activity, ActivityReflection
from yanxiu.workshops.queries.records import checks_of, record_of
from yanxiu.workshops.services import attendance, records


@pytest.fixture
def meeting(app, cast):
    with clock.frozen(NOON):
        yield Meeting(app, cast, starts_at=NOON - timedelta(minutes=30))


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
    home = meeting.url.partition("/activities")[0]
    address = teacher.post(f"{home}/pictures", data={"file": (picture(), "板书.png")}).json["url"]
    teacher.post(url, data={"html": f'<p>看图</p><img src="{address}" alt="">', "format": "html"})
    word = Document(io.BytesIO(client_for("leader").get(f"{meeting.url}?format=docx").data))
    assert len(word.inline_shapes) == 1


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
    assert "还没写：说课与共议过程、" in shown
    assert "“各人发言要点”和“共识与成果”都写了" in shown
    assert "还没交：" not in page(client_for("colleague"), meeting.url)
    texts = {key: words_of(client_for(key).get(f"{meeting.url}?format=docx").data) for key in ("leader", "colleague")}
    assert "应到 3 人，实到 2 人（迟到 1 人），请假 1 人" in texts["colleague"]
    assert "二楼会议室" in texts["colleague"]
    assert ("请假也写一篇。" in texts["leader"], "请假也写一篇。" in texts["colleague"]) == (True, False)
    assert ("请假：周敏" in texts["leader"], "请假：周敏" in texts["colleague"]) == (True, False)
    with app.app_context():
        with unit_of_work():
            activity = db.session.get(Activity, meeting.a)
            records.keep_record(activity, "<p>字</p>", [RecordSection("own", "自拟", "字")], [cast.leader.id])
        found = checks()
        assert (found.record_done, list(found.unwritten)) == (False, ["各人发言要点", "共识与成果"])
        with unit_of_work():
            activity = db.session.get(Activity, meeting.a)
            sections = [RecordSection("discussion", "要点", "议题"), RecordSection("outcome", "成果", "定稿")]
            records.keep_record(activity, "<p>议题</p>", sections, [cast.leader.id])
            for key in ("leader", "teacher"):
                records.hand_in_reflection(cast.user(key), activity, "<p>收获</p>")
        found = checks()
        assert (found.attendance_done, found.record_done, found.reflections_done) == (True, True, True)
        with pytest.raises(YanxiuError), unit_of_work():
            db.session.get(Activity, meeting.a).starts_at = NOON + timedelta(hours=1)
            records.hand_in_reflection(cast.user("leader"), db.session.get(Activity, meeting.a), "<p>早了</p>")
