"""Fixed vocabularies of the field: stages, subjects, grades, titles, kinds of organization, roles."""

from __future__ import annotations

STAGES = ("幼儿园", "小学", "初中", "高中", "职教")
SUBJECTS = (
    "语文", "数学", "英语", "道德与法治", "科学", "历史", "地理", "物理", "化学", "生物", "政治",
    "音乐", "美术", "艺术", "体育与健康", "信息科技", "通用技术", "劳动", "综合实践", "书法", "心理健康",
    "班主任", "幼儿园综合",
)  # fmt: skip
GRADES = (
    "小班", "中班", "大班", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级",
    "七年级", "八年级", "九年级", "高一", "高二", "高三",
)  # fmt: skip
TITLES = ("未评", "三级教师", "二级教师", "一级教师", "高级教师", "正高级教师")
VOLUME_WORDS = "(?:选择性)?必修 ?(?:[上中下]册|第[一二三四]册|[1-4])|[上下]册|全一册"
"""A pattern of what the books of one subject and grade are called."""
EDITIONS = ("统编版", "人教版", "北师大版", "苏教版", "外研版", "译林版", "冀教版", "教科版", "湘教版", "其他")

ORGANIZATION_KINDS = {
    "province": "省",
    "city": "市",
    "county": "县",
    "center": "教师发展中心",
    "cluster": "片区",
    "school": "学校",
    "group": "教研组",
}
ROLES = {
    "county_admin": "县级管理员",
    "researcher": "教研员",
    "principal": "校长",
    "school_admin": "校级管理员",
    "group_head": "教研组长",
    "mentor": "指导教师",
    "expert": "专家",
    "judge": "评委",
}
ADMIN_ROLES = frozenset({"county_admin", "principal", "school_admin"})
"""Roles that manage people at their organization and below."""
RESEARCH_ROLES = frozenset({"county_admin", "researcher"})
"""Roles that may look into the research work below their organization."""
ROLE_PLACES = {
    "county_admin": frozenset({"province", "city", "county"}),
    "researcher": frozenset({"province", "city", "county", "center", "cluster"}),
    "principal": frozenset({"school"}),
    "school_admin": frozenset({"school"}),
    "group_head": frozenset({"group"}),
    "mentor": frozenset({"county", "center", "cluster", "school"}),
    "expert": frozenset({"province", "city", "county", "center"}),
    "judge": frozenset({"province", "city", "county", "center"}),
}
"""Role → kinds of organization it can be held at."""
APPOINTED_BY = {
    "county_admin": frozenset({"county_admin"}),
    "researcher": frozenset({"county_admin"}),
    "principal": frozenset({"county_admin"}),
    "school_admin": frozenset({"county_admin", "principal"}),
    "group_head": frozenset({"county_admin", "principal", "school_admin"}),
    "mentor": frozenset({"county_admin", "principal", "school_admin"}),
    "expert": frozenset({"county_admin"}),
    "judge": frozenset({"county_admin"}),
}
"""Role → who may hand it out, at or below the organization of their own role."""
