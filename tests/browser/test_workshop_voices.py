"""What a phone sends: a photo leaves the device small and upright, a spoken reply is listened to before it is sent."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from tests.support.eventually import eventually
from tests.support.workshops import make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import PostAttachment


@pytest.fixture
def topic(app, cast):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher")])
        return f"/workshops/{workshop.id}/topics/{make_topic(cast.user('leader'), workshop).id}"


def test_a_photo_is_made_small_on_the_device_and_stands_upright(app, page_for, topic):
    turned, photo = Image.Exif(), io.BytesIO()
    turned[0x0112] = 6  # the phone was held upright
    Image.new("RGB", (2400, 1200), "green").save(photo, "JPEG", exif=turned)
    page = page_for("teacher", 390)
    page.goto(topic)
    form = page.get_by_role("form", name="回复话题")
    # The page says that the photo is ready, and only then is it sent.
    form.get_by_label("照片").set_input_files(
        {"name": "板书.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    )
    expect(form.locator("[data-photo-state]")).to_have_text("已选 1 个文件")
    form.get_by_role("button", name="回复", exact=True).click()
    expect(page.locator(".post .pictures img")).to_be_visible()
    expect(form.locator("[data-photo-state]")).to_have_text("")
    with app.app_context():
        (sent,) = db.session.scalars(select(PostAttachment)).all()
        with storage().open(sent.file.key) as stored, Image.open(stored) as picture:
            assert picture.size == (960, 1920)


KEPT = """async () => {
  const asked = indexedDB.open("unsent-files");
  const database = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  const found = database.transaction("kept").objectStore("kept").getAllKeys();
  return new Promise((resolve) => { found.onsuccess = () => resolve(found.result.length); });
}"""


def test_what_was_photographed_and_recorded_comes_back_after_a_closed_tab_and_is_sent_once(
    app, context_for, topic, errors
):
    photo = io.BytesIO()
    Image.new("RGB", (800, 600), "green").save(photo, "PNG")
    context = context_for("teacher", 390)
    page = context.new_page()
    page.goto(topic)
    form = page.get_by_role("form", name="回复话题")
    # The toolbar of the editor has a field for files of its own: it is not there yet after a closed tab.
    form.locator("textarea[data-composer]").focus()
    expect(form.get_by_role("toolbar", name="文字格式")).to_be_visible()
    form.get_by_label("照片").set_input_files({"name": "板书.png", "mimeType": "image/png", "buffer": photo.getvalue()})
    expect(form.locator("[data-photo-state]")).to_have_text("已选 1 个文件")
    sound = {"name": "语音 0分02秒.m4a", "mimeType": "audio/mp4", "buffer": b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42isom"}
    form.locator("[data-voice-file]").set_input_files(sound)
    expect(form.get_by_text("录好了，可以先听一遍")).to_be_visible()
    expect(form.locator("[data-files-state]")).to_have_text("照片、附件和录音已存本机")
    eventually(lambda: page.evaluate(KEPT) == 2)  # the photo alone says that it is kept, too
    page.close()

    page = context.new_page()
    page.goto("/")
    expect(page.locator("[data-my-drafts]").get_by_text("照片、附件或录音还没发出")).to_be_visible()
    page.goto(topic)
    form = page.get_by_role("form", name="回复话题")
    expect(form.get_by_text("上次没发出的照片、附件或录音还在")).to_be_visible()
    expect(form.locator("[data-photo-state]")).to_have_text("已选 1 个文件")
    expect(form.get_by_text("录好了，可以先听一遍")).to_be_visible()
    form.get_by_role("button", name="回复", exact=True).click()
    expect(page.locator(".post .pictures img")).to_be_visible()
    expect(form.locator("[data-files-state]")).to_have_text("")
    assert page.evaluate(KEPT) == 0
    errors.clear()  # the sound is made up: the browser says that it cannot play it
    with app.app_context():
        assert {item.file.mime for item in db.session.scalars(select(PostAttachment))} == {"image/png", "audio/mp4"}
