"""The life of a resource: it arrives, is described, found, downloaded, improved and taken away."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support.documents import docx_bytes, image_bytes, wav_bytes
from tests.support.resources import checked_file, make_resource, make_upload
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.extraction.guessing import guess_details, tidy_title
from yanxiu.resources.forms import parse_filter
from yanxiu.resources.models import Resource, ResourceUpload
from yanxiu.resources.queries import library_page, related_resources, visible_ids
from yanxiu.resources.services import (
    ResourceDetails,
    add_version,
    count_download,
    remove_resource,
    set_favorite,
    update_resource,
)

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))

DETAILS = {"title": "改过的标题", "kind": "test", "visibility": "county", "license": "county"}


def titles(page) -> list[str]:
    return [resource.title for resource in page.items]


def test_a_list_stands_by_name_page_by_page(ctx, cast, client_for):
    owner, names = cast.user("teacher"), ["第10课", "草船借箭", "第2课", "《桂林山水》", "Unit 3", "草船借箭"]
    made = [make_resource(owner, name).id for name in names]
    with unit_of_work():
        update_resource(owner, db.session.get(Resource, made[0]), ResourceDetails(**{**DETAILS, "title": "曹操"}))
    wanted, found, cursor = parse_filter({"sort": "name"}), [], None
    assert wanted.address == {"sort": "name"}
    while not found or cursor:
        page = library_page(cast.viewer("colleague"), (), wanted, cursor, size=2)
        found, cursor = [*found, *page.items], page.next_cursor
    assert [one.title for one in found] == ["Unit 3", "曹操", "草船借箭", "草船借箭", "第2课", "《桂林山水》"]
    assert [one.id for one in found[2:4]] == [made[1], made[5]]
    book = load_workbook(BytesIO(client_for("teacher").get("/resources.xlsx?sort=name").data))
    assert [row[0].value for row in book.active.iter_rows(min_row=3)] == [one.title for one in found]


def test_two_files_are_uploaded_described_and_published_without_scripts(client_for, app):
    client = client_for("teacher")
    files = [(BytesIO(docx_bytes()), "五年级语文《草船借箭》教案.docx"), (BytesIO(image_bytes()), "板书.png")]
    answer = client.post("/resources/uploads", data={"files": files}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "五年级语文《草船借箭》教案" in page
    assert 'value="草船借箭"' in page
    form = {"upload": ["1", "2"]}
    for number in (1, 2):
        form |= {f"u{number}-{name}": value for name, value in DETAILS.items()}
    assert client.post("/resources", data=form).headers["Location"] == "/resources?mine=uploads"
    with app.app_context():
        assert db.session.query(ResourceUpload).count() == 0
        assert {resource.title for resource in db.session.query(Resource)} == {"改过的标题"}


def test_a_fault_in_one_card_publishes_none_and_loses_nothing(client_for, app, cast):
    with app.app_context():
        first, second = make_upload(cast.user("teacher")), make_upload(cast.user("teacher"), "第二份.docx")
    form = {"upload": [first, second], f"u{second}-title": "", f"u{second}-summary": "写了很久的简介"}
    form |= {f"u{first}-{name}": value for name, value in DETAILS.items()}
    answer = client_for("teacher").post("/resources", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请填写标题" in page
    assert "写了很久的简介" in page
    assert "改过的标题" in page
    with app.app_context():
        assert db.session.query(Resource).count() == 0


def test_a_stranger_to_the_upload_cannot_publish_it(client_for, app, cast):
    with app.app_context():
        upload = make_upload(cast.user("teacher"))
    form = {"upload": upload} | {f"u{upload}-{name}": value for name, value in DETAILS.items()}
    assert client_for("colleague").post("/resources", data=form).status_code == 422


def test_sharing_with_a_workshop_one_is_not_in_is_refused(ctx, cast):
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [])
        inside = workshop.id
    resource = make_resource(cast.user("teacher"))
    for details in (
        ResourceDetails("题", "plan", visibility="workshop", workshop_id=inside),
        ResourceDetails("题", "plan", visibility="workshop"),
    ):
        with pytest.raises(InvalidError), unit_of_work():
            update_resource(cast.user("teacher"), db.session.get(Resource, resource.id), details)


def test_columns_that_are_not_in_the_form_cannot_be_set(client_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
    hostile = {
        "owner_id": cast.colleague.id, "download_count": 999, "favorite_count": 999, "source": "generated",
        "school_id": 1, "county_id": 1, "org_path": "/", "removed_at": "2020-01-01", "current_file_id": 7, "id": 99,
        "seq": 5, "created_at": "2000-01-01",
    }  # fmt: skip
    assert client_for("teacher").post(f"/resources/{resource_id}", data=DETAILS | hostile).status_code == 302
    with app.app_context():
        after = db.session.get(Resource, resource_id)
        assert after.title == "改过的标题"
        assert (after.owner_id, after.download_count, after.favorite_count) == (cast.teacher.id, 0, 0)
        assert (after.source, after.removed_at) == ("upload", None)
        assert after.org_path == db.session.get(type(after.owner.organization), cast.teacher.organization_id).path


@given(
    data=st.dictionaries(
        st.sampled_from([*DETAILS, "grade", "stage", "subject", "year", "workshop_id", "summary", "unit", "author"]),
        st.text(max_size=60) | st.sampled_from(["-1", "0", "99999999999999999999", "\x00", "workshop", "private"]),
    )
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_hostile_descriptions_never_break_the_page(fuzzed, data):
    client, resource_id = fuzzed
    assert client.post(f"/resources/{resource_id}", data=DETAILS | data).status_code in {302, 422}


@pytest.fixture
def fuzzed(client_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
    return client_for("teacher"), resource_id


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "sort=';drop",
        "mine=removed&kind=x",
        "cursor=AAAA",
        "cursor=%00",
        "subject=%F0%9F",
        "grade=" + "一" * 500,
    ],
)
def test_hostile_addresses_open_or_are_refused(client_for, query):
    assert client_for("teacher").get(f"/resources?{query}").status_code in {200, 422}


def test_filters_and_order_live_in_the_address(ctx, cast):
    teacher = cast.user("teacher")
    make_resource(teacher, "语文教案", subject="语文", grade="五年级")
    popular = make_resource(teacher, "数学试题", kind="test", subject="数学", grade="三年级")
    with unit_of_work():
        count_download(cast.user("colleague"), popular.id)
    viewer = cast.viewer("villager")
    assert titles(library_page(viewer, (), parse_filter({"subject": "语文"}))) == ["语文教案"]
    assert titles(library_page(viewer, (), parse_filter({"kind": "test", "grade": "三年级"}))) == ["数学试题"]
    assert titles(library_page(viewer, (), parse_filter({"sort": "popular"}))) == ["数学试题", "语文教案"]
    assert titles(library_page(viewer, (), parse_filter({"mine": "uploads"}))) == []


def test_pages_follow_each_other_without_gaps_or_repeats(ctx, cast):
    for number in range(45):
        make_resource(cast.user("teacher"), f"第{number}份", data=b"x")
    for sort in ("newest", "popular"):
        seen: list[str] = []
        cursor = None
        while True:
            page = library_page(cast.viewer("colleague"), (), parse_filter({"sort": sort}), cursor)
            seen += titles(page)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 45


def test_the_list_takes_the_same_queries_for_two_resources_and_for_twenty(app, cast, client_for, count_queries):
    client = client_for("colleague")
    with app.app_context():
        for number in range(2):
            make_resource(cast.user("teacher"), f"第{number}份", data=b"x", subject="语文")
    client.get("/resources")
    with count_queries() as few:
        client.get("/resources")
    with count_queries() as few_narrowed:
        client.get("/resources?subject=语文")
    with app.app_context():
        for number in range(2, 24):
            make_resource(cast.user(("leader", "villager")[number % 2]), f"第{number}份", data=b"x", subject="语文")
    with count_queries() as many:
        client.get("/resources")
    with count_queries() as many_narrowed:
        client.get("/resources?subject=语文")
    assert many.count == few.count <= 14
    assert many_narrowed.count == few_narrowed.count <= 20


def test_a_person_is_counted_once_a_day(ctx, cast):
    resource = make_resource(cast.user("teacher"))
    day = datetime(2026, 3, 4, 10, tzinfo=UTC)
    for moment in (day, day, day + timedelta(hours=1), day + timedelta(days=1)):
        with clock.frozen(moment), unit_of_work():
            count_download(cast.user("colleague"), resource.id)
    with unit_of_work():
        count_download(cast.user("leader"), resource.id)
    db.session.refresh(resource)
    assert resource.download_count == 3


def test_keeping_twice_is_keeping_once(ctx, cast):
    resource = make_resource(cast.user("teacher"))
    for wanted, expected in ((True, 1), (True, 1), (False, 0), (False, 0)):
        with unit_of_work():
            set_favorite(cast.user("colleague"), db.session.get(Resource, resource.id), wanted)
        assert db.session.get(Resource, resource.id).favorite_count == expected


def test_a_refused_version_brings_the_form_back_with_everything_to_choose_from(client_for, app, cast):
    with app.app_context():
        with unit_of_work():
            workshop_id = make_workshop(cast.user("leader"), [cast.user("teacher")], name="三国备课坊").id
        resource = make_resource(cast.user("teacher"), visibility="workshop", workshop_id=workshop_id)
        url = f"/resources/{resource.id}/files"
    answer = client_for("teacher").post(url, data={"title": "不是这张表的", "note": "没有选文件"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请选择新文件" in page
    assert f'<option selected value="{workshop_id}">三国备课坊</option>' in page
    assert "不是这张表的" not in page


def test_older_versions_stay_and_the_newest_is_the_one_that_is_shown(ctx, cast):
    resource = make_resource(cast.user("teacher"))
    checked = checked_file("第二稿.docx")
    with unit_of_work():
        add_version(cast.user("teacher"), db.session.get(Resource, resource.id), checked, "改了导入")
    db.session.refresh(resource)
    assert [(file.number, file.stored_file.name) for file in resource.files] == [
        (2, "第二稿.docx"),
        (1, "草船借箭.docx"),
    ]
    assert resource.current_file.number == 2


def test_what_is_in_the_bin_is_gone_for_others_and_can_be_fetched_back(client_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), visibility="public").id
    teacher, other = client_for("teacher"), client_for("colleague")
    assert other.get(f"/resources/{resource_id}").status_code == 200
    teacher.post(f"/resources/{resource_id}/removal")
    for path in ("", "/download", "/preview"):
        assert other.get(f"/resources/{resource_id}{path}").status_code == 404
    assert "撤销删除" in teacher.get(f"/resources/{resource_id}").get_data(as_text=True)
    still_open = teacher.get(f"/resources/{resource_id}/preview?since=0")
    assert (still_open.status_code, "这份资源已删除" in still_open.text) == (200, True)
    assert teacher.get(f"/resources/{resource_id}/download").status_code == 404
    with app.app_context():
        assert visible_ids(cast.viewer("colleague"), (), [resource_id]) == set()
    teacher.post(f"/resources/{resource_id}/restoration")
    assert other.get(f"/resources/{resource_id}").status_code == 200
    assert "这份资源已删除" not in teacher.get(f"/resources/{resource_id}/preview?since=0").text


def test_removing_for_another_leaves_a_trace_in_the_audit_log(client_for, app, cast):
    from yanxiu.core.audit import AuditEntry

    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
    assert client_for("admin").post(f"/resources/{resource_id}/removal").status_code == 302
    with app.app_context():
        entry = db.session.query(AuditEntry).filter_by(action="resource.remove").one()
        assert (entry.actor_id, entry.object_id) == (cast.admin.id, resource_id)


def test_others_of_the_same_lesson_are_offered_only_if_one_may_see_them(ctx, cast):
    resource = make_resource(cast.user("teacher"), lesson="草船借箭")
    make_resource(cast.user("leader"), "同课课件", kind="slides", lesson="草船借箭")
    make_resource(cast.user("leader"), "私人笔记", lesson="草船借箭", visibility="private")
    found = related_resources(cast.viewer("villager"), (), resource)
    assert [other.title for other in found] == ["同课课件"]


def test_a_download_is_an_attachment_with_its_chinese_name_and_cannot_run(client_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), name="说明.txt", data=b"<script>alert(1)</script>").id
    answer = client_for("colleague").get(f"/resources/{resource_id}/download")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%AF%B4%E6%98%8E.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_sound_is_served_by_range_and_documents_are_never_media(client_for, app, cast):
    with app.app_context():
        sound = make_resource(cast.user("teacher"), name="朗读.wav", data=wav_bytes())
        text = make_resource(cast.user("teacher"))
        urls = [f"/resources/{thing.id}/files/{thing.files[0].id}/media" for thing in (sound, text)]
        crossed = f"/resources/{text.id}/files/{sound.files[0].id}/media"
    client = client_for("colleague")
    part = client.get(urls[0], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, wav_bytes()[10:20])
    assert client.get(urls[1]).status_code == 404
    assert client.get(crossed).status_code == 404


def test_a_file_nobody_describes_is_thrown_away_after_a_week(app, cast, work):
    with app.app_context():
        upload_id = make_upload(cast.user("teacher"))
        key = db.session.get(ResourceUpload, upload_id).stored_file.key
    work()
    with app.app_context():
        assert db.session.get(ResourceUpload, upload_id) is not None
    with clock.frozen(clock.now() + timedelta(days=8)):
        work()
    with app.app_context():
        assert db.session.get(ResourceUpload, upload_id) is None
        assert db.session.query(StoredFile).filter_by(key=key).count() == 0
        assert not storage().path(key).exists()


def test_removing_twice_changes_nothing(ctx, cast):
    resource = make_resource(cast.user("teacher"))
    with unit_of_work():
        remove_resource(cast.user("teacher"), db.session.get(Resource, resource.id))
    moment = db.session.get(Resource, resource.id).removed_at
    with unit_of_work():
        remove_resource(cast.user("teacher"), db.session.get(Resource, resource.id))
    assert db.session.get(Resource, resource.id).removed_at == moment


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "01_五年级下册语文《草船借箭》教学设计_最终版(2).docx",
            {"kind": "plan", "grade": "五年级", "lesson": "草船借箭"},
        ),
        (
            "三上数学 分数的初步认识 课件.pptx",
            {"kind": "slides", "grade": "三年级", "volume": "上册", "subject": "数学"},
        ),
        ("部编版五年级语文第五单元测试卷.pdf", {"kind": "test", "edition": "统编版", "unit": "第五单元"}),
        ("听课记录20260312.docx", {"kind": "observation"}),
        ("6年级英语期末检测.doc", {"grade": "六年级", "subject": "英语", "stage": "小学"}),
        ("IMG_2034.jpg", {"kind": "material"}),
        ("上一堂好课.docx", {"grade": None, "volume": None}),
    ],
)
def test_a_file_name_says_what_it_can(name, expected):
    found = guess_details(name)
    assert {key: found.get(key) for key in expected} == expected


def test_a_title_drops_numbers_and_words_of_haste():
    assert tidy_title("01_草船借箭_最终版(2)") == "草船借箭"
    assert tidy_title("（最终版）草船借箭【定稿】") == "草船借箭"
    assert tidy_title("20260312") == "20260312"
