"""设置: profile, photo, password, sign-ins, type size."""

from __future__ import annotations

import io
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.devices import device_name, is_phone
from yanxiu.accounts.forms import DisplayForm, PasswordForm, PhotoForm, ProfileForm
from yanxiu.accounts.passwords import hash_good_password, password_matches
from yanxiu.accounts.photos import MIME, square_portrait
from yanxiu.accounts.queries import find_session_by_id, live_sessions_of
from yanxiu.accounts.services import (
    ProfileData,
    change_photo,
    remove_photo,
    revoke_session,
    revoke_sessions_of,
    set_large_type,
)
from yanxiu.accounts.services import change_password as save_password
from yanxiu.accounts.services import (
    edit_profile as save_profile,
)
from yanxiu.accounts.views.blueprint import bp
from yanxiu.core import clock
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.web.auth import current_actor, current_session_id, own_path_or
from yanxiu.web.forms import REFUSALS, accepted
from yanxiu.web.settings import settings_tabs

FRESH = timedelta(minutes=10)
"""So long after signing in with it a one-time password is not asked for again."""


@bp.get("/settings")
def settings() -> ResponseReturnValue:
    """设置 opens on the profile."""
    return redirect(url_for("accounts.edit_profile"))


@bp.route("/settings/profile", methods=["GET", "POST"])
def edit_profile() -> ResponseReturnValue:
    """What one says about oneself."""
    actor = current_actor()
    form = ProfileForm(obj=actor)
    data = ProfileData(form.subject.data or "", form.stage.data or "", form.title.data or "", form.bio.data or "")
    if accepted(form, lambda: save_profile(current_actor(), data)):
        flash("个人资料已保存", "success")
        return redirect(url_for("accounts.edit_profile"))
    return _profile_page(form, PhotoForm(formdata=None)), form.status


@bp.post("/settings/photo")
@limiter.limit("20 per minute")
def upload_photo() -> ResponseReturnValue:
    """Take a photo, make it small and square, and show it everywhere."""
    form = PhotoForm()
    if form.validate_on_submit():
        try:
            upload = request.files.get("photo")
            portrait = square_portrait(upload.stream if upload else io.BytesIO())
            received = receive_file(io.BytesIO(portrait), "photo.jpg", MIME, None)
            with unit_of_work():
                change_photo(current_actor(), received)
            flash("照片已更换", "success")
            return redirect(url_for("accounts.edit_profile"))
        except REFUSALS as error:
            form.refuse(error)
    return _profile_page(ProfileForm(formdata=None, obj=current_actor()), form), form.status


@bp.post("/settings/photo/removal")
def delete_photo() -> ResponseReturnValue:
    """Go back to the letter in a circle."""
    with unit_of_work():
        remove_photo(current_actor())
    flash("照片已移除", "success")
    return redirect(url_for("accounts.edit_profile"))


def _profile_page(form: ProfileForm, photo_form: PhotoForm) -> str:
    return render_template(
        "accounts/profile.html",
        form=form,
        photo_form=photo_form,
        person=current_actor(),
        tabs_of_settings=settings_tabs("profile"),
    )


@bp.route("/settings/password", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def change_password() -> ResponseReturnValue:
    """Change one's own password; after a reset this page comes first."""
    form = PasswordForm()
    if _has_just_typed_it():
        del form.current
    target = own_path_or(request.values.get("next"), url_for("home.front"))
    if form.validate_on_submit() and _password_changed(form):
        flash("密码已修改，其他设备上的登录已退出", "success")
        return redirect(target)
    page = render_template(
        "accounts/password.html", form=form, target=target, tabs_of_settings=settings_tabs("password")
    )
    return page, form.status


def _has_just_typed_it() -> bool:
    """Whether this sign-in has begun a moment ago with the one-time password, which need not be typed twice then."""
    if not current_actor().must_change_password:
        return False
    signed_in = find_session_by_id(current_session_id() or 0)
    return signed_in is not None and clock.now() - signed_in.created_at < FRESH


def _password_changed(form: PasswordForm) -> bool:
    actor = current_actor()
    try:
        if form.password.data != form.repeated.data:
            raise InvalidError("两次输入的新密码不一样，请重新输入", field="repeated")
        before, new = form.current.data if "current" in form else None, str(form.password.data)
        if before is not None and not password_matches(actor.password_hash, before):
            raise InvalidError("现在的密码不正确", field="current")
        if new == before or (before is None and password_matches(actor.password_hash, new)):
            raise InvalidError("新密码不能与现在的密码相同", field="password")
        password_hash = hash_good_password(new, username=actor.username)
        with unit_of_work():
            save_password(current_actor(), password_hash, keep_session=current_session_id())
    except REFUSALS as error:
        form.refuse(error)
        return False
    return True


@bp.get("/settings/sessions")
def sessions() -> ResponseReturnValue:
    """Where one is signed in."""
    found = live_sessions_of(current_actor().id)
    lines = [(item, device_name(item.agent), is_phone(item.agent)) for item in found]
    return render_template(
        "accounts/sessions.html",
        lines=lines,
        current_id=current_session_id(),
        tabs_of_settings=settings_tabs("sessions"),
    )


@bp.post("/settings/sessions/<int:session_id>/end")
def end_other_session(session_id: int) -> ResponseReturnValue:
    """Sign one device out."""
    with unit_of_work():
        found = find_session_by_id(session_id)
        if found is None or found.user_id != current_actor().id:
            raise NotFoundError
        revoke_session(found)
    flash("已退出该设备", "success")
    return redirect(url_for("accounts.sessions"))


@bp.post("/settings/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """Sign every other device out."""
    with unit_of_work():
        count = revoke_sessions_of(current_actor().id, keep=current_session_id())
    flash(f"已退出其他 {count} 台设备" if count else "没有其他登录的设备", "success")
    return redirect(url_for("accounts.sessions"))


@bp.route("/settings/display", methods=["GET", "POST"])
def display() -> ResponseReturnValue:
    """Type size."""
    form = DisplayForm(obj=current_actor())
    if accepted(form, lambda: set_large_type(current_actor(), bool(form.large_type.data))):
        flash("显示设置已保存", "success")
        return redirect(url_for("accounts.display"))
    return render_template("accounts/display.html", form=form, tabs_of_settings=settings_tabs("display")), form.status
