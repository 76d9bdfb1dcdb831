"""What a phone sends: a photo leaves the device small and upright, a spoken reply is listened to before it is sent."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

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
