"""What the features tell search: rights say the same twice, costs stay flat, and two words find all kinds of things."""

import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.support.matrix import PRINCIPALS
from tests.support.observations import make_lesson, make_ready_version
from tests.support.resources import make_resource
from tests.support.workshops import make_workshop
from yanxiu.accounts.models import Organization
from yanxiu.accounts.permissions import ANONYMOUS, Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import IndexDocument, sources
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, TextKey
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services.clip_sets import (
    ClipDraft,
    create_clip_set,
    put_clip,
    remove_clip_set,
    update_clip_set,
)
from yanxiu.observations.services.cycle import move_lesson, write_text
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.services.lessons import LessonDraft, invite_member, update_lesson
from yanxiu.observations.services.lessons import remove_member as remove_from_lesson
from yanxiu.observations.services.perspectives import add_perspectives, of_licc, remove_perspective
from yanxiu.observations.subscribers import EXPIRY_JOB, index_expired
from yanxiu.resources.models import Resource, ResourceCollection
from yanxiu.resources.services import ResourceDetails, update_resource
from yanxiu.resources.services.collections import create_collection, put_in_collection, take_from_collection
from yanxiu.search.permissions import principals_of
from yanxiu.workshops.queries import membership_of, workshops_of
from yanxiu.workshops.services.membership import remove_member

WORLDS = (
    "workshops.matrix", "workshops.matrix_activities", "workshops.matrix_tasks", "workshops.matrix_bulletins",
    "workshops.matrix_termplan",
    "lessonplans.matrix", "lessonplans.matrix_comments",
    "observations.matrix", "observations.matrix_clips", "resources.matrix", "resources.matrix_collections",
)  # fmt: skip
KINDS = (
    "person",
    "workshop",
    "topic",
    "post",
    "activity",
    "task",
    "bulletin",
    "term_item",
    "work_comment",
    "reflection",
    "plan",
    "plan_comment",
    "lesson",
    "comment",
    "finding",
    "conclusion",
    "clip_set",
    "resource",
    "collection",
)


def build(cast) -> None:
    """A little of everything: what the permission matrices of the features are played on. Inside a unit of work."""
    for name in WORLDS:
        importlib.import_module(f"tests.{name}").build(cast)
    for phase in ("watching", "discussing"):
        divided_lesson(cast, phase)


@pytest.fixture
def world(app, worlds) -> Iterator[None]:
    """The same little of everything for each test: made once, for making it takes longer than what is asked of it."""
    worlds.enter(sys.modules[__name__], anew=False)
    with app.app_context():
        yield
        db.session.remove()


def divided_lesson(cast, phase: str) -> Lesson:
    """A lesson of a school, by invitation of a host, in which a colleague found something and the teacher concluded."""
    teacher, colleague = cast.user("teacher"), cast.user("colleague")
    lesson = make_lesson(teacher, visibility="school")
    lesson.phase = phase
    invite_member(teacher, lesson, cast.user("researcher"), "host")
    invite_member(teacher, lesson, cast.user("villager"), "observer")
    add_perspectives(teacher, lesson, [of_licc("licc.listen")])
    write_finding(colleague, lesson, perspectives_of(lesson.id)[0].id, "后排两个孩子没有参与讨论，建议用号码牌")
    write_text(teacher, lesson, TextKey.CONCLUSION, "号码牌和候答是下一次要练的")
    return lesson


def everything(kind: str) -> dict[int, IndexDocument]:
    source = sources()[kind]
    return {document.object_id: document for document in source.load(list(source.all_ids()))}


def viewers(cast) -> Sequence[tuple[str, Viewer]]:
    return [(key, ANONYMOUS if key == "anonymous" else cast.viewer(key)) for key in PRINCIPALS]


def test_every_kind_has_a_source(app):
    assert set(sources()) == set(KINDS)


def test_the_rights_on_a_document_are_those_of_its_page(world, cast):
    for kind in KINDS:
        documents = everything(kind)
        assert documents, f"the matrices make no {kind}"
        for who, viewer in viewers(cast):
            mine = principals_of(viewer)
            by_rights = {number for number, document in documents.items() if document.acl & mine}
            assert by_rights == sources()[kind].visible(viewer, list(documents)), (kind, who)


def test_a_document_leads_to_a_page_that_opens_for_who_may_see_it(world, cast, client_for, client):
    asking = {"anonymous": client, "leader": client_for("leader"), "teacher": client_for("teacher")}
    for kind in KINDS:
        for number, document in list(everything(kind).items())[:2]:
            assert document.title.strip(), kind
            for who, viewer in viewers(cast):
                if who in asking and number in sources()[kind].visible(viewer, [number]):
                    assert asking[who].get(document.url).status_code == 200, (who, document.url)


def test_reading_many_costs_as_many_queries_as_reading_one_and_a_school_has_one_name_in_all(world, count_queries, cast):
    with unit_of_work():
        for number, place in enumerate(db.session.scalars(select(Organization))):
            place.short_name = f"{number} 小"
    names = set(db.session.scalars(select(Organization.name)))
    viewer = cast.viewer("leader")
    told = set()
    for kind in KINDS:
        source = sources()[kind]
        ids = list(source.all_ids())
        schools = {document.school for document in source.load(ids)} - {""}
        assert schools <= names, kind
        told |= {kind for _school in schools}
        costs = []
        for some in (ids[:1], ids):
            with count_queries() as seen:
                documents = list(source.load(some))
                loaded = seen.count
                source.visible(viewer, some)
            costs.append((loaded, seen.count - loaded))
            assert {document.object_id for document in documents} <= set(some)
        assert costs[1][0] <= costs[0][0] + 2, f"loading {len(ids)} × {kind}: {costs[1][0]} queries, one: {costs[0][0]}"
        assert costs[1][1] <= costs[0][1], kind
    assert {"plan", "lesson", "resource", "workshop"} <= told


def test_two_words_find_a_topic_a_plan_a_comment_and_a_resource(world, cast, client_for, index_now):
    """The main job: the leader finds all four; somebody from another county only what is public."""
    index_now()
    assert {"topic", "plan", "comment", "resource"} <= kinds_found(client_for("leader"), "草船借箭 设计")
    stranger = cast.viewer("stranger")
    public = {kind for kind in KINDS if sources()[kind].visible(stranger, list(everything(kind)))}
    assert kinds_found(client_for("stranger"), "草船借箭 设计") <= public
    assert not public & {"topic", "post", "plan", "comment", "lesson"}


def test_a_collection_is_found_by_what_is_in_it_but_not_by_what_its_readers_may_not_see(
    ctx, cast, client_for, index_now
):
    teacher, leader = cast.user("teacher"), cast.user("leader")
    shared, own = make_resource(teacher, "鲸的课件"), make_resource(leader, "竹石的学案", visibility="county")
    with unit_of_work():
        package = create_collection(teacher, "期末复习包", "按单元放好了，先看提纲")
        private = create_collection(teacher, "自己留着", visibility="private")
        put_in_collection(teacher, package, shared)
        for one in (package, private):
            put_in_collection(teacher, one, own)
    index_now()
    villager = client_for("villager")

    def hits(client, query: str) -> list[str]:
        page = client.get("/search", query_string={"q": query, "kind": "collection"}).get_data(as_text=True)
        return sorted(re.findall(r'href="(/collections/\d+)"', page))

    of_all, of_one = f"/collections/{package.id}", f"/collections/{private.id}"
    for query in ("期末复习包", "单元提纲", "鲸的课件", "竹石"):
        assert hits(villager, query) == [of_all], query
    assert "资源包" in villager.get("/search?q=期末复习包").get_data(as_text=True)
    assert hits(client_for("stranger"), "期末复习包") == []
    assert hits(client_for("teacher"), "竹石") == sorted((of_all, of_one))
    with unit_of_work():
        details = ResourceDetails(title="竹石的学案", kind="plan", visibility="private")
        update_resource(cast.user("leader"), db.session.get(Resource, own.id), details)
        take_from_collection(cast.user("teacher"), db.session.get(ResourceCollection, package.id), shared.id)
    for brings_up_to_date in (lambda: None, index_now):
        brings_up_to_date()
        assert hits(villager, "竹石") == hits(client_for("teacher"), "竹石") == hits(villager, "鲸的课件") == []
    assert hits(villager, "期末复习包") == [of_all]


def test_a_set_of_clips_is_found_by_what_all_its_readers_may_watch(ctx, cast, client_for, index_now):
    teacher, leader = cast.user("teacher"), cast.user("leader")
    with unit_of_work():
        workshop = make_workshop(leader, [teacher, cast.user("villager")])
        open_one = make_lesson(teacher, "《公开》", visibility="workshop", workshop_id=workshop.id)
        closed = make_lesson(teacher, "《本校》", visibility="school")
        films = {lesson: make_ready_version(lesson) for lesson in (open_one, closed)}
        shared = create_clip_set(leader, "候答片段", "活动前各自看一遍", workshop.id)
        own = create_clip_set(leader, "自己练", "")
        for into in (shared, own):
            put_clip(leader, into, open_one, films[open_one], ClipDraft(0, 900, "谁先举了竹蜻蜓", "慢放看橡皮"))
            put_clip(leader, into, closed, films[closed], ClipDraft(0, 900, "后排那盆仙人掌"))
    index_now()

    def hits(who: str, query: str) -> list[str]:
        page = client_for(who).get("/search", query_string={"q": query, "kind": "clip_set"}).get_data(as_text=True)
        return sorted(set(re.findall(r'href="(/clip-sets/\d+)"', page)))

    of_all, of_one = f"/clip-sets/{shared.id}", f"/clip-sets/{own.id}"
    for query in ("候答片段", "活动前各自看", "竹蜻蜓", "慢放橡皮"):
        assert hits("villager", query) == [of_all], query
    assert hits("leader", "竹蜻蜓") == [of_all, of_one]
    assert hits("leader", "仙人掌") == [of_one], "of a set that others open only what all of them may watch"
    assert hits("teacher", "仙人掌") == hits("villager", "仙人掌") == hits("colleague", "候答片段") == []
    # nothing is indexed between what follows and the search
    with unit_of_work():
        update_clip_set(leader, shared, title=shared.title, introduction="", workshop_id=None)
    assert hits("villager", "候答片段") == []
    with unit_of_work():
        update_clip_set(leader, shared, title=shared.title, introduction="", workshop_id=workshop.id)
        kept = LessonDraft("《公开》", visibility="workshop", workshop_id=workshop.id, clip_consent="refused")
        update_lesson(teacher, open_one, kept, may_decide=True)
    assert hits("villager", "竹蜻蜓") == hits("leader", "竹蜻蜓") == [], "what the index still has of it finds nothing"
    index_now()
    assert hits("villager", "候答片段") == [of_all]
    assert hits("villager", "竹蜻蜓") == hits("leader", "竹蜻蜓") == []
    # the days for which parents agreed pass without anybody doing anything
    until = clock.today() + timedelta(days=3)
    shown = {"pupils_recognizable": True, "consent": "written", "consent_until": until}
    with unit_of_work():
        update_lesson(teacher, open_one, replace(kept, clip_consent="given", **shown), may_decide=True)
    index_now()
    assert hits("villager", "竹蜻蜓") == [of_all]
    job = db.session.scalars(select(Job).where(Job.kind == EXPIRY_JOB)).one()
    day_after = datetime.combine(until + timedelta(days=1), time(), clock.LOCAL_ZONE)
    assert timedelta() <= job.run_at - day_after < timedelta(seconds=2)
    with clock.frozen(job.run_at):
        index_expired(job.payload, None)
        for brings_up_to_date in (lambda: None, index_now):
            brings_up_to_date()
            assert hits("villager", "竹蜻蜓") == hits("leader", "竹蜻蜓") == []
        assert hits("villager", "候答片段") == [of_all]
    with unit_of_work():
        remove_clip_set(leader, shared)
    assert of_all not in hits("leader", "候答片段")


def test_leaving_a_workshop_takes_its_things_out_at_once(world, cast, client_for, index_now):
    """No indexing happens between the removal and the search."""
    index_now()
    teacher = client_for("teacher")
    assert "topic" in kinds_found(teacher, "草船借箭")
    with unit_of_work():
        leader = cast.user("leader")
        for workshop in workshops_of(cast.teacher.id):
            member = membership_of(workshop.id, cast.teacher.id)
            assert member is not None
            remove_member(leader, workshop, member)
    assert not {"topic", "post"} & kinds_found(teacher, "草船借箭")


def test_what_observers_found_is_told_from_the_discussion_on_and_taken_back_at_once(ctx, cast, client_for, index_now):
    with unit_of_work():
        lesson = divided_lesson(cast, "evaluating")
    teacher, villager, principal = (client_for(key) for key in ("teacher", "villager", "principal"))
    author, host = client_for("colleague"), client_for("researcher")
    number = next(iter(everything("finding")))

    def finds(client, query: str = "号码牌") -> set[str]:
        return kinds_found(client, query) & {"finding", "conclusion"}

    index_now()
    assert finds(author) == {"finding"}
    assert finds(teacher) == finds(host) == {"conclusion"}
    assert finds(villager) == finds(principal) == set()
    with unit_of_work():
        move_lesson(cast.user("teacher"), lesson, "evaluating", "discussing")
    index_now()
    for client in (author, teacher, host, villager, principal):
        assert finds(client) == {"finding", "conclusion"}
    found = villager.get("/search?q=号码牌&kind=finding").text
    assert f'href="/lessons/{lesson.id}/report#finding-{number}"' in found
    assert f'id="finding-{number}"' in villager.get(f"/lessons/{lesson.id}/report").text
    assert f'id="finding-{number}"' in author.get(f"/lessons/{lesson.id}/report").text, "also where it is being written"

    # Nothing is indexed between what follows and the search.
    with unit_of_work():
        move_lesson(cast.user("teacher"), lesson, "discussing", "evaluating")
    assert finds(villager) == finds(principal) == set()
    with unit_of_work():
        move_lesson(cast.user("teacher"), lesson, "evaluating", "discussing")
        removed = next(one for one in lesson.members if one.user_id == cast.villager.id)
        remove_from_lesson(cast.user("teacher"), lesson, removed)
    assert finds(villager) == set()
    index_now()
    assert finds(villager) == set()
    assert finds(principal) == {"finding", "conclusion"}

    # What was taken away is not found, in the own words of its author either.
    with unit_of_work():
        where = perspectives_of(lesson.id)[0]
        write_finding(cast.user("colleague"), lesson, where.id, "")
        remove_perspective(cast.user("teacher"), lesson, where)
    index_now()
    assert finds(author) == finds(teacher) == set(), "no perspective, no report"


def kinds_found(client, query: str) -> set[str]:
    return set(re.findall(r'id="group-(\w+)"', client.get(f"/search?q={query}").get_data(as_text=True)))


def test_a_page_of_all_kinds_costs_a_flat_number_of_queries(world, cast, client_for, index_now, count_queries):
    index_now()
    leader = client_for("leader")
    leader.get("/search?q=设计")
    with count_queries() as seen:
        assert leader.get("/search?q=设计").status_code == 200
    assert seen.count <= 45
