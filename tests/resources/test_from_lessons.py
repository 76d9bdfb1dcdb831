"""An observed lesson in the library: its card, who may put it there, and who sees the recording on its page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from tests.support.documents import docx_words
from tests.support.lessonplans import make_plan
from tests.support.observations import full_scores, make_lesson, make_ready_version, some_comment
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.housekeeping import forget_expired
from yanxiu.core.live import current_seq
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, TextKey
from yanxiu.observations.queries.cards import card_of
from yanxiu.observations.services.cycle import write_text
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.recordings import Phase, set_segments
from yanxiu.resources.from_lessons import publish_card
from yanxiu.resources.models import Resource
from yanxiu.resources.services.generated import TAKEN_DOWN

PLACE = {
    "stage": "小学",
    "grade": "五年级",
    "subject": "语文",
    "edition": "统编版",
    "volume": "下册",
    "lesson": "草船借箭",
}
FORM = {**PLACE, "title": "《草船借箭》第一课时", "kind": "recording", "visibility": "county", "license": "county"}
WITH = {**FORM, "tells_reflection": "y"}


@pytest.fixture
def taught(app, cast) -> int:
    """A lesson of the teacher for the school, with remarks of every audience, scores, phases, a reflection and a plan."""
    with app.app_context(), unit_of_work():
        teacher, colleague = cast.user("teacher"), cast.user("colleague")
        lesson = make_lesson(teacher, visibility="school", class_name="五（2）班", subject="语文", focus="等了多久")
        version = make_ready_version(lesson)
        set_segments(teacher, lesson, version.recording, [Phase(0, "谈话导入"), Phase(20_000, "小组讨论")])
        some_comment(colleague, lesson, version, body="人人都读到了", kind="highlight")
        some_comment(colleague, lesson, version, body="分工可以更细", kind="suggestion", start_ms=30_000)
        some_comment(colleague, lesson, version, body="私下记一笔", visibility="private")
        some_comment(teacher, lesson, version, body="自己留的话", visibility="private")
        some_comment(colleague, lesson, version, body="只说给您听", visibility="teacher", kind="suggestion")
        save_evaluation(colleague, lesson, full_scores(lesson, 4), "评语里的亮点", "评语里的建议")
        submit_evaluation(colleague, lesson)
        write_text(teacher, lesson, TextKey.REFLECTION, "下次多等三秒。")
        lesson.lesson_plan_id = make_plan(teacher, "《草船借箭》教案", visibility="private", **PLACE).id
        return lesson.id


def words_of(resource: Resource) -> str:
    with storage().open(resource.files[0].stored_file.key) as source:
        return docx_words(source.read())


def test_who_taught_a_lesson_puts_its_card_into_the_library_and_brings_it_up_to_date(app, cast, client_for, taught):
    teacher, at = client_for("teacher"), f"/resources/from-lessons/{taught}"
    assert at in teacher.get(f"/lessons/{taught}").text
    assert at not in client_for("colleague").get(f"/lessons/{taught}").text
    form = teacher.get(at).text
    for proposed in ("统编版", "草船借箭", cast.teacher.name, 'name="tells_reflection"'):
        assert proposed in form
    assert teacher.post(at, data={**FORM, "visibility": "workshop"}).status_code == 422
    assert "标题" in teacher.post(at, data={**FORM, "title": ""}).text
    address = teacher.post(at, data=FORM).headers["Location"]
    with app.app_context():
        [made] = db.session.query(Resource).all()
        assert (made.kind, made.source, made.visibility, made.lesson) == (
            "recording",
            "generated",
            "county",
            "草船借箭",
        )
        said = words_of(made)
    for there in (
        "课例卡",
        "谈话导入",
        "00:00–00:20",
        "人人都读到了",
        "分工可以更细",
        f"/lessons/{taught}",
        "统编版 下册",
    ):
        assert there in said
    for kept in ("私下", "自己留的话", "只说给您听", "评语里", cast.colleague.name, "下次多等三秒", "分）"):
        assert kept not in said
    teacher.post(at, data=FORM)
    assert teacher.post(at, data={**WITH, "title": "改过的标题"}).headers["Location"] == address
    with app.app_context():
        [made] = db.session.query(Resource).all()
        assert [file.number for file in made.files] == [2, 1], "the same card is no newer version"
        assert "下次多等三秒" in words_of(made)
        assert made.title == "改过的标题"
    assert "更新资源库里的这一份" in teacher.get(f"/lessons/{taught}").text
    assert "已入库" in client_for("colleague").get(f"/lessons/{taught}").text
    teacher.post(at, data=FORM)
    with app.app_context():
        [made] = db.session.query(Resource).all()
        now, before = (f"{address}/files/{file.id}/download" for file in made.files[:2])
    colleague = client_for("colleague")
    assert (colleague.get(now).status_code, colleague.get(before).status_code) == (200, 404), "its owner took it back"
    assert teacher.get(before).status_code == 200
    assert before in teacher.get(address).text
    assert "历次版本" not in colleague.get(address).text
    origin = teacher.get(address).text
    assert f'<a href="/lessons/{taught}/cycle#reflection">' in origin
    assert "课例没有给您看" in client_for("villager").get(address).text
    client_for("researcher").post(f"{address}/takedown", data={"reason": "先核对"})
    page = teacher.get(f"/lessons/{taught}").text
    assert "已下架" in page
    assert "已撤下，可以恢复" not in page
    again = teacher.post(at, data=FORM)
    assert (again.status_code, TAKEN_DOWN in again.text) == (409, True)
    with app.app_context():
        assert db.session.query(Resource).one().removed_at is not None


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({"deleted_at": clock.now()}, NotFoundError), ({"consent_until": date(2020, 1, 1)}, ForbiddenError)],
)
def test_what_changed_until_the_lesson_was_held_is_asked_again(ctx, cast, taught, change, refusal):
    with pytest.raises(refusal), unit_of_work():
        card = card_of(cast.viewer("teacher"), taught)
        changed = update(Lesson).where(Lesson.id == taught).values(change)
        db.session.execute(changed.execution_options(synchronize_session=False))
        publish_card(cast.user("teacher"), card, None, None, None)


def test_the_recording_is_played_only_for_who_may_see_the_lesson_and_goes_with_the_permission(
    app, cast, client_for, taught
):
    at = f"/resources/from-lessons/{taught}"
    address = client_for("teacher").post(at, data={**FORM, "visibility": "public"}).headers["Location"]

    def plays(who: str) -> bool:
        page, part = client_for(who).get(address).text, client_for(who).get(f"{address}/film").text
        for shown in (page, part):
            assert ("<video" in shown) != ("课堂录像没有给您看" in shown)
        assert ("<video" in page) == ("<video" in part) == (f"/lessons/{taught}/media/" in page)
        return "<video" in page

    def told() -> int:
        """How often open pages of the card were told."""
        with app.app_context():
            return current_seq(f"resource:{db.session.query(Resource).one().id}")

    assert [plays(who) for who in ("teacher", "colleague", "villager", "anonymous")] == [True, True, False, False]
    teacher, before = client_for("teacher"), told()
    hidden = {"title": "课", "teacher": cast.teacher.name, "visibility": "invited", "consent": "not_needed"}
    assert teacher.post(f"/lessons/{taught}/settings", data=hidden).status_code == 303
    assert told() > before
    assert [plays("teacher"), plays("colleague")] == [True, False]
    with app.app_context(), unit_of_work():
        lesson = db.session.get(Lesson, taught)
        lesson.visibility, lesson.consent_until = "school", clock.today() - timedelta(days=1)
    assert [plays("teacher"), plays("colleague")] == [True, False]
    assert teacher.get(at).status_code == 403
    with app.app_context(), unit_of_work():
        db.session.get(Lesson, taught).consent_until = None
    assert plays("colleague")
    before = told()
    teacher.post(f"/lessons/{taught}/removal")
    assert [plays("teacher"), plays("colleague")] == [False, False], "the card stays"
    assert told() > before


@pytest.mark.parametrize("how", ["taken down", "expired"])
def test_a_card_leaves_with_its_lesson_if_its_teacher_wished_it_so(app, client_for, taught, how):
    teacher = client_for("teacher")
    teacher.post(f"/resources/from-lessons/{taught}", data={**FORM, "leaves_with_lesson": "1"})
    if how == "taken down":
        teacher.post(f"/lessons/{taught}/removal")
    else:
        with app.app_context(), unit_of_work():
            db.session.get(Lesson, taught).consent_until = clock.today() - timedelta(days=1)
        with app.app_context():
            forget_expired()
    with app.app_context():
        left = db.session.query(Resource).one()
        assert left.removed_at is not None
        back = f"/resources/{left.id}/restoration"
    if how == "taken down":
        teacher.post(f"/lessons/{taught}/restoration")
        assert "已撤下，可以恢复" in teacher.get(f"/lessons/{taught}").text
    teacher.post(back)
    with app.app_context():
        forget_expired()
        found = db.session.query(Resource).one()
        assert found.removed_at is None, "fetched back on purpose"
        assert found.leaves_with_lesson == (how == "taken down"), "the lesson is there again, so the wish is, too"
