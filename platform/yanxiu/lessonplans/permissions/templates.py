"""Who makes and changes a school's templates. Pure."""

from __future__ import annotations

from yanxiu.accounts.models import Organization
from yanxiu.accounts.permissions import Viewer

EDITORS = frozenset({"principal", "school_admin"})


def can_edit_templates(viewer: Viewer, school: Organization | None) -> bool:
    """The school's administrators and the heads of its groups (教研组长)."""
    if school is None or not viewer.is_authenticated:
        return False
    heads = any(held.role == "group_head" and held.org_path.startswith(school.path) for held in viewer.held)
    return heads or viewer.holds(EDITORS, school.path)
