"""A plan: making it, reading and writing it, its card, printing it, putting it away."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import permissions, queries, services
from yanxiu.lessonplans.document.curriculum import help_for
from yanxiu.lessonplans.document.html import outline, render_html
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.suggesting import has_suggestions
from yanxiu.lessonplans.document.templates import GIVEN
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.forms import NewPlanForm, PlanForm, RevisionForm
from yanxiu.lessonplans.models import WORKSHOP, LessonPlan
from yanxiu.lessonplans.permissions.checks import can_see_checks
from yanxiu.lessonplans.queries.adaptations import find_adaptation
from yanxiu.lessonplans.queries.books import BOOK_LEVELS, book_names, is_book_name
from yanxiu.lessonplans.queries.checks import checks_of
from yanxiu.lessonplans.queries.comments import adopted_voices
from yanxiu.lessonplans.queries.layouts import layout_of
from yanxiu.lessonplans.queries.templates import template_choices
from yanxiu.lessonplans.views.comments import comments_of
from yanxiu.lessonplans.views.doors import bp, done, open_document, open_plan, own_plan, rights
from yanxiu.lessonplans.views.preparations import progress_of
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops.queries import find_workshop, workshop_options


@bp.get("/lesson-plans/new")
def new() -> ResponseReturnValue:
    """Show the form for a new plan, filled in with what is known of the teacher."""
    actor, wanted = current_actor(), request.args.get("workshop", "")
    form = NewPlanForm(formdata=None, subject=actor.subject, stage=actor.stage)
    offer_workshops(form)
    offer_books(form)
    form.offer_templates(template_choices(current_viewer()))
    if wanted in {choice.value for choice in form.workshop_id.choices if choice.value}:
        form.workshop_id.data, form.visibility.data = wanted, WORKSHOP
    return render_template("lessonplans/new.html", form=form)


@bp.post("/lesson-plans")
def create() -> ResponseReturnValue:
    """Make a plan and open it."""
    form = NewPlanForm()
    offer_workshops(form)
    offer_books(form)
    form.offer_templates(template_choices(current_viewer()))
    if not form.validate_on_submit():
        return render_template("lessonplans/new.html", form=form), 422
    try:
        with unit_of_work():
            plan = services.create_plan(current_actor(), current_viewer(), form.card(), form.template.data)
            plan_id = plan.id
    except InvalidError as error:
        _show_beside(form, error)
        return render_template("lessonplans/new.html", form=form), 422
    return done(url_for(".show", plan_id=plan_id), "教案建好了，可以开始写了")


@bp.get("/lesson-plans/<int:plan_id>")
def show(plan_id: int) -> ResponseReturnValue:
    """Show a plan: it reads at once; for those who may write, the editor takes over. A record lies with its activity."""
    plan, seat = open_document(plan_id)
    if plan.is_record:
        return redirect(url_for(".record", workshop_id=plan.workshop_id, activity_id=plan.activity_id))
    viewer = current_viewer()
    member = queries.find_member(plan_id, viewer.user_id or 0)
    if member is not None and member.seen_at is None:
        _mark_seen(plan_id, viewer.user_id or 0)
        plan, seat = open_plan(plan_id)
    document = document_now(plan)
    comments, proposed = comments_of(plan, seat), has_suggestions(document)
    copied = find_adaptation(plan_id)
    return render_template(
        "lessonplans/show.html",
        plan=plan,
        may=rights(viewer, plan, seat),
        progress=progress_of(viewer, plan, seat),
        copied=copied,
        sees_shared=copied is not None and queries.visible_plan(viewer, copied.source_id) is not None,
        fill_help=help_for(plan.subject),
        checks=checks_of(plan_id) if can_see_checks(viewer, plan, seat) else [],
        workshop=find_workshop(viewer, plan.workshop_id) if plan.workshop_id else None,
        html=Markup(render_html(document)),
        sections=outline(document),
        given_lines=GIVEN,
        comments=comments,
        proposed=proposed,
        remarks=_remarks(bool(comments["threads"]), proposed),
        members=queries.members_of(plan_id),
        contributors=queries.contributors_of(plan_id),
        voices=adopted_voices(plan_id),
        revisions=queries.revisions_page(plan_id, by_people=True, size=8),
        revision_form=RevisionForm(formdata=None),
        images_url=url_for(".add_image", plan_id=plan_id),
        has_layout=layout_of(plan.school_id) is not None,
    )


def _mark_seen(plan_id: int, user_id: int) -> None:
    with unit_of_work():
        member = queries.find_member(plan_id, user_id)
        if member is not None:
            services.mark_seen(member)


def readable(plan: LessonPlan) -> tuple[Markup, list[tuple[str, str]]]:
    """Return the HTML and the outline of the document as it is now."""
    document = document_now(plan)
    return Markup(render_html(document)), outline(document)


def document_now(plan: LessonPlan) -> Node:
    """Return the document with everything that is stored."""
    stored = queries.stored_document(plan.id)
    if stored is None:
        raise NotFoundError
    return json_from_state(stored.merged())


def _remarks(commented: bool, proposed: bool) -> str:
    """Say what a Word file could show beside the text."""
    found = [name for name, there in (("批注", commented), ("修订", proposed)) if there]
    return f"带{'和'.join(found)}" if found else ""


@bp.get("/lesson-plans/<int:plan_id>/print")
def print_page(plan_id: int) -> ResponseReturnValue:
    """Show the plan as it goes to paper."""
    plan, _seat = open_document(plan_id)
    html, _sections = readable(plan)
    return render_template("lessonplans/print.html", plan=plan, html=html)


@bp.route("/lesson-plans/<int:plan_id>/settings", methods=["GET", "POST"])
def settings(plan_id: int) -> ResponseReturnValue:
    """Change the card, the visibility and the workshop of a plan."""
    plan = own_plan(plan_id)
    form = PlanForm(data=_card_of(plan))
    offer_workshops(form, plan)
    offer_books(form, plan)
    if request.method == "GET":
        return render_template("lessonplans/settings.html", plan=plan, form=form)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.change_plan(current_actor(), own_plan(plan_id), form.card())
            return done(url_for(".show", plan_id=plan_id), "设置已保存")
        except InvalidError as error:
            _show_beside(form, error)
            plan = own_plan(plan_id)
    return render_template("lessonplans/settings.html", plan=plan, form=form), 422


@bp.post("/lesson-plans/<int:plan_id>/deletion")
def delete(plan_id: int) -> ResponseReturnValue:
    """Put a plan away; the answer offers to undo it."""
    with unit_of_work():
        plan = own_plan(plan_id)
        title = plan.title
        services.delete_plan(current_actor(), plan)
    flash(f"已删除“{title}”")
    return redirect(url_for(".index", deleted=plan_id))


@bp.post("/lesson-plans/<int:plan_id>/deletion/undo")
def undelete(plan_id: int) -> ResponseReturnValue:
    """Bring a deleted plan back."""
    with unit_of_work():
        plan = queries.find_plan(plan_id)
        if plan is None or not permissions.can_undelete_plan(current_viewer(), plan):
            raise NotFoundError
        services.undelete_plan(current_actor(), plan)
    return done(url_for(".show", plan_id=plan_id), "教案已恢复")


def offer_workshops(form: PlanForm, plan: LessonPlan | None = None) -> None:
    options = list(workshop_options(current_viewer()))
    if plan is not None and plan.workshop is not None and plan.workshop_id not in dict(options):
        options.append((plan.workshop.id, plan.workshop.name))
    form.offer_workshops(options)


def offer_books(form: PlanForm, plan: LessonPlan | None = None) -> None:
    """Offer the words of the catalog: of the plan's county, or of the one who makes it."""
    county_id = plan.county_id if plan is not None else current_viewer().county_id
    chosen = {level: form[level].data or "" for level in BOOK_LEVELS}
    form.offer_books(book_names(county_id, chosen), lambda level, name: is_book_name(county_id, level, name))


def _card_of(plan: LessonPlan) -> dict[str, object]:
    fields = ("title", "subject", "stage", "grade", "edition", "volume", "unit", "lesson", "periods", "visibility")
    card: dict[str, object] = {name: getattr(plan, name) for name in fields}
    return card | {
        "workshop_id": str(plan.workshop_id or ""),
        "workshop_writes": plan.workshop_writes,
        "readers_propose": plan.readers_propose,
    }


def _show_beside(form: PlanForm, error: InvalidError) -> None:
    field = form._fields.get(error.field or "")
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]
