"""A school moves to another cluster: who is above it now finds what is below it, who was does not even get a count."""

from collections.abc import Callable

import pytest

from tests.support.lessonplans import make_plan
from tests.support.resources import make_resource
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.accounts.services import appoint, move_organization, rename_organization
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import sources
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.indexer import engine_of
from yanxiu.search.queries import Found, Hit, Wanted, find

WORDS = "草船借箭"


@pytest.fixture
def school(ctx, cast) -> None:
    """A workshop, a topic, an answer, a plan and a resource of a school; a researcher of its cluster, one of the next."""
    with unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("colleague")], name=f"{WORDS}工作坊", join_mode="invite")
        topic = make_topic(leader, workshop, f"{WORDS}怎么教")
        make_post(cast.user("colleague"), topic, f"<p>{WORDS}可以演一演</p>")
        make_plan(leader, title=f"{WORDS}教案", visibility="school")
        make_resource(leader, f"{WORDS}课件", visibility="school")
        for key, place in (("outsider", "qingshan"), ("villager", "chengdong")):
            appoint(cast.user("admin"), cast.user(key), "researcher", cast.place(place), clock.today())


@pytest.fixture
def found(app, cast, index_now, work) -> Callable[..., Found]:
    """What somebody finds once the worker and the indexer have done what waited."""

    def look(key: str, words: str = WORDS) -> Found:
        work()
        index_now()
        db.session.rollback()
        return find(engine_of(app), cast.viewer(key), Wanted(words))

    return look


def shown(answer: Found) -> list[Hit]:
    return [hit for group in answer.groups for hit in group.hits]


def move_the_school(cast) -> None:
    with unit_of_work():
        school = cast.user("leader").organization
        move_organization(cast.user("admin"), school, cast.place("chengdong"))


def test_counts_follow_a_school_to_its_new_cluster(school, cast, found):
    assert dict(found("outsider").facets["kind"]) == {"workshop": 1, "topic": 1, "post": 1, "plan": 1, "resource": 1}
    assert found("villager").total == 0
    move_the_school(cast)
    assert found("outsider").total == 0
    assert not any(found("outsider").facets.values())
    assert found("villager").total == 5


def test_rights_in_the_index_and_in_the_database_agree_after_a_move(school, cast, found):
    found("leader")
    move_the_school(cast)
    for key in ("outsider", "villager", "leader", "researcher", "stranger"):
        answer = found(key)
        assert len(shown(answer)) == answer.total, key


def test_what_a_school_published_is_found_by_its_new_name(school, cast, found):
    assert found("leader", "红旗").total == 0
    with unit_of_work():
        place = cast.user("leader").organization
        rename_organization(cast.user("admin"), place, "红旗小学", "红旗小学")
    assert {hit.kind for hit in shown(found("leader", "红旗"))} >= {"workshop", "plan"}


def test_every_kind_says_what_lies_below_a_place(ctx):
    for kind, source in sources().items():
        assert source.below is not None, kind
        assert set(db.session.scalars(source.below("/"))) <= set(source.all_ids()), kind
