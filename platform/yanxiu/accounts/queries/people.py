"""Reading people and places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Row, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.identity import normal_phone
from yanxiu.accounts.models import Appointment, Organization, SignInFailure, User, UserSession
from yanxiu.accounts.permissions import ANONYMOUS, Held, Viewer
from yanxiu.core import clock
from yanxiu.core.db import db

LOCK_LIMITS = ((timedelta(minutes=15), 5), (timedelta(days=1), 10))
"""Failed attempts allowed on one account: 5 in 15 minutes, 10 in a day."""
_ACTIVE_USER = (
    select(User)
    .where(User.id == bindparam("user_id"), User.is_active)
    .options(joinedload(User.organization), joinedload(User.appointments).joinedload(Appointment.organization))
)


def find_user(user_id: int) -> User | None:
    """Return an active user with home organization and appointments loaded."""
    return db.session.scalars(_ACTIVE_USER, {"user_id": user_id}).unique().one_or_none()


def shared_names() -> frozenset[str]:
    """Return the names that more than one active person bears."""
    statement = select(User.name).where(User.is_active).group_by(User.name).having(func.count() > 1)
    return frozenset(db.session.scalars(statement))


def find_user_by_account(account: str) -> User | None:
    """Return the active user with this username, phone or e-mail address."""
    wanted = account.strip().lower()
    statement = select(User).where(
        or_(User.username == wanted, User.phone == normal_phone(wanted), func.lower(User.email) == wanted),
        User.is_active,
    )
    return db.session.scalars(statement).first()


_PLACES = select(Organization.id, Organization.kind, Organization.path).where(
    Organization.id.in_(bindparam("ids", expanding=True))
)
"""Asked by every request, so it is put together once, and reads no more than rights need."""


def viewer_of(user: User | None) -> Viewer:
    """Build the `Viewer` of a user loaded by `find_user`; ANONYMOUS for None."""
    return ANONYMOUS if user is None else viewers_of([user])[user.id]


def viewers_of(users: Collection[User]) -> dict[int, Viewer]:
    """Build the `Viewer` of each of these users, loaded with organization and appointments, by user id; one query."""
    wanted = {each for user in users for each in ids_on(user.organization.path)}
    places = {place.id: place for place in db.session.execute(_PLACES, {"ids": sorted(wanted)})}
    day = clock.today()
    return {user.id: _viewer(user, places, day) for user in users}


def _viewer(user: User, places: Mapping[int, Row[int, str, str]], day: date) -> Viewer:
    above = {places[each].kind: places[each] for each in ids_on(user.organization.path) if each in places}
    school, county = above.get("school") or above.get("center"), above.get("county")
    return Viewer(
        user_id=user.id,
        name=user.name,
        organization_id=user.organization_id,
        org_path=user.organization.path,
        school_id=None if school is None else school.id,
        county_id=None if county is None else county.id,
        county_path="" if county is None else county.path,
        held=tuple(
            Held(a.role, a.organization_id, a.organization.path) for a in user.appointments if a.is_valid_on(day)
        ),
    )


def ids_on(path: str) -> list[int]:
    """Return the ids on a path "/1/4/9/", root first."""
    return [int(part) for part in path.split("/") if part]


def organizations_below(path: str) -> Sequence[Organization]:
    """Return an organization and everything below it, parents before children."""
    statement = select(Organization).where(Organization.path.startswith(path), Organization.closed_at.is_(None))
    return db.session.scalars(statement.order_by(Organization.path)).all()


def ids_below(path: str) -> Select[int]:
    """Select the ids of an organization and of everything below it, for `.in_()`."""
    return select(Organization.id).where(Organization.path.startswith(path, autoescape=True))


def find_organization(organization_id: int) -> Organization | None:
    """Return an organization by id."""
    return db.session.get(Organization, organization_id)


def counties() -> Sequence[Organization]:
    """Return all counties that are open, by name."""
    statement = select(Organization).where(Organization.kind == "county", Organization.closed_at.is_(None))
    return db.session.scalars(statement.order_by(Organization.name)).all()


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of users by id, one query."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


def names_of_organizations(organization_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of organizations by id, one query."""
    statement = select(Organization.id, Organization.name).where(Organization.id.in_(set(organization_ids)))
    return {row.id: row.name for row in db.session.execute(statement)}


def users_by_id(user_ids: Iterable[int]) -> dict[int, User]:
    """Return users by id with their home organization, one query."""
    statement = select(User).where(User.id.in_(set(user_ids))).options(joinedload(User.organization))
    return {user.id: user for user in db.session.scalars(statement)}


def users_named(text: str, viewer: Viewer, limit: int = 10) -> Sequence[User]:
    """Find people of the viewer's county by part of the name or username, for invitations and mentions."""
    wanted = text.strip().replace("%", "").replace("_", "")
    if not wanted or not viewer.county_path:
        return []
    statement = (
        select(User)
        .join(User.organization)
        .where(User.is_active, Organization.path.startswith(viewer.county_path))
        .where(or_(User.name.contains(wanted), User.username.startswith(wanted)))
        .options(joinedload(User.organization))
        .order_by(User.name_key, User.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def people_seen(viewer: Viewer) -> ColumnElement[bool]:
    """The rows that `can_view_person` allows, joined with their home organization."""
    if not viewer.is_authenticated:
        return false()
    paths = [*viewer.admin_paths, *([viewer.county_path] if viewer.county_path else [])]
    below = [Organization.path.startswith(path, autoescape=True) for path in paths]
    return or_(User.id == viewer.user_id, *below)


_LIVE_SESSION = (
    select(UserSession)
    .where(UserSession.token_hash == bindparam("token_hash"), UserSession.revoked_at.is_(None))
    .where(UserSession.expires_at > bindparam("at"))
    .join(UserSession.user)
    .where(User.is_active)
    .options(
        joinedload(UserSession.user).joinedload(User.organization),
        joinedload(UserSession.user).joinedload(User.appointments).joinedload(Appointment.organization),
    )
)
"""Asked by every request, so it is put together once, and in one query: few people hold many offices."""


def find_session(token_hash: str) -> UserSession | None:
    """Return a live sign-in by the hash of its token, with user, organization and appointments."""
    found = db.session.scalars(_LIVE_SESSION, {"token_hash": token_hash, "at": clock.now()})
    return found.unique().one_or_none()


def find_session_by_id(session_id: int) -> UserSession | None:
    """Return a sign-in that was not revoked."""
    statement = select(UserSession).where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
    return db.session.scalars(statement).first()


def live_sessions_of(user_id: int) -> Sequence[UserSession]:
    """Return a user's sign-ins that still work, the latest used first."""
    statement = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now())
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return db.session.scalars(statement).all()


def lock_key_of(user_id: int) -> str:
    """Return the name under which a user's failed attempts are counted, whichever name was typed."""
    return f"#{user_id}"


def lock_key(account: str) -> str:
    """Return the name under which attempts are counted; an account that does not exist is counted as it was typed."""
    user = find_user_by_account(account)
    return account.strip().lower()[:255] if user is None else lock_key_of(user.id)


def lock_seconds(key: str) -> int:
    """Return for how many seconds an account (`lock_key`) is locked by failed attempts, 0 if it is not."""
    now = clock.now()
    wait = timedelta(0)
    for window, allowed in LOCK_LIMITS:
        recent = db.session.scalars(
            select(SignInFailure.at)
            .where(SignInFailure.account == key, SignInFailure.at > now - window)
            .order_by(SignInFailure.at.desc())
            .limit(allowed)
        ).all()
        if len(recent) == allowed:
            wait = max(wait, recent[-1] + window - now)
    return int(wait.total_seconds()) + 1 if wait > timedelta(0) else 0
