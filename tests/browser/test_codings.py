"""Coding a lesson with the keyboard alone, also while the line is away, and playing where two coders differ."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import code_lesson, make_clip, make_lesson, make_ready_version, some_comment
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.instruments.questions import LEDGER
from yanxiu.observations.instruments.scheme_lines import body_of_lines
from yanxiu.observations.instruments.shipped import COPUS
from yanxiu.observations.models import CodingSession, Lesson
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services import schemes
from yanxiu.observations.services.codings import Batch, Mark, finish_coding, save_codes

AT = "(to) => { document.getElementById('lesson-video').currentTime = to; }"


@pytest.fixture(scope="session")
def film(tmp_path_factory) -> bytes:
    path: Path = make_clip(tmp_path_factory.mktemp("film") / "课.mp4", seconds=20)
    return path.read_bytes()


@pytest.fixture
def lesson_id(app, cast, film) -> int:
    """A lesson of 李强 for his school, twenty seconds long."""
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson, 20_000, film)
        return lesson.id


def seconds(page: Page) -> float:
    return page.evaluate("document.getElementById('lesson-video').currentTime")


def press_at(page: Page, second: float, key: str) -> None:
    page.evaluate(AT, second)
    eventually(lambda: abs(seconds(page) - second) < 0.01)
    page.keyboard.press(key)


def kept(app) -> list[tuple[int, str]]:
    with app.app_context():
        return [(one.start_ms // 1000, one.code) for session in db.session.query(CodingSession) for one in session.kept]


def test_keys_code_and_nothing_is_lost_while_the_line_is_away(page_for, app, lesson_id, errors):
    page = page_for("colleague", 1280)
    page.goto(f"/lessons/{lesson_id}/codings/st")
    expect(page.locator("#coding")).to_have_attribute("data-ready", "")
    state = page.locator("[data-coding-state]")
    page.keyboard.press("t")
    press_at(page, 2, "s")
    expect(state).to_have_attribute("data-state", "saved")
    page.route("**/codings/st", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    press_at(page, 4, "t")
    press_at(page, 4.9, "s")
    page.keyboard.press("z")  # undone
    expect(state).to_have_attribute("data-state", "offline")
    expect(state).to_contain_text("存在本机")
    page.unroute("**/codings/st")
    page.reload()  # the tab was closed: what was kept on the device is sent now
    expect(state).to_have_attribute("data-state", "saved")
    assert kept(app) == [(0, "T"), (2, "S"), (4, "T")]
    expect(page.locator("[data-coding-progress]")).to_contain_text("共 3 处")
    errors[:] = [error for error in errors if "ERR_FAILED" not in error]


def test_the_playlist_goes_to_a_difference_and_a_key_settles_it(page_for, app, cast, lesson_id):
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        version = current_version(recording_of(lesson_id))
        code_lesson(cast.user("principal"), lesson, version, "TTSS", 5_000)
        code_lesson(cast.user("colleague"), lesson, version, "TTTT", 5_000)
    page = page_for("colleague", 1280)
    page.goto(f"/lessons/{lesson_id}/codings/st/results")
    expect(page.locator("html")).not_to_have_attribute("data-starting", "")
    page.keyboard.press("g")
    row = page.locator("[data-stretch]")
    expect(row).to_have_attribute("aria-current", "true")
    eventually(lambda: 5 <= seconds(page) < 12)
    page.keyboard.press("s")
    expect(row.get_by_text("议定：学生行为")).to_be_visible()
    expect(page.get_by_text("议定后 κ")).to_be_visible()


def test_the_lanes_of_a_lesson_lead_to_the_moment(page_for, app, cast, lesson_id, errors):
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        version = current_version(recording_of(lesson_id))
        for who, codes in (("colleague", "TSTST"), ("leader", "TTTTS")):
            code_lesson(cast.user(who), lesson, version, codes, 4_000)
    page = page_for("teacher", 1280)
    page.goto(f"/lessons/{lesson_id}")
    lane = page.locator("[data-lanes-place] .lane svg")
    box = lane.bounding_box()
    assert box is not None
    lane.click(position={"x": box["width"] * 0.402, "y": 5})  # close to where T begins again
    eventually(lambda: abs(seconds(page) - 8) < 0.01)
    page.get_by_text("每个代码", exact=True).click()
    page.get_by_role("button", name="S 学生行为").press("Enter")
    eventually(lambda: abs(seconds(page) - 12) < 0.01)
    page.get_by_role("link", name="S-T 分析：王丽").click()
    expect(page.locator("[data-lanes-choose][aria-current]")).to_be_focused()
    page.get_by_role("row", name="S 学生行为").get_by_role("link").click()
    eventually(lambda: abs(seconds(page) - 16) < 0.01)
    coder = page_for("principal", 1280)
    coder.goto(f"/lessons/{lesson_id}/codings/st")
    expect(coder.locator("#coding")).to_have_attribute("data-ready", "")
    coder.keyboard.press("t")
    press_at(coder, 2, "s")
    coder.get_by_role("button", name="完成编码").click()
    coder.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.locator(".lanes-choice")).to_contain_text("孙正平")  # without loading the page anew
    coder.goto(f"/lessons/{lesson_id}")
    expect(coder.locator("[data-lanes] .lane-now").first).to_be_attached()
    page.get_by_text("教学环节、字幕与更换实录").click()
    page.locator("#segments").fill("00:00 导入")
    page.get_by_role("button", name="加一行").press("Enter")
    page.keyboard.type("小组讨论")
    page.get_by_role("button", name="保存环节").press("Enter")
    phase = page.locator(".timeline-phases .phase-discussion a")
    expect(phase).to_have_attribute("data-seek", "16000")
    expect(coder.locator(".timeline-phases .phase-discussion a")).to_have_attribute("data-seek", "16000")
    expect(coder.locator("[data-phase-table]")).to_contain_text("小组讨论")
    phase.press("Enter")
    eventually(lambda: abs(seconds(page) - 16) < 0.01)
    assert errors == []


def test_questions_are_noted_by_keys_and_kept_while_the_line_is_away(page_for, app, cast, lesson_id, errors):
    page = page_for("colleague", 1280)
    page.goto(f"/lessons/{lesson_id}/codings/ask")
    expect(page.locator("#coding")).to_have_attribute("data-ready", "")
    state, now = page.locator("[data-coding-state]"), page.locator("[data-coding-now]")
    page.keyboard.press("w")
    expect(page.locator("[data-coding-error]")).to_have_text("先在老师问完时按 Q，再记别的")
    press_at(page, 2, "q")
    press_at(page, 5, "w")
    expect(now).to_have_text("第 1 问 00:02，候答 3.0 秒")
    page.keyboard.press("4")
    page.keyboard.press("5")  # another level takes the place of the first
    expect(state).to_have_attribute("data-state", "saved")
    page.route("**/codings/ask", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    press_at(page, 8, "q")
    page.keyboard.press("v")
    expect(state).to_have_attribute("data-state", "offline")
    page.unroute("**/codings/ask")
    page.reload()
    expect(state).to_have_attribute("data-state", "saved")
    assert kept(app) == [(2, "Q"), (2, "L5"), (5, "W"), (8, "Q"), (8, "R9")]
    expect(page.locator("[data-questions] tr").first).to_contain_text("追问")
    press_at(page, 9, "Delete")
    expect(page.locator("[data-questions] tr")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator("[data-questions] tr")).to_have_count(2)
    page.get_by_role("button", name="完成记录").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="完成").click()
    expect(page.get_by_role("heading", name="问答记录结果")).to_be_visible()
    expect(page.get_by_role("row", name="评价").first).to_be_visible()
    with app.app_context(), unit_of_work():
        lesson, version = db.session.get_one(Lesson, lesson_id), current_version(recording_of(lesson_id))
        marks = tuple(Mark(str(uuid4()), at, code) for at, code in ((3_000, "Q"), (3_000, "L4"), (7_000, "W")))
        save_codes(cast.user("principal"), lesson, version, LEDGER, Batch(marks, reached_ms=20_000))
        finish_coding(cast.user("principal"), lesson, LEDGER)
    page.reload()
    other = page_for("principal", 390)
    other.goto(page.url)
    expect(page.locator("html")).not_to_have_attribute("data-starting", "")
    page.keyboard.press("g")
    expect(page.locator("[data-stretch][aria-current]")).to_have_attribute("id", "stretch-2000")
    other.get_by_role("form", name="00:02 问题层次").get_by_role("button", name="评价").click()
    expect(page.get_by_role("form", name="00:02 问题层次")).to_contain_text("议定：评价")
    page.get_by_role("form", name="00:08 这一问").get_by_role("button", name="没有这一问").click()
    expect(other.locator("#disagreements")).to_contain_text("议定：没有这一问")
    expect(other.locator("#agreement")).to_contain_text("议定后占")
    assert violations(other) == []
    assert sideways_overflow(other) == 0
    errors[:] = [error for error in errors if "ERR_FAILED" not in error]


def test_a_window_is_ticked_by_keys_and_two_are_compared(page_for, app, cast, lesson_id):
    with app.app_context(), unit_of_work():
        teacher, lesson = cast.user("teacher"), db.session.get_one(Lesson, lesson_id)
        family = schemes.create_scheme(teacher, teacher.organization_id, "本校方案", COPUS)
        lines = "学生\n- 1 听讲\n- 2 动笔\n老师\n- Q 讲授\n- W 提问"
        family.versions[-1].body = body_of_lines(lines, "windows", "5", "")
        scheme, version = family.versions[-1].scheme, current_version(recording_of(lesson_id))
        marks = tuple(Mark(str(uuid4()), at, code) for at, code in ((0, "1"), (0, "3"), (5_000, "2"), (10_000, "2")))
        save_codes(cast.user("principal"), lesson, version, scheme, Batch(marks, reached_ms=20_000))
        finish_coding(cast.user("principal"), lesson, scheme)
    page = page_for("colleague", 390)
    page.goto(f"/lessons/{lesson_id}/codings/{scheme.slug}")
    expect(page.locator("#coding")).to_have_attribute("data-ready", "")
    now = page.locator("[data-coding-now]")
    page.keyboard.press("1")
    page.keyboard.press("q")
    expect(now).to_have_text("00:00–00:05 听讲、讲授")
    press_at(page, 6, "w")
    page.keyboard.press("x")  # none of them: takes the other back
    expect(now).to_have_text("00:05–00:10 都没有")
    page.keyboard.press("z")
    expect(now).to_have_text("00:05–00:10 提问")
    press_at(page, 12, "2")
    page.keyboard.press("2")  # taken back
    expect(page.locator("[data-coding-progress]")).to_have_text("编了 2 段，全课 4 段，共 3 处")
    expect(page.locator("[data-coding-state]")).to_have_attribute("data-state", "saved")
    page.get_by_role("button", name="完成编码").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.locator("#agreement")).to_contain_text("两人都编过 2 段，其中 1 段完全相同（50.0%）")
    expect(page.locator("#disagreements")).to_contain_text("只有周敏：提问。 只有孙正平：动笔。")
    page.keyboard.press("g")
    expect(page.locator("[data-stretch][aria-current]")).to_have_count(1)
    other = page_for("principal")
    other.goto(page.url)
    asked = other.get_by_role("form", name="提问")
    asked.get_by_role("button", name="议定有").click()
    expect(page.get_by_role("form", name="提问")).to_contain_text("议定：有")
    expect(page.locator("#disagreements")).to_contain_text("还有 1 段没有议定")
    page.get_by_role("form", name="动笔").get_by_role("button", name="议定没有").click()
    expect(other.locator("#disagreements")).to_contain_text("全部议定了")
    expect(other.locator("#agreement")).to_contain_text("议定后 κ")
    assert violations(other) == []


def test_comments_are_narrowed_while_the_film_goes_on(page_for, app, cast, lesson_id, errors):
    def say(who: str, **details: object) -> None:
        with app.app_context(), unit_of_work():
            lesson = db.session.get_one(Lesson, lesson_id)
            some_comment(cast.user(who), lesson, current_version(recording_of(lesson_id)), **details)

    say("colleague", body="问得好 #追问", kind="highlight", start_ms=2_000)
    say("principal", body="等得太短", kind="question", start_ms=6_000)
    page, other = page_for("teacher", 390), page_for("colleague", 1280)
    page.goto(f"/lessons/{lesson_id}")
    expect(page.locator(".comment-filter")).to_have_attribute("data-ready", "")
    page.evaluate(AT, 7)
    shown = page.locator("#comments > .comment")
    page.locator("#filter-kind").select_option("question")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("等得太短")
    expect(page.locator("[data-comment-count]")).to_have_text("1")
    expect(page.locator("[data-pins] .pin")).to_have_count(1)
    assert abs(seconds(page) - 7) < 0.01
    other.goto(f"/lessons/{lesson_id}")
    for kind, words in (("highlight", "板书清楚"), ("question", "为什么不读")):
        other.get_by_label("点评", exact=True).fill(words)
        other.locator(f"input[name=kind][value={kind}]").check(force=True)
        other.get_by_role("button", name="发表", exact=True).click()
        expect(other.locator("#comments")).to_contain_text(words)
    expect(page.locator("#comments")).to_contain_text("为什么不读")
    expect(shown).to_have_count(2)
    assert violations(page) == []
    assert sideways_overflow(page) == 0
    page.get_by_role("link", name="看全部").click()
    expect(shown).to_have_count(4)
    page.locator("#filter-tag").select_option("追问")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("问得好")
    page.reload()
    expect(shown).to_have_count(1)
