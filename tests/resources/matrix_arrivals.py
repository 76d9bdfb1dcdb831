"""Who may send files to the library in portions: everybody who is signed in, and nobody sees another's."""

from flask import current_app

from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from yanxiu.resources.unfinished import open_store

TUS = {"Tus-Resumable": "1.0.0"}
UPLOAD = "/uploads/resources/{upload}"


def build(cast: Cast) -> dict[str, object]:
    store = open_store(current_app.config["YANXIU"])
    metadata = {"filename": "教案.txt", "modified": "1"}
    return {"upload": store.create(cast.user("teacher").id, 0, 10, metadata, 1.0e9 + 4e9).id}


ROUTES = {
    ("POST", "resource_uploads.create"): Row(
        "/uploads/resources",
        signed_in(201),
        headers={**TUS, "Upload-Length": "10", "Upload-Metadata": "filename YS50eHQ="},
        builds_files=True,
    ),
    ("GET", "resource_uploads.status"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=200), headers=TUS, builds_files=True
    ),
    ("PATCH", "resource_uploads.patch"): Row(
        UPLOAD,
        expect(404, anonymous=302, teacher=415),
        headers={**TUS, "Upload-Offset": "0"},
        builds_files=True,
    ),
    ("DELETE", "resource_uploads.terminate"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=204), headers=TUS, builds_files=True
    ),
    ("POST", "resources.take"): Row(
        "/resources/arrivals/{upload}", expect(404, anonymous=302, teacher=409), data={}, builds_files=True
    ),
}
