"""Comments on the text of a plan: the list, what is newer, and everything one does with one."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pycrdt import Doc

from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.collab.room import NOBODY
from yanxiu.lessonplans.collab.store import Stored
from yanxiu.lessonplans.document.anchors import Found, find_places, mark_places, passages_in, quote_of
from yanxiu.lessonplans.document.ydoc import load
from yanxiu.lessonplans.forms.comments import read_places
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.comments import PlanComment
from yanxiu.lessonplans.models.rounds import DECISIONS, OPEN
from yanxiu.lessonplans.permissions import Seat
from yanxiu.lessonplans.permissions.comments import (
    can_comment,
    can_list_people,
    can_resolve_comment,
    can_resolve_comments,
    can_withdraw_comment,
)
from yanxiu.lessonplans.permissions.rounds import can_decide
from yanxiu.lessonplans.queries import comments as found
from yanxiu.lessonplans.services import comments as services
from yanxiu.lessonplans.services.comments import Passage, Remark
from yanxiu.lessonplans.services.rounds import Decision
from yanxiu.lessonplans.sockets import documents
from yanxiu.lessonplans.views.documents import NotStoredError
from yanxiu.lessonplans.views.doors import bp, done, open_plan
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.limits import speaks

MOVED = "选中的字刚刚被改动了，请重新选一次"
FULL = "教案太长，放不下更多批注了"


def comments_of(plan: LessonPlan, seat: Seat) -> dict[str, Any]:
    """Return what the panel beside the text shows."""
    viewer = current_viewer()
    says, names = can_comment(viewer, plan, seat), can_list_people(viewer, plan, seat)
    may = {
        "comment": says,
        "resolve": can_resolve_comments(viewer, plan, seat),
        "decide": can_decide(viewer, plan, seat),
    }
    seq = current_seq(f"plan-comments:{plan.id}")
    threads = found.threads_of(plan.id)
    return {
        "threads": threads,
        "seq": seq,
        "may": may,
        "people": [user.name for user in found.people_to_mention(plan)] if names else [],
        "open": sum(1 for thread in threads if thread.resolved_at is None),
    }


@bp.get("/lesson-plans/<int:plan_id>/comments")
def plan_comments(plan_id: int) -> ResponseReturnValue:
    """Answer the comments that changed after `?since=`, for the live list."""
    plan, _seat = open_plan(plan_id)
    seq = current_seq(f"plan-comments:{plan_id}")
    since = max(0, min(request.args.get("since", 0, type=int), seq))
    changes = found.threads_since(plan_id, since)
    response = make_response(render_template("lessonplans/comments/_items.html", plan=plan, changes=changes))
    response.headers["X-Seq"] = str(seq if changes.seq is None else changes.seq)
    if changes.seq is not None:
        response.headers["X-More"] = "1"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/lesson-plans/<int:plan_id>/comments")
@speaks
def comment(plan_id: int) -> ResponseReturnValue:
    """Say something about the words at `place`, or with `parent` answer what was said."""
    _commentable(plan_id)
    remark = Remark(request.form.get("body", "")[:10_000], request.form.get("client_uuid", "")[:36])
    parent = request.form.get("parent", "")
    return _answer(plan_id, parent, remark) if parent else _begin(plan_id, remark)


def _answer(plan_id: int, parent: str, remark: Remark) -> ResponseReturnValue:
    with unit_of_work():
        plan, _seat = _commentable(plan_id)
        thread = _open(plan_id, int(parent) if parent.isdecimal() and len(parent) < 10 else 0)
        made = services.reply(current_actor(), plan, thread, remark)
        number = made.parent_id or made.id
    return _said(plan_id, number, "已回复")


def _begin(plan_id: int, remark: Remark) -> ResponseReturnValue:
    """The row first, then the mark: whoever sends again what was cut off in between gets the same row and its mark."""
    stored = _stored(plan_id)
    doc, (asked, _seat) = load(stored.merged()), _commentable(plan_id)
    known = services.sent_before(current_actor(), asked, remark)
    placed = known is not None and known.anchor in passages_in(doc)
    spots: list[Found] = [] if placed else find_places(doc, read_places(request.form.get("place", "")))
    if not spots and not placed:
        raise ConflictError(MOVED)
    if spots and stored.size > documents().limits.state_limit_bytes:
        raise ConflictError(FULL)
    with unit_of_work():
        plan, _seat = _commentable(plan_id)
        passage = Passage(spots[0].block.section if spots else "", quote_of(spots))
        made = services.comment(current_actor(), plan, remark, passage)
        number, anchor = made.id, made.anchor or ""
    if spots:
        _mark(plan_id, doc, spots, anchor)
    return _said(plan_id, number, "批注已加上")


def _mark(plan_id: int, doc: Doc, spots: list[Found], anchor: str) -> None:
    db.session.rollback()  # no read transaction while waiting for the disk
    if not documents().write(NOBODY, plan_id, mark_places(doc, spots, anchor)):
        raise NotStoredError


def _stored(plan_id: int) -> Stored:
    """The document with everything that was accepted up to now."""
    documents().drain()
    db.session.rollback()
    stored = queries.stored_document(plan_id)
    if stored is None:
        raise NotFoundError
    return stored


def _said(plan_id: int, number: int, words: str) -> ResponseReturnValue:
    if wants_fragment():
        return jsonify(ok=True, id=number)
    return done(_place(plan_id, number), words)


def _place(plan_id: int, number: int) -> str:
    return url_for(".show", plan_id=plan_id, _anchor=f"comment-{number}")


@bp.post("/lesson-plans/<int:plan_id>/comments/<int:comment_id>")
def settle_comment(plan_id: int, comment_id: int) -> ResponseReturnValue:
    """Resolve a comment, open it again, take it back, or say what becomes of it (`state`)."""
    open_plan(plan_id)
    state = request.form.get("state", "")
    if state in (*DECISIONS, OPEN):
        return _decide(plan_id, comment_id, state)
    if state not in ("resolved", "reopened", "withdrawn"):
        raise InvalidError("请选择怎么处理")
    with unit_of_work():
        plan, seat = open_plan(plan_id)
        row = _open(plan_id, comment_id)
        if state == "withdrawn":
            _ask(can_withdraw_comment(current_viewer(), plan, seat, row), "只能撤回自己写的、还没有处理的批注")
            services.withdraw(current_actor(), row)
        else:
            _ask(can_resolve_comment(current_viewer(), plan, seat, row), "这条批注由写教案的老师或提的人来处理")
            services.resolve(current_actor(), row, state == "resolved")
        number = row.parent_id or row.id
    return _said(plan_id, number, {"resolved": "已解决", "reopened": "已重新打开"}.get(state, "已撤回"))


def _decide(plan_id: int, comment_id: int, state: str) -> ResponseReturnValue:
    """What the words are now is kept as what came of an adopted comment."""
    passages = passages_in(load(_stored(plan_id).merged()))
    with unit_of_work():
        plan, seat = open_plan(plan_id)
        row = _open(plan_id, comment_id)
        _ask(can_decide(current_viewer(), plan, seat), "批注采纳与否，由主备人或牵头的老师来定")
        passage = passages.get(row.anchor or "")
        section, outcome = (passage.section[:40], passage.text[:300]) if passage else ("", "")
        decision = Decision(state, request.form.get("reason", "")[:300], section, outcome)
        services.settle(current_actor(), row, decision)
    return _said(plan_id, comment_id, "已记下")


def _commentable(plan_id: int) -> tuple[LessonPlan, Seat]:
    plan, seat = open_plan(plan_id)
    _ask(can_comment(current_viewer(), plan, seat), "教案已经定下来，批注只供阅读")
    return plan, seat


def _ask(allowed: bool, otherwise: str) -> None:
    if not allowed:
        raise ForbiddenError(otherwise)


def _open(plan_id: int, comment_id: int) -> PlanComment:
    row = found.find_comment(plan_id, comment_id)
    if row is None:
        raise NotFoundError
    return row
