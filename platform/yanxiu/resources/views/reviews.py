"""审核: what waits for a reviewer, one after the other with the file beside it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError, ForbiddenError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources import catalog
from yanxiu.resources.extraction.formats import FORMATS
from yanxiu.resources.forms import ReviewForm
from yanxiu.resources.models import Resource
from yanxiu.resources.permissions import (
    can_ask_for_review,
    can_read_reviews,
    can_review_resource,
    can_view_resource,
    owns,
    review_steps_of,
)
from yanxiu.resources.queries import find_resource
from yanxiu.resources.queries.likeness import near_resource
from yanxiu.resources.queries.reviews import next_waiting, review_queue, reviews_of, waiting_counts
from yanxiu.resources.services.reviews import GIVEN_AT, STALE, ask_for_review, review_resource
from yanxiu.resources.views.blueprint import bp, load_for, load_resource, viewer_workshops
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.forms import accepted

SAID = {
    "school": "已通过，评为校级",
    "county": "已通过，评为县级",
    "fine": "已评为精品",
    "": "已退回，作者会收到您的理由",
}


@bp.get("/resources/reviews")
def reviews() -> str:
    """The queue of a step (`?step=`) and the one looked at (`?at=`), else the first."""
    steps = review_steps_of(current_viewer())
    if not steps:
        raise NotFoundError
    wanted = request.args.get("step", "")
    step = wanted if wanted in steps else steps[-1]
    return _queue(step, _looked_at(step), ReviewForm(formdata=None))


@bp.post("/resources/<int:resource_id>/reviews")
def review(resource_id: int) -> ResponseReturnValue:
    """Decide, and go on to the next one."""
    resource, form = _reviewable(resource_id), ReviewForm()
    wanted = request.args.get("step", "")
    step = wanted if wanted in GIVEN_AT else resource.review_step
    onward = next_waiting(current_viewer(), viewer_workshops(), step, resource)

    def act() -> None:
        said = form.file_id.data, form.grading.data or "", form.reason.data or ""
        review_resource(current_actor(), _reviewable(resource_id), step, *said)

    if accepted(form, act):
        flash(SAID[form.grading.data or ""], "success")
        at = onward if onward != resource_id else None
        return redirect(url_for("resources.reviews", step=step, at=at))
    found = find_resource(resource_id)
    at_step = found if found is not None and can_review_resource(current_viewer(), found) else None
    return _queue(step, _seen(at_step), form), form.status


@bp.post("/resources/<int:resource_id>/review-request")
def request_review(resource_id: int) -> ResponseReturnValue:
    """Send in again what was returned."""
    with unit_of_work():
        ask_for_review(current_actor(), load_for(can_ask_for_review, resource_id))
    flash("已再次送审", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _reviewable(resource_id: int) -> Resource:
    """What this person may decide on; ConflictError where a colleague was faster."""
    resource, viewer = load_resource(resource_id), current_viewer()
    if can_review_resource(viewer, resource):
        return resource
    if can_read_reviews(viewer, resource) and not owns(viewer, resource):
        raise ConflictError(STALE)
    raise ForbiddenError


def _looked_at(step: str) -> Resource | None:
    text = request.args.get("at", "")
    if not (text.isdecimal() and len(text) < 11 and int(text) <= LARGEST_ID):
        return None
    found = find_resource(int(text))
    fits = found is not None and found.review_step == step and can_review_resource(current_viewer(), found)
    return _seen(found if fits else None)


def _seen(resource: Resource | None) -> Resource | None:
    """Reviewing opens no doors: a role at a school of another county does not show what is that county's."""
    if resource is not None and not can_view_resource(current_viewer(), resource, viewer_workshops()):
        raise NotFoundError
    return resource


def _queue(step: str, looked_at: Resource | None, form: ReviewForm) -> str:
    page = review_queue(current_viewer(), viewer_workshops(), step, request.args.get("cursor"))
    ids = [resource.id for resource in page.items]
    if looked_at is None and ids:
        looked_at = find_resource(ids[0])
    place = ids.index(looked_at.id) if looked_at is not None and looked_at.id in ids else None
    return render_template(
        "resources/reviews.html",
        step=step,
        counts=waiting_counts(current_viewer(), viewer_workshops()),
        page=page,
        resource=looked_at,
        before=ids[place - 1] if place else None,
        after=ids[place + 1] if place is not None and place + 1 < len(ids) else None,
        form=form,
        gradings=[(key, catalog.GRADINGS[key]) for key in GIVEN_AT[step]],
        near=near_resource(current_viewer(), viewer_workshops(), looked_at.current_file_id) if looked_at else None,
        past=reviews_of(looked_at.id) if looked_at else [],
        seq=current_seq(f"resource:{looked_at.id}") if looked_at else 0,
        catalog=catalog,
        formats=FORMATS,
    )
