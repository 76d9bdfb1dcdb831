"""Versions: keeping one, looking at one, bringing one back."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans import queries, services
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.collab.updates import compacted
from yanxiu.lessonplans.document.html import outline, render_html
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.forms import RevisionForm
from yanxiu.lessonplans.models import Revision
from yanxiu.lessonplans.queries.comments import adopted_voices
from yanxiu.lessonplans.queries.layouts import layout_of
from yanxiu.lessonplans.services.revisions import packed
from yanxiu.lessonplans.sockets import documents
from yanxiu.lessonplans.views.documents import NotStoredError
from yanxiu.lessonplans.views.doors import bp, done, open_document, rights, writable_document
from yanxiu.web.auth import current_actor, current_session_id, current_viewer


@bp.get("/lesson-plans/<int:plan_id>/revisions")
def revisions(plan_id: int) -> ResponseReturnValue:
    """List the versions of a plan."""
    return _revisions_page(plan_id, RevisionForm(formdata=None))


def _revisions_page(plan_id: int, form: RevisionForm) -> str:
    plan, seat = open_document(plan_id)
    return render_template(
        "lessonplans/revisions.html",
        plan=plan,
        may=rights(current_viewer(), plan, seat),
        page=queries.revisions_page(plan_id, cursor=request.args.get("cursor")),
        form=form,
    )


@bp.post("/lesson-plans/<int:plan_id>/revisions")
def save_revision(plan_id: int) -> ResponseReturnValue:
    """Keep the plan as it is now under a name."""
    writable_document(plan_id)
    form = RevisionForm()
    if not form.validate_on_submit():
        return _revisions_page(plan_id, form), 422
    state, seq = current_state(plan_id)
    with unit_of_work():
        plan, _seat = writable_document(plan_id)
        title = form.title.data or ""
        services.save_revision(current_actor(), plan, state, title, form.note.data or "", seq=seq)
    return done(url_for(".show", plan_id=plan_id), f"已保存为版本“{title}”")


def current_state(plan_id: int) -> tuple[bytes, int]:
    """The document with everything that was accepted up to now, and the number of its last log row.

    Read and collected outside a transaction.
    """
    documents().drain()
    db.session.rollback()
    stored = queries.stored_document(plan_id)
    if stored is None:
        raise NotFoundError
    db.session.rollback()
    return compacted([stored.snapshot, *stored.log]), stored.seq


def _open_revision(plan_id: int, number: int) -> Revision:
    revision = queries.find_revision(plan_id, number)
    if revision is None:
        raise NotFoundError
    return revision


@bp.get("/lesson-plans/<int:plan_id>/revisions/<int:number>")
def revision(plan_id: int, number: int) -> ResponseReturnValue:
    """Show a version as it was."""
    plan, seat = open_document(plan_id)
    found = _open_revision(plan_id, number)
    document = json_from_state(queries.revision_state(found))
    return render_template(
        "lessonplans/revision.html",
        plan=plan,
        revision=found,
        may=rights(current_viewer(), plan, seat),
        html=Markup(render_html(document)),
        sections=outline(document),
        shares=queries.shares_of(found.id),
        voices=adopted_voices(plan_id, found.created_at),
        has_layout=layout_of(plan.school_id) is not None,
    )


@bp.post("/lesson-plans/<int:plan_id>/revisions/<int:number>/restoration")
def restore_revision(plan_id: int, number: int) -> ResponseReturnValue:
    """Bring the text back to a version by a normal edit; what is there now is kept as a version first."""
    writable_document(plan_id)
    wanted = queries.revision_state(_open_revision(plan_id, number))
    state, seq = current_state(plan_id)
    update = restoring_update(state, json_from_state(wanted))
    credits = queries.credits_when_restoring(plan_id, state, wanted, update)
    before = packed(state)
    db.session.rollback()
    with unit_of_work():
        plan, _seat = writable_document(plan_id)
        found = _open_revision(plan_id, number)
        services.keep_before_restore(current_actor(), plan, before, seq, found, credits)
        title = found.title
    visitor = Visitor(current_actor().id, current_actor().name, current_session_id())
    db.session.rollback()
    if not documents().write(visitor, plan_id, update):
        raise NotStoredError
    return done(url_for(".show", plan_id=plan_id), f"已恢复到“{title}”，恢复前的内容也存成了一个版本")
