"""Who may do what with tasks and what is handed in.

The workshop is the same kind as in `matrix.py`: `leader` leads it, `teacher` and `colleague` are members, `principal`,
`researcher` and `admin` oversee the school. `teacher` has handed in; `colleague` has not, and does not see it.
"""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_task, make_work, make_workshop
from yanxiu.core.db import db
from yanxiu.workshops.models import PeerReview


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    task = make_task(leader, workshop)
    work = make_work(teacher, task)
    work.comment = "时间写得很准"
    review = PeerReview(task_id=task.id, submission_id=work.id, reviewer_id=colleague.id, until=task.due_at)
    db.session.add(review)
    db.session.flush()
    return {"w": workshop.id, "t": task.id, "s": work.id, "r": review.id}


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
VIEW = expect(200, **OUTSIDE)
LEADS = {"principal": 403, "researcher": 403, "admin": 403, "teacher": 403, "colleague": 403}
TEAM = {"leader": 403, "principal": 403, "researcher": 403, "admin": 403}
UUID = "5f0c1a52-0f5e-4c7c-8a4f-6a1a6d4be0c1"
TASK = {
    "title": "课后反思一篇",
    "html": "写真实的一件事。",
    "due_at": "2099-01-10T22:00",
    "asks_text": "y",
    "required": "1",
    "scale": "points",
    "points": "100",
}

ROUTES = {
    ("GET", "workshops.tasks"): Row("/workshops/{w}/tasks", VIEW),
    ("GET", "workshops.new_task"): Row("/workshops/{w}/tasks/new", expect(200, **OUTSIDE, **LEADS)),
    ("POST", "workshops.publish_task"): Row(
        "/workshops/{w}/tasks", expect(302, **OUTSIDE, **LEADS), data=TASK | {"client_uuid": UUID}
    ),
    ("GET", "workshops.task"): Row("/workshops/{w}/tasks/{t}", VIEW),
    ("GET", "workshops.edit_task"): Row("/workshops/{w}/tasks/{t}/edit", expect(200, **OUTSIDE, **LEADS)),
    ("POST", "workshops.change_task"): Row("/workshops/{w}/tasks/{t}/edit", expect(302, **OUTSIDE, **LEADS), data=TASK),
    ("POST", "workshops.delete_task"): Row("/workshops/{w}/tasks/{t}/deletion", expect(302, **OUTSIDE, **LEADS)),
    # The task of this world is not deleted: there is nothing to bring back.
    ("POST", "workshops.restore_task"): Row("/workshops/{w}/tasks/{t}/restoration", expect(404, anonymous=302)),
    # No file came with the task or the work; those that did have tests of their own.
    ("GET", "workshops.task_file"): Row("/workshops/{w}/tasks/{t}/files/1", expect(404, anonymous=302)),
    ("GET", "workshops.grades"): Row("/workshops/{w}/tasks.xlsx", expect(200, **OUTSIDE, teacher=403, colleague=403)),
    ("POST", "workshops.hand_in"): Row(
        "/workshops/{w}/tasks/{t}/submission",
        expect(302, **OUTSIDE, leader=403, principal=403, researcher=403, admin=403),
        data={"html": "我的设计", "client_uuid": UUID},
    ),
    # A member does not learn what another one handed in.
    ("GET", "workshops.work"): Row("/workshops/{w}/tasks/{t}/submissions/{s}", expect(200, **OUTSIDE, colleague=404)),
    ("POST", "workshops.mark_work"): Row(
        "/workshops/{w}/tasks/{t}/submissions/{s}/mark",
        expect(302, **OUTSIDE, **LEADS | {"colleague": 404}),
        data={"action": "mark", "number": "1", "score": "90", "comment": "导入很好"},
    ),
    ("GET", "workshops.work_file"): Row("/workshops/{w}/tasks/{t}/submissions/{s}/files/1", expect(404, anonymous=302)),
    # Only who was asked sees it; who never is asked hears that it is for members.
    ("GET", "workshops.review"): Row(
        "/workshops/{w}/tasks/{t}/reviews/{r}", expect(200, **OUTSIDE, **TEAM, teacher=404)
    ),
    ("POST", "workshops.write_review"): Row(
        "/workshops/{w}/tasks/{t}/reviews/{r}",
        expect(302, **OUTSIDE, **TEAM, teacher=404),
        data={"score": "80", "comment": "问题问得好"},
    ),
    ("GET", "workshops.review_file"): Row(
        "/workshops/{w}/tasks/{t}/reviews/{r}/files/1", expect(404, anonymous=302, **TEAM)
    ),
}

INSIDE = {"villager": "not_found", "outsider": "not_found", "stranger": "not_found"}
SOCKETS = {
    "follow the tasks of a workshop": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "tasks:{w}", "seq": 0}
    ),
    "follow a task": SocketRow("/live", "join", expect_words("ok", **INSIDE), message={"topic": "task:{t}", "seq": 0}),
}
