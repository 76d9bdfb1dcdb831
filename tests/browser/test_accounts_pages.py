"""Sign-in, settings and a person's page in a real browser."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.axe import sideways_overflow, violations
from yanxiu.accounts.services import reset_password
from yanxiu.core.demo import PASSWORD
from yanxiu.core.unit_of_work import unit_of_work

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def sign_in(page, account, password):
    page.goto("/login")
    page.get_by_label("用户名 / 手机号 / 邮箱").fill(account)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_wrong_password_is_said_beside_the_field_and_the_page_stays_fit(page_for, errors):
    page = page_for(None, 390)
    sign_in(page, "liqiang", "wrong")
    field = page.get_by_label("密码", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("账号或密码不正确")).to_be_visible()
    expect(page.get_by_label("用户名 / 手机号 / 邮箱")).to_have_value("liqiang")
    assert violations(page) == []
    assert sideways_overflow(page) <= 0
    errors[:] = [error for error in errors if "422" not in error]


def test_a_one_time_password_is_replaced_by_an_own_one(app, cast, page_for):
    with app.app_context(), unit_of_work():
        once = reset_password(cast.user("admin"), cast.user("teacher"))
    page = page_for(None, 390)
    sign_in(page, "liqiang", once)
    expect(page.get_by_role("heading", name="请先设置新密码")).to_be_visible()
    assert violations(page) == []
    expect(page.get_by_label("一次性密码")).to_have_count(0)  # typed a moment ago
    page.get_by_label("新密码", exact=True).fill("mountain river 7")
    page.get_by_label("再输一遍新密码").fill("mountain river 7")
    page.get_by_role("button", name="修改密码").click()
    expect(page.get_by_text("密码已修改")).to_be_visible()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()


def test_a_profile_and_a_photo_are_changed_and_seen_by_a_colleague(page_for, cast):
    page = page_for("teacher", 390)
    page.goto("/settings/profile")
    page.get_by_label("个人简介").fill("喜欢把课文排成课本剧。")
    page.get_by_role("button", name="保存资料").click()
    expect(page.get_by_text("个人资料已保存")).to_be_visible()
    out = BytesIO()
    Image.new("RGB", (640, 480), "#a8301f").save(out, "JPEG")
    page.get_by_label("选择照片").set_input_files(
        {"name": "我.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    )
    page.get_by_role("button", name="上传照片").click()
    expect(page.get_by_text("照片已更换")).to_be_visible()
    other = page_for("colleague")
    other.goto(f"/people/{cast.teacher.id}")
    expect(other.get_by_text("喜欢把课文排成课本剧。")).to_be_visible()
    photo = other.locator("main .avatar img")
    expect(photo).to_have_js_property("complete", True)
    expect(photo).to_have_js_property("naturalWidth", 256)
    assert violations(other) == []


def test_a_device_that_is_put_out_cannot_go_on(page_for):
    here, there = page_for("teacher"), page_for("teacher", 390)
    there.goto("/settings/sessions")
    here.goto("/settings/sessions")
    here.get_by_role("button", name="退出其他全部设备").click()
    here.get_by_role("dialog").get_by_role("button").last.click()
    expect(here.get_by_text("已退出其他")).to_be_visible()
    there.goto("/settings/profile")
    expect(there.get_by_role("heading", name="登录研修坊")).to_be_visible()


@WIDTHS
def test_large_type_makes_every_page_larger_and_still_fits(page_for, width):
    page = page_for("teacher", 390)
    page.goto("/settings/display")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    page.get_by_label("大字模式").check()
    page.get_by_role("button", name="保存显示设置").click()
    expect(page.get_by_text("显示设置已保存")).to_be_visible()
    for address in ("/settings/profile", "/help", "/people/me"):
        page.goto(address)
        assert page.evaluate(size) > before * 1.15
        assert sideways_overflow(page) <= 0


def test_signing_out_from_the_menu(page_for):
    page = page_for("teacher")
    page.goto("/help")
    page.get_by_label("李强的菜单").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录研修坊")).to_be_visible()


def test_signing_in_leads_back_to_where_one_wanted_to_go(page_for):
    page = page_for(None)
    page.goto("/settings/display")
    page.get_by_label("用户名 / 手机号 / 邮箱").fill("19900000002")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="显示")).to_be_visible()
