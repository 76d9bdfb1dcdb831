"""What is in the library twice: the same file is named while it is uploaded, nearly the same text once it is read."""

from __future__ import annotations

from io import BytesIO

from tests.support.documents import docx_bytes
from tests.support.resources import checked_file, make_resource
from yanxiu.core.db import db
from yanxiu.core.signatures import band_keys
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.models import Resource, ResourceBand
from yanxiu.resources.queries.likeness import near_resource, nearest_file, same_files
from yanxiu.resources.services import add_version, note_text, remove_resource

TEXT = "".join(
    f"第{n}步，请同桌两个人轮流说说自己是怎么想的，再把{word}写在学习单上，老师巡视时记下{n}个不同的想法。"
    for n, word in enumerate("起因经过结果语气动作神态心理场面人物道理", start=1)
)
OTHER = "长方体的体积等于长乘宽乘高。先数一数每排摆几个小正方体，再数有几排、几层，最后列出算式，说说每一步算的是什么，为什么这样算。"


def read(resource: Resource, text: str) -> None:
    """What the worker does once it has read a file."""
    file, keys = resource.files[0], band_keys(text)
    near = nearest_file(file, text, keys)
    db.session.rollback()
    with unit_of_work():
        note_text(db.session.merge(file), text, keys, near)


def test_the_same_file_is_named_on_its_card_to_those_who_may_see_it(client_for, app, cast):
    data = docx_bytes("火攻借箭，神机妙算。")
    with app.app_context():
        make_resource(cast.user("leader"), "早就有的教案", data=data)
        make_resource(cast.user("leader"), "自己留着的", data=data, visibility="private")
    page = client_for("teacher").post(
        "/resources/uploads", data={"files": [(BytesIO(data), "又一份.docx")]}, follow_redirects=True
    )
    said = page.get_data(as_text=True)
    assert "资源库里已经有这个文件" in said
    assert "早就有的教案" in said
    assert "自己留着的" not in said
    away = client_for("stranger").post(
        "/resources/uploads", data={"files": [(BytesIO(data), "又一份.docx")]}, follow_redirects=True
    )
    assert "资源库里已经有" not in away.get_data(as_text=True)


def test_nearly_the_same_text_is_told_to_its_author_and_to_reviewers(client_for, app, cast, ctx):
    early = make_resource(cast.user("leader"), "早的", data=b"1")
    read(early, TEXT)
    hidden = make_resource(cast.user("leader"), "只有自己看", data=b"2", visibility="private")
    late = make_resource(cast.user("teacher"), "晚的", data=b"3")
    read(late, TEXT.replace("学习单", "作业本"))
    far = make_resource(cast.user("teacher"), "别的", data=b"4")
    read(far, OTHER)
    near = near_resource(cast.viewer("teacher"), (), late.current_file_id)
    assert near is not None
    assert near[0].id == early.id
    assert 60 <= near[1] < 100
    assert near_resource(cast.viewer("teacher"), (), far.current_file_id) is None
    assert near_resource(cast.viewer("teacher"), (), early.current_file_id) is None, "the earlier one is nobody's copy"
    read(hidden, TEXT)
    again = make_resource(cast.user("teacher"), "第三份", data=b"5")
    read(again, TEXT)
    assert near_resource(cast.viewer("stranger"), (), again.current_file_id) is None
    own = client_for("teacher").get(f"/resources/{late.id}").get_data(as_text=True)
    assert "相同。" in own
    assert "相同。" in client_for("principal").get(f"/resources/reviews?at={late.id}").get_data(as_text=True)
    assert "相同。" not in client_for("villager").get(f"/resources/{late.id}").get_data(as_text=True)


def test_reading_twice_and_newer_versions_leave_one_set_of_bands(ctx, cast):
    early = make_resource(cast.user("leader"), "早的", data=b"1")
    read(early, TEXT)
    count = db.session.query(ResourceBand).count()
    assert count == len(band_keys(TEXT)) > 0
    read(early, TEXT)
    assert db.session.query(ResourceBand).count() == count
    with unit_of_work():
        remove_resource(cast.user("leader"), db.session.get(Resource, early.id))
    late = make_resource(cast.user("teacher"), "晚的", data=b"3")
    read(late, TEXT)
    assert late.current_file.content.near_file_id is None, "what is in the bin is no duplicate"
    with unit_of_work():
        add_version(cast.user("teacher"), db.session.get(Resource, late.id), checked_file("新.docx", b"9"), "")
    assert same_files(cast.viewer("teacher"), (), []) == {}
