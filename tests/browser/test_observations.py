"""A lesson in real pages: uploaded, watched, commented to the second, judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import (
    color_at,
    full_scores,
    make_clip,
    make_lesson,
    make_ready_version,
    some_comment,
    upload_clip,
)
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, RecordingVersion
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services import recordings
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.recordings import Made

FRAME_MS = 40
PIXEL = """() => {
  const video = document.getElementById("lesson-video");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 3;
  const pen = canvas.getContext("2d");
  pen.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 8, 8, 0, 0, 3, 3);
  return [...pen.getImageData(1, 1, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """Twenty seconds, one color each."""
    return make_clip(tmp_path_factory.mktemp("clip") / "课堂实录.mp4", seconds=20)


@pytest.fixture
def lesson_id(app, cast) -> int:
    """A lesson of 李强 without a recording, for his school."""
    with app.app_context(), unit_of_work():
        return make_lesson(cast.user("teacher"), visibility="school").id


@pytest.fixture
def recorded(app, cast, lesson_id, client_for, clip, work) -> int:
    """The same with the colored clip, ready to watch."""
    upload_clip(client_for("teacher"), lesson_id, clip)
    work()
    return lesson_id


def now_ms(page: Page) -> int:
    return page.evaluate("() => Math.round(document.getElementById('lesson-video').currentTime * 1000)")


def is_still(page: Page) -> bool:
    return page.evaluate("() => !document.getElementById('lesson-video').seeking")


def seek(page: Page, seconds: float) -> None:
    """Let the picture of a moment appear, as a person does by dragging."""
    page.evaluate("(to) => { document.getElementById('lesson-video').currentTime = to; }", seconds)
    eventually(lambda: is_still(page) and page.evaluate("document.getElementById('lesson-video').readyState") >= 2)


def color_shown(page: Page) -> tuple[int, ...]:
    eventually(lambda: is_still(page) and page.evaluate("document.getElementById('lesson-video').readyState") >= 2)
    return tuple(page.evaluate(PIXEL))


def is_color(shown: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(shown, wanted, strict=True)) < 30


def open_lesson(page_for: Callable[..., Page], key: str, lesson_id: int, width: int = 1280, query: str = "") -> Page:
    page = page_for(key, width)
    page.goto(f"/lessons/{lesson_id}{query}")
    return page


def following(page: Page) -> None:
    """Wait until the list hears what others do."""
    expect(page.locator("#comments")).to_have_attribute("data-state", "live")


def test_an_upload_by_the_page_is_watched_and_commented_live(page_for, lesson_id, clip, work):
    teacher = open_lesson(page_for, "teacher", lesson_id)
    expect(teacher.locator("form[data-upload]")).to_have_attribute("data-ready", "")
    teacher.get_by_label("选择课堂实录").set_input_files(clip)
    teacher.get_by_role("button", name="上传实录").click()
    expect(teacher.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    work()
    expect(teacher.locator("#lesson-video")).to_be_visible()
    following(teacher)

    colleague = open_lesson(page_for, "colleague", lesson_id, 390)
    following(colleague)
    expect(teacher.get_by_text("2 人正在观看")).to_be_visible()
    seek(colleague, 12.2)
    colleague.get_by_label("点评", exact=True).fill("提问以后多等了三秒，学生说得更完整。")
    expect(colleague.get_by_label("时间", exact=True)).to_have_value("00:12")
    colleague.get_by_role("button", name="发表", exact=True).click()

    comment = teacher.locator(".comment", has_text="提问以后多等了三秒")
    expect(comment.locator(".timecode")).to_have_text("00:12")
    pin = teacher.get_by_role("button", name="00:12 周敏：提问以后多等了三秒")
    expect(pin).to_be_visible()
    assert not is_color(color_shown(teacher), color_at(12_000))
    pin.click()
    assert abs(now_ms(teacher) - 12_200) <= FRAME_MS
    assert is_color(color_shown(teacher), color_at(12_000))
    expect(comment).to_have_class(re.compile("is-current"))
    assert sideways_overflow(teacher) <= 0


@pytest.mark.parametrize("ms", [1_000, 7_000, 11_960, 12_000, 18_999])
def test_a_click_on_a_comment_shows_its_frame(page_for, app, cast, recorded, ms):
    with app.app_context(), unit_of_work():
        version = current_version(recording_of(recorded))
        some_comment(cast.user("colleague"), version.recording.lesson, version, start_ms=ms)
    page = open_lesson(page_for, "teacher", recorded)
    page.locator(".comment .timecode").click()
    eventually(lambda: abs(now_ms(page) - ms) <= FRAME_MS)
    near = {color_at(max(0, ms - FRAME_MS)), color_at(ms), color_at(ms + FRAME_MS)}
    assert any(is_color(color_shown(page), color) for color in near)


def test_a_link_opens_at_its_second(page_for, recorded):
    page = open_lesson(page_for, "colleague", recorded, query="?t=7")
    eventually(lambda: abs(now_ms(page) - 7_000) <= FRAME_MS)
    assert is_color(color_shown(page), color_at(7_000))


def test_the_keys_of_the_player(page_for, recorded):
    page = open_lesson(page_for, "colleague", recorded)
    following(page)
    seek(page, 5)
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    eventually(lambda: abs(now_ms(page) - 10_000) <= FRAME_MS)
    page.keyboard.press("j")
    eventually(lambda: now_ms(page) <= FRAME_MS)
    page.keyboard.press("l")
    page.keyboard.press("[")
    eventually(lambda: is_still(page))
    page.keyboard.press("ArrowRight")
    eventually(lambda: abs(now_ms(page) - 15_000) <= FRAME_MS)
    page.keyboard.press("]")
    page.keyboard.press("c")
    expect(page.get_by_label("点评", exact=True)).to_be_focused()
    page.keyboard.type("lll 小组讨论很充分")
    assert abs(now_ms(page) - 15_000) <= FRAME_MS
    page.keyboard.press("Enter")
    expect(page.locator(".comment .timecode")).to_have_text("00:10–00:15")
    expect(page.locator(".timeline-range")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()


def test_enter_while_pinyin_is_composed_sends_nothing(page_for, recorded):
    page = open_lesson(page_for, "colleague", recorded)
    following(page)
    body = page.get_by_label("点评", exact=True)
    body.focus()
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    typing.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"})
    body.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    typing.send("Input.insertText", {"text": "你好"})
    expect(body).to_have_value("你好")
    expect(page.locator(".comment")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".comment")).to_have_count(1)


def test_writing_stops_the_film_and_sending_lets_it_go_on(page_for, recorded):
    page = open_lesson(page_for, "colleague", recorded)
    following(page)
    page.evaluate("() => { const v = document.getElementById('lesson-video'); v.muted = true; return v.play(); }")
    playing = "() => !document.getElementById('lesson-video').paused"
    eventually(lambda: page.evaluate(playing) and now_ms(page) > 0)
    page.get_by_label("点评", exact=True).press_sequentially("好")
    assert not page.evaluate(playing)
    page.keyboard.press("Enter")
    expect(page.locator(".comment")).to_have_count(1)
    eventually(lambda: page.evaluate(playing))


def test_a_comment_is_answered_taken_back_and_brought_back(page_for, app, cast, recorded):
    with app.app_context(), unit_of_work():
        version = current_version(recording_of(recorded))
        some_comment(cast.user("colleague"), version.recording.lesson, version)
    teacher = open_lesson(page_for, "teacher", recorded)
    colleague = open_lesson(page_for, "colleague", recorded)
    following(teacher)
    following(colleague)
    teacher.locator(".comment-thread summary").click()
    teacher.get_by_label("回复周敏").fill("谢谢，下次我再多等一会儿。")
    teacher.get_by_role("button", name="发表回复").click()
    expect(colleague.get_by_text("1 条回复")).to_be_visible()
    expect(teacher.get_by_role("button", name="撤回")).to_have_count(1)  # only the own answer
    colleague.locator(".comment-foot > .post-tools").get_by_role("button", name="撤回").click()
    expect(teacher.locator(".comment")).to_have_count(0)
    colleague.get_by_role("button", name="撤销").click()
    expect(teacher.locator(".comment")).to_have_count(1)


def test_a_draft_survives_a_closed_tab(context_for, recorded):
    context = context_for("colleague")
    page = context.new_page()
    page.goto(f"/lessons/{recorded}")
    page.get_by_label("点评", exact=True).fill("还没写完的")
    expect(page.locator("[data-comment-form] [data-draft-state]")).to_have_text("草稿已存本机")
    page.close()
    again = context.new_page()
    again.goto(f"/lessons/{recorded}")
    expect(again.get_by_label("点评", exact=True)).to_have_value("还没写完的")


def test_a_draft_comes_back_with_its_moment_and_its_audience(context_for, recorded):
    context = context_for("colleague")
    page = context.new_page()
    page.goto(f"/lessons/{recorded}")
    seek(page, 12.2)
    body = page.get_by_label("点评", exact=True)
    body.fill("只给他看的")
    page.get_by_label("疑问").check(force=True)
    page.get_by_label("谁可以看到").select_option("私密")
    expect(page.locator("[data-comment-form] [data-draft-state]")).to_have_text("草稿已存本机")
    page.reload()
    expect(body).to_have_value("只给他看的")
    expect(page.get_by_label("时间", exact=True)).to_have_value("00:12")
    seek(page, 3)
    expect(page.get_by_label("时间", exact=True)).to_have_value("00:12")
    expect(page.get_by_label("疑问")).to_be_checked()
    expect(page.get_by_label("谁可以看到")).to_have_value("private")
    page.get_by_role("button", name="放弃草稿").click()
    expect(page.get_by_label("时间", exact=True)).to_have_value("00:03")
    seek(page, 5)
    expect(page.get_by_label("时间", exact=True)).to_have_value("00:05")
    page.reload()
    expect(body).to_have_value("")


def test_a_rubric_saves_itself_and_others_scores_stay_hidden(page_for, app, cast, lesson_id):
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        make_ready_version(lesson)
        save_evaluation(cast.user("principal"), lesson, full_scores(lesson, 5))
        submit_evaluation(cast.user("principal"), lesson)
    page = open_lesson(page_for, "colleague", lesson_id, 390)
    card = page.locator("#rubric")
    expect(card.get_by_text("提交自己的评课后，能看到大家的评分")).to_be_visible()
    expect(card.get_by_text("平均")).to_have_count(0)
    assert page.request.get(f"/lessons/{lesson_id}/evaluations").status == 403
    lines = card.locator("fieldset.rubric-line")
    for number in range(lines.count()):
        lines.nth(number).locator("label", has_text="4").click()
    expect(card.locator("[data-rubric-state]")).to_have_attribute("data-state", "saved")
    expect(card.locator("[data-rubric-state]")).to_contain_text("总分 80.0")
    page.reload()
    expect(card.get_by_text("已填 7 / 7")).to_be_visible()
    card.get_by_role("button", name="提交评课").click()
    expect(page.get_by_role("dialog")).to_contain_text("提交以后不能再改")
    page.get_by_role("dialog").get_by_role("button", name="提交评课").click()
    expect(page.get_by_role("heading", name="评课结果")).to_be_visible()
    expect(page.get_by_role("row", name="总分 100 90.0 100.0 80.0")).to_be_visible()


def test_a_rubric_says_truthfully_that_it_is_offline(context_for, errors, app, cast, recorded):
    context = context_for("colleague")
    page = context.new_page()
    page.goto(f"/lessons/{recorded}")
    following(page)
    context.set_offline(True)
    page.locator("#rubric label", has_text="5").first.click()
    state = page.locator("[data-rubric-state]")
    expect(state).to_have_attribute("data-state", "offline")
    page.get_by_label("最值得学的一点").fill("追问很及时")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    context.set_offline(False)
    expect(state).to_have_attribute("data-state", "saved")
    expect(page.get_by_text("草稿已存本机")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_with_everything_on_it_is_accessible(page_for, app, cast, recorded, width):
    with app.app_context(), unit_of_work():
        version = current_version(recording_of(recorded))
        lesson = version.recording.lesson
        invite_member(cast.user("teacher"), lesson, cast.user("researcher"), "expert")
        for number, kind in enumerate(("highlight", "question", "suggestion", "evidence", "technique")):
            some_comment(cast.user("colleague"), lesson, version, start_ms=3_000 * number, kind=kind)
        some_comment(cast.user("leader"), lesson, version, start_ms=3_100, end_ms=6_000, visibility="teacher")
    page = open_lesson(page_for, "teacher", recorded, width)
    following(page)
    expect(page.locator(".pin").first).to_be_visible()
    assert violations(page) == []
    assert sideways_overflow(page) <= 0


def say_elsewhere(client_for, key: str, lesson_id: int, start_ms: int, body: str) -> None:
    data = {"body": body, "start_ms": str(start_ms), "client_uuid": str(uuid4())}
    assert client_for(key).post(f"/lessons/{lesson_id}/comments", data=data).status_code == 303


def test_a_comment_of_somebody_else_leaves_pinyin_in_an_answer_alone(page_for, client_for, recorded):
    say_elsewhere(client_for, "colleague", recorded, 3_000, "第一句")
    say_elsewhere(client_for, "colleague", recorded, 12_000, "第三句")
    page = open_lesson(page_for, "teacher", recorded)
    following(page)
    page.locator(".comment-thread summary").nth(1).click()
    answer = page.get_by_label("回复周敏").nth(1)
    answer.focus()
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    expect(page.locator(".pin")).to_have_count(2)
    page.evaluate("() => document.querySelectorAll('.comment, .pin').forEach((one) => (one.stood = true))")
    say_elsewhere(client_for, "leader", recorded, 6_000, "第二句")
    expect(page.locator(".comment > .comment-main > .comment-body")).to_have_text(["第一句", "第二句", "第三句"])
    stood = "() => [...document.querySelectorAll('.comment, .pin')].filter((one) => one.stood).length"
    assert page.evaluate(stood) == 4, "what stood there is not made anew"
    typing.send("Input.insertText", {"text": "你好"})
    expect(page.locator(".comment").nth(2).get_by_label("回复周敏")).to_have_value("你好")


def test_the_timeline_leads_to_comments_beyond_the_first_page(page_for, client_for, recorded, monkeypatch):
    monkeypatch.setattr("yanxiu.observations.queries.comments.PAGE", 2)
    for second in (1, 4, 8, 12, 16):
        say_elsewhere(client_for, "colleague", recorded, second * 1000, f"第 {second} 秒")
    page = open_lesson(page_for, "teacher", recorded)
    following(page)
    said = page.locator(".comment > .comment-main > .comment-body")
    expect(said).to_have_text(["第 1 秒", "第 4 秒"])
    expect(page.locator(".pin")).to_have_count(5)
    expect(page.locator("[data-comment-count]")).to_have_text("5")
    page.get_by_role("button", name="00:12 周敏：第 12 秒").click()
    expect(page.locator(".comment.is-current")).to_contain_text("第 12 秒")
    page.get_by_role("link", name="加载更多").click()
    expect(said).to_have_text([f"第 {second} 秒" for second in (1, 4, 8, 12, 16)])
    expect(page.locator(".pin")).to_have_count(5)


def test_an_answer_whose_line_broke_is_posted_once(page_for, app, client_for, recorded):
    say_elsewhere(client_for, "colleague", recorded, 3_000, "第一句")
    page = open_lesson(page_for, "teacher", recorded)
    following(page)
    page.route("**/replies", lambda route: (route.fetch(), route.abort("internetdisconnected")))
    page.locator(".comment-thread summary").click()
    page.get_by_label("回复周敏").fill("谢谢")
    page.get_by_role("button", name="发表回复").click()
    expect(page.locator("form[id^=answer]")).to_have_attribute("data-state", "offline")
    expect(page.locator(".reply")).to_have_count(1)  # it did arrive, only the answer was lost
    expect(page.get_by_label("回复周敏")).to_have_value("谢谢")
    page.unroute("**/replies")
    page.get_by_role("button", name="发表回复").click()
    expect(page.get_by_label("回复周敏")).to_have_value("")
    page.get_by_label("回复周敏").fill("再说一句")
    page.get_by_role("button", name="发表回复").click()
    expect(page.locator(".reply .comment-body")).to_have_text(["谢谢", "再说一句"])


def add_quality(app, lesson_id: int, kind: str) -> None:
    with app.app_context(), unit_of_work():
        version = current_version(recording_of(lesson_id))
        with storage().open(version.rendition("source").file.key) as file:
            received = receive_file(file, "b.mp4", "video/mp4")
        recordings.add_rendition(version, Made(kind, received, 320, 180))


def test_what_becomes_ready_tears_nobody_out_of_the_film(page_for, app, cast, recorded):
    page = open_lesson(page_for, "colleague", recorded)
    following(page)
    seek(page, 7)
    page.evaluate("document.body.dataset.marker = 'here'")
    expect(page.get_by_label("清晰度")).to_be_hidden()
    add_quality(app, recorded, "480p")
    expect(page.get_by_label("清晰度")).to_be_visible()
    expect(page.get_by_label("清晰度").locator("option")).to_have_text(["原画", "流畅"])
    page.get_by_label("清晰度").select_option("流畅")
    eventually(lambda: is_still(page) and abs(now_ms(page) - 7_000) <= FRAME_MS)

    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, recorded)
        newer = recordings.receive_upload(cast.user("teacher"), lesson, "a" * 32, "第二次.mp4", 10).id
    notice = page.locator("[data-newer]")
    expect(notice).to_contain_text("正在处理（0%）")
    with app.app_context(), unit_of_work():
        recordings.fail_version(db.session.get_one(RecordingVersion, newer), "文件已损坏")
    expect(notice).to_contain_text("新上传的视频无法处理：文件已损坏")
    with app.app_context(), unit_of_work():
        newest = make_ready_version(db.session.get_one(Lesson, recorded)).id
    offer = notice.get_by_role("button", name="新版本已处理好，点此观看")
    expect(offer).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-marker", "here")
    assert abs(now_ms(page) - 7_000) <= FRAME_MS
    offer.click()
    expect(page.locator("#recording-view")).to_have_attribute("data-version", str(newest))


def test_the_slowest_speed_of_the_keys_is_one_of_the_list(page_for, recorded):
    page = open_lesson(page_for, "colleague", recorded)
    following(page)
    page.locator("h1").click()
    for _ in range(2):
        page.keyboard.press("<")
    expect(page.get_by_label("速度")).to_have_value("0.5")
    page.evaluate("delete HTMLDialogElement.prototype.showModal")
    page.evaluate("delete HTMLDialogElement.prototype.close")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()


def test_on_a_phone_the_main_action_stays_at_hand_and_makes_way_while_one_writes(page_for, client_for, recorded):
    for second in range(8):
        say_elsewhere(client_for, "colleague", recorded, second * 1000, f"第 {second} 秒")
    page = open_lesson(page_for, "leader", recorded, 390)
    following(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    action = page.get_by_role("link", name="在此刻点评")
    expect(action).to_be_in_viewport(ratio=1)
    expect(page.locator("main .button.primary:visible")).to_have_count(1)
    action.click()
    expect(page.get_by_label("点评", exact=True)).to_be_focused()
    expect(action).to_be_hidden()
    page.get_by_label("点评", exact=True).blur()
    expect(action).to_be_visible()
