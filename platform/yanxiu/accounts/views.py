"""Pages of people: signing in and out, one's own settings."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from yanxiu.accounts import services
from yanxiu.accounts.forms import LoginForm
from yanxiu.accounts.queries import live_sessions_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.web.auth import current_session_id, end_session, own_path_or, public, start_session
from yanxiu.web.slots import Filler

bp = Blueprint("accounts", __name__)
blueprints = (bp,)
SLOTS: dict[str, Filler] = {}


@bp.get("/login")
@public
def login() -> ResponseReturnValue:
    """Show the sign-in page."""
    target = own_path_or(request.args.get("next"), url_for("home.front"))
    if current_user.is_authenticated:
        return redirect(target)
    return render_template("accounts/login.html", form=LoginForm(formdata=None, next=target))


@bp.post("/login")
@public
@limiter.limit("30 per minute")
def sign_in() -> ResponseReturnValue:
    """Check the password and open a session."""
    form = LoginForm()
    if not form.validate():
        return render_template("accounts/login.html", form=form), 422
    account, ip = form.account.data or "", request.remote_addr or ""
    services.require_unlocked(account)
    user = services.checked_user(account, form.password.data or "")
    if user is None:
        with unit_of_work():
            services.note_failed_sign_in(account, ip)
        form.password.errors = ["用户名或密码不对，请再试一次"]
        return render_template("accounts/login.html", form=form), 422
    with unit_of_work():
        user_session, token = services.open_session(user, account, ip, request.user_agent.string)
    start_session(user_session, token)
    return redirect(own_path_or(form.next.data, url_for("home.front")))


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out on this device."""
    session_id = current_session_id()
    with unit_of_work():
        for user_session in live_sessions_of(current_user.user.id):
            if user_session.id == session_id:
                services.revoke_session(user_session)
    end_session()
    return redirect(url_for("accounts.login"))
