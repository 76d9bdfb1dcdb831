"""Importing a list of teachers: check, confirm, apply in small transactions, hand out first passwords.

Applying is a job: it can stop anywhere and run again, because each row remembers that it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, update

from yanxiu.accounts.events import UserChanged
from yanxiu.accounts.models import Organization, TeacherImport, TeacherImportRow, User
from yanxiu.accounts.passwords import hash_one_time_password, new_one_time_password
from yanxiu.accounts.queries.imports import people_never_signed_in, reach_of, waiting_row_ids
from yanxiu.accounts.queries.people import find_user, viewer_of
from yanxiu.accounts.roster import CheckedRow, RosterRow, check_roster
from yanxiu.accounts.services.people import PersonData, create_person
from yanxiu.accounts.services.sign_in import revoke_sessions_of
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError, YanxiuError
from yanxiu.core.events import record
from yanxiu.core.tasks import enqueue

JOB = "accounts.import_teachers"
PROFILE = ("subject", "stage", "title")
"""What a list may change of people who are here already; only where it says something."""
NUMBERS = ("phone", "id_number")
"""What a list may only fill in: a number somebody has is changed on their own page, one by one."""


def keep_checked_list(actor: User, file_name: str, rows: Sequence[CheckedRow]) -> TeacherImport:
    """Store a checked list, so that it can be looked at before anything happens."""
    teacher_import = TeacherImport(actor_id=actor.id, file_name=file_name[:255])
    db.session.add(teacher_import)
    db.session.flush()
    db.session.add_all(
        TeacherImportRow(
            import_id=teacher_import.id,
            number=row.number,
            values={key: value for key, value in row.values.items() if key != "id_number"},
            id_number=row.values["id_number"],
            verdict=row.verdict,
            message="；".join(row.errors),
            user_id=row.user_id,
        )
        for row in rows
    )
    db.session.flush()
    return teacher_import


def confirm_import(actor: User, teacher_import: TeacherImport) -> None:
    """Queue the good rows for applying; the rows with errors stay as they are."""
    _require_checked(teacher_import)
    teacher_import.state = "running"
    enqueue(JOB, {"import_id": teacher_import.id}, key=f"{JOB}:{teacher_import.id}")
    record_audit(actor, "import.confirmed", "teacher_import", teacher_import.id, file=teacher_import.file_name)


def cancel_import(actor: User, teacher_import: TeacherImport) -> None:
    """Drop a checked list; the identity numbers in it go with it."""
    _require_checked(teacher_import)
    teacher_import.state, teacher_import.finished_at = "cancelled", clock.now()
    db.session.execute(delete(TeacherImportRow).where(TeacherImportRow.import_id == teacher_import.id))
    record_audit(actor, "import.cancelled", "teacher_import", teacher_import.id, file=teacher_import.file_name)


def apply_next_rows(import_id: int, limit: int = 10) -> bool:
    """Apply the next rows of a confirmed list in this transaction; False when there was nothing left to do."""
    teacher_import = db.session.get(TeacherImport, import_id, with_for_update=True)
    if teacher_import is None or teacher_import.state != "running":
        return False
    actor = find_user(teacher_import.actor_id)
    rows = [db.session.get_one(TeacherImportRow, row_id) for row_id in waiting_row_ids(import_id, limit)]
    if rows and actor is not None:
        _apply_rows(actor, rows)
        return True
    _finish(actor, teacher_import)
    return False


def _apply_rows(actor: User, rows: Sequence[TeacherImportRow]) -> None:
    """Create or update people; the rows are judged again, for the county may have changed since the check."""
    sources = [RosterRow(row.number, {**row.values, "id_number": row.id_number}) for row in rows]
    for row, checked in zip(rows, check_roster(sources, reach_of(viewer_of(actor), sources)), strict=True):
        _apply_row(actor, row, checked)


def _apply_row(actor: User, row: TeacherImportRow, checked: CheckedRow) -> None:
    try:
        if checked.errors:
            raise InvalidError("；".join(checked.errors))
        row.outcome, row.user_id = _apply(actor, checked)
    except YanxiuError as error:
        row.outcome, row.message = "failed", error.message


def _finish(actor: User | None, teacher_import: TeacherImport) -> None:
    """Note that every good row was tried; identity numbers are not kept in the list any longer."""
    teacher_import.state, teacher_import.finished_at = "done", clock.now()
    db.session.execute(
        update(TeacherImportRow).where(TeacherImportRow.import_id == teacher_import.id).values(id_number="")
    )
    record_audit(actor, "import.finished", "teacher_import", teacher_import.id)


@dataclass(frozen=True)
class IssuedAccount:
    """What goes on the slip of paper a teacher gets."""

    school: str
    name: str
    username: str
    phone: str
    password: str


def hand_out_passwords(actor: User, teacher_import: TeacherImport) -> list[IssuedAccount]:
    """Give those of the list who chose no password yet a new one-time password; earlier ones and their sign-ins end.

    Whoever has moved out of the actor's reach, or was given a role above it, is left out like anywhere in 管理.
    """
    if teacher_import.state != "done":
        raise ConflictError("导入还没有完成，请稍后再下载")
    handed_out = []
    for user in people_never_signed_in(viewer_of(actor), teacher_import):
        password = new_one_time_password()
        user.password_hash = hash_one_time_password(password)
        revoke_sessions_of(user.id)
        handed_out.append(IssuedAccount(user.organization.name, user.name, user.username, user.phone or "", password))
    if not handed_out:
        raise InvalidError("没有需要发放的账号：名单里的教师已经自己设置过密码，或者已不归您管理")
    record_audit(actor, "import.passwords_handed_out", "teacher_import", teacher_import.id, count=len(handed_out))
    return handed_out


def _require_checked(teacher_import: TeacherImport) -> None:
    if teacher_import.state != "checked":
        raise ConflictError("这份名单已经处理过了")


def _apply(actor: User, checked: CheckedRow) -> tuple[str, int]:
    if checked.user_id is not None:
        user = db.session.get_one(User, checked.user_id)
        return ("updated" if _update(actor, user, checked.values) else "unchanged"), user.id
    school = db.session.get_one(Organization, checked.school_id)
    values = {key: checked.values[key] for key in ("name", *PROFILE, *NUMBERS)}
    with db.session.begin_nested():
        user, _password = create_person(actor, school, PersonData(**values))
    return "created", user.id


def _update(actor: User, user: User, values: dict[str, str]) -> bool:
    changed = {key: values[key] for key in PROFILE if values[key] and values[key] != getattr(user, key)}
    changed.update({key: values[key] for key in NUMBERS if values[key] and not getattr(user, key)})
    for key, value in changed.items():
        setattr(user, key, value)
    if changed:
        db.session.flush()
        record_audit(actor, "user.edited", "user", user.id, fields=sorted(changed), by="import")
        record(UserChanged(user.id))
    return bool(changed)
