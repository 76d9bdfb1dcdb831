"""The mirror: what counts as close, what is not held against an author, and who learns whose words."""

import io
import random
import threading
from datetime import timedelta

import docx
import pytest
from flask_limiter.util import get_qualified_name
from sqlalchemy import delete, func, select

from tests.support.workshops import make_post, make_task, make_topic, make_work, make_workshop, opener
from tests.workshops.stage import FETCH, page
from yanxiu.core import clock, resemblance
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.html import html_from_text
from yanxiu.core.resemblance import marked, own_runs, passages, plain_of
from yanxiu.core.signatures import band_keys
from yanxiu.core.storage import StoredFile, keep_file
from yanxiu.core.tasks import Job, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.core.uploads import receive_upload
from yanxiu.extensions import limiter
from yanxiu.resources.extraction import sandbox
from yanxiu.workshops.models import FileText, PostAttachment, TaskFile, TextBand, TextSignature
from yanxiu.workshops.queries import mirror as queries
from yanxiu.workshops.queries.mirror import signature_of
from yanxiu.workshops.services import mirror
from yanxiu.workshops.services.mirror import Asked, nearest, sign_text
from yanxiu.workshops.services.posts import withdraw_post
from yanxiu.workshops.services.relocations import move_topic

TEXT = (
    "先不讲和字，让学生找不和：廉颇那句话在第几段，他为什么不服。主问题只留一个：蔺相如到底怕不怕，怕谁。"
    "学生找到怕秦王和怕廉颇两处，课就立起来了。读八分钟，找十分钟，辩十五分钟，写五分钟，下课前再读一遍。"
)
OTHER = (
    "分角色读，四个人演，十个人当史官，边听边记一句话，演完比谁记得准。记的那一句必须是书上的原句，说错了由同桌来改，"
    "改三处就换人。演的人不许看书，忘了词可以问史官，问一次扣一面小旗，旗子最多的一组下节课先挑角色。"
)

FORM = "教学设计表：课题、课时、教学目标、教学重点、教学难点、教学准备、教学过程、板书设计、作业设计、教学反思，请逐项填写，不要改动表头。"


@pytest.fixture
def room(cast, ctx):
    """A workshop with a task, its people by key, and a second workshop of the same school from the year before."""

    class Room:
        people = {key: cast.user(key) for key in cast.people}

    with clock.frozen(now() - timedelta(days=300)), unit_of_work():
        Room.before = make_workshop(Room.people["leader"], [Room.people["villager"]], name="去年的工作坊")
        Room.old_topic = make_topic(Room.people["villager"], Room.before, "怎么读", html_from_text(OTHER))
    with unit_of_work():
        Room.workshop = make_workshop(Room.people["leader"], [Room.people["teacher"], Room.people["colleague"]])
        Room.task = make_task(Room.people["leader"], Room.workshop, html="<p>写清主问题和时间分配。</p>")
    return Room


def signed(kind, row):
    with unit_of_work():
        sign_text(kind, row.id)
    return signature_of(kind, row.id)


def handed_in(room, key, text, minutes):
    with clock.frozen(now() + timedelta(minutes=minutes)), unit_of_work():
        found = make_work(room.people[key], room.task, html_from_text(text))
    return found, signed("work", found)


def test_width_punctuation_and_blanks_make_no_difference_and_places_lead_back():
    one, two = "主问题，只留 ３ 个！OK", "主问题只留3个ok"
    assert plain_of(one).text == plain_of(two).text == two
    text, other = f"前面的话。{TEXT}", f"另一个开头，{TEXT.replace('，', ' , ')}"
    (found,) = passages(text, other)
    assert text[found.start : found.end] == TEXT.rstrip("。")
    assert other[found.other_start : found.other_end].startswith("先不讲和字")
    assert marked("一二三四", [(1, 2), (1, 3)]) == [("一", False), ("二", True), ("三", True), ("四", False)]


def test_quotations_and_given_material_are_not_the_authors():
    assert own_runs(f"他写道：“{TEXT}”") == own_runs("他写道：")
    assert own_runs(TEXT, [TEXT]) == set()
    assert resemblance.without_quotations(f"<blockquote>{TEXT}</blockquote>") == "\n"


def test_bands_find_near_copies_and_leave_strangers_alone():
    rng, letters = random.Random(7), [chr(number) for number in range(0x4E00, 0x5E00)]
    found = strangers = 0
    for _ in range(12):
        text = "".join(rng.choice(letters) for _ in range(300))
        changed = "".join(rng.choice(letters) if rng.random() < 0.04 else character for character in text)
        found += bool(band_keys(text) & band_keys(changed))
        strangers += bool(band_keys(text) & band_keys("".join(rng.sample(letters, 300))))
    assert found == 12
    assert strangers == 0
    assert not band_keys("太短了，不比。")


def test_who_comes_later_is_close_to_who_was_first_never_the_other_way_round(room):
    first, of_first = handed_in(room, "teacher", TEXT, 0)
    _second, of_second = handed_in(room, "colleague", f"{TEXT}最后全班齐读。", 5)
    assert (of_first.near_id, of_first.near_percent) == (None, 0)
    assert of_second.near_id == of_first.id
    assert 85 <= of_second.near_percent < 100
    _first, again = handed_in(room, "teacher", f"{TEXT}板书四个字。", 10)
    assert again.id == of_first.id
    assert again.near_id is None, "what was one's own first stays one's own"
    with unit_of_work():
        sign_text("work", first.id)
    assert db.session.scalar(select(func.count()).select_from(TextSignature)) == 2, "signing twice keeps one"


def test_earlier_words_of_ones_own_and_of_last_year_are_found_with_what_may_be_read(room, client_for):
    signed("post", opener(room.old_topic))
    with unit_of_work():
        topic = make_topic(room.people["teacher"], room.workshop, "我的想法", html_from_text(TEXT))
    signed("post", opener(topic))
    where = f"/workshops/{room.workshop.id}/mirror"
    typed = {"html": f"{TEXT}{OTHER}", "task_id": room.task.id}
    seen = client_for("teacher").post(where, data=typed, headers=FETCH).text
    assert "与您自己以前的发言相同" in seen
    assert "与另一位老师的发言相同" in seen
    assert "吴秀兰" not in seen
    assert seen.count("十个人当史官") == 0, "words of a workshop one is not in stay there"
    leader = client_for("leader").post(where, data=typed, headers=FETCH).text
    assert "与吴秀兰的发言相同" in leader
    assert "十个人当史官" in leader
    assert "没有找到相近" in client_for("teacher").post(where, data={"html": "另外写的一段话" * 9}, headers=FETCH).text
    assert "字还不多" in client_for("teacher").post(where, data={"html": "好"}, headers=FETCH).text


def test_what_was_withdrawn_is_no_longer_close_to_anything(room):
    with unit_of_work():
        topic = make_topic(room.people["teacher"], room.workshop)
        post = make_post(room.people["teacher"], topic, html_from_text(TEXT))
    assert signed("post", post)
    later = now() + timedelta(minutes=1)
    asked = Asked(TEXT, at=later)
    assert [near.percent for near in nearest(asked, room.workshop.organization_id)] == [100]
    with unit_of_work():
        withdraw_post(room.people["teacher"], post)
    assert nearest(asked, room.workshop.organization_id) == []
    assert signed("post", post) is None
    assert db.session.scalar(select(func.count()).select_from(TextBand)) == 0


def test_who_marks_sees_a_note_and_both_texts_and_the_mark_stays_theirs(room, client_for):
    handed_in(room, "teacher", TEXT, 0)
    second, _ = handed_in(room, "colleague", TEXT, 5)
    here = f"/workshops/{room.workshop.id}/tasks/{room.task.id}"
    leader = client_for("leader")
    assert "相近 100%" in page(leader, here)
    assert "并排看看" in page(leader, f"{here}/submissions/{second.id}")
    pair = page(leader, f"{here}/submissions/{second.id}/closeness")
    assert pair.count("<mark>") == 2
    assert "李强" in pair
    assert (second.score, second.standing) == (None, "handed_in")
    assert "相近" not in page(client_for("principal"), here), "figures about persons are for those who mark"


def test_long_texts_are_queued_for_signing_and_short_ones_are_not(room):
    with unit_of_work():
        topic = make_topic(room.people["teacher"], room.workshop, "短", "<p>短。</p>")
        make_post(room.people["teacher"], topic, "<p>同意。</p>")
    waiting = select(func.count()).where(Job.kind == mirror.SIGN)
    before = db.session.scalar(waiting)
    with unit_of_work():
        post = make_post(room.people["teacher"], topic, html_from_text(TEXT))
    assert db.session.scalar(waiting) == before + 1
    newest = db.session.scalar(select(Job).where(Job.kind == mirror.SIGN).order_by(Job.id.desc()))
    assert newest.payload == {"kind": "post", "id": post.id}


def test_signatures_go_with_a_topic_into_its_new_workshop_and_a_whole_workshop_is_signed_by_one_job(room, work):
    with unit_of_work():
        post = make_post(room.people["teacher"], room.old_topic, html_from_text(TEXT))
        handed = make_work(room.people["colleague"], room.task, html_from_text(TEXT))
        enqueue(mirror.SIGN_ALL, {"workshop_id": room.before.id})
        enqueue(mirror.SIGN_ALL, {"workshop_id": room.workshop.id})
        db.session.execute(delete(Job).where(Job.kind == mirror.SIGN))
    work()
    db.session.expire_all()
    assert signature_of("post", post.id).workshop_id == room.before.id
    assert signature_of("work", handed.id).near_id == signature_of("post", post.id).id
    with unit_of_work():
        move_topic(room.people["leader"], room.old_topic, room.workshop)
    db.session.expire_all()
    assert signature_of("post", post.id).workshop_id == room.workshop.id


def test_the_oldest_go_when_an_owner_has_too_many(room, monkeypatch):
    monkeypatch.setattr(mirror, "TEXTS_KEPT", 2)
    with unit_of_work():
        topic = make_topic(room.people["teacher"], room.workshop)
    kept = []
    for minutes, text in enumerate((TEXT, OTHER, TEXT + OTHER)):
        with clock.frozen(now() + timedelta(minutes=minutes)), unit_of_work():
            post = make_post(room.people["teacher"], topic, html_from_text(text))
            sign_text("post", post.id)
        kept.append(post.id)
    assert set(db.session.scalars(select(TextSignature.object_id))) == set(kept[1:])


def test_the_mirror_costs_the_same_with_few_and_with_many_close_texts(room, client_for, count_queries):
    with unit_of_work():
        topic = make_topic(room.people["leader"], room.workshop)
    client, where = client_for("teacher"), f"/workshops/{room.workshop.id}/mirror"
    asked = {"html": TEXT, "topic_id": topic.id}

    def cost():
        with count_queries() as counted:
            assert client.post(where, data=asked, headers=FETCH).status_code == 200
        return counted.count

    def add(number):
        for _ in range(number):
            with unit_of_work():
                post = make_post(room.people["colleague"], topic, html_from_text(TEXT))
                sign_text("post", post.id)

    add(2)
    cost()
    few = cost()
    add(10)
    assert cost() == few


def written(name, text):
    """A file as a browser sends it."""
    buffer = io.BytesIO() if name.endswith(".docx") else io.BytesIO(text.encode())
    if name.endswith(".docx"):
        document = docx.Document()
        document.add_paragraph(text)
        document.save(buffer)
    buffer.seek(0)
    return buffer, name


def sent(name, text):
    return receive_upload(*written(name, text))


def test_what_stands_in_files_is_compared_too_but_not_the_form_that_came_with_the_task(room, work):
    teacher, colleague, leader = (room.people[key] for key in ("teacher", "colleague", "leader"))
    with unit_of_work():
        task = make_task(leader, room.workshop, "交一份设计")
        db.session.add(TaskFile(task_id=task.id, file=keep_file(sent("表格.txt", OTHER), leader.id)))
    with unit_of_work():
        make_work(teacher, task, "", files=[sent("教学设计.txt", TEXT + OTHER)])
    with clock.frozen(now() + timedelta(minutes=5)), unit_of_work():
        copied = make_work(colleague, task, "", files=[sent("我的设计.docx", OTHER + TEXT)])
    with clock.frozen(now() + timedelta(minutes=6)):
        work()
    row = signature_of("work", copied.id)
    assert row.near_percent > 90
    assert row.near_id == signature_of("work", copied.id - 1).id
    texts = {text.text for text in db.session.scalars(select(FileText))}
    assert texts == {OTHER, TEXT + OTHER, OTHER + TEXT}
    assert not queries.unread_files("work", [copied.id]), "each file is read once"
    with clock.frozen(now() + timedelta(minutes=9)), unit_of_work():
        only_the_form = make_work(room.people["villager"], task, "", files=[sent("表格.txt", OTHER)])
    with clock.frozen(now() + timedelta(minutes=10)):
        work()
    found = signature_of("work", only_the_form.id)
    assert (found.near_id, found.near_percent) == (None, 0)


def test_a_chosen_file_is_compared_before_it_is_handed_in_and_nothing_of_it_is_kept(room, client_for):
    handed_in(room, "teacher", TEXT, 1)
    before = db.session.scalar(select(func.count()).select_from(StoredFile))
    asked = {"html": "", "task_id": str(room.task.id)}
    files = [written("我的设计.docx", TEXT), (io.BytesIO(b"PK broken"), "坏了.docx"), (io.BytesIO(b"x"), "照片.png")]
    where = f"/workshops/{room.workshop.id}/mirror"
    with clock.frozen(now() + timedelta(minutes=5)):
        seen = client_for("colleague").post(where, data={**asked, "files": files}, headers=FETCH).text
    assert "100%" in seen
    assert "与另一位老师的作业相同" in seen
    assert "没有比对：坏了.docx</p>" in seen
    many = [written(f"{name}.txt", TEXT) for name in "一二三四五六"]
    named = client_for("colleague").post(where, data={**asked, "files": many, "left": "全文.pdf"}, headers=FETCH).text
    assert "一次比对 5 个、每个 10 MB 以内的附件，这些没有比对：六.txt、全文.pdf</p>" in named
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == before
    page_of_task = page(client_for("colleague"), f"/workshops/{room.workshop.id}/tasks/{room.task.id}")
    assert 'data-mirror-files=".docx .pdf .pptx .txt"' in page_of_task


def test_files_of_posts_are_compared_too_and_who_leads_is_told_calmly(room, client_for, work):
    teacher, colleague, leader = (room.people[key] for key in ("teacher", "colleague", "leader"))
    with unit_of_work():
        topic = make_topic(leader, room.workshop, "交流各自的设计")
        db.session.add(PostAttachment(post_id=opener(topic).id, file=keep_file(sent("表格.txt", FORM), leader.id)))
        make_post(teacher, topic, html_from_text(f"{OTHER}{TEXT}"))
    with clock.frozen(now() + timedelta(minutes=5)), unit_of_work():
        copied = make_post(colleague, topic, "<p>见附件</p>", files=[(sent("我的.docx", FORM + TEXT + OTHER), None)])
        filled = make_post(colleague, topic, "<p>只填了表</p>", files=[(sent("表格.docx", FORM), None)])
        make_post(leader, topic, html_from_text(OTHER[:60]))
    with clock.frozen(now() + timedelta(minutes=6)):
        work()
    here = f"/workshops/{room.workshop.id}/topics/{topic.id}"
    client = client_for("leader")
    assert f'href="{here}/closeness">相近的发言&nbsp;<span class="num">1<' in page(client, here)
    told = page(client, f"{here}/closeness")
    assert (f'id="close-{copied.id}"' in told, f'id="close-{filled.id}"' in told) == (True, False)
    beside = page(client, f"{here}/closeness?post={copied.id}")
    assert "周敏的发言有" in beside
    assert "<mark>分角色读" in beside
    page(client, f"{here}/closeness?post={filled.id}", 404)
    assert "相近的发言" not in page(client_for("teacher"), here), "a note for those who lead, not for all"
    asked = {"topic_id": str(topic.id), "html": "", "files": [written("交.txt", TEXT + OTHER)]}
    with clock.frozen(now() + timedelta(minutes=9)):
        mine = client_for("colleague").post(f"/workshops/{room.workshop.id}/mirror", data=asked, headers=FETCH).text
    assert "与您自己以前的发言相同" in mine
    assert "与李强的发言相同" in mine


def test_a_file_that_took_too_long_is_read_once_more_and_then_counts_as_one_without_text(room, work, monkeypatch):
    def read_again(minutes, seconds):
        monkeypatch.setattr(sandbox, "WALL_SECONDS", seconds)
        with clock.frozen(now() + timedelta(minutes=minutes)):
            work()
        db.session.rollback()
        rows = select(StoredFile.name, FileText).join(FileText, FileText.file_id == StoredFile.id)
        return dict(db.session.execute(rows).all())

    with unit_of_work():
        first = make_work(room.people["teacher"], room.task, "", files=[sent("一.txt", TEXT)])
    kept = read_again(0, 0)["一.txt"]
    assert kept.text == ""
    assert kept.read_again_at is not None
    assert not queries.unread_files("work", [first.id]), "not before its time"
    kept = read_again(20, 25)["一.txt"]
    assert (kept.text, kept.read_again_at) == (TEXT, None)
    assert signature_of("work", first.id) is not None
    with unit_of_work():
        make_work(room.people["colleague"], room.task, "", files=[sent("二.txt", OTHER)])
    assert read_again(0, 0)["二.txt"].read_again_at is not None
    kept = read_again(20, 0)["二.txt"]
    assert (kept.text, kept.read_again_at) == ("", None)


def test_after_a_slow_form_of_a_task_all_its_works_are_signed_again(room, work, monkeypatch):
    leader = room.people["leader"]
    with unit_of_work():
        task = make_task(leader, room.workshop, "填一张表")
        form = TaskFile(task_id=task.id, file=keep_file(sent("表格.txt", OTHER), leader.id))
        db.session.add(form)
        filled = [make_work(room.people["teacher"], task, html_from_text(OTHER + TEXT))]
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0)
    work()
    with clock.frozen(now() + timedelta(minutes=5)):
        with unit_of_work():
            filled.append(make_work(room.people["colleague"], task, html_from_text(OTHER + TEXT[::-1])))
            assert mirror.note_slow_file(form.file_id), "a second job that was slow on it waits for the same reading"
        work()
    assert signature_of("work", filled[1].id).near_percent > 30, "the form is not known yet"
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 25)
    with clock.frozen(now() + timedelta(minutes=20)):
        work()
    db.session.rollback()
    assert db.session.get(FileText, form.file_id).text == OTHER
    assert [signature_of("work", one.id).near_id for one in filled] == [None, None]
    with unit_of_work():
        assert not mirror.note_slow_file(form.file_id)
    assert db.session.get(FileText, form.file_id).text == OTHER, "what another job has read stands"


def test_a_file_waits_for_its_turn_no_longer_than_one_is_read(monkeypatch):
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(sandbox, "_slots", slots)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
    with slots, pytest.raises(sandbox.NoTurnError, match="过一分钟再试"), sandbox.examined("text", ".txt", "/none"):
        pass
    assert slots.acquire(blocking=False), "who got no turn gives none back"


def test_how_often_files_are_read_for_one_person_is_limited(app):
    reading = ("mirror", "read_word_file", "take_word", "fill_from_word", "keep_school_layout", "word")
    for name in reading:
        view = app.view_functions[f"{'workshops' if name == 'mirror' else 'lessonplans'}.{name}"]
        found = limiter.limit_manager.decorated_limits(get_qualified_name(view))
        assert [limit.limit.amount for limit in found] in ([20], [30]), name
