"""Who may send newer versions of a resource in portions: who may edit it, and nobody sees another's."""

from flask import current_app

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.resources import make_resource
from tests.support.tus import meta
from yanxiu.resources.unfinished import open_version_store

TUS = {"Tus-Resumable": "1.0.0"}
UPLOAD = "/uploads/versions/{newer}"


def build(cast: Cast) -> dict[str, object]:
    made = make_resource(cast.user("teacher"), visibility="private")
    store = open_version_store(current_app.config["YANXIU"])
    metadata = {"filename": "教案.txt", "modified": "1"}
    return {"newer": store.create(cast.user("teacher").id, made.id, 10, metadata, 1.0e9 + 4e9).id}


ROUTES = {
    # Without the resource it is for there is nothing to add to; tests/resources/test_version_arrivals.py has the rest.
    ("POST", "version_uploads.create"): Row(
        "/uploads/versions",
        expect(404, anonymous=302),
        headers={**TUS, "Upload-Length": "10", "Upload-Metadata": meta(filename="a.txt")},
        builds_files=True,
    ),
    ("GET", "version_uploads.status"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=200), headers=TUS, builds_files=True
    ),
    ("PATCH", "version_uploads.patch"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=415), headers={**TUS, "Upload-Offset": "0"}, builds_files=True
    ),
    ("DELETE", "version_uploads.terminate"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=204), headers=TUS, builds_files=True
    ),
    ("POST", "resources.take_version_file"): Row(
        "/resources/versions/arrivals/{newer}", expect(404, anonymous=302, teacher=409), data={}, builds_files=True
    ),
}
