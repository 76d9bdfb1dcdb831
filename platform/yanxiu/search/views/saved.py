"""Searches that somebody keeps: their list, and what each found anew."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work, write_if_possible
from yanxiu.search.forms import FACET_LABELS, ChangedForm, KeptForm, arguments_of, wanted_from
from yanxiu.search.indexer import engine_of
from yanxiu.search.models import SavedSearch
from yanxiu.search.queries import OFTEN, find_saved, labels, matches, news_of, saved_searches, wanted_of
from yanxiu.search.services import MAX_SAVED, change_search, remove_search, save_search, see_news
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted
from yanxiu.workshops.queries import find_workshop

bp = Blueprint("saved_searches", __name__, url_prefix="/search/saved")


@bp.get("")
def index() -> str:
    """One's own."""
    return _page()


@bp.post("")
def save() -> ResponseReturnValue:
    """Keep what was looked for, under a name."""
    form, viewer = KeptForm(), current_viewer()
    wanted = wanted_from(request.form)
    workshop = find_workshop(viewer, wanted.workshop) if wanted.workshop else None
    wanted = replace(wanted, workshop=0 if workshop is None else workshop.id)
    found = matches(engine_of(current_app), viewer, wanted)
    if accepted(form, lambda: save_search(current_actor(), form.name.data or "", wanted, form.often.data or "", found)):
        flash("搜索存好了，有新内容会放进您的消息", "success")
        return redirect(url_for("saved_searches.index"))
    return _page(new=(form, arguments_of(replace(wanted, page=1)))), form.status


@bp.post("/<int:saved_id>")
def change(saved_id: int) -> ResponseReturnValue:
    """Rename one, say how often, pause it."""
    saved = _mine(saved_id)
    form = ChangedForm()

    def write() -> None:
        change_search(
            current_actor(), _mine(saved_id), form.name.data or "", form.often.data or "", paused=form.paused.data
        )

    if accepted(form, write):
        flash("改好了", "success")
        return redirect(url_for("saved_searches.index"))
    return _page(changed=(saved.id, form)), form.status


@bp.post("/<int:saved_id>/removal")
def remove(saved_id: int) -> ResponseReturnValue:
    """Keep one no longer."""
    with unit_of_work():
        remove_search(_mine(saved_id))
    flash("已删除", "success")
    return redirect(url_for("saved_searches.index"))


@bp.get("/<int:saved_id>/news")
def news(saved_id: int) -> str:
    """What it found anew; seen from now on."""
    saved = _mine(saved_id)
    found, waiting = news_of(engine_of(current_app), current_viewer(), saved)
    page = render_template("search/news.html", saved=saved, found=found, all_url=_address(saved))
    if waiting and request.headers.get("Sec-Fetch-Site") != "cross-site":
        write_if_possible(lambda: see_news(saved_id, waiting))
    return page


def _mine(saved_id: int) -> SavedSearch:
    saved = find_saved(current_viewer().user_id, saved_id)
    if saved is None:
        raise NotFoundError
    return saved


def _address(saved: SavedSearch) -> str:
    """Where all it finds is shown."""
    return url_for("search.index", **arguments_of(wanted_of(saved)))  # type: ignore[arg-type]


def _page(
    new: tuple[KeptForm, dict[str, str | int]] | None = None, changed: tuple[int, ChangedForm] | None = None
) -> str:
    rows = saved_searches(current_viewer().user_id)
    forms = {row.saved.id: _form_of(row.saved) for row in rows}
    if changed is not None:
        forms[changed[0]] = changed[1]
    return render_template(
        "search/saved.html",
        rows=rows,
        forms=forms,
        open_id=changed[0] if changed else 0,
        new=new,
        often=OFTEN,
        most=MAX_SAVED,
        filters_of=_filters_of,
        address=_address,
    )


def _form_of(saved: SavedSearch) -> ChangedForm:
    return ChangedForm(formdata=None, name=saved.name, often=saved.often, paused=saved.paused_at is not None)


def _filters_of(saved: SavedSearch) -> list[tuple[str, str]]:
    """The filters in words."""
    return [
        (FACET_LABELS[name], labels().get(value, value) if name == "kind" else value)
        for name, value in saved.filters.items()
        if name in FACET_LABELS
    ]
