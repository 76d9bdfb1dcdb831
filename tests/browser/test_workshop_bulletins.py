"""Writing a bulletin in the browser: saved by itself, columns moved, and what a colleague wrote meanwhile is shown."""

import re

from playwright.sync_api import expect

from tests.support.workshops import make_bulletin, make_workshop
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Bulletin, BulletinSection
from yanxiu.workshops.services.bulletins import Masthead, Written, save_bulletin

SAVED = re.compile(r"^已保存 \d\d:\d\d$")


def test_an_issue_is_saved_by_itself_moved_about_and_never_written_over(app, cast, page_for):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("colleague")])
        issue = make_bulletin(cast.user("leader"), workshop)
        number, here = issue.id, f"/workshops/{workshop.id}/bulletins/{issue.id}/edit"
    page = page_for("leader", width=390)
    page.goto(here)
    said = page.locator("[data-saved]")
    expect(said).to_have_text("已保存")
    page.get_by_role("textbox", name="卷首语").click()
    opening = page.locator("#part-opening .composer-text")
    opening.press_sequentially("各位老师好")
    expect(said).to_have_text(SAVED)
    page.get_by_role("button", name="下移卷首语").press("Enter")
    expect(page.locator("[data-part]").nth(1)).to_have_attribute("data-part", "opening")
    with app.app_context(), unit_of_work():
        found = db.session.get(Bulletin, number)
        section = db.session.query(BulletinSection).filter_by(bulletin_id=number, kind="opening").one()
        assert section.html == "<p>各位老师好</p>"
        theirs = [Written("opening", "<p>同事写的</p>", True, section.version)]
        save_bulletin(cast.user("colleague"), found, Masthead("简报"), theirs)
    opening.press_sequentially("，我又写了一句")
    clash = page.locator("#part-opening [data-clash]")
    expect(clash).to_contain_text("同事写的")
    clash.get_by_role("button", name="用我写的").click()
    expect(said).to_have_text(SAVED)
    page.get_by_role("button", name="预览").click()
    expect(page.locator("article.bulletin")).to_contain_text("各位老师好，我又写了一句")
    expect(page.locator(".bulletin-column h2").nth(1)).to_have_text("卷首语")
