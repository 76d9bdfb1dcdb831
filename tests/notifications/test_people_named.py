"""Who hears that somebody did something for them: named for a lesson, asked to write, let in, put on top."""

from __future__ import annotations

from sqlalchemy import select

from tests.support.lessonplans import make_plan
from tests.support.observations import make_lesson, make_ready_version
from tests.support.workshops import make_topic, make_workshop, opener
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services as plans
from yanxiu.lessonplans.queries import find_member, stored_document
from yanxiu.notifications.models import Notification
from yanxiu.observations.services import lessons
from yanxiu.workshops.services import membership, topics


def told(kind: str) -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_leaders_hear_who_walked_in_and_nobody_hears_twice_of_the_other_ways(ctx, cast):
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("colleague")], join_mode="open")
    assert told("joined") == set()
    with unit_of_work():
        membership.join_workshop(cast.user("teacher"), workshop)
    assert told("joined") == {cast.leader.id}


def test_who_wrote_a_topic_hears_that_it_stands_on_top(ctx, cast):
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
        topic = make_topic(cast.user("teacher"), workshop)
        topics.pin_topic(cast.user("leader"), topic, opener(topic), pinned=True)
    assert told("pinned") == {cast.teacher.id}


def test_a_teacher_hears_of_a_lesson_that_somebody_else_entered(ctx, cast):
    with unit_of_work():
        own = make_lesson(cast.user("teacher"))
        draft = lessons.LessonDraft("为同事登记的课", visibility="school")
        lessons.create_lesson(cast.user("principal"), cast.user("colleague"), draft)
    assert own.teacher_id == cast.teacher.id
    assert told("lesson_entered") == {cast.colleague.id}


def test_a_recording_that_can_be_watched_is_told_to_those_who_are_asked_to_watch(ctx, cast):
    with unit_of_work():
        invited = make_lesson(cast.user("teacher"))
        lessons.invite_member(cast.user("teacher"), invited, cast.user("researcher"), "expert")
        make_ready_version(invited)
    assert told("recording_ready") == {cast.teacher.id, cast.researcher.id}
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("villager"), cast.user("teacher")])
        shared = make_lesson(cast.user("teacher"), visibility="workshop", workshop_id=workshop.id)
        make_ready_version(shared)
    assert told("recording_ready") == {cast.teacher.id, cast.researcher.id, cast.leader.id, cast.villager.id}


def test_who_may_write_from_now_on_hears_so_and_who_may_only_read_does_not(ctx, cast):
    with unit_of_work():
        plan = make_plan(cast.user("leader"))
        for key, role in (("teacher", "reader"), ("colleague", "writer")):
            plans.invite_member(cast.user("leader"), plan, cast.user(key), role)
    with unit_of_work():
        for key, role in (("teacher", "writer"), ("colleague", "reader")):
            plans.change_member(cast.user("leader"), plan, find_member(plan.id, cast.people[key].id), role)
    assert told("plan_writer") == {cast.teacher.id}


def test_those_who_write_hear_once_that_an_earlier_version_is_back(ctx, cast):
    with unit_of_work():
        plan = make_plan(cast.user("leader"))
        plans.invite_member(cast.user("leader"), plan, cast.user("teacher"), "writer")
        state = stored_document(plan.id).snapshot
        first = plans.save_revision(cast.user("leader"), plan, state, "一稿")
    with unit_of_work():
        plans.keep_before_restore(cast.user("teacher"), plan, state, 1, first)
    assert told("plan_restored") == {cast.leader.id}
    assert told("plan_revision") == {cast.teacher.id}
