"""工作台 in the browser: what was begun on this device."""

from playwright.sync_api import expect

from tests.browser.test_workshops import write
from tests.support.workshops import make_topic, make_workshop
from yanxiu.core.unit_of_work import unit_of_work


def test_a_draft_of_this_device_is_among_what_goes_on_and_of_nobody_else(app, cast, context_for):
    with app.app_context(), unit_of_work():
        topic = make_topic(cast.user("leader"), make_workshop(cast.user("leader"), [cast.user("teacher")]))
        url = f"/workshops/{topic.workshop_id}/topics/{topic.id}"
    context = context_for("teacher")
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="继续")).to_be_hidden()
    page.goto(url)
    write(page, "回复", "先写一半，回办公室再写")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    page.goto("/")
    row = page.locator("[data-my-drafts] li")
    expect(row).to_contain_text("先写一半，回办公室再写")
    row.get_by_role("link", name="《草船借箭》导入怎么设计").click()
    expect(page.locator(".composer-text")).to_have_text("先写一半，回办公室再写")
