"""Tasks: giving them, handing in, marking, returning, and the grade list."""

import io
import uuid
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from tests.support.accounts import make_person
from tests.support.workshops import make_task, make_work, make_workshop
from tests.workshops.stage import FETCH, page, picture
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops import events
from yanxiu.workshops.models import Submission, SubmissionCopy, Task, WorkshopMember
from yanxiu.workshops.queries import tasks as queries
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import membership, tasks, work
from yanxiu.workshops.services.work import Mark
from yanxiu.workshops.standings import state_of


@pytest.fixture
def room(cast, ctx):
    """A workshop with a task, its people by key."""

    class Room:
        people = {key: cast.user(key) for key in cast.people}

    with unit_of_work():
        Room.workshop = make_workshop(Room.people["leader"], [Room.people["teacher"], Room.people["colleague"]])
        Room.task = make_task(Room.people["leader"], Room.workshop)
    return Room


def told(kind):
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def later(days):
    return clock.frozen(now() + timedelta(days=days))


def test_a_new_task_is_told_to_the_members_once_however_often_the_form_arrives(room):
    leader, details = room.people["leader"], tasks.TaskDetails("反思", "<p>写一件事</p>", now() + timedelta(days=3))
    mark = str(uuid.uuid4())
    with unit_of_work():
        made = {tasks.publish_task(leader, room.workshop, details, client_uuid=mark).id for _ in range(2)}
    assert len(made) == 1
    assert told("task_new") == {room.people["teacher"].id, room.people["colleague"].id}


def test_a_task_asks_for_something_by_a_moment_to_come(room):
    leader, soon = room.people["leader"], now() + timedelta(days=1)
    with unit_of_work():
        with pytest.raises(InvalidError, match="将来"):
            make_task(leader, room.workshop, due_at=now() - timedelta(minutes=1))
        with pytest.raises(InvalidError, match="文字还是附件"):
            make_task(leader, room.workshop, due_at=soon, asks_text=False, asks_files=False)
        with pytest.raises(InvalidError, match="满分"):
            make_task(leader, room.workshop, due_at=soon, points=0)


def test_the_same_copy_sent_twice_is_one_and_other_words_are_another(room):
    teacher, mark = room.people["teacher"], str(uuid.uuid4())
    with unit_of_work():
        found = [
            make_work(teacher, room.task, "<p>一稿</p>", client_uuid=mark),
            make_work(teacher, room.task, "<p>一稿</p>", client_uuid=mark),
            make_work(teacher, room.task, "<p>一稿</p>"),
            make_work(teacher, room.task, "<p>二稿</p>", client_uuid=mark),
            make_work(teacher, room.task, "<p>一稿</p>", client_uuid=mark),
        ]
    assert len({item.id for item in found}) == 1
    copies = db.session.scalars(select(SubmissionCopy).order_by(SubmissionCopy.number)).all()
    assert [(copy.number, copy.html) for copy in copies] == [(1, "<p>一稿</p>"), (2, "<p>二稿</p>")]


def test_it_may_be_changed_until_it_is_due_and_a_first_copy_may_come_late(room):
    teacher, colleague = room.people["teacher"], room.people["colleague"]
    with unit_of_work():
        first = make_work(teacher, room.task)
        make_work(teacher, room.task, "<p>改一改</p>")
    assert (first.copies_count, first.late, state_of(room.task, first, now()).text) == (2, False, "已交")
    with later(8):
        assert state_of(room.task, None, now()).text == "未交"
        assert state_of(room.task, first, now()).text == "待批"
        with unit_of_work(), pytest.raises(ConflictError, match="已经截止"):
            make_work(teacher, room.task, "<p>再改</p>")
        with unit_of_work():
            assert make_work(colleague, room.task).late


def test_what_is_returned_keeps_its_copy_and_reason_and_may_be_sent_again(room):
    teacher, leader = room.people["teacher"], room.people["leader"]
    with unit_of_work():
        found = make_work(teacher, room.task)
        work.mark_work(leader, found, 1, Mark(score=70, excellent=True))
    with unit_of_work(), pytest.raises(ConflictError, match="已经批改"):
        make_work(teacher, room.task, "<p>二稿</p>")
    with unit_of_work():
        with pytest.raises(InvalidError, match="退回的原因"):
            work.return_work(leader, found, 1, "")
        work.return_work(leader, found, 1, "请补上板书设计")
    assert (found.standing, found.score, found.excellent_at) == ("returned", None, None)
    with later(8), unit_of_work():
        again = make_work(teacher, room.task, "<p>二稿</p>")
    assert (again.standing, again.late, again.copies_count) == ("handed_in", False, 2)
    old = queries.find_submission(room.task.id, found.id).copies[1]
    assert (old.html, old.return_reason) == ("<p>导入：算一笔账。</p>", "请补上板书设计")
    assert told("work_returned") == {teacher.id}
    acts = select(AuditEntry.action).where(AuditEntry.object_kind == "workshop_submission").order_by(AuditEntry.id)
    actions = db.session.scalars(acts)
    assert list(actions) == ["work.marked", "work.returned"]


def test_a_mark_fits_the_scale_and_the_copy_that_was_read(room):
    teacher, leader = room.people["teacher"], room.people["leader"]
    with unit_of_work():
        by_word = make_task(leader, room.workshop, "读书笔记", scale="grades")
        found, other = make_work(teacher, room.task), make_work(teacher, by_word)
        for mark in (Mark(score=101), Mark(score=-1), Mark(grade="passed")):
            with pytest.raises(InvalidError, match="0 到 100"):
                work.mark_work(leader, found, 1, mark)
        with pytest.raises(InvalidError, match="等级"):
            work.mark_work(leader, other, 1, Mark(score=90))
        make_work(teacher, room.task, "<p>二稿</p>")
        with pytest.raises(ConflictError, match="刚刚又交了一份"):
            work.mark_work(leader, found, 1, Mark(score=90))
        work.mark_work(leader, found, 2, Mark(score=0, comment="再想想"))
        work.mark_work(leader, other, 1, Mark(score=50, grade="excellent"))
    assert (found.score, found.standing, other.grade, other.score) == (0, "marked", "excellent", None)
    with unit_of_work(), pytest.raises(InvalidError, match="不能再改"):
        details = tasks.TaskDetails(room.task.title, room.task.html, room.task.due_at, asks_files=True, points=50)
        tasks.change_task(leader, room.task, details)


def test_the_queue_goes_on_to_what_waits(room):
    leader = room.people["leader"]
    with unit_of_work():
        first, second = (make_work(room.people[key], room.task) for key in ("teacher", "colleague"))
        assert queries.first_waiting(room.task.id) == first.id
        work.mark_work(leader, second, 1, Mark(score=80))
    around = queries.neighbors_of(second)
    assert (around.before, around.after, around.waiting, around.place, around.total) == (first.id, None, first.id, 2, 2)
    assert queries.counts_of(room.workshop.id, [room.task.id])[room.task.id] == queries.Counts(2, 1, 0, 2)


def test_who_left_or_leads_by_now_counts_in_no_figure(room):
    with unit_of_work():
        make_work(room.people["teacher"], room.task)
        make_work(room.people["colleague"], room.task)
        member = membership_of(room.workshop.id, room.people["colleague"].id)
        membership.change_role(room.people["leader"], room.workshop, member, "facilitator")
    assert queries.counts_of(room.workshop.id, [room.task.id])[room.task.id] == queries.Counts(1, 1, 0, 1)
    assert queries.missing_members(room.task) == []
    with unit_of_work():
        membership.remove_member(
            room.people["leader"], room.workshop, membership_of(room.workshop.id, room.people["teacher"].id)
        )
    assert queries.counts_of(room.workshop.id, [room.task.id])[room.task.id].waiting == 0
    assert queries.first_waiting(room.task.id) is None
    assert queries.work_waiting_for(room.people["leader"].id) == []
    left = queries.submission_of(room.task.id, room.people["teacher"].id)
    assert queries.neighbors_of(left).waiting is None
    assert queries.uncounted_people(room.task, [left.user_id]) == {left.user_id}


def test_the_day_before_those_who_have_not_handed_in_are_reminded_once(room):
    with unit_of_work():
        make_work(room.people["teacher"], room.task)
    job = db.session.scalars(select(Job).where(Job.kind == tasks.REMINDER)).one()
    day = (room.task.due_at - job.run_at).total_seconds() / 3600
    assert 0 < day < 48
    with clock.frozen(job.run_at):
        for _ in range(2):
            with unit_of_work():
                tasks.remind_of_due(room.task, job.payload["due"])
    rows = db.session.execute(select(Notification.user_id, Notification.count).where(Notification.kind == "task_due"))
    assert [tuple(row) for row in rows] == [(room.people["colleague"].id, 1)]


def test_a_moved_end_moves_the_reminder(room):
    leader, old = room.people["leader"], room.task.due_at.isoformat()
    details = tasks.TaskDetails(room.task.title, room.task.html, room.task.due_at + timedelta(days=9))
    with unit_of_work():
        tasks.change_task(leader, room.task, details)
    with unit_of_work() as uow:
        tasks.remind_of_due(room.task, old)
        assert not [event for event in uow.events if isinstance(event, events.TaskDueSoon)]
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == tasks.REMINDER)) == 2


@pytest.fixture
def place(app, cast):
    """Addresses of a workshop's task with one work, by ids."""

    class Place:
        pass

    with app.app_context(), unit_of_work():
        people = {key: cast.user(key) for key in ("leader", "teacher", "colleague")}
        workshop = make_workshop(people["leader"], [people["teacher"], people["colleague"]])
        task = make_task(people["leader"], workshop, "=1+1 的教学设计")
        Place.w, Place.t, Place.s = workshop.id, task.id, make_work(people["teacher"], task).id
    Place.tasks = f"/workshops/{Place.w}/tasks"
    Place.task = f"{Place.tasks}/{Place.t}"
    Place.work = f"{Place.task}/submissions/{Place.s}"
    return Place


def test_files_come_along_with_the_next_copy_unless_taken_off(place, client_for, app):
    client = client_for("colleague")
    sent = {"html": "看附件", "files": (picture(), "板书.png")}
    assert client.post(f"{place.task}/submission", data=sent).status_code == 302
    assert "板书.png" in page(client, place.task)
    assert client.post(f"{place.task}/submission", data={"html": "看附件，改了字"}).status_code == 302
    with app.app_context():
        found = db.session.scalars(
            select(Submission).where(Submission.task_id == place.t, Submission.id != place.s)
        ).one()
        kept = found.copies[0].files
        assert [item.file.name for item in kept] == ["板书.png"]
        url, drop = f"{place.task}/submissions/{found.id}/files/{kept[0].id}", kept[0].id
    assert client.get(url).status_code == 200
    assert client_for("leader").get(url).status_code == 200
    assert client_for("teacher").get(url).status_code == 404
    client.post(f"{place.task}/submission", data={"html": "不要附件了", "drop": drop})
    with app.app_context():
        assert db.session.get(Submission, found.id).copies[0].files == []


def test_an_empty_copy_comes_back_with_words_beside_the_field(place, client_for):
    answer = client_for("colleague").post(f"{place.task}/submission", data={"html": " "}, headers=FETCH)
    assert (answer.status_code, answer.json["errors"]) == (422, {"html": ["请写点内容，或者添加附件"]})
    plain = client_for("colleague").post(f"{place.task}/submission", data={"html": " "})
    assert plain.status_code == 422
    assert "请写点内容，或者添加附件" in plain.get_data(as_text=True)


def test_saving_a_mark_leads_to_the_next_and_the_excellent_is_for_all_to_see(place, client_for, app, cast):
    with app.app_context(), unit_of_work():
        second = make_work(cast.user("colleague"), db.session.get(Task, place.t)).id
    leader, colleague = client_for("leader"), client_for("colleague")
    data = {"action": "mark", "number": 1, "score": 95, "comment": "导入好", "excellent": "y"}
    assert "保存，批下一份" in page(leader, place.work)
    answer = leader.post(f"{place.work}/mark", data=data, headers=FETCH)
    assert answer.json["redirect"].endswith(f"/submissions/{second}")
    assert place.work in page(colleague, f"{place.tasks}?show=excellent")
    shown = page(colleague, place.work)
    assert "算一笔账" in shown
    assert "导入好" not in shown
    assert "95 分" in page(client_for("teacher"), place.task)
    wrong = leader.post(f"{place.work}/mark", data=data | {"score": "9,5"}, headers=FETCH)
    assert wrong.json["errors"]["score"] == ["得分请填整数"]


def test_the_grade_list_holds_members_and_marks_and_never_a_formula(place, client_for):
    leader = client_for("leader")
    leader.post(f"{place.work}/mark", data={"action": "mark", "number": 1, "score": 88})
    sheet = load_workbook(io.BytesIO(leader.get(f"{place.tasks}.xlsx").data)).active
    rows = list(sheet.values)
    heading = rows[1][5]
    assert heading.startswith("=1+1 的教学设计")
    assert sheet.cell(2, 6).data_type == "s"
    marks = {row[1]: row[5:7] for row in rows[2:4]}
    assert marks == {"李强": (88, "1 / 1"), "周敏": ("未开始", "0 / 1")}


def test_what_is_due_and_what_waits_stands_on_the_home_and_the_desk(place, client_for):
    for url in ("/", f"/workshops/{place.w}"):
        assert "=1+1 的教学设计" in page(client_for("colleague"), url)
        assert "=1+1 的教学设计" not in page(client_for("teacher"), url)
        assert "待批 1" in page(client_for("leader"), url)


def test_live_rows_show_each_viewer_the_own_state(place, client_for):
    assert "已交" in page(client_for("teacher"), f"{place.tasks}?since=0")
    assert "未开始" in page(client_for("colleague"), f"{place.tasks}?since=0")
    assert f'id="work-{place.s}"' in page(client_for("leader"), f"{place.task}?since=0")
    assert "work-" not in page(client_for("colleague"), f"{place.task}?since=0")
    client_for("leader").post(f"{place.task}/deletion")
    assert f'data-gone="task-{place.t}"' in page(client_for("colleague"), f"{place.tasks}?since=0")
    page(client_for("leader"), place.task, 404)
    assert "撤销" not in page(client_for("colleague"), f"{place.tasks}?deleted={place.t}")
    assert "撤销" in page(client_for("leader"), f"{place.tasks}?deleted={place.t}")
    assert client_for("colleague").post(f"{place.task}/restoration").status_code == 404
    client_for("leader").post(f"{place.task}/restoration")
    assert f'id="task-{place.t}"' in page(client_for("colleague"), f"{place.tasks}?since=0")
    assert f'id="work-{place.s}"' in page(client_for("leader"), place.task)


def test_who_has_not_handed_in_is_reminded_from_the_page_of_the_task(place, client_for, app):
    with app.app_context(), unit_of_work():
        db.session.execute(update(WorkshopMember).values(joined_at=now() - timedelta(days=1)))
    with clock.frozen(now().replace(hour=4)):
        assert "提醒还没有交的 1 位老师" in page(client_for("leader"), place.task)
        assert "提醒还没有交" not in page(client_for("teacher"), place.task)
        form = {"matter": "task", "item_id": str(place.t)}
        answer = client_for("leader").post(f"/workshops/{place.w}/reminders", data=form, headers=FETCH)
        assert answer.json["toast"] == "已提醒周敏"
        text = page(client_for("leader"), place.task)
        assert "今天提醒过" in text
        assert "提醒还没有交" not in text


def test_pages_of_tasks_cost_the_same_with_many_rows(place, client_for, count_queries, app, cast):
    leader, member = client_for("leader"), client_for("teacher")
    urls = [(leader, place.tasks), (leader, place.task), (leader, place.work), (member, place.tasks), (member, "/")]
    few = [cost(client, url, count_queries) for client, url in urls]
    with app.app_context(), unit_of_work():
        task = db.session.get(Task, place.t)
        for number in range(15):
            made = make_task(cast.user("leader"), task.workshop, f"任务{number}", due_at=task.due_at)
            make_work(cast.user("teacher"), made)
        for number in range(12):
            user = make_person(cast.place("central"), f"张三{number}")
            membership.add_member(task.workshop, user.id, how="open")
            make_work(user, task)
    assert [cost(client, url, count_queries) for client, url in urls] == few


def cost(client, url, count_queries):
    page(client, url)
    with count_queries() as counted:
        page(client, url)
    return counted.count
