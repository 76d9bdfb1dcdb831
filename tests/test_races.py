"""What two requests in the same moment leave behind. On PostgreSQL both have read before the first one writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.support.lessonplans import make_plan
from tests.support.observations import full_scores, make_lesson, make_ready_version, some_comment
from tests.support.resources import checked_file, make_resource, make_upload
from tests.support.together import Act, together
from tests.support.workshops import make_topic, make_workshop, opener
from tests.workshops.stage import Room
from yanxiu.core.db import db
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services as plans
from yanxiu.lessonplans.models import PlanContributor, PlanMember, Revision
from yanxiu.lessonplans.queries import find_plan, stored_document
from yanxiu.observations.models import Evaluation, Lesson, LessonMember, RecordingVersion, Score, TimedComment
from yanxiu.observations.services import comments, evaluations, lessons, recordings
from yanxiu.resources import services as resources
from yanxiu.resources.models import Resource, ResourceFile
from yanxiu.resources.queries import find_upload
from yanxiu.workshops.models import Application, Post, PostEdit, Topic, Workshop, WorkshopMember
from yanxiu.workshops.queries.members import member_ids
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import groups, membership, posts, topics


@pytest.fixture
def race(app) -> Callable[..., list[str]]:
    return partial(together, app)


@pytest.fixture
def room(app, cast) -> Room:
    return Room(app, cast)


def found(thing):
    if thing is None:
        raise NotFoundError
    return thing


def count(app, model, **values) -> int:
    with app.app_context():
        return db.session.query(model).filter_by(**values).count()


def test_somebody_removed_twice_is_counted_down_once(app, cast, room, race):
    def remove():
        workshop, leader = db.session.get(Workshop, room.w), cast.user("leader")
        member = found(membership_of(room.w, cast.teacher.id))
        yield
        membership.remove_member(leader, workshop, member)

    assert "done" in race(remove, remove)
    with app.app_context():
        assert db.session.get(Workshop, room.w).members_count == len(member_ids(room.w)) == 2


def test_two_leaders_who_step_down_together_leave_one(app, cast, room, race):
    with app.app_context(), unit_of_work():
        workshop = db.session.get(Workshop, room.w)
        membership.change_role(cast.user("leader"), workshop, membership_of(room.w, cast.teacher.id), "leader")

    def step_down(key: str) -> Act:
        def act():
            workshop, person = db.session.get(Workshop, room.w), cast.user(key)
            member = membership_of(room.w, person.id)
            yield
            membership.change_role(person, workshop, member, "member")

        return act

    assert race(step_down("leader"), step_down("teacher")) == ["conflict", "done"]
    assert count(app, WorkshopMember, workshop_id=room.w, role="leader") == 1


def test_a_role_for_somebody_who_is_being_removed_is_refused(app, cast, room, race):
    def promote():
        workshop, leader = db.session.get(Workshop, room.w), cast.user("leader")
        member = found(membership_of(room.w, cast.teacher.id))
        yield
        membership.change_role(leader, workshop, member, "facilitator")

    def remove():
        workshop, leader = db.session.get(Workshop, room.w), cast.user("leader")
        member = membership_of(room.w, cast.teacher.id)
        yield
        membership.remove_member(leader, workshop, member)

    assert race(promote, remove)[-1] in ("done", "not_found")
    with app.app_context():
        assert cast.teacher.id not in member_ids(room.w)
        assert db.session.get(Workshop, room.w).members_count == 2


def test_a_question_answered_while_it_is_asked_again_is_not_asked_twice(app, cast, race):
    with app.app_context(), unit_of_work():
        workshop_id = make_workshop(cast.user("leader"), join_mode="apply").id
        membership.apply_to_workshop(cast.user("teacher"), db.session.get(Workshop, workshop_id), "想来")

    def ask_again():
        workshop, teacher = db.session.get(Workshop, workshop_id), cast.user("teacher")
        yield
        membership.apply_to_workshop(teacher, workshop, "再问一次")

    def accept():
        workshop, leader = db.session.get(Workshop, workshop_id), cast.user("leader")
        asked = db.session.query(Application).one()
        yield
        membership.decide_application(leader, workshop, asked, accept=True)

    assert "done" in race(ask_again, accept)
    assert count(app, Application) == 1
    assert count(app, Application, state="pending") == 0


def test_a_group_dissolved_while_somebody_is_put_into_it_is_no_fault(app, cast, room, race):
    with app.app_context(), unit_of_work():
        group_id = groups.create_group(cast.user("leader"), db.session.get(Workshop, room.w), "高段组").id

    def assign():
        group = found(db.session.get(groups.WorkshopGroup, group_id))
        member = membership_of(room.w, cast.teacher.id)
        yield
        groups.assign_group(cast.user("leader"), member, group)

    def dissolve():
        group, workshop = db.session.get(groups.WorkshopGroup, group_id), db.session.get(Workshop, room.w)
        yield
        groups.delete_group(cast.user("leader"), workshop, group)

    assert "done" in race(assign, dissolve)
    with app.app_context():
        assert membership_of(room.w, cast.teacher.id).group_id is None


def test_five_announcements_stay_five(app, cast, room, race):
    with app.app_context(), unit_of_work():
        leader, workshop = cast.user("leader"), db.session.get(Workshop, room.w)
        made = [make_topic(leader, workshop, f"话题{n}") for n in range(topics.MAX_PINNED + 1)]
        for topic in made[: topics.MAX_PINNED - 1]:
            topics.pin_topic(leader, topic, opener(topic), pinned=True)
        last_two = [topic.id for topic in made[-2:]]

    def pin(topic_id: int) -> Act:
        def act():
            topic = db.session.get(Topic, topic_id)
            first = opener(topic)
            yield
            topics.pin_topic(cast.user("leader"), topic, first, pinned=True)

        return act

    assert race(*map(pin, last_two)) == ["conflict", "done"]


def test_a_topic_sent_twice_in_one_moment_is_one_topic(app, cast, room, race):
    def publish():
        leader, workshop = cast.user("leader"), db.session.get(Workshop, room.w)
        yield
        uuid = "6f3f5c62-34a3-4c39-8a53-3c0b1f3f7a10"
        topics.publish_topic(leader, workshop, "同一个话题", "<p>点了两下</p>", client_uuid=uuid)

    assert race(publish, publish) == ["done", "done"]
    assert count(app, Topic, title="同一个话题") == 1


def test_a_post_withdrawn_twice_is_counted_down_once(app, cast, room, race):
    def withdraw():
        post = db.session.get(Post, room.p)
        assert post.topic is not None
        yield
        posts.withdraw_post(cast.user("teacher"), post)

    assert race(withdraw, withdraw) == ["done", "done"]
    with app.app_context():
        assert db.session.get(Topic, room.t).replies_count == 0


def test_two_who_edit_a_post_in_one_moment_both_stay_in_its_history(app, cast, room, race):
    def edit(text: str) -> Act:
        def act():
            post = db.session.get(Post, room.opener)
            assert post.html
            yield
            posts.edit_post(cast.user("leader"), post, f"<p>{text}</p>")

        return act

    assert race(edit("甲改的"), edit("乙改的")) == ["done", "done"]
    with app.app_context():
        said = {row.html for row in db.session.query(PostEdit)} | {db.session.get(Post, room.opener).html}
    assert {"<p>甲改的</p>", "<p>乙改的</p>"} < said
    assert len(said) == 3


def test_a_file_published_twice_becomes_one_resource(app, cast, race):
    with app.app_context():
        upload_id = make_upload(cast.user("teacher"))

    def publish():
        teacher, upload = cast.user("teacher"), found(find_upload(upload_id))
        yield
        resources.publish_resource(teacher, upload, resources.ResourceDetails(title="草船借箭", kind="plan"))

    assert race(publish, publish) in (["conflict", "done"], ["done", "not_found"])
    assert count(app, Resource) == 1


def test_a_file_thrown_away_while_it_is_published_is_one_or_the_other(app, cast, race):
    with app.app_context():
        upload_id = make_upload(cast.user("teacher"))

    def publish():
        teacher, upload = cast.user("teacher"), found(find_upload(upload_id))
        yield
        resources.publish_resource(teacher, upload, resources.ResourceDetails(title="草船借箭", kind="plan"))

    def discard():
        upload = found(find_upload(upload_id))
        assert upload.stored_file is not None
        yield
        resources.discard_upload(cast.user("teacher"), upload)

    assert "done" in race(publish, discard)
    with app.app_context():
        assert all(resource.current_file.stored_file is not None for resource in db.session.query(Resource))


def test_two_newer_versions_in_one_moment_are_numbered_two_and_three(app, cast, race):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
        arrived = iter([checked_file(), checked_file()])

    def add():
        resource, checked = db.session.get(Resource, resource_id), next(arrived)
        yield
        resources.add_version(cast.user("teacher"), resource, checked, "改过")

    assert race(add, add) == ["done", "done"]
    with app.app_context():
        assert sorted(file.number for file in db.session.query(ResourceFile)) == [1, 2, 3]


@pytest.fixture
def lesson_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        return make_lesson(cast.user("teacher")).id


def test_an_observer_invited_twice_in_one_moment_is_one_observer(app, cast, lesson_id, race):
    def invite():
        lesson, person = db.session.get(Lesson, lesson_id), cast.user("colleague")
        assert len(lesson.members) < 2
        yield
        lessons.invite_member(cast.user("teacher"), lesson, person, "observer")

    assert race(invite, invite) == ["done", "done"]
    assert count(app, LessonMember, lesson_id=lesson_id) == 1


def test_an_observer_removed_twice_in_one_moment_is_no_fault(app, cast, lesson_id, race):
    with app.app_context(), unit_of_work():
        lesson = db.session.get(Lesson, lesson_id)
        member_id = lessons.invite_member(cast.user("teacher"), lesson, cast.user("colleague"), "observer").id

    def remove():
        lesson, member = db.session.get(Lesson, lesson_id), found(db.session.get(LessonMember, member_id))
        assert member in lesson.members
        yield
        lessons.remove_member(cast.user("teacher"), lesson, member)

    assert "done" in race(remove, remove)
    assert count(app, LessonMember, lesson_id=lesson_id) == 0


def test_two_uploads_that_end_in_one_moment_are_two_versions(app, cast, lesson_id, race):
    def receive(upload_id: str) -> Act:
        def act():
            lesson, teacher = db.session.get(Lesson, lesson_id), cast.user("teacher")
            yield
            recordings.receive_upload(teacher, lesson, upload_id, "实录.mp4", 4096)

        return act

    assert race(receive("a" * 32), receive("b" * 32), receive("b" * 32)) == ["done"] * 3
    with app.app_context():
        assert sorted(version.number for version in db.session.query(RecordingVersion)) == [1, 2]


@pytest.fixture
def watched(app, cast, lesson_id) -> int:
    """A recording one can speak about."""
    with app.app_context(), unit_of_work():
        return make_ready_version(db.session.get(Lesson, lesson_id)).id


def test_a_comment_and_an_answer_sent_twice_in_one_moment_are_there_once(app, cast, lesson_id, watched, race):
    with app.app_context(), unit_of_work():
        version = db.session.get(RecordingVersion, watched)
        thread_id = some_comment(cast.user("colleague"), db.session.get(Lesson, lesson_id), version).id

    def say():
        lesson, version = db.session.get(Lesson, lesson_id), db.session.get(RecordingVersion, watched)
        yield
        some_comment(cast.user("leader"), lesson, version, body="点了两下", client_uuid="a" * 32)

    def answer():
        lesson, thread = db.session.get(Lesson, lesson_id), db.session.get(TimedComment, thread_id)
        yield
        comments.reply_to_comment(cast.user("leader"), lesson, thread, comments.CommentDraft("同意", "b" * 32))

    assert race(say, say, answer, answer) == ["done"] * 4
    assert count(app, TimedComment, author_id=cast.leader.id) == 2


def test_nobody_answers_a_comment_that_is_just_taken_back(app, cast, lesson_id, watched, race):
    with app.app_context(), unit_of_work():
        version = db.session.get(RecordingVersion, watched)
        thread_id = some_comment(cast.user("colleague"), db.session.get(Lesson, lesson_id), version).id

    def answer():
        lesson, thread = db.session.get(Lesson, lesson_id), db.session.get(TimedComment, thread_id)
        yield
        comments.reply_to_comment(cast.user("leader"), lesson, thread, comments.CommentDraft("同意", "b" * 32))

    def take_back():
        lesson, thread = db.session.get(Lesson, lesson_id), db.session.get(TimedComment, thread_id)
        yield
        comments.withdraw_comment(cast.user("colleague"), lesson, thread)

    ends = race(answer, take_back)
    assert ends == (["done", "done"] if count(app, TimedComment, parent_id=thread_id) else ["conflict", "done"])


def test_an_evaluation_kept_twice_in_one_moment_is_one_sheet(app, cast, lesson_id, race):
    def keep():
        lesson = db.session.get(Lesson, lesson_id)
        yield
        evaluations.save_evaluation(cast.user("colleague"), lesson, full_scores(lesson))

    assert race(keep, keep) == ["done", "done"]
    assert count(app, Evaluation) == 1
    with app.app_context():
        assert count(app, Score) == len(full_scores(db.session.get(Lesson, lesson_id)))


def test_nothing_is_said_about_a_lesson_that_is_just_taken_down(app, cast, lesson_id, race):
    def keep():
        lesson = db.session.get(Lesson, lesson_id)
        if lesson.deleted_at is not None:
            raise NotFoundError
        yield
        evaluations.save_evaluation(cast.user("colleague"), lesson, full_scores(lesson))

    def change():
        lesson = db.session.get(Lesson, lesson_id)
        if lesson.deleted_at is not None:
            raise NotFoundError
        yield
        lessons.update_lesson(cast.user("teacher"), lesson, lessons.LessonDraft("改过的课题"), may_decide=True)

    def take_down():
        lesson = db.session.get(Lesson, lesson_id)
        yield
        lessons.delete_lesson(cast.user("teacher"), lesson)

    ends = race(keep, change, take_down)
    with app.app_context():
        lesson = db.session.get(Lesson, lesson_id)
        done = 1 + (lesson.title == "改过的课题") + db.session.query(Evaluation).count()
        assert lesson.deleted_at is not None
        assert ends.count("done") == done


@pytest.fixture
def plan_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        return make_plan(cast.user("leader")).id


def test_two_versions_kept_in_one_moment_have_two_numbers(app, cast, plan_id, race):
    def save():
        plan, state = find_plan(plan_id), stored_document(plan_id).snapshot
        yield
        plans.save_revision(cast.user("leader"), plan, state, "二稿")

    assert race(save, save) == ["done", "done"]
    with app.app_context():
        assert sorted(revision.number for revision in db.session.query(Revision)) == [1, 2]


def test_somebody_invited_twice_in_one_moment_is_one_member(app, cast, plan_id, race):
    def invite():
        plan, teacher = find_plan(plan_id), cast.user("teacher")
        yield
        plans.invite_member(cast.user("leader"), plan, teacher, "writer")

    assert race(invite, invite) == ["done", "done"]
    assert count(app, PlanMember, plan_id=plan_id) == 1


def test_a_plan_is_handed_over_once(app, cast, plan_id, race):
    with app.app_context(), unit_of_work():
        for key in ("teacher", "colleague"):
            plans.invite_member(cast.user("leader"), find_plan(plan_id), cast.user(key), "writer")

    def hand_over(key: str) -> Act:
        def act():
            plan, person = find_plan(plan_id), cast.user(key)
            if plan.owner_id != cast.leader.id:
                raise NotFoundError
            yield
            plans.hand_over_plan(cast.user("leader"), plan, person)

        return act

    assert race(hand_over("teacher"), hand_over("colleague")) in (["conflict", "done"], ["done", "not_found"])
    assert count(app, PlanMember, plan_id=plan_id) == 2


def test_edits_noted_by_two_processes_in_one_moment_are_both_noted(app, cast, plan_id, race):
    def note():
        plan = find_plan(plan_id)
        yield
        plans.note_edits(plan, (cast.colleague.id, cast.teacher.id))

    assert race(note, note) == ["done", "done"]
    assert count(app, PlanContributor, plan_id=plan_id) == 2
