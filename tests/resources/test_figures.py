"""Figures of use by month, by teacher and as a file."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl

from tests.support.resources import make_resource
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.models import ResourceView
from yanxiu.resources.queries.figures import figures_by_month, figures_by_teacher, looked_at
from yanxiu.resources.queries.usage import scope_of
from yanxiu.resources.services import count_download, set_favorite
from yanxiu.resources.services.copies import note_copy
from yanxiu.resources.services.usage import report_use


def test_looks_copies_and_months_are_counted_by_teacher_for_who_may_see_them(app, cast, client_for, count_queries):
    with app.app_context():
        shared = make_resource(cast.user("teacher"))
        other = make_resource(cast.user("colleague"), "同事的", visibility="school")
        hidden = make_resource(cast.user("colleague"), "自己的", visibility="private")
        numbers = shared.id, other.id
        with unit_of_work():
            long_ago = clock.today() - timedelta(days=400)
            db.session.add(ResourceView(resource_id=hidden.id, user_id=cast.leader.id, day=clock.today()))
            db.session.add(ResourceView(resource_id=shared.id, user_id=cast.villager.id, day=long_ago))
            for plan in (901, 902):
                note_copy(shared.id, shared.current_file_id, plan, 1, cast.leader.id)
            note_copy(shared.id, other.current_file_id, 903, 1, cast.leader.id)
            count_download(cast.user("leader"), other.id)
            set_favorite(cast.user("leader"), other, True)
            report_use(cast.user("leader"), shared, clock.today())
    for reader in ("leader", "leader", "teacher", "principal"):
        assert client_for(reader).get(f"/resources/{numbers[0]}").status_code == 200
    with app.app_context():
        assert [(one.views, one.copies) for one in looked_at(numbers).values()] == [(3, 1), (0, 0)]
        scope = scope_of(cast.viewer("principal"), (), school=True)
        lines = figures_by_teacher(scope)
        told = {line.teacher.id: (line.resources, line.views, line.downloads, line.copies, line.uses) for line in lines}
        assert told == {cast.teacher.id: (1, 3, 0, 1, 1), cast.colleague.id: (1, 0, 1, 0, 0)}
        assert [line.teacher.id for line in lines] == [cast.colleague.id, cast.teacher.id]
        by_name = [line.teacher.name for line in figures_by_teacher(scope, "name")]
        assert by_name == ["李强", "周敏"], "by pinyin, as all lists of people"
        assert figures_by_teacher(scope, "views")[0].teacher.id == cast.teacher.id
        months = figures_by_month(scope, clock.today())
        assert (len(months), months[0].month) == (12, clock.today().replace(day=1))
        now = months[0]
        assert (now.views, now.downloads, now.favorites, now.copies, now.uses) == (2, 1, 1, 2, 1)
        assert sum(month.views for month in months) == 2
        starts = [month.month for month in figures_by_month(scope, date(2026, 1, 31))]
        assert (starts[0], starts[-1]) == (date(2026, 1, 1), date(2025, 2, 1))
    principal = client_for("principal")
    with count_queries() as few:
        page = principal.get("/resources/figures?of=school&sort=name").text
    assert 'aria-sort="ascending"' in page
    with app.app_context():
        for owner in ("leader", "teacher", "principal"):
            make_resource(cast.user(owner), "又一份")
    with count_queries() as more:
        principal.get("/resources/figures?of=school&sort=name")
    assert more.count == few.count
    answer = principal.get("/resources/figures.xlsx?of=school")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["按老师", "每一份", "按月"]
    assert [cell.value for cell in book["按老师"][2]] == ["老师", "资源", "浏览", "下载", "收藏", "改编", "上过课"]
    own = openpyxl.load_workbook(io.BytesIO(client_for("teacher").get("/resources/figures.xlsx?of=school").data))
    assert own.sheetnames == ["每一份", "按月"]
