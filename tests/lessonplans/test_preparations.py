"""集体备课: steps, the 共案 that stays as it is, each teacher's copy, later changes, reflections."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from tests.lessonplans.matrix import png
from tests.support.lessonplans import make_plan
from tests.support.preparations import adapt, bring_to, kept_of, step
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import indexing
from yanxiu.lessonplans.authorship import adopted
from yanxiu.lessonplans.collab.store import Append, DocumentStore
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.document.sections import sections_of, with_section, words_of
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import Adaptation, PlanImage, PlanText
from yanxiu.lessonplans.models.preparations import AGREED, DRAFT, FINAL, REVIEW
from yanxiu.lessonplans.permissions import NO_SEAT, Seat, can_write_plan
from yanxiu.lessonplans.permissions.preparations import MOVES, moves_open_to
from yanxiu.lessonplans.queries import (
    authored,
    find_plan,
    find_revision,
    revision_state,
    shared_plans_page,
    stored_document,
)
from yanxiu.lessonplans.queries.adaptations import adaptation_by, reflections_waiting
from yanxiu.lessonplans.services import invite_member, keep_image, note_edits
from yanxiu.lessonplans.services.adaptations import ask_for_reflections, note_lesson
from yanxiu.lessonplans.services.preparations import move_plan
from yanxiu.notifications.models import Notification


@pytest.fixture
def plan_id(app, cast) -> int:
    """A plan of the leader in a workshop with two members."""
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
        return make_plan(leader, visibility="workshop", workshop_id=workshop.id).id


def write(app, plan_id: int, user_id: int, key: str, words: str) -> None:
    """Put words into a section as the document server does it."""
    with app.app_context():
        state = stored_document(plan_id).merged()
        document = json_from_state(state)
        old = sections_of(document)[key]
        new = nodes.section(key, old["attrs"]["title"], old["attrs"]["hint"], nodes.paragraph(words))
        update = restoring_update(state, with_section(document, key, new))
        DocumentStore(db.engine).append([Append(plan_id, [update], frozenset({user_id}))])
    with app.app_context(), unit_of_work():
        note_edits(find_plan(plan_id), [user_id])


def words_in(plan_id: int, key: str) -> str:
    return words_of(sections_of(json_from_state(stored_document(plan_id).merged()))[key])


def kinds_for(user_id: int) -> list[str]:
    return [row.kind for row in db.session.query(Notification).filter_by(user_id=user_id).order_by(Notification.id)]


def test_the_table_of_steps_says_who_takes_which(ctx, cast):
    with unit_of_work():
        plan_id = make_plan(cast.user("teacher"), visibility="school").id
    plan = find_plan(plan_id)
    db.session.expunge(plan)
    leading = Seat(in_workshop=True, leads_workshop=True)
    for phase in ("", DRAFT, REVIEW, AGREED, FINAL):
        plan.phase = phase
        lead = {move.goal for move in moves_open_to(cast.viewer("teacher"), plan, NO_SEAT)}
        head = {move.goal for move in moves_open_to(cast.viewer("leader"), plan, leading)}
        assert lead == {move.goal for move in MOVES if move.start == phase}
        assert head == {move.goal for move in MOVES if move.start == phase and "head" in move.who}
        assert {move.goal for move in moves_open_to(cast.viewer("principal"), plan, NO_SEAT)} == head
        assert moves_open_to(cast.viewer("colleague"), plan, Seat(in_workshop=True)) == []
        assert can_write_plan(cast.viewer("teacher"), plan, NO_SEAT) is (phase not in (AGREED, FINAL))


def test_what_was_agreed_on_stays_and_nobody_writes_in_it(app, cast, client_for, plan_id):
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), REVIEW)
    with app.app_context():
        assert db.session.query(Notification).filter_by(kind="plan_review", read_at=None).count() == 2
    write(app, plan_id, cast.leader.id, "goals", "会讲借箭的经过")
    page = client_for("leader").get(f"/lesson-plans/{plan_id}/preparation").text
    assert "教学过程" in page
    assert "必填" in page
    answer = client_for("leader").post(
        f"/lesson-plans/{plan_id}/preparation", data={"start": "review", "goal": "agreed"}, follow_redirects=True
    )
    assert "已定为共案" in answer.text
    with app.app_context():
        asked = db.session.query(Notification).filter_by(kind="plan_review", read_at=None)
        assert asked.count() == 0, "nobody is asked for remarks on a draft that was agreed on"
    refused = client_for("teacher").post(f"/lesson-plans/{plan_id}/revisions", data={"title": "二稿"})
    assert refused.status_code == 403
    assert "共案已经定下" in refused.text
    again = client_for("leader").post(
        f"/lesson-plans/{plan_id}/preparation", data={"start": "review", "goal": "agreed"}
    )
    assert again.status_code == 409
    with app.app_context():
        frozen = find_revision(plan_id, 1)
        assert frozen.title == "共案"
        assert words_of(sections_of(json_from_state(revision_state(frozen)))["goals"]) == "会讲借箭的经过"
        assert "plan_agreed" in kinds_for(cast.teacher.id)
        assert "plan_agreed" not in kinds_for(cast.leader.id)


def test_what_is_written_in_that_very_moment_is_not_agreed_on_unseen(app, cast, plan_id):
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), REVIEW)
        early = kept_of(find_plan(plan_id))
    write(app, plan_id, cast.teacher.id, "goals", "刚刚写的")
    to_agreed = next(move for move in MOVES if move.goal == AGREED and not move.back)
    with app.app_context(), pytest.raises(ConflictError, match="还有人在写"), unit_of_work():
        move_plan(cast.user("leader"), find_plan(plan_id), to_agreed, early)


def test_later_changes_come_into_a_copy_section_by_section(app, cast, client_for, plan_id, work):
    leader, teacher = cast.leader.id, cast.teacher.id
    write(app, plan_id, leader, "goals", "会讲借箭的经过。")
    write(app, plan_id, leader, "textbook", "单元第一课。")
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), AGREED)
    made = client_for("teacher").post(f"/lesson-plans/{plan_id}/adaptations")
    copy_id = int(made.location.rsplit("/", 1)[1])
    assert client_for("teacher").post(f"/lesson-plans/{plan_id}/adaptations").location == made.location
    write(app, copy_id, teacher, "goals", "会用自己的话讲借箭的经过。")
    work()
    with app.app_context():
        copy = adaptation_by(plan_id, teacher)
        assert (copy.changed_sections, copy.changed_characters) == (1, 5)
    with app.app_context(), unit_of_work():
        step(cast.user("leader"), find_plan(plan_id), REVIEW)
    write(app, plan_id, leader, "goals", "能复述借箭的经过。")
    write(app, plan_id, leader, "textbook", "单元第一课，重在读懂人物。")
    with app.app_context(), unit_of_work():
        step(cast.user("leader"), find_plan(plan_id), AGREED)
    teacher_client, url = client_for("teacher"), f"/lesson-plans/{copy_id}/adaptation"
    page = teacher_client.get(url).text
    assert "共案有更新" in page
    assert "两边都改了" in page
    old = teacher_client.post(url + "/sections", data={"how": "take", "number": "1", "keys": "textbook"})
    assert old.status_code == 409
    teacher_client.post(url + "/sections", data={"how": "take", "number": "2", "keys": "textbook"})
    teacher_client.post(url + "/sections", data={"how": "keep", "number": "2", "keys": "goals"})
    with app.app_context():
        assert words_in(copy_id, "textbook") == "单元第一课，重在读懂人物。"
        assert words_in(copy_id, "goals") == "会用自己的话讲借箭的经过。"
        assert find_revision(copy_id, 1).title == "换成共案的内容之前"
        assert adopted(authored(copy_id, stored_document(copy_id).merged())) == {teacher: 13}
        assert "plan_newer" in kinds_for(teacher)
    page = teacher_client.get(url).text
    assert "共案有更新" not in page
    assert "两边都改了" not in page
    write(app, copy_id, teacher, "goals", "请复述借箭的经过。")
    work()
    with app.app_context():
        copy = adaptation_by(plan_id, teacher)
        assert (copy.changed_sections, copy.changed_characters) == (1, 2)


def test_a_copy_opens_the_shared_plan_to_nobody(app, cast, client_for, plan_id):
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), AGREED)
        copy = adapt(cast.user("teacher"), find_plan(plan_id)).plan
        copy_id = copy.id
    url, preparation = f"/lesson-plans/{copy_id}", f"/lesson-plans/{plan_id}/preparation"
    with app.app_context():
        assert [plan.id for plan in shared_plans_page(cast.viewer("colleague")).items] == [plan_id]
        types = {each.object_id: each.type for each in indexing.load([plan_id, copy_id])}
        assert types == {plan_id: "教学设计", copy_id: "个案"}
    with app.app_context(), unit_of_work():
        copy = find_plan(copy_id)
        copy.visibility, copy.workshop_id = "private", None
    assert ">个案<" in client_for("teacher").get("/lesson-plans").text
    assert "您这边都做完了" not in client_for("principal").get(f"/lesson-plans/{plan_id}").text
    named = f"{cast.teacher.name}的个案"
    assert named not in client_for("colleague").get(preparation).text
    lead = client_for("leader").get(preparation).text
    assert named in lead
    assert f'href="{url}' not in lead
    assert url + "/adaptation" in client_for("teacher").get(url).text
    with app.app_context(), unit_of_work():
        find_plan(plan_id).workshop.archived_at = clock.now()
    assert "工作坊已经结束，集体备课停在这一步" in client_for("leader").get(preparation).text
    with app.app_context(), unit_of_work():
        find_plan(plan_id).visibility = "private"
    teacher = client_for("teacher")
    assert url + "/adaptation" not in teacher.get(url).text
    assert teacher.get(url + "/adaptation").status_code == 404
    sent = {"how": "take", "number": "1", "keys": "goals"}
    assert teacher.post(url + "/adaptation/sections", data=sent).status_code == 404


def test_who_leads_a_private_preparation_reads_the_copies(app, cast, client_for):
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        plan = make_plan(leader, visibility="private")
        invite_member(leader, plan, teacher, "writer")
        bring_to(leader, plan, AGREED)
        plan.template = "school"  # as it arrives in an archive: the template stayed with its school
        copy_id = adapt(teacher, plan).plan_id
    assert client_for("leader").get(f"/lesson-plans/{copy_id}").status_code == 200
    assert client_for("colleague").get(f"/lesson-plans/{copy_id}").status_code == 404


def test_a_copy_has_its_own_pictures(ctx, cast, plan_id):
    received = receive_file(io.BytesIO(png()), "板书.png", "image/png")
    with unit_of_work():
        plan = find_plan(plan_id)
        image = keep_image(cast.user("leader"), plan, received)
        address = f"/lesson-plans/{plan_id}/images/{image.id}"
        state = stored_document(plan_id).merged()
        board = nodes.section("board", "板书设计", "", {"type": "image", "attrs": {"src": address}})
        update = restoring_update(state, with_section(json_from_state(state), "board", board))
    DocumentStore(db.engine).append([Append(plan_id, [update], frozenset({cast.leader.id}))])
    db.session.rollback()
    with unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), AGREED)
        copy = adapt(cast.user("teacher"), find_plan(plan_id))
        own = db.session.query(PlanImage).filter_by(plan_id=copy.plan_id).one()
        text = str(json_from_state(stored_document(copy.plan_id).merged()))
        assert f"/lesson-plans/{copy.plan_id}/images/{own.id}" in text
        assert address not in text


def test_who_taught_is_asked_for_a_reflection_and_it_is_seen_when_written(app, cast, client_for, plan_id, work):
    teacher = cast.teacher.id
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), AGREED)
        copy = adapt(cast.user("teacher"), find_plan(plan_id))
        copy_id = copy.plan_id
        note_lesson(cast.user("teacher"), copy, clock.today())
        assert ask_for_reflections() == 0
    for days, asked in ((1, 1), (2, 0), (5, 1), (9, 0)):
        with app.app_context(), clock.frozen(clock.now() + timedelta(days=days)), unit_of_work():
            assert ask_for_reflections() == asked, days
    with app.app_context():
        assert kinds_for(teacher)[-2:] == ["plan_reflection", "plan_reflection_again"]
    assert "请写课后反思" in client_for("teacher").get("/").text
    write(app, copy_id, teacher, "reflection", "借箭的三步讲得清楚，朗读的时间少了，下次先读再讲。")
    work()
    with app.app_context():
        assert db.session.query(Adaptation).filter_by(plan_id=copy_id).one().reflected_at is not None
        assert "plan_reflected" in kinds_for(cast.leader.id)
    assert "请写课后反思" not in client_for("teacher").get("/").text


def test_no_reflection_is_asked_for_where_there_is_no_place_for_one(app, cast, plan_id):
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), AGREED)
        for key in ("teacher", "colleague"):
            copy = adapt(cast.user(key), find_plan(plan_id))
            note_lesson(cast.user(key), copy, clock.today())
        text = db.session.get(PlanText, copy.plan_id)
        text.html = text.html.replace('id="section-reflection"', 'id="section-own-1"')
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=1)), unit_of_work():
        assert ask_for_reflections() == 1
        assert "plan_reflection" not in kinds_for(cast.colleague.id)
    with app.app_context():
        assert len(reflections_waiting(cast.teacher.id)) == 1
        with clock.frozen(clock.now() + timedelta(days=90)):
            assert not reflections_waiting(cast.teacher.id)


def test_the_page_asks_as_much_for_many_copies_as_for_few(app, cast, client_for, count_queries, plan_id):
    client, url, counts = client_for("leader"), f"/lesson-plans/{plan_id}/preparation", []
    with app.app_context(), unit_of_work():
        bring_to(cast.user("leader"), find_plan(plan_id), AGREED)
    client.get(url)
    for key in (None, "teacher", "colleague"):
        if key is not None:
            with app.app_context(), unit_of_work():
                adapt(cast.user(key), find_plan(plan_id))
            with count_queries() as seen:
                page = client.get(url).text
            counts.append(seen.count)
    assert page.count("的个案</a>") == 2
    assert counts[0] == counts[1]
