"""Changing a resource: its description, a newer version, the bin."""

from __future__ import annotations

from typing import TypeVar

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.lessonplans.queries.papers import PlanPaper, paper_now
from yanxiu.resources import catalog
from yanxiu.resources.extraction.formats import ACCEPT, FORMATS
from yanxiu.resources.extraction.intake import CheckedFile, take_in
from yanxiu.resources.forms import DetailsForm, SubtitlesForm, VersionForm, details_of
from yanxiu.resources.from_plans import draw_plan, publish_now
from yanxiu.resources.models import Resource
from yanxiu.resources.originals import credit_of
from yanxiu.resources.permissions import can_edit_resource, can_publish_plan, can_remove_resource, can_restore_resource
from yanxiu.resources.queries.standards import standards_of
from yanxiu.resources.queries.textbooks import shelf_of
from yanxiu.resources.services import gone_unless_kept, remove_resource, restore_resource, update_resource
from yanxiu.resources.services.versions import renew_file
from yanxiu.resources.views.blueprint import bp, load_for, viewer_workshops
from yanxiu.resources.views.version_arrivals import unfinished_versions
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops.queries import workshop_options

REST_MB = 4
"""What a request may need beside the file it brings."""
Described = TypeVar("Described", bound=DetailsForm)


@bp.get("/resources/<int:resource_id>/edit")
def edit(resource_id: int) -> str:
    """What is said about a resource, to be changed."""
    resource = load_for(can_edit_resource, resource_id)
    return edit_page(resource)


@bp.post("/resources/<int:resource_id>")
def update(resource_id: int) -> ResponseReturnValue:
    """Save what was changed."""
    with unit_of_work():
        resource = load_for(can_edit_resource, resource_id)
        form = _details_form(resource)
        if "narrow" in request.form:
            return _page(resource, form)
        valid = form.validate()
        if valid:
            update_resource(current_actor(), resource, form.details())
    if not valid:
        return _page(load_for(can_edit_resource, resource_id), form), 422
    flash("已保存", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


@bp.post("/resources/from-plans/<int:plan_id>")
@limiter.limit("20/minute")
def publish_lesson_plan(plan_id: int) -> ResponseReturnValue:
    """Put an own lesson plan into the library as it is now; the card that follows asks who may see it."""
    paper = _own_paper(plan_id)
    checked = draw_plan(paper)
    owed = credit_of(current_viewer(), viewer_workshops(), plan_id)
    credit = f"根据{owed.by}的《{owed.title}》改编" if owed is not None else ""
    with gone_unless_kept(checked), unit_of_work():
        made = publish_now(current_actor(), _own_paper(plan_id), checked, credit)
        resource_id, fresh = made.id, len(made.files) <= 1
    if fresh:
        flash("已放进资源库，现在只有您自己能看到。请看一眼下面的分类，再选谁能看到", "success")
        return redirect(url_for("resources.edit", resource_id=resource_id))
    flash("资源库里的这一份已更新成教案现在的样子，原来的版本还在", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _own_paper(plan_id: int) -> PlanPaper:
    paper = paper_now(current_viewer(), plan_id)
    if paper is None:
        raise NotFoundError
    if not can_publish_plan(current_viewer(), paper.plan):
        raise ForbiddenError
    return paper


@bp.post("/resources/<int:resource_id>/files")
@limiter.limit("60/minute")
def upload_version(resource_id: int) -> ResponseReturnValue:
    """Take in a newer version; a refused file leaves everything as it was."""
    resource = load_for(can_edit_resource, resource_id)
    form = VersionForm()
    valid = form.validate()
    checked = _checked_version(form) if valid else None
    if checked is None:
        return _page(resource, _details_form(resource, typed=False), form), 422
    try:
        with gone_unless_kept(checked), unit_of_work():
            resource = load_for(can_edit_resource, resource_id)
            number = renew_file(current_actor(), resource, checked, form.note.data or "").number
    except InvalidError as error:
        form.refuse(error)
        resource = load_for(can_edit_resource, resource_id)
        return _page(resource, _details_form(resource, typed=False), form), 422
    flash(f"已更新到第 {number} 版", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _checked_version(form: VersionForm) -> CheckedFile | None:
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            form.file.errors = ["请选择新文件"]
            return None
        return take_in(file.stream, file.filename)  # type: ignore[arg-type]
    except YanxiuError as error:
        form.file.errors = [error.message]
        return None


@bp.post("/resources/<int:resource_id>/removal")
def remove(resource_id: int) -> ResponseReturnValue:
    """Put a resource in the bin; the page that follows offers the way back."""
    with unit_of_work():
        remove_resource(current_actor(), load_for(can_remove_resource, resource_id))
    return redirect(url_for("resources.show", resource_id=resource_id))


@bp.post("/resources/<int:resource_id>/restoration")
def restore(resource_id: int) -> ResponseReturnValue:
    """Fetch a resource back from the bin."""
    with unit_of_work():
        restore_resource(current_actor(), load_for(can_restore_resource, resource_id, in_bin=True))
    flash("已恢复", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _details_form(resource: Resource, *, typed: bool = True) -> DetailsForm:
    """The details with what was `typed`, unless another form of the page was sent."""
    data = details_of(resource)
    form = DetailsForm(data=data) if typed else DetailsForm(formdata=None, data=data)
    return offered(form, resource)


def offered(form: Described, resource: Resource | None) -> Described:
    """Offer what may be chosen: the viewer's workshops and the one it is shared with, the county's books and standards."""
    options = list(workshop_options(current_viewer()))
    shared = resource.workshop if resource is not None else None
    if shared is not None and shared.id not in {key for key, _name in options}:
        options.append((shared.id, shared.name))
    form.offer_workshops(options)
    form.offer_books(shelf_of(current_viewer().county_id))
    form.offer_standards(standards_of(current_viewer().county_id))
    return form


def edit_page(resource: Resource, subtitles: SubtitlesForm | None = None) -> str:
    """The page as it is when opened, or with what is wrong with a file of subtitles."""
    form = _details_form(resource, typed=subtitles is None)
    return _page(resource, form, subtitles=subtitles)


def _page(
    resource: Resource, form: DetailsForm, version: VersionForm | None = None, subtitles: SubtitlesForm | None = None
) -> str:
    file, unfinished = resource.current_file, unfinished_versions(resource.id)
    begun = {"note": unfinished[0][0].metadata.get("note", "")} if unfinished else None
    return render_template(
        "resources/edit.html",
        resource=resource,
        form=form,
        version=version or VersionForm(formdata=None, data=begun),
        subtitles=subtitles or SubtitlesForm(formdata=None),
        plays=file is not None and FORMATS[file.extension].family == "video",
        accept=ACCEPT,
        unfinished=unfinished,
        most_mb=current_app.config["YANXIU"].max_request_mb - REST_MB,
        catalog=catalog,
    )
