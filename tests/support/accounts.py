"""Making people, places and sign-ins for tests; inside an application context and a unit of work."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from yanxiu.accounts.models import Appointment, Organization, User, UserSession
from yanxiu.accounts.passwords import hash_password
from yanxiu.accounts.queries import find_user
from yanxiu.accounts.roster import COLUMNS
from yanxiu.accounts.services import appoint, create_organization, create_user, open_session
from yanxiu.core import clock

WINDOWS_CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def make_session(user: User, agent: str = WINDOWS_CHROME) -> UserSession:
    """Sign a user in once more."""
    return open_session(user, "10.0.0.8", agent)[0]


def make_person(organization: Organization, name: str = "张三", **more: str) -> User:
    """Add a teacher whose password is "a password of 2026"."""
    username = more.pop("username", None) or f"person{name.encode().hex()[:20]}"
    made = create_user(
        None, organization, username=username, name=name, password_hash=hash_password("a password of 2026"), **more
    )
    found = find_user(made.id)
    assert found is not None
    return found


def make_place(parent: Organization, kind: str = "school", name: str = "新学校") -> Organization:
    """Add a place to the tree."""
    return create_organization(None, parent, kind, name)


def make_appointment(user: User, role: str, organization: Organization) -> Appointment:
    """Give a role from today on."""
    return appoint(None, user, role, organization, clock.today())


def roster(*rows: dict[str, str], header: tuple[str, ...] = tuple(COLUMNS.values())) -> bytes:
    """Return an .xlsx list; rows map 姓名, 学校, … to what stands in the cell."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for position, label in enumerate(header):
                sheet.write(number, position, row.get(label, ""))
    return out.getvalue()
