"""The whole workshop as one ZIP file: what people read in it, and reading it back."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections import Counter

import pytest
import sqlalchemy as sa
from docx import Document
from pypdf import PdfReader

from tests.support.fixtures import reset_database
from tests.support.lessonplans import make_plan
from tests.support.office import check_office_in
from tests.support.resources import make_resource
from tests.support.workshops import make_post, make_task, make_topic, make_work, make_workshop
from tests.workshops.stage import picture
from yanxiu.accounts.models import User
from yanxiu.core.archives.reading import ArchiveError, OpenedArchive
from yanxiu.core.archives.writing import MANIFEST
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.storage import StoredFile, keep_file, receive_file, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.demo.records import record_of_difficulties
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.models import LessonPlan, PlanImage, PlanSnapshot, PlanText, Revision
from yanxiu.lessonplans.queries import IS_PLAN, stored_document
from yanxiu.lessonplans.subscribers import tell_record
from yanxiu.observations import demo as observations_demo
from yanxiu.observations.models import Evaluation
from yanxiu.workshops import demo as workshops_demo
from yanxiu.workshops.archive.exporting import export_workshop
from yanxiu.workshops.archive.importing import KnownArchiveError, import_workshop, look_through, rehearse
from yanxiu.workshops.archive.scoping import Scoping
from yanxiu.workshops.models import Poll, Post, Topic, Workshop, WorkshopPicture
from yanxiu.workshops.queries.archive_parts import Wish, kept_tables, left_tables
from yanxiu.workshops.queries.polls import ballot_of, choices_of, poll_of
from yanxiu.workshops.queries.record_pictures import record_pictures
from yanxiu.workshops.queries.records import record_of
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.polls import PollDetails, cast_vote

VOLATILE = {
    "id",
    "client_uuid",
    "upload_id",
    "key",
    "target_id",
    "item_id",
    "lesson_plan_id",
    "current_file_id",
    "org_path",
}
ELSEWHERE = {("resource_file", "state"), ("plan_snapshot", "state"), ("plan_revision", "state")}
"""Made anew, or looked at by itself."""
EVERYTHING = Wish(with_videos=True, sealed=True)
INSIDE = re.compile(r'"(/[a-z]|#)[^"]*"')


def plain(value):
    return INSIDE.sub('""', value) if isinstance(value, str) else str(value)


def contents(workshop_id):
    """Every row of a workshop without the numbers that only this database gave, by table."""
    scoping = Scoping(kept_tables(), workshop_id, EVERYTHING)
    found = {}
    for name, rule in scoping.kept.items():
        columns = [c.name for c in rule.table.columns if not c.foreign_keys and c.name not in VOLATILE]
        columns = [name for name in columns if (rule.table.name, name) not in ELSEWHERE]
        rows = db.session.execute(scoping.rows_of(name)).mappings()
        found[name] = Counter(tuple(plain(row[column]) for column in columns) for row in rows)
    return found


def files_of(workshop_id):
    """SHA-256 and name of every file that the rows of a workshop name, as the store has them."""
    scoping, found = Scoping(kept_tables(), workshop_id, EVERYTHING), Counter()
    for name, rule in scoping.kept.items():
        columns = [
            c.name for c in rule.table.columns if any(k.column.table.name == "stored_file" for k in c.foreign_keys)
        ]
        for row in db.session.execute(scoping.rows_of(name)).mappings() if columns else ():
            for column in columns:
                file = db.session.get(StoredFile, row[column]) if row[column] else None
                if file is not None:
                    found[file.name, file.sha256, storage().size(file.key)] += 1
    return found


def exported(workshop_id, folder, wish=EVERYTHING):
    target = folder / "workshop.zip"
    target.unlink(missing_ok=True)
    export_workshop(workshop_id, target, folder, wish=wish)
    return target


def seeded(cast):
    """The main workshop of the demo county, with lessons, and beside that what the demo lacks."""
    world = DemoWorld(small=True)
    world.users = {key: cast.user(key) for key in cast.people}
    world.orgs = {key: cast.place(key) for key in cast.places}
    with unit_of_work():
        for module in (workshops_demo, observations_demo):
            module.seed(world)
        workshop = world.workshops["sanguo"]
        add_pictures(cast, workshop)
        add_plan(cast, workshop)
        add_poll(cast, workshop)
        add_record(cast, world.activities["difficulties"])
        make_resource(cast.user("teacher"), "单元资料", visibility="workshop", workshop_id=workshop.id)
    return workshop.id


def add_pictures(cast, workshop):
    image = receive_file(picture(), "板书.png", "image/png")
    shown = WorkshopPicture(workshop_id=workshop.id, file_id=keep_file(image, cast.leader.id).id)
    db.session.add(shown)
    db.session.flush()
    drawn = keep_file(receive_file(picture(), "设计.png", "image/png"), cast.teacher.id)
    own = WorkshopPicture(workshop_id=workshop.id, file_id=drawn.id, is_draft=True)
    db.session.add(own)
    db.session.flush()
    task = make_task(cast.user("leader"), workshop, "交一幅板书", asks_files=False)
    make_work(cast.user("teacher"), task, f'<p>图</p><img src="/workshops/{workshop.id}/pictures/{own.id}">')
    topic = make_topic(cast.user("leader"), workshop, 'CON: 一/二*三?"四"<五>|六', "<p>看图</p>")
    html = f'<p><img src="/workshops/{workshop.id}/pictures/{shown.id}" alt="板书"></p>'
    html += f'<p><a href="/workshops/{workshop.id}/topics/{topic.id}">这里</a> <a href="/lessons/99999">那里</a></p>'
    make_post(cast.user("teacher"), topic, html)


def add_plan(cast, workshop):
    """A plan whose document shows a picture of its own, also in a version of it."""
    leader = cast.user("leader")
    plan = make_plan(leader, visibility="workshop", workshop_id=workshop.id)
    image = services.keep_image(leader, plan, receive_file(picture(), "情境图.png", "image/png"))
    shown = {"type": "image", "attrs": {"src": f"/lesson-plans/{plan.id}/images/{image.id}"}}
    link = {"type": "link", "attrs": {"href": f"/workshops/{workshop.id}/pictures/999999"}}
    inside = {"type": "link", "attrs": {"href": f"/workshops/{workshop.id}/topics"}}
    words = [
        {"type": "text", "text": "看看"},
        {"type": "text", "text": "话题😀", "marks": [inside, {"type": "bold"}]},
        {"type": "text", "text": "没有的", "marks": [link]},
    ]
    document = {"type": "doc", "content": [{"type": "paragraph", "content": words}, shown]}
    snapshot = db.session.get(PlanSnapshot, plan.id)
    snapshot.state = state_from_json(document)
    services.write_text(plan.id, epoch=1, seq=1, document=document)
    services.save_revision(leader, plan, snapshot.state, "一稿")


def add_record(cast, activity):
    """The record of an activity, with a picture of its own."""
    leader = cast.user("leader")
    record = services.begin_record(leader, activity)
    image = services.keep_image(leader, record, receive_file(picture(), "黑板.png", "image/png"))
    document = record_of_difficulties(activity)
    shown = {"type": "image", "attrs": {"src": f"/lesson-plans/{record.id}/images/{image.id}"}}
    document["content"][1]["content"].append(shown)
    snapshot = db.session.get(PlanSnapshot, record.id)
    snapshot.state = state_from_json(document)
    services.note_edits(record, [cast.teacher.id, leader.id])
    tell_record(record, stored_document(record.id), document)


def add_poll(cast, workshop):
    topic = make_topic(cast.user("leader"), workshop, "板书用哪一种")
    shape_topic(cast.user("leader"), topic, Shape(kind="poll", poll=PollDetails(options=("关系图", "时间轴"))))
    db.session.flush()
    poll = poll_of(topic.id)
    cast_vote(cast.user("teacher"), topic, poll, [poll.options[1].id])


def test_a_workshop_reads_back_on_another_server_as_it_was(app, cast, ctx, database, tmp_path):
    old_id = seeded(cast)
    before, files = contents(old_id), files_of(old_id)
    path = exported(old_id, tmp_path)
    with zipfile.ZipFile(path) as opened:  # what may be told of a set of clips, for people
        clips = Document(io.BytesIO(opened.read("微格片段集/提问以后，等三秒（王丽）.docx"))).tables[0]
    assert [cell.text for cell in clips.rows[1].cells][2:4] == [
        "00:11–00:16",
        "问完到点名隔了几秒？后排的孩子在做什么？",
    ]
    reset_database(app, database)
    with unit_of_work():  # numbers are others here
        first = make_workshop(cast.user("colleague"), [], name="先来的")
        make_post(cast.user("colleague"), make_topic(cast.user("colleague"), first))
        db.session.execute(sa.update(User).where(User.username == "zhoumin").values(username="zhoumin2", name="周敏敏"))
    with OpenedArchive(path) as archive:
        rehearse(archive)
    assert db.session.scalars(sa.select(Workshop.name)).all() == ["先来的"]
    new_id, rows = import_workshop(path)
    assert new_id != old_id
    assert contents(new_id) == before
    assert files_of(new_id) == files
    assert rows == {name: sum(found.values()) for name, found in before.items()}
    stranger = db.session.scalar(sa.select(User).where(User.username == "zhoumin"))
    assert (stranger.name, stranger.is_active, stranger.phone, stranger.password_hash) == ("周敏", False, None, "")
    assert_addresses_lead_inside(new_id)
    assert_scores_go_to_those_who_see_them(cast, new_id)
    poll = db.session.scalars(sa.select(Poll).join(Topic, Topic.id == Poll.topic_id)).one()
    assert choices_of(ballot_of(poll, cast.teacher.id)) == {poll.options[1].id}
    with pytest.raises(KnownArchiveError) as known:
        import_workshop(path)
    assert known.value.workshop_id == new_id
    assert sum(files_of(new_id).values()) == sum(files.values())


def assert_addresses_lead_inside(workshop_id):
    texts = db.session.scalars(sa.select(Post.html).where(Post.html.contains('="/')))
    (html,) = [text for text in texts if "pictures" in text]
    number = int(re.search(rf"/workshops/{workshop_id}/pictures/(\d+)", html)[1])
    assert db.session.get(WorkshopPicture, number).workshop_id == workshop_id
    assert f'href="/workshops/{workshop_id}/topics/' in html
    assert 'href="#"' in html
    plan = db.session.scalar(sa.select(LessonPlan).where(LessonPlan.workshop_id == workshop_id, IS_PLAN))
    image = db.session.scalar(sa.select(PlanImage.id).where(PlanImage.plan_id == plan.id))
    address = f"/lesson-plans/{plan.id}/images/{image}"
    kept = zlib.decompress(db.session.scalar(sa.select(Revision.state).where(Revision.plan_id == plan.id)))
    for state in (db.session.get(PlanSnapshot, plan.id).state, kept):
        text, shown = json_from_state(state)["content"]
        assert shown["attrs"]["src"] == address
        assert [part["text"] for part in text["content"]] == ["看看", "话题😀", "没有的"]
        assert {mark["type"] for mark in text["content"][1]["marks"]} == {"link", "bold"}
        links = [mark["attrs"]["href"] for part in text["content"][1:] for mark in part["marks"] if "attrs" in mark]
        assert links == [f"/workshops/{workshop_id}/topics", "#"]
    assert address in db.session.get(PlanText, plan.id).html
    assert_the_record_goes_on(workshop_id)
    assert_a_picture_of_a_work_stays_with_it(workshop_id)


def assert_a_picture_of_a_work_stays_with_it(workshop_id):
    restricted = sa.select(WorkshopPicture).where(WorkshopPicture.is_restricted)
    own = db.session.scalars(restricted.where(WorkshopPicture.workshop_id == workshop_id)).one()
    (place,) = own.places
    assert place.submission.task.workshop_id == workshop_id
    assert f'src="/workshops/{workshop_id}/pictures/{own.id}"' in place.submission.copies[0].html


def assert_the_record_goes_on(workshop_id):
    """Document and reading copy belong to the activity that came with them, and the picture is found."""
    record = db.session.scalar(sa.select(LessonPlan).where(LessonPlan.workshop_id == workshop_id, ~IS_PLAN))
    assert record.activity.workshop_id == workshop_id
    copy = record_of(record.activity_id)
    address = re.search(rf'src="(/lesson-plans/{record.id}/images/\d+)"', copy.html)[1]
    with record_pictures(record.activity_id)(address) as shown:
        assert shown.read()
    assert address in json.dumps(json_from_state(stored_document(record.id).merged()))
    assert {person.name for person in copy.writers} == {"李强", "王丽"}
    assert "难点分类表" in {part.name: part.text for part in copy.parts}["outcome"]


def assert_scores_go_to_those_who_see_them(cast, workshop_id):
    """The teacher of a lesson and its evaluators take its evaluations along, a leader who is neither does not."""
    all_of_them = db.session.scalars(sa.select(Evaluation).where(Evaluation.state == "submitted")).all()
    assert all_of_them
    seen = Counter()
    for user in cast.people:
        reader = cast.user(user).id
        scoping = Scoping(kept_tables(), workshop_id, Wish(reader_id=reader))
        mine = {one.lesson_id for one in all_of_them if reader in (one.lesson.teacher_id, one.observer_id)}
        wanted = {one.id for one in all_of_them if one.lesson_id in mine}
        assert set(db.session.scalars(scoping.ids_of("evaluation"))) == wanted, user
        scores = db.session.execute(scoping.rows_of("score")).mappings()
        assert {row["evaluation_id"] for row in scores} == wanted, user
        seen[bool(wanted)] += 1
    assert seen[True]
    assert seen[False]


def small(cast):
    """A workshop with a task, a work and a picture; returns its id."""
    with unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher], name="小小工作坊")
        topic = make_topic(leader, workshop, "第一个话题", "<p>你好 <strong>大家</strong></p><ul><li>一</li></ul>")
        post = make_post(teacher, topic, "<p>要收回的话</p>")
        post.withdrawn_at = now()
        unsent = keep_file(receive_file(picture(), "没有发出.png", "image/png"), teacher.id)
        db.session.add(WorkshopPicture(workshop_id=workshop.id, file_id=unsent.id, is_draft=True))
        make_work(
            teacher, make_task(leader, workshop, "教案：第一稿/终稿"), "<table><tr><td>甲</td><td>乙</td></tr></table>"
        )
    return workshop.id


def test_people_can_read_it_and_nobody_finds_what_is_not_theirs(cast, ctx, tmp_path):
    path = exported(small(cast), tmp_path, Wish())
    assert check_office_in(path.read_bytes()) > 1
    with zipfile.ZipFile(path) as opened:
        names, whole = opened.namelist(), b"".join(opened.read(name) for name in opened.namelist())
        manifest = json.loads(opened.read(MANIFEST))
        topic = Document(io.BytesIO(opened.read("研讨/001 第一个话题.docx")))
        work = Document(io.BytesIO(opened.read("作业/教案：第一稿／终稿/李强/李强.docx")))
        index = opened.read("目录.html").decode()
        printed = {name: PdfReader(io.BytesIO(opened.read(name))) for name in names if name.endswith(".pdf")}
    text = "\n".join(paragraph.text for paragraph in topic.paragraphs)
    assert "你好 大家" in text
    assert any(paragraph.text == "一" and paragraph._p.pPr.numPr is not None for paragraph in topic.paragraphs)
    assert "（已撤回）" in text
    assert [cell.text.strip() for cell in work.tables[0].rows[0].cells] == ["甲", "乙"]
    said = {name: "".join(page.extract_text() for page in pdf.pages) for name, pdf in printed.items()}
    of_task = ("作业/教案：第一稿／终稿/任务说明.pdf", "作业/教案：第一稿／终稿/李强/李强.pdf")
    assert set(said) == {"研讨/001 第一个话题.pdf", "目录.pdf", *of_task}
    for words in ("教案：第一稿/终稿", "李强", "第 1 稿", "甲", "乙"):
        assert words in said[of_task[1]]
    for words in ("第一个话题", "你好 大家", "• 一", "（已撤回）"):
        assert words in said["研讨/001 第一个话题.pdf"]
    assert "研讨/001 第一个话题.pdf" in said["目录.pdf"].replace("\n", "")
    assert 'href="%E7%A0%94%E8%AE%A8/001%20%E7%AC%AC%E4%B8%80%E4%B8%AA%E8%AF%9D%E9%A2%98.pdf"' in index
    assert set(manifest["files"]) == set(names) - {MANIFEST}
    assert all(re.search(r'href="([^"]+)"', line) for line in index.split("<li>")[1:])
    for user in db.session.scalars(sa.select(User)):
        for secret in (user.phone, user.id_number, user.password_hash, user.email):
            assert not secret or secret.encode() not in whole
    assert "要收回的话".encode() not in whole
    assert "没有发出".encode() not in whole
    assert not [name for name in names if name.endswith(".png")], "a picture that was not sent is its writer's alone"


def test_every_table_of_a_workshop_is_spoken_for():
    """Who adds a table that belongs to one of these decides in an `archive` module whether it goes along."""
    kept, left = kept_tables(), left_tables()
    tables = Workshop.__table__.metadata.sorted_tables
    forgotten = [
        f"{table.name}.{column.name} → {target}"
        for table in tables
        for column in table.columns
        for target in (key.column.table.name for key in column.foreign_keys)
        if target in kept and table.name not in kept and table.name not in left
    ]
    assert not forgotten
    assert not set(kept) & set(left)
    assert all(len(each.why) > 20 for each in left.values())


def rewritten(path, change):
    """Write the archive again with `change(names → bytes)` applied, its manifest made to fit unless changed itself."""
    with zipfile.ZipFile(path) as opened:
        entries = {name: opened.read(name) for name in opened.namelist()}
    before = entries[MANIFEST]
    change(entries)
    if entries.get(MANIFEST) == before:
        manifest = json.loads(before)
        for name, each in manifest["files"].items():
            data = entries.get(name, b"")
            each |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        entries[MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in entries.items():
            out.writestr(name, data)


def with_manifest(**changed):
    def change(entries):
        entries[MANIFEST] = json.dumps(json.loads(entries[MANIFEST]) | changed).encode()

    return change


def in_rows(table, *swap):
    def change(entries):
        name = f"数据/{table}.jsonl"
        entries[name] = entries[name].decode().replace(*swap).encode()

    return change


DAMAGE = {
    "climbs out": (lambda e: e.update({"../../etc/passwd": b"x"}), "不合规矩"),
    "on a drive": (lambda e: e.update({"C:\\x": b"x"}), "不合规矩"),
    "a bomb": (lambda e: e.update({"大.txt": b"\0" * 30_000_000}), "大得不合常理"),
    "one too many": (lambda e: e.update({"多.txt": b"x"}), "清单上没有"),
    "another format": (with_manifest(format=99), "格式版本是 99"),
    "no card": (with_manifest(rows={"post": "many"}), "缺少必要"),
    "unknown table": (with_manifest(rows={"workshop": 1, "spaceship": 1}), "spaceship"),
    "no manifest": (lambda e: e.pop(MANIFEST), "没有数据清单"),
    "unknown column": (in_rows("post", '"number"', '"nummer"'), "nummer"),
    "no words": (in_rows("topic", '"第一个话题"', "17"), "读不懂"),
    "no row": (in_rows("workshop_member", "}\n", "\n"), "读不出来"),
    "a row less": (in_rows("workshop_member", "}\n{", "}\n\n"), "读不出来"),
    "twice the same": (in_rows("post", '"number":2', '"number":1'), "对不上"),
    "a row without a number": (in_rows("post", '"id":', '"seq":'), "没有编号"),
    "somebody without a number": (in_rows("people", '"id":', '"ident":'), "名单已损坏"),
    "no people": (in_rows("people", '"name"', '"nome"'), "人员名单"),
    "no places": (in_rows("places", '"kind":"county"', '"kind":"moon"'), "单位名单"),
}


def test_a_damaged_archive_is_refused_in_words_and_changes_nothing(cast, ctx, tmp_path):
    good = exported(small(cast), tmp_path).read_bytes()
    path = tmp_path / "damaged.zip"
    count = sa.select(sa.func.count()).select_from(Workshop)
    before, keys = db.session.scalar(count), set(storage().keys())
    for name, (change, words) in DAMAGE.items():
        path.write_bytes(good)
        rewritten(path, change)
        with pytest.raises(ArchiveError) as refused:
            import_workshop(path)
        assert words in refused.value.message, name
    for cut in (0, 10, len(good) // 2, len(good) - 30):
        path.write_bytes(good[:cut])
        with pytest.raises(ArchiveError):
            import_workshop(path)
    names = [at + 30 for at in range(len(good) - 30) if good[at : at + 4] == b"PK\3\4"]
    for at in (*names[:40], *range(40, len(good) - 2000, len(good) // 16)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])
        try:
            with OpenedArchive(path) as archive:
                look_through(archive)
        except ArchiveError:
            continue
    assert db.session.scalar(count) == before
    assert set(storage().keys()) == keys
