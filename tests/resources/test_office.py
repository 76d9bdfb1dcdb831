"""Office files by LibreOffice: what it is given, what becomes of what it gives, and what happens when it gives nothing."""

import io
import resource
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as KIND
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.support.documents import docx_bytes, image_bytes, pdf_bytes, pptx_bytes, xlsx_bytes
from tests.support.eventually import eventually
from tests.support.resources import make_resource
from yanxiu.core import office
from yanxiu.core.confined import confined
from yanxiu.core.db import db
from yanxiu.resources.models import ResourceContent
from yanxiu.resources.preview.rendering import previewed

pytestmark = pytest.mark.once

STAND_IN = """#!/bin/sh
# Called as LibreOffice is: … --convert-to KIND --outdir FOLDER FILE
for file; do :; done
while [ "$1" != --convert-to ]; do shift; done
cp "$file" {here}/given
{act}
stem="${{file##*/}}"
cp {here}/made."$2" "$4/${{stem%.*}}.$2"
"""


@pytest.fixture
def stand_in(tmp_path):
    """A program in the place of LibreOffice; called with the shell commands it does before it writes."""

    def install(act=""):
        program = tmp_path / "soffice"
        program.write_text(STAND_IN.format(here=tmp_path, act=act))
        program.chmod(0o755)
        (tmp_path / "made.pdf").write_bytes(pdf_bytes(pages=2))
        (tmp_path / "made.xlsx").write_bytes(xlsx_bytes([["旧表", "一行"]]))
        office.use_office(str(program))
        return tmp_path

    yield install
    office.use_office(office.OFF)


def kind_of(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with previewed(path, path.suffix) as (result, folder):
        assert all((folder / image).stat().st_size for image in result.get("images", []))
        return result["kind"], result.get("data")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("教案.docx", docx_bytes("火攻借箭"), "pages"),
        ("课件.pptx", pptx_bytes("借箭"), "pages"),
        ("旧.doc", b"old", "pages"),
        ("旧.ppt", b"old", "pages"),
        ("旧.xls", b"old", "sheets"),
        ("新.xlsx", xlsx_bytes(), "sheets"),
    ],
)
def test_what_is_printed_is_shown_as_pages_and_tables_stay_tables(stand_in, tmp_path, name, data, kind):
    stand_in()
    assert kind_of(tmp_path, name, data)[0] == kind


def test_without_it_or_when_it_fails_ours_is_shown(stand_in, tmp_path, monkeypatch):
    stand_in("exit 3")
    assert kind_of(tmp_path, "教案.docx", docx_bytes())[0] == "html"
    assert kind_of(tmp_path, "旧.doc", b"old")[0] == "none"
    office.use_office("/nowhere/soffice")
    assert kind_of(tmp_path, "课件.pptx", pptx_bytes())[0] == "slides"
    monkeypatch.setattr(office, "WALL_S", 2)
    here = stand_in(f"sleep 600 & echo $! > {tmp_path}/sleeper; wait")
    assert kind_of(tmp_path, "教案.docx", docx_bytes())[0] == "html"
    sleeper = Path("/proc", (here / "sleeper").read_text().strip(), "stat")
    eventually(lambda: not sleeper.exists() or sleeper.read_text().split()[2] == "Z")


def linked_document(address):
    """A document that would fetch a picture, a template and a text from elsewhere, and has a link for people."""
    document = docx.Document()
    document.add_paragraph("正文")
    document.add_picture(io.BytesIO(image_bytes()))
    blip = next(document.element.iter(qn("a:blip")))
    del blip.attrib[qn("r:embed")]
    blip.set(qn("r:link"), document.part.relate_to(f"{address}/linked.png", KIND.IMAGE, is_external=True))
    document.part.relate_to(f"{address}/page", KIND.HYPERLINK, is_external=True)
    kinds = KIND.HYPERLINK.rpartition("/")[0]
    document.part.relate_to(f"{address}/chunk.html", f"{kinds}/aFChunk", is_external=True)
    document.part.relate_to(f"{address}/frame.docx", f"{kinds}/subDocument", is_external=True)
    for instruction in (f' INCLUDETEXT "{address}/text" ', " PAGE ", "INCL", 'UDETEXT "/etc/passwd"'):
        field = OxmlElement("w:instrText")
        field.text = instruction
        document.add_paragraph().add_run()._r.append(field)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_it_is_given_a_copy_that_reaches_for_nothing(stand_in, tmp_path):
    here = stand_in()
    assert kind_of(tmp_path, "教案.docx", linked_document("http://elsewhere.test"))[0] == "pages"
    with zipfile.ZipFile(here / "given") as given:
        parts = {name: given.read(name).decode("utf-8", "replace") for name in given.namelist()}
    links = [name for name, text in parts.items() if "elsewhere.test" in text]
    assert links == ["word/_rels/document.xml.rels"]
    assert parts[links[0]].count("elsewhere.test") == 1
    assert "elsewhere.test/page" in parts[links[0]]
    text = parts["word/document.xml"]
    assert "正文" in text
    assert " PAGE " in text
    assert "UDETEXT" not in text
    with zipfile.ZipFile(io.BytesIO(linked_document("http://elsewhere.test"))) as bare:
        parts = {name: bare.read(name) for name in bare.namelist()}
    with zipfile.ZipFile(tmp_path / "moved.docx", "w") as moved:
        for name, data in (*parts.items(), ("x/document.xml", parts["word/document.xml"])):
            moved.writestr(name, data)
    assert kind_of(tmp_path, "moved.docx", (tmp_path / "moved.docx").read_bytes())[0] == "pages"
    with zipfile.ZipFile(here / "given") as given:
        assert b"UDETEXT" not in given.read("x/document.xml")


def test_a_program_that_is_not_ours_is_held_within_limits():
    limits = {"cpu_s": 7, "memory_bytes": 900 * 1024**2, "file_bytes": 5_000_000}
    done = subprocess.run(
        confined(["sh", "-c", "ulimit -t; ulimit -v; ulimit -c"], **limits), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["7", str(900 * 1024), "0"]
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] != 7


def test_slides_show_their_pictures_where_nothing_can_print_them(app, cast, client_for, work):
    import pptx

    deck = pptx.Presentation(io.BytesIO(pptx_bytes("借箭", "人物")))
    slide = deck.slides[1]
    slide.shapes.add_picture(io.BytesIO(image_bytes()), 0, 0)
    slide.shapes.add_group_shape().shapes.add_picture(io.BytesIO(image_bytes()), 0, 0)
    out = io.BytesIO()
    deck.save(out)
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), name="课件.pptx", data=out.getvalue()).id
    work()
    with app.app_context():
        slides = db.session.query(ResourceContent).one().preview_data["slides"]
    assert [slide["images"] for slide in slides] == [[], [1, 2]]
    client = client_for("colleague")
    page = client.get(f"/resources/{resource_id}").text
    assert page.count('class="preview-slide-image"') == 2
    address = page.split('class="preview-slide-image" src="')[1].split('"')[0]
    assert client.get(address).headers["Content-Type"].startswith("image/")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_real_program_prints_without_asking_the_net(tmp_path):
    office.use_office("")
    try:
        kind, data = kind_of(tmp_path, "教案.docx", linked_document("http://127.0.0.1:9"))
    finally:
        office.use_office(office.OFF)
    assert (kind, data) == ("pages", {"total": 1})
