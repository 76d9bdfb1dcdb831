"""Bulletins: filled from a period, written by several, numbered without gaps, read, printed, taken back."""

import io
from datetime import timedelta

import pytest
from docx import Document
from sqlalchemy import select

from tests.support.workshops import (
    make_activity,
    make_bulletin,
    make_post,
    make_task,
    make_topic,
    make_work,
    make_workshop,
    opener,
)
from tests.workshops.stage import FETCH, page, picture
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.clock import now, today
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.bulletin_content import table_from
from yanxiu.workshops.models import Bulletin, BulletinSection, Workshop
from yanxiu.workshops.queries import bulletins as queries
from yanxiu.workshops.services import attendance, bulletins, topics, work
from yanxiu.workshops.services.bulletins import Masthead, Written
from yanxiu.workshops.services.work import Mark

HEAD = Masthead("五年级语文工作坊简报", "青山镇中心小学", "王丽", "县教师发展中心")


@pytest.fixture
def room(cast, ctx):
    """A workshop with three people and a little of everything in the last days."""

    class Room:
        people = {key: cast.user(key) for key in cast.people}

    leader, teacher = Room.people["leader"], Room.people["teacher"]
    with clock.frozen(now() - timedelta(days=20)), unit_of_work():
        Room.workshop = make_workshop(leader, [teacher, Room.people["colleague"]])
    with clock.frozen(now() - timedelta(days=3)), unit_of_work():
        Room.topic = make_topic(teacher, Room.workshop, "怎么问 <才好>", "<p>少问一句，多等两秒。</p>")
        make_post(Room.people["colleague"], Room.topic)
        topics.digest_topic(leader, Room.topic, opener(Room.topic), digest=True)
        meeting = make_activity(leader, Room.workshop, starts_at=now() + timedelta(hours=1))
        task = make_task(leader, Room.workshop, due_at=now() + timedelta(hours=5))
        work.mark_work(leader, make_work(teacher, task), 1, Mark(score=96, comment="问题少而准", excellent=True))
    with clock.frozen(now() - timedelta(days=2)), unit_of_work():
        attendance.mark_attendance(leader, meeting, teacher.id, "late")
    with unit_of_work():
        Room.bulletin = make_bulletin(leader, Room.workshop, days=7)
    return Room


def section(bulletin, kind) -> BulletinSection:
    return next(found for found in bulletin.sections if found.kind == kind)


def write(actor, bulletin, html, version, kind="opening", **more):
    with unit_of_work():
        return bulletins.save_bulletin(actor, bulletin, HEAD, [Written(kind, html, True, version)], **more)


def told():
    return db.session.scalars(select(Notification.user_id).where(Notification.kind == "bulletin_new")).all()


def test_an_issue_is_filled_from_what_happened_in_its_days_with_honest_numbers(room):
    found = room.bulletin
    held = section(found, "activities").html
    assert "应到 3 人，到场 1 人，其中迟到 1 人，未登记 2 人" in held
    assert "<h3>怎么问 &lt;才好&gt;（精华）</h3>" in section(found, "discussion").html
    assert "李强（青山镇中心小学）96 分。点评：问题少而准" in section(found, "works").html
    assert "作业还有 1 份没有交" in section(found, "tips").html
    table = table_from(section(found, "insights").table)
    assert table.rows[-1][:4] == ["合计", "3", "2", "66%"]
    left_out = {one.kind for one in found.sections if not one.included}
    assert left_out == {"voices", "next", "plans"}, "what has nothing to say stays out"
    with unit_of_work(), pytest.raises(InvalidError, match="早于"):
        bulletins.compose(room.people["leader"], room.workshop, today(), today() - timedelta(days=1))


def test_the_same_form_makes_one_issue(room):
    mark = "5f0c1a52-0f5e-4c7c-8a4f-6a1a6d4be0c9"
    with unit_of_work():
        made = {
            bulletins.compose(room.people["leader"], room.workshop, today(), today(), client_uuid=mark).id
            for _ in range(2)
        }
    assert len(made) == 1


def test_two_who_write_in_one_column_do_not_overwrite_one_another(room):
    leader, helper = room.people["leader"], room.people["colleague"]
    assert write(leader, room.bulletin, "<p>甲</p>", 1).versions == {"opening": 2}
    assert write(leader, room.bulletin, "<p>甲</p>", 1).clashes == {}, "sent again it is what stands there"
    clash = write(helper, room.bulletin, "<p>乙</p>", 1).clashes["opening"]
    assert (clash.version, clash.html, clash.by) == (2, "<p>甲</p>", "王丽")
    assert section(room.bulletin, "opening").html == "<p>甲</p>"
    assert write(helper, room.bulletin, "<p>甲乙</p>", 2).versions == {"opening": 3}
    order = [Written(kind, section(room.bulletin, kind).html, True, 9) for kind in ("tips", "opening")]
    with unit_of_work():
        bulletins.save_bulletin(helper, room.bulletin, HEAD, order)
    db.session.expire_all()
    places = [one.kind for one in room.bulletin.sections]
    assert places.index("tips") < places.index("opening")


def test_filling_anew_says_what_it_replaces_and_leaves_the_rest_alone(room):
    leader = room.people["leader"]
    write(leader, room.bulletin, "<p>热帖都在上一期说过了。</p>", 1, kind="discussion")
    with unit_of_work():
        make_topic(leader, room.workshop, "作业怎么减", "<p>先减一半。</p>")
        for _ in range(3):
            make_post(room.people["teacher"], room.topic)
    changes = {one.section.kind: one for one in bulletins.changes_of(room.bulletin)}
    assert changes["discussion"].edited
    assert not changes["people"].edited
    assert changes["insights"].new_table
    assert not changes["insights"].new_text
    with unit_of_work():
        assert bulletins.fill_anew(leader, room.bulletin, {"insights", "people"}) == 2
    assert section(room.bulletin, "discussion").html == "<p>热帖都在上一期说过了。</p>"
    assert table_from(section(room.bulletin, "insights").table).rows[-1][-2:] == ["2", "4"]
    assert {one.section.kind for one in bulletins.changes_of(room.bulletin)} == {"discussion", "tips"}


def test_numbers_have_no_gaps_and_stay_with_their_issue(room):
    leader = room.people["leader"]
    with unit_of_work():
        thrown, second = make_bulletin(leader, room.workshop), make_bulletin(leader, room.workshop)
        bulletins.delete_bulletin(leader, thrown)
        bulletins.publish_bulletin(leader, room.bulletin)
        bulletins.publish_bulletin(leader, second)
    assert (room.bulletin.number, second.number, room.workshop.bulletins_count) == (1, 2, 2)
    members = {room.people["teacher"].id, room.people["colleague"].id}
    assert set(told()) == members
    assert len(told()) == 4
    with unit_of_work():
        with pytest.raises(ConflictError, match="撤回以后才能修改"):
            bulletins.save_bulletin(leader, room.bulletin, HEAD, [])
        bulletins.withdraw_bulletin(leader, room.bulletin)
        with pytest.raises(ConflictError, match="保留期号"):
            bulletins.delete_bulletin(leader, room.bulletin)
    assert (queries.last_number(room.workshop.id), room.workshop.bulletins_count) == (2, 1)
    with unit_of_work():
        bulletins.publish_bulletin(leader, room.bulletin)
        with pytest.raises(ConflictError):
            bulletins.publish_bulletin(leader, room.bulletin)
    assert (room.bulletin.number, len(told())) == (1, 4), "nobody is told twice of the same issue"
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "bulletin")).all()
    assert actions.count("bulletin.published") == 3
    assert "bulletin.withdrawn" in actions
    queued = select(SearchOutbox.object_id).where(SearchOutbox.kind == "bulletin")
    assert set(db.session.scalars(queued)) == {room.bulletin.id, second.id}


def test_saving_and_publishing_at_once_locks_in_the_order_of_everybody_who_publishes(room, monkeypatch):
    """The workshop, then the issue: else two of a team who publish at once wait for each other in a circle."""
    held = []
    monkeypatch.setattr(bulletins, "hold", lambda row, hold=bulletins.hold: held.append(type(row)) or hold(row))
    with unit_of_work():
        bulletins.save_bulletin(room.people["leader"], room.bulletin, HEAD, [], publish=True)
    assert room.bulletin.is_public
    assert held.index(Workshop) < held.index(Bulletin)


def test_an_issue_without_a_word_is_not_published(room):
    leader = room.people["leader"]
    nothing = [Written(one.kind, one.html, False, one.version) for one in room.bulletin.sections]
    with unit_of_work():
        bulletins.save_bulletin(leader, room.bulletin, HEAD, nothing)
        with pytest.raises(InvalidError, match="至少写一栏"):
            bulletins.publish_bulletin(leader, room.bulletin)


def test_it_is_written_published_read_and_taken_back_through_its_pages(room, client_for):
    leader, teacher = client_for("leader"), client_for("teacher")
    here = f"/workshops/{room.workshop.id}/bulletins/{room.bulletin.id}"
    assert teacher.get(here).status_code == 404, "a draft is not there for members"
    assert ">简报</a>" not in teacher.get(f"/workshops/{room.workshop.id}").text
    form = {"masthead": "语文工作坊简报", "section": ["opening", "insights"], "html_opening": "<p>您好</p>"}
    form |= {"in_opening": "y", "in_insights": "y", "version_opening": "1", "version_insights": "1"}
    answer = leader.post(f"{here}/edit", data=form, headers=FETCH).get_json()
    assert answer["versions"]["opening"] == 2
    assert answer["clashes"] == {}
    late = leader.post(f"{here}/edit", data=form | {"html_opening": "<p>别的</p>"}, headers=FETCH).get_json()
    assert late["clashes"]["opening"]["html"] == "<p>您好</p>"
    assert leader.post(f"{here}/edit", data=form | {"html_opening": "<p>别的</p>"}).status_code == 409
    bad = leader.post(f"{here}/edit", data=form | {"masthead": ""}, headers=FETCH)
    assert (bad.status_code, bad.get_json()["errors"]["masthead"]) == (422, ["请填写刊名"])
    sent = leader.post(f"{here}/edit", data=form | {"version_opening": "2", "then": "publish"})
    assert sent.status_code == 302
    assert sent.location.endswith(here)
    assert "第 1 期" in teacher.get(here).text
    assert "66%" in teacher.get(here).text
    assert ">简报</a>" in teacher.get(f"/workshops/{room.workshop.id}").text
    assert "阅读情况" not in teacher.get(here).text
    readers = leader.get(here).text
    assert '<strong class="num">1 / 2</strong>' in readers
    assert "还没打开 1" in readers
    assert leader.get(f"{here}?since=0").headers["X-Seq"] == "1"
    leader.post(f"{here}/state", data={"action": "withdraw"})
    assert teacher.get(here).status_code == 404
    changes = teacher.get(f"/workshops/{room.workshop.id}/bulletins?since=0").text
    assert "data-gone" in changes
    assert "语文工作坊简报" not in changes


def test_the_word_file_has_a_red_head_text_figures_and_pictures(room, client_for):
    leader = client_for("leader")
    sent = leader.post(
        f"/workshops/{room.workshop.id}/pictures", data={"file": (picture(), "板书.png")}, headers=FETCH
    ).get_json()
    html = f'<h3>现场</h3><ol><li><p>先<strong>读</strong></p></li><li><p>再问</p></li></ol><img src="{sent["url"]}">'
    write(room.people["leader"], room.bulletin, html + '<img src="/workshops/9/pictures/1">', 1)
    content = leader.get(f"/workshops/{room.workshop.id}/bulletins/{room.bulletin.id}?format=docx").data
    document = Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:2] == ["五年级语文工作坊简报", "（草稿）"]
    assert str(document.paragraphs[0].runs[0].font.color.rgb) == "C00000"
    assert {"1. 先读", "2. 再问", "【学情通报】", "报送：县教师发展中心"} <= set(texts)
    assert next(run for p in document.paragraphs for run in p.runs if run.text == "读").bold
    assert document.tables[0].rows[-1].cells[0].text == "合计"
    assert len(document.inline_shapes) == 1


def test_the_pages_cost_the_same_with_few_and_with_many(room, client_for, count_queries):
    leader = client_for("leader")
    here = f"/workshops/{room.workshop.id}/bulletins"

    def cost():
        leader.get(here)
        leader.get(f"{here}/{room.bulletin.id}/edit?fill=1")
        with count_queries() as listed:
            assert leader.get(here).status_code == 200
        with count_queries() as refilled:
            assert leader.get(f"{here}/{room.bulletin.id}/edit?fill=1").status_code == 200
        return listed.count, refilled.count

    few = cost()
    with unit_of_work():
        for number in range(12):
            found = make_bulletin(room.people["leader"], room.workshop)
            if number % 2:
                bulletins.publish_bulletin(room.people["leader"], found)
            make_topic(room.people["teacher"], room.workshop, f"话题 {number}")
    assert cost() == few


def test_members_of_the_team_see_drafts_after_the_end_and_nobody_writes(room, client_for):
    with unit_of_work():
        db.session.get(type(room.workshop), room.workshop.id).archived_at = now()
    leader = client_for("leader")
    here = f"/workshops/{room.workshop.id}/bulletins/{room.bulletin.id}"
    assert leader.get(here).status_code == 200
    assert leader.post(f"{here}/state", data={"action": "publish"}).status_code == 403
    assert db.session.get(Bulletin, room.bulletin.id).number is None
    assert "编写新一期" not in page(leader, f"/workshops/{room.workshop.id}/bulletins")
