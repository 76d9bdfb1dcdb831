"""What two requests about a task in the same moment leave behind. On PostgreSQL both have read before the first one writes."""

import uuid
from datetime import timedelta

import pytest

from tests.support.together import together
from tests.support.workshops import make_task, make_work, make_workshop
from yanxiu.core import clock
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import PeerReview, Submission, SubmissionCopy, Task
from yanxiu.workshops.services import peers, work
from yanxiu.workshops.services.work import Mark


@pytest.fixture
def task_id(app, cast):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
        due = now() + timedelta(days=1)
        until = due + timedelta(days=2)
        return make_task(cast.user("leader"), workshop, due_at=due, reviewers=1, review_until=until).id


def count(app, model):
    with app.app_context():
        return db.session.query(model).count()


def test_the_same_work_sent_by_two_requests_at_once_is_one_copy(app, cast, task_id):
    mark = str(uuid.uuid4())

    def send():
        user, task = cast.user("teacher"), db.session.get(Task, task_id)
        yield
        work.hand_in(user, task, "<p>一稿</p>", client_uuid=mark)

    assert together(app, send, send) == ["done", "done"]
    assert (count(app, Submission), count(app, SubmissionCopy)) == (1, 1)


def test_a_mark_never_lands_on_a_copy_that_was_not_read(app, cast, task_id):
    with app.app_context(), unit_of_work():
        made = make_work(cast.user("teacher"), db.session.get(Task, task_id)).id

    def mark():
        user, submission = cast.user("leader"), db.session.get(Submission, made)
        yield
        work.mark_work(user, submission, 1, Mark(score=90))

    def send():
        user, task = cast.user("teacher"), db.session.get(Task, task_id)
        yield
        work.hand_in(user, task, "<p>二稿</p>")

    assert together(app, mark, send) == ["conflict", "done"]
    with app.app_context():
        left = db.session.get(Submission, made)
        assert (left.standing, left.copies_count) in {("marked", 1), ("handed_in", 2)}


def test_reviews_are_allocated_once_by_two_workers(app, cast, task_id):
    with app.app_context(), unit_of_work():
        for key in ("teacher", "colleague"):
            make_work(cast.user(key), db.session.get(Task, task_id))

    def look():
        task = db.session.get(Task, task_id)
        yield
        peers.look_after_reviews(task)

    with clock.frozen(now() + timedelta(days=1, hours=1)):
        assert together(app, look, look) == ["done", "done"]
    assert count(app, PeerReview) == 2
