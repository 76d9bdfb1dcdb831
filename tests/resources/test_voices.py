"""What people say of a resource: stars that add up, comments that are said once, names only for those who may read them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support.resources import make_resource
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.resources.models import Resource
from yanxiu.resources.queries import LibraryFilter, library_page
from yanxiu.resources.services.voices import comment, rate

FETCH = {"X-Requested-With": "fetch"}


def test_stars_add_up_and_rank_what_many_found_good(ctx, cast):
    plain, one_friend, many = (make_resource(cast.user("teacher"), title) for title in ("甲", "乙", "丙"))
    changed_at = many.updated_at
    with unit_of_work():
        rate(cast.user("colleague"), one_friend, 5)
        for key in ("colleague", "principal", "villager", "researcher"):
            rate(cast.user(key), many, 5)
        rate(cast.user("principal"), many, 4)
    with pytest.raises(InvalidError), unit_of_work():
        rate(cast.user("leader"), many, 6)
    assert (many.rating_count, many.rating_sum, many.updated_at) == (4, 19, changed_at)
    page = library_page(cast.viewer("colleague"), (), LibraryFilter(sort="rated"))
    assert [resource.title for resource in page.items] == ["丙", "乙", "甲"]
    with unit_of_work():
        rate(cast.user("colleague"), one_friend, 0)
    assert (one_friend.rating_count, one_friend.rating_score) == (0, plain.rating_score)


def test_what_is_said_appears_once_is_answered_and_taken_back(app, cast, client_for):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
    colleague, teacher = client_for("colleague"), client_for("teacher")
    address = f"/resources/{resource_id}/comments"
    said = {"body": "  品读部分<b>要</b>留足时间  ", "client_uuid": "a" * 36}
    first = colleague.post(address, data=said, headers=FETCH).json["id"]
    assert colleague.post(address, data=said, headers=FETCH).json["id"] == first
    answer = teacher.post(address, data={"body": "谢谢，已经改了", "parent": first}, headers=FETCH)
    assert answer.json["id"] == first
    assert teacher.post(address, data={"body": " \u200b "}, headers=FETCH).status_code == 422
    assert (
        teacher.post(address, data={"body": "长" * 1001}, headers=FETCH).json["message"].startswith("评论最多 1000 字")
    )
    assert teacher.post(address, data={"body": "答谁", "parent": "999"}, headers=FETCH).status_code == 404
    changes = colleague.get(f"{address}?since=0")
    assert changes.headers["X-Seq"] == "2"
    assert changes.text.count('class="talk-thread"') == 1
    assert "品读部分&lt;b&gt;要&lt;/b&gt;留足时间" in changes.text
    assert "谢谢，已经改了" in changes.text
    with app.app_context():
        told = select(Notification.user_id, Notification.url).where(Notification.kind == "resource_comment")
        assert {tuple(row) for row in db.session.execute(told)} == {
            (cast.teacher.id, f"/resources/{resource_id}#comment-{first}"),
            (cast.colleague.id, f"/resources/{resource_id}#comment-{first}"),
        }
    assert teacher.post(f"{address}/{first}/removal", headers=FETCH).status_code == 403
    assert colleague.post(f"{address}/{first}/removal", headers=FETCH).status_code == 200
    gone = teacher.get(f"{address}?since=2").text
    assert f'data-gone="comment-{first}"' in gone
    assert "品读" not in teacher.get(f"/resources/{resource_id}").text
    assert teacher.post(address, data={"body": "还在吗", "parent": first}, headers=FETCH).status_code == 404
    full = "一行\r\n" * 250 + "长" * 250  # as browsers send what they let one write
    assert teacher.post(address, data={"body": full}, headers=FETCH).status_code == 200


def test_visitors_read_nothing_and_other_counties_no_names(app, cast, client, client_for):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), visibility="public").id
        with unit_of_work():
            comment(cast.user("colleague"), db.session.get(Resource, resource_id), "班里学生很喜欢", "")
    assert "班里学生很喜欢" not in client.get(f"/resources/{resource_id}").text
    elsewhere = client_for("stranger").get(f"/resources/{resource_id}").text
    assert "班里学生很喜欢" in elsewhere
    assert cast.colleague.name not in elsewhere
    assert cast.colleague.name in client_for("principal").get(f"/resources/{resource_id}").text


def test_a_long_talk_takes_no_more_queries(app, cast, client_for, count_queries):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
    client = client_for("principal")

    def say(times):
        with app.app_context(), unit_of_work():
            for number in range(times):
                for key in ("colleague", "villager", "leader"):
                    resource = db.session.get(Resource, resource_id)
                    comment(cast.user(key), resource, f"第 {number} 条", "")

    say(1)
    client.get(f"/resources/{resource_id}")
    with count_queries() as few:
        client.get(f"/resources/{resource_id}")
    say(5)
    with count_queries() as many:
        client.get(f"/resources/{resource_id}")
    assert many.count == few.count
