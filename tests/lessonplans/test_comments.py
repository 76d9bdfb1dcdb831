"""Comments on words of a plan: they stay with their words through edits, and say what became of them."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from tests.lessonplans.test_preparations import kinds_for
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.anchors import Place, find_places, mark_places, passages_in, quote_of
from yanxiu.lessonplans.document.mark_names import stored_name
from yanxiu.lessonplans.document.marking import with_anchors
from yanxiu.lessonplans.document.nodes import doc, paragraph, section
from yanxiu.lessonplans.document.restoring import filling_update, restoring_update
from yanxiu.lessonplans.document.ydoc import FIELD, json_from_doc, json_from_state, load, state_from_json
from yanxiu.lessonplans.models import PlanContributor, PlanUpdate
from yanxiu.lessonplans.queries import comments as found
from yanxiu.lessonplans.queries import find_member, find_plan, stored_document
from yanxiu.lessonplans.queries.comments import comments_for_file, people_named_in, people_to_mention, threads_of
from yanxiu.lessonplans.services import comments as services
from yanxiu.lessonplans.services import invite_member, remove_member, rounds
from yanxiu.lessonplans.sockets import EXTENSION
from yanxiu.notifications.models import Notification

WORDS = "默读课文，**圈出**写借箭的𠮷句，说说诸葛亮为什么有把握。"
TEXT = doc(
    section("goals", "教学目标", "", paragraph("能讲清借箭的经过。")), section("process", "过程", "", paragraph(WORDS))
)


def place(text: str, path=(1, 0), words="默读课文，圈出写借箭的𠮷句，说说诸葛亮为什么有把握。") -> Place:
    start = len(words[: words.index(text)].encode("utf-16-le")) // 2
    end = start + len(text.encode("utf-16-le")) // 2
    at = words.index(text)
    return Place(path, start, end, text, words[:at][-20:], words[at + len(text) :][:20])


def text_of(loaded: Doc, *path: int) -> XmlText:
    node: XmlFragment | XmlElement | XmlText = loaded.get(FIELD, type=XmlFragment)
    for step in (*path, 0):
        node = node.children[step]
    return node


def words_of(loaded: Doc) -> dict[str, str]:
    return {anchor: passage.text for anchor, passage in passages_in(loaded).items()}


def marked(*texts: str) -> Doc:
    loaded = load(state_from_json(TEXT))
    for number, text in enumerate(texts):
        mark_places(loaded, find_places(loaded, [place(text)]), f"anchor{number}")
    return loaded


def test_a_mark_is_stored_under_the_name_that_editors_give_it():
    # What hashOfJSON of @tiptap/y-tiptap 3.0.9 gives for {type: "comment", attrs: {cid: "0f3a"}}.
    assert stored_name("0f3a") == "comment--YP5UMuZg"


def test_words_are_found_as_browsers_count_them_and_marks_may_overlap():
    loaded = marked("圈出写借箭的𠮷句", "𠮷句，说说")
    assert words_of(loaded) == {"anchor0": "圈出写借箭的𠮷句", "anchor1": "𠮷句，说说"}
    assert json_from_doc(loaded) == json_from_state(state_from_json(TEXT))


def test_the_words_keep_their_comment_when_they_are_split_moved_and_cut():
    loaded, mark = marked("说说诸葛亮为什么有把握"), {stored_name("anchor0"): {"cid": "anchor0"}}
    text = text_of(loaded, 1, 0)
    start = len("默读课文，圈出写借箭的𠮷句，".encode())
    text.insert(start + len("说说".encode()), "（先想再说）", mark)
    del text[start : start + len("说".encode())]
    del text[len(text) - len("把握。".encode()) : len(text)]
    root = loaded.get(FIELD, type=XmlFragment)
    root.children.insert(0, XmlElement("paragraph")).children.append(XmlText()).insert(0, "把握", mark)
    assert words_of(loaded) == {"anchor0": "把握说（先想再说）诸葛亮为什么有"}
    del root.children[0]
    text = text_of(loaded, 1, 0)
    del text[start : len(text)]
    assert words_of(loaded) == {}


def test_a_place_that_moved_meanwhile_is_found_by_what_stands_around_it():
    words = "先读课文。再读课文。"
    loaded = load(state_from_json(doc(paragraph("另一段"), paragraph("新的一段"), paragraph(words))))
    [spot] = find_places(loaded, [place("读课文", path=(0,), words="再读课文。")])
    assert (spot.block.path, spot.start) == ((2,), 6)
    assert find_places(loaded, [place("写生字", path=(0,), words="写生字")]) == []


def test_an_edit_and_a_comment_made_at_the_same_moment_both_stay():
    state = state_from_json(TEXT)
    here, there = load(state), load(state)
    text_of(there, 1, 0).insert(len("默读课文，圈".encode()), "一圈再画")
    update = mark_places(here, find_places(here, [place("圈出写")]), "both")
    there.apply_update(update)
    here.apply_update(there.get_update())
    assert words_of(here) == words_of(there) == {"both": "圈一圈再画出写"}


def test_going_back_to_a_version_keeps_the_comments_on_words_that_are_there_again():
    loaded = marked("圈出", "默读课文")
    before = json_from_doc(loaded)
    text_of(loaded, 1, 0).insert(0, "请")
    loaded.apply_update(restoring_update(loaded.get_update(), before))
    assert words_of(loaded) == {"anchor0": "圈出", "anchor1": "默读课文"}


def test_words_that_only_read_the_same_get_no_comment():
    loaded = load(state_from_json(doc(paragraph("学习目标"), paragraph("写目标。写出来。"))))
    gone = Place((0,), 0, 2, "目标", "一、", "：会背")
    assert find_places(loaded, [gone]) == []
    assert [spot.start for spot in find_places(loaded, [Place((7,), 0, 2, "出来")])] == [2 + 3]
    assert find_places(loaded, [Place((7,), 0, 1, "写")]) == []
    marked_one = load(state_from_json(doc(section("goals", "目标", "", paragraph("请学生默读。")))))
    mark_places(marked_one, find_places(marked_one, [Place((0, 0), 1, 3, "学生", "请", "默读。")]), "gone")
    other = doc(
        section("goals", "目标", "", paragraph("看图。")), section("process", "过程", "", paragraph("请学生写。"))
    )
    marked_one.apply_update(restoring_update(marked_one.get_update(), other))
    assert words_of(marked_one) == {}


def test_a_file_read_into_the_plan_keeps_the_comments_on_words_that_come_again():
    loaded = marked("圈出写借箭", "默读课文")
    corrected = [paragraph("先默读课文，**圈出**写借箭的𠮷句，说说周瑜为什么没有把握。")]
    loaded.apply_update(filling_update(loaded.get_update(), {"process": corrected}, []))
    assert words_of(loaded) == {"anchor0": "圈出写借箭", "anchor1": "默读课文"}


def test_what_a_comment_is_about_is_read_without_what_is_only_proposed():
    loaded = load(state_from_json(TEXT))
    text_of(loaded, 1, 0).insert(len("默读".encode()), "朗诵", {"insertion": {"id": "a", "author": 7}})
    whole = find_places(loaded, [Place((1, 0), 0, 6, "默读朗诵课文")])
    assert quote_of(whole) == "默读课文"
    mark_places(loaded, whole, "whole")
    new = find_places(loaded, [Place((1, 0), 2, 4, "朗诵")])
    mark_places(loaded, new, "new")
    assert (quote_of(new), words_of(loaded)) == ("朗诵", {"whole": "默读课文", "new": "朗诵"})


def test_a_mark_with_anything_in_it_marks_nothing():
    marks = [{"type": "comment", "attrs": attrs} for attrs in ({}, {"cid": [1]}, [], None)]
    text = {"type": "text", "text": "课文", "marks": marks}
    said = {"type": "text", "text": "课文", "marks": [{"type": "comment", "attrs": {"cid": "a"}}]}
    for wanted, node in (([], text), (["highlight"], said)):
        [made] = with_anchors({"type": "paragraph", "content": [node]}, ["a"])["content"]
        assert [mark["type"] for mark in made["marks"]] == wanted


# The pages


@pytest.fixture
def plan_id(app, cast) -> int:
    """Owned by the leader; `teacher` may only read it."""
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("leader"), visibility="school", document=TEXT)
        return plan.id


def sent(text: str, body: str, **more: str) -> dict[str, str]:
    spot = place(text)
    part = {"path": spot.path, "from": spot.start, "to": spot.end, "text": text}
    return {"body": body, "place": json.dumps([part]), "client_uuid": str(uuid4()), **more}


def test_who_may_only_read_comments_and_the_lead_author_says_what_becomes_of_it(app, cast, client_for, plan_id):
    url, teacher, lead = f"/lesson-plans/{plan_id}/comments", client_for("teacher"), client_for("leader")
    said = sent("圈出写借箭的𠮷句", "换成画线更快，@周敏 您看呢")
    for _ in range(2):
        assert teacher.post(url, data=said).status_code == 302
    with app.app_context():
        [row] = threads_of(plan_id)
        number = row.id
        assert (row.section, row.quote) == ("process", "圈出写借箭的𠮷句")
        assert words_of(load(stored_document(plan_id).merged())) == {row.anchor: row.quote}
        assert db.session.query(PlanContributor).count() == 0
        assert [row.user_ids for row in db.session.query(PlanUpdate)] == [""]
        assert "plan_comment" in kinds_for(cast.leader.id)
        assert "plan_comment_mention" in kinds_for(cast.colleague.id)
    assert lead.post(url, data={"body": "好", "parent": str(number), "client_uuid": str(uuid4())}).status_code == 302
    assert teacher.post(f"{url}/{number}", data={"state": "adopted"}).status_code == 403
    refused = lead.post(f"{url}/{number}", data={"state": "declined"}, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["field"]) == (422, "reason")
    assert lead.post(f"{url}/{number}", data={"state": "adopted", "reason": "省时间"}).status_code == 302
    assert lead.post(f"{url}/{number}", data={"state": "resolved"}).status_code == 302
    newer = teacher.get(f"{url}?since=0").text
    assert all(words in newer for words in ("圈出写借箭的𠮷句", "采纳", "省时间", "已解决", "重新打开"))
    why = teacher.get(f"/lesson-plans/{plan_id}/suggestions?show=why").text
    assert "<mark><strong>圈出</strong></mark><mark>写借箭的𠮷句</mark>" in why
    with app.app_context():
        assert {"plan_comment_reply", "plan_adopted", "plan_comment_resolved"} <= set(kinds_for(cast.teacher.id))
        [row] = comments_for_file(plan_id)
        assert (row.passage.text, row.resolved, [said.text for said in row.said][1:]) == (row.quote, True, ["好"])
    assert "意见被采纳：李强 1 条" in teacher.get(f"/lesson-plans/{plan_id}").text
    assert teacher.post(f"{url}/{number}", data={"state": "withdrawn"}).status_code == 403


def test_other_words_sent_under_the_same_number_are_a_comment_with_a_place_of_its_own(app, client_for, plan_id):
    url, teacher = f"/lesson-plans/{plan_id}/comments", client_for("teacher")
    first = sent("默读课文", "先\n朗读")
    for said in (first, first | {"body": "先\r\n朗读 "}, sent("圈出", "画线", client_uuid=first["client_uuid"])):
        assert teacher.post(url, data=said).status_code == 302
    with app.app_context():
        rows = threads_of(plan_id)
        assert [(row.section, row.quote) for row in rows] == [("process", "默读课文"), ("process", "圈出")]
        assert words_of(load(stored_document(plan_id).merged())) == {row.anchor: row.quote for row in rows}


def test_nobody_fills_the_panel_and_what_is_open_and_new_is_shown(app, client_for, plan_id, monkeypatch):
    url, teacher = f"/lesson-plans/{plan_id}/comments", client_for("teacher")
    monkeypatch.setattr(services, "MOST_OPEN", 3)
    monkeypatch.setattr(found, "MOST", 2)
    for word in ("默读", "圈出", "说说"):
        assert teacher.post(url, data=sent(word, word)).status_code == 302
    refused = teacher.post(url, data=sent("课文", "x"), headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["field"]) == (422, "body")
    with app.app_context():
        assert [row.body for row in threads_of(plan_id)] == ["圈出", "说说"]
        number = threads_of(plan_id)[1].id
    assert teacher.post(f"{url}/{number}", data={"state": "resolved"}).status_code == 302
    with app.app_context():
        assert [row.body for row in threads_of(plan_id)] == ["默读", "圈出"]
    hub = app.extensions[EXTENSION]
    monkeypatch.setattr(hub, "limits", replace(hub.limits, state_limit_bytes=100))
    assert teacher.post(url, data=sent("课文", "x")).status_code == 409


def test_what_was_taken_back_is_taken_back_as_a_suggestion_too(app, client_for, plan_id):
    url, teacher, lead = f"/lesson-plans/{plan_id}/comments", client_for("teacher"), client_for("leader")
    page = f"/lesson-plans/{plan_id}/suggestions"
    teacher.post(url, data=sent("默读课文", "改成齐读"))
    with app.app_context():
        number = threads_of(plan_id)[0].id
    for state in ("adopted", "open"):
        assert lead.post(f"{url}/{number}", data={"state": state}).status_code == 302
    with app.app_context(), unit_of_work():
        rounds.withdraw(threads_of(plan_id)[0].author, threads_of(plan_id)[0].suggestion)
    for state in ("adopted", "open"):
        assert lead.post(f"{url}/{number}", data={"state": state}).status_code == 302
    assert lead.get(page).text.count("改成齐读") == 1
    assert teacher.post(f"{url}/{number}", data={"state": "withdrawn"}).status_code == 302
    assert "改成齐读" not in lead.get(page).text


def test_words_that_are_gone_take_no_comment_and_a_frozen_plan_takes_none(app, cast, client_for, plan_id):
    url, lead = f"/lesson-plans/{plan_id}/comments", client_for("leader")
    gone = {"path": [1, 0], "from": 0, "to": 2, "text": "朗读"}
    answer = lead.post(url, data=sent("默读", "x") | {"place": json.dumps([gone])})
    assert answer.status_code == 409
    for junk in ("[1]", "{}", '[{"path": 1}]', "[[[", '[{"path": [0], "from": -1, "to": 1}]'):
        assert lead.post(url, data=sent("默读", "x") | {"place": junk}).status_code in (409, 422)
    lead.post(url, data=sent("默读", "先朗读"))
    with app.app_context(), unit_of_work():
        find_plan(plan_id).phase = "agreed"
    assert lead.post(url, data=sent("课文", "再想想")).status_code == 403
    assert "先朗读" in lead.get(f"/lesson-plans/{plan_id}").text


def test_a_reader_of_a_private_plan_comments_and_others_do_not_know_of_it(app, cast, client_for):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("teacher"), document=TEXT)
        invite_member(cast.user("teacher"), plan, cast.user("villager"), "reader")
        plan_id = plan.id
    url = f"/lesson-plans/{plan_id}/comments"
    assert client_for("villager").post(url, data=sent("默读", "我们班读不完")).status_code == 302
    assert client_for("colleague").get(url).status_code == 404
    assert client_for("colleague").post(url, data=sent("默读", "x")).status_code == 404
    with app.app_context():
        number = threads_of(plan_id)[0].id
    for told in (True, False):
        answer = {"body": f"好{told}", "parent": str(number), "client_uuid": str(uuid4())}
        assert client_for("teacher").post(url, data=answer).status_code == 302
        with app.app_context(), unit_of_work():
            mine = db.session.query(Notification).filter_by(user_id=cast.villager.id, kind="plan_comment_reply")
            assert sum(row.count for row in mine) == 1
            if told:
                remove_member(cast.user("teacher"), find_plan(plan_id), find_member(plan_id, cast.villager.id))


def test_names_are_told_apart_and_only_who_may_see_the_plan_is_told(app, cast, monkeypatch):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("teacher"), document=TEXT)
        assert services.mentioned_in("@周敏 请看", people_to_mention(plan)) == set()
        workshop = make_workshop(cast.user("teacher"), [cast.user("colleague")])
        plan.workshop_id, plan.visibility = workshop.id, "workshop"
        monkeypatch.setattr(found, "MOST_PEOPLE", 1)
        assert len(people_to_mention(plan)) == 1
        for name, key in (("周敏", "colleague"), ("李强", "teacher")):
            people = people_named_in(plan, f"请@{name}看看，周@")
            assert [user.name for user in people] == [name]
            assert services.mentioned_in(f"请@{name}看看，周@", people) == {getattr(cast, key).id}


def test_the_page_asks_as_much_for_many_comments_as_for_few(app, cast, client_for, count_queries, plan_id):
    client, counts = client_for("leader"), []
    client.get(f"/lesson-plans/{plan_id}")
    for size in (5, 50):
        with app.app_context(), unit_of_work():
            plan, actor = find_plan(plan_id), cast.user("teacher")
            for i in range(size):
                remark = services.Remark(f"第 {i} 条", str(uuid4()))
                thread = services.comment(actor, plan, remark, services.Passage("goals", "能讲清"))
                services.reply(cast.user("leader"), plan, thread, services.Remark("好", str(uuid4())))
        with count_queries() as seen:
            client.get(f"/lesson-plans/{plan_id}")
        counts.append(seen.count)
    assert counts[0] == counts[1]
