"""Long topics and lists of topics stay right while others write: nothing new is lost, nothing old jumps up."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_workshops import live, write
from tests.support.workshops import make_post, make_topic, make_workshop, opener
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.services import posts, topics

ANSWERS = 23


@pytest.fixture
def workshop(app, cast):
    """Return the id of a workshop with three members."""
    with app.app_context(), unit_of_work():
        return make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")]).id


@pytest.fixture
def long_topic(app, cast, workshop):
    """Return the id of a topic with more answers than one page shows, seven of them to its first answer."""
    with app.app_context(), unit_of_work():
        made = make_topic(cast.user("leader"), db.session.get(Workshop, workshop))
        first = make_post(cast.user("teacher"), made, "<p>第1条看法</p>")
        for number in range(2, ANSWERS + 1):
            make_post(cast.user("teacher"), made, f"<p>第{number}条看法</p>")
        for number in range(7):
            make_post(cast.user("leader"), made, f"<p>追问{number}</p>", parent=first)
        return made.id


def answer(app, cast, key, topic_id, text, parent=None):
    with app.app_context(), unit_of_work():
        found = parent and db.session.scalar(db.select(Post).where(Post.text == parent))
        return make_post(cast.user(key), db.session.get(Topic, topic_id), f"<p>{text}</p>", parent=found).id


def test_an_answer_to_a_long_topic_is_shown_to_its_author_and_announced_to_others(page_for, workshop, long_topic):
    reader, author = page_for("colleague", 390), page_for("leader")
    for page in (reader, author):
        page.goto(f"/workshops/{workshop}/topics/{long_topic}")
        live(page, "posts")
    write(author, "回复", "我来小结一下")
    author.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    own = author.locator(".thread").filter(has_text="我来小结一下")
    expect(own).to_be_in_viewport()
    expect(author.locator("[data-arrivals]")).to_be_hidden()

    reader.get_by_role("link", name="有 1 条新回复，查看").click()
    arrived = reader.locator(".thread").filter(has_text="我来小结一下")
    expect(arrived).to_be_in_viewport()
    expect(reader.locator("[data-arrivals]")).to_be_hidden()
    reader.get_by_role("link", name="加载更多").click()
    expect(reader.locator("#threads").get_by_text("第23条看法")).to_be_visible()
    expect(arrived).to_have_count(1)
    expect(reader.locator(".thread").last).to_contain_text("我来小结一下")


def test_after_the_last_page_new_answers_go_on_below(app, cast, page_for, workshop, long_topic):
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}/topics/{long_topic}")
    live(page, "posts")
    page.get_by_role("link", name="加载更多").click()
    expect(page.locator("#threads").get_by_text("第23条看法")).to_be_visible()
    answer(app, cast, "leader", long_topic, "最后再说一句")
    expect(page.locator(".thread").last).to_contain_text("最后再说一句")


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_what_is_not_loaded_yet_does_not_appear_out_of_order(app, cast, page_for, workshop, long_topic, order):
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}/topics/{long_topic}?order={order}")
    live(page, "posts")
    far, near = ("第23条看法", "第1条看法") if order == "oldest" else ("第1条看法", "第23条看法")
    for text in (far, near):
        with app.app_context(), unit_of_work():
            posts.like_post(cast.user("leader"), db.session.scalar(db.select(Post).where(Post.text == text)))
    thread = page.locator(".thread").filter(has=page.get_by_text(near, exact=True))
    expect(thread.locator("[data-like]").first).to_have_text(re.compile(r"赞\s*1"))
    expect(page.get_by_text(far, exact=True)).to_have_count(0)


def test_the_rest_of_the_answers_unfolds_in_order_with_one_that_came_meanwhile(
    app, cast, page_for, workshop, long_topic
):
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}/topics/{long_topic}")
    live(page, "posts")
    thread = page.locator(".thread").first
    expect(thread.get_by_text("追问4", exact=True)).to_be_visible()
    expect(thread.get_by_text("追问5", exact=True)).to_have_count(0)
    answer(app, cast, "leader", long_topic, "刚刚的追问", parent="第1条看法")
    expect(thread.get_by_text("刚刚的追问")).to_be_visible()
    thread.get_by_role("link", name="展开其余 2 条").click()
    expect(thread.get_by_text("追问6", exact=True)).to_be_visible()
    answers = [text.strip() for text in thread.locator(".replies .prose").all_inner_texts()]
    assert answers == [*(f"追问{n}" for n in range(7)), "刚刚的追问"]
    with app.app_context(), unit_of_work():
        posts.like_post(cast.user("leader"), db.session.scalar(db.select(Post).where(Post.text == "追问6")))
    unfolded = thread.locator(".post").filter(has=page.get_by_text("追问6", exact=True))
    expect(unfolded.locator("[data-like]").last).to_have_text(re.compile(r"赞\s*1"))


def test_a_quotation_leads_to_its_post_also_when_that_is_not_on_the_page(app, cast, page_for, workshop, long_topic):
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}/topics/{long_topic}")
    live(page, "posts")
    for text, reloads in (("第2条看法", False), ("追问6", True)):
        with app.app_context(), unit_of_work():
            cited = db.session.scalar(db.select(Post).where(Post.text == text))
            made = make_post(cast.user("leader"), db.session.get(Topic, long_topic), "<p>同意</p>", quote=cited).id
            target = cited.id
        page.evaluate("document.body.dataset.before = 'yes'")
        page.locator(f"#post-{made} .quoted").get_by_role("link").click()
        expect(page.locator(f"#post-{target}")).to_be_in_viewport()
        expect(page.locator("body[data-before]")).to_have_count(0 if reloads else 1)


def test_an_announcement_is_changed_where_it_stands(app, cast, page_for, workshop, long_topic):
    page = page_for("colleague")
    pin(app, cast, long_topic, pinned=True)
    page.goto(f"/workshops/{workshop}/topics")
    live(page, "topics")
    answer(app, cast, "leader", long_topic, "公告下的新回复")
    row = page.locator(f"#topic-{long_topic}")
    expect(row.locator(".topic-count")).to_contain_text("31")
    expect(row).to_have_count(1)
    page.goto(f"/workshops/{workshop}")
    live(page, "topics")
    answer(app, cast, "leader", long_topic, "再来一条")
    fresh = answer_a_new_topic(app, cast, workshop)
    expect(page.locator(f"#topics #topic-{fresh}")).to_be_visible()
    expect(page.locator(f"#topics #topic-{long_topic}")).to_have_count(0)


def test_the_box_of_announcements_follows_what_the_leader_pins(app, cast, page_for, workshop, long_topic):
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}")
    live(page, "topics")
    box, latest = page.get_by_role("region", name="公告"), page.get_by_role("region", name="最新话题")
    title = page.evaluate("document.querySelector('#topics h3 a').textContent")
    expect(box).to_be_hidden()
    pin(app, cast, long_topic, pinned=True)
    expect(box.get_by_role("link", name=title)).to_be_visible()
    expect(latest.get_by_role("link", name=title)).to_have_count(0)
    answer(app, cast, "leader", long_topic, "公告下的新回复")
    expect(box.get_by_role("listitem")).to_contain_text("31 条回复")
    pin(app, cast, long_topic, pinned=False)
    expect(latest.get_by_role("link", name=title)).to_be_visible()
    expect(box).to_be_hidden()


def pin(app, cast, topic_id, pinned):
    with app.app_context(), unit_of_work():
        found = db.session.get(Topic, topic_id)
        topics.pin_topic(cast.user("leader"), found, opener(found), pinned=pinned)


def test_an_old_topic_that_is_answered_is_not_among_the_latest_published(app, cast, page_for, workshop, long_topic):
    with app.app_context(), unit_of_work():
        for number in range(20):
            make_topic(cast.user("leader"), db.session.get(Workshop, workshop), f"后来的话题{number}")
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}/topics?sort=new")
    live(page, "topics")
    answer(app, cast, "leader", long_topic, "旧话题的新回复")
    fresh = answer_a_new_topic(app, cast, workshop)
    expect(page.locator("#topics > article").first).to_have_id(f"topic-{fresh}")
    expect(page.locator(f"#topic-{long_topic}")).to_have_count(0)


def answer_a_new_topic(app, cast, workshop):
    with app.app_context(), unit_of_work():
        return make_topic(cast.user("leader"), db.session.get(Workshop, workshop), "刚发布的话题").id


def test_figures_change_while_a_leader_reads_and_what_is_open_or_focused_stays(app, cast, page_for, workshop):
    page = page_for("leader")
    page.goto(f"/workshops/{workshop}/insights")
    line, topics = page.locator("[data-news]"), page.locator(f"#line-{cast.teacher.id} td[data-label='话题']")
    expect(line).to_have_attribute("data-state", "live")
    expect(topics).to_have_text("0")
    page.locator("#figures summary").first.click()
    chosen = page.get_by_role("link", name="按单位")
    chosen.focus()
    with app.app_context(), unit_of_work():
        make_topic(cast.user("teacher"), db.session.get(Workshop, workshop))
    expect(topics).to_have_text("1")
    expect(page.locator("#figures details").first).to_have_attribute("open", "")
    expect(chosen).to_be_focused()
    expect(line).to_be_hidden()
