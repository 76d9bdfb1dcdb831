"""The bell rings without reloading, and reading a message quiets it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.notifications import tell


def test_the_bell_counts_without_reloading_and_reading_quiets_it(page_for, app, cast):
    page = page_for("teacher")
    page.goto("/resources")
    expect(page.get_by_role("link", name="消息", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    with app.app_context():
        tell(cast.teacher.id, cast.leader.id)
    page.get_by_role("link", name="消息，1 条未读").click()
    expect(page.get_by_text("王丽回复了您")).to_be_visible()
    page.get_by_role("button", name="全部已读").click()
    expect(page.get_by_role("heading", name="没有未读消息")).to_be_visible()
    expect(page.get_by_role("heading", name="看过的消息")).to_be_visible()


def test_an_open_inbox_shows_what_arrives(page_for, app, cast):
    page = page_for("teacher")
    page.goto("/notifications")
    expect(page.get_by_role("heading", name="没有未读消息")).to_be_visible()
    expect(page.locator("live-list")).to_have_attribute("data-state", "live")
    with app.app_context():
        tell(cast.teacher.id, cast.colleague.id, kind="mention")
    expect(page.get_by_text("周敏提到了您")).to_be_visible()


def test_following_a_message_marks_it_read(page_for, app, cast):
    with app.app_context():
        tell(cast.teacher.id, cast.leader.id)
    page = page_for("teacher")
    page.goto("/")
    expect(page.get_by_text("王丽回复了您")).to_be_visible()
    with page.expect_request("**/reading"):
        page.get_by_role("link", name="话题1").click()
    page.goto("/notifications")
    expect(page.get_by_role("heading", name="没有未读消息")).to_be_visible()
