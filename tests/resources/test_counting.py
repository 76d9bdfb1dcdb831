"""Counts beside the filters of the library: for every viewer and choice the same as counting the list by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import select

from tests.support.resources import make_resource
from tests.support.workshops import make_workshop
from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.indexing import load_documents
from yanxiu.resources.models import Resource, ResourceFavorite
from yanxiu.resources.queries import LibraryFilter, library_page
from yanxiu.resources.queries.counting import FACETS, facet_counts
from yanxiu.resources.services import remove_resource, set_favorite
from yanxiu.resources.standards import words_of
from yanxiu.workshops.queries import visible_workshop_ids

SEEN_BY = ("teacher", "colleague", "principal", "stranger", "researcher")
GRADINGS = ("", "school", "county", "fine")
ASKED = (
    LibraryFilter(),
    LibraryFilter(subject="语文", grading="fine"),
    LibraryFilter(origin="upload", kind="plan"),
    LibraryFilter(subject="语文", literacy="文化自信", theme="整本书阅读"),
    LibraryFilter(mine="uploads"),
    LibraryFilter(mine="favorites", origin="plan"),
    LibraryFilter(mine="removed"),
)


def test_counts_are_those_of_the_list_for_every_viewer_and_every_choice(ctx, cast, count_queries):
    teacher = cast.user("teacher")
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [teacher])
    made = []
    for number, owner in enumerate(("teacher", "villager", "researcher") * 4):
        visibility = ("public", "county", "school", "private")[number // 3]
        words = {
            "literacies": ("文化自信、思维能力", "文化自信", "")[number % 3],
            "theme": ("整本书阅读", "")[number % 2],
        }
        subject = ("语文", "数学")[number % 4 == 3]
        made.append(
            make_resource(cast.user(owner), f"{owner}{number}", visibility=visibility, subject=subject, **words)
        )
    made.append(make_resource(teacher, visibility="workshop", workshop_id=workshop.id))
    with unit_of_work():
        for number, row in enumerate(db.session.scalars(select(Resource).order_by(Resource.id))):
            row.grading = GRADINGS[number % 4]
            row.plan_id, row.taught_lesson_id = (7, None) if number % 5 == 1 else (None, 8 if number % 5 == 2 else None)
        remove_resource(teacher, db.session.get(Resource, made[0].id))
        for each in made[1:8]:
            set_favorite(teacher, db.session.get(Resource, each.id), True)
    assert db.session.query(ResourceFavorite).count() == 7
    for key in (*SEEN_BY, None):
        viewer = cast.viewer(key) if key else ANONYMOUS
        known = visible_workshop_ids(viewer)
        for wanted in ASKED if key else ASKED[:4]:
            with count_queries() as asked:
                counts = facet_counts(viewer, known, wanted)
            assert asked.count == 1
            assert counts == by_hand(viewer, known, wanted), (key, wanted)
            assert counts.total == len(library_page(viewer, known, wanted, size=100).items), (key, wanted)
            few = facet_counts(viewer, known, wanted, standards=False)
            assert (few["grading"], few["origin"], few.total) == (counts["grading"], counts["origin"], counts.total)


def said_by(row: Resource) -> dict[str, list[str]]:
    single = {facet: [getattr(row, facet)] for facet in ("grading", "origin", "theme")}
    return {**single, "literacy": words_of(row.literacies)}


def by_hand(viewer, known, wanted: LibraryFilter) -> dict[str, Counter[str]]:
    chosen = {facet: value for facet in FACETS if (value := getattr(wanted, facet))}
    rows = library_page(viewer, known, replace(wanted, **dict.fromkeys(FACETS, "")), size=100).items
    found: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for said in map(said_by, rows):
        for facet in FACETS:
            if all(value in said[other] for other, value in chosen.items() if other != facet):
                found[facet].update(value for value in said[facet] if value)
    return found


def test_level_and_origin_are_links_of_their_own_in_the_library_and_in_search(client_for, app, cast):
    with app.app_context():
        plain = make_resource(cast.user("teacher"), "上传的一份").id
        of_plan = make_resource(cast.user("teacher"), "教案来的一份").id
        with unit_of_work():
            row = db.session.get(Resource, of_plan)
            row.plan_id, row.grading = 5, "fine"
        said = [(each.grading, each.origin) for each in load_documents([plain, of_plan])]
        assert sorted(said) == [("", "上传"), ("精品", "教案")]
    client = client_for("colleague")
    page = client.get("/resources").text
    assert '<option value="fine">精品（1）' in page
    assert '<option value="school">校级（0）' in page
    assert '<option value="upload">上传（1）' in page
    chosen = client.get("/resources?origin=plan&grading=fine").text
    assert "教案来的一份" in chosen
    assert "上传的一份" not in chosen
    assert '<option value="plan" selected>教案（1）' in chosen
    assert 'href="/resources.xlsx?grading=fine&amp;origin=plan"' in chosen
    empty = client.get("/resources?mine=favorites&origin=lesson").text
    assert "没有符合条件的资源" in empty, "there may be favorites, only none of these"
    assert 'href="/resources?mine=favorites">清除筛选' in empty
    assert "清除筛选" not in client.get("/resources?mine=favorites").text
    file = client.get("/resources.xlsx?origin=plan&grading=fine")
    rows = list(load_workbook(BytesIO(file.data))["资源"].iter_rows(values_only=True))
    assert rows[1][0] == "标题"
    assert [row[0] for row in rows[2:]] == ["教案来的一份"]
    assert {"精品", "教案", f"http://localhost/resources/{of_plan}"} <= set(rows[2])
    shown = client.get(f"/resources/{of_plan}").text
    assert 'href="/resources?origin=plan">教案</a>' in shown
    assert 'href="/resources?grading=fine">精品</a>' in shown
