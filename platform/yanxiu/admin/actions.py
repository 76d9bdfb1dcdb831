"""The audit log's actions in a reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yanxiu.accounts.catalog import ROLES

ACTIONS = {
    "user.created": "新建账号",
    "user.edited": "修改资料",
    "user.deactivated": "停用账号",
    "user.reactivated": "恢复账号",
    "user.id_number_shown": "查看身份证号",
    "password.changed": "修改自己的密码",
    "password.reset": "重置密码",
    "organization.created": "新建组织",
    "organization.renamed": "修改组织",
    "organization.moved": "移动组织",
    "organization.closed": "关闭组织",
    "organization.reopened": "恢复组织",
    "appointment.created": "任命",
    "appointment.ended": "结束任职",
    "import.confirmed": "确认导入",
    "import.cancelled": "放弃导入",
    "import.finished": "导入完成",
    "import.passwords_handed_out": "下载初始密码",
    "audit.exported": "导出操作记录",
    "audit.verified": "核验操作记录",
    "watching.exported": "导出观看记录",
    "workshop.created": "新建工作坊",
    "workshop.cloned": "续办到下学期",
    "workshop.changed": "修改工作坊设置",
    "workshop.role_changed": "更改工作坊角色",
    "workshop.rights_changed": "更改工作坊权限",
    "workshop.member_removed": "移出工作坊",
    "workshop.promoted": "评定工作坊级别",
    "workshop.ended": "结束工作坊",
    "workshop.reopened": "重新开放工作坊",
    "workshop.archived": "导出工作坊档案",
    "workshop.archive_fetched": "下载工作坊档案",
    "workshop.imported": "导入工作坊档案",
    "topic.moved": "移动话题",
    "topic.merged": "合并话题",
    "topic.split": "拆分话题",
    "topic.undone": "撤销整理话题",
    "topic.reshaped": "修改话题类型或规则",
    "topic.requirement": "修改回帖要求",
    "activity.created": "安排活动",
    "activity.changed": "修改活动",
    "activity.cancelled": "取消活动",
    "attendance.marked": "登记出勤",
    "attendance.rest_absent": "其余登记为缺席",
    "attendance.online": "把在线的老师登记为出席",
    "attendance.stayed": "在线满五分钟，自动登记出席",
    "task.deleted": "删除任务",
    "task.restored": "恢复任务",
    "work.marked": "批改作业",
    "work.returned": "退回作业",
    "reviews.asked": "安排互评",
    "bulletin.published": "发布简报",
    "bulletin.withdrawn": "撤回简报",
    "bulletin.deleted": "删除简报草稿",
    "plan.visibility": "更改教案可见范围",
    "plan.round": "留下磨课的一稿",
    "plan.suggestion": "处理教案建议",
    "plan.check": "查阅教案",
    "plan.template": "保存教案模板",
    "plan.template_retired": "停用教案模板",
    "plan.layout": "上传教案版式",
    "plan.layout_retired": "停用教案版式",
    "plan.phase": "推进集体备课",
    "plan.hand_over": "移交教案",
    "plan.restore": "恢复教案旧版本",
    "plan.delete": "删除教案",
    "plan.undelete": "恢复教案",
    "resource.take_down": "下架资源",
    "resource.hide_comment": "移除资源的评论",
    "resource.review": "审核资源",
    "collection.update": "修改资源包",
    "collection.remove": "删除资源包",
    "collection.restore": "恢复资源包",
    "textbook.add": "添加教材目录",
    "textbook.rename": "教材目录改名",
    "textbook.move": "移动教材目录",
    "textbook.order": "调整教材目录顺序",
    "textbook.retire": "停用教材目录",
    "textbook.reinstate": "恢复教材目录",
    "textbook.remap": "资源换到另一个教材目录",
    "textbook.remap_undone": "撤销换教材目录",
    "textbook.import": "导入教材目录",
    "textbook.equipped": "自动装入常用教材目录",
    "textbook.unequipped": "撤销自动装入的教材目录",
    "textbook.standard": "修改课标用词",
    "lesson.enter": "代建课例",
    "lesson.audience": "更改课例可见范围",
    "lesson.clip_consent": "更改是否同意摘取课例片段",
    "lesson.pack": "制作课例归档包",
    "lesson.packed": "冻结课例归档包",
    "lesson.pack_fetched": "下载课例归档包",
    "lesson.pack_canceled": "停止制作课例归档包",
    "lesson.pack_checked": "核对课例归档包",
    "lesson.move": "推进听评课的步骤",
    "lesson.due": "更改听评课的截止日期",
    "lesson.attendance": "记听课到场",
    "lesson.sync": "给现场随记对时",
    "lesson.perspectives": "增减观察视角",
    "perspective.share": "把观察视角给本校用",
    "perspective.unshare": "从本校收回观察视角",
    "lesson.deal": "分配观察视角",
    "lesson.second": "连上二次上课",
    "lesson.second_undone": "撤销二次上课",
    "lesson.delete": "删除课例",
    "clip_set.share": "更改微格片段集的共享",
    "clip_set.remove": "删除微格片段集",
    "clip_set.restore": "恢复微格片段集",
    "clip_set.withdraw": "把自己的课从微格片段集里拿出",
    "lesson.restore": "恢复课例",
    "recording.upload": "上传课堂实录",
    "recording.segments": "标注教学环节",
    "recording.subtitles": "更换课堂实录的字幕",
    "evaluation.submit": "提交评课",
    "coding.finish": "完成行为编码",
    "coding.adjudicate": "议定行为编码",
    "scheme.create": "新建编码方案",
    "scheme.revise": "修改编码方案",
    "rubric.create": "新建评课量表",
    "rubric.revise": "修改评课量表",
    "resource.update": "修改资源",
    "resource.import": "批量导入资源",
    "resource.import_undone": "撤销批量导入资源",
    "resource.remove": "删除资源",
    "resource.restore": "恢复资源",
    "search.synonyms": "修改搜索用词",
}
ACTION_GROUPS = (
    ("user.", "账号"),
    ("password.", "密码"),
    ("organization.", "组织"),
    ("appointment.", "任职"),
    ("import.", "导入"),
    ("audit.", "操作记录"),
    ("workshop.", "工作坊"),
    ("topic.", "话题"),
    ("activity.", "活动"),
    ("attendance.", "出勤"),
    ("task.", "任务"),
    ("work.", "作业"),
    ("reviews.", "互评"),
    ("bulletin.", "简报"),
    ("plan.", "教案"),
    ("lesson.", "课例"),
    ("perspective.", "观察视角"),
    ("clip_set.", "微格片段集"),
    ("recording.", "课堂实录"),
    ("evaluation.", "评课"),
    ("coding.", "行为编码"),
    ("scheme.", "编码方案"),
    ("rubric.", "评课量表"),
    ("resource.", "资源"),
    ("textbook.", "教材目录"),
    ("collection.", "资源包"),
    ("search.", "搜索"),
)
"""Beginnings of action names the log can be narrowed to."""


def action_label(action: str) -> str:
    """Return an action in words; one that has none keeps its name."""
    return ACTIONS.get(action, action)


FIELDS = {
    "name": "姓名",
    "username": "用户名",
    "phone": "手机号",
    "email": "邮箱",
    "id_number": "身份证号",
    "subject": "学科",
    "stage": "学段",
    "title": "职称",
    "organization_id": "所在单位",
}
"""What of a person was changed."""
PLACES = {"organization_id": "单位", "parent_id": "上级", "from_parent": "原上级", "to_parent": "新上级"}
"""Keys whose value is the id of an organization."""
PEOPLE = ("user_id", "teacher_id", "before", "after")
"""Keys whose value, if it is a number, is the id of a person."""
WORDS = {
    "username": "用户名",
    "name": "名称",
    "title": "标题",
    "before": "原来",
    "after": "改为",
    "file": "文件",
    "count": "数量",
    "year": "年度",
    "people": "人数",
    "size": "大小",
    "reason": "理由",
    "role": "角色",
    "rights": "权限",
    "kind": "类型",
    "visibility": "可见范围",
    "teacher_id": "授课教师",
    "user_ids": "人员",
    "added": "加了",
    "removed": "去掉",
    "revision": "版本",
    "score": "得分",
    "grade": "等第",
    "excellent": "推优",
    "copy": "第几稿",
    "total": "总分",
    "moved": "时间地点有变",
    "subject": "学科",
    "stage": "学段",
    "term": "学期",
    "theme": "研修主题",
    "join_mode": "加入方式",
    "introduction": "简介",
    "members_may_publish": "坊员可发布话题",
}
WORKSHOP_KINDS = {"project": "项目工作坊", "model": "示范工作坊", "personal": "个人工作坊"}
PRESENCE = {"present": "出席", "late": "迟到", "excused": "请假", "absent": "缺席"}
VALUES: dict[str, Mapping[str, str]] = {
    "role": {"leader": "坊主", "facilitator": "管理成员", "member": "坊员"} | ROLES,
    "kind": WORKSHOP_KINDS,
    "before": WORKSHOP_KINDS | PRESENCE,
    "after": PRESENCE,
    "rights": {
        "admit": "邀请和审批成员",
        "moderate": "管理话题",
        "announce": "置顶公告",
        "plan": "编排计划",
        "activities": "安排活动",
        "grade": "布置和批改任务",
    },
    "grade": {"excellent": "优秀", "passed": "合格", "improve": "待改进"},
    "join_mode": {"open": "开放加入", "apply": "申请加入", "invite": "仅限邀请"},
    "visibility": {
        "public": "公开",
        "county": "本县",
        "school": "本校",
        "workshop": "工作坊",
        "invited": "受邀的人",
        "private": "仅自己和受邀的人",
    },
}
"""What is kept in a short form, by the key it is kept under."""


def place_ids(data: Mapping[str, Any]) -> set[int]:
    """Return the ids of organizations an entry speaks of."""
    return {value for key, value in data.items() if key in PLACES and isinstance(value, int)}


def person_ids(data: Mapping[str, Any]) -> set[int]:
    """Return the ids of people an entry speaks of."""
    one = {data[key] for key in PEOPLE if isinstance(data.get(key), int)}
    return one | set(data.get("user_ids") or ())


def details(data: Mapping[str, Any], places: Mapping[int, str], people: Mapping[int, str]) -> str:
    """Return what an entry carries besides, in words; `places` and `people` are the names of those it speaks of."""
    return "；".join(part for key, value in data.items() if (part := _detail(key, value, places, people)))


def _detail(key: str, value: Any, places: Mapping[int, str], people: Mapping[int, str]) -> str:
    if key in ("user_id", "workshop_id") or value is None or value in ("", []):
        return ""  # the person has a column of their own; the number of a workshop tells a reader nothing
    if key in PLACES:
        return f"{PLACES[key]}：{places.get(value, value)}"
    if key == "fields" and isinstance(value, list):
        return "修改了" + "、".join(FIELDS.get(field, str(field)) for field in value)
    if key == "by" and value == "import":
        return "由导入名单修改"
    if key == "intact":
        return "完整" if value else "有改动"
    return f"{WORDS.get(key, key)}：{_value(key, value, people)}"


def _value(key: str, value: Any, people: Mapping[int, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_value(key, one, people) for one in value)
    if isinstance(value, int) and key in (*PEOPLE, "user_ids"):
        return people.get(value, str(value))
    if key == "total":
        return f"{value / 100:g}"  # kept in hundredths
    if key == "size":
        return f"{value / 1_000_000:.1f} MB"
    return VALUES.get(key, {}).get(str(value), str(value))
