"""A big county: the demo county, and then each of its kinds of rows copied many times, in bulk and by a seed.

Copies keep every column of a real demo row but those that must differ, so this file does not have to know each feature's
columns, only how rows belong together. The demo's own workshop and topic grow too: the pages measured are the same ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from yanxiu.core.db import db

CHUNK = 4000
Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many of each the big county has, the demo's own included."""

    users: int = 10_000
    schools: int = 120
    workshops: int = 200
    members_each: int = 50
    topics_each: int = 50
    posts_each: int = 20
    plans: int = 5_000
    lessons: int = 3_000
    comments: int = 30_000
    resources: int = 50_000
    notifications: int = 3_000
    sanguo_topics: int = 1_000
    sanguo_posts_each: int = 95
    sanguo_posts: int = 5_000
    sanguo_members: int = 500

    def scaled(self, share: float) -> Size:
        """A smaller county, for trying this program out."""
        return Size(**{key: max(min(value, 40), int(value * share)) for key, value in vars(self).items()})


class Copier:
    """Bulk copies of rows; keys are given out here, so that children can name their parents at once."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.rng = random.Random(2026)

    def table(self, name: str) -> sa.Table:
        return db.metadata.tables[name]

    def one(self, name: str, **where: Any) -> Row:
        """The first row that fits, as a template."""
        table = self.table(name)
        query = sa.select(table).where(*(table.c[key] == value for key, value in where.items()))
        row = db.session.execute(query.order_by(*table.primary_key).limit(1)).mappings().one()
        return dict(row)

    def next_id(self, name: str) -> int:
        return (db.session.scalar(sa.select(sa.func.max(self.table(name).c.id))) or 0) + 1

    def count(self, name: str) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(self.table(name))) or 0

    def add(self, name: str, rows: Iterable[Row]) -> int:
        """Insert rows in chunks; return how many."""
        table, batch, total = self.table(name), [], 0
        for row in rows:
            batch.append(row)
            if len(batch) == CHUNK:
                db.session.execute(sa.insert(table), batch)
                total, batch = total + len(batch), []
        if batch:
            db.session.execute(sa.insert(table), batch)
        return total + len(batch)

    def copies(self, name: str, template: Row, number: int, change: Callable[[int, int], Row]) -> list[int]:
        """Copy `template` `number` times with new ids; `change(i, id)` says what differs. Returns the ids."""
        first = self.next_id(name)
        ids = list(range(first, first + max(0, number)))
        self.add(name, ({**template, "id": key, **change(i, key)} for i, key in enumerate(ids)))
        return ids


def ago(moment: datetime, minutes: float) -> datetime:
    return moment - timedelta(minutes=minutes)


def fingerprint(number: int) -> str:
    """A distinct 36-character name, like a UUID."""
    return f"{number:036x}"


def grow(size: Size) -> dict[str, int]:
    """Fill the open transaction with the big county; return the number of rows of the large tables."""
    copier = Copier(size)
    schools = add_schools(copier)
    users = add_users(copier, schools)
    add_workshops(copier, users)
    grow_sanguo(copier, users)
    add_plans(copier, users)
    add_lessons(copier, users)
    add_resources(copier, users)
    add_notifications(copier)
    tables = (
        "user",
        "workshop",
        "workshop_member",
        "topic",
        "post",
        "lesson_plan",
        "lesson",
        "timed_comment",
        "resource",
    )
    return {name: copier.count(name) for name in tables}


def add_schools(copier: Copier) -> list[int]:
    school = copier.one("organization", kind="school")
    prefix = school["path"].removesuffix(f"{school['id']}/")
    return copier.copies(
        "organization", school, copier.size.schools - copier.count("organization"),
        lambda i, key: {"name": f"第{i + 1}小学", "short_name": f"第{i + 1}小学", "path": f"{prefix}{key}/"},
    )  # fmt: skip


def add_users(copier: Copier, schools: list[int]) -> list[int]:
    teacher = copier.one("user", username="liqiang")
    surnames, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "秀英志强国华晓梅建军丽娟文博海燕思远"
    unset = dict.fromkeys(("phone", "email", "id_number", "photo_id", "last_seen_at"))
    return copier.copies(
        "user", teacher, copier.size.users - copier.count("user"),
        lambda i, _key: {
            **unset, "username": f"teacher{i}", "organization_id": schools[i % len(schools)],
            "name": copier.rng.choice(surnames) + "".join(copier.rng.choices(given, k=2)),
        },
    )  # fmt: skip


def add_workshops(copier: Copier, users: list[int]) -> None:
    size = copier.size
    pattern = copier.one("workshop")
    ids = copier.copies(
        "workshop", pattern, size.workshops - copier.count("workshop"),
        lambda i, _key: {"name": f"第{i + 1}工作坊", "cover_id": None, "members_count": size.members_each,
                         "created_by": users[i]},
    )  # fmt: skip
    for number, workshop in enumerate(ids):
        start = number * size.members_each
        members = [users[(start + i) % len(users)] for i in range(size.members_each)]
        add_members(copier, workshop, members)
        add_topics(copier, workshop, members, size.topics_each, size.posts_each)


def add_members(copier: Copier, workshop: int, users: list[int]) -> None:
    pattern = copier.one("workshop_member", role="member")
    copier.copies(
        "workshop_member", pattern, len(users),
        lambda i, _key: {"workshop_id": workshop, "user_id": users[i], "group_id": None,
                         "role": "leader" if i == 0 and workshop != pattern["workshop_id"] else "member"},
    )  # fmt: skip


def add_topics(copier: Copier, workshop: int, users: list[int], topics: int, posts: int) -> list[int]:
    pattern, newest = copier.one("topic"), copier.one("topic")["created_at"]
    unset = dict.fromkeys(("pinned_at", "digest_at", "locked_at", "deleted_at"))
    ids = copier.copies(
        "topic", pattern, topics,
        lambda i, _key: {
            **unset, "workshop_id": workshop, "author_id": users[i % len(users)], "last_poster_id": users[0],
            "title": f"第{i + 1}次研讨：如何让学生读懂人物", "last_number": posts, "replies_count": posts - 1, "seq": i + 1,
            "created_at": ago(newest, 60 * 24 * 30 + i), "last_post_at": ago(newest, 60 * 24 * 20 + i),
        },
    )  # fmt: skip
    for topic in ids:
        add_posts(copier, topic, users, 1, posts)
    return ids


def add_posts(copier: Copier, topic: int, users: list[int], first_number: int, posts: int) -> None:
    pattern, rng = copier.one("post"), copier.rng
    words = [
        "读课文要先读人物的话",
        "分组讨论留五分钟",
        "板书可以再简洁些",
        "学生说得比我想的好",
        "这一环节时间偏紧",
        "问题链要有坡度",
    ]

    def change(i: int, key: int) -> Row:
        text = f"{rng.choice(words)}，{rng.choice(words)}。我在第 {rng.randint(1, 40)} 课试过。"
        return {
            "topic_id": topic, "author_id": users[(topic + i) % len(users)],
            "parent_id": key - 1 if i % 4 == 3 else None, "quote_id": None,
            "number": first_number + i, "html": f"<p>{text}</p>", "text": text, "client_uuid": fingerprint(key),
            "likes_count": 0, "seq": first_number + i, "edited_at": None, "withdrawn_at": None,
            "created_at": ago(pattern["created_at"], 60 * 24 * 30 - i),
        }  # fmt: skip

    copier.copies("post", pattern, posts, change)


def grow_sanguo(copier: Copier, users: list[int]) -> None:
    """The demo's own workshop and its first topic become the longest of the county."""
    size, workshop, topic = copier.size, copier.one("workshop")["id"], copier.one("topic")
    newcomers = users[: max(0, size.sanguo_members - copier.one("workshop")["members_count"])]
    add_members(copier, workshop, newcomers)
    add_topics(copier, workshop, newcomers, size.sanguo_topics, size.sanguo_posts_each)
    add_work(copier, newcomers)
    add_posts(copier, topic["id"], newcomers, topic["last_number"] + 1, size.sanguo_posts)
    for name, key, values in (
        ("workshop", workshop, {"members_count": size.sanguo_members}),
        ("topic", topic["id"], {"last_number": topic["last_number"] + size.sanguo_posts,
                                "replies_count": topic["replies_count"] + size.sanguo_posts}),
    ):  # fmt: skip
        table = copier.table(name)
        db.session.execute(sa.update(table).where(table.c.id == key).values(**values))


def add_work(copier: Copier, users: list[int]) -> None:
    """All of them hand something in for the workshop's first task, and are noted at its first activity."""
    work = copier.one("workshop_submission")
    ids = copier.copies("workshop_submission", work, len(users), lambda i, _key: {"user_id": users[i]})
    copy = copier.one("workshop_submission_copy", submission_id=work["id"])
    copier.copies(
        "workshop_submission_copy", copy, len(ids),
        lambda i, key: {"submission_id": ids[i], "client_uuid": fingerprint(key)},
    )  # fmt: skip
    noted = copier.one("attendance")
    copier.copies("attendance", noted, len(users), lambda i, _key: {"user_id": users[i]})


def add_plans(copier: Copier, users: list[int]) -> None:
    pattern = copier.one("lesson_plan")
    copied = [copier.one(name, plan_id=pattern["id"]) for name in ("plan_snapshot", "plan_text")]
    ids = copier.copies(
        "lesson_plan", pattern, copier.size.plans - copier.count("lesson_plan"),
        lambda i, _key: {"title": f"第{i + 1}课教学设计", "owner_id": users[i % len(users)],
                         "visibility": "county" if i % 2 else "private", "edited_at": ago(pattern["edited_at"], i + 60)},
    )  # fmt: skip
    for name, row in zip(("plan_snapshot", "plan_text"), copied, strict=True):
        copier.add(name, ({**row, "plan_id": key} for key in ids))


def add_lessons(copier: Copier, users: list[int]) -> None:
    pattern, comment = copier.one("lesson"), copier.one("timed_comment")
    ids = copier.copies(
        "lesson", pattern, copier.size.lessons - copier.count("lesson"),
        lambda i, _key: {"title": f"第{i + 1}节公开课", "teacher_id": users[i % len(users)],
                         "creator_id": users[i % len(users)], "created_at": ago(pattern["created_at"], i + 60)},
    )  # fmt: skip
    copier.copies(
        "timed_comment", comment, copier.size.comments,
        lambda i, key: {"lesson_id": ids[i % len(ids)], "author_id": users[i % len(users)], "parent_id": None,
                        "client_uuid": fingerprint(key), "body": f"第 {i} 条：这里追问得好"},
    )  # fmt: skip


def add_resources(copier: Copier, users: list[int]) -> None:
    pattern = copier.one("resource")
    copier.copies(
        "resource", pattern, copier.size.resources - copier.count("resource"),
        lambda i, _key: {"title": f"五年级语文资源第{i + 1}号", "created_at": ago(pattern["created_at"], i + 60)},
    )  # fmt: skip


def add_notifications(copier: Copier) -> None:
    if "notification" not in db.metadata.tables or not copier.count("notification"):
        return
    pattern = copier.one("notification")
    copier.copies(
        "notification", pattern, copier.size.notifications,
        lambda i, _key: {"at": ago(pattern["at"], i + 1)},
    )  # fmt: skip
