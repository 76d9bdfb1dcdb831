"""What may go wrong while one writes a plan: a sign-in that ends, a second tab, a clock that is set back, a full disk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_accounts_pages import sign_in
from tests.browser.test_lessonplans import opened, saved, write
from tests.browser.test_lessonplans_trust import go_offline, text
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from yanxiu.accounts.services import revoke_sessions_of
from yanxiu.core.demo import PASSWORD
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.html import plain_text
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.services import invite_member


@pytest.fixture
def plan_id(app, cast) -> int:
    """A plan of `leader` that `teacher` writes with."""
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("leader"))
        invite_member(cast.user("leader"), plan, cast.user("teacher"), "writer")
        return plan.id


def on_disk(app, number: int) -> str:
    with app.app_context():
        return plain_text(json_from_state(stored_document(number).merged()))


def test_after_signing_in_again_beside_it_what_was_written_meanwhile_is_saved(app, cast, context_for, plan_id):
    page = opened(context_for("teacher").new_page(), plan_id)
    with app.app_context(), unit_of_work():
        revoke_sessions_of(cast.teacher.id)
    box = page.locator("[data-plan-problem]")
    expect(box).to_contain_text("登录已过期")
    write(page, "preparation", "过期以后写的")
    with page.expect_popup() as beside:
        box.get_by_role("link", name="重新登录").click()
    sign_in(beside.value, "liqiang", PASSWORD)
    expect(beside.value).not_to_have_url("**/login**")
    beside.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # what a browser sends on coming back to the tab
    saved(page)
    expect(box).to_be_hidden()
    assert "过期以后写的" in on_disk(app, plan_id)


def test_two_tabs_of_one_person_both_closed_without_a_line_lose_nothing(app, context_for, plan_id):
    context = context_for("teacher")
    tabs = [opened(context.new_page(), plan_id) for _ in range(2)]
    for tab, section in zip(tabs, ("learners", "textbook"), strict=True):
        go_offline(context, tab)
        write(tab, section, f"断网时写在{section}")
        expect(tab.locator("[data-plan-state]")).to_have_text("离线，已存本机")
    for tab in tabs:
        tab.close()
    context.set_offline(False)
    page = opened(context.new_page(), plan_id)
    for section in ("learners", "textbook"):
        assert f"断网时写在{section}" in text(page)
        eventually(lambda words=f"断网时写在{section}": words in on_disk(app, plan_id))


def test_a_clock_that_is_set_back_does_not_silence_the_line(page_for, plan_id):
    page = opened(page_for("teacher"), plan_id)
    behind = page.evaluate(
        """() => {
          const { provider } = document.querySelector('[data-plan-page]').planPage;
          const now = Date.now;
          Date.now = () => now() - 3600000;
          provider.tick();
          return Date.now() - provider.lastHeartbeat;
        }"""
    )
    assert 0 <= behind < 60_000
    write(page, "board", "钟被拨回去以后写的")
    saved(page)


def test_on_a_full_disk_the_page_says_that_nothing_is_saved_and_it_is_once_there_is_room(
    app,
    page_for,
    plan_id,
    monkeypatch,
):
    store = app.extensions["yanxiu_documents"]._store
    real, full = store.append, [True]

    def append(batch):
        if full[0]:
            raise OSError(28, "No space left on device")
        return real(batch)

    page = opened(page_for("teacher"), plan_id)
    monkeypatch.setattr(store, "append", append)
    write(page, "board", "写在满了的磁盘上")
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "saving")
    page.evaluate(
        """() => {
          const { provider } = document.querySelector('[data-plan-page]').planPage;
          provider.waitingSince -= 60000;  // a minute later
          provider.changed();
        }"""
    )
    expect(page.locator("[data-plan-state]")).to_contain_text("未保存（服务器一直没有回应，内容在本机）")
    assert "写在满了的磁盘上" not in on_disk(app, plan_id)
    full[0] = False
    saved(page)
    assert "写在满了的磁盘上" in on_disk(app, plan_id)
