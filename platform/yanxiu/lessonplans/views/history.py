"""A plan's past: how it was at any moment and who wrote what, and what changed from one state to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans import queries, services
from yanxiu.lessonplans.authorship import adopted, tone_of
from yanxiu.lessonplans.collab.history import BrokenHistoryError, History
from yanxiu.lessonplans.document.comparing import compare as changes_between
from yanxiu.lessonplans.document.html import count_characters, render_html
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.sockets import documents
from yanxiu.lessonplans.timeline import Step, steps_of
from yanxiu.lessonplans.views.doors import bp, done, open_document, rights, writable_document
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment

NOW = "now"


@bp.get("/lesson-plans/<int:plan_id>/history")
def history(plan_id: int) -> ResponseReturnValue:
    """Show the plan as it was at a step of its writing, each character in the color of its author."""
    plan, seat = open_document(plan_id)
    may = rights(current_viewer(), plan, seat)
    if not may["history"]:
        raise ForbiddenError("编辑过程只给写这份教案的老师和查阅的人看")
    past = _past_of(plan_id)
    steps = steps_of(past)
    index = _wanted_step(steps)
    shown = _moment(plan_id, past, steps[index])
    frame = {"plan": plan, "may": may, "steps": steps, "index": index, **shown}
    return render_template("lessonplans/_moment.html" if wants_fragment() else "lessonplans/history.html", **frame)


def _past_of(plan_id: int) -> History:
    documents().drain()
    db.session.rollback()
    try:
        past = queries.history_of(plan_id)
    except BrokenHistoryError as error:
        raise NotFoundError("这份教案的编辑过程读不出来，请联系管理员") from error
    if past is None:
        raise NotFoundError
    return past


def _wanted_step(steps: list[Step]) -> int:
    """The step asked for by its place or by a log number, else the last one."""
    seq, step = request.args.get("at", type=int), request.args.get("step", type=int)
    if seq is not None:
        return max((index for index, one in enumerate(steps) if one.seq <= seq), default=0)
    return len(steps) - 1 if step is None else min(max(step, 0), len(steps) - 1)


def _moment(plan_id: int, past: History, step: Step) -> dict[str, Any]:
    """What the page says of one step."""
    state = past.state_at(step.seq)
    document = queries.authored(plan_id, state, past) or json_from_state(state)
    return {
        "step": step,
        "said_at": _words(step.at),
        "people": queries.authors_named(step.user_ids),
        "html": Markup(render_html(document)),
        "characters": count_characters(document),
        "shares": _shares(document),
    }


def _words(at: datetime) -> str:
    local, today = at.astimezone(clock.LOCAL_ZONE), clock.today()
    year = f"{local.year}年" if local.year != today.year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def _shares(document: Node) -> list[tuple[User, int, int]]:
    """Each author with tone and number of characters, most first."""
    counts, tones = adopted(document), tone_of(document)
    people = queries.authors_named(list(counts))
    return [(people[user_id], tones[user_id], count) for user_id, count in counts.most_common() if user_id in people]


@bp.post("/lesson-plans/<int:plan_id>/history/<int:seq>/revision")
def keep_moment(plan_id: int, seq: int) -> ResponseReturnValue:
    """Keep what the plan was at a moment as a version; from there it can be brought back."""
    writable_document(plan_id)
    past = _past_of(plan_id)
    if not past.base_seq <= seq <= past.head:
        raise NotFoundError
    state, upto = past.state_at(seq), past.upto(seq)
    at = upto[-1].at if upto else past.began_at
    db.session.rollback()
    with unit_of_work():
        plan, _seat = writable_document(plan_id)
        kept = services.keep_moment(current_actor(), plan, state, seq, at)
        number, title = kept.number, kept.title
    return done(url_for(".revision", plan_id=plan_id, number=number), f"已存成版本“{title}”")


@dataclass(frozen=True)
class Side:
    """One of the two states compared."""

    key: str
    title: str
    at: datetime | None
    document: Node


@bp.get("/lesson-plans/<int:plan_id>/comparison")
def comparison(plan_id: int) -> ResponseReturnValue:
    """Show what changed from one version to another, or to what is there now."""
    plan, _seat = open_document(plan_id)
    versions = queries.revisions_page(plan_id, size=200).items
    newest = str(versions[0].number) if versions else NOW
    before, after = (_side(plan_id, request.args.get(name) or usual) for name, usual in (("from", newest), ("to", NOW)))
    changes = changes_between(before.document, after.document)
    return render_template(
        "lessonplans/comparison.html",
        plan=plan,
        choices=[(NOW, "现在的内容"), *((str(v.number), v.title) for v in versions)],
        before=before,
        after=after,
        changes=changes,
        added=sum(change.added for change in changes),
        removed=sum(change.removed for change in changes),
    )


def _side(plan_id: int, key: str) -> Side:
    if key == NOW:
        stored = queries.stored_document(plan_id)
        if stored is None:
            raise NotFoundError
        return Side(NOW, "现在的内容", None, json_from_state(stored.merged()))
    if not key.isdecimal() or len(key) > 9:
        raise InvalidError("请从列表里选两个版本")
    revision = queries.find_revision(plan_id, int(key))
    if revision is None:
        raise NotFoundError
    return Side(key, revision.title, revision.created_at, json_from_state(queries.revision_state(revision)))
