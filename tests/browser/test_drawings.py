"""Drawing on a still of the film: where it was drawn it is seen, whatever the size of the player."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_observations import following, now_ms, open_lesson, seek
from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import make_clip, make_lesson, upload_clip
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import jobs

PICTURE = """() => {
  const video = document.querySelector("video");
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  return [box.left + (box.width - width) / 2, box.top + (box.height - height) / 2, width, height];
}"""
DRAWN = """() => {
  const layer = document.querySelector("[data-drawn]");
  const path = layer.querySelector(".drawn-line");
  if (!path) return null;
  const points = path.getAttribute("d").match(/[-.0-9]+/g).map(Number);
  const to = (x, y) => new DOMPoint(x, y).matrixTransform(layer.getScreenCTM());
  const [from, until] = [to(points[0], points[1]), to(points[2], points[3])];
  return [from.x, from.y, until.x, until.y];
}"""


@pytest.fixture
def upright(app, cast, client_for, work, tmp_path: Path) -> int:
    """A lesson filmed with an upright phone: bars stand at both sides of its picture."""
    with app.app_context(), unit_of_work():
        lesson_id = make_lesson(cast.user("teacher"), visibility="school").id
    upload_clip(client_for("teacher"), lesson_id, make_clip(tmp_path / "竖着拍.mp4", seconds=8, size=(180, 320)))
    work()
    return lesson_id


def picture_of(page: Page) -> tuple[float, ...]:
    return tuple(page.evaluate(PICTURE))


def is_at_the_quarters(page: Page) -> bool:
    """Whether the box from a quarter to three quarters of the picture is drawn there."""
    left, top, width, height = picture_of(page)
    wanted = (left + width / 4, top + height / 4, left + width * 3 / 4, top + height * 3 / 4)
    shown = page.evaluate(DRAWN)
    return shown is not None and all(abs(a - b) < 3 for a, b in zip(shown, wanted, strict=True))


def test_a_drawing_stands_in_the_picture_on_every_page_and_goes_with_its_moment(page_for, upright):
    teacher = open_lesson(page_for, "teacher", upright, 390)
    following(teacher)
    page = open_lesson(page_for, "colleague", upright)
    following(page)
    seek(page, 3.2)
    page.locator("h1").click()
    page.keyboard.press("d")
    board = page.locator("#recording [data-board]")
    expect(board).to_be_focused()
    page.get_by_label("方框").check(force=True)
    # Closed with nothing drawn the moment is free again; opened once more it is held.
    page.get_by_role("button", name="画好了").click()
    seek(page, 4.2)
    expect(page.get_by_label("时间", exact=True)).to_have_value("00:04")
    page.get_by_role("button", name="在画面上画").click()
    expect(board).to_be_focused()
    left, top, width, height = picture_of(page)
    assert width < page.locator("video").bounding_box()["width"] - 100
    page.mouse.move(left + width / 4, top + height / 4)
    page.mouse.down()
    page.mouse.move(left + width / 2, top + height / 2)
    page.mouse.move(left + width * 3 / 4, top + height * 3 / 4)
    page.mouse.up()
    field = page.locator("#comment-form [name=drawing]")
    (box,) = json.loads(field.input_value())
    assert (box["kind"], box["color"]) == ("box", "red")
    assert all(abs(a - b) < 60 for a, b in zip(box["at"], (2500, 2500, 7500, 7500), strict=True))
    assert violations(page) == []
    # By keys: an arrow in the middle, moved, made longer, taken away again.
    page.get_by_label("箭头").check(force=True)
    board.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-drawing-said]")).to_contain_text("改了大小，现在有 1 个箭头、1 个方框")
    assert json.loads(field.input_value())[1]["at"] == [3700, 6500, 5200, 5200]
    page.keyboard.press("Delete")
    page.get_by_role("button", name="画好了").click()
    expect(page.get_by_label("点评", exact=True)).to_be_focused()
    # Kept on this device with its moment, before and after a word is written.
    for words in ("", "圈里的孩子一直没有说话"):
        page.get_by_label("点评", exact=True).fill(words)
        page.reload()
        expect(page.get_by_role("button", name="已画 1 个方框")).to_be_visible()
        expect(page.get_by_label("时间", exact=True)).to_have_value("00:04")
    # Drawn on while the remark waits for the network: it goes along, and nothing stays for the next one.
    page.route("**/comments", lambda route: route.abort("internetdisconnected"))
    page.get_by_label("点评", exact=True).press("Enter")
    expect(page.locator("#comment-form")).to_have_attribute("data-state", "offline")
    page.get_by_role("button", name="已画 1 个方框").click()
    page.get_by_label("箭头").check(force=True)
    board.press("Enter")
    page.get_by_role("button", name="画好了").click()
    page.unroute("**/comments")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#comments .comment")).to_have_count(1)
    expect(page.locator("#comments .comment")).to_have_attribute("data-drawing", re.compile("box.*arrow"))
    expect(page.get_by_role("button", name="在画面上画")).to_be_visible()

    comment = teacher.locator(".comment", has_text="圈里的孩子")
    expect(comment.get_by_text("画面标注", exact=False).first).to_be_visible()
    assert teacher.evaluate(DRAWN) is None
    comment.locator(".timecode").click()
    eventually(lambda: is_at_the_quarters(teacher))
    teacher.set_viewport_size({"width": 700, "height": 500})
    eventually(lambda: is_at_the_quarters(teacher))
    assert sideways_overflow(teacher) <= 0
    teacher.locator("h1").click()
    teacher.keyboard.press("f")
    expect(teacher.get_by_role("button", name="退出全屏")).to_be_visible()
    eventually(lambda: is_at_the_quarters(teacher))
    # What one draws with stands beside the picture, and would not be seen.
    teacher.keyboard.press("d")
    expect(teacher.locator("#recording [data-board]")).to_be_focused()
    assert not teacher.evaluate("document.fullscreenElement")
    seek(teacher, 6.5)
    eventually(lambda: teacher.evaluate(DRAWN) is None)

    # Changed on the page of the comment; whoever watches sees it at once.
    page.locator(".comment").get_by_role("link", name="编辑").click()
    page.get_by_role("button", name="改画面上的标注").click()
    page.get_by_role("button", name="清空").click()
    page.get_by_label("圆圈").check(force=True)
    page.locator("[data-board]").press("Enter")
    assert violations(page) == []
    page.get_by_role("button", name="画好了").click()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="取消").click()
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="保存修改").click()
    expect(comment).to_have_attribute("data-drawing", re.compile("oval"))


def test_who_saves_traffic_hears_and_sees_the_same_moments(
    context_for, app, cast, client_for, work, tmp_path, monkeypatch
):
    monkeypatch.setattr(jobs, "LEAN_FROM_MS", 0)
    with app.app_context(), unit_of_work():
        lesson_id = make_lesson(cast.user("teacher"), visibility="school").id
    upload_clip(client_for("teacher"), lesson_id, make_clip(tmp_path / "a.mp4", seconds=8, noisy=True))
    work()
    context = context_for("colleague")
    context.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page = context.new_page()
    page.goto(f"/lessons/{lesson_id}")
    following(page)
    expect(page.get_by_text("现在的网络较慢，可以打开省流量")).to_be_visible()
    video = page.locator("#lesson-video")
    seek(page, 5.2)
    # On a slow line the other file is long in coming: one is at the same moment, writes there and goes on from there.
    held: list[Route] = []
    page.route("**/lean", lambda route: held.append(route))
    page.get_by_label("省流量").check()
    expect(video).to_have_attribute("src", re.compile("/lean$"))
    page.get_by_label("点评", exact=True).fill("听着也能评")
    page.get_by_label("点评", exact=True).press("Enter")
    expect(page.locator(".comment .timecode")).to_have_text("00:05")
    page.locator("h1").click()
    page.keyboard.press(",")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("<")
    for route in held:
        route.continue_()
    page.unroute("**/lean")
    eventually(lambda: abs(now_ms(page) - 160) <= 40)
    assert page.evaluate("document.querySelector('video').playbackRate") == 0.75
    assert violations(page) == []
    # It is remembered on this device, and the address still says where one begins.
    page.goto(f"/lessons/{lesson_id}?t=3")
    expect(video).to_have_attribute("src", re.compile("/lean$"))
    eventually(lambda: abs(now_ms(page) - 3_000) <= 40)
    page.get_by_label("省流量").uncheck()
    expect(video).not_to_have_attribute("src", re.compile("/lean$"))
    eventually(
        lambda: abs(now_ms(page) - 3_000) <= 40 and page.evaluate("document.querySelector('video').readyState") >= 1
    )
    page.reload()
    expect(page.get_by_label("省流量")).not_to_be_checked()
