"""搜索用词: words for the same thing, which search counts as one another from the moment they are saved."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.admin.forms import SynonymsForm, whole_number
from yanxiu.admin.views.blueprint import bp, query_int, tabs
from yanxiu.core.errors import NotFoundError
from yanxiu.search.permissions import can_edit_synonyms
from yanxiu.search.queries import newest_number, synonym_history, synonym_lines
from yanxiu.search.services import save_synonyms
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted


@bp.route("/synonyms", methods=["GET", "POST"])
def synonyms() -> ResponseReturnValue:
    """The county's table to be changed, and its versions; `?version=` puts an older one into the form."""
    county_id = current_viewer().county_id
    if county_id is None or not can_edit_synonyms(current_viewer()):
        raise NotFoundError
    newest, version = newest_number(county_id), query_int("version")
    lines = synonym_lines(county_id, newest if version is None else version)
    if lines is None:
        raise NotFoundError
    form = SynonymsForm(data={"content": "\n".join(lines), "based_on": newest})

    def act() -> None:
        base = whole_number(form.based_on.data or "")
        saved = save_synonyms(current_actor(), county_id, form.content.data or "", -1 if base is None else base)
        flash("搜索用词已保存，现在就起作用" if saved else "没有改动", "success")

    if accepted(form, act):
        return redirect(url_for("admin.synonyms"))
    page = render_template(
        "admin/synonyms.html",
        form=form,
        admin_tabs=tabs(current_viewer()),
        history=synonym_history(county_id),
        newest=newest,
        older=version if version not in (None, newest) else None,
    )
    return page, form.status
