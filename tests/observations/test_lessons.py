"""Who sees a lesson, the declaration about pupils, invitations, lists, and what search may know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.observations import full_scores, make_lesson, make_ready_version, some_comment
from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import indexing
from yanxiu.observations.models import Lesson, LessonPhase, Watching
from yanxiu.observations.queries import find_lesson, may_watch, visible_lessons
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.lessons import LessonDraft, create_lesson, invite_member, remove_member

PEOPLE = ("teacher", "colleague", "principal", "leader", "villager", "outsider", "researcher", "admin", "stranger")
SCHOOL = {"teacher", "colleague", "principal", "leader"}


def who_sees(cast, lesson_id: int) -> set[str]:
    """Ask every door: the page's query, the list, the live room; they must agree."""
    seen = set()
    for key in PEOPLE:
        viewer = cast.viewer(key)
        answers = {
            find_lesson(viewer, lesson_id) is not None,
            lesson_id in set(db.session.scalars(visible_lessons(viewer).with_only_columns(Lesson.id))),
            may_watch(viewer, lesson_id),
            lesson_id in indexing.visible_lesson_ids(viewer, [lesson_id]),
        }
        assert len(answers) == 1, key
        if answers.pop():
            seen.add(key)
    return seen


@pytest.mark.parametrize(("visibility", "seen"), [("school", SCHOOL), ("invited", {"teacher"})])
def test_a_lesson_is_seen_by_its_audience_and_no_administrator(ctx, cast, visibility, seen):
    with unit_of_work():
        lesson_id = make_lesson(cast.user("teacher"), visibility=visibility).id
    assert who_sees(cast, lesson_id) == seen


def test_the_invited_see_until_they_are_removed(ctx, cast):
    with unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="invited")
        member = invite_member(cast.user("teacher"), lesson, cast.user("outsider"), "observer")
    assert who_sees(cast, lesson.id) == {"teacher", "outsider"}
    with unit_of_work():
        lesson = db.session.get_one(Lesson, lesson.id)
        remove_member(cast.user("teacher"), lesson, lesson.members[0])
    assert who_sees(cast, lesson.id) == {"teacher"}
    assert member.user_id == cast.outsider.id


def test_when_consent_runs_out_only_the_teacher_still_sees(ctx, cast):
    with unit_of_work():
        lesson = make_lesson(
            cast.user("teacher"),
            visibility="school",
            pupils_recognizable=True,
            consent="written",
            consent_until=clock.today(),
        )
        invite_member(cast.user("teacher"), lesson, cast.user("outsider"), "host")
    assert who_sees(cast, lesson.id) == SCHOOL | {"outsider"}
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert who_sees(cast, lesson.id) == {"teacher"}
        (document,) = indexing.load_lessons([lesson.id])
        assert document.acl == {f"u{cast.teacher.id}"}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"pupils_recognizable": True, "consent": "not_needed"}, "consent"),
        ({"pupils_recognizable": True, "consent": "written"}, "consent_until"),
        ({"consent": "whatever"}, "consent"),
        ({"visibility": "public"}, "visibility"),
        ({"visibility": "workshop"}, "workshop_id"),
        ({"subject": "占星"}, "subject"),
        ({"grade": "十三年级"}, "grade"),
        ({"lesson_type": "直播带货"}, "lesson_type"),
        ({"rubric_version_id": 4711}, "rubric_version_id"),
    ],
)
def test_what_a_lesson_cannot_say(ctx, cast, details, field):
    teacher = cast.user("teacher")
    with pytest.raises(InvalidError) as refused, unit_of_work():
        create_lesson(teacher, teacher, LessonDraft("《草船借箭》", **details))
    assert refused.value.field == field


def test_a_form_that_was_refused_keeps_what_was_typed(client_for):
    data = {"title": "《景阳冈》", "place": "录播教室", "visibility": "workshop", "consent": "not_needed"}
    answer = client_for("teacher").post("/lessons/new", data=data)
    assert answer.status_code == 422
    assert "要让工作坊成员观看，请先选择工作坊" in answer.text
    assert 'value="《景阳冈》"' in answer.text
    assert 'value="录播教室"' in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {"title": "x" * 121},
        {"title": ""},
        {"title": "课", "workshop_id": "-1; drop table"},
        {"title": "课", "visibility": "everybody"},
        {"title": "课", "taught_on": "9999-99-99"},
        {"title": "课", "taught_on": "0001-01-01", "taught_time": "00:00"},
        {"title": "课", "consent_until": "0001-01-01"},
        {"title": "课", "lesson_plan_id": "123456"},
        {"title": "课", "consent_until": "昨天"},
    ],
)
def test_hostile_forms_are_refused_or_harmless(client_for, data):
    answer = client_for("teacher").post("/lessons/new", data={"visibility": "invited", "consent": "not_needed", **data})
    assert answer.status_code in (303, 422)


def test_columns_that_are_not_in_the_form_cannot_be_set(app, client_for, cast):
    data = {
        "title": "课", "visibility": "invited", "consent": "not_needed", "teacher_id": str(cast.colleague.id),
        "creator_id": "1", "organization_id": "1", "deleted_at": "2020-01-01", "id": "77",
    }  # fmt: skip
    assert client_for("teacher").post("/lessons/new", data=data).status_code == 303
    with app.app_context():
        lesson = db.session.query(Lesson).one()
        assert (lesson.teacher_id, lesson.creator_id, lesson.deleted_at) == (cast.teacher.id, cast.teacher.id, None)


def test_settings_show_what_was_saved(client_for, new_lesson):
    lesson_id, teacher = new_lesson(), client_for("teacher")
    url = f"/lessons/{lesson_id}/settings"
    data = {
        "title": "《景阳冈》第二课时", "class_name": "五（1）班", "subject": "语文", "grade": "五年级", "visibility": "school",
        "taught_on": "2026-03-15", "taught_time": "09:10", "pupils_recognizable": "y", "consent": "written",
        "consent_until": "2030-07-01",
    }  # fmt: skip
    assert teacher.post(url, data=data).status_code == 303
    page = teacher.get(url).text
    for value in ("《景阳冈》第二课时", "五（1）班", "2026-03-15", "09:10", "2030-07-01"):
        assert f'value="{value}"' in page
    assert "2030年7月1日" in client_for("colleague").get(f"/lessons/{lesson_id}").text


def test_a_removed_lesson_is_gone_for_everybody_and_comes_back(client_for, new_lesson):
    lesson_id, teacher = new_lesson(), client_for("teacher")
    teacher.post(f"/lessons/{lesson_id}/removal")
    assert [client_for(k).get(f"/lessons/{lesson_id}").status_code for k in ("teacher", "colleague")] == [404, 404]
    assert "撤销，恢复课例" in teacher.get(f"/lessons/{lesson_id}/removal").text
    teacher.post(f"/lessons/{lesson_id}/restoration")
    assert client_for("colleague").get(f"/lessons/{lesson_id}").status_code == 200


def test_inviting_by_name_asks_when_two_share_it(app, client_for, cast, new_lesson):
    lesson_id, teacher = new_lesson(visibility="invited"), client_for("teacher")
    url = f"/lessons/{lesson_id}/members"
    assert teacher.post(url, data={"person": "赵磊", "role": "expert"}).status_code == 303
    assert "已邀请赵磊" in teacher.get(url).text
    assert client_for("outsider").get(f"/lessons/{lesson_id}").status_code == 200
    assert teacher.post(url, data={"person": "钱伟", "role": "observer"}).status_code == 422  # another county
    assert teacher.post(url, data={"person": "李", "role": "observer"}).status_code == 422
    forged = {"person": "李", "person_id": str(cast.stranger.id), "role": "observer"}
    assert teacher.post(url, data=forged).status_code == 422
    assert teacher.post(url, data={"person": "周敏", "role": "teacher"}).status_code == 422
    assert teacher.post(url, data={"person": "李强", "role": "observer"}).status_code == 409


def test_to_watch_holds_what_is_ready_and_not_yet_judged(app, cast, client_for):
    with app.app_context(), unit_of_work():
        ready = make_lesson(cast.user("teacher"), "已录好的课", visibility="school")
        make_ready_version(ready)
        lesson_id = ready.id
        make_lesson(cast.user("teacher"), "还没录的课", visibility="school")
        judged = make_lesson(cast.user("teacher"), "评过的课", visibility="school")
        make_ready_version(judged)
        save_evaluation(cast.user("colleague"), judged, full_scores(judged))
        submit_evaluation(cast.user("colleague"), judged)
    page = client_for("colleague").get("/lessons").text
    assert [name in page for name in ("已录好的课", "还没录的课", "评过的课")] == [True, False, False]
    assert "已录好的课" not in client_for("teacher").get("/lessons").text
    assert "已录好的课" in client_for("teacher").get("/lessons?view=mine").text
    assert "已录好的课" not in client_for("outsider").get("/lessons").text
    with app.app_context(), unit_of_work():
        invite_member(cast.user("teacher"), db.session.get_one(Lesson, lesson_id), cast.user("colleague"), "observer")
    assert "观课并评课：已录好的课" in client_for("colleague").get("/").text
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, lesson_id).phase = LessonPhase.ARCHIVED
    assert "观课并评课" not in client_for("colleague").get("/").text
    assert "已录好的课" not in client_for("colleague").get("/lessons").text
    assert "这节课已归档，不再评课" in client_for("colleague").get(f"/lessons/{lesson_id}").text


def test_lists_are_paged_by_key_and_need_as_many_queries_whatever_their_length(app, cast, client_for, count_queries):
    def add(number: int) -> None:
        with app.app_context(), unit_of_work():
            for n in range(number):
                make_ready_version(make_lesson(cast.user("teacher"), f"第 {n} 课", visibility="school"))

    def counted() -> tuple[int, str]:
        with count_queries() as seen:
            text = client_for_colleague.get("/lessons").text
        return seen.count, text

    client_for_colleague = client_for("colleague")
    client_for_colleague.get("/lessons")
    add(2)
    few, _ = counted()
    add(28)
    many, text = counted()
    assert many <= few
    assert text.count('class="lesson-item"') == 20
    cursor = text.split("cursor=")[1].split('"')[0]
    assert client_for_colleague.get(f"/lessons?cursor={cursor}").text.count('class="lesson-item"') == 10
    assert client_for_colleague.get("/lessons?cursor=broken").status_code == 422


def test_search_says_exactly_what_the_page_says(ctx, cast):
    with unit_of_work():
        lesson = make_lesson(
            cast.user("teacher"), visibility="school", subject="语文", grade="五年级", focus="候答时间"
        )
        version = make_ready_version(lesson)
        ids = {
            kind: some_comment(cast.user("colleague"), lesson, version, visibility=kind, body="草船借箭的板书").id
            for kind in ("everybody", "teacher", "private")
        }
    (document,) = indexing.load_lessons([lesson.id])
    school = cast.user("teacher").organization_id
    assert document.acl == {f"u{cast.teacher.id}", f"s{school}"}
    assert (document.subject, document.grade, document.author) == ("语文", "五年级", "李强")
    found = {document.object_id: document for document in indexing.load_comments(list(ids.values()))}
    assert found[ids["everybody"]].url == f"/lessons/{lesson.id}?t=12#comment-{ids['everybody']}"
    assert found[ids["everybody"]].acl == document.acl
    assert found[ids["teacher"]].acl == {f"u{cast.colleague.id}", f"u{cast.teacher.id}"}
    assert found[ids["private"]].acl == {f"u{cast.colleague.id}"}
    seen = {key: indexing.visible_comment_ids(cast.viewer(key), list(ids.values())) for key in PEOPLE}
    assert seen["colleague"] == set(ids.values())
    assert seen["teacher"] == {ids["everybody"], ids["teacher"]}
    assert seen["leader"] == {ids["everybody"]}
    assert seen["outsider"] == seen["admin"] == seen["researcher"] == set()


def test_removed_lessons_are_not_in_the_index(ctx, cast):
    with unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        comment = some_comment(cast.user("colleague"), lesson, make_ready_version(lesson))
        lesson.deleted_at = clock.now()
    assert list(indexing.load_lessons([lesson.id])) == []
    assert list(indexing.load_comments([comment.id])) == []


MINORS = {"pupils_recognizable": True, "consent": "school", "consent_until": date(2099, 7, 1)}


def watched(app) -> list[tuple[str, date]]:
    with app.app_context():
        rows = db.session.query(User.username, Watching.day).join(Watching, Watching.user_id == User.id)
        return sorted((name, day) for name, day in rows)


def test_every_view_of_recognizable_pupils_is_logged_by_person_and_day(app, client_for, new_lesson):
    lesson_id = new_lesson(**MINORS)
    first, second = clock.now(), clock.now() + timedelta(days=1)
    for moment in (first, first, second):
        with clock.frozen(moment):
            assert client_for("colleague").get(f"/lessons/{lesson_id}").status_code == 200
    with clock.frozen(second):
        assert client_for("leader").get(f"/lessons/{lesson_id}/media/1/source").status_code == 200
        assert client_for("outsider").get(f"/lessons/{lesson_id}").status_code == 404
        tomorrow = clock.today()
    today = tomorrow - timedelta(days=1)
    assert watched(app) == [("wangli", tomorrow), ("zhoumin", today), ("zhoumin", tomorrow)]


def test_who_watched_is_shown_to_the_managers_of_the_lesson_only(client_for, new_lesson):
    lesson_id = new_lesson(**MINORS)
    client_for("colleague").get(f"/lessons/{lesson_id}")
    url = f"/lessons/{lesson_id}/members"
    page = client_for("teacher").get(url).text
    assert '看过 <span class="num">1</span> 天' in page
    assert page.count("周敏") >= 1
    assert "观看记录" not in client_for("leader").get(url).text


def test_a_lesson_that_shows_no_pupil_keeps_no_log(app, client_for, new_lesson):
    lesson_id = new_lesson()
    client_for("colleague").get(f"/lessons/{lesson_id}")
    client_for("colleague").get(f"/lessons/{lesson_id}/media/1/source")
    assert watched(app) == []
    assert "观看记录" not in client_for("teacher").get(f"/lessons/{lesson_id}/members").text


def test_lists_are_narrowed_by_words_subject_and_stage(app, cast, client_for):
    with app.app_context(), unit_of_work():
        for title, subject, stage in (
            ("草船借箭", "语文", "小学"),
            ("小数乘法", "数学", "小学"),
            ("背影", "语文", "初中"),
        ):
            make_lesson(cast.user("teacher"), title, subject=subject, stage=stage, class_name="五（2）班")

    def found(query: str) -> set[str]:
        page = client_for("teacher").get(f"/lessons?view=mine&{query}").text
        return {title for title in ("草船借箭", "小数乘法", "背影") if f">{title}</a>" in page}

    assert found("subject=语文") == {"草船借箭", "背影"}
    assert found("subject=语文&stage=小学") == {"草船借箭"}
    assert found("q=李强 乘法") == {"小数乘法"}
    assert found("q=五（2）") == {"草船借箭", "小数乘法", "背影"}
    assert found("q=%25") == set()
    assert found("subject=炼金术") == {"草船借箭", "小数乘法", "背影"}
    page = client_for("teacher").get("/lessons?view=mine&q=没有这样的课").text
    assert "没有符合条件的课例" in page
    assert 'value="没有这样的课"' in page


@pytest.mark.parametrize(
    ("who", "named", "taught_by"),
    [
        ("colleague", "李强", "teacher"),
        ("colleague", "", "colleague"),
        ("colleague", "周敏", "colleague"),
        ("researcher", "李强", "teacher"),
        ("admin", "赵磊", "outsider"),
        ("outsider", "李强", None),
        ("colleague", "钱伟", None),
        ("colleague", "无此人", None),
        ("colleague", "李", None),
    ],
)
def test_a_lesson_is_entered_for_a_fellow_teacher_and_belongs_to_both(app, cast, client_for, who, named, taught_by):
    form = {"title": "替人建的课", "teacher": named, "visibility": "invited", "consent": "not_needed"}
    client = client_for(who)
    answer = client.post("/lessons/new", data=form)
    with app.app_context():
        found = db.session.query(Lesson.teacher_id, Lesson.creator_id).all()
    if taught_by is None:
        assert (answer.status_code, found) == (422, [])
        assert "请写本校老师的姓名" in answer.text
        return
    assert answer.status_code == 303
    assert found == [(getattr(cast, taught_by).id, getattr(cast, who).id)]
    assert "替人建的课" in client_for(taught_by).get("/lessons?view=mine").text
    assert client.get(answer.headers["Location"]).status_code == 200


def test_one_of_several_is_chosen_and_nobody_beyond_ones_reach(app, cast, client_for):
    client = client_for("colleague")
    form = {"title": "课", "teacher": "李", "visibility": "invited", "consent": "not_needed"}
    page = client.post("/lessons/new", data=form).text
    assert f'name="taught_by" value="{cast.teacher.id}"' in page
    assert client.post("/lessons/new", data={**form, "taught_by": str(cast.outsider.id)}).status_code == 422
    assert client.post("/lessons/new", data={**form, "taught_by": str(cast.teacher.id)}).status_code == 303
    with app.app_context():
        assert db.session.query(Lesson.teacher_id).scalar() == cast.teacher.id


def test_a_host_saves_the_details_and_the_audience_stays(client_for, app, cast):
    with app.app_context(), unit_of_work():
        declared = {
            "pupils_recognizable": True,
            "consent": "school",
            "consent_until": clock.today(),
            "visibility": "school",
        }
        lesson = make_lesson(cast.user("teacher"), **declared)
        invite_member(cast.user("teacher"), lesson, cast.user("researcher"), "host")
        lesson_id = lesson.id
    answer = client_for("researcher").post(f"/lessons/{lesson_id}/settings", data={"title": "主持人改的题目"})
    assert answer.status_code == 303
    with app.app_context():
        lesson = db.session.get(Lesson, lesson_id)
        assert lesson.title == "主持人改的题目"
        assert (lesson.visibility, lesson.consent, lesson.pupils_recognizable) == ("school", "school", True)
