"""Who may send files of an import in portions: its owner alone, and everybody who is signed in a ZIP of their own."""

from flask import current_app

from tests.resources.matrix_imports import SHEET
from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from tests.support.tus import meta
from yanxiu.resources.import_sheet import parse_sheet
from yanxiu.resources.services.imports import begin_import
from yanxiu.resources.unfinished import open_import_store

TUS = {"Tus-Resumable": "1.0.0"}
UPLOAD = "/uploads/imports/{arrival}"


def build(cast: Cast) -> dict[str, object]:
    found = begin_import(cast.user("teacher"), "分批.xlsx", parse_sheet(SHEET))
    store = open_import_store(current_app.config["YANXIU"])
    metadata = {"filename": "教案.txt", "import": str(found.id)}
    return {"arrival": store.create(cast.user("teacher").id, found.id, 10, metadata, 1.0e9 + 4e9).id}


ROUTES = {
    ("POST", "import_uploads.create"): Row(
        "/uploads/imports",
        signed_in(201),
        headers={**TUS, "Upload-Length": "10", "Upload-Metadata": meta(filename="a.zip")},
        builds_files=True,
    ),
    ("GET", "import_uploads.status"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=200), headers=TUS, builds_files=True
    ),
    ("PATCH", "import_uploads.patch"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=415), headers={**TUS, "Upload-Offset": "0"}, builds_files=True
    ),
    ("DELETE", "import_uploads.terminate"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=204), headers=TUS, builds_files=True
    ),
    ("POST", "resources.take_import"): Row(
        "/resources/imports/arrivals/{arrival}", expect(404, anonymous=302, teacher=409), data={}, builds_files=True
    ),
}
