"""Time-coded comments: who reads what, order, catching up, taking back, hostile input."""

from __future__ import annotations

import html
import json
import re
from uuid import uuid4

import pytest

from tests.support.observations import some_comment
from tests.support.workshops import make_workshop
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries import current_version, find_lesson, recording_of
from yanxiu.observations.services.lessons import LessonDraft, update_lesson
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.services.standing import end_workshop


@pytest.fixture
def say(app, cast):
    """`say(lesson_id, "colleague", start_ms=…)`: the id of a comment."""

    def post(lesson_id: int, who: str = "colleague", **details: object) -> int:
        with app.app_context(), unit_of_work():
            lesson = db.session.get_one(Lesson, lesson_id)
            version = current_version(recording_of(lesson_id))
            return some_comment(cast.user(who), lesson, version, **details).id

    return post


def post(client, lesson_id: int, **data: object):
    sent = {"body": "好", "start_ms": "12000", "client_uuid": str(uuid4()), **data}
    return client.post(f"/lessons/{lesson_id}/comments", data=sent, headers={"X-Requested-With": "fetch"})


def shown(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article class="comment[^"]*" id="comment-(\d+)"', text)]


def test_comments_stand_in_media_time_whoever_wrote_first(client_for, new_lesson, say):
    lesson_id = new_lesson()
    late, early, middle = (say(lesson_id, start_ms=ms) for ms in (30_000, 0, 12_000))
    assert shown(client_for("teacher").get(f"/lessons/{lesson_id}").text) == [early, middle, late]


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("everybody", {"teacher", "colleague", "leader"}),
        ("teacher", {"teacher", "colleague"}),
        ("private", {"colleague"}),
    ],
)
def test_a_comment_is_read_by_its_audience_at_every_door(client_for, new_lesson, say, visibility, readers):
    lesson_id = new_lesson()
    comment_id = say(lesson_id, visibility=visibility)
    for key in ("teacher", "colleague", "leader"):
        client = client_for(key)
        doors = (f"/lessons/{lesson_id}", f"/lessons/{lesson_id}/comments?since=0", f"/lessons/{lesson_id}/comments")
        for door in doors:
            assert (comment_id in shown(client.get(door).text)) is (key in readers), (key, door)
        alone = client.get(f"/lessons/{lesson_id}/comments/{comment_id}").status_code
        answer = client.post(f"/lessons/{lesson_id}/comments/{comment_id}/replies", data={"body": "嗯"}).status_code
        assert (alone, answer) == ((200, 303) if key in readers else (404, 404)), key


def test_a_private_thread_leaves_no_trace_when_it_is_taken_back(client_for, new_lesson, say):
    lesson_id = new_lesson()
    comment_id = say(lesson_id, visibility="private")
    client_for("colleague").post(f"/lessons/{lesson_id}/comments/{comment_id}/withdrawal")
    assert f"comment-{comment_id}" not in client_for("leader").get(f"/lessons/{lesson_id}/comments?since=0").text
    assert (
        f'data-gone="comment-{comment_id}"'
        in client_for("colleague").get(f"/lessons/{lesson_id}/comments?since=0").text
    )


def test_answers_are_read_by_the_readers_of_the_thread(app, client_for, new_lesson, say):
    lesson_id = new_lesson()
    comment_id = say(lesson_id, visibility="teacher")
    client_for("teacher").post(f"/lessons/{lesson_id}/comments/{comment_id}/replies", data={"body": "私下说一句"})
    with app.app_context():
        reply_id = db.session.query(TimedComment.id).filter_by(parent_id=comment_id).scalar()
    url = f"/lessons/{lesson_id}/comments/{reply_id}"
    assert [client_for(key).get(url).status_code for key in ("teacher", "colleague", "leader")] == [200, 200, 404]


def test_catching_up_brings_only_what_is_newer(app, client_for, new_lesson, say):
    lesson_id = new_lesson()
    first = say(lesson_id)
    with app.app_context():
        seq = current_seq(f"lesson:{lesson_id}")
    second = say(lesson_id, start_ms=1_000)
    answer = client_for("teacher").get(f"/lessons/{lesson_id}/comments?since={seq}")
    assert shown(answer.text) == [second]
    assert int(answer.headers["X-Seq"]) > seq
    client_for("leader").post(f"/lessons/{lesson_id}/comments/{first}/replies", data={"body": "同意"})
    assert shown(client_for("teacher").get(f"/lessons/{lesson_id}/comments?since={answer.headers['X-Seq']}").text) == [
        first
    ]


def test_sending_twice_posts_once(app, client_for, new_lesson):
    lesson_id, colleague, uuid = new_lesson(), client_for("colleague"), str(uuid4())
    answers = [post(colleague, lesson_id, client_uuid=uuid).get_json() for _ in range(3)]
    assert len({answer["id"] for answer in answers}) == 1
    with app.app_context():
        assert db.session.query(TimedComment).count() == 1


def test_what_was_changed_after_a_broken_send_is_a_comment_of_its_own(app, client_for, new_lesson):
    lesson_id, colleague, uuid = new_lesson(), client_for("colleague"), str(uuid4())
    first = post(colleague, lesson_id, body="好", client_uuid=uuid).get_json()["id"]
    for change in (
        {"body": "好，再多等三秒更好"},
        {"start_ms": "13000"},
        {"visibility": "private"},
        {"kind": "question"},
    ):
        assert post(colleague, lesson_id, **{"client_uuid": uuid, **change}).get_json()["id"] != first
    assert post(colleague, lesson_id, body=" 好 ", client_uuid=uuid).get_json()["id"] == first
    page = colleague.get(f"/lessons/{lesson_id}").text
    assert len(shown(page)) == 5
    assert "再多等三秒更好" in page


def test_an_answer_sent_again_after_a_broken_line_stands_there_once(app, client_for, new_lesson, say):
    lesson_id = new_lesson()
    url, teacher = f"/lessons/{lesson_id}/comments/{say(lesson_id)}/replies", client_for("teacher")
    sent = {"body": "谢谢", "client_uuid": str(uuid4())}
    for data in (sent, sent, {**sent, "body": "谢谢，下次改"}):
        assert teacher.post(url, data=data).status_code == 303
    with app.app_context():
        said = db.session.query(TimedComment.body).where(TimedComment.parent_id.is_not(None)).order_by(TimedComment.id)
        assert [row.body for row in said] == ["谢谢", "谢谢，下次改"]


def test_the_same_key_of_another_person_is_another_comment(client_for, new_lesson):
    lesson_id, uuid = new_lesson(), str(uuid4())
    ids = {post(client_for(key), lesson_id, client_uuid=uuid).get_json()["id"] for key in ("colleague", "leader")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": " \n\u200b\x00 "}, "body"),
        ({"body": "长" * 4001}, "body"),
        ({"start_ms": "60001"}, "start_ms"),
        ({"start_ms": "9" * 30}, "at"),
        ({"start_ms": "-1"}, "at"),
        ({"start_ms": "", "at": "十二秒"}, "at"),
        ({"end_ms": "12000"}, "end_ms"),
        ({"end_ms": "60001"}, "end_ms"),
        ({"kind": "<script>"}, "kind"),
        ({"visibility": "admins"}, "visibility"),
        ({"client_uuid": "x"}, None),
    ],
)
def test_hostile_comments_are_refused_in_words(client_for, new_lesson, data, field):
    answer = post(client_for("colleague"), new_lesson(), **data)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field
    assert re.search(r"[\u4e00-\u9fff]", answer.get_json()["message"])


def test_without_scripts_the_typed_time_counts(client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    data = {"body": "好", "at": "0:12", "until": "00：20", "client_uuid": str(uuid4())}
    answer = colleague.post(f"/lessons/{lesson_id}/comments", data=data)
    assert answer.headers["Location"].startswith(f"/lessons/{lesson_id}?t=12#comment-")
    page = colleague.get(f"/lessons/{lesson_id}").text
    assert 'data-start="12000" data-end="20000"' in page


def test_what_is_written_is_text_and_never_markup(client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    post(colleague, lesson_id, body="<img src=x onerror=alert(1)>{{7*7}}")
    page = colleague.get(f"/lessons/{lesson_id}").text
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in page
    assert "<img src=x" not in page


def test_only_the_author_edits_and_the_kind_changes_with_it(client_for, new_lesson, say):
    lesson_id = new_lesson()
    url = f"/lessons/{lesson_id}/comments/{say(lesson_id)}"
    assert client_for("teacher").post(url, data={"body": "改你的"}).status_code == 403
    colleague = client_for("colleague")
    assert colleague.post(url, data={"body": "改我的", "kind": "question"}).status_code == 303
    assert "修改已保存" in colleague.get(f"/lessons/{lesson_id}").text
    page = client_for("leader").get(f"/lessons/{lesson_id}").text
    assert "改我的" in page
    assert 'data-kind="question"' in page
    assert "改过" in page


def test_a_withdrawn_comment_is_gone_for_others_and_comes_back(client_for, new_lesson, say):
    lesson_id = new_lesson()
    comment_id = say(lesson_id)
    url = f"/lessons/{lesson_id}/comments/{comment_id}"
    answer = client_for("colleague").post(f"{url}/withdrawal", headers={"X-Requested-With": "fetch"}).get_json()
    assert answer["undo"] == {"url": f"{url}/restoration", "text": "撤销"}
    assert client_for("teacher").get(url).status_code == 404
    assert client_for("teacher").post(f"{url}/replies", data={"body": "在吗"}).status_code == 404
    assert client_for("colleague").post(f"{url}/replies", data={"body": "在吗"}).status_code == 409
    assert client_for("colleague").post(url, data={"body": "改"}).status_code == 409
    client_for("colleague").post(answer["undo"]["url"])
    assert client_for("teacher").get(url).status_code == 200


def test_a_thread_is_ticked_off_by_author_teacher_and_host_only(client_for, new_lesson, say):
    lesson_id = new_lesson()
    url = f"/lessons/{lesson_id}/comments/{say(lesson_id)}/resolution"
    assert client_for("leader").post(url).status_code == 403
    assert client_for("teacher").post(url).status_code == 303
    assert "已解决" in client_for("leader").get(f"/lessons/{lesson_id}").text
    client_for("colleague").post(url, data={"resolved": "0"})
    assert "comment is-resolved" not in client_for("leader").get(f"/lessons/{lesson_id}").text


def test_an_answer_to_an_answer_and_a_comment_of_another_lesson_are_refused(app, client_for, new_lesson, say):
    lesson_id, other = new_lesson(), new_lesson()
    comment_id = say(lesson_id)
    assert client_for("leader").get(f"/lessons/{other}/comments/{comment_id}").status_code == 404
    client_for("leader").post(f"/lessons/{lesson_id}/comments/{comment_id}/replies", data={"body": "一"})
    with app.app_context():
        reply_id = db.session.query(TimedComment.id).filter_by(parent_id=comment_id).scalar()
    answer = client_for("leader").post(f"/lessons/{lesson_id}/comments/{reply_id}/replies", data={"body": "二"})
    assert answer.status_code == 422


def test_nothing_is_said_about_a_lesson_without_a_recording(client_for, new_lesson):
    assert post(client_for("colleague"), new_lesson(recorded=False)).status_code == 409


def more_of(page: str) -> str | None:
    """The address behind 加载更多."""
    found = re.search(r'href="([^"]+)" data-load-more="comments"', page)
    return html.unescape(found[1]) if found else None


def test_a_page_shows_the_first_comments_says_how_many_there_are_and_leads_to_the_rest(
    client_for, new_lesson, say, monkeypatch
):
    monkeypatch.setattr("yanxiu.observations.queries.comments.PAGE", 2)
    lesson_id = new_lesson()
    ids = [say(lesson_id, start_ms=1000 * number, body=f"第 {number} 句") for number in range(5)]
    say(lesson_id, "leader", visibility="private")
    url, seen = f"/lessons/{lesson_id}", []
    while url:
        page = client_for("teacher").get(url).text
        assert "data-comment-count>5<" in page
        seen += shown(page)
        places = json.loads(html.unescape(re.search(r'data-moments="([^"]*)"', page)[1]))
        assert [place["id"] for place in places] == [f"comment-{number}" for number in ids]
        url = more_of(page)
    assert seen == ids
    assert places[3] == {
        "id": f"comment-{ids[3]}",
        "start": 3000,
        "end": None,
        "kind": "highlight",
        "label": "周敏：第 3 句",
    }


def test_a_short_list_carries_no_second_copy_of_its_places(client_for, new_lesson, say):
    lesson_id = new_lesson()
    say(lesson_id)
    page = client_for("teacher").get(f"/lessons/{lesson_id}").text
    assert "data-comment-count>1<" in page
    assert "data-moments" not in page
    assert more_of(page) is None


def test_catching_up_comes_in_portions_that_lose_nothing(client_for, new_lesson, say, monkeypatch):
    monkeypatch.setattr("yanxiu.observations.queries.comments.CATCH_UP_LIMIT", 2)
    lesson_id, seq, seen = new_lesson(), 0, []
    ids = [say(lesson_id, start_ms=9000 - 1000 * number) for number in range(5)]
    while True:
        answer = client_for("teacher").get(f"/lessons/{lesson_id}/comments?since={seq}")
        seen.append(shown(answer.text))
        seq = int(answer.headers["X-Seq"])
        if "X-More" not in answer.headers:
            break
    assert seen == [ids[:2], ids[2:4], ids[4:]]


def test_long_lists_continue_after_the_last_one_shown(app, client_for, new_lesson, say, monkeypatch):
    monkeypatch.setattr("yanxiu.observations.queries.comments.PAGE", 2)
    lesson_id = new_lesson()
    ids = [say(lesson_id, start_ms=5_000) for _ in range(5)]
    client, seen, after = client_for("teacher"), [], ""
    while found := shown(client.get(f"/lessons/{lesson_id}/comments?after={after}").text):
        seen += found
        after = f"5000-{found[-1]}"
    assert seen == ids


def test_the_number_of_queries_does_not_grow_with_the_comments(client_for, new_lesson, say, count_queries):
    lesson_id, client = new_lesson(), client_for("teacher")

    def counted() -> int:
        with count_queries() as seen:
            assert client.get(f"/lessons/{lesson_id}").status_code == 200
        return seen.count

    client.get("/lessons")
    say(lesson_id)
    few = counted()
    for number in range(12):
        comment_id = say(lesson_id, "leader", start_ms=number * 1000)
        client_for("principal").post(f"/lessons/{lesson_id}/comments/{comment_id}/replies", data={"body": "嗯"})
    assert counted() <= few
    assert few <= 40


def test_a_narrowed_audience_is_put_into_the_index_before_everything_else(app, cast, new_lesson, say):
    from yanxiu.core.search_queue import SearchOutbox

    lesson_id = new_lesson()
    comment_id = say(lesson_id)
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        update_lesson(cast.user("teacher"), lesson, LessonDraft(lesson.title, visibility="invited"), may_decide=True)
    with app.app_context():
        urgent = {(row.kind, row.object_id) for row in db.session.query(SearchOutbox).filter_by(urgent=True)}
    assert {("lesson", lesson_id), ("comment", comment_id)} <= urgent


def test_answers_leave_the_index_and_come_back_with_what_they_answer(app, client_for, new_lesson, say):
    from yanxiu.core.search_queue import SearchOutbox

    lesson_id = new_lesson()
    comment_id = say(lesson_id)
    url = f"/lessons/{lesson_id}/comments/{comment_id}"
    client_for("leader").post(f"{url}/replies", data={"body": "嗯"})
    for act in ("withdrawal", "restoration"):
        with app.app_context(), unit_of_work():
            ids = {row.id for row in db.session.query(TimedComment)}
            db.session.query(SearchOutbox).delete()
        client_for("colleague").post(f"{url}/{act}")
        with app.app_context():
            queued = {row.object_id for row in db.session.query(SearchOutbox).filter_by(kind="comment")}
        assert queued == ids, act


def test_words_keep_their_wide_spaces_and_joined_signs(client_for, new_lesson):
    lesson_id, said = new_lesson(), "第一点　第二点\t👩‍👩‍👧 好\u00a0课"
    post(client_for("colleague"), lesson_id, body=f" {said}\u202e ")
    assert said in html.unescape(client_for("teacher").get(f"/lessons/{lesson_id}").text)
    for nothing in ("\u3000", "\u200b\u200d", " \u200b "):
        assert post(client_for("colleague"), lesson_id, body=nothing).status_code == 422


def test_a_host_who_may_not_decide_changes_no_audience(app, cast, new_lesson):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        update_lesson(cast.user("leader"), lesson, LessonDraft("新课题", visibility="invited"), may_decide=False)
        assert (lesson.title, lesson.visibility) == ("新课题", "school")


def test_a_lesson_for_a_workshop_needs_one_of_ones_own(app, cast, new_lesson):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        for draft in (LessonDraft("x", visibility="workshop"), LessonDraft("x", visibility="invited", workshop_id=77)):
            with pytest.raises(InvalidError):
                update_lesson(cast.user("teacher"), lesson, draft, may_decide=True)
        assert find_lesson(cast.viewer("teacher"), lesson.id) is not None


def test_in_a_workshop_that_has_ended_a_lesson_is_watched_and_its_teacher_decides_who_watches(
    app, cast, client_for, new_lesson, say
):
    with app.app_context(), unit_of_work():
        number = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")]).id
    lesson_id = new_lesson(visibility="workshop", workshop_id=number)
    said, url = say(lesson_id), f"/lessons/{lesson_id}"
    colleague, teacher = client_for("colleague"), client_for("teacher")
    assert post(colleague, lesson_id).status_code == 200
    with app.app_context(), unit_of_work():
        end_workshop(cast.user("leader"), db.session.get(Workshop, number), ended=True)
    page = colleague.get(url).text
    assert "课例只供观看" in page
    assert "comment-body" in page
    assert 'id="comment-body"' not in page
    assert "发表回复" not in page
    refused = post(colleague, lesson_id)
    assert (refused.status_code, refused.json["message"]) == (403, "工作坊已经结束，课例只供观看")
    for act in (f"comments/{said}", f"comments/{said}/replies", f"comments/{said}/withdrawal", "members"):
        assert colleague.post(f"{url}/{act}", data={"body": "改"}).status_code == 403, act
    assert teacher.post(f"{url}/members", data={"person": "陈秀英"}).status_code == 403
    settings = teacher.get(f"{url}/settings").text
    assert "课例的信息不再修改" in settings
    assert 'name="title"' not in settings
    form = {"title": "别的课题", "place": "别处", "visibility": "invited", "workshop_id": str(number)}
    assert teacher.post(f"{url}/settings", data=form).status_code == 303
    with app.app_context():
        lesson = db.session.get(Lesson, lesson_id)
        assert (lesson.title == "别的课题", lesson.place == "别处", lesson.visibility) == (False, False, "invited")
    assert (
        teacher.post(f"{url}/settings", data={"visibility": "workshop", "workshop_id": str(number)}).status_code == 303
    )
    assert colleague.get(f"{url}/settings").status_code == 403
