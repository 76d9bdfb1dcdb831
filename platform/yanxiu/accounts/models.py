"""Tables of people and places."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.core import clock
from yanxiu.core.alphabet import LONGEST_KEY, person_key
from yanxiu.core.db import Id, Model, Timestamps
from yanxiu.core.storage import StoredFile


class Organization(Timestamps, Model):
    """A node of the tree province … school … group. `path` is "/1/4/9/", its own id last."""

    __tablename__ = "organization"

    id: Mapped[Id]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    path: Mapped[str] = mapped_column(String(255), default="", index=True)
    introduction: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]

    parent: Mapped[Organization | None] = relationship(remote_side="Organization.id")

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


class User(Timestamps, Model):
    """A person. `organization_id` is the home school; roles are `Appointment`s."""

    __tablename__ = "user"
    __table_args__ = (Index("ix_user_organization_id_name", "organization_id", "name"),)

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(255), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    must_change_password: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(LONGEST_KEY), default="")
    """By which lists of people stand in the order of pinyin; kept by `_note_key`."""
    id_number: Mapped[str | None] = mapped_column(String(18), unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    subject: Mapped[str] = mapped_column(String(20), default="")
    stage: Mapped[str] = mapped_column(String(10), default="")
    title: Mapped[str] = mapped_column(String(20), default="")
    bio: Mapped[str] = mapped_column(Text, default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    large_type: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    last_seen_at: Mapped[datetime | None]

    quiet_from: Mapped[int] = mapped_column(default=21, server_default="21")
    quiet_until: Mapped[int] = mapped_column(default=7, server_default="7")
    """The hours (Asia/Shanghai) between which nothing is sent that can wait; the same hour twice means never."""

    organization: Mapped[Organization] = relationship()
    photo: Mapped[StoredFile | None] = relationship(foreign_keys=[photo_id])
    appointments: Mapped[list[Appointment]] = relationship(back_populates="user", foreign_keys="Appointment.user_id")


@event.listens_for(User, "before_insert")
@event.listens_for(User, "before_update")
def _note_key(_mapper: object, _connection: object, user: User) -> None:
    user.name_key = person_key(user.name)


class Appointment(Timestamps, Model):
    """A role held by a user at an organization, valid for everything below it, from–until (inclusive)."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_organization_id_role", "organization_id", "role"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[str] = mapped_column(String(32))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="appointments", foreign_keys=[user_id])
    organization: Mapped[Organization] = relationship()

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the appointment holds on `day`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class UserSession(Model):
    """One sign-in on one device. `token_hash` is the SHA-256 of the token in the cookie."""

    __tablename__ = "user_session"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    ip: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(255), default="")

    user: Mapped[User] = relationship()


class SignInFailure(Model):
    """A failed attempt on an account name; counted for the lockout, whether the account exists or not."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_account_at", "account", "at"),)

    id: Mapped[Id]
    account: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    ip: Mapped[str] = mapped_column(String(45), default="")


class TeacherImport(Timestamps, Model):
    """A list of teachers somebody uploaded: checked first, applied by the worker when confirmed."""

    __tablename__ = "teacher_import"

    id: Mapped[Id]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16), default="checked")
    """checked → running → done, or checked → cancelled."""
    finished_at: Mapped[datetime | None]

    actor: Mapped[User] = relationship()


class TeacherImportRow(Model):
    """One line of an imported list and what became of it. `id_number` is emptied once the list is done."""

    __tablename__ = "teacher_import_row"
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("teacher_import.id"))
    number: Mapped[int]
    """The row number Excel shows."""
    values: Mapped[dict[str, str]] = mapped_column(JSON)
    id_number: Mapped[str] = mapped_column(String(40), default="")
    verdict: Mapped[str] = mapped_column(String(16))
    """new, update or error: what the check found."""
    outcome: Mapped[str] = mapped_column(String(16), default="")
    """"" waiting, created, updated, unchanged, failed."""
    message: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
