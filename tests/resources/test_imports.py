"""Many resources by one sheet: a dry run that tells everything, a report, and a way back."""

from __future__ import annotations

import difflib
import io
import zipfile

import openpyxl
import pytest

from tests.resources.matrix_textbooks import BOOKS
from tests.support.documents import docx_bytes, xlsx_bytes
from tests.support.resources import checked_file, make_resource, make_upload
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.import_sheet import MAX_ROWS, parse_sheet
from yanxiu.resources.importing import _take, tidy_path
from yanxiu.resources.models import Resource, ResourceCopy, ResourceImport, ResourceUpload
from yanxiu.resources.models.imports import UNPACKING
from yanxiu.resources.queries.imports import outlook_of, rows_of
from yanxiu.resources.services import UPLOAD_LIFETIME, discard_upload, set_favorite
from yanxiu.resources.services import imports as services
from yanxiu.resources.services.imports import (
    add_file,
    begin_import,
    confirm_import,
    drop_import,
    publish_next_rows,
    settle_unpacking,
    undo_import,
    undo_next_rows,
    used_since,
)
from yanxiu.resources.services.textbooks import import_chains
from yanxiu.resources.services.voices import comment, rate
from yanxiu.resources.subscribers import JOBS
from yanxiu.resources.views import imports as views

HEADS = ["文件名*", "标题", "类型", "年级", "学科", "册", "课", "标签", "年份", "可见范围", "工作坊", "许可"]
SHEET = [
    HEADS,
    ["草船借箭", "", "教案", "", "语文", "", "草船借箭", "公开课，三国", "2025", "本校", "", ""],
    ["二/课.docx", "二班的课", "课件", "5年级", "语文", "下", "草船借剑", "", "", "", "", ""],
    ["课.docx", "哪一个", "课件"],
    ["二/课后练.docx", "缺文件", "课件"],
    [],
    ["旧的.docx", "早就有", "教学设计"],
    ["一/课.docx", "填错", "教按", "十年级", "", "", "", "", "25", "所有人", "", "随便"],
    ["草船借箭.docx", "再用一次", "教学设计"],
    ["坊.docx", "给坊里", "教学设计", "", "", "", "", "", "", "工作坊", "没有的坊", ""],
    ["", "没有文件名", "课件"],
]


OLD = docx_bytes("旧")
"""Made once: a Word file carries the second in which it was made."""


def drafted(cast, rows=SHEET) -> ResourceImport:
    """A sheet and its folder, with an old resource and a catalog beside them."""
    teacher = cast.user("teacher")
    with unit_of_work():
        import_chains(None, cast.places["county"], BOOKS)
        found = begin_import(teacher, "导入.xlsx", parse_sheet(rows))
    make_resource(teacher, "早就有", data=OLD)
    files = {"资料/草船借箭.docx": "一", "资料/一/课.docx": "二", "资料/二/课.docx": "三", "资料/旧的.docx": "旧",
             "资料/坊.docx": "四", "资料/课后练习.docx": "五"}  # fmt: skip
    for path, text in files.items():
        checked = checked_file(path.rsplit("/", 1)[-1], OLD if text == "旧" else docx_bytes(text))
        with unit_of_work():
            add_file(cast.user("teacher"), db.session.get(ResourceImport, found.id), checked, path)
    return db.session.get(ResourceImport, found.id)


def test_the_dry_run_says_of_every_row_what_it_would_become_and_writes_nothing(ctx, cast, count_queries):
    found = drafted(cast)
    with count_queries() as few:
        outlook = outlook_of(viewer_of(cast.user("teacher")), set(), found)
    assert few.count <= 12
    lines = [outlook.hinted(line) for line in outlook.lines]
    told = {line.number: (line.verdict, "；".join((*line.errors, *line.notes))) for line in lines}
    first = outlook.lines[0]
    assert told[2] == ("new", "")
    assert (first.details["grade"], first.details["volume"], first.details["unit"]) == ("五年级", "下册", "第二单元")
    assert (first.details["kind"], first.details["tags"], first.details["title"]) == (
        "plan",
        "公开课、三国",
        "草船借箭",
    )
    assert told[3] == ("new", "目录里没有“草船借剑”这一课，最接近的是“草船借箭”（五年级下册第二单元）")
    assert told[4] == ("faulty", "有 2 个文件都叫这个名字，请写上文件夹：资料/一/课.docx、资料/二/课.docx")
    assert told[5][0] == "missing"
    assert told[5][1].startswith("文件夹里没有“二/课后练.docx”，最像的是“课后练习.docx”")
    assert told[7] == ("same", "资源库里已经有《早就有》，内容也一样")
    assert told[8][0] == "faulty"
    for words in (
        "“类型”里没有“教按”",
        "“年级”里没有“十年级”",
        "“年份”请填",
        "“可见范围”里没有“所有人”",
        "“许可”里没有“随便”",
    ):
        assert words in told[8][1]
    assert told[9] == ("faulty", "第 2 行已经用了这个文件")
    assert told[10] == ("faulty", "您参加的工作坊里没有“没有的坊”")
    assert told[11] == ("faulty", "“文件名”空着")
    assert [upload.path for upload in outlook.unused] == ["资料/课后练习.docx"]
    assert db.session.query(Resource).count() == 1


def test_a_confirmed_import_makes_its_resources_once_and_goes_back_but_for_what_was_used(ctx, cast):
    teacher = cast.user("teacher")
    found = drafted(cast)
    stored = db.session.query(StoredFile).count()
    outlook = outlook_of(viewer_of(teacher), set(), found)
    with unit_of_work():
        assert confirm_import(teacher, found, outlook) == 2
    more = True
    while more:
        with unit_of_work():
            more = publish_next_rows(found.id)
    with unit_of_work():
        assert not publish_next_rows(found.id), "a second worker finds nothing to do"
    made = {each.title: each for each in db.session.query(Resource).filter(Resource.title != "早就有")}
    assert set(made) == {"草船借箭", "二班的课"}
    assert (made["草船借箭"].visibility, made["草船借箭"].year, made["草船借箭"].author) == (
        "school",
        2025,
        teacher.name,
    )
    assert (made["二班的课"].grade, made["二班的课"].lesson, made["二班的课"].visibility) == (
        "五年级",
        "草船借剑",
        "county",
    )
    assert made["草船借箭"].textbook_id is not None
    assert db.session.query(ResourceUpload).count() == 0, "what no row used is gone"
    assert db.session.query(StoredFile).count() == stored - 4

    with unit_of_work():
        set_favorite(cast.user("colleague"), made["二班的课"], True)
        undo_import(cast.user("teacher"), found)
    while True:
        with unit_of_work():
            if not undo_next_rows(found.id):
                break
    left = {each.title: each.removed_at is None for each in db.session.query(Resource)}
    assert left == {"早就有": True, "草船借箭": False, "二班的课": True}


def test_stars_comments_and_copies_of_others_are_uses_too(ctx, cast):
    resource, colleague = make_resource(cast.user("teacher")), cast.user("colleague")
    with unit_of_work():
        comment(cast.user("teacher"), resource, "自己说的", "")
        file_id = resource.current_file_id
    assert used_since([resource.id]) == {}
    with unit_of_work():
        rate(colleague, resource, 5)
        comment(colleague, resource, "很好", "")
        db.session.add(ResourceCopy(resource_id=resource.id, file_id=file_id, user_id=colleague.id, plan_id=1, base=1))
    assert used_since([resource.id]) == {resource.id: "有人评过分、有人评论过、有人复制改编过，没有动"}


def test_what_was_remembered_by_a_number_is_never_somebody_elses_file(ctx, cast):
    teacher = cast.user("teacher")
    with unit_of_work():
        first = make_upload(teacher)
        discard_upload(None, db.session.get(ResourceUpload, first))
        gone = begin_import(teacher, "放弃的.xlsx", parse_sheet(SHEET[:2]))
        gone_id = gone.id
        drop_import(teacher, gone)
    other = make_upload(teacher)
    with unit_of_work():
        found = begin_import(teacher, "导入.xlsx", parse_sheet(SHEET[:2]))
        add_file(teacher, found, checked_file(), "草船借箭.docx")
        confirm_import(teacher, found, outlook_of(viewer_of(teacher), set(), found))
        row = rows_of(found)[0]
        row.upload_id = other
    assert (other > first, found.id > gone_id) == (True, True)
    with unit_of_work():
        publish_next_rows(found.id)
    assert (row.outcome, row.resource_id) == ("failed", None)
    with unit_of_work():
        found.state = UNPACKING
        settle_unpacking(found, other, [])
    JOBS["resources.drop_upload"]({"upload_id": other}, None)
    waiting = db.session.get(ResourceUpload, other)
    assert waiting is not None
    with unit_of_work():
        db.session.get(ResourceUpload, other).created_at -= UPLOAD_LIFETIME
    JOBS["resources.drop_upload"]({"upload_id": other}, None)
    assert db.session.get(ResourceUpload, other) is None


def test_bytes_of_a_file_that_is_refused_do_not_stay(ctx, cast, client_for, monkeypatch, tmp_path):
    teacher = cast.user("teacher")
    with unit_of_work():
        import_id = begin_import(teacher, "导入.xlsx", parse_sheet(SHEET[:2])).id
    there = set(storage().keys())
    client = client_for("teacher")
    with monkeypatch.context() as none:
        none.setattr(services, "MAX_FILES", 0)
        sent = {"path": "课.txt", "files": (io.BytesIO("课".encode()), "课.txt")}
        client.post(f"/resources/imports/{import_id}/files", data=sent)
    monkeypatch.setattr(services, "MAX_DRAFTS", 1)
    monkeypatch.setattr(views, "take_in_bundle", lambda *_: pytest.fail("a ZIP is read although it cannot be kept"))
    bundle = {"sheet": (io.BytesIO(b"PK"), "资料.zip")}
    assert client.post("/resources/imports", data=bundle).status_code == 422
    unpacked = tmp_path / "0"
    unpacked.write_text("课", "utf-8")
    with pytest.raises(NotFoundError):
        _take(unpacked, "课.txt", import_id + 1)
    assert set(storage().keys()) == there


def test_over_http_a_zip_with_its_sheet_becomes_a_report_and_a_bad_sheet_says_why(client_for, app, work, monkeypatch):
    client = client_for("teacher")
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr(
            "包/导入.xlsx", xlsx_bytes([HEADS, ["课一.docx", "@SUM(1)", "教学设计"], ["坏.docx", "坏", "课件"]])
        )
        archive.writestr("包/课一.docx", docx_bytes("包里的课"))
        archive.writestr("包/坏.docx", b"not a word file")
        archive.writestr("AA/BBCC.txt", "二课")
        archive.writestr("__MACOSX/包/._课一.docx", b"x")
    # A name as Chinese Windows writes it: GBK, and nothing that says so.
    data = bundle.getvalue().replace(b"AA/BBCC.txt", "包/课二.txt".encode("gbk"))
    answer = client.post("/resources/imports", data={"sheet": (io.BytesIO(data), "资料.zip")})
    where = answer.headers["Location"]
    assert "正在拆开压缩包" in client.get(where).text
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("the worker unpacks a stranger's ZIP itself"))
    work()
    monkeypatch.undo()
    page = client.get(where).text
    assert "包/课二.txt" in page
    assert "确认导入 1 份" in page
    assert "文件夹里没有“坏.docx”" in page
    assert "压缩包里没有收下的文件" in page
    assert '包/坏.docx</p><p class="item-meta">文件内容和扩展名 .docx 对不上' in page
    assert "没有这样的行" in client.get(where + "?only=same").text
    client.post(where + "/confirmation")
    assert client.post(where + "/confirmation").status_code == 409
    page = client.get(where).text
    assert "导入结果" in page
    with app.app_context():
        resource = db.session.query(Resource).one()
        assert resource.title == "@SUM(1)"
        assert f"/resources/{resource.id}" in page
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(where + "/report.xlsx").data)).active
    assert [[cell.value for cell in row][1:4] for row in sheet.iter_rows(min_row=3, max_row=4)] == [
        ["课一.docx", "@SUM(1)", "已导入"], ["坏.docx", "坏", "缺文件"],
    ]  # fmt: skip
    assert sheet["C3"].data_type == "s"
    for name, data, words in (
        ("名单.xlsx", xlsx_bytes(), "第一行要有列名"),
        ("名单.xls", b"x", "另存为 .xlsx"),
        ("坏的.xlsx", b"PK\x03\x04", "打不开这个文件"),
        ("空的.xlsx", xlsx_bytes([HEADS]), "还没有填资源"),
    ):
        refused = client.post("/resources/imports", data={"sheet": (io.BytesIO(data), name)})
        assert refused.status_code == 422
        assert words in refused.text
    template = openpyxl.load_workbook(io.BytesIO(client.get("/resources/imports/template.xlsx").data))
    assert [cell.value for cell in template.active[1]][:3] == ["文件名*", "标题", "类型"]


def test_five_hundred_rows_are_read_and_more_are_refused(ctx, cast, monkeypatch):
    rows = [["文件名", "类型"], *([f"课{n}.docx", "课件"] for n in range(MAX_ROWS))]
    with pytest.raises(InvalidError, match="最多导入 500 行"):
        parse_sheet([*rows, ["多.docx", "课件"]])
    assert tidy_path("..\\a//b\u202e/ 课 件.docx") == "a/b/课 件.docx"
    with unit_of_work():
        found = begin_import(cast.user("teacher"), "大.xlsx", parse_sheet(rows))
    with monkeypatch.context() as quick:
        quick.setattr(difflib, "get_close_matches", lambda *_: pytest.fail("a hint for a line that nobody looks at"))
        outlook = outlook_of(viewer_of(cast.user("teacher")), set(), db.session.get(ResourceImport, found.id))
    assert outlook.counts["missing"] == MAX_ROWS
