"""Lists of teachers being imported, and what a list is checked against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from yanxiu.accounts.models import Appointment, TeacherImport, TeacherImportRow, User
from yanxiu.accounts.permissions import Viewer, can_manage_user, can_see_user_in_admin
from yanxiu.accounts.queries.administration import organizations_in_reach
from yanxiu.accounts.roster import KnownPerson, Reach, RosterRow
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate

CHUNK = 400
"""Values in one IN list; SQLite takes at most 32,766, older ones 999."""


def reach_of(viewer: Viewer, rows: Sequence[RosterRow]) -> Reach:
    """Return the schools the viewer manages and the accounts that already have a phone or number of the list."""
    places: dict[str, list[int]] = defaultdict(list)
    for place in organizations_in_reach(viewer):
        if place.kind in ("school", "center"):
            for name in {place.name, place.short_name} - {""}:
                places[name].append(place.id)
    phones = {row.values["phone"] for row in rows} - {""}
    numbers = {row.values["id_number"] for row in rows} - {""}
    known_by_phone = {k.phone: k for k in _known(viewer, User.phone, phones) if k.phone}
    known_by_number = {k.id_number: k for k in _known(viewer, User.id_number, numbers) if k.id_number}
    return Reach(places, known_by_phone, known_by_number)


def _known(viewer: Viewer, column: InstrumentedAttribute[str | None], values: Iterable[str]) -> Iterator[KnownPerson]:
    wanted = sorted(values)
    for start in range(0, len(wanted), CHUNK):
        statement = (
            select(User)
            .where(column.in_(wanted[start : start + CHUNK]))
            .options(
                joinedload(User.organization), selectinload(User.appointments).joinedload(Appointment.organization)
            )
        )
        for user in db.session.scalars(statement).unique():
            yield KnownPerson(
                user_id=user.id,
                name=user.name,
                school_id=user.organization_id if can_see_user_in_admin(viewer, user) else None,
                is_manageable=can_manage_user(viewer, user, today=clock.today()),
                phone=user.phone,
                id_number=user.id_number,
            )


def imports_page(viewer: Viewer, cursor: str | None = None) -> Page[TeacherImport]:
    """Return the lists this person uploaded, the latest first."""
    statement = select(TeacherImport).where(TeacherImport.actor_id == viewer.user_id)
    return paginate(statement, TeacherImport.id.desc(), cursor=cursor, size=20)


def count_unconfirmed_imports(viewer: Viewer) -> int:
    """Return how many lists this person uploaded and neither confirmed nor dropped."""
    statement = select(func.count(TeacherImport.id)).where(
        TeacherImport.actor_id == viewer.user_id, TeacherImport.state == "checked"
    )
    return db.session.scalar(statement) or 0


def own_import(viewer: Viewer, import_id: int) -> TeacherImport | None:
    """Return a list if this person uploaded it; nobody else sees its rows."""
    statement = select(TeacherImport).where(TeacherImport.id == import_id, TeacherImport.actor_id == viewer.user_id)
    return db.session.scalars(statement).first()


def import_rows(
    teacher_import: TeacherImport, *, only: str = "", cursor: str | None = None, size: int = 50
) -> Page[TeacherImportRow]:
    """Return a list's rows in the order of the sheet; `only` is a verdict or an outcome."""
    statement = select(TeacherImportRow).where(TeacherImportRow.import_id == teacher_import.id)
    if only:
        statement = statement.where((TeacherImportRow.verdict == only) | (TeacherImportRow.outcome == only))
    return paginate(statement, TeacherImportRow.number.asc(), cursor=cursor, size=size)


def import_counts(teacher_import: TeacherImport) -> dict[str, int]:
    """Return how many rows have each verdict and each outcome, and how many there are (`total`)."""
    counts: dict[str, int] = defaultdict(int)
    statement = (
        select(TeacherImportRow.verdict, TeacherImportRow.outcome, func.count())
        .where(TeacherImportRow.import_id == teacher_import.id)
        .group_by(TeacherImportRow.verdict, TeacherImportRow.outcome)
    )
    for verdict, outcome, count in db.session.execute(statement):
        counts["total"] += count
        counts[verdict] += count
        counts[outcome or "waiting"] += count
    return counts


def waiting_row_ids(import_id: int, limit: int) -> Sequence[int]:
    """Return rows that were found good and are not applied yet, in order."""
    statement = (
        select(TeacherImportRow.id)
        .where(
            TeacherImportRow.import_id == import_id,
            TeacherImportRow.verdict.in_(("new", "update")),
            TeacherImportRow.outcome == "",
        )
        .order_by(TeacherImportRow.number)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def people_never_signed_in(viewer: Viewer, teacher_import: TeacherImport) -> Sequence[User]:
    """Return those a list created who have chosen no password yet and whom the viewer manages, in the sheet's order."""
    statement = (
        select(User)
        .join(TeacherImportRow, TeacherImportRow.user_id == User.id)
        .where(
            TeacherImportRow.import_id == teacher_import.id,
            TeacherImportRow.outcome == "created",
            User.must_change_password,
            User.is_active,
        )
        .options(joinedload(User.organization), selectinload(User.appointments).joinedload(Appointment.organization))
        .order_by(TeacherImportRow.number)
    )
    today = clock.today()
    return [user for user in db.session.scalars(statement) if can_manage_user(viewer, user, today=today)]
