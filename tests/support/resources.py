"""Resources for tests, published through the services without the child process."""

from __future__ import annotations

import io

from tests.support.documents import docx_bytes
from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.extraction.formats import FORMATS
from yanxiu.resources.extraction.intake import CheckedFile
from yanxiu.resources.models import Resource
from yanxiu.resources.services import ResourceDetails, publish_resource, receive_upload

DOCX = FORMATS[".docx"].mime


def checked_file(name: str = "草船借箭.docx", data: bytes | None = None) -> CheckedFile:
    extension = "." + name.rsplit(".", 1)[-1]
    received = receive_file(io.BytesIO(data or docx_bytes()), name, FORMATS[extension].mime)
    return CheckedFile(received, extension)


def make_resource(
    owner: User,
    title: str = "草船借箭教学设计",
    *,
    name: str = "草船借箭.docx",
    data: bytes | None = None,
    **details: object,
) -> Resource:
    """Publish a resource; opens a unit of work unless one is open."""
    checked = checked_file(name, data)
    with unit_of_work():
        actor = db.session.merge(owner)
        upload = receive_upload(actor, checked)
        values = {"kind": "plan", "visibility": "county", **details}
        return publish_resource(actor, upload, ResourceDetails(title=title, **values))  # type: ignore[arg-type]


def make_upload(owner: User, name: str = "草船借箭.docx", data: bytes | None = None) -> int:
    """A file that waits to be described; gives its id."""
    checked = checked_file(name, data)
    with unit_of_work():
        return receive_upload(db.session.merge(owner), checked).id
