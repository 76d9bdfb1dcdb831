"""Pages of the front: 工作台 for those signed in, the public page for everybody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import ANONYMOUS, Viewer, can_enter_admin
from yanxiu.core import clock
from yanxiu.resources.queries import newest_resources, popular_resources
from yanxiu.web.auth import current_actor, current_viewer, public
from yanxiu.web.slots import Filler
from yanxiu.workshops.queries import visible_workshop_ids

bp = Blueprint("home", __name__)
blueprints = (bp,)
SHORTCUTS = (
    ("lessonplans.new", "新建教案", "plan"),
    ("observations.new_lesson", "新建课例", "lesson"),
    ("resources.new", "上传资源", "upload"),
)
OWN_PAGES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("lessonplans.index", "我的教案", "plan", {}),
    ("observations.my_lesson_list", "我的听评课", "lesson", {}),
    ("observations.observation_counts", "听课节数", "chart", {}),
    ("resources.index", "我上传的资源", "upload", {"mine": "uploads"}),
    ("resources.index", "我的收藏", "bookmark", {"mine": "favorites"}),
    ("accounts.settings", "设置", "settings", {}),
    ("accounts.help_page", "帮助", "help", {}),
)
"""On a phone 我的 is the door to everything that is one's own."""
MANAGEMENT = ("admin.index", "管理账号和学校", "shield")


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """Show 工作台, or the public front page."""
    return dashboard() if current_viewer().is_authenticated else public_front()


def dashboard() -> str:
    """What waits for me, what I was at, what is new around me; the features fill it through slots."""
    viewer = current_viewer()
    shortcuts = (MANAGEMENT, *SHORTCUTS) if can_enter_admin(viewer) else SHORTCUTS
    return render_template(
        "home/dashboard.html",
        today=clock.today(),
        greeting=greeting(clock.now()),
        shortcuts=[(icon, text, url_for(name)) for name, text, icon in shortcuts],
        newest=newest_resources(viewer, visible_workshop_ids(viewer), subject=current_actor().subject, limit=4),
    )


def public_front() -> str:
    """What the county does and shares with everybody."""
    return render_template(
        "home/front.html",
        newest=newest_resources(ANONYMOUS, (), limit=6),
        popular=popular_resources(ANONYMOUS, (), limit=4),
    )


def greeting(moment: datetime) -> str:
    """Return 早上好, 下午好 or 晚上好 by the clock of the teachers."""
    hour = moment.astimezone(clock.LOCAL_ZONE).hour
    if 4 <= hour < 12:
        return "早上好"
    return "下午好" if 12 <= hour < 18 else "晚上好"


def own_pages(viewer: Viewer, person: User, **_things: Any) -> dict[str, Any] | None:
    """The doors to what is one's own, on one's own page."""
    if viewer.user_id != person.id:
        return None
    return {"pages": [(icon, text, url_for(name, **values)) for name, text, icon, values in OWN_PAGES]}


SLOTS: dict[str, Filler] = {"person_sections": ("home/_own_pages.html", own_pages)}
