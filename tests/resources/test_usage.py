"""What becomes of a resource: taught with, counted, taken down and fetched back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.resources import make_resource
from yanxiu.accounts.permissions import ANONYMOUS, can_view_person
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.resources.models import Resource, ResourceUse
from yanxiu.resources.queries.usage import scope_of, usage_figures, uses_of
from yanxiu.resources.services import count_download, set_favorite
from yanxiu.resources.services.usage import report_use, withdraw_use


def test_a_use_counts_once_a_day_and_its_author_hears_of_it(ctx, cast):
    resource = make_resource(cast.user("teacher"))
    changed_at = resource.updated_at
    colleague, today = cast.user("colleague"), clock.today()
    with unit_of_work():
        report_use(colleague, resource, today)
        report_use(colleague, resource, today, "补了板书")
        report_use(colleague, resource, today - timedelta(days=1))
        report_use(cast.user("teacher"), resource, today)
    assert [(use.taught_on, use.note) for use in uses_of(cast.viewer("teacher"), resource.id)][1] == (today, "补了板书")
    assert db.session.get(Resource, resource.id).use_count == 3
    with pytest.raises(InvalidError), unit_of_work():
        report_use(colleague, resource, today + timedelta(days=1))
    own = db.session.scalars(select(ResourceUse).where(ResourceUse.user_id == colleague.id)).first()
    with pytest.raises(NotFoundError), unit_of_work():
        withdraw_use(cast.user("teacher"), resource, own.id)
    with unit_of_work():
        withdraw_use(colleague, resource, own.id)
    db.session.expire_all()
    assert (resource.use_count, resource.updated_at) == (2, changed_at)
    told = db.session.scalars(select(Notification).where(Notification.kind == "resource_taught")).all()
    assert {notification.user_id for notification in told} == {cast.teacher.id}


def test_who_taught_with_it_is_told_to_those_who_may_see_these_people(client, client_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), visibility="public").id
        users = "leader", "colleague", "villager", "principal", "researcher", "stranger"
        with unit_of_work():
            for key in users:
                report_use(cast.user(key), db.session.get(Resource, resource_id), clock.today(), f"{key}改了导入")
        for key in cast.people:
            viewer = cast.viewer(key)
            allowed = {cast.people[k].id for k in users if can_view_person(viewer, cast.user(k))}
            assert {use.user_id for use in uses_of(viewer, resource_id)} == allowed, key
        assert uses_of(ANONYMOUS, resource_id) == []
    page = client.get(f"/resources/{resource_id}").get_data(as_text=True)
    assert "6 次" in page
    assert "改了导入" not in page
    assert cast.colleague.name not in page
    stranger = client_for("stranger").get(f"/resources/{resource_id}").get_data(as_text=True)
    assert "stranger改了导入" in stranger
    assert "colleague改了导入" not in stranger


def test_figures_count_what_the_reader_may_see_and_nothing_else(client_for, app, cast, ctx):
    with unit_of_work():
        shared = make_resource(cast.user("teacher"))
        hidden = make_resource(cast.user("teacher"), "自己的", visibility="private")
        colleagues = make_resource(cast.user("colleague"), "同事的", visibility="school")
        for resource in (shared, hidden, colleagues):
            count_download(cast.user("leader"), resource.id)
            set_favorite(cast.user("leader"), resource, True)
        report_use(cast.user("leader"), shared, clock.today())
    own = usage_figures(scope_of(cast.viewer("teacher"), (), school=False))
    assert (own.resources, own.downloads, own.recent_downloads, own.favorites, own.uses) == (2, 2, 2, 2, 1)
    school = usage_figures(scope_of(cast.viewer("principal"), (), school=True))
    assert (school.resources, school.downloads, school.teachers) == (2, 2, 2)
    nobody = usage_figures(scope_of(cast.viewer("villager"), (), school=False))
    assert (nobody.resources, nobody.downloads, nobody.uses) == (0, 0, 0)
    assert "本校老师分享的" in client_for("principal").get("/resources/figures?of=school").get_data(as_text=True)
    assert "本校老师分享的" not in client_for("teacher").get("/resources/figures?of=school").get_data(as_text=True)


def test_what_was_taken_down_is_gone_its_author_reads_why_and_cannot_fetch_it_back_alone(client_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), visibility="public").id
    researcher, teacher = client_for("researcher"), client_for("teacher")
    assert researcher.post(f"/resources/{resource_id}/takedown", data={"reason": ""}).status_code == 422
    assert researcher.post(f"/resources/{resource_id}/takedown", data={"reason": "有学生照片"}).status_code == 302
    assert client_for("colleague").get(f"/resources/{resource_id}").status_code == 404
    page = teacher.get(f"/resources/{resource_id}").get_data(as_text=True)
    assert "理由：有学生照片" in page
    assert "撤销下架" not in page
    assert teacher.post(f"/resources/{resource_id}/restoration").status_code == 403
    assert "撤销下架" in researcher.get(f"/resources/{resource_id}").get_data(as_text=True)
    assert researcher.post(f"/resources/{resource_id}/restoration").status_code == 302
    assert client_for("colleague").get(f"/resources/{resource_id}").status_code == 200
    with app.app_context():
        kinds = db.session.scalars(select(Notification.kind).where(Notification.user_id == cast.teacher.id)).all()
        assert "resource_taken_down" in kinds
