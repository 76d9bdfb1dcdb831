"""Accounts of people, as administrators keep them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.events import UserChanged, UserDeactivated
from yanxiu.accounts.identity import (
    is_email,
    is_id_number,
    is_phone_number,
    is_username,
    normal_id_number,
    normal_phone,
)
from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.passwords import hash_one_time_password, new_one_time_password
from yanxiu.accounts.queries.people import find_user_by_account
from yanxiu.accounts.services.sign_in import revoke_sessions_of
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record

HOMES = frozenset({"school", "center", "county", "city", "province"})
"""Kinds of organization a person can belong to; clusters and groups are made of people of schools."""


@dataclass(frozen=True)
class PersonData:
    """What an administrator says about a person; empty text means not given."""

    name: str
    username: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    subject: str = ""
    stage: str = ""
    title: str = ""


def create_person(actor: User | None, organization: Organization, data: PersonData) -> tuple[User, str]:
    """Add a person with a one-time password; return both. The password is not stored anywhere in clear."""
    password = new_one_time_password()
    user = User(
        organization_id=_home(organization).id,
        username="",
        name="",
        password_hash=hash_one_time_password(password),
        must_change_password=True,
    )
    _apply(user, data)
    user.username = user.username or _next_username()
    db.session.add(user)
    _flush()
    record_audit(actor, "user.created", "user", user.id, username=user.username, organization_id=organization.id)
    record(UserChanged(user.id))
    return user, password


def create_user(
    actor: User | None,
    organization: Organization,
    *,
    username: str,
    name: str,
    password_hash: str,
    **profile: str | None,
) -> User:
    """Add a person whose password is already hashed; for the command line, the demo and tests."""
    if find_user_by_account(username) or any(find_user_by_account(profile.get(k) or "") for k in ("phone", "email")):
        raise ConflictError("用户名、手机号或邮箱已被使用", field="username")
    user = User(organization_id=organization.id, username=username, name=name, password_hash=password_hash, **profile)
    db.session.add(user)
    _flush()
    record_audit(actor, "user.created", "user", user.id, username=username, organization_id=organization.id)
    record(UserChanged(user.id))
    return user


def edit_person(actor: User, user: User, organization: Organization, data: PersonData) -> list[str]:
    """Change what is known of a person, also the home school; return the names of the changed fields."""
    before = {key: getattr(user, key) for key in (*PersonData.__annotations__, "organization_id")}
    _apply(user, data)
    if organization.id != user.organization_id:
        user.organization_id = _home(organization).id
    changed = [key for key, value in before.items() if getattr(user, key) != value]
    if changed:
        _flush()
        record_audit(actor, "user.edited", "user", user.id, fields=changed)
        record(UserChanged(user.id))
    return changed


def deactivate_user(actor: User, user: User) -> None:
    """Close an account: its sign-ins and sockets end. Nobody closes their own."""
    if actor.id == user.id:
        raise InvalidError("不能停用自己的账号，请由其他管理员办理")
    if not user.is_active:
        return
    user.is_active = False
    revoke_sessions_of(user.id)
    record_audit(actor, "user.deactivated", "user", user.id)
    record(UserDeactivated(user.id))


def reactivate_user(actor: User, user: User) -> None:
    """Open a closed account again, with the password it had."""
    if user.is_active:
        return
    user.is_active = True
    record_audit(actor, "user.reactivated", "user", user.id)
    record(UserChanged(user.id))


def reveal_id_number(actor: User, user: User) -> str:
    """Return the whole identity number; that it was looked at is on record."""
    if not user.id_number:
        raise InvalidError("还没有登记身份证号")
    record_audit(actor, "user.id_number_shown", "user", user.id)
    return user.id_number


def _home(organization: Organization) -> Organization:
    if organization.closed_at is not None:
        raise InvalidError(f"“{organization.name}”已经关闭，请选择其他单位", field="organization_id")
    if organization.kind not in HOMES:
        raise InvalidError("请选择学校或教师发展中心，教研组和片区不能作为所在单位", field="organization_id")
    return organization


def _apply(user: User, data: PersonData) -> None:
    user.name = _name(data.name)
    user.subject = _choice(data.subject, SUBJECTS, "subject", user.subject)
    user.stage = _choice(data.stage, STAGES, "stage", user.stage)
    user.title = _choice(data.title, TITLES, "title", user.title)
    with db.session.no_autoflush:
        if data.username:
            user.username = _username(data.username, user)
        user.phone = _phone(data.phone, user)
        user.email = _email(data.email, user)
        user.id_number = _id_number(data.id_number, user)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InvalidError("请填写姓名", field="name")
    if len(name) > 50:
        raise InvalidError("姓名最多 50 个字", field="name")
    return name


def _choice(value: str, allowed: tuple[str, ...], field: str, current: str | None) -> str:
    if value and value not in allowed and value != current:
        raise InvalidError("请从列表中选择", field=field)
    return value


def _username(text: str, user: User) -> str:
    username = text.strip().lower()
    if not is_username(username):
        raise InvalidError("用户名用小写字母开头，由 3 到 32 个小写字母、数字、点、横线或下划线组成", field="username")
    _require_free(User.username == username, user, "username", "这个用户名已被使用，请换一个")
    return username


def _phone(text: str, user: User) -> str | None:
    phone = normal_phone(text)
    if not phone:
        return None
    if not is_phone_number(phone):
        raise InvalidError("手机号应是 11 位数字", field="phone")
    _require_free(User.phone == phone, user, "phone", "这个手机号已被其他账号使用")
    return phone


def _email(text: str, user: User) -> str | None:
    email = text.strip()
    if not email:
        return None
    if not is_email(email):
        raise InvalidError("邮箱地址不完整，应像 name@example.com", field="email")
    _require_free(func.lower(User.email) == email.lower(), user, "email", "这个邮箱已被其他账号使用")
    return email


def _id_number(text: str, user: User) -> str | None:
    number = normal_id_number(text)
    if not number:
        return user.id_number
    if not is_id_number(number):
        raise InvalidError("身份证号不正确，请逐位核对", field="id_number")
    _require_free(User.id_number == number, user, "id_number", "这个身份证号已被其他账号使用")
    return number


def _require_free(condition: object, user: User, field: str, message: str) -> None:
    taken_by = db.session.scalar(select(User.id).where(or_(condition)).limit(1))  # type: ignore[arg-type]
    if taken_by is not None and taken_by != user.id:
        raise ConflictError(message, field=field)


def _next_username() -> str:
    """t00001, t00002, …: for people who sign in with their phone number anyway."""
    number = (db.session.scalar(select(func.max(User.id))) or 0) + 1
    while db.session.scalar(select(User.id).where(User.username == f"t{number:05d}")) is not None:
        number += 1
    return f"t{number:05d}"


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise ConflictError("用户名、手机号、邮箱或身份证号刚刚被别的账号使用，请核对后再保存") from error
