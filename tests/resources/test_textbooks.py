"""The catalog of textbooks: chosen from, renamed, taken over to a newer book, and read from a sheet."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.resources.matrix_textbooks import BOOKS
from tests.support.resources import make_resource, make_upload
from tests.support.together import together
from yanxiu.accounts.services import create_organization
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.catalog import LEVELS, LONGEST
from yanxiu.resources.indexing import load_documents
from yanxiu.resources.models import Resource, ResourceUpload, TextbookNode
from yanxiu.resources.permissions import can_edit_textbooks
from yanxiu.resources.queries.textbooks import (
    EQUIPPED,
    books_naming,
    children_of,
    counts_below,
    deepest_node,
    equipped_at,
    names_in_book,
    remap_outlook,
    shelf_of,
)
from yanxiu.resources.services.equipping import equip_next, queue_counties, take_back_equipment
from yanxiu.resources.services.textbooks import (
    INSTALL_BOOKS,
    add_node,
    chains_of,
    import_chains,
    install_shipped_textbooks,
    move_node,
    place_of,
    remap_node,
    rename_node,
    retire_node,
    step_node,
    undo_remap,
)
from yanxiu.resources.textbooks import chains_in, rows_of, shipped_chains

LESSON = dict(zip(LEVELS, BOOKS[0], strict=True))


def test_the_shipped_catalog_is_whole_fits_its_columns_and_is_added_once(ctx, cast):
    chains = shipped_chains()
    assert ("小学", "五年级", "语文", "统编版", "下册", "第二单元", "草船借箭") in chains
    assert ("初中", "九年级", "物理", "人教版", "全一册", "欧姆定律") in chains
    assert ("高中", "高二", "物理", "人教版", "选择性必修第一册", "动量守恒定律") in chains
    for chain in chains:
        assert all(0 < len(name) <= size for name, size in zip(chain, LONGEST.values(), strict=False))
    with unit_of_work():
        first = install_shipped_textbooks(None, cast.places["county"])
        again = install_shipped_textbooks(None, cast.places["county"])
    assert first.new > 400
    assert (again.new, again.known) == (0, first.new)
    shelf = shelf_of(cast.places["county"])
    assert shelf.names("edition", {"stage": "小学", "subject": "数学"}) == ["人教版", "北师大版", "苏教版"]
    assert shelf.names("grade", {"stage": "高中"}) == ["高一", "高二", "高三"]
    assert "语文" in shelf.names("subject", {"stage": "高中", "grade": "高三"})
    assert shelf.names("grade", {"stage": "幼儿园"}) == ["小班", "中班", "大班"]
    assert names_in_book(cast.places["county"], "lesson", LESSON) == ["草船借箭", "景阳冈", "猴王出世", "红楼春趣"]


def test_a_new_county_has_the_catalog_once_the_worker_was_there_and_the_small_world_none(app, work):
    with app.app_context():
        assert db.session.query(Job).filter_by(kind=INSTALL_BOOKS).count() == 0
        with unit_of_work():
            county = create_organization(None, None, "county", "新设县")
            county_id = county.id
    work()
    with app.app_context():
        with unit_of_work():
            again = install_shipped_textbooks(None, county_id)
        assert (again.new, again.known) == (0, len({c[: n + 1] for c in shipped_chains() for n in range(len(c))}))
        assert [node.name for node in children_of(county_id, None)] == list(
            dict.fromkeys(c[0] for c in shipped_chains())
        )


def test_an_old_county_without_a_catalog_gets_one_by_itself_once_and_can_give_it_back(app, work, cast, client_for):
    county_id, admin = cast.places["county"], client_for("admin")
    with app.app_context(), unit_of_work():
        own = create_organization(None, None, "county", "自己编目录的县").id
    with app.app_context(), unit_of_work():
        db.session.query(Job).delete()
        add_node(cast.user("admin"), own, None, "小学")

    def start() -> list[int]:
        """What a worker that starts queues."""
        with app.app_context(), unit_of_work():
            queue_counties()
            queue_counties()
            return [
                job.payload["county_id"] for job in db.session.query(Job).filter_by(kind=INSTALL_BOOKS, state="queued")
            ]

    with app.app_context():
        filed = make_resource(cast.user("teacher"), "目录之前的", **LESSON).id
    queued = start()
    assert queued.count(county_id) == 1
    assert own not in queued, "a tree that somebody began is theirs"
    with app.app_context(), unit_of_work():
        assert equip_next(county_id), "the first part"
    work()
    with app.app_context():
        whole = len(chains_of(county_id))
        assert whole == len({c[: n + 1] for c in shipped_chains() for n in range(len(c))})
        assert len(chains_of(own)) == 1
        assert db.session.get(Resource, filed).textbook_id is not None
        assert [e.data for e in db.session.query(AuditEntry).filter_by(action=EQUIPPED)] == [{"new": whole}] * len(
            queued
        )
    assert "这是自动装入的常用目录" in admin.get("/resources/textbooks").text
    assert admin.post("/resources/textbooks/shipped/undoing").status_code == 302
    page = admin.get("/resources/textbooks").text
    assert "本县还没有教材目录" in page
    with app.app_context():
        kept = db.session.get(Resource, filed)
        assert (kept.textbook_id, kept.lesson) == (None, LESSON["lesson"])
        with unit_of_work():
            assert not equip_next(county_id)
    assert county_id not in start(), "it does not come by itself again"
    assert admin.post("/resources/textbooks/shipped/undoing").status_code == 409


def test_a_catalog_that_came_by_itself_and_was_changed_stays(ctx, cast):
    county_id, admin = cast.places["county"], cast.user("admin")
    with unit_of_work():
        pressed = create_organization(None, None, "county", "自己装目录的县").id
        install_shipped_textbooks(admin, pressed)
    with unit_of_work():
        assert not equip_next(pressed)
    assert equipped_at(pressed) is None, "a person installed it before the worker came"
    more = True
    while more:
        with unit_of_work():
            more = equip_next(county_id)
    assert equipped_at(county_id) is not None
    with unit_of_work():
        retire_node(admin, children_of(county_id, None)[0], True)
    assert equipped_at(county_id) is None
    with pytest.raises(ConflictError), unit_of_work():
        take_back_equipment(admin, county_id)


def test_a_rename_a_move_and_a_remap_take_every_resource_along_and_can_be_taken_back(ctx, cast):
    teacher, admin, county = cast.user("teacher"), cast.user("admin"), cast.places["county"]
    old = make_resource(teacher, "目录之前的", **LESSON)
    with unit_of_work():
        import_chains(admin, county, BOOKS)
    found = deepest_node(county, LESSON)
    assert found is not None
    assert found.level == 6
    assert old.textbook_id == found.id, "what was there before the catalog is filed, too"
    without_unit = make_resource(teacher, "没写单元", **{**LESSON, "unit": ""})
    hidden = make_resource(teacher, "自己的", visibility="private", **LESSON)
    own_words = make_resource(teacher, "口语交际", **{**LESSON, "unit": "第二单元", "lesson": "怎么表演课本剧"})
    assert (without_unit.textbook_id, hidden.textbook_id) == (found.id, found.id)
    assert own_words.textbook_id == found.parent_id

    edition = db.session.scalars(
        select(TextbookNode).where(TextbookNode.edition == "统编版", TextbookNode.level == 3)
    ).one()
    with unit_of_work():
        db.session.query(SearchOutbox).delete()
        rename_node(admin, edition, "部编版")
    assert {r.edition for r in db.session.scalars(select(Resource))} == {"部编版"}
    assert db.session.query(SearchOutbox).count() == 4, "each is indexed again"
    assert {document.edition for document in load_documents([old.id, own_words.id])} == {"部编版"}
    with pytest.raises(ConflictError), unit_of_work():
        rename_node(admin, db.session.get(TextbookNode, edition.id), "苏教版")

    target = db.session.scalars(
        select(TextbookNode).where(TextbookNode.edition == "苏教版", TextbookNode.level == 3)
    ).one()
    with unit_of_work():
        volume = children_of(county, target)[0]
        unit = add_node(admin, county, volume, "第二单元")
    before = {r.id: place_of(r) for r in db.session.scalars(select(Resource))}
    outlook = remap_outlook(cast.viewer("admin"), (), db.session.get(TextbookNode, edition.id), target)
    assert (outlook.moving, outlook.unmatched) == (3, 2), "what only its owner may see is not counted"
    changed_at = {r.id: r.updated_at for r in db.session.scalars(select(Resource))}
    with unit_of_work():
        remap = remap_node(admin, db.session.get(TextbookNode, edition.id), db.session.get(TextbookNode, target.id))
    after = {r.id: r for r in db.session.scalars(select(Resource))}
    assert {r.id: r.updated_at for r in after.values()} == changed_at
    assert {r.edition for r in after.values()} == {"苏教版"}
    assert (after[old.id].textbook_id, after[old.id].lesson) == (unit.id, "草船借箭")
    assert after[without_unit.id].textbook_id == volume.id
    with unit_of_work():
        after[own_words.id].lesson = "后来又改的"
        rename_node(admin, db.session.get(TextbookNode, target.id), "苏教新版")
        rename_node(admin, db.session.get(TextbookNode, edition.id), "统编新版")
    before = {r_id: {**place, "edition": "统编新版"} for r_id, place in before.items()}
    with unit_of_work():
        assert undo_remap(admin, db.session.get(type(remap), remap.id)) == 1
    for resource in db.session.scalars(select(Resource)):
        assert (place_of(resource) == before[resource.id]) == (resource.id != own_words.id)
    with pytest.raises(ConflictError), unit_of_work():
        undo_remap(admin, db.session.get(type(remap), remap.id))
    said = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert [word for word in said if word.startswith("textbook.")] == [
        "textbook.import", "textbook.rename", "textbook.add", "textbook.remap", "textbook.rename", "textbook.rename",
        "textbook.remap_undone",
    ]  # fmt: skip


def test_what_two_add_in_one_moment_is_there_once_and_follows_a_new_name(app, cast):
    county = cast.places["county"]
    with app.app_context():
        with unit_of_work():
            import_chains(None, county, BOOKS)
        lesson = deepest_node(county, LESSON)
        unit_id = lesson.parent_id
        edition_id = db.session.scalar(
            select(TextbookNode.id).where(TextbookNode.edition == "统编版", TextbookNode.level == 3)
        )

    def add(parent_id, name):
        def act():
            parent = parent_id and db.session.get(TextbookNode, parent_id)
            yield
            add_node(cast.user("admin"), county, parent, name)

        return act

    def rename():
        edition = db.session.get(TextbookNode, edition_id)
        yield
        rename_node(cast.user("admin"), edition, "部编版")

    assert together(app, add(None, "高中"), add(None, "高中")) == ["conflict", "done"]
    assert together(app, add(unit_id, "景阳冈"), add(unit_id, "景阳冈")) == ["conflict", "done"]
    assert together(app, add(unit_id, "猴王出世"), rename) == ["done", "done"]
    with app.app_context():
        below = db.session.scalars(select(TextbookNode).where(TextbookNode.parent_id == unit_id)).all()
        assert sorted(node.lesson for node in below) == sorted(["草船借箭", "景阳冈", "猴王出世"])
        assert {node.edition for node in below} == {"部编版"}


def test_nodes_are_moved_ordered_and_retired(ctx, cast):
    admin, county = cast.user("admin"), cast.places["county"]
    with unit_of_work():
        import_chains(admin, county, [*BOOKS, ("小学", "六年级", "语文")])
    resource = make_resource(cast.user("teacher"), **LESSON)
    stage, other = children_of(county, None)
    fifth, sixth = children_of(county, stage)
    subject = children_of(county, fifth)[0]
    with pytest.raises(InvalidError), unit_of_work():
        move_node(admin, subject, stage)
    with pytest.raises(ConflictError), unit_of_work():
        move_node(admin, db.session.get(TextbookNode, subject.id), sixth)
    edition = children_of(county, subject)[0]
    with unit_of_work():
        move_node(admin, edition, children_of(county, sixth)[0])
        step_node(admin, other, -1)
        step_node(admin, other, -1)
        retire_node(admin, sixth, True)
    assert db.session.get(Resource, resource.id).grade == "六年级"
    assert [node.name for node in children_of(county, None)] == ["初中", "小学"]
    assert shelf_of(county).names("grade", {"stage": "小学"}) == ["五年级"]
    assert "六年级" in shelf_of(county, with_retired=True).names("grade", {"stage": "小学"})
    assert names_in_book(county, "unit", {**LESSON, "grade": "六年级"}) == []
    assert counts_below(cast.viewer("teacher"), (), county, stage) == {"六年级": 1}
    assert counts_below(cast.viewer("stranger"), (), county, stage) == {}
    with pytest.raises(InvalidError), unit_of_work():
        retire_node(admin, edition, False)


def test_a_sheet_is_read_as_people_write_it_and_checked_before_it_is_added(client_for, app, cast):
    assert chains_in(rows_of("学段\t年级\t学科\n小学\t五年级\t语文\n\t\t数学\n\t六年级\t语文")) == [
        ("小学", "五年级", "语文"), ("小学", "五年级", "数学"), ("小学", "六年级", "语文"),
    ]  # fmt: skip
    for broken in ("", "书名,页码\n语文,3", "学段,年级,学科\n小学,,语文", "学段\t年级\n\t五年级"):
        with pytest.raises(InvalidError):
            chains_in(rows_of(broken))
    client = client_for("researcher")
    text = "学段,年级,学科,版本,册次,单元,课题\n小学,六年级,语文,统编版,上册,第一单元,延安，我把你追寻"
    page = client.post("/resources/textbooks/import", data={"text": text}).get_data(as_text=True)
    assert '会新增 <span class="num">7</span> 条' in page
    with app.app_context():
        assert db.session.query(TextbookNode).count() == 0
    assert client.post("/resources/textbooks/import", data={"text": text, "sure": "1"}).status_code == 302
    refused = client.post("/resources/textbooks/import", data={"text": "学段\n" + "长" * 30})
    assert refused.status_code == 422
    assert "最多 10 个字" in refused.get_data(as_text=True)


def test_choices_narrow_without_scripts_and_a_word_that_is_no_longer_offered_is_kept(client_for, app, cast):
    with app.app_context():
        with unit_of_work():
            import_chains(None, cast.places["county"], [*BOOKS, ("小学", "五年级", "数学", "人教版", "上册")])
        resource_id = make_resource(
            cast.user("teacher"), edition="冀教版", grade="五年级", stage="小学", subject="数学"
        ).id
    client = client_for("teacher")
    form = {"title": "正在写", "kind": "plan", "stage": "小学", "grade": "五年级", "subject": "数学", "narrow": "1"}
    page = client.post(f"/resources/{resource_id}", data=form).get_data(as_text=True)
    assert 'value="正在写"' in page
    editions = page.split('data-level="edition"')[1].split("</select>")[0]
    assert "人教版" in editions
    assert "苏教版" not in editions
    done = {**form, "edition": "冀教版", "visibility": "county", "license": "county"}
    done.pop("narrow")
    assert client.post(f"/resources/{resource_id}", data=done).status_code == 302
    assert client.post(f"/resources/{resource_id}", data={**done, "edition": "<b>"}).status_code == 422
    listed = client.get("/resources?stage=小学&subject=数学&edition=冀教版").get_data(as_text=True)
    assert "正在写" in listed
    assert "数学" in listed.split('data-level="subject"')[1].split("</select>")[0]
    names = client.get("/resources/textbooks/names", query_string=LESSON).get_json()["names"]
    assert (names["unit"], names["lesson"]) == (["第二单元"], ["草船借箭"])


def test_a_lesson_in_the_name_of_a_file_says_the_rest_as_far_as_it_is_sure(ctx, cast):
    county = cast.places["county"]
    with unit_of_work():
        install_shipped_textbooks(None, county)
    known = books_naming(county, "草船借箭 最终版.docx", {}, {})
    assert known == LESSON
    several = books_naming(county, "古诗三首.pptx", {}, {})
    assert several == {"stage": "小学", "subject": "语文", "edition": "统编版", "lesson": "古诗三首"}
    assert books_naming(county, "古诗三首.pptx", {"grade": "四年级", "unit": "第三单元"}, {})["volume"] == "上册"
    assert books_naming(county, "草船借箭.docx", {"subject": "数学"}, {}) == {}, "what the name says stands"
    assert books_naming(county, "草船借箭.docx", {}, {"subject": "数学"}) == LESSON
    assert books_naming(county, "100%_通知.docx", {}, {}) == books_naming(None, "草船借箭.docx", {}, {}) == {}
    upload = db.session.get(ResourceUpload, make_upload(cast.user("teacher"), "跳水（第二课时）.docx"))
    assert (upload.guess["unit"], upload.guess["grade"]) == ("第六单元", "五年级")


def test_only_those_who_stand_for_the_whole_county_keep_its_catalog(ctx, cast):
    assert {key for key in cast.people if can_edit_textbooks(cast.viewer(key))} >= {"admin", "researcher"}
    for key in ("principal", "leader", "teacher", "stranger"):
        assert not can_edit_textbooks(cast.viewer(key))
