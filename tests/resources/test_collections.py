"""Collections: an order somebody gave, on a page that shows nobody more than they may see."""

from __future__ import annotations

import itertools
from io import BytesIO

import pytest

from tests.support.documents import image_bytes
from tests.support.resources import make_resource
from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.covers import SIZE, banner
from yanxiu.resources.models import CollectionItem, ResourceCollection
from yanxiu.resources.permissions import can_view_collection
from yanxiu.resources.queries import collections as queries
from yanxiu.resources.queries.collections import collections_page, items_of, resources_in, sizes_of
from yanxiu.resources.services.collections import (
    create_collection,
    place_in_collection,
    put_in_collection,
    remove_collection,
    take_from_collection,
)


def test_the_order_is_kept_and_nobody_sees_more_than_they_may(ctx, cast, monkeypatch):
    teacher = cast.user("teacher")
    resources = [make_resource(teacher, title) for title in "甲乙丙"]
    hidden = make_resource(teacher, "自己的", visibility="private")
    with unit_of_work():
        package = create_collection(teacher, "备课包")
        for resource in (resources[0], hidden, resources[1], resources[2]):
            assert put_in_collection(teacher, package, resource)
        assert not put_in_collection(teacher, package, hidden)

    def titles(key):
        return "".join(thing.title for thing in resources_in(cast.viewer(key), (), package.id))

    assert (titles("teacher"), titles("colleague")) == ("甲自己的乙丙", "甲乙丙")
    assert sizes_of(cast.viewer("colleague"), (), [package.id]) == {package.id: 3}
    assert sizes_of(cast.viewer("stranger"), (), [package.id]) == {}
    with unit_of_work():
        place_in_collection(teacher, package, resources[2].id, resources[0].id)
        place_in_collection(teacher, package, resources[0].id, None)
    assert titles("colleague") == "丙乙甲"
    with pytest.raises(NotFoundError), unit_of_work():
        place_in_collection(teacher, package, 999, None)
    with unit_of_work():
        take_from_collection(teacher, package, hidden.id)
    assert [item.position for item in items_of(package.id)] == [0, 1, 2]
    monkeypatch.setattr("yanxiu.resources.services.collections.LARGEST", 3)
    with pytest.raises(InvalidError), unit_of_work():
        put_in_collection(teacher, package, hidden)
    assert queries.LARGEST == 200


def test_the_list_and_the_predicate_agree_for_everybody(ctx, cast):
    with unit_of_work():
        made = [
            create_collection(cast.user(owner), f"{owner} {visibility}", visibility=visibility)
            for owner, visibility in itertools.product(
                ("teacher", "villager", "stranger"), ("public", "county", "school", "private")
            )
        ]
        remove_collection(cast.user("teacher"), made[0])
    for viewer in [ANONYMOUS, *(cast.viewer(key) for key in cast.people)]:
        listed = {one.id for one in collections_page(viewer).items}
        assert listed == {one.id for one in made[1:] if can_view_collection(viewer, one)}, viewer.name


def test_a_collection_is_made_filled_ordered_and_given_a_cover(client_for, app, cast):
    with app.app_context():
        first, second = (make_resource(cast.user("teacher"), title).id for title in ("第一份", "第二份"))
    client = client_for("teacher")
    assert client.post("/collections/new", data={"title": "", "visibility": "county"}).status_code == 422
    form = {"title": "备课包", "introduction": "先看教案\n再看课件", "visibility": "county"}
    address = client.post("/collections/new", data=form).headers["Location"]
    for resource_id in (first, second):
        client.post(f"/resources/{resource_id}/collections", data={"collection_id": address.rsplit("/", 1)[-1]})
    assert client.post(f"/resources/{first}/collections", data={"title": " "}).status_code == 422
    client.post(f"{address}/items/{second}/position", data={"step": "up"})
    client.post(f"{address}/items/{second}/position", data={"step": "up"})
    page = client_for("colleague").get(address).get_data(as_text=True)
    assert page.index("第二份") < page.index("第一份")
    assert "<p>再看课件</p>" in page
    client.post(f"{address}/items/{second}/position", data={"step": "down"})
    refused = client.post(f"{address}/edit", data={**form, "cover": (BytesIO(b"no picture"), "封.png")})
    assert refused.status_code == 422
    assert "打不开" in refused.get_data(as_text=True)
    for _ in range(2):
        client.post(f"{address}/edit", data={**form, "cover": (BytesIO(image_bytes()), "封.png")})
    assert client_for("colleague").get(f"{address}/cover").mimetype == "image/jpeg"
    shown = client_for("colleague").get(f"/resources/{first}").get_data(as_text=True)
    assert "备课包" in shown
    with app.app_context():
        covers = db.session.query(StoredFile).filter_by(name="cover.jpg").all()
        assert len(covers) == 1, "the old cover is gone"
        with storage().open(covers[0].key) as file:
            assert file.read(2) == b"\xff\xd8"
        order = [item.resource_id for item in items_of(db.session.query(ResourceCollection).one().id)]
        assert order == [first, second]
        assert db.session.query(CollectionItem).count() == 2


def test_a_cover_is_a_wide_jpeg_whatever_was_sent():
    from PIL import Image

    made = Image.open(BytesIO(banner(BytesIO(image_bytes()))))
    assert (made.size, made.format) == (SIZE, "JPEG")


def test_lists_ask_the_same_however_much_there_is(client_for, app, cast, count_queries):
    def fill(number):
        with app.app_context(), unit_of_work():
            package = create_collection(cast.user("leader"), f"包{number}")
            put_in_collection(cast.user("leader"), package, make_resource(cast.user("teacher"), f"第{number}份"))
            return package.id

    client, one = client_for("teacher"), fill(1)
    client.get("/collections")
    with count_queries() as few:
        client.get("/collections")
    for number in range(2, 8):
        fill(number)
    with count_queries() as many:
        client.get("/collections")
    assert few.count == many.count
    assert client.get(f"/collections/{one}").status_code == 200
