"""The Chinese names of the columns of a bulletin, and what each of them is for."""

from __future__ import annotations

from yanxiu.workshops.models import SectionKind

SECTION_NAMES = {
    SectionKind.OPENING.value: "卷首语",
    SectionKind.INSIGHTS.value: "学情通报",
    SectionKind.ACTIVITIES.value: "活动剪影",
    SectionKind.DISCUSSION.value: "研讨聚焦",
    SectionKind.WORKS.value: "优秀作业",
    SectionKind.PLANS.value: "优秀教案",
    SectionKind.VOICES.value: "学员感悟",
    SectionKind.PEOPLE.value: "优秀学员与组",
    SectionKind.NEXT.value: "下阶段安排",
    SectionKind.TIPS.value: "温馨提示",
}
SECTION_HINTS = {
    SectionKind.OPENING.value: "坊主寄语：这一段时间大家在忙什么，最想说的一句话",
    SectionKind.INSIGHTS.value: "可以在表格前面写一两句说明，也可以不写",
    SectionKind.ACTIVITIES.value: "这段时间没有办过活动，可以自己写，也可以插入照片",
    SectionKind.DISCUSSION.value: "这段时间没有热帖和精华，可以自己写",
    SectionKind.WORKS.value: "这段时间没有推优的作业，可以自己写",
    SectionKind.PLANS.value: "这段时间没有定稿的教案，精华帖和推优作业里也没有引用教案，可以自己写",
    SectionKind.VOICES.value: "摘几句老师的话。反思只有管理团队看得到，摘录前请先问一声作者",
    SectionKind.PEOPLE.value: "写下这一期要表扬的老师和小组",
    SectionKind.NEXT.value: "接下来做什么、什么时候、谁来做",
    SectionKind.TIPS.value: "需要大家留意的事",
}
"""What stands in an empty field."""
