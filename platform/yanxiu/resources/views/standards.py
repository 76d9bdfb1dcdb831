"""课标: what a county's library offers as 核心素养, 学习任务群 and 领域—主题 of each subject."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import SUBJECTS
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.forms import StandardForm
from yanxiu.resources.permissions import can_edit_textbooks
from yanxiu.resources.queries.standards import standards_of
from yanxiu.resources.services.standards import restore_standard, save_standard
from yanxiu.resources.standards import Standard
from yanxiu.resources.views.blueprint import bp
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted


def _county() -> int:
    viewer = current_viewer()
    if viewer.county_id is None or not can_edit_textbooks(viewer):
        raise NotFoundError
    return viewer.county_id


def _subject() -> str:
    wanted = request.values.get("subject", "")
    return wanted if wanted in SUBJECTS else SUBJECTS[0]


@bp.get("/resources/standards")
def standards() -> str:
    """The words of one subject, to be changed."""
    return _page(_county(), _subject())


@bp.post("/resources/standards")
def save_standards() -> ResponseReturnValue:
    """Save them, or with `restore` take the shipped ones again."""
    county_id, subject = _county(), _subject()
    if "restore" in request.form:
        with unit_of_work():
            restore_standard(current_actor(), county_id, subject)
        flash(f"{subject}已恢复为随平台提供的内容", "success")
        return redirect(url_for("resources.standards", subject=subject))
    form = StandardForm()

    def act() -> None:
        said = {"literacies": form.literacies.data or "", "themes": form.themes.data or ""}
        save_standard(current_actor(), county_id, subject, heading=form.heading.data or "", **said)

    if accepted(form, act):
        flash(f"{subject}已保存", "success")
        return redirect(url_for("resources.standards", subject=subject))
    return _page(county_id, subject, form), form.status


def _page(county_id: int, subject: str, form: StandardForm | None = None) -> str:
    known = standards_of(county_id)
    standard = known.get(subject, Standard())
    data = {
        "literacies": "\n".join(standard.literacies),
        "themes": "\n".join(standard.themes),
        "heading": standard.heading,
    }
    own = [name for name, each in known.items() if each.own]
    choices = [(name, f"{name}（本县改过）" if name in own else name) for name in SUBJECTS]
    shown = form or StandardForm(formdata=None, data=data)
    page: dict[str, object] = {"subject": subject, "subjects": choices, "standard": standard, "own": own}
    return render_template("resources/standards.html", form=shown, **page)
