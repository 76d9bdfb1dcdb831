"""Updates that come over HTTP: larger than a frame, or from where sockets are blocked."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

import pytest
from pycrdt import Doc

from tests.support.lessonplans import make_plan
from tests.support.rt_client import append_line, lines_of, new_update
from yanxiu.core.bucket import Buckets
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab.protocol import VERSION, VERSION_HEADER
from yanxiu.lessonplans.collab.updates import EMPTY_UPDATE
from yanxiu.lessonplans.document.ydoc import load
from yanxiu.lessonplans.queries import stored_document

FETCH = {"X-Requested-With": "fetch", VERSION_HEADER: str(VERSION)}


@pytest.fixture
def plan_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        return make_plan(cast.user("leader")).id


@pytest.fixture
def hub(app):
    return app.extensions["yanxiu_documents"]


def stored_lines(app, plan_id: int) -> list[str]:
    with app.app_context():
        return lines_of(load(stored_document(plan_id).merged()))


def test_an_update_that_is_answered_is_on_disk(app, client_for, plan_id):
    answer = client_for("leader").post(f"/lesson-plans/{plan_id}/updates", data=new_update("存好了"), headers=FETCH)
    assert answer.status_code == 200
    assert "存好了" in stored_lines(app, plan_id)


def test_two_people_without_sockets_end_with_the_same_text(client_for, plan_id):
    """Each compares, takes what it lacks and gives what the server lacks."""
    client, mine = client_for("leader"), Doc()

    def compared() -> bytes:
        answer = client.post(f"/lesson-plans/{plan_id}/comparisons", data=mine.get_state(), headers=FETCH).json
        assert answer["role"] == "write"
        mine.apply_update(b64decode(answer["diff"]))
        return mine.get_update(b64decode(answer["sv"]))

    compared()
    append_line(mine, "我在限制网络里写的")
    client.post(f"/lesson-plans/{plan_id}/updates", data=new_update("别人写的"), headers=FETCH)
    missing = compared()
    assert {"我在限制网络里写的", "别人写的"} <= set(lines_of(mine))
    client.post(f"/lesson-plans/{plan_id}/updates", data=missing, headers=FETCH)
    assert compared() == EMPTY_UPDATE


@pytest.mark.parametrize(("vector", "status"), [(b"\xff\xff\xff\x0f", 422), (b"", 422), (bytes(70_000), 422)])
def test_what_is_no_state_vector_is_refused(client_for, plan_id, vector, status):
    answer = client_for("leader").post(f"/lesson-plans/{plan_id}/comparisons", data=vector, headers=FETCH)
    assert answer.status_code == status


def test_a_page_that_would_spoil_what_new_ones_write_is_asked_to_load_anew(client_for, plan_id):
    old = FETCH | {VERSION_HEADER: str(VERSION - 1)}
    answer = client_for("leader").post(f"/lesson-plans/{plan_id}/comparisons", data=b"\x00", headers=old)
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")
    assert "请刷新页面" in answer.json["message"]


def test_comparing_all_the_time_is_refused(client_for, plan_id, hub, monkeypatch):
    monkeypatch.setattr(hub, "_comparisons", Buckets(0, 2))
    client = client_for("leader")
    answers = [client.post(f"/lesson-plans/{plan_id}/comparisons", data=b"\x00", headers=FETCH) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_a_full_document_is_said_in_words(app, client_for, plan_id, hub, monkeypatch):
    monkeypatch.setattr(hub, "limits", replace(hub.limits, state_limit_bytes=100))
    answer = client_for("leader").post(f"/lesson-plans/{plan_id}/updates", data=new_update("装不下"), headers=FETCH)
    assert (answer.status_code, answer.json["code"]) == (409, "doc_full")
    assert "放不下" in answer.json["message"]
    assert "装不下" not in stored_lines(app, plan_id)


def test_whoever_sends_too_often_is_asked_to_wait(app, client_for, plan_id, hub, monkeypatch):
    monkeypatch.setattr(hub, "_posts", Buckets(0, 2))
    client = client_for("leader")
    statuses = [
        client.post(f"/lesson-plans/{plan_id}/updates", data=new_update(f"第{n}次"), headers=FETCH).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 429, 429]
    assert "第2次" not in stored_lines(app, plan_id)


def test_bringing_a_version_back_is_not_counted_and_works_in_a_full_document(
    app, client_for, plan_id, hub, monkeypatch
):
    client = client_for("leader")
    client.post(f"/lesson-plans/{plan_id}/revisions", data={"title": "一稿"})
    client.post(f"/lesson-plans/{plan_id}/updates", data=new_update("后来写的"), headers=FETCH)
    monkeypatch.setattr(hub, "limits", replace(hub.limits, state_limit_bytes=100))
    monkeypatch.setattr(hub, "_posts", Buckets(0, 0))
    assert client.post(f"/lesson-plans/{plan_id}/revisions/1/restoration").status_code == 302
    assert "后来写的" not in stored_lines(app, plan_id)


def test_the_whole_document_is_given_to_an_editor_that_begins_empty(app, client_for, plan_id, hub):
    client = client_for("leader")
    client.post(f"/lesson-plans/{plan_id}/updates", data=new_update("存好了"), headers=FETCH)
    answer = client.get(f"/lesson-plans/{plan_id}/state")
    assert "存好了" in lines_of(load(answer.data))
    assert (answer.headers["X-Epoch"], answer.headers["Cache-Control"]) == ("1", "no-store")
    assert client_for("outsider").get(f"/lesson-plans/{plan_id}/state").status_code == 404
