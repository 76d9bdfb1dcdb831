"""What a new lesson plan starts with. Sections by the usual 教学设计 forms (domain.md 5, forms.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.nodes import Node

PROCESS_COLUMNS = ("环节", "教师活动", "学生活动", "设计意图", "时间")
PROCESS_WIDTHS = (96, None, None, None, 84)
"""The middle columns share what is left of the page."""
PROCESS_STEPS = ("导入新课", "初读感知", "探究研读", "巩固运用", "课堂小结")


@dataclass(frozen=True)
class TemplateSection:
    """A section of a template: a stable key, its title, and the help shown while it is empty."""

    key: str
    title: str
    hint: str
    parts: tuple[str, ...] = ()
    table: bool = False
    required: bool = False
    """Told when it is empty as the plan goes on; nobody is kept from writing or going on."""


@dataclass(frozen=True)
class PlanTemplate:
    """A kind of lesson plan a teacher may start from."""

    key: str
    name: str
    about: str
    sections: tuple[TemplateSection, ...]


_BASICS = TemplateSection("basics", "课题与课时", "课题、教材版本与册次、第几课时、课型")
_STANDARD = TemplateSection("standard", "课标要求", "本课对应的课程标准要求和学业质量描述")
_TEXTBOOK = TemplateSection("textbook", "教材分析", "本课在单元中的位置，教材的编排意图")
_LEARNERS = TemplateSection("learners", "学情分析", "学生已经会什么，难在哪里，兴趣在哪里")
_FOCUS = TemplateSection("focus", "教学重点与难点", "", parts=("教学重点", "教学难点"), required=True)
_PREPARATION = TemplateSection("preparation", "教学准备", "课件、学习单、教具，学生课前要做的事")
_PROCESS = TemplateSection("process", "教学过程", "", table=True, required=True)
_BOARD = TemplateSection("board", "板书设计", "板书的内容与布局")
_HOMEWORK = TemplateSection("homework", "作业设计", "", parts=("基础作业", "拓展作业"), required=True)
_REFLECTION = TemplateSection("reflection", "教学反思", "上完课以后再写：哪里有效，哪里要改，怎么改")

LITERACY = PlanTemplate(
    "literacy",
    "素养目标",
    "按核心素养写目标，适合新课标",
    (
        _BASICS,
        _STANDARD,
        _TEXTBOOK,
        _LEARNERS,
        TemplateSection(
            "goals", "教学目标（核心素养）", "用学生能做到的事来写：通过什么活动，达到什么程度", required=True
        ),
        _FOCUS,
        _PREPARATION,
        _PROCESS,
        _BOARD,
        _HOMEWORK,
        _REFLECTION,
    ),
)
THREE_DIMENSIONS = PlanTemplate(
    "three_dimensions",
    "三维目标",
    "按知识与技能、过程与方法、情感态度与价值观写目标",
    (
        _BASICS,
        _STANDARD,
        _TEXTBOOK,
        _LEARNERS,
        TemplateSection(
            "goals", "教学目标（三维）", "", parts=("知识与技能", "过程与方法", "情感态度与价值观"), required=True
        ),
        _FOCUS,
        _PREPARATION,
        _PROCESS,
        _BOARD,
        _HOMEWORK,
        _REFLECTION,
    ),
)
TEMPLATES = {template.key: template for template in (LITERACY, THREE_DIMENSIONS)}
GIVEN = frozenset(PROCESS_COLUMNS + PROCESS_STEPS).union(*(s.parts for t in TEMPLATES.values() for s in t.sections))
"""Lines that stand in a new plan before anybody has written a word."""


def empty_document(template: PlanTemplate, *, basics: str = "") -> Node:
    """A new plan of this template; `basics` is the first line of the first section."""
    return nodes.doc(*(_empty(section, basics if section.key == "basics" else "") for section in template.sections))


def filled_document(template: PlanTemplate, content: dict[str, list[Node]]) -> Node:
    """A plan whose sections hold the given blocks; sections that are not named stay empty."""
    unknown = content.keys() - {section.key for section in template.sections}
    if unknown:
        raise KeyError(f"sections not in the template: {sorted(unknown)}")
    return nodes.doc(
        *(
            nodes.section(section.key, section.title, section.hint, *content[section.key])
            if section.key in content
            else _empty(section, "")
            for section in template.sections
        )
    )


def process_table(*steps: tuple[str, str, str, str, str]) -> Node:
    """The table of 教学过程."""
    return nodes.table(PROCESS_COLUMNS, steps, PROCESS_WIDTHS)


def _empty(section: TemplateSection, first_line: str) -> Node:
    if section.table:
        rows = [(step, "", "", "", "") for step in PROCESS_STEPS]
        return nodes.section(section.key, section.title, section.hint, process_table(*rows))
    if section.parts:
        blocks = [block for part in section.parts for block in (nodes.heading(part), nodes.paragraph())]
        return nodes.section(section.key, section.title, section.hint, *blocks)
    return nodes.section(section.key, section.title, section.hint, nodes.paragraph(first_line))
