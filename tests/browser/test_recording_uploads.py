"""Uploading a recording from a page: portions by the speed of the line, giving up only after asking; who is asked to watch."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from playwright.sync_api import CDPSession, Page, Request, Route, expect

from tests.browser.routes import fails
from tests.support.eventually import eventually
from tests.support.observations import color_at, make_clip, make_lesson
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.media.first_look import assemble
from yanxiu.observations.media.probe import inspect
from yanxiu.observations.models import Lesson
from yanxiu.observations.queries import recording_of
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.uploads.folder import open_store

MIB = 1024 * 1024


@pytest.fixture
def lesson_id(app, cast) -> int:
    """A lesson of 李强 without a recording, for his school."""
    with app.app_context(), unit_of_work():
        return make_lesson(cast.user("teacher"), visibility="school").id


def open_lesson(page_for, key: str, lesson_id: int) -> Page:
    page = page_for(key)
    page.goto(f"/lessons/{lesson_id}")
    return page


@pytest.fixture
def large_file(app, tmp_path) -> Iterator[Path]:
    """Forty MiB that are no film: nobody works on them in these tests, and nothing of them stays."""
    path = tmp_path / "长课.mp4"
    with path.open("wb") as file:
        file.truncate(40 * MIB)
    store = open_store(app.config["YANXIU"])
    for upload in list(store.all()):
        store.forget(upload.id)
    yield path
    for upload in list(store.all()):
        store.forget(upload.id)


def portions_sent(page: Page) -> list[int]:
    """Collect the offset of every portion that sets out."""
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return offsets


def choose(page: Page, path: Path) -> None:
    expect(page.locator("form[data-upload]")).to_have_attribute("data-ready", "")
    page.get_by_label("选择课堂实录").set_input_files(path)
    page.get_by_role("button", name="上传实录").click()


def test_a_fast_line_gets_larger_portions_and_the_application_is_told_of_the_end(page_for, lesson_id, large_file):
    page = open_lesson(page_for, "teacher", lesson_id)
    offsets, asked = portions_sent(page), []
    page.on("request", lambda request: asked.append(request.method) if "/uploads" in request.url else None)
    choose(page, large_file)
    expect(page.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    assert offsets[:2] == [0, 4 * MIB]
    assert len(offsets) == 3  # 4, then 32, then what is left
    assert asked == ["POST", "PATCH", "PATCH", "PATCH", "HEAD"]


def test_a_broken_line_gets_smaller_portions(page_for, lesson_id, large_file):
    page = open_lesson(page_for, "teacher", lesson_id)
    offsets = portions_sent(page)
    page.route(
        "**/uploads/*",
        lambda route: route.abort("internetdisconnected") if route.request.method == "PATCH" else route.continue_(),
    )
    choose(page, large_file)
    eventually(lambda: page.evaluate("1") and len(offsets) >= 3, 30)
    page.unroute("**/uploads/*")
    expect(page.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    assert next(offset for offset in offsets if offset) == MIB


def test_a_request_on_a_silent_line_is_given_up_and_what_it_carried_sent_again(page_for, lesson_id, large_file):
    os.truncate(large_file, MIB)
    page = page_for("teacher")
    page.clock.install()
    page.goto(f"/lessons/{lesson_id}")
    offsets, silent, back = portions_sent(page), [], []

    def answer(route: Route) -> None:
        if back or route.request.method == "POST":
            route.continue_()
        else:
            silent.append(route.request.method)

    page.route("**/uploads/*", answer)
    choose(page, large_file)
    eventually(lambda: page.evaluate("1") and silent == ["PATCH"])
    page.clock.fast_forward("01:01")
    expect(page.locator("[data-upload-text]")).to_have_text("网络没有反应，会自动再试，传过的部分不会丢")
    eventually(lambda: page.evaluate("1") and silent == ["PATCH", "HEAD"])
    back.append(True)
    page.clock.fast_forward("01:01")
    expect(page.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    assert offsets[:2] == [0, 0]


def test_an_upload_is_cancelled_only_after_asking_also_after_a_reload(page_for, lesson_id, large_file):
    page = open_lesson(page_for, "teacher", lesson_id)
    page.route("**/uploads/*", lambda route: route.continue_() if route.request.method != "PATCH" else None)
    choose(page, large_file)
    cancel = page.get_by_role("button", name="取消上传", exact=True)
    cancel.click()
    ask = page.get_by_role("dialog")
    expect(ask).to_contain_text("取消上传“长课.mp4”？已经传到的部分会删除")
    ask.get_by_role("button", name="取消", exact=True).click()
    expect(page.locator("form[data-upload]")).to_have_attribute("data-state", "sending")
    page.once("dialog", lambda leaving: leaving.accept())
    page.reload()
    waiting = page.locator("[data-unfinished]")
    expect(waiting).to_contain_text("“长课.mp4”传到了 0%")
    waiting.get_by_role("button", name="取消这次上传").click()
    ask.get_by_role("button", name="取消上传").click()
    expect(waiting).to_have_count(0)
    page.reload()
    expect(page.locator("form[data-upload]")).to_have_attribute("data-ready", "")
    expect(waiting).to_have_count(0)

    choose(page, large_file)
    cancel.click()
    ask.get_by_role("button", name="取消上传").click()
    expect(page.get_by_text("已取消上传")).to_be_visible()
    expect(page.locator("[data-upload-progress]")).to_be_hidden()
    expect(page.get_by_role("button", name="上传实录")).to_be_visible()


def test_nobody_is_moved_out_by_a_slip_of_the_hand(page_for, app, cast, lesson_id):
    with app.app_context(), unit_of_work():
        invite_member(cast.user("teacher"), db.session.get_one(Lesson, lesson_id), cast.user("colleague"), "expert")
    page = page_for("teacher")
    page.goto(f"/lessons/{lesson_id}/members")
    page.get_by_role("button", name="移出周敏").click()
    ask = page.get_by_role("dialog")
    expect(ask).to_contain_text("确定把周敏移出这节课吗？")
    ask.get_by_role("button", name="取消").click()
    expect(page.get_by_role("button", name="移出周敏")).to_be_visible()
    page.get_by_role("button", name="移出周敏").click()
    ask.get_by_role("button", name="移出").click()
    expect(page.get_by_text("已移出周敏")).to_be_visible()
    expect(page.get_by_role("button", name="移出周敏")).to_have_count(0)


def test_a_file_on_a_stick_goes_on_where_the_other_computer_stopped(page_for, lesson_id, large_file, errors):
    page = open_lesson(page_for, "teacher", lesson_id)
    offsets = portions_sent(page)
    page.route(
        "**/uploads/*",
        lambda route: None if route.request.headers.get("upload-offset") == str(4 * MIB) else route.continue_(),
    )
    choose(page, large_file)
    eventually(lambda: page.evaluate("1") and 4 * MIB in offsets)
    page.once("dialog", lambda leaving: leaving.accept())
    page.reload()
    page.evaluate("localStorage.clear()")  # another computer has no note of it
    page.unroute("**/uploads/*")
    offsets.clear()
    expect(page.locator("[data-unfinished]")).to_contain_text("“长课.mp4”传到了 10%")
    for status in (401, 502):
        page.route("**/uploads/*", fails(status), times=1)
    page.evaluate("localStorage.setItem('viewer', 'another')")
    choose(page, large_file.rename(large_file.with_name("VID~1.MP4")))
    expect(page.locator("[data-upload-text]")).to_contain_text("换了人登录")
    page.evaluate("localStorage.removeItem('viewer')")
    page.get_by_role("button", name="继续上传").click()
    expect(page.locator("[data-upload-text]")).to_contain_text("登录已过期")
    page.evaluate("document.querySelectorAll('[data-unfinished]').forEach(line => line.remove())")  # begun by this page
    page.get_by_role("button", name="上传实录").click()
    expect(page.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    assert offsets[0] == 4 * MIB
    errors[:] = [error for error in errors if not any(f"status of {code}" in error for code in (401, 502))]


def test_what_the_server_has_no_more_is_sent_from_the_beginning(page_for, app, lesson_id, large_file, errors):
    page = open_lesson(page_for, "teacher", lesson_id)
    page.route("**/uploads/*", lambda route: route.continue_() if route.request.method != "PATCH" else None)
    choose(page, large_file)
    expect(page.locator("[data-upload-text]")).to_contain_text("上传中 0%")
    page.once("dialog", lambda leaving: leaving.accept())
    page.reload()
    page.unroute("**/uploads/*")
    expect(page.locator("[data-unfinished]")).to_have_count(1)
    store = open_store(app.config["YANXIU"])
    for upload in list(store.all()):
        store.forget(upload.id)
    choose(page, large_file)
    expect(page.locator("[data-upload-text]")).to_contain_text("上次传到的部分已经不在了")
    expect(page.locator("[data-unfinished]")).to_have_count(0)
    page.get_by_role("button", name="上传实录").click()
    expect(page.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    errors[:] = [error for error in errors if "status of 404" not in error]


def slow_film(folder: Path) -> Path:
    """Eight seconds of film, made longer by a box of nothing, so that a slow line has something to carry."""
    path = make_clip(folder / "公开课.mp4", seconds=8)
    with path.open("ab") as film:
        film.write(struct.pack(">I4s", 3 * MIB, b"free") + bytes(3 * MIB - 8))
    return path


def throttle(line: CDPSession, bytes_a_second: int) -> None:
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    line.send("Network.emulateNetworkConditions", speed)


def test_on_a_slow_line_sound_and_stills_go_first_and_the_film_follows(page_for, app, lesson_id, tmp_path):
    page = open_lesson(page_for, "teacher", lesson_id)
    film, offer = slow_film(tmp_path), page.locator("[data-first]")
    offer.evaluate("box => { box.dataset.offerAfter = '2'; }")
    line = page.context.new_cdp_session(page)
    throttle(line, 200_000)
    choose(page, film)
    expect(offer).to_contain_text("可以先传声音和画面")
    offer.get_by_role("button", name="先传声音和画面").click()
    throttle(line, -1)
    expect(page.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible(timeout=20_000)
    with app.app_context():
        # What was on its way when the film was stopped may be all of it: then the film was there first.
        look, whole = sorted(recording_of(lesson_id).versions, key=lambda version: not version.is_first_look)
        assert [look.is_first_look, whole.is_first_look] == [True, False]
        store = open_store(app.config["YANXIU"])
        assert store.data_path(whole.upload_id).read_bytes() == film.read_bytes()
        made = assemble(store.data_path(look.upload_id), tmp_path, lambda _percent: None)
    assert abs(inspect(made).duration_ms - inspect(film).duration_ms) < 100
    with av.open(str(made)) as shown:
        at = {int(frame.time): frame.to_ndarray(format="rgb24")[90, 160] for frame in shown.decode(video=0)}
    for second in range(8):
        assert max(abs(int(a) - b) for a, b in zip(at[second], color_at(second // 2 * 2000), strict=True)) < 40, second
