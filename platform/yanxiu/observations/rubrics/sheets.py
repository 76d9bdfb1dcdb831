"""The sheets shipped with the product: weights and scales of real ones, the wording of the lines is ours.

Sources: forms.md 1 (sheet A 教师过关课, sheet B 武汉一师一优课, the bands of a whole school), observation.md 1.4 (LICC);
Teach stands in `rubrics.teach`.
"""

from dataclasses import dataclass
from typing import Any

from yanxiu.observations.perspectives.licc import DIMENSIONS, LICC, PREFIX
from yanxiu.observations.rubrics.teach import NOTICE, TEACH


@dataclass(frozen=True)
class ShippedSheet:
    """A template every school may use; `slug` never changes."""

    slug: str
    name: str
    origin: str
    body: dict[str, Any]


_SCALE = [
    {"value": 5, "label": "优"},
    {"value": 4, "label": "良"},
    {"value": 3, "label": "中"},
    {"value": 2, "label": "差"},
]
_BANDS = [
    {"least": 90, "label": "最佳"},
    {"least": 80, "label": "优秀"},
    {"least": 70, "label": "良好"},
    {"least": 60, "label": "合格"},
    {"least": 0, "label": "不合格"},
]


def _criterion(key: str, title: str, weight: int, *lines: str) -> dict[str, Any]:
    items = [{"key": f"{key}-{number}", "title": line} for number, line in enumerate(lines, 1)]
    return {"key": key, "title": title, "weight": weight, "items": items}


_PASSING = {
    "total": 100,
    "scale": _SCALE,
    "bands": _BANDS,
    "criteria": [
        _criterion("goals", "教学目标", 10, "合课标、顾全体", "明确、真实、可检测"),
        _criterion("content", "教学内容", 15, "教材处理与重难点", "容量合适", "资源用得恰当"),
        _criterion(
            "process",
            "教学过程",
            25,
            "思路清楚、层次分明",
            "活动指向目标",
            "节奏张弛有度",
            "激发学习兴趣",
            "学生有探究的时间",
        ),
        _criterion(
            "methods",
            "教学方法与策略",
            30,
            "方法合学情",
            "情境真实有用",
            "面向每一个学生",
            "指导学习方法",
            "促进思维发展",
            "反馈及时、有针对性",
        ),
        _criterion("teacher", "教师素质", 20, "教态与语言", "板书设计", "课堂调控", "信息技术运用"),
    ],
    "bonus": [{"key": "innovation", "title": "有创新", "most": 2}, {"key": "style", "title": "有个人风格", "most": 3}],
}
_FINE_LESSON = {
    "total": 100,
    "scale": _SCALE,
    "bands": _BANDS,
    "criteria": [
        _criterion("goals", "教学目标", 10),
        _criterion("strategy", "教学策略", 15),
        _criterion("content", "教学内容", 20),
        _criterion("methods", "教学方法", 20),
        _criterion("effect", "教学效果", 20),
        _criterion("assessment", "学习评价", 10),
        _criterion("teacher", "基本素养", 5),
    ],
}

_LICC = {
    "total": 100,
    "scale": _SCALE,
    "criteria": [
        {
            "key": f"dimension-{number}",
            "title": dimension,
            "weight": 25,
            "items": [
                {"key": one.key.removeprefix(PREFIX), "title": one.name, "hint": "；".join(one.prompts)}
                for one in LICC
                if one.dimension == dimension
            ],
        }
        for number, dimension in enumerate(DIMENSIONS, 1)
    ],
    "notice": "维度和视角的名称出自崔允漷等的 LICC 课堂观察；看什么由研修坊编写，不是原书的观察点",
}

SHIPPED = (
    ShippedSheet("guoguanke", "教师过关课评价表", "参照学校“过关课”量化标准：五项权重，每条 5、4、3、2 分", _PASSING),
    ShippedSheet("yishiyiyouke", "一师一优课评价表", "参照武汉市“一师一优课”评价项目与权重", _FINE_LESSON),
    ShippedSheet("licc", "LICC 课堂观察评价表", "LICC 的四个维度、二十个视角，各维度 25 分", _LICC),
    ShippedSheet("teach", "Teach 课堂观察表（小学）", NOTICE.splitlines()[0], TEACH),
)
DEFAULT_SLUG = "yishiyiyouke"
