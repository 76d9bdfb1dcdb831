"""Test clients that are signed in, each with a context of its own."""

from __future__ import annotations

import contextvars
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from tests.support.cast import Cast, Person
from tests.support.office import OFFICE_TYPES, check_office
from yanxiu.accounts.queries import find_user
from yanxiu.accounts.services import open_session
from yanxiu.core import clock
from yanxiu.core.unit_of_work import unit_of_work

CSRF = "c" * 40


class Client(FlaskClient):
    """A client whose requests never see the test's own application context, and that carries a CSRF token."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.Context().run(self._open, *args, **kwargs)

    def _open(self, *args: Any, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", None) or {})
        headers.setdefault("X-CSRFToken", csrf_token(self.application))
        answer = super().open(*args, headers=headers, **kwargs)
        for name, value in answer.headers:
            value.encode("latin-1")  # a real server sends headers so; anything else cuts the connection
            assert "\n" not in value, name
        if answer.mimetype in OFFICE_TYPES and answer.status_code == 200 and not answer.headers.get("ETag"):
            check_office(answer.data)  # made here; what people uploaded is sent with a tag
        return answer


def csrf_token(app: Flask) -> str:
    """Return the token that fits the session `sign_in` makes."""
    return _csrf_token(app.secret_key)


@cache
def _csrf_token(secret: str | bytes | None) -> str:
    """It holds as long as the secret does: to sign it for each request cost a hundredth of the tests."""
    return str(URLSafeTimedSerializer(secret or "", salt="wtf-csrf-token").dumps(CSRF))


def anonymous_client(app: Flask) -> Client:
    """Return a client that nobody is signed in with."""
    return _client_with(app, {"csrf_token": CSRF})


def _client_with(app: Flask, session: dict[str, Any]) -> Client:
    """Return a client whose cookie holds that session; signed here, for Flask's way there asks for a request."""
    client = Client(app)
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], _signed(app, tuple(session.items())))
    return client


@cache
def _signed(app: Flask, session: tuple[tuple[str, Any], ...]) -> str:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(dict(session)))


def signed_in_client(app: Flask, person: Person) -> Client:
    """Return a client signed in as `person`, through a real session row."""

    def sign_in() -> str:
        with app.app_context():
            user = find_user(person.id)
            assert user is not None
            with unit_of_work():
                return open_session(user, "127.0.0.1", "test client")[1]

    return client_with_token(app, contextvars.Context().run(sign_in))


def client_with_token(app: Flask, token: str) -> Client:
    """Return a client that carries the cookie of a sign-in."""
    return _client_with(app, {"csrf_token": CSRF, "_user_id": token, "_fresh": True})


def sign_everybody_in(cast: Cast) -> None:
    """Give each of the cast one sign-in that is part of the template, so that a test need not write one.

    Needs an application context. It says it was seen tomorrow: no page of a test writes when it was seen last.
    """
    with unit_of_work():
        for key in cast.people:
            row, cast.tokens[key] = open_session(cast.user(key), "127.0.0.1", "test client")
            row.last_seen_at = clock.now() + timedelta(days=1)


def client_of(app: Flask, cast: Cast, key: str) -> Client:
    """Return a client for one of the cast, with the sign-in of the template, or for `anonymous`."""
    return anonymous_client(app) if key == "anonymous" else client_with_token(app, cast.tokens[key])


def session_cookie(client: Client) -> str:
    """Return the value of the session cookie, for a browser or a Socket.IO client."""
    cookie = client.get_cookie("yanxiu")
    assert cookie is not None
    return cookie.value
