"""Kinds of topics in the browser: what unfolds, voting by keyboard seen by others at once, a debate that opens."""

import pytest
from playwright.sync_api import expect

from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Topic, Workshop
from yanxiu.workshops.services.debates import DebateDetails, state_view
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.polls import PollDetails


@pytest.fixture
def workshop(app, cast):
    with app.app_context(), unit_of_work():
        return make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")]).id


def published(app, cast, workshop, title, shape):
    """Publish a topic of a kind; returns its address."""
    with app.app_context(), unit_of_work():
        topic = make_topic(cast.user("leader"), db.session.get(Workshop, workshop), title)
        shape_topic(cast.user("leader"), topic, shape)
        return f"/workshops/{workshop}/topics/{topic.id}"


def live(page):
    expect(page.locator("live-list#posts")).to_have_attribute("data-state", "live")


def test_a_kind_unfolds_by_keyboard_and_a_vote_is_seen_at_once(app, cast, page_for, workshop):
    author = page_for("teacher", 390)
    author.goto(f"/workshops/{workshop}/topics/new")
    expect(author.get_by_label("选项", exact=True)).to_be_hidden()
    author.get_by_role("radio", name="研讨").focus()
    author.keyboard.press("ArrowLeft")
    expect(author.get_by_label("选项", exact=True)).to_be_visible()

    shape = Shape(kind="poll", poll=PollDetails(("关系图", "时间轴"), results="always"))
    where = published(app, cast, workshop, "板书用哪一种", shape)
    watcher = page_for("colleague")
    watcher.goto(where)
    live(watcher)
    author.goto(where)
    live(author)
    author.get_by_role("radio", name="时间轴").focus()
    author.keyboard.press("Space")
    author.get_by_role("button", name="投票", exact=True).press("Enter")
    expect(author.get_by_role("button", name="改投")).to_be_visible()
    expect(watcher.get_by_text("1 票 · 100%")).to_be_visible()
    expect(watcher.get_by_role("button", name="投票", exact=True)).to_be_visible()


def test_a_view_that_is_stated_opens_the_debate(app, cast, page_for, workshop, errors):
    shape = Shape(kind="debate", debate=DebateDetails("先预习", "不预习"))
    where = published(app, cast, workshop, "要不要先预习", shape)
    with app.app_context(), unit_of_work():
        topic = db.session.get(Topic, int(where.rsplit("/", 1)[1]))
        said = make_post(cast.user("colleague"), topic, "<p>弱的孩子能先走一步</p>")
        state_view(cast.user("colleague"), topic, said, "a")
    page = page_for("teacher", 390)
    page.goto(where)
    live(page)
    page.get_by_role("textbox", name="理由").click()
    expect(page.locator(".composer-text")).to_be_visible()
    page.locator(".composer-text").press_sequentially("留一点新鲜")
    page.get_by_role("button", name="表明立场").click()
    expect(page.get_by_text("请先选择您站哪一方")).to_be_visible()
    page.get_by_role("radio", name="反方：不预习").check()
    page.get_by_role("button", name="表明立场").click()
    expect(page.get_by_text("弱的孩子能先走一步")).to_be_visible()
    expect(page.get_by_text("您在这一方")).to_be_visible()
    errors[:] = [error for error in errors if "422" not in error]
