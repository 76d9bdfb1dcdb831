"""What a topic asks of every member: what counts, who has done it, and points that do or do not add up."""

import io

import pytest
from openpyxl import load_workbook

from tests.support.accounts import make_person
from tests.support.workshops import make_post, make_topic, make_workshop
from tests.workshops.stage import FETCH, page
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Topic, TopicRequirement, Workshop
from yanxiu.workshops.queries import requirements as queries
from yanxiu.workshops.services import membership, posts
from yanxiu.workshops.services.requirements import Asked, require_of_members

LONG = "<p>从人物关系图讲起，学生容易进入。</p>"


@pytest.fixture
def asked(cast, ctx):
    """A topic that asks for one main reply and two answers of eight characters, worth ten points."""

    class Stage:
        people = {key: cast.user(key) for key in ("leader", "teacher", "colleague")}

    with unit_of_work():
        Stage.workshop = make_workshop(Stage.people["leader"], [Stage.people["teacher"], Stage.people["colleague"]])
        Stage.topic = make_topic(Stage.people["leader"], Stage.workshop)
        what = Asked(posts=1, answers=2, min_length=8, post_points=6, answer_points=2, total_points=10)
        require_of_members(Stage.people["leader"], Stage.topic, what)
        Stage.requirement = db.session.get(TopicRequirement, Stage.topic.id)
    return Stage


def progress(asked, key):
    user_id = asked.people[key].id
    return queries.progress_of(asked.requirement, [user_id])[user_id]


def test_what_counts_and_what_does_not(asked):
    teacher, colleague, topic = asked.people["teacher"], asked.people["colleague"], asked.topic
    with unit_of_work():
        mine = make_post(teacher, topic, LONG)
        make_post(teacher, topic, "<p>好</p>")
        make_post(teacher, topic, LONG, parent=mine)
        theirs = make_post(colleague, topic, LONG)
        make_post(teacher, topic, LONG, parent=theirs)
        gone = make_post(teacher, topic, LONG, parent=theirs)
        posts.withdraw_post(teacher, gone)
    found = progress(asked, "teacher")
    assert (found.posts, found.answers, found.missing_answers, found.met, found.points) == (1, 1, 1, False, 8)
    with unit_of_work():
        make_post(colleague, topic, LONG, parent=mine)
        make_post(teacher, topic, LONG, parent=mine)
    found = progress(asked, "teacher")
    assert (found.answers, found.met, found.points) == (2, True, 10)
    assert queries.reach_of(topic, asked.requirement) == queries.Reach(met=1, asked=2)
    done = [seat.user_id for seat in queries.people_page(topic, asked.requirement, queries.MET).items]
    still = [seat.user_id for seat in queries.people_page(topic, asked.requirement, queries.OPEN).items]
    assert (done, still) == ([teacher.id], [colleague.id])


def test_nothing_asked_takes_the_requirement_away_and_odd_numbers_are_refused(asked):
    leader, topic = asked.people["leader"], asked.topic
    with unit_of_work(), pytest.raises(InvalidError, match="0 到"):
        require_of_members(leader, topic, Asked(posts=99))
    with unit_of_work():
        require_of_members(leader, topic, Asked())
        require_of_members(leader, topic, Asked())
    assert queries.requirement_of(topic.id) is None


def test_members_see_their_own_way_and_leaders_everybodys(app, cast, room, client_for):
    leader, teacher = client_for("leader"), client_for("teacher")
    url = f"{room.topic}/requirement"
    form = {"asked_posts": "1", "asked_answers": "1", "post_points": "5", "answer_points": "3", "total_points": "10"}
    assert "回帖要求" not in page(teacher, room.topic)
    assert leader.post(url, data=form | {"asked_posts": "很多"}, headers=FETCH).status_code == 422
    answer = leader.post(url, data=form, headers=FETCH).get_json()
    assert answer["toast"] == "各项合计 8 分，和总分 10 分不一致"
    assert "您还差 1 条回应" in page(teacher, room.topic)
    assert "您还差 1 条主帖回复、1 条回应" in page(client_for("colleague"), f"{room.topic}/posts?since=0")
    assert "每人回复 1、回应 1" in page(teacher, f"{room.home}/topics")
    shown = page(leader, f"{room.topic}/progress?show=open")
    assert "还差 1 条回应" in shown
    assert "不一致" in shown
    assert "0 / 2 位坊员已完成" in page(leader, room.topic)
    book = load_workbook(io.BytesIO(leader.get(f"{room.topic}/progress?format=xlsx").data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3)]
    assert [row[1] for row in rows] == [cast.teacher.name, cast.colleague.name]
    assert rows[0][4:] == [1, 0, 5, "还差 1 条回应"]


def test_a_new_topic_asks_only_when_a_leader_says_so(app, cast, room, client_for):
    form = {"title": "读第一章", "html": "说一句话", "asked_posts": "1", "asked_answers": "2"}
    assert "asked_posts" not in page(client_for("teacher"), f"{room.home}/topics/new")
    assert "asked_posts" in page(client_for("leader"), f"{room.home}/topics/new")
    for key, found in (("teacher", 0), ("leader", 1)):
        assert client_for(key).post(f"{room.home}/topics", data=form, headers=FETCH).get_json()["ok"] is True
        with app.app_context():
            assert db.session.query(TopicRequirement).count() == found


@pytest.mark.once
def test_the_list_of_those_asked_costs_the_same_for_few_and_for_many(app, cast, room, client_for, count_queries):
    client, counts = client_for("leader"), []
    with app.app_context(), unit_of_work():
        require_of_members(cast.user("leader"), db.session.get(Topic, room.t), Asked(posts=1, answers=1))
    for number in (1, 9):
        with app.app_context(), unit_of_work():
            workshop = db.session.get(Workshop, room.w)
            for n in range(number):
                person = make_person(workshop.organization, f"老师{number}{n}")
                membership.add_member(workshop, person.id, how="invitation")
        page(client, f"{room.topic}/progress")
        with count_queries() as seen:
            page(client, f"{room.topic}/progress")
        counts.append(seen.count)
    assert counts[0] == counts[1]
