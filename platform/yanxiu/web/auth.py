"""Who is asking: from the session cookie to a `User` and a `Viewer`, once per request or socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from yanxiu.accounts.models import User, UserSession
from yanxiu.accounts.permissions import ANONYMOUS, Viewer
from yanxiu.accounts.queries import find_session, viewer_of
from yanxiu.accounts.services import hash_token, touch_session
from yanxiu.core import clock
from yanxiu.core.errors import SignInRequiredError
from yanxiu.core.unit_of_work import write_if_possible
from yanxiu.guards import login_manager

TOUCH_EVERY = timedelta(minutes=5)
F = TypeVar("F", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a sign-in: its id is the session token, so ending the session ends the cookie."""

    def __init__(self, user_session: UserSession, token: str) -> None:
        self.session_id = user_session.id
        self.last_seen_at = user_session.last_seen_at
        self.user = user_session.user
        self.token = token

    def get_id(self) -> str:
        return self.token


def public(view: F) -> F:
    """Mark a view that anonymous people may open; every other view asks for a sign-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def init_auth(app: Flask) -> None:
    """Bind sign-in to the application: everything but `@public` views needs one."""
    login_manager.init_app(app)
    login_manager.user_loader(load_signed_in)
    app.before_request(_require_sign_in)


def load_signed_in(token: str) -> SignedIn | None:
    """Return the sign-in of a token, or None when it ended."""
    found = None if g.get("without_database") else find_session(hash_token(token))
    return None if found is None else SignedIn(found, token)


def start_session(user_session: UserSession, token: str) -> None:
    """Put a new sign-in into the cookie; what the old cookie held is dropped."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(user_session, token))
    g.pop("viewer", None)


def end_session() -> None:
    """Empty the cookie."""
    logout_user()
    session.clear()
    g.pop("viewer", None)


def current_session_id() -> int | None:
    """Return the id of the sign-in that asks, None when anonymous."""
    return current_user.session_id if current_user.is_authenticated else None


def current_viewer() -> Viewer:
    """Return who asks, as far as rights go."""
    if "viewer" not in g:
        g.viewer = viewer_of(current_user.user) if current_user.is_authenticated else ANONYMOUS
    viewer: Viewer = g.viewer
    return viewer


def current_actor() -> User:
    """Return the user who asks; SignInRequiredError when anonymous."""
    if not current_user.is_authenticated:
        raise SignInRequiredError
    user: User = current_user.user
    return user


def own_path_or(target: str | None, fallback: str) -> str:
    """Return `target` if it is a path of this site, else `fallback` (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return fallback
    return fallback if "\\" in target or any(ord(c) < 32 for c in target) else target


def _require_sign_in() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "is_public", False):
        return None
    if not current_user.is_authenticated:
        if wants_fragment():
            raise SignInRequiredError
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.login", next=here))
    _touch()
    if current_user.user.must_change_password and request.endpoint not in _OPEN_WHILE_PASSWORD_IS_OLD:
        return redirect(url_for("accounts.change_password"))
    return None


_OPEN_WHILE_PASSWORD_IS_OLD = frozenset({"accounts.change_password", "accounts.logout"})


def wants_fragment() -> bool:
    """Tell whether the request was made by our JavaScript and expects JSON or a fragment, not a page."""
    return request.headers.get("X-Requested-With") == "fetch" or request.accept_mimetypes.best == "application/json"


def _touch() -> None:
    if clock.now() - current_user.last_seen_at < TOUCH_EVERY:
        return
    session_id, user_id = current_user.session_id, current_user.user.id
    write_if_possible(lambda: touch_session(session_id, user_id))
