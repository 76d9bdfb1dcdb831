"""What search says of resources, read as columns: of a page of hits most of the time went into making objects, and a phrase is
looked for in a hundred of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from yanxiu.accounts.models import Organization, User
from yanxiu.core.db import db
from yanxiu.core.search_rights import ASKED
from yanxiu.resources.models import Resource, ResourceContent, ResourceFile, ResourceSubtitles
from yanxiu.workshops.models import Workshop

_SCHOOL, _HOST = aliased(Organization), aliased(Organization)
_SEARCHED = (
    select(
        *(getattr(Resource, name) for name in (
            "id", "title", "summary", "kind", "stage", "grade", "subject", "edition", "volume", "unit", "lesson", "tags",
            "literacies", "theme", "author", "year", "source", "visibility", "workshop_id", "owner_id", "school_id",
            "county_id", "org_path", "grading", "origin", "created_at",
        )),
        User.name.label("owner_name"),
        func.coalesce(_SCHOOL.name, "").label("school_name"),
        func.coalesce(func.nullif(_SCHOOL.short_name, ""), _SCHOOL.name, "").label("school_label"),
        _HOST.path.label("host_path"),
        ResourceFile.extension,
        ResourceContent.text,
        ResourceSubtitles.cues,
    )
    .join(User, User.id == Resource.owner_id)
    .outerjoin(_SCHOOL, _SCHOOL.id == Resource.school_id)
    .outerjoin(Workshop, Workshop.id == Resource.workshop_id)
    .outerjoin(_HOST, _HOST.id == Workshop.organization_id)
    .outerjoin(ResourceFile, ResourceFile.id == Resource.current_file_id)
    .outerjoin(ResourceContent, ResourceContent.file_id == ResourceFile.id)
    .outerjoin(ResourceSubtitles, ResourceSubtitles.file_id == ResourceFile.id)
    .where(Resource.id.in_(ASKED), Resource.removed_at.is_(None))
)  # fmt: skip


def rows_for_search(resource_ids: Sequence[int]) -> Iterable[Any]:
    """Rows of resources that are not in the bin, in one query: their columns, `owner_name`, `school_name`, `school_label`,
    `host_path` (of the organization of their workshop, or None), `extension`, `text` and `cues` of the current file."""
    return db.session.execute(_SEARCHED, {"asked": list(resource_ids)})
