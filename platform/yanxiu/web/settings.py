"""设置: pages of several features under one row of tabs."""

from __future__ import annotations

from flask import url_for


def settings_tabs(current: str) -> list[tuple[str, str, bool, None]]:
    """The tabs of 设置."""
    entries = (
        ("profile", "个人资料", "accounts.edit_profile"),
        ("password", "修改密码", "accounts.change_password"),
        ("sessions", "登录设备", "accounts.sessions"),
        ("display", "显示", "accounts.display"),
        ("notifications", "通知", "notifications.choices"),
    )
    return [(label, url_for(endpoint), key == current, None) for key, label, endpoint in entries]
