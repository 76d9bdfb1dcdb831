"""A newer version of a resource by resumable upload: once, by who may edit, also after the page was closed."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.support.clients import Client
from tests.support.documents import docx_bytes
from tests.support.resources import checked_file, make_resource
from tests.support.together import together
from tests.support.tus import Tus, emptied
from yanxiu.core.db import db
from yanxiu.core.resumable.store import UploadStore
from yanxiu.core.storage import storage
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources import version_arrivals
from yanxiu.resources.models import Resource
from yanxiu.resources.services import remove_resource
from yanxiu.resources.services.versions import renew_file

DOOR = "/uploads/versions"
NAME = "草船借箭.docx"
BETTER = docx_bytes("第二稿：先读后问。")


@pytest.fixture
def store(app: Flask) -> Iterator[UploadStore]:
    with emptied(version_arrivals.open_version_store(app.config["YANXIU"])) as found:
        yield found


@pytest.fixture
def resource_id(app: Flask, cast, store: UploadStore) -> int:
    with app.app_context(), unit_of_work():
        return make_resource(cast.user("teacher"), title="草船借箭").id


def door(client: Client, resource_id: int, name: str = NAME, note: str = "改了导入") -> Tus:
    return Tus(client, DOOR, filename=name, modified=1, resource=resource_id, note=note)


def take(client: Client, url: str, **form: str):
    """What the page asks once all bytes are there."""
    headers = {"X-Requested-With": "fetch", "Accept": "application/json"}
    return client.post(f"/resources/versions/arrivals/{url.rsplit('/', 1)[1]}", data=form, headers=headers)


def versions(app: Flask, resource_id: int) -> list[tuple[int, str]]:
    with app.app_context():
        return [(file.number, file.note) for file in db.session.get(Resource, resource_id).files]


def test_a_newer_version_comes_in_pieces_and_is_one_version_with_the_note_as_it_stands_then(
    client_for: Callable[[str], Client], app, store, resource_id
):
    teacher = client_for("teacher")
    tus = door(teacher, resource_id)
    url = tus.create(len(BETTER)).headers["Location"]
    assert tus.patch(url, 0, BETTER[:1000]).status_code == 204
    assert take(teacher, url).status_code == 409  # not all of it is there
    assert tus.create(len(BETTER)).headers["Location"] == url, "the same file goes on from any page"
    page = teacher.get(f"/resources/{resource_id}/edit").text
    assert 'data-offset="1000"' in page
    assert 'value="改了导入"' in page
    assert "还没有传完" in teacher.get(f"/resources/{resource_id}").text
    assert tus.patch(url, 1000, BETTER[1000:]).status_code == 204
    answers = [take(teacher, url, note="改了导入和板书") for _ in range(2)]  # the answer of the first one was lost
    assert [answer.json["said"] for answer in answers] == ["已更新到第 2 版"] * 2
    assert versions(app, resource_id) == [(2, "改了导入和板书"), (1, "")]
    assert "data-earlier" not in teacher.get(f"/resources/{resource_id}/edit").text
    assert list(store.root.glob("*.part")) == []


def test_the_very_file_that_is_there_is_no_newer_version_by_either_way(client_for, app, store, resource_id):
    teacher = client_for("teacher")
    take(teacher, door(teacher, resource_id).create(len(BETTER), BETTER).headers["Location"])
    there = set(storage().keys())
    again = door(teacher, resource_id, "另一个名字.docx").create(len(BETTER), BETTER).headers["Location"]
    refused = take(teacher, again)
    assert (refused.status_code, "一模一样" in refused.json["message"]) == (422, True)
    form = {"file": (io.BytesIO(BETTER), NAME), "note": "又一次"}
    page = teacher.post(f"/resources/{resource_id}/files", data=form)
    assert (page.status_code, "一模一样" in page.text, 'value="又一次"' in page.text) == (422, True, True)
    assert [number for number, _note in versions(app, resource_id)] == [2, 1]
    assert set(storage().keys()) == there, "bytes that no row holds are gone"


def test_a_repeated_last_step_that_was_a_moment_slower_finds_the_version(client_for, app, cast, store, resource_id):
    url = door(client_for("teacher"), resource_id).create(len(BETTER), BETTER).headers["Location"]
    with app.app_context():
        upload, actor = store.load(url.rsplit("/", 1)[1]), cast.user("teacher")
        note = "\x00" + "改" * 300
        first = version_arrivals._taken(store, upload, actor, note).number
        there = set(storage().keys())
        assert (first, version_arrivals._taken(store, upload, actor, note).number) == (2, 2)
        assert set(storage().keys()) == there, "bytes that no row holds are gone"
    assert versions(app, resource_id) == [(2, "改" * 200), (1, "")]


def test_the_very_file_sent_twice_in_one_moment_is_one_newer_version(app, cast, resource_id):
    with app.app_context():
        arrived = iter([checked_file(data=BETTER), checked_file(data=BETTER)])

    def renew():
        resource, checked = db.session.get(Resource, resource_id), next(arrived)
        assert resource.current_file.stored_file.sha256  # read before the other one writes
        yield
        renew_file(cast.user("teacher"), resource, checked, "改过")

    assert together(app, renew, renew) == ["done", "invalid"]


def test_only_who_may_edit_sends_one_and_it_is_asked_again_at_the_end(client_for, app, cast, store, resource_id):
    teacher = client_for("teacher")
    assert door(client_for("colleague"), resource_id).create(10).status_code == 403
    for unknown in ("", "0", "9" * 30, "x"):
        assert Tus(teacher, DOOR, filename=NAME, resource=unknown).create(10).status_code == 404
    assert door(teacher, resource_id, "课件.rar").create(10).status_code == 422
    url = door(teacher, resource_id).create(len(BETTER), BETTER).headers["Location"]
    assert take(client_for("colleague"), url).status_code == 404
    with app.app_context(), unit_of_work():
        remove_resource(cast.user("teacher"), db.session.get(Resource, resource_id))
    refused = take(teacher, url)
    assert (refused.status_code, refused.json["message"]) == (422, version_arrivals.GONE)
    assert versions(app, resource_id) == [(1, "")]
    assert list(store.all()) == []


def test_the_sweep_takes_over_what_no_page_asked_for_with_its_note(client_for, app, store, work, resource_id):
    teacher = client_for("teacher")
    url = door(teacher, resource_id, note="页面关了").create(len(BETTER), BETTER).headers["Location"]
    upload = store.load(url.rsplit("/", 1)[1])
    store._write(replace(upload, created_at=time.time() - 3600))
    with app.app_context(), unit_of_work():
        enqueue(version_arrivals.SWEEP_JOB, {})
    work()
    assert versions(app, resource_id) == [(2, "页面关了"), (1, "")]
    again = take(teacher, url)
    assert again.json["said"] == "已更新到第 2 版"
