"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from yanxiu.accounts.forms import SignInForm
from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_session_by_id, find_user
from yanxiu.accounts.services import WRONG, begin_sign_in, checked_user, open_session, revoke_session
from yanxiu.accounts.views.blueprint import bp
from yanxiu.core.errors import InvalidError, RateLimitedError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.web.auth import current_session_id, end_session, own_path_or, public, start_session


@bp.route("/login", methods=["GET", "POST"])
@public
@limiter.limit("60 per minute; 600 per hour", methods=["POST"])
def login() -> ResponseReturnValue:
    """One field for who, one for the password."""
    target = own_path_or(request.values.get("next"), url_for("home.front"))
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        user = _signed_in(form)
        if user is not None:
            if user.must_change_password:
                return redirect(url_for("accounts.change_password", next=target))
            return redirect(target)
    return render_template("accounts/login.html", form=form, target=target), form.status


def _signed_in(form: SignInForm) -> User | None:
    """Sign in who typed the right password; None with the reason in the form."""
    account, ip = str(form.account.data), request.remote_addr or ""
    try:
        with unit_of_work():
            begin_sign_in(account, ip)
    except RateLimitedError as error:
        form.refuse(error)
        return None
    user = checked_user(account, str(form.password.data))
    if user is None:
        form.refuse(InvalidError(WRONG, field="password"))
        return None
    checked = user.password_hash
    try:
        with unit_of_work():
            session, token = open_session(user, ip, request.user_agent.string, checked=checked)
            start_session(session, token)
    except InvalidError as error:
        form.refuse(error)
        return None
    return find_user(user.id)


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """End this sign-in, here and for its sockets."""
    session_id = current_session_id()
    if session_id is not None:
        with unit_of_work():
            session = find_session_by_id(session_id)
            if session is not None:
                revoke_session(session)
    end_session()
    flash("已退出登录", "info")
    return redirect(url_for("accounts.login"))
