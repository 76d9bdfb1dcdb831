"""What the worker reads out of files: text for search, previews for the page, both harmless."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.support.documents import (
    docx_bytes,
    image_bytes,
    mp4_bytes,
    pdf_bytes,
    pptx_bytes,
    wav_bytes,
    xlsx_bytes,
    zip_bytes,
)
from tests.support.resources import make_resource
from yanxiu.core.db import db
from yanxiu.core.live import current_seq
from yanxiu.resources.indexing import SOURCES
from yanxiu.resources.models import PreviewImage, Resource, ResourceContent
from yanxiu.resources.subscribers import JOBS

SOURCE = SOURCES[0]


def docx_with_link(address: str) -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph()
    relation = document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link, run, text = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
    link.set(qn("r:id"), relation)
    text.text = "点我<script>alert(1)</script>"
    run.append(text)
    link.append(run)
    paragraph._p.append(link)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


CASES = {
    "教案.docx": (lambda: docx_bytes("火攻借箭"), "html", "火攻借箭"),
    "课件.pptx": (lambda: pptx_bytes("借箭", "人物"), "slides", "理清顺序"),
    "成绩.xlsx": (lambda: xlsx_bytes([["姓名", "得分"], ["小明", 92]]), "sheets", "小明"),
    "通知.pdf": (lambda: pdf_bytes("Borrowing arrows", pages=3), "pages", "Borrowing arrows"),
    "说明.txt": (lambda: "教学反思\n<b>不是标签</b>".encode("gb18030"), "text", "教学反思"),
    "资料.zip": (zip_bytes, "archive", "教案/一.txt"),
    "图.png": (image_bytes, "pages", ""),
    "朗读.wav": (wav_bytes, "media", ""),
    "实录.mp4": (mp4_bytes, "media", ""),
}


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(CASES))
def test_each_kind_gets_its_preview_and_its_text(app, cast, client_for, work, name):
    make, kind, words = CASES[name]
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), name=name, data=make()).id
    client = client_for("colleague")
    waiting = client.get(f"/resources/{resource_id}/preview")
    work()
    ready = client.get(f"/resources/{resource_id}/preview")
    assert int(ready.headers["X-Seq"]) > int(waiting.headers["X-Seq"])
    assert "正在准备预览" not in ready.get_data(as_text=True)
    assert client.get(f"/resources/{resource_id}").status_code == 200
    with app.app_context():
        content = db.session.query(ResourceContent).one()
        assert (content.preview_kind, content.message) == (kind, "")
        assert words in content.text
        assert [document.attachment for document in SOURCE.load([resource_id])] == [content.text]


@pytest.mark.once
@pytest.mark.parametrize(("codec", "plays"), [("libx264", True), ("libx265", False), ("mpeg4", False)])
def test_a_film_that_browsers_may_not_show_says_so(app, cast, client_for, work, codec, plays):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), name="实录.mp4", data=mp4_bytes(codec=codec)).id
    work()
    page = client_for("colleague").get(f"/resources/{resource_id}").get_data(as_text=True)
    assert "<video" in page
    assert ("此格式浏览器可能放不出，请下载观看" in page) is not plays


def test_pages_of_a_pdf_become_pictures_that_are_served_inline(app, cast, client_for, work):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), name="通知.pdf", data=pdf_bytes(pages=3)).id
    work()
    with app.app_context():
        images = db.session.query(PreviewImage).order_by(PreviewImage.number).all()
        assert [image.number for image in images] == [1, 2, 3]
        address = f"/resources/{resource_id}/files/{images[0].file_id}/images/1"
    picture = client_for("colleague").get(address)
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.data.startswith(b"\xff\xd8")
    assert client_for("stranger").get(address).status_code == 404


@pytest.mark.once
@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "file:///etc/passwd"]
)
def test_links_in_a_document_cannot_run(app, cast, client_for, work, address):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), data=docx_with_link(address)).id
    work()
    page = client_for("colleague").get(f"/resources/{resource_id}/preview").get_data(as_text=True)
    assert "点我" in page
    assert address.split(":")[0] + ":" not in page
    assert "<script" not in page


@pytest.mark.once
def test_text_in_sheets_slides_and_names_is_shown_as_text(app, cast, client_for, work):
    hostile = "<img src=x onerror=alert(1)>"
    made = {
        "成绩.xlsx": xlsx_bytes([[hostile, "=1+1"]]),
        "课件.pptx": pptx_bytes(hostile),
        "说明.txt": hostile.encode(),
        "资料.zip": zip_bytes({f"{hostile}.txt": b""}),
    }
    with app.app_context():
        ids = [make_resource(cast.user("teacher"), hostile, name=name, data=data).id for name, data in made.items()]
    work()
    for resource_id in ids:
        page = client_for("colleague").get(f"/resources/{resource_id}").get_data(as_text=True)
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_job_that_runs_twice_leaves_one_preview(app, cast, work):
    with app.app_context():
        resource = make_resource(cast.user("teacher"), name="通知.pdf", data=pdf_bytes(pages=2))
        file_id = resource.files[0].id
    work()
    with app.app_context():
        for kind in ("resources.extract_text", "resources.make_preview"):
            JOBS[kind]({"file_id": file_id}, None)
        assert db.session.query(PreviewImage).count() == 2
        assert db.session.query(ResourceContent).count() == 1


def test_jobs_of_a_version_that_is_gone_end_quietly(ctx):
    for kind in ("resources.extract_text", "resources.make_preview"):
        JOBS[kind]({"file_id": 999_999}, None)
    JOBS["resources.drop_upload"]({"upload_id": 999_999}, None)


def test_a_file_that_turns_out_broken_says_so_and_stays_downloadable(app, cast, client_for, work):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), data=b"PK broken").id
    work()
    client = client_for("colleague")
    assert "预览没有做出来" in client.get(f"/resources/{resource_id}").get_data(as_text=True)
    assert client.get(f"/resources/{resource_id}/download").status_code == 200


def test_the_index_knows_exactly_who_may_see(ctx, cast):
    made = {
        kind: make_resource(cast.user("teacher"), kind, visibility=kind)
        for kind in ("public", "county", "school", "private")
    }
    acl = {document.title: document.acl for document in SOURCE.load([thing.id for thing in made.values()])}
    teacher = cast.viewer("teacher")
    assert acl["public"] == {"pub", f"u{teacher.user_id}"}
    assert acl["county"] == {f"c{teacher.county_id}", f"u{teacher.user_id}"}
    assert {f"s{teacher.school_id}", f"u{teacher.user_id}"} < acl["school"]
    assert acl["private"] == {f"u{teacher.user_id}"}


def test_loading_for_the_index_takes_a_constant_number_of_queries(app, cast, count_queries):
    with app.app_context():
        ids = [make_resource(cast.user("teacher"), f"第{n}份", data=b"x").id for n in range(12)]
        db.session.remove()
        with count_queries() as few:
            SOURCE.load(ids[:2])
        with count_queries() as many:
            assert len(list(SOURCE.load(ids))) == 12
    assert many.count == few.count
    with app.app_context():
        assert list(SOURCE.all_ids()) == sorted(ids)


def test_waiting_pages_hear_of_the_preview(app, cast, work):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
        before = current_seq(f"resource:{resource_id}")
    work()
    with app.app_context():
        assert current_seq(f"resource:{resource_id}") > before
        assert db.session.get(Resource, resource_id).current_file.state == "ready"
