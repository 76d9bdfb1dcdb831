"""Teach Primary, second edition (2021), of the World Bank: three areas, nine elements judged 1 to 5, and snapshots of time
on learning. CC BY 4.0 IGO allows translating and adapting with attribution and the disclaimers its title page prescribes;
both stand in `NOTICE`.

The descriptions are ours and short. An element weighs what it can reach, so that the total is the sum of the nine scores:
9 to 45. The snapshots are noted and not added up, as in the original.
"""

from __future__ import annotations

from typing import Any

NOTICE = """世界银行 Teach 小学课堂观察工具（第二版，2021），CC BY 4.0 IGO；中文由研修坊编译，不是世界银行的正式译本
Molina, Ezequiel, Adelle Pushparatnam, Carolina Melo, Tracy Wilichowsk, Ana Teresa del Toro Mijares, Elaine Ding, Jenny Beth Aloys, Emma Carter, and Nidhi Singal (2021). Teach Primary (Second Edition). Washington, DC: The World Bank. License: Creative Commons Attribution CC BY 4.0 IGO. https://creativecommons.org/licenses/by/4.0/
中文不是世界银行所译，不应视为世界银行的正式译文，世界银行不对译文的任何内容或错误负责。说明文字有改写，改写中的看法由改写者负责，未经世界银行认可。
This translation was not created by The World Bank and should not be considered an official World Bank translation. The World Bank shall not be liable for any content or error in this translation. This is an adaptation of an original work by The World Bank. Views and opinions expressed in the adaptation are the sole responsibility of the author or authors of the adaptation and are not endorsed by The World Bank."""

_AREAS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("culture", "课堂文化", (
        ("支持性的学习环境", "尊重每个学生，说话温和有鼓励，学生有需要时回应，不因性别、家境、快慢而两样"),
        ("积极的行为期待", "做什么、怎样做说得清楚，做得好的当场肯定，走偏时告诉他该怎样做，而不只是批评"),
    )),
    ("instruction", "教学", (
        ("课的引导", "目标说得出、活动对得上；讲解清楚有层次；联系生活或学过的内容；把做法或想法示范出来"),
        ("检查理解", "用提问、练习了解大多数学生会不会，学生做的时候走近看，再按看到的调整"),
        ("反馈", "针对做对和做错的地方说出具体的话，学生听了知道哪里好、怎样改"),
        ("批判性思维", "提开放的问题，任务要学生比较、解释、说理；学生也会提问和推断"),
    )),
    ("socioemotional", "社会情感能力", (
        ("自主", "给学生选择的机会和实在的角色，学生主动举手、主动承担"),
        ("坚持", "肯定努力和办法，不只夸聪明；把出错当作学习的一部分；带学生定目标"),
        ("社会交往与合作", "安排同伴合作，教学生体谅别人、商量分歧；学生之间互相帮助"),
    )),
)  # fmt: skip
HIGHEST = 5
_YES = ({"value": 1, "label": "是"}, {"value": 0, "label": "否"})
_SHARE = ({"value": 3, "label": "高"}, {"value": 2, "label": "中"}, {"value": 1, "label": "低"})
_TIMES = ("第一次", "第二次", "第三次")

TEACH: dict[str, Any] = {
    "total": 45,
    "scale": [
        {"value": 5, "label": "高"},
        {"value": 4, "label": "中高"},
        {"value": 3, "label": "中"},
        {"value": 2, "label": "中低"},
        {"value": 1, "label": "低"},
    ],
    "criteria": [
        {
            "key": key,
            "title": title,
            "weight": HIGHEST * len(elements),
            "items": [
                {"key": f"{key}-{number}", "title": name, "hint": hint}
                for number, (name, hint) in enumerate(elements, 1)
            ],
        }
        for key, title, elements in _AREAS
    ],
    "snapshots": [
        entry
        for number, time in enumerate(_TIMES, 1)
        for entry in (
            {"key": f"task-{number}-given", "title": f"{time}扫视：多数学生有学习任务", "options": list(_YES)},
            {"key": f"task-{number}-share", "title": f"{time}扫视：在做任务的学生", "options": list(_SHARE)},
        )
    ],
    "notice": NOTICE,
}
