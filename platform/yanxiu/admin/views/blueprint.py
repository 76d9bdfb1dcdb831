"""The blueprint of administration: only for those who manage something."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from yanxiu.accounts.permissions import Viewer, can_enter_admin, can_read_audit
from yanxiu.core.errors import NotFoundError
from yanxiu.search.permissions import can_edit_synonyms
from yanxiu.web.auth import current_viewer
from yanxiu.web.converters import LARGEST_ID

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def only_administrators() -> None:
    """For everybody else there is no such place."""
    if not can_enter_admin(current_viewer()):
        raise NotFoundError


def tabs(viewer: Viewer) -> list[tuple[str, str, bool, None]]:
    """The tabs of 管理 that this person may open."""
    entries = [
        ("概况", "admin.index"),
        ("用户", "admin.users"),
        ("组织", "admin.organizations"),
        ("任职", "admin.appointments"),
        ("导入教师", "admin.imports"),
    ]
    if can_edit_synonyms(viewer):
        entries.append(("搜索用词", "admin.synonyms"))
    if can_read_audit(viewer):
        entries += [("操作记录", "admin.audit"), ("系统状态", "admin.system")]
    current = _tab_of(request.endpoint or "")
    return [(label, url_for(endpoint), endpoint == current, None) for label, endpoint in entries]


_SECTIONS = {
    "index": "index",
    "user": "users",
    "organization": "organizations",
    "appointment": "appointments",
    "import": "imports",
    "synonym": "synonyms",
    "audit": "audit",
    "system": "system",
}


def _tab_of(endpoint: str) -> str:
    name = endpoint.removeprefix("admin.")
    found = next((tab for word, tab in _SECTIONS.items() if word in name), "")
    return f"admin.{found}"


def query_int(name: str) -> int | None:
    """Return a whole number from the address, None if it is not one."""
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 11 and int(text) <= LARGEST_ID else None


def query_text(name: str) -> str:
    """Return a short text from the address."""
    return request.args.get(name, "").replace("\x00", "").strip()[:100]
