"""Reviewing: school, then county; who decides, in which order, and what the author hears."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.support.resources import checked_file, make_resource
from tests.support.workshops import make_workshop
from yanxiu.accounts.models import Appointment
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.catalog import sentence
from yanxiu.notifications.models import Notification
from yanxiu.resources.forms import parse_filter
from yanxiu.resources.models import Resource, ResourceReview
from yanxiu.resources.permissions import REVIEWERS, can_review_resource
from yanxiu.resources.queries import library_page
from yanxiu.resources.queries.reviews import next_waiting, review_queue, waiting_counts
from yanxiu.resources.services import ResourceDetails, add_version, update_resource
from yanxiu.resources.services.reviews import ask_for_review, review_resource


def decide(cast, who, resource, step, grading, reason=""):
    with unit_of_work():
        found = db.session.get(Resource, resource.id)
        review_resource(cast.user(who), found, step, found.current_file_id, grading, reason)


def test_a_resource_goes_from_the_school_to_the_county_and_its_author_is_told(ctx, cast):
    teacher = cast.user("teacher")
    resource = make_resource(teacher)
    assert (resource.review_step, resource.grading) == ("school", "")
    for grading, reason in (("county", ""), ("fine", ""), ("", "")):
        with pytest.raises(InvalidError):
            decide(cast, "principal", resource, "school", grading, reason)
    decide(cast, "principal", resource, "school", "school")
    assert (resource.review_step, resource.grading) == ("county", "school")
    with pytest.raises(ConflictError):
        decide(cast, "principal", resource, "school", "school")
    decide(cast, "researcher", resource, "county", "", "请写清楚课时安排")
    assert (resource.review_step, resource.grading) == ("returned", "school")
    with unit_of_work():
        ask_for_review(teacher, db.session.get(Resource, resource.id))
    decide(cast, "principal", resource, "school", "school")
    decide(cast, "researcher", resource, "county", "fine")
    assert (resource.review_step, resource.grading) == ("done", "fine")
    found = library_page(cast.viewer("villager"), (), parse_filter({"grading": "fine"})).items
    assert [thing.id for thing in found] == [resource.id]
    told = db.session.scalars(select(Notification).where(Notification.user_id == teacher.id)).all()
    kinds = {message.kind for message in told}
    assert not [said for m in told if "份" in (said := sentence(m.kind, "王丽", m.count))], "all are about one resource"
    assert {"resource_accepted", "resource_fine", "resource_returned"} <= kinds
    assert db.session.query(ResourceReview).count() == 4
    with unit_of_work():
        add_version(teacher, db.session.get(Resource, resource.id), checked_file("新.docx"), "")
    assert (resource.review_step, resource.grading) == ("school", "fine"), "a newer file is looked at again"


def test_only_what_is_shared_with_school_or_county_is_reviewed(ctx, cast):
    teacher = cast.user("teacher")
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [teacher])
    private = make_resource(teacher, visibility="private")
    inside = make_resource(teacher, visibility="workshop", workshop_id=workshop.id)
    assert (private.review_step, inside.review_step) == ("", "")
    schools = make_resource(teacher, visibility="school")
    decide(cast, "principal", schools, "school", "school")
    assert schools.review_step == "done", "the county has nothing to say about a school's own"

    def share(resource, visibility):
        with unit_of_work():
            update_resource(
                teacher, db.session.get(Resource, resource.id), ResourceDetails("题", "plan", visibility=visibility)
            )

    share(schools, "county")
    assert schools.review_step == "county"
    share(schools, "school")
    assert schools.review_step == "done", "nobody at the county waits for what is the school's again"
    share(schools, "private")
    assert schools.review_step == ""
    share(private, "public")
    assert private.review_step == "school"
    assert make_resource(cast.user("researcher")).review_step in ("county", "school")


def test_the_queue_and_the_predicate_agree_and_the_oldest_comes_first(ctx, cast, count_queries):
    made = [
        make_resource(cast.user(owner), f"{owner} {visibility}", visibility=visibility)
        for owner in ("teacher", "villager", "principal", "stranger", "researcher")
        for visibility in ("public", "county", "school", "private")
    ]
    for key in cast.people:
        viewer = cast.viewer(key)
        for step in REVIEWERS:
            listed = [thing.id for thing in review_queue(viewer, (), step).items]
            assert listed == [t.id for t in made if t.review_step == step and can_review_resource(viewer, t)], key
    principal = cast.viewer("principal")
    queue = review_queue(principal, (), "school").items
    assert waiting_counts(principal, ()) == {"school": len(queue)}
    assert next_waiting(principal, (), "school", queue[0]) == queue[1].id
    assert next_waiting(principal, (), "school", queue[-1]) == queue[0].id
    assert all(thing.owner_id != cast.principal.id for thing in queue)


def test_a_role_in_another_county_opens_only_what_its_holder_may_see(client_for, app, cast):
    with app.app_context():
        with unit_of_work():
            school = cast.user("teacher").organization_id
            held = {"organization_id": school, "role": "school_admin", "starts_on": clock.today()}
            db.session.add(Appointment(user_id=cast.stranger.id, **held))
        titles = ("本县的一份", "county"), ("公开的一份", "public")
        closed, opened = (make_resource(cast.user("teacher"), title, visibility=v).id for title, v in titles)
    client = client_for("stranger")
    assert client.get(f"/resources/{closed}").status_code == 404
    assert client.get(f"/resources/reviews?step=school&at={closed}").status_code == 404
    assert "公开的一份" in client.get(f"/resources/reviews?step=school&at={opened}").get_data(as_text=True)


def test_a_version_that_was_not_read_is_not_accepted_and_the_next_one_follows(client_for, app, cast):
    with app.app_context():
        first, second = (make_resource(cast.user("teacher"), name) for name in ("第一份", "第二份"))
        ids, old = (first.id, second.id), first.current_file_id
        with unit_of_work():
            new = add_version(cast.user("teacher"), db.session.get(Resource, first.id), checked_file(), "").id
    client = client_for("principal")
    url = f"/resources/{ids[0]}/reviews?step=school"
    stale = client.post(url, data={"file_id": old, "grading": "school"})
    assert stale.status_code == 409
    assert "刚刚变了" in stale.get_data(as_text=True)
    empty = client.post(url, data={"file_id": new, "reason": " "})
    assert empty.status_code == 422
    assert "请写明退回的理由" in empty.get_data(as_text=True)
    done = client.post(url, data={"file_id": new, "reason": "缺板书"})
    assert done.headers["Location"].endswith(f"/resources/reviews?step=school&at={ids[1]}")
    assert client.post(url, data={"file_id": new, "grading": "school"}).status_code == 409
    own = client_for("teacher").get(f"/resources/{ids[0]}").get_data(as_text=True)
    assert "缺板书" in own
    assert "再次送审" in own
    assert "缺板书" not in client_for("colleague").get(f"/resources/{ids[0]}").get_data(as_text=True)
    again = client_for("teacher").post(f"/resources/{ids[0]}/review-request")
    assert again.status_code == 302
    assert "等学校审核" in client_for("teacher").get(f"/resources/{ids[0]}").get_data(as_text=True)
