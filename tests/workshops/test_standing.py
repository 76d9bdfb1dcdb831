"""What kind a workshop is, its end and return, and what helpers may do, over HTTP."""

import uuid
from datetime import timedelta

import pytest

from tests.support.workshops import make_activity, make_task, make_work, make_workshop
from tests.workshops.stage import page
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.models import PeerReview, Right, Task, Workshop
from yanxiu.workshops.queries import activities, attention, peers, tasks
from yanxiu.workshops.queries.members import leader_ids
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import membership, standing, work
from yanxiu.workshops.services.tasks import REMINDER, remind_of_due


def audited(app, action: str) -> int:
    with app.app_context():
        return db.session.query(AuditEntry).filter_by(action=action).count()


def kinds_told(user_id: int) -> list[str]:
    return list(db.session.scalars(db.select(Notification.kind).where(Notification.user_id == user_id)))


@pytest.fixture
def helper(app, cast, room):
    with app.app_context(), unit_of_work():
        member = membership_of(room.w, cast.teacher.id)
        membership.change_role(cast.user("leader"), db.session.get(Workshop, room.w), member, "facilitator")


def test_a_leader_ticks_what_a_helper_may_do(app, cast, client_for, room, helper):
    leader, teacher, url = client_for("leader"), client_for("teacher"), f"{room.home}/members/{cast.teacher.id}/rights"
    assert "权限：全部" in page(leader, f"{room.home}/members")
    assert "权限：" not in page(teacher, f"{room.home}/members")
    assert leader.post(url, data={"rights": ["moderate", "plan"]}).status_code == 302
    assert "权限：管理话题、编排计划" in page(leader, f"{room.home}/members")
    assert teacher.post(f"{room.topic}/digest", data={"on": "1"}).status_code == 302
    assert teacher.post(f"{room.topic}/pin", data={"on": "1"}).status_code == 403
    assert teacher.get(f"{room.home}/invitations").status_code == 403
    with app.app_context():
        assert leader_ids(room.w) == [cast.leader.id]
    assert leader.post(url, data={"rights": ["everything"]}).status_code == 422
    leader.post(url, data={"rights": [right.value for right in Right]})
    with app.app_context():
        assert membership_of(room.w, cast.teacher.id).rights is None
        assert set(leader_ids(room.w)) == {cast.leader.id, cast.teacher.id}
        assert "rights" in kinds_told(cast.teacher.id)
    assert audited(app, "workshop.rights_changed") == 2


def test_only_a_helper_has_rights_to_tick_and_another_role_forgets_them(app, cast, client_for, room, helper):
    leader = client_for("leader")
    leader.post(f"{room.home}/members/{cast.teacher.id}/rights", data={"rights": ["plan"]})
    assert leader.post(f"{room.home}/members/{cast.colleague.id}/rights", data={"rights": ["plan"]}).status_code == 409
    for role in ("member", "facilitator"):
        leader.post(f"{room.home}/members/{cast.teacher.id}/role", data={"role": role})
    with app.app_context():
        assert membership_of(room.w, cast.teacher.id).rights is None


def test_the_county_says_what_a_workshop_is_and_everybody_inside_reads_why(app, cast, client_for, room):
    admin, url = client_for("admin"), f"{room.home}/kind"
    assert admin.post(url, data={"kind": "model", "reason": " "}).status_code == 422
    assert admin.post(url, data={"kind": "model", "reason": "三校共备的做法在全县推广"}).status_code == 302
    assert admin.post(url, data={"kind": "model", "reason": "再来一次"}).status_code == 409
    home = page(client_for("teacher"), room.home)
    assert home.index("个人工作坊改为示范工作坊") < home.index("三校共备的做法在全县推广") < home.index("何文博")
    assert "认定类型" not in home
    assert "《三国》单元" in page(client_for("teacher"), "/workshops?kind=model")
    assert "《三国》单元" not in page(client_for("teacher"), "/workshops?kind=project")
    with app.app_context():
        assert "workshop_kind" in kinds_told(cast.leader.id)
    assert audited(app, "workshop.promoted") == 1


WRITES = (
    ("teacher", "{topic}/posts", {"html": "还想说一句", "client_uuid": str(uuid.uuid4())}),
    ("teacher", "{topic}/posts/{p}/like", {"on": "1"}),
    ("teacher", "{topic}/posts/{p}/edit", {"html": "改一改"}),
    ("teacher", "{topic}/posts/{p}/withdrawal", {}),
    ("teacher", "{home}/topics", {"title": "新话题", "html": "正文"}),
    ("teacher", "{home}/pictures", {}),
    ("teacher", "{home}/tasks/{task}/submission", {"html": "我的设计"}),
    ("leader", "{topic}/pin", {"on": "1"}),
    ("leader", "{topic}/deletion", {}),
    ("leader", "{home}/plan/stages", {"name": "第四阶段"}),
    ("leader", "{home}/settings", {"name": "改名"}),
    ("leader", "{home}/groups", {"name": "新组"}),
    ("leader", "{home}/invitations", {"user_id": "1"}),
    ("leader", "{home}/activities", {}),
    ("leader", "{home}/tasks", {}),
    ("admin", "{home}/settings", {"name": "改名"}),
)


def test_an_ended_workshop_is_read_by_all_and_written_by_nobody_until_it_comes_back(app, cast, client_for, room):
    leader, teacher = client_for("leader"), client_for("teacher")
    with app.app_context(), unit_of_work():
        task = make_task(cast.user("leader"), db.session.get(Workshop, room.w))
        db.session.flush()
        number = task.id
    assert leader.post(f"{room.home}/ending", data={"on": "1"}).status_code == 302
    for who, path, data in WRITES:
        url = path.format(home=room.home, topic=room.topic, p=room.p, task=number)
        assert client_for(who).post(url, data=data).status_code == 403, url
    text = page(teacher, room.topic)
    assert "第0条看法" in text
    assert 'id="reply"' not in text
    assert "恢复工作坊" not in text
    assert "《三国》单元" not in page(teacher, "/workshops")
    assert "《三国》单元" in page(teacher, "/workshops?ended=1")
    with app.app_context():
        assert "workshop_ended" in kinds_told(cast.teacher.id)
    assert "恢复工作坊" in page(leader, room.home)
    assert leader.post(f"{room.home}/ending", data={"on": "0"}).status_code == 302
    assert teacher.post(f"{room.topic}/posts", data={"html": "接着说"}).status_code == 302
    assert (audited(app, "workshop.ended"), audited(app, "workshop.reopened")) == (1, 1)


def waiting(cast, workshop_id: int) -> list[int]:
    """How much of the workshop waits on the 工作台 of a member and of the leader."""
    teacher, leader = cast.teacher.id, cast.leader.id
    expected = activities.my_next_activities(teacher, timedelta(days=9))
    due = [*tasks.tasks_waiting_for(teacher, clock.now()), *expected, *peers.reviews_waiting_for(teacher)]
    return [len(due), attention.led_workshop_ids(leader).count(workshop_id)]


def test_nothing_of_an_ended_workshop_waits_for_anybody(app, cast, room):
    with app.app_context(), unit_of_work():
        workshop, leader = db.session.get(Workshop, room.w), cast.user("leader")
        task = make_task(leader, workshop)
        works = [make_work(cast.user(key), task) for key in ("teacher", "colleague")]
        work.return_work(leader, works[0], 1, "请补上设计意图")
        until = clock.now() + timedelta(days=3)
        db.session.add(PeerReview(task_id=task.id, submission_id=works[1].id, reviewer_id=cast.teacher.id, until=until))
        make_activity(leader, workshop)
        undone = make_task(leader, workshop, "没人交的任务").id
        assert waiting(cast, room.w) == [4, 1]
        standing.end_workshop(leader, workshop, ended=True)
    with app.app_context():
        assert waiting(cast, room.w) == [0, 0]
        job = db.session.scalars(db.select(Job).where(Job.kind == REMINDER).order_by(Job.id.desc())).first()
        with clock.frozen(job.run_at), unit_of_work():
            remind_of_due(db.session.get(Task, undone), job.payload["due"])
        assert job.payload["task_id"] == undone
        assert "task_due" not in kinds_told(cast.colleague.id)


def test_nobody_comes_into_an_ended_workshop_by_an_old_invitation(app, cast, client_for):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), join_mode="open")
        invited = membership.invite_person(cast.user("leader"), workshop, cast.user("villager")).id
        home = f"/workshops/{workshop.id}"
    client_for("leader").post(f"{home}/ending", data={"on": "1"})
    answer = client_for("villager").post(f"{home}/invitations/{invited}/answer", data={"answer": "accept"})
    assert answer.status_code == 409
    assert client_for("outsider").post(f"{home}/membership").status_code == 403
