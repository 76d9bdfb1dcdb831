"""归档包: what is in it, what is not, and that it is what was frozen."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import docx
import pytest
from openpyxl import load_workbook
from PIL import Image

from tests.support.lessonplans import make_plan
from tests.support.observations import code_lesson, full_scores, make_lesson, make_ready_version, some_comment
from tests.support.office import check_office_in
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.tasks import Job, JobContext, LeaseLostError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.nodes import Node, doc, paragraph, section
from yanxiu.lessonplans.document.ydoc import state_from_json
from yanxiu.lessonplans.services import invite_member as add_reader
from yanxiu.lessonplans.services.preparations import Kept
from yanxiu.lessonplans.services.rounds import keep_round, tie_lesson
from yanxiu.observations import packing_job
from yanxiu.observations.models import Lesson, LessonPack, LessonPhase, PackCheck, TextKey, Watching
from yanxiu.observations.packing_job import make_pack
from yanxiu.observations.papers import drawn
from yanxiu.observations.papers.packing import SUMS
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services import packs as service
from yanxiu.observations.services.codings import adjudicate
from yanxiu.observations.services.cycle import move_lesson, write_text
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.packs import fail_pack
from yanxiu.observations.services.perspectives import add_perspectives, claim_perspective, of_licc

DRAWN = '[{"kind":"box","color":"red","at":[0,0,9000,9000]}]'
FILM = b"\x00film\xff" * 1000


@pytest.fixture
def archived(app, cast) -> int:
    """An archived lesson with words for all, for the teacher and for oneself, scores, a coding, a finding and a plan."""
    with app.app_context(), unit_of_work():
        teacher, colleague, leader = (cast.user(key) for key in ("teacher", "colleague", "leader"))
        plan = make_plan(teacher, document=says("后来改的话"))
        add_reader(teacher, plan, cast.user("researcher"), "reader")
        lesson = make_lesson(teacher, visibility="school", lesson_plan_id=plan.id)
        tie_lesson(teacher, keep_round(teacher, plan, Kept(state_from_json(says("上课时的话")), 0), ""), lesson.id)
        version = make_ready_version(lesson, content=FILM)
        invite_member(teacher, lesson, cast.user("researcher"), "host")
        invite_member(teacher, lesson, cast.user("outsider"), "host")
        add_perspectives(teacher, lesson, [of_licc("licc.listen")])
        listen = perspectives_of(lesson.id)[0].id
        claim_perspective(colleague, lesson, listen, ())
        write_finding(colleague, lesson, listen, "后排听得住", "")
        some_comment(leader, lesson, version, body="视角下只给老师", visibility="teacher", perspective_id=listen)
        some_comment(colleague, lesson, version, body="大家都能看", drawing=DRAWN)
        some_comment(teacher, lesson, version, body="自己悄悄记", visibility="private")
        some_comment(leader, lesson, version, body="只说给老师", visibility="teacher")
        save_evaluation(colleague, lesson, full_scores(lesson), "板书好", "等一等")
        submit_evaluation(colleague, lesson)
        save_evaluation(leader, lesson, full_scores(lesson), "没有交的话", "")
        one, other = code_lesson(colleague, lesson, version, "TSTS"), code_lesson(leader, lesson, version, "TTTS")
        adjudicate(teacher, lesson, one, other, 10_000, 20_000, "T")
        write_text(teacher, lesson, TextKey.REFLECTION, "下次先问后讲")
        lesson.phase = LessonPhase.REFLECTING
        move_lesson(teacher, lesson, "reflecting", "archived")
        return lesson.id


def says(words: str) -> Node:
    return doc(section("goals", "教学目标", "", paragraph(words)))


def ordered(app, client, lesson_id: int, work, **data: str) -> LessonPack:
    assert client.post(f"/lessons/{lesson_id}/packs", data=data).status_code == 303
    work()
    with app.app_context():
        pack = db.session.query(LessonPack).order_by(LessonPack.id.desc()).first()
        assert pack.file is not None, pack.state
        db.session.expunge_all()
        return pack


def read(client, lesson_id: int, pack: LessonPack) -> tuple[bytes, dict[str, bytes]]:
    answer = client.get(f"/lessons/{lesson_id}/packs/{pack.id}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        return answer.data, {name: opened.read(name) for name in opened.namelist()}


def all_words(files: dict[str, bytes]) -> str:
    """Everything that stands in a pack, in Word and Excel files too."""
    words = []
    for body in files.values():
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as inner:
                words += [inner.read(name).decode("utf-8", "replace") for name in inner.namelist()]
        else:
            words.append(body.decode("utf-8", "replace"))
    return "\n".join(words)


def test_a_pack_holds_the_papers_of_the_lesson_with_their_hashes_and_nothing_private(
    app, client_for, archived, work, monkeypatch
):
    teacher = client_for("teacher")
    pack = ordered(app, teacher, archived, work)
    whole, files = read(teacher, archived, pack)
    page = teacher.get(f"/lessons/{archived}/papers").text
    assert hashlib.sha256(whole).hexdigest() in page
    assert len(pack.contents) == len(files)
    assert f"<span>{len(files)} 个文件</span>" in page  # as many as a check speaks of
    assert "归档包已做好" in page
    sums = dict(reversed(line.split("  ", 1)) for line in files[SUMS].decode().splitlines())
    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in files.items() if name != SUMS}
    assert set(files) >= {
        "清单.txt", "议课纪要.docx", "参加的人.csv", "流程记录.csv", "时间点点评/时间点点评.vtt", "听课记录表/周敏.docx",
        "评分表/评分汇总.docx", "评分表/评分.xlsx", "评分表/周敏.docx", "行为编码/S-T 分析.xlsx",
        "LICC 课堂观察报告.docx", "教案/《草船借箭》第一课时.docx",
    }  # fmt: skip
    assert "归档" in files["流程记录.csv"].decode("utf-8-sig")
    words = all_words(files)
    assert "大家都能看" in words
    assert "画面标注" in words
    assert "后排听得住" in words
    assert "上课时的话" in words, "the version that was watched, not the plan as it is now"
    assert "上这节课用的一稿" in words
    for private in ("自己悄悄记", "只说给老师", "视角下只给老师", "没有交的话", "后来改的话"):
        assert private not in words
    assert not any(FILM in body for body in files.values())

    (compared,) = (body for name, body in files.items() if name.startswith("行为编码/S-T 分析 一致性 周敏、"))
    assert "一致性" in load_workbook(io.BytesIO(compared)).sheetnames
    agreed = "\n".join(text_of(files["行为编码/一致性与议定.docx"]))
    assert "议定后 κ" in agreed
    assert "李强" in agreed, "who decided"
    assert "下次先问后讲" in "\n".join(text_of(files["课前会议与教学反思.docx"]))
    assert check_office_in(whole) > 8


def text_of(data: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(data))
    return [cell.text for table in document.tables for row in table.rows for cell in row.cells] + [
        paragraph.text for paragraph in document.paragraphs
    ]


def test_a_check_names_each_file_of_the_stored_pack_and_of_one_that_was_sent(app, cast, client_for, archived, work):
    teacher = client_for("teacher")
    pack = ordered(app, teacher, archived, work)
    whole, files = read(teacher, archived, pack)
    at = f"/lessons/{archived}/packs/{pack.id}"

    def checked(data: bytes | None) -> tuple[dict[str, str], bool, str]:
        form = {} if data is None else {"sent": "1", "file": (io.BytesIO(data), "手里的.zip")}
        assert teacher.post(f"{at}/check", data=form).status_code == 303
        stored = len(list(storage().keys()))
        work()
        with app.app_context():
            check = db.session.get_one(LessonPack, pack.id).last_check
            assert (check.state, check.progress, check.upload_id) == ("ready", None, None)
            assert len(list(storage().keys())) == stored - (data is not None), "what was sent is not kept"
            page = teacher.get(f"/lessons/{archived}/papers").text
            page += teacher.get(f"{at}/checks/{check.id}").text
            return {path: verdict for path, verdict, *_more in check.findings}, check.is_same, page

    found, is_same, page = checked(None)
    assert set(found.values()) == {"same"}
    assert is_same
    assert set(found) == set(files)
    assert "一个字节也没有变" in page
    found, is_same, page = checked(whole)
    assert set(found.values()) == {"same"}
    assert is_same
    assert "手里的.zip" in page

    # The list of sums was changed along with a file: it is not what we froze.
    changed = {**files, "议课纪要.docx": files["议课纪要.docx"][:-1] + b"?", "参加的人.csv": b"short"}
    changed[SUMS] = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in changed.items()).encode()
    changed["多出来的/<b>.txt"] = changed.pop("流程记录.csv")
    found, is_same, page = checked(zipped(changed))
    wrong = {name: verdict for name, verdict in found.items() if verdict != "same"}
    assert wrong == {
        "议课纪要.docx": "changed", "参加的人.csv": "changed", SUMS: "changed", "流程记录.csv": "missing",
        "多出来的/<b>.txt": "more",
    }  # fmt: skip
    assert not is_same
    for words in ("不符 3 个", "缺少 1 个", "多出 1 个", "多出来的/&lt;b&gt;.txt"):
        assert words in page
    # The page of the result says who checked, and of a changed file both hashes.
    both = (hashlib.sha256(changed["议课纪要.docx"]).hexdigest(), sums_of(pack)["议课纪要.docx"])
    for words in ("核对人</dt><dd>李强", *both, "5 个文件不同"):
        assert words in page
    # Packed anew with the same files: each is the same, the ZIP is another one.
    found, is_same, page = checked(zipped(files))
    assert set(found.values()) == {"same"}
    assert not is_same
    assert "重新打包过" in page
    found, _same, page = checked(b"no zip at all")
    assert set(found.values()) == {"missing"}
    assert "不是归档包" in page
    assert "可能没有复制完整" in page
    assert "没有复制完整，里面的文件一个也没有读到" in page
    assert teacher.post(f"{at}/check", data={"sent": "1"}).status_code == 422

    # A byte of the stored file changes.
    with app.app_context():
        path = storage().path(db.session.get_one(LessonPack, pack.id).file.key)
        path.chmod(0o600)
        path.write_bytes(whole[:-200] + b"x" + whole[-199:])
    found, is_same, page = checked(None)
    assert not is_same
    assert "请联系管理员从备份恢复" in page
    # The ZIP was packed anew where it is stored: that is not what was frozen either.
    path.write_bytes(zipped(files))
    found, is_same, page = checked(None)
    assert set(found.values()) == {"same"}
    assert not is_same
    assert "但整个压缩包变过了。请联系管理员从备份恢复" in page
    assert "重新打包过" not in page


def sums_of(pack: LessonPack) -> dict[str, str]:
    return {str(path): str(sha256) for path, _size, sha256 in pack.contents}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            made.writestr(name, body)
    return out.getvalue()


def test_what_is_under_way_is_told_as_it_is_called_off_and_goes_on_after_a_crash(
    app, cast, client_for, archived, work, monkeypatch
):
    teacher, at = client_for("teacher"), f"/lessons/{archived}/packs"
    monkeypatch.setattr(packing_job, "TOLD_EVERY_S", 0.0)
    told: list[int | None] = []
    note = service.note_making

    def noting(pack: LessonPack, percent: int) -> bool:
        told.append(percent)
        return note(pack, percent)

    monkeypatch.setattr(service, "note_making", noting)
    assert teacher.post(at, data={"recording": "1"}).status_code == 303
    waiting = teacher.get(f"{at}?since=0").text
    assert "在排队" in waiting
    assert "<progress" in waiting

    # The worker is killed in the middle: its lease runs out, another one makes the pack from the beginning.
    with monkeypatch.context() as dying:
        dying.setattr(packing_job, "write_pack", lambda *_all: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            work()
    assert re.search(r'<span class="num">\d+%</span>', teacher.get(f"{at}?since=0").text)
    with app.app_context(), unit_of_work():
        db.session.query(Job).filter_by(kind=service.PACK_JOB).update({"lease_until": clock.now()})
    work()
    assert sum(later < earlier for earlier, later in pairwise(told)) == 1, "it began anew once, and went on otherwise"
    assert told[-1] == 99
    ready = teacher.get(f"{at}?since=0").text
    assert "归档包已做好" in ready
    assert "<progress" not in ready

    # Called off while it waits, and while it is being made: the worker notices at the next step.
    assert teacher.post(at).status_code == 303
    with app.app_context():
        second = db.session.query(LessonPack).order_by(LessonPack.id.desc()).first().id
    assert client_for("researcher").post(f"{at}/{second}/cancellation").status_code == 404
    monkeypatch.setattr(service, "note_making", note)
    monkeypatch.setattr(
        packing_job._Way, "reached", called_off_at(3, lambda: teacher.post(f"{at}/{second}/cancellation"))
    )
    work()
    with app.app_context():
        pack = db.session.get_one(LessonPack, second)
        assert (pack.state, pack.file_id, pack.progress) == ("canceled", None, None)
        job = db.session.query(Job).filter_by(kind=service.PACK_JOB).order_by(Job.id.desc()).first()
        assert job.state == "done"
    assert "没有做完就停止了" in teacher.get(f"{at}?since=0").text
    # So is a check; what was sent goes with it.
    with app.app_context():
        first = db.session.query(LessonPack).filter_by(state="ready").one().id
    sent = {"sent": "1", "file": (io.BytesIO(b"PK"), "a.zip")}
    assert teacher.post(f"{at}/{first}/check", data=sent).status_code == 303
    kept = set(storage().keys())
    sent = {"sent": "1", "file": (io.BytesIO(b"PK"), "b.zip")}
    assert teacher.post(f"{at}/{first}/check", data=sent).status_code == 409
    assert set(storage().keys()) == kept, "what was sent in vain is not left lying about"
    assert teacher.post(f"{at}/{first}/cancellation").status_code == 303
    work()
    with app.app_context():
        check = db.session.query(PackCheck).one()
        assert (check.state, check.upload_id, check.findings) == ("canceled", None, [])
    # One whose worker died for good keeps nobody from another, and nothing of what was sent.
    sent = {"sent": "1", "file": (io.BytesIO(b"PK"), "c.zip")}
    assert teacher.post(f"{at}/{first}/check", data=sent).status_code == 303
    with app.app_context(), unit_of_work():
        db.session.query(PackCheck).filter_by(state="waiting").one().created_at = clock.now() - timedelta(hours=7)
    assert teacher.post(f"{at}/{first}/check").status_code == 303
    with app.app_context():
        states = [(one.state, one.upload_id) for one in db.session.query(PackCheck).order_by(PackCheck.id)]
        assert states == [("canceled", None), ("failed", None), ("waiting", None)]
        assert set(storage().keys()) < kept


def called_off_at(step: int, call_off: Callable[[], Any]) -> Callable[[Any, int], None]:
    """A step of a job, before the n-th of which somebody calls it off."""
    reached, steps = packing_job._Way.reached, list[int]()

    def stepping(way: Any, percent: int) -> None:
        steps.append(percent)
        if len(steps) == step:
            assert call_off().status_code == 303
        reached(way, percent)

    return stepping


def test_who_may_not_see_the_scores_or_take_the_film_gets_neither(app, cast, client_for, archived, work):
    teacher, host = client_for("teacher"), client_for("researcher")
    with_film = ordered(app, teacher, archived, work, recording="1")
    _whole, files = read(teacher, archived, with_film)
    assert FILM in files["课堂实录/《草船借箭》第一课时.mp4"]
    at = f"/lessons/{archived}/packs/"
    assert host.get(f"{at}{with_film.id}").status_code == 403
    assert client_for("leader").get(f"{at}{with_film.id}").status_code == 404
    own = ordered(app, host, archived, work, recording="1")
    assert not own.with_recording
    names = set(read(host, archived, own)[1])
    assert not {name for name in names if name.startswith(("评分表", "课堂实录"))}
    # Another host does not see the plan: of a pack that holds it they make one without it.
    other = client_for("outsider")
    assert "教案/《草船借箭》第一课时.docx" in names
    assert other.get(f"{at}{own.id}").status_code == 403
    without = ordered(app, other, archived, work)
    assert not without.holds_plan
    assert not any(name.startswith("教案") for name in read(other, archived, without)[1])
    # Each has what they made, by their own rights, whatever others made later.
    assert teacher.get(f"{at}{without.id}").status_code == 403
    for client, pack in ((teacher, with_film), (host, own), (other, without)):
        page = client.get(f"/lessons/{archived}/papers").text
        assert re.findall(r'href="/lessons/\d+/packs/(\d+)"', page) == [str(pack.id)]
    # Who took pupils out of the system is logged.
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, archived).pupils_recognizable = True
    assert teacher.get(f"{at}{with_film.id}").status_code == 200
    with app.app_context():
        fetched = db.session.query(AuditEntry).filter_by(action="lesson.pack_fetched").order_by(AuditEntry.id)
        assert [one.data["pack"] for one in fetched] == [with_film.id, own.id, without.id, with_film.id]
        assert [row.user_id for row in db.session.query(Watching)] == [cast.teacher.id]
    assert teacher.post(f"{at}{with_film.id}/check").status_code == 303
    work()
    results = f"{at}{with_film.id}/checks"
    (result,) = re.findall(rf'href="({results}/\d+)"', teacher.get(f"/lessons/{archived}/papers").text)
    assert (teacher.get(result).status_code, host.get(result).status_code) == (200, 403)
    assert teacher.get(f"{results}/99999").status_code == 404
    # The time for which pupils may be shown is over: the frozen film stays where it is, and its files are not named any more.
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, archived).consent_until = clock.today() - timedelta(days=1)
    assert teacher.get(f"{at}{with_film.id}").status_code == 403
    page = teacher.get(f"/lessons/{archived}/papers").text
    assert ("相符" in page, result in page) == (True, False)
    assert teacher.get(result).status_code == teacher.get(results).status_code == 403
    # Only what is archived is frozen.
    with app.app_context(), unit_of_work():
        move_lesson(cast.user("teacher"), db.session.get_one(Lesson, archived), "archived", "reflecting")
    assert teacher.post(f"/lessons/{archived}/packs").status_code == 409
    assert "归档重新打开过" in teacher.get(f"/lessons/{archived}/papers").text


def test_films_are_stored_three_times_at_most_and_no_pack_waits_for_ever(app, cast, client_for, archived, monkeypatch):
    teacher, at = client_for("teacher"), f"/lessons/{archived}/packs"
    with app.app_context(), unit_of_work():
        file = db.session.query(StoredFile).first()
        ready = {"state": "ready", "with_recording": True, "file_id": file.id, "made_at": clock.now()}
        packs_ = [LessonPack(lesson_id=archived, maker_id=cast.teacher.id, **ready) for _ in range(3)]
        db.session.add_all(packs_)
    page = teacher.get(f"/lessons/{archived}/papers").text
    assert 'name="recording"' not in page
    assert len(re.findall(r'href="/lessons/\d+/packs/\d+"', page)) == 3
    assert teacher.post(at, data={"recording": "1"}).status_code == 409
    assert teacher.post(at).status_code == teacher.post(at).status_code == 303
    with app.app_context():
        (waiting,) = db.session.query(LessonPack).filter_by(state="waiting")
        waiting_id = waiting.id
        # A worker that lost its lease leaves the pack to the one that has it.
        with monkeypatch.context() as no_reading, pytest.raises(LeaseLostError):
            no_reading.setattr("yanxiu.observations.packing_job.packed_for", None)
            make_pack({"pack_id": waiting_id}, JobContext(-1, app, "slow"))
        assert db.session.get_one(LessonPack, waiting_id).state == "waiting"
        with unit_of_work():
            made = db.session.query(LessonPack).filter_by(state="ready").first()
            fail_pack(made)
        assert made.state == "ready"
    assert "正在制作归档包" in teacher.get(f"/lessons/{archived}/papers").text
    # Its worker died for good: it can be ordered again.
    with app.app_context(), unit_of_work():
        db.session.get_one(LessonPack, waiting_id).created_at = clock.now() - timedelta(hours=7)
    page = teacher.get(f"/lessons/{archived}/papers").text
    assert "没有做成" in page
    assert "正在制作归档包" not in page
    assert teacher.post(at).status_code == client_for("researcher").post(at).status_code == 303
    with app.app_context():
        waiting = db.session.query(LessonPack).filter_by(state="waiting").order_by(LessonPack.id)
        assert [one.maker_id for one in waiting] == [cast.teacher.id, cast.teacher.id, cast.researcher.id]


def test_every_still_is_in_a_pack_however_many_there_are(app, cast, client_for, archived, work, monkeypatch):
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG")
    patience: list[float] = []

    def still(source, folder, at_ms, shapes, run):
        patience.append(run.limit_s)
        return out.getvalue()

    monkeypatch.setattr(drawn, "drawn_still", still)
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, archived)
        lesson.phase = LessonPhase.DISCUSSING
        version = current_version(recording_of(archived))
        for number in range(drawn.MOST):
            some_comment(cast.user("colleague"), lesson, version, start_ms=number * 1000, drawing=DRAWN)
        lesson.phase = LessonPhase.ARCHIVED
    teacher = client_for("teacher")
    _whole, files = read(teacher, archived, ordered(app, teacher, archived, work))
    document = docx.Document(io.BytesIO(files["时间点点评/时间点点评.docx"]))
    assert len(document.inline_shapes) == len(patience) == drawn.MOST + 1
    assert min(patience) > drawn.PATIENCE_S
