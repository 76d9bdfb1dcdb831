"""By which words the sections of a plan are told, in files that others wrote. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from yanxiu.core.titles import bare

OTHER = "other"
SYNONYMS = {
    "basics": "课题与课时 基本信息 课时安排",
    "standard": "课标要求 课程标准 新课标要求",
    "textbook": "教材分析 教材解读 文本解读 教材简析 教学内容 教学内容分析",
    "learners": "学情分析 学生分析 学习者分析",
    "goals": "教学目标 学习目标 核心素养目标 素养目标 三维目标 教学目的 教学目标核心素养 教学目标三维",
    "focus": "教学重难点 重难点 教学重点难点 教学重点与难点 教学重点和难点 重点难点 教学重点 教学难点",
    "preparation": "教学准备 课前准备 教具准备 教学用具",
    "process": "教学过程 教学流程 教学环节 教学步骤 学习过程",
    "board": "板书设计 板书",
    "homework": "作业设计 课后作业",
    "reflection": "教学反思 课后反思 教后反思",
}
KEYS = {word: key for key, words in SYNONYMS.items() for word in words.split()}


def names_of(sections: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The names by which the sections of a plan (key, title) are told: their own, and what others call them."""
    return KEYS | {bare(title): key for key, title in sections if key != OTHER and bare(title)}
