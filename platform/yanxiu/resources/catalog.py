"""Fixed vocabularies of the library: kinds of resource, visibility, license, where it came from."""

from __future__ import annotations

import re

from yanxiu.core.html import without_invisible

KINDS = {
    "plan": "教学设计",
    "slides": "课件",
    "recording": "课堂实录",
    "reflection": "教学反思",
    "observation": "观课报告",
    "test": "试题",
    "paper": "论文/案例",
    "micro": "微课",
    "material": "素材",
    "policy": "政策文件",
    "other": "其他",
}
VISIBILITIES = {
    "public": "公开",
    "county": "本县",
    "school": "本校",
    "workshop": "工作坊",
    "private": "仅自己",
}
LICENSES = {
    "county": "县内教学使用，注明出处",
    "by-nc": "署名、非商业使用",
    "by": "署名即可使用",
    "by-nd": "署名、不得改编",
    "personal": "仅供个人学习，请勿转发",
    "official": "公开文件",
}
NO_CHANGES = frozenset({"by-nd", "personal"})
"""The licenses under which nobody but the owner makes something of their own of it."""
SOURCES = {"upload": "上传", "generated": "生成"}
ORIGINS = {"workshop": "工作坊", "plan": "教案", "lesson": "课例", "upload": "上传"}
"""Where a resource came from: out of a plan, an observed lesson or a workshop (the record of an activity, or shared there
alone), or out of nobody's but its owner's hands."""
VOLUMES = ("上册", "下册", "全一册", "必修", "选择性必修")
LEVELS = {
    "stage": "学段",
    "grade": "年级",
    "subject": "学科",
    "edition": "版本",
    "volume": "册次",
    "unit": "单元",
    "lesson": "课题",
}
"""The levels of a catalog of textbooks from the top: the columns that resources have too, and their words."""
PROPOSED = {"title": "标题", "kind": "类型", **LEVELS}
"""What the text of a file may say about it."""
LONGEST = {"stage": 10, "grade": 10, "subject": 20, "edition": 20, "volume": 10, "unit": 60, "lesson": 60}
GRADINGS = {"school": "校级", "county": "县级", "fine": "精品"}
"""The levels a review gives."""
REVIEW_STEPS = {"school": "等学校审核", "county": "等县里审核", "done": "审核通过", "returned": "退回修改"}
SORTS = {"newest": "最新", "popular": "下载最多", "rated": "评分最高", "name": "按名称"}

STAGE_OF_GRADE = {
    **dict.fromkeys(("小班", "中班", "大班"), "幼儿园"),
    **dict.fromkeys(("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"), "小学"),
    **dict.fromkeys(("七年级", "八年级", "九年级"), "初中"),
    **dict.fromkeys(("高一", "高二", "高三"), "高中"),
}


def stage_of(grade: str, volume: str) -> str:
    """The stage that a grade, or else a book of 高中, belongs to; empty if neither says."""
    return STAGE_OF_GRADE.get(grade, "") or ("高中" if "必修" in volume else "")


def tidy_tags(text: str | None) -> str:
    """The words of a list of tags, however they were parted, each once and parted by 、."""
    words = re.split(r"[\s、，,；;#|]+", without_invisible(text or ""))
    return "、".join(dict.fromkeys(word for word in words if word))
