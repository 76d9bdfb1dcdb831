"""The demo's talk: read from scripts, played through the services."""

from datetime import timedelta

import pytest

from yanxiu.accounts import demo as accounts_demo
from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops import demo
from yanxiu.workshops.demo.papers import paper
from yanxiu.workshops.demo.scripts import read_scripts
from yanxiu.workshops.demo.seeding import MARKS, TEAMS
from yanxiu.workshops.models import Post, Submission, Topic

NAMES = {person.name for person in accounts_demo.PEOPLE}


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team.key)
def test_everybody_who_speaks_exists_and_belongs_to_the_workshop(team):
    seated = {team.leader, *team.team, *team.members}
    assert seated <= NAMES
    for script in read_scripts(team.key, now()):
        assert set(script.marks) <= set(MARKS)
        for line in script.lines:
            assert line.text.strip()
            assert {line.author, *line.liked_by} <= seated, script.title
            assert line.quotes is None or line.quotes <= len(script.lines)


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team.key)
def test_everything_was_said_in_order_by_day_and_before_now(team):
    present = now()
    for script in read_scripts(team.key, present):
        moments = [line.moment for line in script.lines]
        assert moments == sorted(moments)
        assert moments[-1] < present
        calm = [moment for moment in moments if moment < present - timedelta(days=1)]
        assert all(7 <= moment.astimezone(LOCAL_ZONE).hour < 23 for moment in calm)


@pytest.mark.usefixtures("app")
def test_every_paper_that_is_named_is_there_and_opens_as_word():
    named = {
        name
        for team in TEAMS
        for script in read_scripts(team.key, now())
        for line in script.lines
        for name in line.papers
    }
    assert named
    for name in named:
        received, thumbnail = paper(name)
        assert received.name.endswith(".docx")
        assert thumbnail is None


def test_the_main_workshop_is_worth_a_visit():
    scripts = read_scripts("sanguo", now())
    assert len(scripts) >= 15
    assert all(5 <= len(script.lines) <= 25 for script in scripts)


def test_the_small_world_holds_the_main_workshop_spoken_by_the_cast(ctx, cast):
    world = DemoWorld(small=True)
    world.users = {key: cast.user(key) for key in cast.people}
    world.orgs = {key: cast.place(key) for key in cast.places}
    with unit_of_work():
        demo.seed(world)
    workshop = world.workshops["sanguo"]
    assert workshop.members_count == 5
    standings = db.session.scalars(db.select(Submission.standing).join(Submission.task).order_by(Submission.id)).all()
    assert {"marked", "handed_in"} == set(standings)
    topics = db.session.scalars(db.select(Topic).where(Topic.workshop_id == workshop.id)).all()
    assert any(topic.pinned_at for topic in topics)
    assert any(topic.digest_at for topic in topics)
    for topic in topics:
        made = db.session.scalars(db.select(Post).where(Post.topic_id == topic.id)).all()
        assert topic.last_number == len(made)
        assert topic.replies_count == len(made) - 1
