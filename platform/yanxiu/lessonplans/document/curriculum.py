"""What the curriculum standards (课程标准 2022) say that helps to fill in a section: 核心素养 and fields of each subject."""

from __future__ import annotations

from dataclasses import dataclass

_ARTS = ("审美感知", "艺术表现", "创意实践", "文化理解")
LITERACIES: dict[str, tuple[str, ...]] = {
    "语文": ("文化自信", "语言运用", "思维能力", "审美创造"),
    "数学": ("会用数学的眼光观察现实世界", "会用数学的思维思考现实世界", "会用数学的语言表达现实世界"),
    "英语": ("语言能力", "文化意识", "思维品质", "学习能力"),
    "道德与法治": ("政治认同", "道德修养", "法治观念", "健全人格", "责任意识"),
    "科学": ("科学观念", "科学思维", "探究实践", "态度责任"),
    "历史": ("唯物史观", "时空观念", "史料实证", "历史解释", "家国情怀"),
    "地理": ("人地协调观", "综合思维", "区域认知", "地理实践力"),
    "物理": ("物理观念", "科学思维", "科学探究", "科学态度与责任"),
    "化学": ("化学观念", "科学思维", "科学探究与实践", "科学态度与责任"),
    "生物": ("生命观念", "科学思维", "探究实践", "态度责任"),
    "信息科技": ("信息意识", "计算思维", "数字化学习与创新", "信息社会责任"),
    "体育与健康": ("运动能力", "健康行为", "体育品德"),
    "音乐": _ARTS,
    "美术": _ARTS,
    "艺术": _ARTS,
    "劳动": ("劳动观念", "劳动能力", "劳动习惯和品质", "劳动精神"),
}
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "语文": (
        "学习任务群",
        (
            "语言文字积累与梳理",
            "实用性阅读与交流",
            "文学阅读与创意表达",
            "思辨性阅读与表达",
            "整本书阅读",
            "跨学科学习",
        ),
    ),
    "数学": ("领域", ("数与代数", "图形与几何", "统计与概率", "综合与实践")),
    "英语": ("主题范畴", ("人与自我", "人与社会", "人与自然")),
    "物理": ("主题", ("物质", "运动和相互作用", "能量", "实验探究", "跨学科实践")),
}
QUALITY = "对照课标里这一学段的学业质量描述，写清本课落在哪一条，学生达到什么程度"


@dataclass(frozen=True)
class Help:
    """What helps with one section: a heading and what to choose from."""

    section: str
    heading: str
    items: tuple[str, ...]


def help_for(subject: str) -> list[Help]:
    """What the standards offer for the sections of a plan of this subject."""
    found = []
    if subject in FIELDS:
        heading, items = FIELDS[subject]
        found.append(Help("standard", heading, items))
    if subject in LITERACIES:
        found.append(Help("standard", "学业质量", (QUALITY,)))
        found.append(Help("goals", "核心素养", LITERACIES[subject]))
    return found
