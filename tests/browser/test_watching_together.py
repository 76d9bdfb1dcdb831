"""Two pages over one recording: the same moment on both, whoever comes later and whatever the browser refuses."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import make_clip, make_lesson, make_ready_version
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.services.recordings import Made, Phase, add_rendition, set_segments

DRIFT_MS = 300
STILL_MS = 30
MEASURED_MS = 38_500
# Late enough to run faster, and not so late that it would jump where a jump takes a quarter of a second.
LATE = """() => {
  const film = document.getElementById("lesson-video");
  const at = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
  Object.defineProperty(film, "currentTime", { get: () => at.get.call(film) - 0.6, set: (time) => at.set.call(film, time) });
}"""
REFUSE_ONCE = """() => {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    HTMLMediaElement.prototype.play = play;
    return Promise.reject(new DOMException("no gesture", "NotAllowedError"));
  };
}"""
VIDEO = "document.getElementById('lesson-video')"


@pytest.fixture
def pair(app, cast, tmp_path: Path) -> tuple[int, int]:
    """Two lessons of 李强 whose phases begin at other moments: 导入 0-4 and 0-6, 讨论 4-20 and 6-20 s; both can be had lean."""
    clip, made = make_clip(tmp_path / "课堂实录.mp4", seconds=20, size=(160, 90), audio=False), []
    with app.app_context(), unit_of_work():
        for title, first in (("《草船借箭》", 4), ("《草船借箭》第二稿", 6)):
            lesson = make_lesson(cast.user("teacher"), title, visibility="school")
            lean = clip.read_bytes()
            version = make_ready_version(lesson, 20_000, lean + b"\0\0\0\x08free")
            add_rendition(version, Made("lean", receive_file(BytesIO(lean), "a.mp4", "video/mp4"), 160, 90))
            phases = [Phase(0, "导入"), Phase(first * 1000, "小组讨论")]
            set_segments(lesson.teacher, lesson, version.recording, phases)
            made.append(lesson.id)
    return made[0], made[1]


@pytest.fixture
def lesson_id(app, cast, tmp_path: Path) -> int:
    """A lesson of 李强 with a film of forty seconds, a little less of which were measured, for his school."""
    clip = make_clip(tmp_path / "课堂实录.mp4", seconds=40, size=(160, 90), audio=False)
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson, MEASURED_MS, clip.read_bytes())
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


def rests(page: Page) -> bool:
    """Whether a film that was stopped is where the others' are and will not be moved there any more: a hand is a hand."""
    drift = page.locator("#together").get_attribute("data-drift-ms")
    return drift is not None and abs(int(drift)) <= STILL_MS and not page.evaluate(f"{VIDEO}.seeking")


def rate_of(page: Page) -> str:
    return page.locator("[data-rate]").input_value()


def together(*pages: Page) -> None:
    eventually(lambda: all(agrees(page) for page in pages), 20)
    moments = [now_ms(page) for page in pages]
    assert max(moments) - min(moments) < DRIFT_MS + 200, "asked one after another, a fifth of a second may pass"


def test_two_pages_show_one_moment(page_for, lesson_id):
    teacher, colleague = (
        open_lesson(page_for, *who) for who in (("teacher", lesson_id), ("colleague", lesson_id, 390))
    )
    panel, other = teacher.locator("#together"), colleague.locator("#together")
    expect(other).to_be_hidden()
    teacher.evaluate(f"{VIDEO}.currentTime = 5")
    panel.get_by_role("button", name="带大家一起看").press("Enter")
    expect(panel).to_have_attribute("data-state", "leading")
    expect(panel.locator(":focus")).to_be_visible()
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
    eventually(lambda: rate_of(colleague) == "1.5")
    teacher.evaluate(f"{VIDEO}.pause()")
    eventually(lambda: colleague.evaluate(f"{VIDEO}.paused"))
    eventually(lambda: rests(colleague))
    assert abs(now_ms(colleague) - now_ms(teacher)) <= 80

    colleague.evaluate(f"{VIDEO}.currentTime = 3")
    expect(other).to_have_attribute("data-state", "own")
    assert now_ms(teacher) > 24_000
    other.get_by_role("button", name="跟上大家").click()
    eventually(lambda: now_ms(colleague) > 24_000)
    # A hand on a film that is on its way to where the others are is still a hand.
    expect(other).to_have_attribute("data-state", "following")
    eventually(lambda: rests(colleague))
    colleague.evaluate(f"{VIDEO}.addEventListener('seeking', () => {{ {VIDEO}.currentTime = 12 }}, {{ once: true }})")
    teacher.evaluate(f"{VIDEO}.currentTime = 30")
    expect(other).to_have_attribute("data-state", "own")
    eventually(lambda: 11_900 < now_ms(colleague) < 12_100)
    assert 29_900 < now_ms(teacher) < 30_100
    other.get_by_role("button", name="跟上大家").click()
    eventually(lambda: now_ms(colleague) > 29_000)
    panel.get_by_label("换人带").select_option("周敏")
    panel.get_by_role("button", name="交给 TA").click()
    expect(other).to_have_attribute("data-state", "leading")
    expect(panel).to_have_attribute("data-state", "following")
    colleague.evaluate(f"{VIDEO}.currentTime = 8")
    eventually(lambda: 7_900 < now_ms(teacher) < 8_100)

    colleague.context.set_offline(True)
    panel.get_by_role("button", name="我来带").click()
    expect(panel).to_have_attribute("data-state", "leading")
    teacher.evaluate(f"{VIDEO}.currentTime = 30")
    colleague.context.set_offline(False)
    # What was said meanwhile is asked for every five seconds, and once the line is back.
    eventually(lambda: now_ms(colleague) > 29_000, 20)
    other.get_by_role("button", name="退出").click()
    expect(other).to_have_attribute("data-state", "running")
    other.get_by_role("button", name="加入一起看").click()

    # Who hears only afterwards that it was played to its end comes there too.
    expect(other).to_have_attribute("data-state", "following")
    colleague.context.set_offline(True)
    teacher.evaluate(f"{VIDEO}.currentTime = 38")
    teacher.evaluate(f"{VIDEO}.play()")
    eventually(lambda: teacher.evaluate(f"{VIDEO}.ended"), 20)
    colleague.context.set_offline(False)
    eventually(lambda: colleague.evaluate(f"{VIDEO}.ended"), 20)

    # The film plays on after the end that was measured, and nobody is thrown back.
    teacher.evaluate(f"{VIDEO}.currentTime = 37")
    eventually(lambda: 36_900 < now_ms(colleague) < 37_100, 20)
    teacher.evaluate(f"{VIDEO}.play()")
    eventually(lambda: all(page.evaluate(f"{VIDEO}.ended") for page in (teacher, colleague)), 20)
    expect(panel).to_have_attribute("data-state", "leading")
    expect(other).to_have_attribute("data-state", "following")

    # Whoever is catching up when it ends goes on at the speed that was chosen.
    teacher.evaluate(f"{VIDEO}.currentTime = 5")
    teacher.evaluate(f"{VIDEO}.play()")
    together(teacher, colleague)
    colleague.evaluate(LATE)
    eventually(lambda: colleague.evaluate(f"{VIDEO}.playbackRate") > 1.5)
    panel.get_by_role("button", name="结束一起看").click()
    expect(other).to_be_hidden()
    assert colleague.evaluate(f"{VIDEO}.playbackRate") == 1.5

    colleague.goto(f"/lessons/{lesson_id}/sweeps")
    expect(colleague.locator(".sweep-form")).to_have_attribute("data-ready", "")
    colleague.evaluate(f"{VIDEO}.currentTime = 40")
    eventually(lambda: now_ms(colleague) > MEASURED_MS)
    colleague.get_by_label("全班人数").fill("40")
    colleague.get_by_role("button", name="记下这一次").click()
    expect(colleague.locator("#sweep-results tbody tr")).to_have_count(1)


def test_two_films_are_at_the_same_phase(page_for, pair):
    left, right = pair
    page = page_for("teacher", 390)
    page.goto(f"/lessons/{left}/beside/{right}?t=10")
    both = page.locator("[data-beside]")
    films = "[...document.querySelectorAll('[data-film] video')]"
    eventually(lambda: page.evaluate(f"{films}.map(video => Math.round(video.currentTime))") == [10, 12])
    assert sideways_overflow(page) <= 0
    page.get_by_role("button", name="一起播放").click()
    eventually(lambda: page.evaluate(f"{films}.every(video => !video.paused && video.currentTime > 11)"))
    eventually(lambda: abs(int(both.get_attribute("data-drift-ms"))) < DRIFT_MS / 3)
    apart = page.evaluate(f"{films}.map(video => video.currentTime)")
    assert abs(apart[1] - apart[0] - 2) < DRIFT_MS / 1000
    page.get_by_role("button", name="右边", exact=True).click()
    assert page.evaluate(f"{films}.map(video => video.muted)") == [True, False]
    # 省流量 is for both, while they play and from then on: the phases stay beside each other.
    page.get_by_label("省流量").check()
    lean = f"{films}.every(video => video.src.endsWith('/lean') && video.currentTime > 11)"
    eventually(lambda: page.evaluate(lean) and page.evaluate(f"{films}.every(video => !video.paused)"))
    eventually(lambda: abs(int(both.get_attribute("data-drift-ms"))) < DRIFT_MS / 3)
    page.reload()
    expect(page.get_by_label("省流量")).to_be_checked()
    eventually(lambda: page.evaluate(f"{films}.map(video => Math.round(video.currentTime))") == [10, 12])
    assert page.evaluate(f"{films}.every(video => video.src.endsWith('/lean'))")
    assert violations(page) == []
    assert sideways_overflow(page) <= 0
    page.get_by_role("button", name="一起播放").click()
    page.get_by_role("button", name="暂停").click()
    page.locator("[data-of=right]", has_text="小组讨论").click()
    eventually(lambda: page.evaluate(f"{films}.map(video => Math.round(video.currentTime))") == [4, 6])
    page.set_viewport_size({"width": 1280, "height": 900})
    tops = page.evaluate(f"{films}.map(video => video.getBoundingClientRect().top)")
    assert abs(tops[0] - tops[1]) < 2
    page.evaluate(f"{films}[0].currentTime = 9")
    eventually(lambda: page.evaluate(f"{films}.map(video => Math.round(video.currentTime))") == [9, 11])
    page.get_by_role("button", name="加一行").click()
    page.keyboard.type("提问")
    page.get_by_role("button", name="保存对齐").click()
    expect(page.get_by_text("李强保存于")).to_be_visible()
