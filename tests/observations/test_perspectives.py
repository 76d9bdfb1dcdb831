"""Divided observation: dealing evenly, claiming, what is told of whom."""

from __future__ import annotations

from functools import partial
from itertools import product
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.support.documents import docx_words
from tests.support.observations import code_lesson, make_lesson, make_ready_version, some_comment
from tests.support.together import Act, together
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.archive import if_findings_open, if_text_told
from yanxiu.observations.instruments.in_words import figures_in_words
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import (
    Lesson,
    LessonPhase,
    LessonText,
    PerspectiveFinding,
    PerspectiveWatcher,
    TimedComment,
)
from yanxiu.observations.perspectives.dealing import dealt_evenly
from yanxiu.observations.perspectives.licc import DIMENSIONS, LICC
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.perspectives import all_perspectives_of, coverage_of, perspectives_of
from yanxiu.observations.services import perspectives as service
from yanxiu.observations.services.codings import Batch, Mark, save_codes
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.services.lessons import invite_member, remove_member
from yanxiu.observations.services.live_notes import NoteDraft, take_note
from yanxiu.observations.services.perspectives import of_licc, own_words
from yanxiu.workshops.queries.archive_parts import Wish

FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}


def test_there_are_four_dimensions_of_five_with_two_or_three_prompts_each():
    assert [sum(one.dimension == name for one in LICC) for name in DIMENSIONS] == [5, 5, 5, 5]
    assert len({one.key for one in LICC}) == len({one.name for one in LICC}) == 20
    assert all(2 <= len(one.prompts) <= 3 for one in LICC)


def test_dealing_is_even_however_many_there_are():
    for many, people in product(range(8), range(6)):
        perspectives, observers = list(range(many)), list(range(100, 100 + people))
        pairs = dealt_evenly(perspectives, observers, {})
        assert len(set(pairs)) == len(pairs) == (max(many, people) if many and people else 0)
        for side, things in ((0, perspectives), (1, observers)):
            counts = [sum(pair[side] == thing for pair in pairs) for thing in things]
            assert not pairs or (max(counts) - min(counts) <= 1 and min(counts) >= 1)
    # What is watched already stays; the one who has most gets nothing more.
    assert dealt_evenly([1, 2, 3, 4], [7, 8], {1: {7}, 2: {7}}) == [(3, 8), (4, 8)]
    assert dealt_evenly([1, 2], [7, 8], {1: {7}, 2: {8}}) == []


@pytest.fixture
def divided(app, cast) -> int:
    """A lesson with three perspectives; 周敏 and 王丽 observe, the principal is host."""
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson)
        for key, role in (("colleague", "observer"), ("leader", "observer"), ("principal", "host")):
            invite_member(cast.user("teacher"), lesson, cast.user(key), role)
        drafts = [of_licc("licc.listen"), of_licc("licc.think"), own_words(" 后排  学生 ", "谁在听\n\n 谁没听 ")]
        assert service.add_perspectives(cast.user("principal"), lesson, [*drafts, drafts[0]]) == 3
        return lesson.id


def watched(lesson_id: int) -> dict[str, list[int]]:
    return {one.name: sorted(each.user_id for each in one.watchers) for one in perspectives_of(lesson_id)}


def told() -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == "lesson_dealt")))


def test_perspectives_are_chosen_dealt_claimed_and_given_back(app, cast, divided, count_queries):
    with app.app_context():
        host, colleague, leader = (cast.user(key) for key in ("principal", "colleague", "leader"))
        with unit_of_work():
            lesson = db.session.get_one(Lesson, divided)
            listen, think, back = perspectives_of(divided)
            assert back.lines == ["谁在听", "谁没听"]
            assert service.add_perspectives(host, lesson, [of_licc("licc.listen")]) == 0
            service.claim_perspective(leader, lesson, back.id, ())
            assert service.deal_in_turn(host, lesson) == 2
        assert watched(divided) == {"倾听": [colleague.id], "思考": [colleague.id], "后排 学生": [leader.id]}
        assert told() == {colleague.id}, "who claimed knows"
        with unit_of_work():
            service.set_watcher(host, lesson, think.id, leader.id, on=True, instead_of=colleague.id)
            service.set_watcher(host, lesson, think.id, leader.id, on=True)
            with pytest.raises(InvalidError):
                service.set_watcher(host, lesson, think.id, cast.user("stranger").id, on=True)
            with pytest.raises(ConflictError, match="主持"):
                service.give_up_perspective(leader, lesson, think.id)
            service.give_up_perspective(leader, lesson, back.id)
            service.claim_perspective(host, lesson, listen.id, (colleague.id,))
        assert watched(divided) == {"倾听": sorted([colleague.id, host.id]), "思考": [leader.id], "后排 学生": []}
        assert told() == {colleague.id, leader.id}
        with unit_of_work():  # what was claimed stays, what was dealt is dealt anew
            service.deal_in_turn(host, lesson, anew=True)
        assert host.id in watched(divided)["倾听"]
        with count_queries() as few:
            found = coverage_of(db.session.get_one(Lesson, divided))
        assert found.unwatched == 0
        with unit_of_work():
            service.add_perspectives(host, lesson, [of_licc(one.key) for one in LICC])
            service.deal_in_turn(host, lesson)
        with count_queries() as many:
            coverage_of(db.session.get_one(Lesson, divided))
        assert few.count == many.count
        with unit_of_work():
            member = next(one for one in lesson.members if one.user_id == leader.id)
            remove_member(host, lesson, member)
        assert all(leader.id not in people for people in watched(divided).values())


def test_what_one_wrote_is_changed_in_versions_retired_and_restored(app, cast, divided, client_for):
    at, host, colleague = f"/lessons/{divided}", client_for("principal"), client_for("colleague")
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        listen, _think, back = (one.id for one in perspectives_of(divided))
        service.claim_perspective(cast.user("colleague"), lesson, back, ())
        write_finding(cast.user("colleague"), lesson, back, "后排没有机会")

    def post(what: str, number: int, client=host, **data: str):
        return client.post(f"{at}/perspectives/{number}/{what}", data=data)

    words = {"name": "后排 学生", "prompts": "谁在听\n谁没听"}
    for changed, status in (
        ({"name": "多" * 31}, 422),
        ({"prompts": "多" * 601}, 422),
        ({"name": "倾听"}, 409),
    ):
        refused = post("revision", back, **{**words, **changed})
        assert refused.status_code == status
        assert refused.text.count("存为新的一版") == 1
    assert post("revision", listen, **words).status_code == 422
    assert post("revision", back, colleague, **words).status_code == 403
    same = host.post(f"{at}/perspectives/{back}/revision", data=words, headers=FETCH)
    assert same.get_json()["toast"] == "没有改动"
    assert post("revision", back, name="最后两排", prompts="谁在记").status_code == 303
    assert post("revision", back, name="又改", prompts="").status_code == 409
    with app.app_context():
        old, new = (one for one in all_perspectives_of(divided) if one.is_own)
        assert (old.number, old.name, old.lines, new.number, new.name) == (
            1,
            "后排 学生",
            ["谁在听", "谁没听"],
            2,
            "最后两排",
        )
        assert [one.user_id for one in new.watchers] == [cast.people["colleague"].id]
        assert [one.name for one in perspectives_of(divided)] == ["倾听", "思考", "最后两排"]
        newest = new.id
    page = host.get(f"{at}/perspectives").text
    for shown in ("第 2 版", "以前的 1 版", "后排 学生：谁在听；谁没听"):
        assert shown in page
    # What stands under the old one stays there, and its writer may go on with it; nobody begins there.
    assert "后排 学生（第 1 版，已停用）" in colleague.get(f"{at}/report").text
    finding = f"{at}/perspectives/{back}/finding"
    assert colleague.post(finding, data={"body": "后排两次机会", "seen": "后排没有机会"}).status_code == 303
    leader = client_for("leader")
    refused = leader.post(finding, data={"body": "我也写", "seen": ""})
    assert refused.status_code == 409
    assert "我也写" in refused.text, "what was typed stands there to be copied"
    # Who watched it and was writing when it was changed is not refused.
    assert leader.post(f"{at}/perspectives/{newest}/claim", data={"seen": str(cast.colleague.id)}).status_code == 303
    assert post("revision", newest, name="最后两排", prompts="谁没记").status_code == 303
    begun = f"{at}/perspectives/{newest}/finding"
    assert leader.post(begun, data={"body": "正在写的时候改了", "seen": ""}).status_code == 303
    assert "最后两排（第 2 版，已停用）" in leader.get(f"{at}/report").text
    with app.app_context():
        newest = perspectives_of(divided)[-1].id

    # Retired: not dealt, not claimed, not counted as watched by nobody; adding it again restores it as it was last.
    assert post("retirement", newest).status_code == 303
    assert post("retirement", newest).status_code == 409
    assert post("claim", newest, colleague, seen="").status_code == 409
    assert "最后两排（第 3 版" not in colleague.get(f"{at}/report").text
    assert post("retirement", back, on="0").status_code == 409
    for _twice in range(2):
        assert post("retirement", newest, on="0").status_code == 303
    assert post("retirement", listen).status_code == 303
    assert host.post(f"{at}/perspectives", data={"pick": "licc.listen"}).status_code == 303
    # Another one with the first name is another one; with the present name it is the same.
    for name in ("后排 学生", "最后两排"):
        assert host.post(f"{at}/perspectives", data={"name": name, "prompts": ""}).status_code == 303
    with app.app_context():
        assert [one.name for one in perspectives_of(divided)] == ["倾听", "思考", "最后两排", "后排 学生"]
        assert watched(divided)["最后两排"] == sorted([cast.colleague.id, cast.leader.id])


def test_two_who_claim_in_the_same_moment_hear_of_each_other(app, cast, divided):
    with app.app_context():
        number = perspectives_of(divided)[0].id

    def claim(key: str) -> Act:
        def act():
            lesson, actor = db.session.get_one(Lesson, divided), cast.user(key)
            yield
            service.claim_perspective(actor, lesson, number, ())

        return act

    race = partial(together, app)
    assert race(claim("colleague"), claim("leader")) == ["conflict", "done"]
    with app.app_context():
        assert db.session.query(PerspectiveWatcher).count() == 1
    assert race(claim("principal"), claim("principal")) == ["conflict", "conflict"]


def test_remarks_belong_to_a_perspective_and_only_open_ones_are_counted(app, cast, divided, client_for):
    colleague = client_for("colleague")
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        number, other, bare = (one.id for one in perspectives_of(divided))
        service.claim_perspective(cast.user("colleague"), lesson, number, ())
        strange = make_lesson(cast.user("teacher"))
        service.add_perspectives(cast.user("teacher"), strange, [of_licc("licc.care")])
        foreign = perspectives_of(strange.id)[0].id
        version = make_ready_version(lesson)
        some_comment(cast.user("colleague"), lesson, version, visibility="private", perspective_id=number)
        hidden = some_comment(cast.user("leader"), lesson, version, visibility="private", perspective_id=bare).id
        take_note(cast.user("colleague"), lesson, None, NoteDraft("说了四次", str(uuid4()), perspective_id=number))
    page = colleague.get(f"/lessons/{divided}").text
    assert f'name="perspective" value="{number}" checked' in page, "the only one of one's own"
    assert "同学发言时" in page
    assert "同学发言时" in colleague.get(f"/lessons/{divided}/live").text
    sent = {"body": "三次都是他", "start_ms": "9000", "client_uuid": str(uuid4()), "perspective": str(number)}
    said = colleague.post(f"/lessons/{divided}/comments", data=sent, headers=FETCH).json["id"]
    sent |= {"client_uuid": str(uuid4()), "perspective": str(foreign), "body": "别的课的视角"}
    stray = colleague.post(f"/lessons/{divided}/comments", data=sent, headers=FETCH).json["id"]
    with app.app_context():
        assert db.session.get_one(TimedComment, stray).perspective_id is None
        rows = coverage_of(db.session.get_one(Lesson, divided)).rows
        assert [row.said for row in rows] == [2, 0, 0], "a private note is not counted"
    narrowed = colleague.get(f"/lessons/{divided}?perspective={number}").text
    assert "三次都是他" in narrowed
    assert "别的课的视角" not in narrowed
    host = client_for("principal")
    refused = host.post(f"/lessons/{divided}/perspectives/{number}/removal", headers=FETCH)
    assert refused.status_code == 409
    assert host.post(f"/lessons/{divided}/perspectives/{bare}/removal", headers=FETCH).status_code == 200
    with app.app_context():
        assert bare not in [one.id for one in perspectives_of(divided)]
        assert db.session.get_one(TimedComment, hidden).perspective_id is None
    colleague.post(f"/lessons/{divided}/comments/{said}", data={"body": "三次都是他", "perspective": str(other)})
    with app.app_context():
        assert db.session.get_one(TimedComment, said).perspective_id == other
    assert "请先勾选" in host.post(f"/lessons/{divided}/perspectives", data={}).text
    assert host.post(f"/lessons/{divided}/perspectives", data={"name": "长" * 31}).status_code == 422
    host.post(f"/lessons/{divided}/perspectives", data={"name": "记笔记的人", "prompts": "几个人"})
    for part in ("matrix", "own"):
        assert colleague.get(f"/lessons/{divided}/perspectives?part={part}").status_code == 200
    assert "记笔记的人" in colleague.get(f"/lessons/{divided}/perspectives").text


def word_of(client, lesson_id: int) -> str:
    """Everything that stands in the Word file of the report."""
    return docx_words(client.get(f"/lessons/{lesson_id}/papers/report").data)


def told_in_archive(reader_id: int | None) -> list[str]:
    """Which findings and conclusions go along in an archive that this person asked for."""
    wish = Wish(reader_id=reader_id)
    found = select(PerspectiveFinding.body).where(if_findings_open(wish))
    written = select(LessonText.body).where(if_text_told(wish))
    return [*db.session.scalars(found), *db.session.scalars(written)]


def test_the_report_merges_what_all_found_once_the_lesson_is_discussed(app, cast, divided, client_for, count_queries):
    colleague, leader, teacher, host = (client_for(key) for key in ("colleague", "leader", "teacher", "principal"))
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        listen, think, back = (one.id for one in perspectives_of(divided))
        service.deal_in_turn(cast.user("principal"), lesson)
        version = make_ready_version(lesson)
        for words, audience in (("第二排都在看", "everybody"), ("私下记一笔", "private"), ("只说给您听", "teacher")):
            some_comment(
                cast.user("colleague"),
                lesson,
                version,
                body=words,
                visibility=audience,
                perspective_id=listen,
                start_ms=9_000,
            )
    door = f"/lessons/{divided}/perspectives"
    assert colleague.post(f"{door}/{listen}/finding", data={"body": "听得住", "seen": ""}).status_code == 303
    with app.app_context(), unit_of_work():
        service.set_watcher(
            cast.user("principal"), db.session.get_one(Lesson, divided), think, cast.leader.id, on=False
        )
    assert leader.post(f"{door}/{think}/finding", data={"body": "问题太碎", "seen": ""}).status_code == 303
    assert teacher.post(f"{door}/{listen}/finding", data={"body": "自己的课", "seen": ""}).status_code == 403
    # A perspective is taken away while somebody writes under it: what was typed stands there to be copied.
    gone = colleague.post(f"{door}/999999/finding", data={"body": "拿掉以后写的", "seen": ""})
    assert gone.status_code == 409
    assert "刚刚被拿掉" in gone.text
    assert "拿掉以后写的" in gone.text
    changed = colleague.post(f"{door}/{listen}/finding", data={"body": "另一页写的", "seen": "更早的"})
    assert changed.status_code == 409
    assert "另一页写的" in changed.text
    assert "听得住" in changed.text
    host.post(f"/lessons/{divided}/report", data={"body": "候答最值得学", "seen": ""})
    report = f"/lessons/{divided}/report"
    # Before 议课 everybody has the own findings, on the page and on paper; whoever leads the conclusion too.
    for reader, seen in ((colleague, "听得住"), (leader, "问题太碎"), (teacher, ""), (host, "")):
        for text in (reader.get(report).text, word_of(reader, divided)):
            told = [words for words in ("听得住", "问题太碎") if words in text]
            assert told == ([seen] if seen else [])
            assert ("候答最值得学" in text) == (reader in (teacher, host))
    with app.app_context():
        assert watched(divided)["思考"] == [cast.leader.id], "who writes watches"
        assert told_in_archive(cast.leader.id) == ["问题太碎"]
        assert told_in_archive(None) == []
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, divided).phase = LessonPhase.DISCUSSING
        assert sorted(told_in_archive(None)) == sorted(["听得住", "问题太碎", "候答最值得学"])
    for reader in (colleague, leader, teacher, host):
        for text in (reader.get(report).text, word_of(reader, divided)):
            assert all(words in text for words in ("听得住", "问题太碎", "候答最值得学", "第二排都在看"))
            assert "私下记一笔" not in text
            assert "只说给您听" not in text
    assert "?t=9#comment-" in leader.get(report).text.replace("&amp;", "&")
    paper = word_of(leader, divided)
    assert "LICC 课堂观察报告" in paper
    assert "00:09" in paper
    with count_queries() as few:
        leader.get(report)
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        service.add_perspectives(cast.user("principal"), lesson, [of_licc("licc.care"), of_licc("licc.goals")])
        service.deal_in_turn(cast.user("principal"), lesson)
        version = current_version(recording_of(divided))
        for second in range(3):
            some_comment(cast.user("leader"), lesson, version, perspective_id=back, start_ms=second)
    with count_queries() as many:
        leader.get(report)
    assert few.count == many.count
    colleague.post(f"{door}/{listen}/finding", data={"body": "", "seen": "听得住"})
    with app.app_context():
        assert db.session.query(PerspectiveFinding).count() == 1
    assert client_for("colleague").get(f"/lessons/{divided}/papers").text.count("导出课堂观察报告") == 1


def test_a_perspective_is_recorded_with_a_scheme_and_the_report_says_what_came_of_it(
    app, cast, divided, client_for, count_queries
):
    colleague, leader, host = (client_for(key) for key in ("colleague", "leader", "principal"))
    at = f"/lessons/{divided}"
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        listen, think, back = (one.id for one in perspectives_of(divided))
        service.claim_perspective(cast.user("colleague"), lesson, listen, ())
        service.claim_perspective(cast.user("leader"), lesson, back, ())

    def choose(number: int, slug: str, client=host) -> int:
        data = {"perspective": number, "instrument": slug}
        return client.post(f"{at}/perspectives/instrument", data=data, headers=FETCH).status_code

    with count_queries() as before:
        colleague.get(f"{at}/perspectives?part=matrix")
    assert (choose(listen, "st"), choose(listen, "no"), choose(999999, "st")) == (200, 422, 409)
    assert choose(listen, "fias", colleague) == 403
    with count_queries() as one:
        matrix = colleague.get(f"{at}/perspectives?part=matrix").text
    assert "用“S-T 分析”记录" in matrix
    assert f'href="{at}/codings/st">去记录' in matrix
    assert (choose(think, "fias"), choose(back, "copus")) == (200, 200)
    with count_queries() as three:
        colleague.get(f"{at}/perspectives?part=matrix")
    assert before.count < one.count == three.count
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        version = current_version(recording_of(divided))
        code_lesson(cast.user("colleague"), lesson, version, "TTSTSS", 10_000)
        code_lesson(cast.user("principal"), lesson, version, "TTTTTT", 10_000)  # codes, but watches something else
    matrix = colleague.get(f"{at}/perspectives?part=matrix").text
    assert f"，{cast.colleague.name}已记录完" in matrix
    assert matrix.count("已记录完") == 1
    figures = f"{cast.colleague.name}：Rt 0.50，Ch 0.50，对话型（每 10 秒一次，共 6 个代码）"
    # Before 议课 who recorded and whoever leads read it; then everybody who reads the report.
    for phase, readers in ((None, (colleague, host)), (LessonPhase.DISCUSSING, (colleague, host, leader))):
        with app.app_context(), unit_of_work():
            if phase is not None:
                db.session.get_one(Lesson, divided).phase = phase
        for reader in (colleague, host, leader):
            for text in (reader.get(f"{at}/report").text, word_of(reader, divided)):
                assert (figures in text) == (reader in readers)
                assert "S-T 分析" in text
                assert "1 位老师记录完了" in text or reader in readers
                assert f"{cast.principal.name}：Rt" not in text
    assert f'href="{at}/codings/st/results">看结果' in colleague.get(f"{at}/report").text
    assert "看结果" not in leader.get(f"{at}/report").text
    # Whoever is still coding reads nobody's figures, however far the lesson is.
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, divided)
        draft = Batch((Mark(str(uuid4()), 0, "T"),), reached_ms=5_000)
        save_codes(cast.user("leader"), lesson, current_version(recording_of(divided)), SCHEMES["st"], draft)
    assert figures not in leader.get(f"{at}/report").text
    assert choose(listen, "") == 200
    assert figures not in colleague.get(f"{at}/report").text
    added = {"name": "动笔的人", "prompts": "", "instrument": "itias"}
    assert host.post(f"{at}/perspectives", data=added).status_code == 303
    wrong = host.post(f"{at}/perspectives", data={**added, "name": "", "prompts": "谁"})
    assert wrong.status_code == 422
    assert "请写看哪里" in wrong.text
    with app.app_context():
        assert [one.instrument for one in perspectives_of(divided)] == ["", "fias", "copus", "itias"]


def test_the_figures_of_any_scheme_go_into_a_line():
    def said(slug: str, codes: str, **details: int) -> str:
        spans = [Span(at * 3_000, (at + 1) * 3_000, "10" if code == "0" else code) for at, code in enumerate(codes)]
        return figures_in_words(SCHEMES[slug], spans, details.get("step", 3_000), 3_000 * len(codes))

    assert said("fias", "44855580").startswith("教师言语 ")
    assert "共 8 个代码" in said("itias", "12345678")
    assert said("st", "") == "编得太短，还算不出数据"
