"""Two pages over one recording: the same moment on both, whoever comes later and whatever the browser refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import make_clip, make_lesson, make_ready_version
from yanxiu.core.unit_of_work import unit_of_work

DRIFT_MS = 300
REFUSE_ONCE = """() => {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    HTMLMediaElement.prototype.play = play;
    return Promise.reject(new DOMException("no gesture", "NotAllowedError"));
  };
}"""
VIDEO = "document.getElementById('lesson-video')"


@pytest.fixture
def lesson_id(app, cast, tmp_path: Path) -> int:
    """A lesson of 李强 with a film of forty seconds, for his school."""
    clip = make_clip(tmp_path / "课堂实录.mp4", seconds=40, size=(160, 90), audio=False)
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson, 40_000, clip.read_bytes())
        return lesson.id


def open_lesson(page_for, key: str, lesson_id: int, width: int = 1280, query: str = "") -> Page:
    page = page_for(key, width)
    page.goto(f"/lessons/{lesson_id}{query}")
    expect(page.locator("#comments")).to_have_attribute("data-state", "live")
    page.evaluate(f"{VIDEO}.muted = true")
    return page


def now_ms(page: Page) -> float:
    return page.evaluate(f"{VIDEO}.currentTime * 1000")


def agrees(page: Page) -> bool:
    """Whether the page says that its film is where everybody's is, and really moves."""
    drift = page.locator("#together").get_attribute("data-drift-ms")
    return drift is not None and abs(int(drift)) < DRIFT_MS and not page.evaluate(f"{VIDEO}.paused")


def together(*pages: Page) -> None:
    eventually(lambda: all(agrees(page) for page in pages))
    moments = [now_ms(page) for page in pages]
    assert max(moments) - min(moments) < DRIFT_MS + 200, "asked one after another, a fifth of a second may pass"


def test_two_pages_show_one_moment(page_for, lesson_id):
    teacher, colleague = (
        open_lesson(page_for, *who) for who in (("teacher", lesson_id), ("colleague", lesson_id, 390))
    )
    panel, other = teacher.locator("#together"), colleague.locator("#together")
    expect(other).to_be_hidden()
    teacher.evaluate(f"{VIDEO}.currentTime = 5")
    panel.get_by_role("button", name="带大家一起看").click()
    expect(panel).to_have_attribute("data-state", "leading")
    colleague.evaluate(REFUSE_ONCE)
    teacher.evaluate(f"{VIDEO}.play()")
    expect(other).to_contain_text("李强正在带大家一起看这节课")
    other.get_by_role("button", name="加入一起看").click()
    colleague.get_by_role("button", name="点击加入").click()
    together(teacher, colleague)
    expect(panel).to_contain_text("2 人在一起看")
    expect(other).to_have_attribute("data-state", "following")
    assert violations(colleague) == []
    assert sideways_overflow(colleague) <= 0

    teacher.locator("#lesson-video").evaluate("video => { video.currentTime = 25 }")
    eventually(lambda: now_ms(colleague) > 24_000)
    together(teacher, colleague)
    teacher.get_by_label("速度").select_option("1.5")
    expect(colleague.locator("[data-rate]")).to_have_value("1.5")
    teacher.evaluate(f"{VIDEO}.pause()")
    eventually(lambda: colleague.evaluate(f"{VIDEO}.paused"))
    eventually(lambda: abs(now_ms(colleague) - now_ms(teacher)) <= 80)

    colleague.evaluate(f"{VIDEO}.currentTime = 3")
    expect(other).to_have_attribute("data-state", "own")
    assert now_ms(teacher) > 24_000
    other.get_by_role("button", name="跟上大家").click()
    eventually(lambda: now_ms(colleague) > 24_000)
    panel.get_by_label("换人带").select_option("周敏")
    expect(other).to_have_attribute("data-state", "leading")
    expect(panel).to_have_attribute("data-state", "following")
    colleague.evaluate(f"{VIDEO}.currentTime = 8")
    eventually(lambda: 7_900 < now_ms(teacher) < 8_100)

    colleague.context.set_offline(True)
    panel.get_by_role("button", name="我来带").click()
    expect(panel).to_have_attribute("data-state", "leading")
    teacher.evaluate(f"{VIDEO}.currentTime = 30")
    colleague.context.set_offline(False)
    eventually(lambda: now_ms(colleague) > 29_000)
    other.get_by_role("button", name="退出").click()
    expect(other).to_have_attribute("data-state", "running")
    panel.get_by_role("button", name="结束一起看").click()
    expect(other).to_be_hidden()
