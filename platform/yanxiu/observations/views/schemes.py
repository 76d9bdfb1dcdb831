"""Schemes of codes: which there are, and making and changing those of one's own and of one's organization."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import NewSchemeForm, SchemeForm, whole_number
from yanxiu.observations.instruments.scheme_lines import UnreadableSchemeError, lines_of
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import CodingScheme
from yanxiu.observations.permissions import can_edit_rubrics, can_edit_scheme
from yanxiu.observations.queries.schemes import usable_scheme, usable_schemes
from yanxiu.observations.services import schemes as service
from yanxiu.observations.services.schemes import SchemeDraft
from yanxiu.observations.views.blueprint import bp, done
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import select_choices

NOT_YOURS = "这份方案由做它的人来改；单位的方案由校长、管理员、教研员和教研组长来改"
NOT_SHARED = "单位的方案由校长、管理员、教研员和教研组长来做；您可以先做一份自己的"


@bp.get("/coding-schemes")
def scheme_list() -> ResponseReturnValue:
    """The schemes that the viewer may code with."""
    return _list(NewSchemeForm(formdata=None))


def _list(form: NewSchemeForm) -> str:
    viewer = current_viewer()
    families = usable_schemes(viewer, retired=True)
    form.base.choices = select_choices(
        [(slug, scheme.name) for slug, scheme in SCHEMES.items()] + [(str(one.id), one.name) for one in families]
    )
    return render_template(
        "observations/schemes/index.html",
        families=families,
        shipped=SCHEMES.values(),
        may_share=can_edit_rubrics(viewer, viewer.org_path),
        form=form,
    )


@bp.post("/coding-schemes")
def create_scheme() -> ResponseReturnValue:
    """Make a scheme that begins like another one, and open it."""
    viewer = current_viewer()
    form = NewSchemeForm()
    shares = bool(form.shared.data)
    if shares and (viewer.organization_id is None or not can_edit_rubrics(viewer, viewer.org_path)):
        raise ForbiddenError(NOT_SHARED)
    if not form.validate() or _base(form.base.data) is None:
        if _base(form.base.data) is None:
            form.refuse(InvalidError("请从列表里选一份", field="base"))
        return _list(form), 422
    with unit_of_work():
        base = _base(form.base.data)
        if base is None:
            raise NotFoundError
        organization_id = viewer.organization_id if shares else None
        made = service.create_scheme(current_actor(), organization_id, form.name.data or "", base)
        scheme_id = made.id
    return done(url_for(".scheme", scheme_id=scheme_id), "方案建好了，可以改代码")


def _base(chosen: str | None) -> Scheme | None:
    if chosen in SCHEMES:
        return SCHEMES[chosen]
    family = usable_scheme(current_viewer(), whole_number(chosen) or 0)
    return None if family is None else family.versions[-1].scheme


@bp.get("/coding-schemes/<int:scheme_id>")
def scheme(scheme_id: int) -> ResponseReturnValue:
    """One scheme; for who may change it as lines to be changed."""
    family = _load(scheme_id)
    newest = family.versions[-1].scheme
    told = {
        "seen": service.state_of(family),
        "name": family.name,
        "mode": newest.mode.value,
        "seconds": str(newest.interval_ms // 1000),
        "codes": lines_of(newest),
        "rules": "\n".join(newest.rules),
        "retired": family.retired_at is not None,
    }
    return _page(family, SchemeForm(formdata=None, data=told))


@bp.post("/coding-schemes/<int:scheme_id>")
def save_scheme(scheme_id: int) -> ResponseReturnValue:
    """Save the lines; a version that somebody codes with stays, and a new one follows it."""
    family = _load(scheme_id)
    if not can_edit_scheme(current_viewer(), family):
        raise ForbiddenError(NOT_YOURS)
    form = SchemeForm()
    if not form.validate():
        return _page(family, form), 422
    try:
        draft = SchemeDraft(form.name.data or "", form.body(), bool(form.retired.data))
        with unit_of_work():
            saved = service.save_scheme(current_actor(), _load(scheme_id), form.seen.data or "", draft)
            number = saved.number
    except UnreadableSchemeError as error:
        form.refuse(InvalidError(error.message, field=error.field))
        return _page(_load(scheme_id), form), 422
    except ConflictError as error:
        return _page(_load(scheme_id), form, error.message), error.status
    return done(url_for(".scheme", scheme_id=scheme_id), f"已保存，现在是第 {number} 版")


def _load(scheme_id: int) -> CodingScheme:
    family = usable_scheme(current_viewer(), scheme_id)
    if family is None:
        raise NotFoundError
    return family


def _page(family: CodingScheme, form: SchemeForm, wrong: str = "") -> str:
    return render_template(
        "observations/schemes/scheme.html",
        family=family,
        scheme=family.versions[-1].scheme,
        edits=can_edit_scheme(current_viewer(), family),
        form=form,
        wrong=wrong,
    )
