"""Reviewing: a school checks first, then the county; each decision is kept and told to the author."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.resources.catalog import GRADINGS
from yanxiu.resources.events import ResourceReviewed
from yanxiu.resources.models import Resource, ResourceReview
from yanxiu.resources.permissions import REVIEWED

GIVEN_AT = {"school": ("school",), "county": ("county", "fine")}
"""Which levels a step may give."""
STALE = "这份资源刚刚变了（有人审过，或者作者更新了文件），请看过新的一版再审"


def settle_review(resource: Resource) -> None:
    """Put a resource before whoever decides next on it as it is shared now; call it when it is new or shared otherwise."""
    wanted = _first_step(resource)
    if not wanted:
        resource.review_step = ""
    elif resource.review_step == "" or (resource.review_step == "done" and _widened(resource)):
        _enter(resource, wanted)
    elif resource.review_step == "county" and resource.visibility == "school":
        _enter(resource, "done" if resource.grading else wanted)


def renew_review(resource: Resource) -> None:
    """A newer file is looked at again; the level stays until then."""
    wanted = "school" if _first_step(resource) and resource.school_id is not None else _first_step(resource)
    if wanted:
        _enter(resource, wanted)


def ask_for_review(actor: User, resource: Resource) -> None:
    """Send in again what was returned."""
    _hold(resource)
    if resource.review_step != "returned":
        raise ConflictError("这份资源不是退回修改的，不用再送审")
    renew_review(resource)
    _announce(resource)


def review_resource(actor: User, resource: Resource, step: str, file_id: int, grading: str, reason: str = "") -> None:
    """Decide at a step: give a level of that step, or (`grading` empty) return it with a reason.

    `step` is where it stood and `file_id` the version that was read. ConflictError if somebody was faster or a newer version has come.
    """
    _hold(resource)
    if resource.review_step != step or step not in GIVEN_AT or resource.current_file_id != file_id:
        raise ConflictError(STALE)
    if grading and grading not in GIVEN_AT[step]:
        raise InvalidError("这一步不能评这个级别", field="grading")
    if not grading and not reason:
        raise InvalidError("请写明退回的理由，作者会看到", field="reason")
    said = {"grading": grading, "reason": "" if grading else reason}
    db.session.add(ResourceReview(resource_id=resource.id, file_id=file_id, step=step, reviewer_id=actor.id, **said))
    if grading:
        resource.grading = grading
        onward = step == "school" and resource.visibility != "school"
        _enter(resource, "county" if onward else "done")
    else:
        _enter(resource, "returned")
    _announce(resource)
    record_audit(
        actor, "resource.review", "resource", resource.id, title=resource.title, grading=GRADINGS.get(grading, "")
    )
    record(ResourceReviewed(resource.id, actor.id, resource.owner_id, grading))


def _first_step(resource: Resource) -> str:
    if resource.visibility not in REVIEWED:
        return ""
    if resource.school_id is not None and not resource.grading:
        return "school"
    return "county" if resource.visibility != "school" else ("school" if resource.school_id is not None else "")


def _widened(resource: Resource) -> bool:
    """A school's own is shared with the county now."""
    return resource.grading == "school" and resource.visibility != "school"


def _enter(resource: Resource, step: str) -> None:
    resource.review_step, resource.review_since = step, clock.now()
    db.session.flush()


def _announce(resource: Resource) -> None:
    resource.seq = bump(f"resource:{resource.id}", "resource", resource.id)


def _hold(resource: Resource) -> None:
    if not hold(resource) or resource.removed_at is not None:
        raise NotFoundError
