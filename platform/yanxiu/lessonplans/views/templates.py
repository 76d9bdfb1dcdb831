"""Templates of plans: the shipped ones, those of the school, and editing them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import Organization
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.layouts import TEXTS, missing_from
from yanxiu.lessonplans.document.templates import TEMPLATES, TemplateSection
from yanxiu.lessonplans.forms.templates import NewTemplateForm, TemplateForm, sections_sent
from yanxiu.lessonplans.models.templates import SchoolTemplate
from yanxiu.lessonplans.permissions.templates import can_edit_templates
from yanxiu.lessonplans.queries import templates as queries
from yanxiu.lessonplans.queries.layouts import layout_of, sections_to_print
from yanxiu.lessonplans.services import templates as services
from yanxiu.lessonplans.views.doors import bp, done
from yanxiu.web.auth import current_actor, current_viewer


@bp.get("/lesson-plans/templates")
def templates() -> ResponseReturnValue:
    """Show what a plan may be made from."""
    return _list(NewTemplateForm(formdata=None))


def templates_page(*, layout_error: str = "") -> str:
    """The page with what was wrong about a layout that was sent."""
    return _list(NewTemplateForm(formdata=None), layout_error)


def _list(form: NewTemplateForm, layout_error: str = "") -> str:
    viewer = current_viewer()
    layout, printable = layout_of(viewer.school_id), sections_to_print(viewer.school_id)
    form.offer(queries.template_choices(viewer))
    return render_template(
        "lessonplans/templates/index.html",
        shipped=TEMPLATES.values(),
        own=queries.templates_of(viewer.school_id),
        edits=can_edit_templates(viewer, queries.home_school(viewer)),
        form=form,
        layout=layout,
        layout_error=layout_error,
        not_printed=missing_from(layout.names, printable) if layout is not None else [],
        lines=TEXTS,
        printable=printable,
    )


def own_school() -> Organization:
    """Return the school whose templates and layout the viewer may change."""
    school = queries.home_school(current_viewer())
    if school is None or not can_edit_templates(current_viewer(), school):
        raise ForbiddenError("学校的模板和版式由校长、校级管理员和教研组长来改")
    return school


@bp.post("/lesson-plans/templates")
def create_template() -> ResponseReturnValue:
    """Make a template of the school that begins like another one, and open it."""
    own_school()
    form = NewTemplateForm()
    form.offer(queries.template_choices(current_viewer()))
    if not form.validate():
        return _list(form), 422
    with unit_of_work():
        base = queries.template_by_key(form.base.data)
        if base is None:
            raise InvalidError("请选择一个模板", field="base")
        made = services.create_template(
            current_actor(), own_school(), form.name.data or "", form.subject.data or "", base[0]
        )
        template_id = made.id
    return done(url_for(".edit_template", template_id=template_id), "模板建好了，可以改各个部分")


def _own(template_id: int) -> SchoolTemplate:
    found = queries.find_template(own_school().id, template_id)
    if found is None:
        raise NotFoundError
    return found


@bp.get("/lesson-plans/templates/<int:template_id>")
def edit_template(template_id: int) -> ResponseReturnValue:
    """Show the sections of a template, to be changed, with what a plan made from it will look like."""
    found = _own(template_id)
    form = TemplateForm(formdata=None, name=found.name, subject=found.subject, seen=str(found.current.number))
    return _editor(found, form, queries.as_template(found.current).sections)


def _editor(found: SchoolTemplate, form: TemplateForm, sections: Sequence[TemplateSection], wrong: str = "") -> str:
    return render_template("lessonplans/templates/edit.html", template=found, form=form, sections=sections, wrong=wrong)


@bp.post("/lesson-plans/templates/<int:template_id>")
def save_template(template_id: int) -> ResponseReturnValue:
    """Save the sections as a new version, or retire the template."""
    found = _own(template_id)
    if request.form.get("action") == "retire":
        with unit_of_work():
            services.retire_template(current_actor(), _own(template_id))
        return done(url_for(".templates"), "模板已停用，已经写好的教案不受影响")
    form, sections = TemplateForm(), sections_sent(request.form)
    if not form.validate():
        return _editor(found, form, sections), 422
    try:
        with unit_of_work():
            seen, name = int(form.seen.data or 0), form.name.data or ""
            services.save_template(current_actor(), _own(template_id), seen, name, form.subject.data or "", sections)
    except (InvalidError, ConflictError) as error:
        return _editor(_own(template_id), form, sections, error.message), error.status
    return done(url_for(".templates"), "模板已保存，以后新建的教案用新的一版")
