"""Lesson plans as Word and PDF files."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.errors import NotFoundError
from yanxiu.extensions import db
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.suggesting import as_accepted
from yanxiu.lessonplans.document.ydoc import json_from_doc, load
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries.comments import comments_for_file
from yanxiu.lessonplans.queries.layouts import layout_of
from yanxiu.lessonplans.queries.templates import empty_sections
from yanxiu.lessonplans.queries.word_files import Remarks, pdf_of_plan, word_of_plan
from yanxiu.lessonplans.views.doors import bp, open_plan
from yanxiu.lessonplans.word_layouts import print_of, word_in_layout
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.limits import fills_layout

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/lesson-plans/<int:plan_id>.docx")
@fills_layout
def word(plan_id: int) -> ResponseReturnValue:
    """Send a plan as a Word file: as it is now, or `?revision=` as it was; with `?layout=school` as its school prints.

    `?comments=1` puts beside the text what was said about it. What 修订 propose is left out, with `?changes=shown` shown
    as Word's own, with `?changes=accepted` written as if everything was accepted.
    """
    plan, _seat = open_plan(plan_id)
    number = _wanted_version()
    state, name, about = _version(plan_id, number) if number is not None else (_now(plan_id), "", "")
    comments = number is None and request.args.get("comments") == "1"
    document, changes = json_from_doc(load(state), comments=comments), request.args.get("changes", "")
    if changes == "accepted":
        document = as_accepted(document)
    remarks = Remarks(comments_for_file(plan_id) if comments else (), changes == "shown")
    if request.args.get("layout") == "school":
        file = _in_layout(plan, document, remarks)
    else:
        file = word_of_plan(plan, document, about, remarks)
    return _download(file, DOCX, f"{plan.title}{'（' + name + '）' if name else ''}.docx")


@bp.get("/lesson-plans/<int:plan_id>.pdf")
def pdf(plan_id: int) -> ResponseReturnValue:
    """Send a plan as a PDF file: as it is now, or `?revision=` as it was."""
    plan, _seat = open_plan(plan_id)
    number = _wanted_version()
    state, name, about = _version(plan_id, number) if number is not None else (_now(plan_id), "", "")
    file = pdf_of_plan(plan, json_from_doc(load(state)), about)
    return _download(file, "application/pdf", f"{plan.title}{'（' + name + '）' if name else ''}.pdf")


def _wanted_version() -> int | None:
    number = request.args.get("revision", type=int)
    if number is not None and not 0 < number <= LARGEST_ID:
        raise NotFoundError
    return number


def _download(file: bytes, kind: str, called: str) -> Response:
    response = Response(file, mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(called, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _in_layout(plan: LessonPlan, document: Node, remarks: Remarks) -> bytes:
    layout = layout_of(plan.school_id)
    if layout is None:
        raise NotFoundError
    wanted = print_of(plan, document, layout, empty_sections(plan), remarks)
    db.session.rollback()  # no read transaction while the child works
    return word_in_layout(wanted)


def _now(plan_id: int) -> bytes:
    stored = queries.stored_document(plan_id)
    if stored is None:
        raise NotFoundError
    return stored.merged()


def _version(plan_id: int, number: int) -> tuple[bytes, str, str]:
    """The document of a version, its name, and the line that says which one it is."""
    found = queries.find_revision(plan_id, number)
    if found is None:
        raise NotFoundError
    kept = found.created_at.astimezone(LOCAL_ZONE)
    return queries.revision_state(found), found.title, f"版本：{found.title}　{kept:%Y-%m-%d %H:%M}"
