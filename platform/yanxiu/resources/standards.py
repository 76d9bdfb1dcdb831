"""The curriculum standards as shipped (课程标准 2022): for each subject 核心素养 and 学习任务群 or 领域—主题. No database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from yanxiu.core.errors import InvalidError
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans.queries.curriculum import FIELDS, LITERACIES

MOST = 40
LONGEST_LITERACY, LONGEST_THEME, LONGEST_HEADING = 30, 60, 20
MOST_LITERACIES = 6
"""So many of one resource."""
PLAIN_HEADING = "学习任务群或领域"
_FINER: dict[str, tuple[str, tuple[str, ...]]] = {
    "数学": ("领域—主题", (
        "数与代数—数与运算", "数与代数—数量关系", "数与代数—数与式", "数与代数—方程与不等式", "数与代数—函数",
        "图形与几何—图形的认识与测量", "图形与几何—图形的位置与运动", "图形与几何—图形的性质", "图形与几何—图形的变化",
        "图形与几何—图形与坐标", "统计与概率—数据分类", "统计与概率—数据的收集、整理与表达",
        "统计与概率—随机现象发生的可能性", "统计与概率—抽样与数据分析", "统计与概率—随机事件的概率", "综合与实践",
    )),
    "科学": ("核心概念", (
        "物质的结构与性质", "物质的变化与化学反应", "物质的运动与相互作用", "能的转化与能量守恒", "生命系统的构成层次",
        "生物体的稳态与调节", "生物与环境的相互关系", "生命的延续与进化", "宇宙中的地球", "地球系统", "人类活动与环境",
        "技术、工程与社会", "工程设计与物化",
    )),
    "道德与法治": ("主题", (
        "道德教育", "生命安全与健康教育", "法治教育", "中华优秀传统文化教育", "革命传统教育", "国情教育",
    )),
    "历史": ("板块", (
        "中国古代史", "中国近代史", "中国现代史", "世界古代史", "世界近代史", "世界现代史", "跨学科主题学习",
    )),
    "化学": ("主题", (
        "科学探究与化学实验", "物质的性质与应用", "物质的组成与结构", "物质的化学变化", "化学与社会·跨学科实践",
    )),
    "生物": ("主题", (
        "生物体的结构层次", "生物的多样性", "生物与环境", "植物的生活", "人体生理与健康", "遗传与进化",
        "生物学与社会·跨学科实践",
    )),
    "信息科技": ("逻辑主线", ("数据", "算法", "网络", "信息处理", "信息安全", "人工智能")),
    "体育与健康": ("课程内容", ("基本运动技能", "体能", "健康教育", "专项运动技能", "跨学科主题学习")),
    "音乐": ("艺术实践", ("欣赏", "表现", "创造", "联系")),
    "美术": ("艺术实践", ("欣赏·评述", "造型·表现", "设计·应用", "综合·探索")),
    "劳动": ("内容", ("日常生活劳动", "生产劳动", "服务性劳动")),
}  # fmt: skip


@dataclass(frozen=True)
class Standard:
    """What the standards say of one subject; `own` tells that the county has changed it."""

    literacies: tuple[str, ...] = ()
    heading: str = PLAIN_HEADING
    themes: tuple[str, ...] = ()
    own: bool = False


@cache
def shipped_standards() -> dict[str, Standard]:
    """Return what comes with the platform, by subject."""
    subjects = dict.fromkeys((*LITERACIES, *FIELDS, *_FINER))
    found = {}
    for subject in subjects:
        heading, themes = _FINER.get(subject) or FIELDS.get(subject) or (PLAIN_HEADING, ())
        found[subject] = Standard(LITERACIES.get(subject, ()), heading, themes)
    return found


def lines_of(text: str, longest: int, field: str) -> list[str]:
    """The lines of a text as names, each once. Raises InvalidError where one is too long or there are too many."""
    names = [" ".join(without_invisible(line).split()) for line in text.splitlines()]
    names = list(dict.fromkeys(name for name in names if name))
    if len(names) > MOST:
        raise InvalidError(f"最多 {MOST} 条", field=field)
    for name in names:
        if len(name) > longest:
            raise InvalidError(f"“{name[:12]}…”太长，每条最多 {longest} 个字", field=field)
        if field == "literacies" and "、" in name:
            raise InvalidError(f"“{name}”里有顿号，请一行写一条", field=field)
    return names


def words_of(joined: str) -> list[str]:
    """The 核心素养 of a resource, one by one."""
    return [word for word in re.split(r"[、，,；;]", joined) if word]
