"""Who sees and changes a collection: like a resource of its owner `teacher`, shared with the county."""

import io

from tests.support.cast import Cast
from tests.support.documents import image_bytes
from tests.support.matrix import Row, everyone, expect, signed_in
from tests.support.resources import make_resource
from yanxiu.core.storage import receive_file
from yanxiu.resources.covers import MIME, banner
from yanxiu.resources.services.collections import (
    create_collection,
    put_in_collection,
    remove_collection,
    update_collection,
)


def build(cast: Cast) -> dict[str, object]:
    teacher = cast.user("teacher")
    package, gone = create_collection(teacher, "备课包"), create_collection(teacher, "删掉的")
    first, second = make_resource(teacher), make_resource(teacher, "第二份")
    for resource in (first, second):
        put_in_collection(teacher, package, resource)
    looked_at = create_collection(
        teacher, "有封面的"
    )  # whose picture no row replaces: a file does not come back with the rows
    for each in (package, looked_at):
        picture = receive_file(io.BytesIO(banner(io.BytesIO(image_bytes()))), "cover.jpg", MIME)
        said = {"title": each.title, "introduction": "怎么用", "visibility": "county"}
        update_collection(teacher, each, **said, cover=picture)
    remove_collection(teacher, gone)
    ids = {"package": package.id, "looked_at": looked_at.id, "gone": gone.id}
    return {**ids, "first": first.id, "second": second.id}


COUNTY = expect(200, anonymous=404, stranger=404)
NOT_MINE = dict.fromkeys(("leader", "colleague", "villager", "outsider", "researcher"), 403)
EDITS = expect(302, stranger=404, **NOT_MINE)
FORM = {"title": "新名称", "introduction": "先看教案", "visibility": "county"}

ROUTES = {
    ("GET", "resources.collections"): Row("/collections", everyone()),
    ("GET", "resources.collection"): Row("/collections/{package}", COUNTY),
    ("GET", "resources.collection_cover"): Row("/collections/{looked_at}/cover", COUNTY),
    ("GET", "resources.new_collection"): Row("/collections/new", signed_in()),
    ("POST", "resources.new_collection"): Row("/collections/new", expect(302), data=FORM),
    ("GET", "resources.edit_collection"): Row(
        "/collections/{package}/edit", expect(200, anonymous=302, stranger=404, **NOT_MINE)
    ),
    ("POST", "resources.edit_collection"): Row(
        "/collections/{package}/edit", EDITS, data=FORM, files={"cover": (image_bytes(), "封面.png")}
    ),
    ("POST", "resources.collect"): Row(
        "/resources/{first}/collections", expect(302, stranger=404), data={"title": "我的包"}
    ),
    ("POST", "resources.uncollect"): Row("/collections/{package}/items/{first}/removal", EDITS, data={}),
    ("POST", "resources.order_collection"): Row(
        "/collections/{package}/items/{first}/position", EDITS, data={"step": "down"}
    ),
    ("POST", "resources.delete_collection"): Row("/collections/{package}/removal", EDITS, data={}),
    ("POST", "resources.undelete_collection"): Row(
        "/collections/{gone}/restoration",
        expect(404, anonymous=302, teacher=302, principal=302, admin=302),
        data={},
    ),
}
