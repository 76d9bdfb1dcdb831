"""The first bulletin of the main workshop: composed a week ago from the weeks before, read by most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.html import html_from_text
from yanxiu.workshops.models import BulletinSection, Workshop
from yanxiu.workshops.services import bulletins
from yanxiu.workshops.services.bulletins import Masthead, Written

OPENING = (
    "各位老师：\n\n三所学校备同一课，备到第三周，我们才敢说一句：问题少一个，学生就多说三句。这一期把大家说得最实在的话收在一起，"
    "您在哪一句里看到自己的课堂，就从哪一句往下试。"
)
READERS = ("李强", "周敏", "吴秀兰", "陈秀英", "熊婷")


def seed_bulletins(world: DemoWorld, people: Mapping[str, User], workshop: Workshop, leader: User) -> None:
    """Publish the first issue; whoever is in this world reads it on the days after."""
    with clock.frozen(world.ago(days=7)):
        last = clock.today()
        issue = bulletins.compose(leader, workshop, last - timedelta(days=34), last)
        head = Masthead("五年级语文工作坊简报", issue.host, "王丽、谢兰芳", "县教师发展中心、各成员校")
        bulletins.save_bulletin(leader, issue, head, [_column(section) for section in issue.sections])
        bulletins.publish_bulletin(leader, issue)
    for number, name in enumerate(READERS, start=1):
        if name in people:
            with clock.frozen(world.ago(days=7) + timedelta(hours=3 * number)):
                bulletins.note_reading(issue.id, people[name].id)
    db.session.flush()


def _column(section: BulletinSection) -> Written:
    html = html_from_text(OPENING) if section.kind == "opening" else section.html
    return Written(section.kind, html, section.included, section.version)
