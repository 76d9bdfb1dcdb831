"""Files of the library by resumable upload: refused before they are sent, taken in once, found again, swept."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from flask import Flask

from tests.support.clients import Client
from tests.support.documents import docx_bytes
from tests.support.tus import BASE, Tus, emptied
from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.resumable.store import UploadStore
from yanxiu.core.storage import storage
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources import arrivals
from yanxiu.resources.extraction import intake
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.sandbox import NoTurnError
from yanxiu.resources.models import ResourceUpload

DOOR = "/uploads/resources"
NAME = "五年级下册语文《草船借箭》教学设计.txt"
TEXT = "教学目标：理清起因、经过、结果。".encode()


@pytest.fixture
def store(app: Flask) -> Iterator[UploadStore]:
    with emptied(arrivals.open_store(app.config["YANXIU"])) as found:
        yield found


@pytest.fixture
def teacher(client_for: Callable[[str], Client], store: UploadStore) -> Client:
    return client_for("teacher")


def door(client: Client, name: str = NAME, modified: int = 1) -> Tus:
    return Tus(client, DOOR, filename=name, modified=modified)


def take(client: Client, url: str):
    """What the page asks once all bytes are there."""
    headers = {"X-Requested-With": "fetch", "Accept": "application/json"}
    return client.post(f"/resources/arrivals/{url.rsplit('/', 1)[1]}", headers=headers)


def sent(client: Client, data: bytes = TEXT, name: str = NAME, modified: int = 1) -> str:
    answer = door(client, name, modified).create(len(data), data)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def rows(app: Flask) -> list[str]:
    with app.app_context():
        return [upload.stored_file.name for upload in db.session.query(ResourceUpload).order_by(ResourceUpload.id)]


def test_a_file_comes_in_pieces_is_taken_in_once_and_its_card_carries_the_guesses(teacher, app, store):
    data = docx_bytes("火攻借箭，神机妙算。")
    tus = door(teacher, "五年级下册语文《草船借箭》教学设计.docx")
    url = tus.create(len(data)).headers["Location"]
    assert tus.patch(url, 0, data[:1000]).headers["Upload-Offset"] == "1000"
    assert take(teacher, url).status_code == 409  # not all of it is there
    page = teacher.get("/resources/new").text
    assert 'data-offset="1000"' in page
    assert f'data-url="{url}"' in page
    assert tus.patch(url, 1000, data[1000:]).status_code == 204
    assert rows(app) == []
    answers = [take(teacher, url) for _ in range(2)]  # the answer of the first one was lost
    assert [answer.status_code for answer in answers] == [200, 200]
    for answer in answers:
        assert "五年级下册语文《草船借箭》教学设计" in answer.json["html"]
    assert rows(app) == ["五年级下册语文《草船借箭》教学设计.docx"]
    assert list(store.root.glob("*.part")) == []
    assert "data-earlier" not in teacher.get("/resources/new").text
    again = tus.create(len(data))
    assert (again.status_code, again.text) == (409, "这个文件已经传到了，在下面等着发布")


def test_what_cannot_be_accepted_is_refused_before_it_is_sent(teacher, app, store, monkeypatch):
    def words(name: str, length: int) -> tuple[int, str]:
        answer = door(teacher, name).create(length)
        return answer.status_code, answer.text

    assert words("课件.rar", 5) == (422, "不能上传这种文件（.rar）。请解压后上传，或改用 zip 压缩。")
    assert words("照片.png", 21 * 1024**2)[1].startswith("图片超过 20 MB")
    assert words("空.txt", 0)[1].startswith("这是一个空文件")
    assert Tus(teacher, DOOR, filename="a.txt").create(None, **{"Upload-Defer-Length": "1"}).status_code == 400
    sent(teacher)
    monkeypatch.setattr(arrivals, "MOST_WAITING", 1)
    assert words("第二份.txt", 5)[0] == 422
    assert len(list(store.all())) == 1


def test_a_file_whose_content_is_another_or_waits_already_is_refused_in_words_and_forgotten(teacher, app, store):
    wrong = sent(teacher, b"<html></html>", "网页.docx")
    answer = take(teacher, wrong)
    assert answer.status_code == 422
    assert "对不上" in answer.json["message"]
    assert door(teacher).head(wrong).status_code == 404
    assert take(teacher, sent(teacher)).status_code == 200
    there = set(storage().keys())
    twin = take(teacher, sent(teacher, name="副本.txt"))
    assert (twin.status_code, twin.json["message"]) == (422, f"和“{NAME}”一模一样，它已经在下面等着发布，不用再传")
    assert rows(app) == [NAME]
    with app.app_context():
        waiting = db.session.query(ResourceUpload).one()
        again = io.BytesIO(TEXT)
        owner = db.session.get(User, waiting.owner_id)
        for key in (waiting.arrival_key, "another request was faster"):
            checked = intake.take_in(again, NAME)
            with pytest.raises(UnsuitableFileError) if key != waiting.arrival_key else nullcontext():
                assert arrivals._keep(owner, checked, key, "") == waiting.id
            again.seek(0)
    assert set(storage().keys()) == there, "bytes that no row holds are gone"


def test_who_finds_no_turn_keeps_the_bytes_and_asks_again(teacher, app, monkeypatch):
    url = sent(teacher)
    with monkeypatch.context() as busy:
        busy.setattr(arrivals, "take_in_file", lambda *_: (_ for _ in ()).throw(NoTurnError("还没有轮到")))
        assert take(teacher, url).status_code == 503
    assert take(teacher, url).status_code == 200


def test_another_person_and_another_feature_find_nothing(teacher, client_for):
    url = sent(teacher)
    assert take(client_for("colleague"), url).status_code == 404
    assert Tus(client_for("colleague")).head(url).status_code == 404
    assert Tus(teacher).head(url.replace("/resources", "")).status_code == 404
    assert teacher.delete(url.replace("/resources", ""), headers=BASE).status_code == 404
    assert teacher.delete(url, headers=BASE).status_code == 204


def test_the_folder_a_file_lay_in_says_what_its_name_does_not(teacher, app):
    tus = Tus(teacher, DOOR, filename="五年级习题.txt", folder="三年级数学/下册/第二单元")
    assert take(teacher, tus.create(len(TEXT), TEXT).headers["Location"]).status_code == 200
    with app.app_context():
        guess = db.session.query(ResourceUpload).one().guess
    said = {column: guess[column] for column in ("title", "grade", "subject", "volume", "unit")}
    assert said == {"title": "五年级习题", "grade": "五年级", "subject": "数学", "volume": "下册", "unit": "第二单元"}


def test_the_sweep_takes_in_what_no_page_asked_for_and_removes_what_has_expired(teacher, app, store, work, monkeypatch):
    complete, other = (store.load(sent(teacher, name=name).rsplit("/", 1)[1]) for name in ("一.txt", "二.txt"))
    half = store.load(door(teacher, "三.txt").create(50, b"abc").headers["Location"].rsplit("/", 1)[1])
    for upload in (complete, other):
        store._write(replace(upload, created_at=time.time() - 3600))
    store._write(replace(half, expires_at=time.time() - 1))
    real = intake.take_in_file
    monkeypatch.setattr(arrivals, "take_in_file", lambda path, name: 1 / 0 if name == "一.txt" else real(path, name))
    with app.app_context(), unit_of_work():
        enqueue(arrivals.SWEEP_JOB, {})
    work()
    assert rows(app) == ["二.txt"]
    assert store.load(half.id) is None
    assert not store.load(complete.id).finished
