"""The scheme of a school of the demo county: what pupils and teacher do with devices, in windows of fifteen seconds; and
sweeps of who was off task."""

from __future__ import annotations

from collections.abc import Callable

from yanxiu.core.demo import DemoWorld
from yanxiu.observations.instruments.labels import HOLDS
from yanxiu.observations.instruments.scheme_lines import body_of_lines
from yanxiu.observations.instruments.shipped import COPUS
from yanxiu.observations.models import Lesson, RecordingVersion
from yanxiu.observations.queries.codings import finished_codings
from yanxiu.observations.services import codings, schemes
from yanxiu.observations.services.codings import Batch, Mark
from yanxiu.observations.services.sweeps import SweepDraft, take_sweep

LINES = """学生（橙）
- 1 听讲看屏：听讲、看课件
- 2 动笔：记笔记、做题、画线
- 3 同桌或小组交流
- 4 单独回答
- 5 齐答
- 6 上台操作：拖动、书写、展示
老师（绿）
- Q 讲解
- W 提问
- E 放课件：翻页、放音频视频（蓝）
- T 巡视
"""
RULES = "每 15 秒一段，出现过就勾，可以勾几个。"
TICKED = {
    "principal": ("1 7 9", "4 8", "5 8 7", "2 10", "3 10", "1 6 9"),
    "colleague": ("1 7 9", "4 8 7", "5 8", "2 10", "3", "1 9"),
}
"""The codes of each window by their numbers, in the order of the lines."""
AGREED = 6
"""The code that one of them did not tick in the second window, by its place: 讲解."""


def code_with_own_scheme(
    world: DemoWorld, lesson: Lesson, version: RecordingVersion, new_uuid: Callable[[DemoWorld], str]
) -> None:
    """Make the school's scheme, let two colleagues code with it and agree on one of the windows in which they differ."""
    maker = world.users["principal"]
    family = schemes.create_scheme(maker, maker.organization_id, "课堂活动与技术（本校）", COPUS)
    family.versions[-1].body = body_of_lines(LINES, "windows", "15", RULES)
    scheme = family.versions[-1].scheme
    for who, windows in TICKED.items():
        marks = [
            Mark(new_uuid(world), at * scheme.interval_ms, code)
            for at, codes in enumerate(windows)
            for code in codes.split()
        ]
        reached_ms = min(version.duration_ms or 0, len(windows) * scheme.interval_ms)
        codings.save_codes(world.users[who], lesson, version, scheme, Batch(tuple(marks), reached_ms=reached_ms))
        codings.finish_coding(world.users[who], lesson, scheme).finished_at = world.ago(days=1)
    first, other = finished_codings(lesson.id, scheme.slug)
    start_ms = scheme.interval_ms
    codings.adjudicate(maker, lesson, first, other, start_ms, 2 * start_ms, HOLDS, label=scheme.codes[AGREED].code)


OFF_TASK: tuple[dict[str, int], ...] = (
    {"4": 2},
    {"1": 1, "4": 1},
    {},
    {"1": 2},
    {"1": 3, "5": 1},
    {"1": 2, "5": 1},
    {"3": 1},
    {},
    {"4": 1},
    {},
)
PUPILS = 42


def sweep_over_the_class(
    world: DemoWorld, lesson: Lesson, version: RecordingVersion, new_uuid: Callable[[DemoWorld], str]
) -> None:
    """Ten looks over the class beside the film, which is shorter than a lesson: closer together than two minutes."""
    step = (version.duration_ms or 0) // (len(OFF_TASK) + 1)
    for at, counts in enumerate(OFF_TASK, 1):
        draft = SweepDraft(new_uuid(world), PUPILS, counts, start_ms=at * step)
        take_sweep(world.users["colleague"], lesson, version, draft)
