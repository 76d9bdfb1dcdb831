"""What the page frame needs on every page: navigation, who is signed in, unread counts, addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import ANONYMOUS, can_enter_admin
from yanxiu.accounts.queries import shared_names
from yanxiu.web.auth import current_viewer, public

NAVIGATION = (
    ("home.front", "工作台", "home"),
    ("workshops.index", "工作坊", "workshop"),
    ("lessonplans.index", "备课", "plan"),
    ("observations.index", "观课", "lesson"),
    ("resources.index", "资源", "resource"),
)
MENU = (
    ("accounts.me", "我的主页", "user"),
    ("accounts.settings", "设置", "settings"),
    ("accounts.help_page", "帮助", "help"),
)

_counters: dict[str, Callable[[int], int]] = {}


def register_counter(name: str, count: Callable[[int], int]) -> None:
    """Let a feature count something for the frame, e.g. unread messages of a user."""
    _counters[name] = count


def init_frame(app: Flask) -> None:
    """Make the frame's variables known to every template."""
    app.jinja_env.globals.update(
        photo_url=photo_url, person_url=person_url, next_page_url=next_page_url, school_if_shared=school_if_shared
    )

    @app.context_processor
    def frame() -> dict[str, Any]:
        if g.get("without_database"):
            return {"viewer": ANONYMOUS, "me": None, "nav_items": [], "shell": {"user": None, "unread": 0}}
        user = current_user.user if current_user.is_authenticated else None
        return {
            "viewer": current_viewer(),
            "me": user,
            "nav_items": _items(NAVIGATION) if user else [],
            "shell": _shell(user),
        }

    @app.get("/offline")
    @public
    def offline() -> ResponseReturnValue:
        return render_template("errors/offline.html")


def photo_url(user: User) -> str | None:
    """Return the address of a person's photo, None without one."""
    if user.photo_id is None:
        return None
    return url_for("accounts.photo", user_id=user.id, v=user.photo_id)


def person_url(user: User) -> str:
    """Return the address of a person's page."""
    return url_for("accounts.person", user_id=user.id)


def school_if_shared(user: User) -> str | None:
    """Return the school of somebody whose name another person bears too; None for everybody else."""
    if "shared_names" not in g:
        g.shared_names = shared_names()
    return user.organization.label if user.name in g.shared_names else None


def next_page_url(cursor: str, param: str = "cursor") -> str:
    """Return this page's address with the cursor of the next one."""
    arguments = request.args.to_dict(flat=False) | {param: [cursor]}
    return url_for(request.endpoint or "home.front", **{**(request.view_args or {}), **arguments})


def _shell(user: User | None) -> dict[str, Any]:
    login_url = _address_of("accounts.login") if request.endpoint != "accounts.login" else None
    shell: dict[str, Any] = {"user": user, "login_url": login_url, "unread": 0, "menu": [], "large_type": False}
    if user is None:
        return shell
    menu = _items(MENU)
    if can_enter_admin(current_viewer()):
        menu += _items((("admin.index", "管理", "shield"),))
    return shell | {
        "place": user.organization.label,
        "unread": _counters["unread"](user.id) if "unread" in _counters else 0,
        "large_type": user.large_type,
        "menu": menu,
        "search_url": _address_of("search.index"),
        "messages_url": _address_of("notifications.index"),
        "unread_url": _address_of("notifications.count"),
        "profile_url": _address_of("accounts.me"),
        "profile_active": request.blueprint == "accounts",
        "logout_url": _address_of("accounts.logout"),
    }


def _address_of(endpoint: str) -> str:
    return _written(endpoint, request.script_root)


@lru_cache(maxsize=128)
def _written(endpoint: str, _below: str) -> str:
    """Every page has some fifteen addresses that are always the same; `_below` is where the whole program is found."""
    return url_for(endpoint)


def _section() -> str | None:
    """Return which part of the program the page belongs to; what lies inside a workshop belongs to the workshops."""
    return "workshops" if request.path.startswith("/workshops/") else request.blueprint


def _items(entries: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
    section = _section()
    return [
        {
            "url": _address_of(endpoint),
            "label": label,
            "icon": icon,
            "active": section == endpoint.split(".")[0],
        }
        for endpoint, label, icon in entries
    ]
