"""The frame around every page: reachable, accessible, never wider than the window."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import sideways_overflow, violations


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("key,path", [(None, "/login"), (None, "/"), ("teacher", "/"), (None, "/offline")])
def test_the_frame_is_accessible_and_fits(page_for, key, path, width):
    page = page_for(key, width)
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    assert violations(page) == []
    assert sideways_overflow(page) <= 0


def test_a_page_that_does_not_exist_says_what_to_do(page_for, errors):
    page = page_for("teacher")
    page.goto("/no-such-page")
    expect(page.get_by_role("heading", name="没有找到这一页")).to_be_visible()
    assert violations(page) == []
    errors[:] = [error for error in errors if "404" not in error]


def test_a_phone_has_its_bar_at_the_bottom(page_for):
    page = page_for("teacher", 390)
    page.goto("/")
    bar = page.get_by_role("navigation", name="底部导航")
    expect(bar.get_by_role("link", name="我的")).to_be_visible()
    box = bar.get_by_role("link", name="我的").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 844
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
    page.get_by_label("李强的菜单").click()
    page.get_by_role("banner").get_by_role("link", name="资源", exact=True).click()
    expect(page.get_by_role("heading", name="资源", level=1)).to_be_visible()
