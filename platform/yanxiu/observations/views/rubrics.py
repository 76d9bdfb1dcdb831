"""Rubrics: which there are, and making and changing those of one's own organization."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import NewRubricForm, RubricForm, whole_number
from yanxiu.observations.models import RubricTemplate
from yanxiu.observations.permissions import can_edit_rubrics
from yanxiu.observations.queries import rubric_choices
from yanxiu.observations.queries.evaluations import usable_rubric
from yanxiu.observations.rubrics.scoring import sheet_from
from yanxiu.observations.rubrics.writing import UnreadableLineError, kept_of, texts_of, warnings_of
from yanxiu.observations.services import rubrics as service
from yanxiu.observations.views.blueprint import bp, done
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import select_choices

NOT_YOURS = "量表由本单位的校长、管理员、教研员和教研组长来做"


@bp.get("/rubrics")
def rubric_list() -> ResponseReturnValue:
    """The rubrics that the viewer's school may use."""
    return _list(NewRubricForm(formdata=None))


def _list(form: NewRubricForm) -> str:
    viewer = current_viewer()
    versions = rubric_choices(viewer)
    form.base.choices = select_choices((version.template_id, version.template.name) for version in versions)
    edits = can_edit_rubrics(viewer, viewer.org_path)
    return render_template("observations/rubrics/index.html", versions=versions, edits=edits, form=form)


@bp.post("/rubrics")
def create_rubric() -> ResponseReturnValue:
    """Make a rubric of one's own organization that begins like another one, and open it."""
    viewer = current_viewer()
    if viewer.organization_id is None or not can_edit_rubrics(viewer, viewer.org_path):
        raise ForbiddenError(NOT_YOURS)
    form = NewRubricForm()
    base = usable_rubric(viewer, whole_number(form.base.data) or 0)
    if not form.validate() or base is None:
        if base is None:
            form.refuse(InvalidError("请从列表里选一份", field="base"))
        return _list(form), 422
    with unit_of_work():
        template = usable_rubric(current_viewer(), base.id)
        if template is None:
            raise NotFoundError
        name = form.name.data or ""
        made = service.create_rubric(current_actor(), viewer.organization_id, name, template.versions[-1])
        template_id = made.id
    return done(url_for(".rubric", template_id=template_id), "量表建好了，可以改各项内容")


@bp.get("/rubrics/<int:template_id>")
def rubric(template_id: int) -> ResponseReturnValue:
    """One rubric; for who may change it as lines to be changed."""
    template = _load(template_id)
    newest = template.versions[-1]
    told = {**texts_of(newest.sheet), "name": template.name, "seen": service.state_of(template)}
    form = RubricForm(formdata=None, data=told)
    return _page(template, form)


@bp.post("/rubrics/<int:template_id>")
def save_rubric(template_id: int) -> ResponseReturnValue:
    """Save the lines; a version that somebody has used stays, and a new one follows it."""
    template = _load(template_id)
    if not _edits(template):
        raise ForbiddenError(NOT_YOURS)
    form = RubricForm()
    if not form.validate():
        return _page(template, form), 422
    try:
        body = form.body()
        with unit_of_work():
            seen, name = form.seen.data or "", form.name.data or ""
            loaded = _load(template_id)
            body |= kept_of(loaded.versions[-1].body)
            saved = service.save_rubric(current_actor(), loaded, seen, name, body)
            number, warnings = saved.number, warnings_of(sheet_from(body))
    except UnreadableLineError as error:
        form.refuse(InvalidError(error.message, field=error.field))
        return _page(template, form), 422
    except ConflictError as error:
        return _page(_load(template_id), form, error.message), error.status
    words = f"量表已保存，现在是第 {number} 版"
    return done(url_for(".rubric", template_id=template_id), f"{words}。{warnings[0]}" if warnings else words)


def _load(template_id: int) -> RubricTemplate:
    template = usable_rubric(current_viewer(), template_id)
    if template is None:
        raise NotFoundError
    return template


def _edits(template: RubricTemplate) -> bool:
    viewer = current_viewer()
    own = template.organization_id is not None and template.organization_id == viewer.organization_id
    return own and can_edit_rubrics(viewer, viewer.org_path)


def _page(template: RubricTemplate, form: RubricForm, wrong: str = "") -> str:
    newest = template.versions[-1]
    return render_template(
        "observations/rubrics/rubric.html",
        template=template,
        newest=newest,
        sheet=newest.sheet,
        warnings=warnings_of(newest.sheet),
        edits=_edits(template),
        form=form,
        wrong=wrong,
    )
