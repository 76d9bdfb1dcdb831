"""复制到我的备课: a plan of one's own out of something in the library."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.db import hold
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans.queries.originals import Original, open_original
from yanxiu.lessonplans.services.copies import copy_file, copy_plan
from yanxiu.lessonplans.views.doors import bp, done
from yanxiu.lessonplans.views.imports import template_for
from yanxiu.lessonplans.views.received import opened_word, received_picture
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.limits import reads_files


@bp.post("/lesson-plans/copies/<int:original_id>")
@reads_files
def copy(original_id: int) -> ResponseReturnValue:
    """Make a plan of it, or open the one that was made."""
    original = open_original(current_viewer(), original_id)
    plan_id = original.made
    if plan_id is None:
        plan_id = _of_plan(original_id) if original.plan is not None else _of_file(original)
        said = "已复制到我的备课，可以按自己的班级改了；原文存成了第一个版本"
    else:
        said = "您已经复制过，这就是那一份"
    return done(url_for(".show", plan_id=plan_id), said)


def _of_plan(original_id: int) -> int:
    with unit_of_work():
        original = _again(original_id)
        return original.made or copy_plan(current_actor(), current_viewer(), original).id


def _of_file(original: Original) -> int:
    db.session.rollback()  # no read transaction while a file is read
    with opened_word(original.file_key) as (found, pictures):
        received = {name: received_picture(path) for name, path in pictures.items()}
    template = template_for(found)
    document = found.document(template)
    with unit_of_work():
        original = _again(original.id)
        if original.made is not None:
            return original.made
        actor, home = current_actor(), current_viewer()
        return copy_file(actor, home, original, template.key, document, received, found.threads).id


def _again(original_id: int) -> Original:
    """Asked once more inside of the transaction, where the same person's second press waits for the first."""
    hold(current_actor())
    return open_original(current_viewer(), original_id)
