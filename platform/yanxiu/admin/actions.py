"""The audit log's actions in a reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yanxiu.accounts.catalog import ROLES

ACTIONS = {
    "user.created": "新建账号",
    "user.edited": "修改资料",
    "user.deactivated": "停用账号",
    "user.reactivated": "恢复账号",
    "user.id_number_shown": "查看身份证号",
    "password.changed": "修改自己的密码",
    "password.reset": "重置密码",
    "organization.created": "新建组织",
    "organization.renamed": "修改组织",
    "organization.moved": "移动组织",
    "organization.closed": "关闭组织",
    "organization.reopened": "恢复组织",
    "appointment.created": "任命",
    "appointment.ended": "结束任职",
    "import.confirmed": "确认导入",
    "import.cancelled": "放弃导入",
    "import.finished": "导入完成",
    "import.passwords_handed_out": "下载初始密码",
    "audit.exported": "导出操作记录",
    "audit.verified": "核验操作记录",
    "watching.exported": "导出观看记录",
}
ACTION_GROUPS = (
    ("user.", "账号"),
    ("password.", "密码"),
    ("organization.", "组织"),
    ("appointment.", "任职"),
    ("import.", "导入"),
    ("audit.", "操作记录"),
    ("workshop.", "工作坊"),
    ("resource.", "资源"),
)
"""Beginnings of action names the log can be narrowed to."""


def action_label(action: str) -> str:
    """Return an action in words; one that has none keeps its name."""
    return ACTIONS.get(action, action)


FIELDS = {
    "name": "姓名",
    "username": "用户名",
    "phone": "手机号",
    "email": "邮箱",
    "id_number": "身份证号",
    "subject": "学科",
    "stage": "学段",
    "title": "职称",
    "organization_id": "所在单位",
}
"""What of a person was changed."""
PLACES = {"organization_id": "单位", "parent_id": "上级", "from_parent": "原上级", "to_parent": "新上级"}
"""Keys whose value is the id of an organization."""
WORDS = {"username": "用户名", "name": "名称", "before": "原名称", "file": "文件", "count": "数量", "year": "年度"}


def place_ids(data: Mapping[str, Any]) -> set[int]:
    """Return the ids of organizations an entry speaks of."""
    return {value for key, value in data.items() if key in PLACES and isinstance(value, int)}


def details(data: Mapping[str, Any], places: Mapping[int, str]) -> str:
    """Return what an entry carries besides, in words; `places` are the names of the organizations it speaks of."""
    return "；".join(part for key, value in data.items() if (part := _detail(key, value, places)))


def _detail(key: str, value: Any, places: Mapping[int, str]) -> str:
    if key == "user_id" or value is None:
        return ""  # the person has a column of their own
    if key in PLACES:
        return f"{PLACES[key]}：{places.get(value, value)}"
    if key == "role":
        return f"角色：{ROLES.get(value, value)}"
    if key == "fields" and isinstance(value, list):
        return "修改了" + "、".join(FIELDS.get(field, str(field)) for field in value)
    if key == "by" and value == "import":
        return "由导入名单修改"
    if key == "intact":
        return "完整" if value else "有改动"
    return f"{WORDS.get(key, key)}：{value}"
