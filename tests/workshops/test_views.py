"""Pages and forms over HTTP: what people see, what hostile input gets, how many queries a list costs."""

import io
import re
import uuid

import openpyxl
import pytest

from tests.support.workshops import make_post, make_topic, make_workshop
from tests.workshops.stage import FETCH, Room, page, picture
from yanxiu.core.clock import today
from yanxiu.core.db import db
from yanxiu.core.terms import term_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import membership, posts


def workshop_form(cast, **changes):
    return {
        "name": "三年级习作起步",
        "subject": "语文",
        "stage": "小学",
        "term": term_of(today()),
        "organization_id": str(cast.leader.organization_id),
        "join_mode": "apply",
        "members_may_publish": "y",
        "introduction": "一起写",
    } | changes


def test_founding_a_workshop_with_a_cover(app, cast, client_for):
    client = client_for("leader")
    answer = client.post("/workshops", data=workshop_form(cast, cover=(picture(), "封面.png")))
    assert answer.status_code == 302
    home = page(client, answer.location)
    assert "三年级习作起步" in home
    assert "还没有话题" in home
    assert client.get(f"{answer.location}/cover").mimetype == "image/png"
    with app.app_context():
        workshop = db.session.scalars(db.select(Workshop)).one()
        assert membership_of(workshop.id, cast.leader.id).role == "leader"


def test_what_was_typed_comes_back_with_the_error_beside_it(cast, client_for):
    answer = client_for("leader").post("/workshops", data=workshop_form(cast, name="", introduction="写了很久的简介"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请填写工作坊名称" in text
    assert "写了很久的简介" in text


def test_a_founder_cannot_use_the_name_of_another_school(app, cast, client_for):
    form = workshop_form(cast, organization_id=str(cast.outsider.organization_id))
    assert client_for("leader").post("/workshops", data=form).status_code == 422
    with app.app_context():
        assert db.session.scalars(db.select(Workshop)).all() == []


def test_settings_change_what_they_show_and_nothing_else(app, cast, client_for, room):
    client = client_for("leader")
    form = workshop_form(cast, name="新名称", id="999", created_by="1", members_count="500", organization_id="3")
    form["organization_id"] = str(cast.leader.organization_id)
    assert client.post(f"{room.home}/settings", data=form).status_code == 302
    with app.app_context():
        workshop = db.session.get(Workshop, room.w)
        assert (workshop.name, workshop.members_count, workshop.created_by) == ("新名称", 3, cast.leader.id)


def test_the_list_shows_mine_first_then_what_i_may_find(app, cast, client_for, room):
    with app.app_context(), unit_of_work():
        make_workshop(cast.user("outsider"), name="数学作业设计", subject="数学", join_mode="open")
        make_workshop(cast.user("outsider"), name="只请自己人", subject="数学", join_mode="invite")
    text = page(client_for("teacher"), "/workshops")
    assert text.index("《三国》单元") < text.index("数学作业设计")
    assert "只请自己人" not in text
    assert "只请自己人" in page(client_for("researcher"), "/workshops")
    assert "数学作业设计" not in page(client_for("stranger"), "/workshops")
    filtered = page(client_for("teacher"), "/workshops?subject=数学")
    assert "《三国》单元" not in filtered
    assert "数学作业设计" in filtered


def test_the_door_of_an_open_workshop_shows_nothing_of_its_inside(app, cast, client_for):
    inside = Room(app, cast, join_mode="open")
    client = client_for("outsider")
    text = page(client, inside.home)
    assert "加入工作坊" in text
    assert "草船借箭" not in text
    page(client, inside.topic, 404)
    assert client.post(f"{inside.home}/membership").status_code == 302
    assert "草船借箭" in page(client, inside.topic)


def test_applying_is_answered_and_the_refusal_is_read(app, cast, client_for):
    inside = Room(app, cast, join_mode="apply")
    outsider, leader = client_for("outsider"), client_for("leader")
    outsider.post(f"{inside.home}/applications", data={"message": "我教数学，想来听听"})
    assert "申请已提交" in page(outsider, inside.home)
    assert "我教数学，想来听听" in page(leader, f"{inside.home}/members")
    with app.app_context():
        number = db.session.scalar(db.select(membership.Application.id))
    url = f"{inside.home}/applications/{number}/decision"
    assert leader.post(url, data={"decision": "refuse"}).status_code == 422
    assert leader.post(url, data={"decision": "refuse", "reason": "这学期人满了"}).status_code == 302
    assert "这学期人满了" in page(outsider, inside.home)


def test_an_invited_teacher_accepts_from_the_list(app, cast, client_for, room):
    with app.app_context(), unit_of_work():
        workshop = db.session.get(Workshop, room.w)
        number = membership.invite_person(cast.user("leader"), workshop, cast.user("villager")).id
    client = client_for("villager")
    assert "邀请您加入" in page(client, "/workshops")
    page(client, room.topic, 404)
    client.post(f"{room.home}/invitations/{number}/answer", data={"answer": "accept"})
    assert "草船借箭" in page(client, room.topic)


def test_somebody_of_another_county_cannot_be_invited(cast, client_for, room):
    answer = client_for("leader").post(f"{room.home}/invitations", data={"user_id": cast.stranger.id})
    assert answer.status_code == 404


def test_a_removed_member_sees_nothing_more(cast, client_for, room):
    teacher = client_for("teacher")
    page(teacher, room.topic)
    assert client_for("leader").post(f"{room.home}/members/{cast.teacher.id}/removal").status_code == 302
    for url in (room.home, room.topic, f"{room.topic}/posts?since=0", f"{room.home}/topics/changes?since=0"):
        page(teacher, url, 404)


def test_publishing_a_topic_without_scripts_takes_plain_text(app, client_for, room):
    form = {"title": "板书怎么设计", "html": "第一行\n第二行\n\n<b>不是标签</b>", "client_uuid": str(uuid.uuid4())}
    answer = client_for("teacher").post(f"{room.home}/topics", data=form)
    text = page(client_for("colleague"), answer.location)
    assert "第一行<br>第二行" in text
    assert "&lt;b&gt;不是标签&lt;/b&gt;" in text


def test_a_leader_publishes_an_announcement_at_once_and_a_member_cannot(app, client_for, room):
    form = {"title": "周四改到线上", "html": "请提前十分钟试声音。", "announces": "y"}
    boxes = [
        re.findall(r"<input[^>]*announces[^>]*>", page(client_for(who), f"{room.home}/topics/new?announces=1"))
        for who in ("leader", "teacher")
    ]
    assert "checked" in boxes[0][0]
    assert boxes[1] == []
    for who in ("leader", "teacher"):
        assert client_for(who).post(f"{room.home}/topics", data=form | {"title": who}).status_code == 302
    with app.app_context():
        pinned = dict(db.session.execute(db.select(Topic.title, Topic.pinned_at)).all())
    assert pinned["leader"] is not None
    assert pinned["teacher"] is None


def test_posting_twice_over_a_bad_line_answers_twice_and_posts_once(app, client_for, room):
    client, form = (
        client_for("teacher"),
        {"html": "<p>同意</p>", "format": "html", "client_uuid": str(uuid.uuid4())},
    )
    first = client.post(f"{room.topic}/posts", data=form, headers=FETCH).json
    second = client.post(f"{room.topic}/posts", data=form, headers=FETCH).json
    assert first["ok"]
    assert first["post_id"] == second["post_id"]
    assert first["client_uuid"] != form["client_uuid"]
    with app.app_context():
        assert db.session.get(Topic, room.t).replies_count == 2


def test_the_fragment_says_what_the_page_says(client_for, room):
    client = client_for("teacher")
    before = int(client.get(f"{room.topic}/posts?since=0").headers["X-Seq"])
    client.post(f"{room.topic}/posts", data={"html": "新的看法"})
    answer = client.get(f"{room.topic}/posts?since={before}")
    text = answer.get_data(as_text=True)
    assert int(answer.headers["X-Seq"]) == before + 1
    assert "新的看法" in text
    assert "第0条看法" not in text
    item = text[text.index("<section") : text.rindex("</section>")]
    assert without_tokens(item) in without_tokens(page(client, room.topic))


def without_tokens(html: str) -> str:
    """The page without the hidden tokens of its forms, which carry the second they were made in."""
    return re.sub(r'<input[^>]*name="csrf_token"[^>]*>', "", html)


def test_a_withdrawn_post_is_unreadable_at_every_door(app, cast, client_for, room):
    client = client_for("teacher")
    answer = client.post(f"{room.topic}/posts/{room.p}/withdrawal", headers=FETCH).json
    assert answer["toast"] == "已撤回"
    for url in (room.topic, f"{room.topic}/posts?since=0"):
        assert "第0条看法" not in page(client, url)
    page(client_for("colleague"), f"{room.topic}/posts/{room.p}/edits", 404)
    assert client.post(answer["undo"]["url"], headers=FETCH).json["ok"]
    assert "第0条看法" in page(client, room.topic)


def test_what_a_leader_took_back_the_author_cannot_bring_back(client_for, room):
    client_for("leader").post(f"{room.topic}/posts/{room.p}/withdrawal")
    answer = client_for("teacher").post(f"{room.topic}/posts/{room.p}/restoration", headers=FETCH)
    assert (answer.status_code, answer.json["message"]) == (403, "这条发言由坊主撤回，请联系坊主恢复")
    assert "第0条看法" not in page(client_for("teacher"), room.topic)
    assert client_for("leader").post(f"{room.topic}/posts/{room.p}/restoration", headers=FETCH).json["ok"]


def test_deleting_a_topic_offers_to_undo_it(client_for, room):
    leader = client_for("leader")
    answer = leader.post(f"{room.topic}/deletion")
    text = page(leader, answer.location)
    assert f"{room.topic}/restoration" in text
    assert f"{room.topic}/restoration" not in page(client_for("teacher"), answer.location)
    assert leader.post(f"{room.topic}/restoration").location == room.topic
    assert "第0条看法" in page(client_for("teacher"), room.topic)


def test_a_link_to_a_late_answer_opens_the_thread_at_it(app, cast, client_for, room):
    with app.app_context(), unit_of_work():
        topic, root = db.session.get(Topic, room.t), db.session.get(Post, room.p)
        last = [make_post(cast.user("leader"), topic, parent=root).id for _ in range(9)][-1]
    client = client_for("teacher")
    text = page(client, room.topic)
    assert "展开其余 4 条" in text
    assert f'id="post-{last}"' not in text
    assert f'id="post-{last}"' in page(client, f"{room.topic}?at={last}")
    assert f'id="post-{last}"' in page(client, f"{room.topic}/posts/{room.p}/answers")


@pytest.mark.parametrize("path", ["/lesson-plans", "/lessons", "/resources"])
def test_every_tab_of_a_workshop_keeps_its_tabs(client_for, room, path):
    assert f'href="{room.home}{path}"' in page(client_for("teacher"), room.home)
    text = page(client_for("teacher"), f"{room.home}{path}")
    assert f'<a href="{room.home}/topics">话题</a>' in text
    assert re.search(rf'href="{room.home}{path}" aria-current="page"', text)
    assert text.count("<h1") == 1


def test_a_post_of_another_topic_cannot_be_answered_or_liked(app, cast, client_for, room):
    other = Room(app, cast, name="另一个")
    client = client_for("teacher")
    answer = client.post(f"{other.topic}/posts", data={"html": "回复", "parent_id": str(room.p)})
    assert answer.status_code == 404
    assert client.post(f"{other.topic}/posts/{room.p}/like", data={"on": "1"}).status_code == 404


def test_the_list_on_paper_holds_strings_not_formulas(app, cast, client_for, room):
    with app.app_context(), unit_of_work():
        cast.user("teacher").name = '=HYPERLINK("http://x","李强")'
    answer = client_for("leader").get(f"{room.home}/members.xlsx")
    # A header that is not Latin-1 would leave the browser waiting for an answer that never comes.
    assert answer.headers["Content-Disposition"].isascii()
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    names = [cell.value for cell in cells]
    assert '=HYPERLINK("http://x","李强")' in names
    assert "坊主" in names


def test_reading_is_noted_and_shown_in_the_lists(client_for, room):
    client = client_for("colleague")
    assert "data-number>2</span>" in page(client, f"{room.home}/topics")
    assert client.post(f"{room.topic}/visit", data={"number": "1"}, headers=FETCH).json["number"] == 1
    assert "data-number>1</span>" in page(client, f"{room.home}/topics")
    client.post(f"{room.home}/topics/visits")
    assert "data-number></span>" in page(client, f"{room.home}/topics")


def test_a_deep_link_opens_the_page_where_the_post_is(app, cast, client_for):
    long = Room(app, cast, answers=45)
    client = client_for("teacher")
    with app.app_context():
        last = db.session.scalar(
            db.select(Post.id).where(Post.topic_id == long.t).order_by(Post.number.desc()).limit(1)
        )
    assert f'id="post-{last}"' not in page(client, long.topic)
    assert f'id="post-{last}"' in page(client, f"{long.topic}?at={last}")


def test_the_order_a_person_chose_is_remembered(app, cast, client_for):
    several = Room(app, cast, answers=3)
    client = client_for("teacher")
    assert page(client, several.topic).index("第0条") < page(client, several.topic).index("第2条")
    page(client, f"{several.topic}?order=newest")
    text = page(client, several.topic)
    assert text.index("第2条") < text.index("第0条")


def test_mentions_are_offered_among_members_only(client_for, room):
    found = client_for("teacher").get(f"{room.home}/people?q=").json
    assert {person["name"] for person in found} == {"王丽", "李强", "周敏"}


LISTS = [
    "",
    "/topics",
    "/topics?sort=new",
    "/members",
    "/topics/{t}",
    "/topics/{t}/posts?since=0",
    "/topics/{t}/posts/{p}/answers",
    "/topics/changes?since=0",
]


@pytest.mark.once
def test_lists_cost_the_same_queries_with_five_rows_and_with_fifty(app, cast, client_for, count_queries):
    few, many = Room(app, cast, answers=5), Room(app, cast, answers=50, name="热闹的")
    with app.app_context(), unit_of_work():
        for room, number in ((few, 5), (many, 50)):
            workshop = db.session.get(Workshop, room.w)
            for n in range(number):
                topic = make_topic(cast.user("teacher"), workshop, f"话题{n}")
                post = make_post(cast.user("colleague"), topic)
                posts.like_post(cast.user("leader"), post)
            busy, root = db.session.get(Topic, room.t), db.session.get(Post, room.p)
            for _ in range(number):
                posts.like_post(cast.user("leader"), make_post(cast.user("colleague"), busy, parent=root))
    client = client_for("teacher")
    page(client, "/workshops")
    counts = {path: [] for path in LISTS}
    for path, seen_queries in counts.items():
        for room in (few, many):
            with count_queries() as seen:
                page(client, f"{room.home}{path.format(t=room.t, p=room.p)}")
            seen_queries.append(seen.count)
    assert {path: pair for path, pair in counts.items() if pair[0] != pair[1] or pair[0] > 35} == {}


def test_the_list_of_workshops_costs_the_same_with_two_and_with_forty(app, cast, client_for, count_queries):
    client, counts = client_for("teacher"), []
    page(client, "/workshops")
    for number in (2, 38):
        with app.app_context(), unit_of_work():
            for n in range(number):
                make_workshop(cast.user("leader"), [cast.user("teacher")], name=f"工作坊{number}-{n}")
                make_workshop(cast.user("leader"), name=f"开放{number}-{n}", join_mode="open")
        with count_queries() as seen:
            page(client, "/workshops")
        counts.append(seen.count)
    assert counts[0] == counts[1]


def test_a_history_shows_what_each_change_did_and_what_was_taken_back_only_to_who_may_know(app, client_for, room):
    teacher, url = client_for("teacher"), f"{room.topic}/posts/{room.p}"
    for text in ("先看图。再读文章。", "先看图，讨论。再读文章。最后写。"):
        teacher.post(f"{url}/edit", data={"html": text})
    history = re.sub(r"<span[^>]*>.*?</span>", "", page(client_for("colleague"), f"{url}/edits"))
    assert "改过 2 次" in history
    assert "先看图<ins>，讨论</ins>。再读文章。<ins>最后写。</ins>" in history
    teacher.post(f"{url}/withdrawal")
    assert "由本人撤回" in page(teacher, f"{url}/edits")
    assert "最后写。" in page(client_for("leader"), f"{url}/edits")
    page(client_for("colleague"), f"{url}/edits", 404)
    page(client_for("researcher"), f"{url}/edits", 404)
