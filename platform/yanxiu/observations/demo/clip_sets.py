"""Two sets of clips of the demo county: one that a workshop watches together, one that a teacher keeps for herself."""

from __future__ import annotations

from yanxiu.core.demo import DemoWorld
from yanxiu.observations.models import ClipSet, Lesson
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services.clip_sets import ClipDraft, create_clip_set, put_clip

WAITING = (
    ("caochuan", (11, 16), "问完到点名隔了几秒？后排的孩子在做什么？", "先不说话，只数秒。"),
    ("caochuan-2", (6, 13), "同一句问话，这次等了多久？多出来的两秒里谁举了手？", ""),
    ("jingyanggang", (33, 41), "吴老师问完以后看着哪里？换成您，会接着说什么？", ""),
    (
        "caochuan",
        (64, 72),
        "学生答完，老师没有评价，又问了一句。这一问把学生带回了哪里？",
        "理答也是等：等他把理由找出来。",
    ),
)
GROUPS = (
    ("caochuan", (37, 48), "讨论前给的这一分钟，学生拿来做什么了？", ""),
    ("caochuan-2", (44, 52), "抽到的孩子说不全时，台阶是怎么给的？", "学期末给新教师看。"),
)


def put_clips_together(world: DemoWorld) -> None:
    """Put both sets together; the first one crosses three lessons of two teachers."""
    workshop = world.workshops.get("sanguo")
    words = "教研活动前每人先看一遍，带着每一段下面的问题看；活动时一起再放一遍，一段一停。"
    shared = create_clip_set(world.users["leader"], "提问以后，等三秒", words, workshop.id if workshop else None)
    _fill(world, shared, WAITING)
    own = create_clip_set(world.users["leader"], "小组讨论怎样人人有话说")
    _fill(world, own, GROUPS)
    for one, days in ((shared, 1), (own, 3)):
        one.created_at = one.used_at = world.ago(days=days)


def _fill(world: DemoWorld, into: ClipSet, clips: tuple[tuple[str, tuple[int, int], str, str], ...]) -> None:
    for key, (start, end), task, note in clips:
        lesson: Lesson = world.lessons[key]
        version = current_version(recording_of(lesson.id))
        put_clip(into.owner, into, lesson, version, ClipDraft(start * 1000, end * 1000, task, note))
