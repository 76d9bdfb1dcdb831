"""The audit log's actions in a reader's words."""

from __future__ import annotations

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
