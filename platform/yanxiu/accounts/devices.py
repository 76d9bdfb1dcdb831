"""A person recognizes a device by "Windows · Chrome", not by its user-agent string."""

from __future__ import annotations

SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("OpenHarmony", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "安卓"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
"""First match wins: phones name Linux or Macintosh too."""

BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("QQBrowser", "QQ浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""First match wins: nearly all name Chrome or Safari at the end."""

UNKNOWN = "未知设备"


def device_name(user_agent: str) -> str:
    """Return system and browser of a user agent in a few words."""
    system = _first(SYSTEMS, user_agent)
    browser = _first(BROWSERS, user_agent)
    return " · ".join(part for part in (system, browser) if part) or UNKNOWN


def is_phone(user_agent: str) -> bool:
    """Tell whether the user agent is a handheld."""
    return any(word in user_agent for word in ("Mobile", "Android", "iPhone", "iPad"))


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((label for mark, label in table if mark in user_agent), "")
