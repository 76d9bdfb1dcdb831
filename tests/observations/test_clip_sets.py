"""微格片段集: clips are put in by one press and played as far as one may watch their lessons; nothing else of them is told."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from io import BytesIO

import docx
import pytest

from tests.support.observations import make_lesson, make_ready_version, some_comment
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.models import ClipSet, Lesson, SetClip, Watching
from yanxiu.observations.queries import clip_sets as clip_queries
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services.clip_sets import ClipDraft, create_clip_set, put_clip, put_clips
from yanxiu.observations.services.lessons import delete_lesson, restore_lesson

FETCH = {"X-Requested-With": "fetch"}
OPEN_TASK, SCHOOL_TASK = "同坊的人看什么？", "只有本校的人知道的问题"


@pytest.fixture
def shared(app, cast) -> dict[str, int]:
    """A set of `leader` with two clips: of a lesson for the workshop, and of one for the school alone."""
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher, cast.user("villager")])
        open_one = make_lesson(teacher, "《公开》", visibility="workshop", workshop_id=workshop.id)
        shown = {"pupils_recognizable": True, "consent": "written", "consent_until": clock.today() + timedelta(days=9)}
        closed = make_lesson(teacher, "《本校》", visibility="school", **shown)
        made = create_clip_set(leader, "候答", workshop_id=workshop.id)
        clips = [
            put_clip(leader, made, lesson, make_ready_version(lesson), ClipDraft(2000, 9000, task))
            for lesson, task in ((open_one, OPEN_TASK), (closed, SCHOOL_TASK))
        ]
        ids = {"workshop": workshop.id, "set": made.id, "open": open_one.id, "closed": closed.id}
        return {**ids, "first": clips[0].id, "second": clips[1].id}


def order(app, set_id: int) -> list[int]:
    with app.app_context():
        live = db.select(SetClip.id).where(SetClip.set_id == set_id, SetClip.removed_at.is_(None))
        return list(db.session.scalars(live.order_by(SetClip.position)))


def test_a_clip_is_there_only_for_who_may_watch_its_lesson(app, cast, client_for, shared, monkeypatch):
    page, panel = f"/clip-sets/{shared['set']}", f"/clip-sets/{shared['set']}/clips/{shared['second']}"
    leader, villager, teacher = (client_for(who) for who in ("leader", "villager", "teacher"))
    assert SCHOOL_TASK in leader.get(page).text
    assert "2 段，共 00:14" in leader.get("/clip-sets").text
    seen = villager.get(page).text
    assert OPEN_TASK in seen
    assert "这一段的课例您现在看不了" in seen
    for leak in (SCHOOL_TASK, "《本校》", f"/lessons/{shared['closed']}"):
        assert leak not in seen
    assert "1 段，共 00:07" in villager.get("/clip-sets?view=workshops").text
    assert villager.get(panel, headers=FETCH).status_code == 404
    word = docx.Document(BytesIO(villager.get(page + "/list").data))
    cells = [cell.text for row in word.tables[0].rows for cell in row.cells]
    assert any(OPEN_TASK in text for text in cells)
    assert not any(SCHOOL_TASK in text or "《本校》" in text for text in cells)
    assert leader.get(panel, headers=FETCH).status_code == 200
    # what was said within it, as far as one may read it; more than fit is not passed over in silence
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, shared["closed"])
        version = current_version(recording_of(lesson.id))
        for visibility in ("everybody", "everybody", "private"):
            some_comment(cast.user("teacher"), lesson, version, start_ms=3000, visibility=visibility)
    told = leader.get(panel, headers=FETCH).text
    assert (told.count('<li id="remark-'), "其余的在课例里看" in told) == (2, False)
    monkeypatch.setattr(clip_queries, "MOST_REMARKS", 1)
    told = leader.get(panel, headers=FETCH).text
    assert (told.count('<li id="remark-'), "其余的在课例里看" in told) == (1, True)
    # taken down: gone at once for all but the teacher's own page of it, and back with the lesson
    with app.app_context(), unit_of_work():
        delete_lesson(cast.user("teacher"), db.session.get_one(Lesson, shared["closed"]))
    for client in (leader, teacher):
        assert SCHOOL_TASK not in client.get(page).text
    assert leader.get(panel, headers=FETCH).status_code == 404
    assert leader.get(panel + "/edit").status_code == 404
    with app.app_context(), unit_of_work():
        restore_lesson(cast.user("teacher"), db.session.get_one(Lesson, shared["closed"]))
        db.session.get_one(Lesson, shared["closed"]).consent_until = clock.today() - timedelta(days=1)
    assert SCHOOL_TASK not in leader.get(page).text
    assert SCHOOL_TASK in teacher.get(page).text  # whose lesson it is
    # the film of a clip is the lesson's, so watching it is written down as ever
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, shared["closed"]).consent_until = None
    film = leader.get(page).text.split(f'data-src="/lessons/{shared["closed"]}')[1].split('"')[0]
    assert leader.get(f"/lessons/{shared['closed']}{film}").status_code == 200
    with app.app_context():
        watched = db.session.scalars(db.select(Watching.lesson_id)).all()
    assert watched == [shared["closed"]]


def test_one_press_puts_a_stretch_into_the_set_used_last(app, cast, client_for, new_lesson):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        version = make_ready_version(lesson)
        remark = some_comment(cast.user("leader"), lesson, version, start_ms=50_000).id
        private = some_comment(cast.user("leader"), lesson, version, visibility="private").id
    colleague, clips = client_for("colleague"), f"/lessons/{lesson_id}/clips"
    answer = colleague.post(clips, data={"comment": remark}, headers=FETCH).json
    assert answer["toast"] == "已放进“我的片段”，第 1 段"
    again = colleague.post(clips, data={"comment": remark}, headers=FETCH).json
    assert again["toast"] == "已经在“我的片段”里了，第 1 段"
    assert "undo" in answer
    assert "undo" not in again  # it would take out what an earlier press put in
    assert colleague.post(clips, data={"comment": private}).status_code == 404
    for wrong in ({}, {"stretch": "70000-80000"}, {"stretch": "9-3"}, {"stretch": ["0-9000", "x"]}):
        assert colleague.post(clips, data=wrong, headers=FETCH).status_code == 422, wrong
    made = colleague.post("/clip-sets/new", data={"title": "候答", "introduction": "", "workshop_id": ""})
    second = int(made.headers["Location"].rsplit("/", 1)[1])
    code = colleague.post(clips, data={"stretch": "1500-4000"}, headers=FETCH).json
    assert "候答" in code["toast"]
    assert colleague.post(code["undo"]["url"], headers=FETCH).json["undo"]["url"].endswith("/restoration")
    assert order(app, second) == []
    several = colleague.post(clips, data={"stretch": ["0-9000", "55000-99000"]}, headers=FETCH).json
    assert several["toast"] == "已放进“候答”，共 2 段"
    form = {"clip_set": str(second), "title": "", "start": "00:02.5", "end": "00:08", "task": "看谁举手", "note": ""}
    assert colleague.post(clips + "/new", data=form).status_code == 303
    assert colleague.post(clips + "/new", data=form).status_code == 303  # sent twice
    assert "已经在“候答”里了" in colleague.post(clips + "/new", data={**form, "note": "另一句"}).text
    for change in ({"clip_set": "new"}, {"clip_set": "99999"}, {"start": "二"}, {"end": "20:00"}, {"end": "00:01"}):
        refused = colleague.post(clips + "/new", data={**form, **change})
        assert refused.status_code == 422, change
        assert "看谁举手" in refused.text
    with app.app_context():
        (clip,) = db.session.scalars(db.select(SetClip).where(SetClip.task != ""))
        assert (clip.start_ms, clip.end_ms, clip.set_id) == (2500, 8000, second)
        (first,) = db.session.scalars(db.select(SetClip).where(SetClip.set_id != second))
        assert (first.start_ms, first.end_ms) == (50_000, 60_000)  # as far as the film goes
    assert client_for("villager").post(clips, data={"stretch": "0-1000"}).status_code == 404


def test_clips_are_moved_taken_out_and_put_back(app, cast, client_for, shared):
    leader, teacher = client_for("leader"), client_for("teacher")
    one, two, set_id = shared["first"], shared["second"], shared["set"]
    clips = f"/clip-sets/{set_id}/clips"
    assert leader.post(f"{clips}/{two}/position", data={"before_id": str(one)}, headers=FETCH).json["ok"]
    assert order(app, set_id) == [two, one]
    leader.post(f"{clips}/{two}/position", data={"step": "down"})
    assert order(app, set_id) == [one, two]
    leader.post(f"{clips}/{one}/position", data={"step": "up"})  # it stands there already
    leader.post(f"{clips}/{one}/removal")
    assert order(app, set_id) == [two]
    assert leader.post(f"{clips}/{one}/position", data={"step": "up"}).status_code == 404
    leader.post(f"{clips}/{one}/restoration")
    assert order(app, set_id) == [one, two]
    edited = {"start": "00:03", "end": "00:05", "task": "改过的问题", "note": "说明"}
    assert leader.post(f"{clips}/{one}/edit", data=edited).status_code == 303
    assert "改过的问题" in leader.get(f"/clip-sets/{set_id}?clip={one}").text
    # the teacher takes the own lesson out of a colleague's set, for good
    assert teacher.post(f"{clips}/{one}/removal", headers=FETCH).json.get("undo") is None
    assert order(app, set_id) == [two]
    assert leader.post(f"{clips}/{one}/restoration").status_code == 404
    assert client_for("villager").post(f"{clips}/{two}/removal").status_code == 404
    # a set that was removed is there for its owner alone, who can fetch it back
    leader.post(f"/clip-sets/{set_id}/removal")
    assert "撤销删除" in leader.get(f"/clip-sets/{set_id}").text
    assert teacher.get(f"/clip-sets/{set_id}").status_code == 404
    leader.post(f"/clip-sets/{set_id}/restoration")
    # of an ended workshop it can be watched, and the teacher still decides about the own lesson
    with app.app_context(), unit_of_work():
        made = db.session.get_one(ClipSet, set_id)
        db.session.execute(
            db.text("UPDATE workshop SET archived_at = :now WHERE id = :id"),
            {"now": clock.now(), "id": made.workshop_id},
        )
    assert leader.get(f"/clip-sets/{set_id}").status_code == 200
    assert leader.post(f"{clips}/{two}/removal").status_code == 403
    assert teacher.post(f"{clips}/{two}/removal").status_code == 303
    assert order(app, set_id) == []


def test_the_number_of_queries_does_not_depend_on_the_clips(app, cast, client_for, count_queries, shared):
    villager, page = client_for("villager"), f"/clip-sets/{shared['set']}"
    villager.get(page)
    with count_queries() as few:
        villager.get(page)
    with app.app_context(), unit_of_work():
        leader, into = cast.user("leader"), db.session.get_one(ClipSet, shared["set"])
        for number in range(6):
            lesson = make_lesson(
                cast.user("teacher"), f"《{number}》", visibility="workshop", workshop_id=shared["workshop"]
            )
            put_clip(leader, into, lesson, make_ready_version(lesson), ClipDraft(0, 5000))
    with count_queries() as many:
        villager.get(page)
    assert many.count == few.count


def told(app, user_id: int, kind: str) -> list[tuple[int, str]]:
    """How often somebody was told, and where that leads."""
    with app.app_context():
        rows = db.select(Notification.count, Notification.url).where(Notification.kind == kind)
        return [tuple(row) for row in db.session.execute(rows.where(Notification.user_id == user_id))]


def test_the_teacher_hears_once_a_day_and_takes_the_lesson_out_of_any_set(app, cast, client_for, shared):
    lesson, teacher_id = shared["open"], cast.teacher.id
    listed = f"/lessons/{lesson}/clips"
    teacher, colleague, leader = (client_for(who) for who in ("teacher", "colleague", "leader"))
    assert told(app, teacher_id, "lesson_clipped").count((1, listed)) == 1, "with the set, once for each lesson"
    for stretch in ("20000-24000", "30000-31000"):
        assert leader.post(listed, data={"stretch": [stretch, "40000-45000"]}, headers=FETCH).json["ok"]
    assert told(app, teacher_id, "lesson_clipped").count((1, listed)) == 1
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=1)), unit_of_work():
        into = db.session.get_one(SetClip, shared["first"]).clip_set
        of, film = db.session.get_one(Lesson, lesson), current_version(recording_of(lesson))
        put_clip(cast.user("leader"), into, of, film, ClipDraft(0, 900))
        # in a set that the teacher may not open: whose it is, not what it is called
        own = create_clip_set(cast.user("villager"), "反面的例子")
        put_clip(cast.user("villager"), own, of, film, ClipDraft(1000, 3000))
        hidden = own.id
    assert told(app, teacher_id, "lesson_clipped").count((3, listed)) == 1, "the next day, and another set"
    page = teacher.get(listed).text
    assert f'href="/clip-sets/{shared["set"]}"' in page
    assert "没有和您共享的片段集" in page
    assert "反面的例子" not in page
    assert f"/clip-sets/{hidden}" not in page
    assert "在 2 个片段集里" in teacher.get(f"/lessons/{lesson}").text
    assert "个片段集里" not in leader.get(f"/lessons/{lesson}").text
    assert teacher.post(listed + "/withdrawal", data={"set": hidden}, headers=FETCH).json["toast"] == "已拿出 1 段"
    assert "不在里面" in teacher.post(listed + "/withdrawal", data={"set": hidden}, headers=FETCH).json["toast"]
    assert told(app, cast.villager.id, "lesson_withdrawn") == [(1, f"/clip-sets/{hidden}")]
    # what the owner took out cannot be put back either
    leader.post(f"/clip-sets/{shared['set']}/clips/{shared['first']}/removal")
    teacher.post(listed + "/withdrawal", data={"set": shared["set"]})
    assert order(app, shared["set"]) == [shared["second"]]
    assert leader.post(f"/clip-sets/{shared['set']}/clips/{shared['first']}/restoration").status_code == 404
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEntry.action).where(AuditEntry.actor_id == teacher_id)).all()
    assert actions.count("clip_set.withdraw") == 2
    assert colleague.get(listed).status_code == 404


def test_consent_can_be_refused_and_given_again(app, cast, client_for, shared):
    lesson, page = shared["open"], f"/clip-sets/{shared['set']}"
    teacher, leader, villager = (client_for(who) for who in ("teacher", "leader", "villager"))
    kept = {
        "title": "《公开》",
        "visibility": "workshop",
        "workshop_id": str(shared["workshop"]),
        "consent": "not_needed",
    }
    assert "能看这节课的老师可以摘取" in teacher.get(f"/lessons/{lesson}/settings").text
    assert teacher.post(f"/lessons/{lesson}/settings", data={**kept, "clip_consent": "maybe"}).status_code == 422
    assert teacher.post(f"/lessons/{lesson}/settings", data={**kept, "clip_consent": "refused"}).status_code == 303
    for client in (leader, villager, teacher):
        seen = client.get(page).text
        assert OPEN_TASK not in seen
        assert "授课教师不同意摘取这节课的片段" in seen
    assert "1 段，共 00:07" in leader.get("/clip-sets").text
    assert leader.get(f"{page}/clips/{shared['first']}", headers=FETCH).status_code == 404
    word = docx.Document(BytesIO(leader.get(f"{page}/list").data))
    assert not any(OPEN_TASK in cell.text for row in word.tables[0].rows for cell in row.cells)
    for address in (f"/lessons/{lesson}/clips", f"/lessons/{lesson}/clips/new"):
        refused = leader.post(address, data={"stretch": "0-5000"}, headers=FETCH)
        assert (refused.status_code, refused.json["message"]) == (403, "授课教师不同意从这节课里摘取片段")
    assert "授课教师不同意摘取" in leader.get(f"/lessons/{lesson}").text
    assert "剪一段" not in leader.get(f"/lessons/{lesson}").text
    assert "剪一段" in teacher.get(f"/lessons/{lesson}").text
    assert teacher.post(f"/lessons/{lesson}/clips", data={"stretch": "0-5000"}, headers=FETCH).json["ok"]
    assert "00:05" in teacher.get("/clip-sets").text, "the own set of whoever decides"
    assert told(app, cast.leader.id, "lesson_clips_refused") == [(1, page)]
    # a form that does not carry it leaves it, and who may not decide cannot change it
    assert teacher.post(f"/lessons/{lesson}/settings", data=kept).status_code == 303
    assert OPEN_TASK not in leader.get(page).text
    assert teacher.post(f"/lessons/{lesson}/settings", data={**kept, "clip_consent": "given"}).status_code == 303
    assert OPEN_TASK in leader.get(page).text
    with app.app_context():
        noted = db.select(AuditEntry.actor_id).where(AuditEntry.action == "lesson.clip_consent")
        assert db.session.scalars(noted).all() == [cast.teacher.id] * 2


def test_of_many_stretches_those_that_can_be_are_put_in_and_the_others_named(app, cast, client_for, count_queries):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        lesson_id, version = lesson.id, make_ready_version(lesson, 30 * 60_000)
        into = create_clip_set(cast.user("colleague"), "候答")
        few = [ClipDraft(at, at + 500) for at in (0, 1000)]
        with count_queries() as two:
            put_clips(cast.user("colleague"), into, lesson, version, few)
        many = [ClipDraft(at, at + 500) for at in range(2000, 60_000, 1000)]
        with count_queries() as fifty:
            assert len(put_clips(cast.user("colleague"), into, lesson, version, many).new) == len(many)
        reads = [sum(one.startswith("SELECT") for one in seen.statements) for seen in (two, fifty)]
        assert reads[0] == reads[1], "the set is read once"
        set_id = into.id
    pressed = ["90000-95000", "0-900000", "100000-800000", "90000-95000", "1799000-1801000"]
    answer = client_for("colleague").post(f"/lessons/{lesson_id}/clips", data={"stretch": pressed}, headers=FETCH).json
    assert answer["toast"] == ("已放进“候答”，共 3 段；2 段没有放进：一段最多 10 分钟（00:00–15:00、01:40–13:20）")
    assert len(order(app, set_id)) == 62
    alone = client_for("colleague").post(f"/lessons/{lesson_id}/clips", data={"stretch": pressed[1:3]}, headers=FETCH)
    assert (alone.status_code, alone.json["message"]) == (422, "一段最多 10 分钟")


def test_many_sets_are_paged_sorted_and_found_by_their_words(app, cast, client_for, shared):
    with app.app_context(), unit_of_work():
        for number in range(50):
            create_clip_set(cast.user("leader"), f"集{number:02}", "理答" if number == 7 else "")
        db.session.get_one(ClipSet, shared["set"]).used_at = clock.now() + timedelta(seconds=1)
    leader = client_for("leader")

    def titles(address: str) -> list[str]:
        found = []
        while address:
            page = leader.get(address).text
            found += re.findall(r'href="/clip-sets/\d+">([^<]+)</a>', page)
            further = re.search(r'href="([^"]+)" data-load-more', page)
            address = html.unescape(further[1]) if further else ""
        return found

    newest = [f"集{number:02}" for number in range(49, -1, -1)]
    assert titles("/clip-sets") == [*newest, "候答"]
    assert titles("/clip-sets?sort=used") == ["候答", *newest]
    assert titles("/clip-sets?q=理答") == ["集07"]
    assert titles("/clip-sets?q=集0&sort=used") == newest[-10:]
    assert "没有名称或说明里带“没有的”的片段集" in leader.get("/clip-sets?q=没有的").text
    assert leader.get("/clip-sets?sort=used&cursor=x").status_code == 422
