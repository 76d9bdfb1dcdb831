"""A newer file of a resource that a person sends, by the form or in portions."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core.db import hold
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.resources.extraction.intake import CheckedFile
from yanxiu.resources.models import Resource, ResourceFile
from yanxiu.resources.services import add_version


def renew_file(
    actor: User, resource: Resource, checked: CheckedFile, note: str, arrival_id: str | None = None
) -> ResourceFile:
    """Make a file the newest of its resource. InvalidError for the very file that is the newest already: whoever sent it
    took the wrong one. `arrival_id` is the resumable upload it came as.
    """
    if not hold(resource):  # another may have brought the very file meanwhile
        raise NotFoundError
    now = resource.current_file
    if now is not None and now.stored_file.sha256 == checked.received.sha256:
        raise InvalidError(
            f"这个文件和现在的第 {now.number} 版一模一样，没有更新。请看看是不是选错了文件", field="file"
        )
    file = add_version(actor, resource, checked, without_invisible(note))
    file.arrival_id = arrival_id
    return file
