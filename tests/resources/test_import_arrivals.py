"""Files of an import by resumable upload: told apart, taken in once, continued on another day, swept with their draft."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.support.clients import Client
from tests.support.documents import xlsx_bytes, zip_bytes
from tests.support.tus import Tus, emptied
from yanxiu.core.db import db
from yanxiu.core.resumable import store as stores
from yanxiu.core.resumable.store import UploadStore
from yanxiu.core.storage import StoredFile
from yanxiu.core.tasks import WorkerStoppingError, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources import import_arrivals as arrivals
from yanxiu.resources import importing
from yanxiu.resources.models import ResourceImport, ResourceUpload
from yanxiu.resources.queries.imports import waiting_bytes
from yanxiu.resources.views import imports as views

DOOR = "/uploads/imports"
ROWS = [["文件名", "标题", "类型"], ["一/课.txt", "一班的课", "教学设计"], ["二/课.txt", "二班的课", "教学设计"]]
TEXT = "教学目标：理清起因。".encode()


@pytest.fixture
def store(app: Flask) -> Iterator[UploadStore]:
    with emptied(arrivals.open_import_store(app.config["YANXIU"])) as found:
        yield found


@pytest.fixture
def teacher(client_for: Callable[[str], Client], store: UploadStore) -> Client:
    return client_for("teacher")


def drafted(client: Client) -> str:
    answer = client.post("/resources/imports", data={"sheet": (io.BytesIO(xlsx_bytes(ROWS)), "导入.xlsx")})
    return str(answer.headers["Location"])


def door(client: Client, where: str, path: str, seen: str = "9-ab") -> Tus:
    pairs = {"filename": path.rsplit("/", 1)[-1], "path": path, "print": seen, "import": where.rsplit("/", 1)[-1]}
    return Tus(client, DOOR, **pairs)


def take(client: Client, url: str):
    headers = {"X-Requested-With": "fetch", "Accept": "application/json"}
    return client.post(f"/resources/imports/arrivals/{url.rsplit('/', 1)[1]}", headers=headers)


def sent(client: Client, where: str, path: str, data: bytes = TEXT) -> str:
    answer = door(client, where, path).create(len(data), data)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def paths(app: Flask) -> list[str]:
    with app.app_context():
        return [upload.path for upload in db.session.query(ResourceUpload).order_by(ResourceUpload.id)]


def test_a_file_is_continued_from_another_page_taken_in_once_and_no_twin_of_another_folder(teacher, app, store):
    where = drafted(teacher)
    first = door(teacher, where, "资料/一/课.txt")
    url = first.create(len(TEXT)).headers["Location"]
    assert first.patch(url, 0, TEXT[:7]).headers["Upload-Offset"] == "7"
    assert take(teacher, url).status_code == 409  # not all of it is there
    page = teacher.get(where).text
    assert 'data-offset="7"' in page
    assert 'data-name="资料/一/课.txt"' in page
    assert "data-earlier" not in teacher.get("/resources/imports").text
    assert "data-earlier" not in teacher.get("/resources/new").text
    assert first.create(len(TEXT)).headers["Location"] == url, "the same file goes on where it is"
    assert first.head(url).headers["Upload-Offset"] == "7"
    first.patch(url, 7, TEXT[7:])
    assert [take(teacher, url).status_code for _ in range(2)] == [200, 200], "the answer of the first one was lost"
    assert take(teacher, sent(teacher, where, "资料/二/课.txt")).status_code == 200
    assert paths(app) == ["资料/一/课.txt", "资料/二/课.txt"]
    assert (first.create(len(TEXT)).status_code, first.create(len(TEXT)).text) == (409, "这个文件已经传到了")
    assert "确认导入 2 份" in teacher.get(where).text
    assert list(store.root.glob("*.part")) == []


def test_what_cannot_come_is_refused_in_words_and_goes_with_its_draft(teacher, client_for, app, store, monkeypatch):
    where = drafted(teacher)

    def words(path: str, length: int = 5, to: str = where) -> tuple[int, str]:
        answer = door(teacher, to, path).create(length)
        return answer.status_code, answer.text

    assert words("课件.rar")[1].startswith("不能上传这种文件（.rar）")
    assert words("空.txt", 0)[1].startswith("这是一个空文件")
    assert words("课.txt", to="/99999")[0] == 404
    assert words("课.txt", to="/x")[0] == 404
    assert words("课.txt", to="/") == (422, arrivals.NO_BUNDLE)
    assert door(client_for("colleague"), where, "课.txt").create(5).status_code == 404
    with monkeypatch.context() as few:
        few.setattr(arrivals, "MAX_FILES", 0)
        assert words("课.txt")[1].startswith("一次导入最多")
    for full, code, said in (("quota_bytes", 413, stores.QUOTA_FULL), ("reserve_bytes", 507, stores.DISK_FULL)):
        with monkeypatch.context() as none:
            much = {"reserve_bytes": 2**62, "reserve_share": 1.0} if full == "reserve_bytes" else {full: 0}
            limits = replace(store.limits, **much)
            none.setattr(arrivals, "open_import_store", lambda _config, limits=limits: store)
            none.setattr(store, "limits", limits)
            none.setattr("yanxiu.resources.views.import_arrivals.open_import_store", lambda _config: store)
            assert words("课.txt") == (code, said)
    wrong = sent(teacher, where, "网页.docx", b"<html></html>")
    assert "对不上" in take(teacher, wrong).json["message"]
    assert door(teacher, where, "网页.docx").head(wrong).status_code == 404, "it is forgotten"
    late, half = sent(teacher, where, "一/课.txt"), door(teacher, where, "半.txt").create(9).headers["Location"]
    with app.app_context(), unit_of_work():
        db.session.query(ResourceImport).one().state = "running"
    assert take(teacher, late).json["message"] == arrivals.NOT_OPEN
    assert words("再来.txt") == (422, arrivals.NOT_OPEN)
    with app.app_context(), unit_of_work():
        db.session.query(ResourceImport).one().state = "draft"
    teacher.post(f"{where}/removal")
    assert store.load(half.rsplit("/", 1)[1]) is None


def test_a_zip_comes_in_portions_and_is_unpacked(teacher, app, store, work):
    data = zip_bytes({"包/导入.xlsx": xlsx_bytes(ROWS), "包/一/课.txt": TEXT})
    tus = Tus(teacher, DOOR, filename="资料.zip", path="资料.zip", print="1-2")
    url = tus.create(len(data)).headers["Location"]
    tus.patch(url, 0, data[:100])
    assert 'data-name="资料.zip"' in teacher.get("/resources/imports").text
    tus.patch(url, 100, data[100:])
    where = take(teacher, url).json["url"]
    assert take(teacher, url).json["url"] == where
    assert tus.create(len(data)).status_code == 409
    work()
    assert "确认导入 1 份" in teacher.get(where).text
    assert take(teacher, url).status_code == 410, "it has been unpacked"


def test_a_zip_of_a_whole_term_is_unpacked_part_by_part_and_goes_on_where_a_worker_stopped(
    teacher, store, work, monkeypatch
):
    files = {f"{number}.txt": f"第 {number} 课的教学设计".encode() for number in range(4)}
    rows = [["文件名", "类型"], ["3.txt", "教学设计"], ["反思.exe", "教学反思"]]
    more = {"反\u202e思.exe": b"MZ", "坏.txt": b"\x00\x01", "__MACOSX/._3.txt": b"x", "表/导入.xlsx": xlsx_bytes(rows)}
    data = zip_bytes({**files, **more})
    tus = Tus(teacher, DOOR, filename="资料.zip", path="资料.zip", print="1-2")
    where = take(teacher, tus.create(len(data), data).headers["Location"]).json["url"]
    said, taken = [], []
    took, noted = importing._take, importing.note_unpacked

    def stopped_in_the_second_part(file, name, import_id):
        taken.append(name)
        if taken.count("3.txt") == 1 and name == "3.txt":
            raise WorkerStoppingError
        return took(file, name, import_id)

    def looked_at(found, progress, refused):
        noted(found, progress, refused)
        db.session.flush()
        said.append(views._unpacked_in_words(found))

    monkeypatch.setattr(importing, "PART_FILES", 2)
    monkeypatch.setattr(importing, "_take", stopped_in_the_second_part)
    monkeypatch.setattr(importing, "note_unpacked", looked_at)
    assert teacher.get(f"{where}/progress").json["said"] == ""
    work()
    assert not teacher.get(f"{where}/progress").json["busy"]
    assert [words.rsplit("，", 1)[1] for words in said] == ["收下 2 个文件", "收下 4 个文件", "收下 4 个文件"]
    assert all(" 0 " not in words and "（0 " not in words for words in said), "a small ZIP has a size too"
    assert taken == ["0.txt", "1.txt", "2.txt", "3.txt", "3.txt", "坏.txt"], "only the one in hand was taken in again"
    page = teacher.get(where).text
    assert "确认导入 1 份" in page
    assert '压缩包里没有收下的文件（<span class="num">2</span>）' in page
    assert "不能上传这种文件（.exe）" in page
    assert "反思.exe" in page
    assert "\u202e" not in page


def test_how_much_may_wait_is_a_matter_of_the_quota_and_a_zip_of_sixty_megabytes_is_not_too_large(
    teacher, app, store, cast, monkeypatch
):
    zipped = Tus(teacher, DOOR, filename="资料.zip", path="资料.zip", print="1-2")
    assert zipped.create(900 * 1024**2).status_code == 201
    assert zipped.create(9 * 1024**3).text.startswith("压缩包超过 8 GB")
    where = drafted(teacher)
    assert "超过 200 MB" in door(teacher, where, "包.zip").create(300 * 1024**2).text
    assert take(teacher, sent(teacher, where, "一/课.txt")).status_code == 200
    monkeypatch.setattr("yanxiu.resources.services.imports.waiting_bytes", lambda _user_id: 50 * 1024**3)
    refused = door(teacher, where, "二/课.txt").create(5)
    assert (refused.status_code, "一共最多 50 GB" in refused.text) == (413, True)
    with app.app_context():
        monkeypatch.undo()
        assert waiting_bytes(cast.teacher.id) == len(TEXT)


def test_a_zip_that_two_pages_take_in_the_same_moment_is_one_import(teacher, app, cast, store, monkeypatch):
    data = zip_bytes({"导入.xlsx": xlsx_bytes(ROWS)})
    tus = Tus(teacher, DOOR, filename="资料.zip", path="资料.zip", print="1-2")
    upload = store.load(tus.create(len(data), data).headers["Location"].rsplit("/", 1)[1])
    read, began = arrivals._checked, []

    def overtaken(*what):
        """The other page does all of it between the reading and the writing of this one."""
        checked = read(*what)
        monkeypatch.setattr(arrivals, "_checked", read)
        with app.app_context():
            began.append(arrivals.take_bundle(store, upload, cast.user("teacher")))
        return checked

    monkeypatch.setattr(arrivals, "_checked", overtaken)
    with app.app_context():
        began.append(arrivals.take_bundle(store, upload, cast.user("teacher")))
        assert began == [db.session.query(ResourceImport).one().id] * 2
        assert db.session.query(StoredFile).filter_by(name="资料.zip").count() == 1


def test_the_sweep_takes_in_what_no_page_asked_for_and_removes_what_expired_or_has_no_draft(teacher, app, store, work):
    where, other = drafted(teacher), drafted(teacher)
    complete = store.load(sent(teacher, where, "一/课.txt").rsplit("/", 1)[1])
    half, lost = (
        store.load(door(teacher, to, "半.txt").create(50, b"abc").headers["Location"].rsplit("/", 1)[1])
        for to in (where, other)
    )
    store._write(replace(complete, created_at=time.time() - 3600))
    store._write(replace(half, expires_at=time.time() - 1))
    with app.app_context(), unit_of_work():
        db.session.get(ResourceImport, lost.subject_id).state = "done"
        enqueue(arrivals.SWEEP_JOB, {})
    work()
    assert paths(app) == ["一/课.txt"]
    assert (store.load(half.id), store.load(lost.id)) == (None, None)
