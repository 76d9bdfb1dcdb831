"""Where a plan stands in the catalog of textbooks: chosen from it, following it, kept by what it becomes."""

from __future__ import annotations

from sqlalchemy import select

from tests.resources.matrix_textbooks import BOOKS
from tests.support.lessonplans import make_plan
from tests.support.preparations import bring_to
from yanxiu.core.db import db
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.preparations import FINAL
from yanxiu.lessonplans.queries import find_plan
from yanxiu.resources.models import Resource, TextbookNode
from yanxiu.resources.services.textbooks import import_chains, remap_node, rename_node, undo_remap

PLACE = {"edition": "统编版", "volume": "下册", "unit": "第二单元", "lesson": "草船借箭"}
NEW_BOOK = ("小学", "五年级", "语文", "统编版（2024）", "下册", "第二单元", "草船借箭")


def node(level: int, **names: str) -> TextbookNode:
    found = select(TextbookNode).where(TextbookNode.level == level).filter_by(**names)
    return db.session.scalars(found).one()


def places() -> dict[str, tuple[str, str, str]]:
    db.session.expire_all()
    return {p.title: (p.edition, p.unit, p.lesson) for p in db.session.scalars(select(LessonPlan))}


def test_plans_follow_a_rename_and_a_remap_and_go_back_unless_they_were_placed_anew(ctx, cast):
    county, teacher = cast.places["county"], cast.user("teacher")
    with unit_of_work():
        import_chains(None, county, (*BOOKS, NEW_BOOK))
        plans = {title: make_plan(teacher, title, **PLACE) for title in ("甲", "乙")}
        make_plan(teacher, "别的书", **{**PLACE, "edition": "苏教版"})
        make_plan(cast.user("stranger"), "外县", **PLACE)
        changed_at = plans["甲"].updated_at
    with unit_of_work():
        rename_node(cast.user("admin"), node(5, edition="统编版", unit="第二单元"), "第二单元 古典名著")
    assert places() == {
        "甲": ("统编版", "第二单元 古典名著", "草船借箭"),
        "乙": ("统编版", "第二单元 古典名著", "草船借箭"),
        "别的书": ("苏教版", "第二单元", "草船借箭"),
        "外县": ("统编版", "第二单元", "草船借箭"),
    }
    with unit_of_work():
        remap = remap_node(cast.user("admin"), node(3, edition="统编版"), node(3, edition="统编版（2024）"))
    assert [places()[title][0] for title in ("甲", "乙", "别的书", "外县")] == ["统编版（2024）"] * 2 + [
        "苏教版",
        "统编版",
    ]
    with unit_of_work():
        db.session.get(LessonPlan, plans["乙"].id).edition = "人教版"
        newly = make_plan(cast.user("teacher"), "后来写的", **{**PLACE, "edition": "统编版（2024）"}).id
    with unit_of_work():
        db.session.execute(SearchOutbox.__table__.delete())
        undo_remap(cast.user("admin"), remap)
    assert {title: place[0] for title, place in places().items()} == {
        "甲": "统编版", "乙": "人教版", "别的书": "苏教版", "外县": "统编版", "后来写的": "统编版（2024）",
    }  # fmt: skip
    assert db.session.get(LessonPlan, plans["甲"].id).updated_at == changed_at
    queued = {row.object_id for row in db.session.scalars(select(SearchOutbox)) if row.kind == "plan"}
    assert queued == {plans["甲"].id}
    assert newly not in queued


def test_the_form_offers_the_catalog_and_a_finished_plan_keeps_its_place_in_the_library(client_for, app, cast, work):
    with app.app_context(), unit_of_work():
        import_chains(None, cast.places["county"], (*BOOKS, NEW_BOOK))
    client = client_for("leader")
    card = {"title": "《草船借箭》", "subject": "语文", "stage": "小学", "grade": "五年级", "edition": "统编版（2024）",
            "volume": "下册", "unit": "第二单元", "lesson": "草船借箭", "periods": "1", "visibility": "school",
            "template": "literacy"}  # fmt: skip
    assert client.post("/lesson-plans", data={**card, "edition": "没有这一版"}).status_code == 422
    assert client.post("/lesson-plans", data=card).status_code == 302
    with app.app_context():
        plan_id = db.session.scalars(select(LessonPlan.id)).one()
        with unit_of_work():
            bring_to(cast.user("leader"), find_plan(plan_id), FINAL)
    assert '<option selected value="统编版（2024）">' in client.get(f"/lesson-plans/{plan_id}/settings").text
    work()
    with app.app_context():
        resource = db.session.scalars(select(Resource)).one()
        assert (resource.lesson, resource.textbook_id) == ("草船借箭", node(6, edition="统编版（2024）").id)
