"""Scores with evidence beside the film, and on a phone without a line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_classroom_notes import sit_down
from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import full_scores, make_clip, make_lesson, make_ready_version, some_comment
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Evaluation, Lesson, RubricVersion
from yanxiu.observations.services.evaluations import save_evaluation

WAITS = "已存本机，联网后自动送出（还没有提交评课）"
HANDED = "评课已存本机，还没有提交，联网后自动提交"
SUBMIT = "提交评课"


@pytest.fixture
def filmed(app, cast, tmp_path) -> int:
    """A lesson with a film of eight seconds, a comment, and a sheet that 周敏 has filled in."""
    film = make_clip(tmp_path / "课堂实录.mp4", seconds=8).read_bytes()
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        version = make_ready_version(lesson, 8_000, film)
        some_comment(cast.user("leader"), lesson, version, body="板书一条线", start_ms=6_000)
        save_evaluation(cast.user("colleague"), lesson, full_scores(lesson))
        return lesson.id


def hand_in(page) -> None:
    page.get_by_role("button", name=SUBMIT).click()
    page.get_by_role("dialog").get_by_role("button", name=SUBMIT).click()


def test_a_score_is_shown_by_stretches_that_play(page_for, app, cast, filmed):
    page = page_for("colleague")
    page.goto(f"/lessons/{filmed}")
    now = "document.getElementById('lesson-video').currentTime"
    goals = page.locator("[data-evidence=goals]")
    goals.locator("summary").click()
    for second, key in ((2, "["), (3, "]")):
        page.evaluate(f"{now} = {second}")
        eventually(lambda second=second: abs(page.evaluate(now) - second) < 0.1)
        page.keyboard.press(key)
    expect(goals.get_by_label("证据从几分几秒到几分几秒")).to_have_value("00:02-00:03")
    goals.get_by_role("button", name="附上").click()
    goals.get_by_label("或选一条点评").select_option(label="00:06 王丽：板书一条线")
    expect(page.locator("[data-rubric-state]")).to_have_attribute("data-state", "saved")
    assert violations(page) == []
    page.reload()
    pieces = goals.locator(".evidence-piece")
    expect(pieces).to_have_count(2)
    pieces.first.get_by_role("link", name="00:02–00:03").click()
    expect(pieces.first).to_have_attribute("aria-current", "true")
    expect(pieces.first).not_to_have_attribute("aria-current", "true", timeout=15_000)
    assert page.evaluate("document.getElementById('lesson-video').paused")
    assert 2.9 < page.evaluate(now) < 3.6
    goals.locator("summary").click()
    goals.get_by_label("证据从几分几秒到几分几秒").fill("00:05-01:00")
    goals.get_by_role("button", name="附上").click()
    expect(goals.get_by_role("alert")).to_contain_text("片段要在实录之内")
    # Meanwhile something is written on the phone; this page, which is older, leaves it alone.
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, filmed)
        save_evaluation(cast.user("colleague"), lesson, {"methods": 2}, advice="候答再长一点")
    page.get_by_label("教学目标 3 分").check()
    expect(page.locator("[data-rubric-state]")).to_have_attribute("data-state", "saved")
    hand_in(page)
    # What was typed and not added goes along with the sheet, and this is no stretch.
    expect(goals.get_by_label("证据从几分几秒到几分几秒")).to_be_focused()
    goals.get_by_label("证据从几分几秒到几分几秒").fill("00:05-00:06")
    hand_in(page)
    page.wait_for_url("**/evaluations")
    with app.app_context():
        own = db.session.query(Evaluation).one()
        assert (own.values()["goals"], own.values()["methods"], own.advice) == (3, 2, "候答再长一点")
        assert len(own.evidence) == 3
    shown = page.locator("#evidence")
    shown.get_by_role("button", name="依次播放").click()
    # One after the other: the stretch, then the moment of the comment.
    expect(shown.locator(".evidence-piece").nth(1)).to_have_attribute("aria-current", "true", timeout=15_000)
    phone = page_for("teacher", 390)
    phone.goto(f"/lessons/{filmed}/evaluations")
    assert sideways_overflow(phone) == 0
    items = phone.locator("tbody th")
    assert {items.nth(at).evaluate("e => getComputedStyle(e).whiteSpace") for at in range(items.count())} == {"nowrap"}
    assert violations(phone) == []


def test_a_sheet_without_a_film_takes_words_and_names_what_is_missing_before_it_asks(page_for, app, cast, errors):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        version = db.session.get_one(RubricVersion, lesson.rubric_version_id)
        goals, *others = version.body["criteria"]
        version.body = {**version.body, "criteria": [{**goals, "evidence": True}, *others]}
        save_evaluation(cast.user("colleague"), lesson, full_scores(lesson) | {"methods": None, "effect": None})
        address = f"/lessons/{lesson.id}"
    page = page_for("colleague")
    page.goto(address)
    card, goals = page.locator("#rubric"), page.locator("[data-evidence=goals]")
    button = card.get_by_role("button", name=SUBMIT)
    button.click()
    expect(card.locator("[data-rubric-error]")).to_contain_text("还有 2 项没有评分：")
    expect(card.get_by_role("radio", name="教学方法").first).to_be_focused()
    assert page.get_by_role("dialog").count() == 0
    card.get_by_label("教学方法 4 分").check()
    expect(card.locator("[data-rubric-error]")).to_contain_text("还有 1 项没有评分：教学效果")
    card.get_by_label("教学效果 4 分").check()
    expect(card.locator("[data-missing]")).to_have_count(0)
    expect(card.locator("[data-rubric-error]")).to_be_hidden()
    button.click()
    seen = goals.get_by_label("看到了什么")
    expect(seen).to_be_focused()
    expect(card.locator("[data-rubric-error]")).to_contain_text("要附证据")
    seen.fill("第三组四个人\n都动了手")
    # What is not added yet is kept on this device, whatever else is saved meanwhile.
    card.get_by_label("教学目标 3 分").check()
    expect(card.locator("[data-rubric-state]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(seen).to_have_value("第三组四个人\n都动了手")
    goals.get_by_role("button", name="加上这段话").click()
    expect(goals.locator(".evidence-words")).to_have_text("第三组四个人 都动了手")
    expect(seen).to_have_value("")
    expect(card.locator("[data-rubric-state]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(goals.locator(".evidence-piece")).to_contain_text("文字 第三组四个人")
    expect(seen).to_have_value("")
    page.set_viewport_size({"width": 390, "height": 844})
    goals.locator("summary").click()
    assert sideways_overflow(page) == 0
    assert violations(page) == []
    hand_in(page)
    page.wait_for_url("**/evaluations")
    with app.app_context():
        assert [(one.remark, one.taken_at) for one in db.session.query(Evaluation).one().evidence] == [
            ("第三组四个人\n都动了手", None)
        ]


OLDER_NOTES = """async ([lesson, fields]) => {
    const asked = indexedDB.open("lesson-notes");
    const database = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
    const transaction = database.transaction(["notes", "sheets"], "readwrite");
    const [notes, sheets] = ["notes", "sheets"].map((name) => transaction.objectStore(name));
    const all = [notes.getAll(), sheets.getAll()];
    notes.clear();
    sheets.clear();
    await new Promise((resolve) => { transaction.oncomplete = resolve; });
    database.close();
    const keep = (kind, row) => localStorage.setItem(
        [kind, row.viewer, row.lesson, ...(row.uuid ? [row.uuid] : [])].join(":"), JSON.stringify(row));
    for (const row of all[0].result) keep("note", row);
    for (const row of all[1].result) keep("sheet", row);
    const [note] = all[0].result;
    const other = note.uuid[0] === "0" ? "1" : "0";
    const numbers = Object.fromEntries(fields.map((name) => [name, "2"]));
    keep("note", { ...note, uuid: other + note.uuid.slice(1), fields: { ...numbers, advice: "旧量表上写的", version: "0" } });
    keep("note", { ...note, viewer: "999999", fields: { ...note.fields, advice: "别人写的" } });
}"""
NO_ROOM = """() => {
    window.putAgain = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function () {
        if (!this.transaction.isOver) this.transaction.abort();
        this.transaction.isOver = true;
        return {};
    };
}"""
# A disk that takes its time: the database opens when `letOpen` is called.
SLOW_DISK = """(() => {
    const open = IDBFactory.prototype.open;
    const later = new Promise((resolve) => { window.letOpen = resolve; });
    IDBFactory.prototype.open = function (...asked) {
        const request = {};
        later.then(() => {
            const real = open.apply(this, asked);
            for (const name of ["onupgradeneeded", "onsuccess", "onerror", "onblocked"]) real[name] = () => request[name]();
            Object.defineProperty(request, "result", { get: () => real.result });
        });
        return request;
    };
})()"""
ROOM = "() => { IDBObjectStore.prototype.put = window.putAgain; }"


@pytest.mark.service_worker
def test_what_a_score_rests_on_is_written_on_a_phone_without_a_line(page_for, app, cast, device_for, errors):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        version = db.session.get_one(RubricVersion, lesson.rubric_version_id)
        goals, *others = version.body["criteria"]
        version.body = {**version.body, "criteria": [{**goals, "evidence": True}, *others]}
        lesson_id = lesson.id
    phone = page_for("colleague", 390)
    # Before the page is there: one that a service worker takes over meanwhile may go past a later route for good.
    phone.route("**/live", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.goto(f"/lessons/{lesson_id}/live")
    phone.context.set_offline(True)
    phone.get_by_label("看到了什么").fill("后排有人在画画")
    phone.get_by_role("button", name="疑问").click()
    expect(phone.get_by_text("1 条存在本机")).to_be_visible()
    phone.context.set_offline(False)
    sheet = f"/lessons/{lesson_id}/scoring"
    phone.goto(sheet)
    form, state = phone.locator("[data-scoring]"), phone.locator("[data-scoring-state]")
    goals = form.locator("[data-evidence=goals]")
    expect(phone.get_by_text("没有网络也能打开接着评")).to_be_visible(timeout=20_000)
    expect(goals.get_by_text("提交前要有")).to_be_visible()
    phone.context.set_offline(True)
    for at in range(7):
        form.locator(".scoring-line").nth(at).get_by_role("radio").nth(1).check()
    phone.get_by_role("button", name=SUBMIT).click()
    # What is asked for is said before anybody is asked, and what is being written outlives the page.
    expect(form.locator("[data-scoring-error]")).to_contain_text("“教学目标”要附证据：写下看到的")
    seen = goals.get_by_label("看到了什么")
    expect(seen).to_be_focused()
    seen.fill("第三组四个人都动了手")
    expect(state).to_have_text(WAITS)
    phone.reload()
    expect(form).to_have_attribute("data-ready", "")
    expect(seen).to_have_value("第三组四个人都动了手")
    goals.get_by_role("button", name="附上").click()
    pieces = goals.locator(".evidence-piece")
    expect(pieces).to_contain_text("第三组四个人都动了手")
    expect(pieces.locator(".timecode")).to_contain_text("现场")
    expect(goals.get_by_text("提交前要有")).to_be_hidden()
    goals.locator("summary").click()
    goals.locator("summary").click()
    note = goals.locator("option", has_text="后排有人在画画").get_attribute("value")
    goals.get_by_label("或一条随记、点评").select_option(note)
    expect(pieces).to_have_count(2)
    expect(state).to_have_text(WAITS)
    assert violations(phone) == []
    assert sideways_overflow(phone) == 0
    # A full device says so, and has it once there is room again.
    phone.evaluate(NO_ROOM)
    advice = phone.get_by_label("最想建议的一点")
    advice.fill("候答再长一点")
    expect(form.locator("[data-scoring-error]")).to_contain_text("这台设备存不下了")
    phone.evaluate(ROOM)
    advice.fill("候答再长一点，先请没举手的")
    expect(state).to_have_text(WAITS)
    # Another teacher takes the phone: nothing of the first one's is there, and it waits for its writer.
    held = re.compile("/(scoring|live)$")
    phone.context.route(held, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.context.set_offline(False)
    sit_down(phone, device_for("principal"))
    phone.goto(sheet)
    expect(form).to_have_attribute("data-ready", "")
    expect(pieces).to_have_count(0)
    expect(advice).to_have_value("")
    sit_down(phone, device_for("colleague"))
    phone.goto(sheet)
    expect(form).to_have_attribute("data-ready", "")
    expect(pieces).to_have_count(2)
    pieces.filter(has_text="后排有人在画画").get_by_role("button", name="去掉").click()
    expect(advice).to_have_value("候答再长一点，先请没举手的")
    expect(state).to_have_text(WAITS)
    phone.context.unroute(held)
    phone.unroute("**/live")
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(state).to_contain_text("已送达", timeout=20_000)
    expect(pieces).to_have_count(1)
    hand_in(phone)
    phone.wait_for_url("**/evaluations")
    expect(phone.locator("#evidence")).to_contain_text("第三组四个人都动了手")
    with app.app_context():
        own = db.session.query(Evaluation).one()
        assert [(one.criterion_key, one.remark) for one in own.evidence] == [("goals", "第三组四个人都动了手")]
        assert own.advice == "候答再长一点，先请没举手的"
    errors[:] = [error for error in errors if not re.search(r"ERR_(FAILED|INTERNET_DISCONNECTED)", error)]


def test_what_waits_on_a_slow_disk_is_waited_for(page_for, app, cast, errors):
    with app.app_context(), unit_of_work():
        lesson_id = make_lesson(cast.user("teacher"), visibility="school").id
    phone = page_for("colleague", 390)
    phone.route(
        "**/lessons/*/scoring", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    phone.goto(f"/lessons/{lesson_id}/scoring")
    form, state = phone.locator("[data-scoring]"), phone.locator("[data-scoring-state]")
    expect(form).to_have_attribute("data-ready", "")
    phone.get_by_label("最想建议的一点").fill("候答再长一点")
    expect(state).to_have_text(WAITS)
    phone.add_init_script(SLOW_DISK)
    phone.clock.install()
    phone.reload()
    phone.clock.run_for(8000)
    expect(state).to_have_text("正在读这台设备上存的内容…")
    phone.get_by_label("教学目标 4 分（良）").check()
    phone.evaluate("letOpen()")
    expect(form).to_have_attribute("data-ready", "")
    expect(phone.get_by_label("最想建议的一点")).to_have_value("候答再长一点")
    expect(phone.get_by_label("教学目标 4 分（良）")).to_be_checked()
    expect(state).to_have_text(WAITS)
    phone.close()  # it tries to send again and again
    errors[:] = [error for error in errors if "ERR_FAILED" not in error]


@pytest.mark.service_worker
def test_a_lesson_is_scored_on_a_phone_without_a_line(page_for, app, cast, device_for, errors):
    with app.app_context(), unit_of_work():
        lesson_id = make_lesson(cast.user("teacher"), visibility="school").id
    desk = page_for("teacher")
    desk.goto(f"/lessons/{lesson_id}/scoring/code")
    assert violations(desk) == []
    code = desk.locator(".scoring-address").inner_text()
    phone = page_for("colleague", 390)
    phone.goto(code)
    form = phone.locator("[data-scoring]")
    expect(form).to_have_attribute("data-ready", "")
    expect(phone.get_by_text("没有网络也能打开接着评")).to_be_visible(timeout=20_000)
    assert violations(phone) == []
    phone.context.set_offline(True)
    for at in range(7):
        form.locator(".scoring-line").nth(at).get_by_role("radio").nth(1).check()
    advice = phone.get_by_label("最想建议的一点")
    advice.fill("候答")
    state = phone.locator("[data-scoring-state]")
    expect(phone.locator("[data-connection]")).to_have_text("离线：内容保存在本机，联网后自动提交")
    # Enter hands in no more than a press does: the question comes first.
    phone.get_by_label("教学目标 4 分（良）").press("Enter")
    agree = phone.get_by_role("dialog").get_by_role("button", name=SUBMIT)
    expect(agree).to_be_visible()
    expect(state).to_have_text(WAITS)
    agree.click()
    expect(state).to_have_text(HANDED)
    # A second page of the sheet on this phone and the first one go on together.
    other = phone.context.new_page()
    other.goto(phone.url)
    expect(other.locator("[data-scoring]")).to_have_attribute("data-ready", "")
    other.get_by_label("教学方法 3 分（中）").check()
    expect(phone.get_by_label("教学方法 3 分（中）")).to_be_checked()
    other.close()
    advice.fill("候答再长一点")
    expect(state).to_have_text(HANDED)
    # An older page had left its notes elsewhere. What was chosen on another rubric is told, and taken for no score of this one.
    fields = form.locator("[data-scoring-field^='score-']").evaluate_all(
        "all => all.map(one => one.dataset.scoringField)"
    )
    phone.evaluate(OLDER_NOTES, [str(lesson_id), fields])
    phone.reload()
    expect(form).to_have_attribute("data-ready", "")
    stale = phone.locator("[data-scoring-stale]")
    expect(stale).to_contain_text("按另一份量表评的 7 项没有提交")
    expect(stale).to_contain_text("旧量表上写的")
    assert violations(phone) == []
    stale.get_by_role("button", name="从本机删除").click()
    expect(stale).to_have_count(0)
    expect(advice).to_have_value("候答再长一点")
    expect(phone.get_by_label("教学目标 4 分（良）")).to_be_checked()
    expect(state).to_have_text(HANDED)
    assert sideways_overflow(phone) == 0
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        save_evaluation(cast.user("colleague"), lesson, {"goals": 2})
    # Another person has signed in on the phone when the line comes back: nothing of the first one's goes out.
    sit_down(phone, device_for("principal"), "d" * 40)
    with phone.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/scoring")):
        phone.context.set_offline(False)
    with app.app_context():
        assert db.session.query(Evaluation).one().values() == {"goals": 2}
    sit_down(phone, device_for("colleague"))
    phone.evaluate("dispatchEvent(new Event('online'))")
    apart = form.locator("[data-scoring-field='score-goals'] [data-scoring-apart]")
    expect(apart).to_contain_text("改成了 2 分，这里是 4 分", timeout=20_000)
    expect(state).to_contain_text("已送达")
    problem = form.locator("[data-scoring-error]")
    expect(problem).to_contain_text("还没有提交")
    assert violations(phone) == []

    def refuse(route) -> None:
        # Refused while one writes on: what is newer stays.
        advice.fill("候答再长一点，先请没举手的")
        route.fulfill(status=403, json={"message": "暂时不收"})

    phone.route("**/scoring", refuse, times=1)
    advice.fill("候答再长一点，")
    expect(problem).to_contain_text("暂时不收")
    expect(advice).to_have_value("候答再长一点，先请没举手的")
    apart.get_by_role("button", name="用这里的").click()
    expect(apart).to_be_hidden()
    hand_in(phone)
    phone.wait_for_url("**/evaluations")
    expect(desk.locator("#scoring-desk")).to_contain_text("周敏")
    with app.app_context():
        own = db.session.query(Evaluation).one()
        assert (own.state, own.values()["goals"], own.values()["methods"]) == ("submitted", 4, 3)
        assert own.advice == "候答再长一点，先请没举手的"
    errors[:] = [error for error in errors if not re.search(r"/scoring.*(400|401|403)", error)]
