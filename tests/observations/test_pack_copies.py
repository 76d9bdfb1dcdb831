"""A pack that comes back in portions: continued, checked once by the worker where it lies, removed, and its result stays."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.observations import make_lesson
from tests.support.tus import Tus, emptied
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.storage import receive_local_file, storage
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, LessonPack, LessonPhase, PackCheck
from yanxiu.observations.papers.packing import sheet, write_pack
from yanxiu.observations.services.packs import finish_pack, order_pack
from yanxiu.observations.uploads import copies

DOOR = "/uploads/packs"
FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def store(app):
    with emptied(copies.open_copy_store(app.config["YANXIU"])) as found:
        yield found


@pytest.fixture
def packed(app, cast, store, tmp_path) -> tuple[str, bytes, dict[str, str]]:
    """Where a finished pack is, its bytes, and what belongs to an upload of it."""
    target = tmp_path / "pack.zip"
    with app.app_context(), unit_of_work():
        teacher = cast.user("teacher")
        lesson = make_lesson(teacher, visibility="school")
        lesson.phase = LessonPhase.ARCHIVED
        pack = order_pack(teacher, lesson, with_recording=False)
        entries = write_pack(
            target, ["头"], [sheet("", "a.txt", b"\x07" * 90_000), sheet("", "b.txt", b"b")], clock.now()
        )
        data = target.read_bytes()
        finish_pack(pack, receive_local_file(target, "a.zip", "application/zip"), entries, holds_scores=False)
        at = f"/lessons/{lesson.id}/packs/{pack.id}"
        return at, data, {"filename": "手里的.zip", "lesson": str(lesson.id), "pack": str(pack.id)}


def take(client, url: str):
    return client.post(f"/lessons/packs/arrivals/{url.rsplit('/', 1)[1]}", headers=FETCH)


def last_check(app) -> PackCheck:
    with app.app_context():
        check = db.session.query(PackCheck).order_by(PackCheck.id.desc()).first()
        db.session.expunge_all()
        return check


def test_a_copy_comes_in_portions_is_checked_where_it_lies_and_goes_while_its_result_stays(
    app, client_for, packed, store, work, count_queries
):
    at, data, belongs = packed
    teacher = client_for("teacher")
    first = Tus(teacher, DOOR, **belongs, print="1-2")
    url = first.create(len(data)).headers["Location"]
    first.patch(url, 0, data[:100])
    assert take(teacher, url).status_code == 409, "not all of it is there"
    assert 'data-offset="100"' in teacher.get(f"{at}/checks").text
    assert first.create(len(data)).headers["Location"] == url, "another page goes on where it is"
    first.patch(url, 100, data[100:])
    kept = set(storage().keys())
    assert [take(teacher, url).status_code for _ in range(2)] == [200, 200], "the answer of the first was lost"
    assert db_count(app) == 1
    assert set(storage().keys()) == kept, "nothing is copied"
    page = teacher.get(f"{at}/checks").text
    assert "data-earlier" not in page, "what is being checked is not on its way any more"
    assert "在排队" in page
    assert first.create(len(data)).status_code == 409
    other = Tus(teacher, DOOR, **{**belongs, "filename": "另一份.zip"}).create(len(data), data).headers["Location"]
    assert "请等它核对完" in take(teacher, other).json["message"]
    work()
    assert take(teacher, url).status_code == 200, "asked for once more, it is not checked once more"
    check = last_check(app)
    assert (check.state, check.is_same, check.size, check.name) == ("ready", True, len(data), "手里的.zip")
    assert [path.stem for path in store.root.glob("*.part")] == [other.rsplit("/", 1)[1]], "what was checked is gone"
    page = teacher.get(f"{at}/checks").text
    assert "一个字节也没有变" in page
    result = teacher.get(f"{at}/checks/{check.id}").text
    assert "一个字节不差" in result
    assert "传来的压缩包核对完已经删掉" in result

    # The other one: packed anew with a file changed and others put in, called off once, then checked by the sweep.
    with app.app_context():
        lesson_pack = db.session.query(LessonPack).one()
        lesson_id, pack_id = lesson_pack.lesson_id, lesson_pack.id
    assert take(teacher, other).status_code == 200
    assert teacher.post(f"/lessons/{lesson_id}/packs/{pack_id}/cancellation").status_code == 303
    assert last_check(app).state == "canceled"
    assert list(store.root.glob("*.part")) == [], "what was called off goes too"
    assert take(teacher, other).status_code == 200
    assert db_count(app) == 2, "and is not begun again by a page that asks late"
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as again:
        again.writestr("a.txt", b"\x07" * 89_999 + b"!")
        for number in range(250):
            again.writestr(f"别的/{number}.txt", b"")
    third = Tus(teacher, DOOR, **belongs).create(changed.getbuffer().nbytes, changed.getvalue()).headers["Location"]
    half = Tus(teacher, DOOR, **{**belongs, "filename": "半.zip"}).create(50, b"PK").headers["Location"]
    store._write(replace(store.load(third.rsplit("/", 1)[1]), created_at=time.time() - 3600))
    store._write(replace(store.load(half.rsplit("/", 1)[1]), expires_at=time.time() - 1))
    with app.app_context(), unit_of_work():
        enqueue(copies.SWEEP_JOB, {})
    work()
    assert list(store.root.glob("*.part")) == []
    result = teacher.get(f"{at}/checks/{last_check(app).id}").text
    for words in ("不符", "缺少", "多出", "另有 50 个多出的文件没有列出", "254 个文件不同，0 个相符"):
        assert words in result
    assert "不符 1 个，缺少 3 个，多出 250 个" in teacher.get(f"{at}/checks?since=0").text
    with app.app_context(), unit_of_work():
        for number in range(30):
            done = {"state": "ready", "finished_at": clock.now(), "findings": [["a.txt", "same", 1, "x"]]}
            db.session.add(PackCheck(pack_id=pack_id, name=f"第 {number} 份.zip", **done))
        ours = {**done, "problem": "crowded", "findings": [["a.txt", "missing", None, ""]]}
        db.session.add(PackCheck(pack_id=pack_id, **ours))  # the list of the stored pack is damaged
    with count_queries() as many:
        page = teacher.get(f"{at}/checks").text
    assert 'rel="next"' in page
    assert "“”" not in page
    assert "缺少 1 个，多出 0 个。请联系管理员从备份恢复" in page
    with app.app_context(), unit_of_work():
        db.session.query(PackCheck).filter(PackCheck.name != "第 1 份.zip").delete()
    with count_queries() as few:
        assert teacher.get(f"{at}/checks").status_code == 200
    assert many.count == few.count


def db_count(app) -> int:
    with app.app_context():
        return db.session.query(PackCheck).count()


def test_what_cannot_be_the_pack_is_refused_before_it_is_sent_and_a_right_that_is_lost_ends_it(
    app, cast, client_for, packed, store, work
):
    at, data, belongs = packed
    teacher = client_for("teacher")

    def words(length: int | None, **other: str) -> tuple[int, str]:
        answer = Tus(teacher, DOOR, **{**belongs, **other}).create(
            length, **({"Upload-Defer-Length": "1"} if length is None else {})
        )
        return answer.status_code, answer.text

    assert words(10, filename="录像.mp4") == (422, "请选下载过的归档包，它是一个压缩包（.zip）")
    assert words(0) == (422, "这是一个空文件，可能没有复制完整")
    assert words(17 * 1024**2) == (422, "这个文件比冻结的归档包大得多，不会是它的一份，请重新选择")
    assert words(None)[0] == words(10, pack="x")[0] == 400
    assert words(10, pack="99999")[0] == 404
    with app.app_context(), unit_of_work():
        # A large pack comes back whole: 64 MB are no limit of this door.
        pack = db.session.query(LessonPack).one()
        pack.contents = [*pack.contents, ["课堂实录/课.mp4", 700 * 1024**2, "0" * 64]]
    assert words(690 * 1024**2, filename="大.zip")[0] == 201
    # A worker finds no bytes: that is no verdict on what was sent.
    url = Tus(teacher, DOOR, **belongs).create(len(data), data).headers["Location"]
    assert take(teacher, url).status_code == 200
    store.data_path(url.rsplit("/", 1)[1]).unlink()
    work()
    assert last_check(app).state == "failed"
    assert "没有核对成，传来的文件已经删掉" in teacher.get(f"{at}/checks").text
    # A worker was killed before it removed what it had checked: the same file may come again at once.
    left_behind = Tus(teacher, DOOR, **belongs).create(len(data), data).headers["Location"]
    assert take(teacher, left_behind).status_code == 200
    with app.app_context(), unit_of_work():
        db.session.query(PackCheck).filter_by(state="waiting").one().state = "failed"
    url = Tus(teacher, DOOR, **belongs).create(len(data), data).headers["Location"]
    assert url != left_behind
    assert not store.data_path(left_behind.rsplit("/", 1)[1]).exists()
    # A check whose worker died for good keeps its bytes no longer than the next sweep.
    assert take(teacher, url).status_code == 200
    with app.app_context(), unit_of_work():
        db.session.query(PackCheck).filter_by(state="waiting").one().created_at = clock.now() - timedelta(hours=7)
    late = Tus(teacher, DOOR, **{**belongs, "filename": "晚.zip"}).create(len(data), data).headers["Location"]
    for one in list(store.all()):
        store._write(replace(one, created_at=time.time() - 3600))
    # Pupils may not be shown any more: what nobody may check is not kept either.
    with app.app_context(), unit_of_work():
        db.session.query(LessonPack).one().with_recording = True
        db.session.get_one(Lesson, int(belongs["lesson"])).consent_until = clock.today() - timedelta(days=1)
    assert (take(teacher, late).status_code, words(10)[0]) == (403, 403)
    with app.app_context():
        copies.sweep_copies({}, type("Job", (), {"app": app})())
    left = [one.metadata["filename"] for one in store.all() if store.data_path(one.id).exists()]
    assert left == ["大.zip"]
