"""Who may bring many resources at once: everybody who is signed in, and an import is its owner's alone."""

from tests.support.cast import Cast
from tests.support.documents import docx_bytes, xlsx_bytes
from tests.support.matrix import Row, expect, signed_in
from tests.support.resources import checked_file
from yanxiu.accounts.queries import viewer_of
from yanxiu.resources.import_sheet import parse_sheet
from yanxiu.resources.queries.imports import outlook_of
from yanxiu.resources.services.imports import add_file, begin_import, confirm_import, publish_next_rows

HEADS = ["文件名", "标题", "类型"]
SHEET = [HEADS, ["草船借箭.docx", "借箭", "教学设计"], ["没有的.docx", "没有", "课件"]]
XLSX = {"sheet": (xlsx_bytes([list(row) for row in SHEET]), "导入.xlsx")}


def build(cast: Cast) -> dict[str, object]:
    teacher = cast.user("teacher")
    draft, done = (begin_import(teacher, f"{name}.xlsx", parse_sheet(SHEET)) for name in ("新的", "旧的"))
    for found, text in ((draft, "新的"), (done, "旧的")):
        add_file(teacher, found, checked_file(data=docx_bytes(text)), "资料/草船借箭.docx")
    confirm_import(teacher, done, outlook_of(viewer_of(teacher), set(), done))
    while publish_next_rows(done.id):
        pass
    return {"draft": draft.id, "done": done.id}


READ = expect(404, anonymous=302, teacher=200)
WRITE = expect(404, anonymous=302, teacher=302)
ROUTES = {
    ("GET", "resources.imports"): Row("/resources/imports", signed_in()),
    ("GET", "resources.import_template"): Row("/resources/imports/template.xlsx", signed_in()),
    ("POST", "resources.begin"): Row("/resources/imports", signed_in(302), data={}, files=XLSX),
    ("GET", "resources.import_page"): Row("/resources/imports/{draft}", READ),
    ("GET", "resources.import_progress"): Row("/resources/imports/{draft}/progress", READ),
    ("GET", "resources.import_report"): Row("/resources/imports/{done}/report.xlsx", READ),
    ("POST", "resources.import_files"): Row(
        "/resources/imports/{draft}/files",
        WRITE,
        data={"path": "资料/课.docx"},
        files={"files": (docx_bytes(), "课.docx")},
    ),
    ("POST", "resources.import_sheet"): Row("/resources/imports/{draft}/sheet", WRITE, data={}, files=XLSX),
    ("POST", "resources.confirm_resources"): Row("/resources/imports/{draft}/confirmation", WRITE, data={}),
    ("POST", "resources.undo_resources"): Row("/resources/imports/{done}/undoing", WRITE, data={}),
    ("POST", "resources.drop_resources"): Row("/resources/imports/{draft}/removal", WRITE, data={}),
}
