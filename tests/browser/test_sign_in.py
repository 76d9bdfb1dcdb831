"""Signing in as a person does it."""

from playwright.sync_api import expect

from yanxiu.core.demo import PASSWORD


def test_a_teacher_signs_in(page_for):
    page = page_for(None, 390)
    page.goto("/login?next=/")
    page.get_by_label("用户名 / 手机号 / 邮箱").fill("liqiang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
