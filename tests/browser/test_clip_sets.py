"""Clips of two lessons one after the other, what is said about one, and putting them in another order."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.observations import make_clip, make_lesson, make_ready_version, some_comment
from tests.support.workshops import make_workshop
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import ClipSet, RecordingVersion, SetClip, TimedComment
from yanxiu.observations.services.clip_sets import ClipDraft, create_clip_set, put_clip
from yanxiu.observations.services.recordings import Made, add_rendition

FRONT = "document.querySelector('[data-deck]:not([hidden]) video')"


@pytest.fixture
def reel(app, cast, tmp_path) -> dict[str, int]:
    """A set of `leader`: from second 2 of one lesson, and from second 7 of another."""
    film = make_clip(tmp_path / "课.mp4", seconds=20).read_bytes()
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
        made = create_clip_set(leader, "候答", "先看再说", workshop.id)
        ids = {"set": made.id}
        for name, start_ms in (("first", 2000), ("second", 7000)):
            lesson = make_lesson(cast.user("teacher"), f"《{name}》", visibility="workshop", workshop_id=workshop.id)
            version = make_ready_version(lesson, 20_000, film)
            draft = ClipDraft(start_ms, start_ms + 2500, f"{name}：看什么？")
            ids |= {name: put_clip(leader, made, lesson, version, draft).id, f"{name}_lesson": lesson.id}
        ids["remark"] = some_comment(cast.user("colleague"), lesson, version, start_ms=8000).id
        return ids


def at(page: Page) -> tuple[str, float]:
    clip = page.locator("[data-reel]").get_attribute("data-at") or ""
    return clip, page.evaluate(f"{FRONT}.currentTime")


def order(app, set_id: int) -> list[int]:
    with app.app_context():
        live = db.select(SetClip.id).where(SetClip.set_id == set_id, SetClip.removed_at.is_(None))
        return list(db.session.scalars(live.order_by(SetClip.position)))


def test_clips_play_on_and_a_remark_lands_in_the_lesson(page_for, app, reel, errors):
    page = page_for("colleague", 1280)
    first, second = f"clip-{reel['first']}", f"clip-{reel['second']}"
    page.goto(f"/clip-sets/{reel['set']}")
    expect(page.locator("[data-reel]")).to_have_attribute("data-at", first)
    eventually(lambda: abs(at(page)[1] - 2) < 0.02)
    page.locator("body").press("k")
    expect(page.locator("[data-reel]")).to_have_attribute("data-at", second)
    expect(page.locator(f"#{second}")).to_have_attribute("aria-current", "true")
    expect(page.get_by_text("second：看什么？").first).to_be_visible()
    assert page.url.endswith(f"?clip={reel['second']}")
    expect(page.get_by_role("button", name="播放", exact=True)).to_be_visible()  # the last one is over, and stands
    eventually(lambda: abs(at(page)[1] - 9.46) < 0.02)
    expect(page.locator("#reel-panel").get_by_text("提问以后多等了三秒")).to_be_visible()
    page.locator("[data-reel-seek]").click()
    eventually(lambda: abs(at(page)[1] - 8) < 0.02)
    page.keyboard.press("c")
    page.keyboard.type("这一秒后排举手了")
    page.keyboard.press("Enter")
    expect(page.locator("#reel-panel").get_by_text("这一秒后排举手了")).to_be_visible()
    with app.app_context():
        said = db.session.scalars(db.select(TimedComment).order_by(TimedComment.id.desc())).first()
        assert (said.lesson_id, said.body) == (reel["second_lesson"], "这一秒后排举手了")
        assert abs(said.start_ms - 8000) < 20
    # Without a line nothing can be written beside a clip whose panel did not come: it would land in the other's lesson.
    page.context.set_offline(True)
    page.locator("body").press("p")
    expect(page.locator("[data-reel]")).to_have_attribute("data-at", first)
    expect(page.locator("[data-reel-form]")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("#reel-panel").get_by_text("first：看什么？")).to_be_visible()
    expect(page.locator("[data-reel-form]")).to_be_visible()
    assert violations(page) == []
    errors[:] = [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error]


def test_a_film_that_did_not_come_is_said_and_fetched_again(page_for, reel, errors):
    page = page_for("colleague", 390)
    page.route("**/media/**", lambda route: route.abort())
    page.goto(f"/clip-sets/{reel['set']}?clip={reel['second']}")
    lost = page.get_by_role("status").filter(has_text="这一段没有取到，可能是网络断了")
    expect(lost).to_be_visible()
    assert not sideways_overflow(page)
    page.unroute("**/media/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(lost).to_be_hidden()
    eventually(lambda: abs(at(page)[1] - 7) < 0.02)
    errors[:] = [error for error in errors if "ERR_FAILED" not in error]


def test_on_a_slow_line_clips_are_heard_with_stills(page_for, app, reel, tmp_path, errors):
    stills = make_clip(tmp_path / "省.mp4", seconds=20, size=(64, 36), bit_rate=20_000).read_bytes()
    with app.app_context(), unit_of_work():  # of the second clip's lesson there are none
        version = db.session.get_one(SetClip, reel["first"]).version_id
        made = Made("lean", receive_file(BytesIO(stills), "省.mp4", "video/mp4"), 64, 36)
        add_rendition(db.session.get_one(RecordingVersion, version), made)
    page = page_for("colleague", 390)
    page.goto(f"/clip-sets/{reel['set']}?clip={reel['first']}")
    box, source = page.get_by_label("省流量：听声音"), f"{FRONT}.currentSrc.split('/').pop()"
    expect(page.get_by_text("有 1 段没有省流量的，仍放视频")).to_be_visible()
    expect(page.get_by_text("2 段约")).to_be_visible()
    eventually(lambda: abs(at(page)[1] - 2) < 0.02)
    page.locator("[data-reel-at]").fill("3500")
    box.check()
    eventually(lambda: page.evaluate(source) == "lean" and abs(at(page)[1] - 3.5) < 0.1)
    page.reload()
    expect(box).to_be_checked()
    eventually(lambda: page.evaluate(source) == "lean" and abs(at(page)[1] - 2) < 0.1)
    page.locator("body").press("n")
    eventually(lambda: page.evaluate(source) == "source" and abs(at(page)[1] - 7) < 0.1)
    page.locator("body").press("p")
    eventually(lambda: page.evaluate(source) == "lean")
    box.uncheck()
    eventually(lambda: page.evaluate(source) == "source" and abs(at(page)[1] - 2) < 0.1)
    assert violations(page) == []
    assert not sideways_overflow(page)


def test_clips_are_moved_by_keys_and_taken_out_until_that_is_undone(page_for, app, cast, reel, errors):
    page = page_for("leader", 390)
    first, second = reel["first"], reel["second"]
    with app.app_context(), unit_of_work():  # and one that she may not watch: a place in the list, not counted
        closed = make_lesson(cast.user("teacher"), visibility="invited")
        into = db.session.get_one(ClipSet, reel["set"])
        gap = put_clip(cast.user("leader"), into, closed, make_ready_version(closed), ClipDraft(0, 1000)).id
    page.goto(f"/clip-sets/{reel['set']}?clip={second}")
    expect(page.locator("[data-reel]")).to_have_attribute("data-at", f"clip-{second}")
    page.locator(f"#clip-{second} [data-reel-play]").press("Alt+ArrowUp")
    moved = page.locator(".toast").filter(has_text="已移到第 1 位")
    expect(moved).to_be_visible()
    assert order(app, reel["set"]) == [second, first, gap]
    moved.get_by_role("button", name="撤销").click()
    eventually(lambda: order(app, reel["set"]) == [first, second, gap])
    expect(page.locator("[data-order-row]").first).to_have_id(f"clip-{first}")
    expect(moved).to_have_count(0)
    page.locator(f"#clip-{second} [data-reel-play]").press("Alt+ArrowUp")
    expect(moved).to_be_visible()
    assert order(app, reel["set"]) == [second, first, gap]
    page.locator(f"#clip-{first}").get_by_role("button", name="拿出").click()
    expect(page.locator(f"#clip-{first}")).to_have_count(0)
    assert order(app, reel["set"]) == [second, gap]
    expect(page.locator("#clips-title .num")).to_have_text("1")
    expect(page.get_by_text("1 段，共 00:02")).to_be_visible()
    page.locator(".toast").filter(has_text="已从片段集里拿出").get_by_role("button", name="撤销").click()
    expect(page.locator(f"#clip-{first}")).to_be_visible()
    assert order(app, reel["set"]) == [second, first, gap]
    assert violations(page) == []
    assert not sideways_overflow(page)
    page.goto(f"/lessons/{reel['second_lesson']}")
    page.locator(f"#comment-{reel['remark']}").get_by_role("button", name="放进微格").click()
    expect(page.get_by_text("已放进“候答”，第 4 段")).to_be_visible()
    page.get_by_role("link", name="剪一段").click()
    expect(page.get_by_label("从", exact=True)).to_have_value("00:00")
    page.evaluate("document.querySelector('[data-cut-film]').currentTime = 5.5")
    page.get_by_role("button", name="从现在的画面起").click()
    expect(page.get_by_label("从", exact=True)).to_have_value("00:05.5")
