"""A person's page and photo."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import ROLES
from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import can_view_contact, can_view_person
from yanxiu.accounts.queries import find_user
from yanxiu.accounts.views.blueprint import bp
from yanxiu.core import clock
from yanxiu.core.errors import NotFoundError
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored

PHOTO_MAX_AGE = 7 * 24 * 3600
"""Seconds; the address carries the photo's id, so a new photo is a new address."""


@bp.get("/people/me")
def me() -> ResponseReturnValue:
    """我的主页."""
    return redirect(url_for("accounts.person", user_id=current_actor().id))


@bp.get("/people/<int:user_id>")
def person(user_id: int) -> ResponseReturnValue:
    """Name, school, subject, roles, what they say of themselves, and what features add."""
    found = _visible(user_id)
    viewer, today = current_viewer(), clock.today()
    return render_template(
        "accounts/person.html",
        person=found,
        appointments=[a for a in found.appointments if a.is_valid_on(today)],
        shows_contact=can_view_contact(viewer, found),
        is_self=viewer.user_id == found.id,
        role_names=ROLES,
    )


@bp.get("/people/<int:user_id>/photo")
def photo(user_id: int) -> ResponseReturnValue:
    """The photo, for those who may see the person."""
    found = _visible(user_id)
    if found.photo is None:
        raise NotFoundError
    return send_stored(found.photo, inline=True, max_age=PHOTO_MAX_AGE)


def _visible(user_id: int) -> User:
    found = find_user(user_id)
    if found is None or not can_view_person(current_viewer(), found):
        raise NotFoundError
    return found
