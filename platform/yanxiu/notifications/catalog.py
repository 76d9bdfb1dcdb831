"""What a message says. `{actor}` is the person who did it; `many` is used when several did the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """The sentence of one kind of message, its icon, and whether 工作台 shows it among what waits.

    Invitations and applications do not wait there: the feature they come from shows them with its own buttons.
    What asks the reader for a decision (`decides`) cannot be switched off.
    """

    one: str
    many: str
    icon: str
    waits: bool = False
    decides: bool = False


KINDS: dict[str, Wording] = {
    "reply": Wording("{actor}回复了您", "{actor}等回复了您 {count} 次", "reply", waits=True),
    "mention": Wording("{actor}提到了您", "{actor}等提到了您 {count} 次", "comment", waits=True),
    "like": Wording("{actor}赞了您的发言", "{actor}等 {count} 次赞了您的发言", "like"),
    "digest": Wording("{actor}把您的话题加为精华", "您的话题被加为精华", "star"),
    "answer_accepted": Wording("{actor}采纳了您的回答", "您的 {count} 条回答被采纳", "check"),
    "pinned": Wording("{actor}把您的话题置顶", "您的话题被置顶", "pin"),
    "topic_moved": Wording("{actor}把您发过言的话题移了过来", "{actor}把您发过言的话题移了过来", "workshop"),
    "topic_left": Wording("{actor}把您发过言的话题移到了别处", "{actor}把您发过言的话题移到了别处", "workshop"),
    "topic_merged": Wording(
        "{actor}把您的发言合并到了这个话题", "{actor} {count} 次把您的发言合并到了这个话题", "comment"
    ),
    "topic_split": Wording("{actor}把您的发言分到了新话题", "{actor} {count} 次把您的发言分到了新话题", "comment"),
    "replies_due": Wording("话题要求的回帖明天到期", "话题要求的回帖明天到期", "clock"),
    "announcement": Wording("{actor}发布了公告", "{actor}发布了公告", "pin"),
    "nudge_announcement": Wording("{actor}请您看一看公告", "{actor}请您看一看公告", "pin", waits=True),
    "nudge_unanswered": Wording("{actor}请您看看等回复的话题", "{actor}请您看看等回复的话题", "comment", waits=True),
    "nudge_bulletin": Wording("{actor}请您看一看简报", "{actor}请您看一看简报", "file", waits=True),
    "nudge_task": Wording("{actor}提醒您交作业", "{actor}提醒您交作业", "task", waits=True),
    "nudge_replies": Wording("{actor}提醒您按要求回帖", "{actor}提醒您按要求回帖", "reply", waits=True),
    "nudge_away": Wording("{actor}邀请您回来看看", "{actor}邀请您回来看看", "workshop", waits=True),
    "nudge_silent": Wording("{actor}想听听您的想法", "{actor}想听听您的想法", "comment", waits=True),
    "joined": Wording("{actor}加入了工作坊", "{actor}等 {count} 位老师加入了工作坊", "user"),
    "application": Wording("{actor}申请加入工作坊", "{actor}等 {count} 位老师申请加入工作坊", "user", decides=True),
    "accepted": Wording("您的加入申请通过了", "您的加入申请通过了", "check"),
    "refused": Wording("您的加入申请没有通过", "您的加入申请没有通过", "info"),
    "invitation": Wording("{actor}邀请您加入工作坊", "{actor}邀请您加入工作坊", "workshop", decides=True),
    "invitation_accepted": Wording("{actor}接受了您的邀请", "{actor}等 {count} 位老师接受了您的邀请", "check"),
    "role": Wording("{actor}调整了您在工作坊的角色", "您在工作坊的角色有调整", "shield"),
    "rights": Wording("{actor}调整了您在工作坊的权限", "您在工作坊的权限有调整", "shield"),
    "workshop_kind": Wording("{actor}认定了工作坊的类型", "工作坊的类型有调整", "star"),
    "workshop_ended": Wording("{actor}结束了工作坊，内容仍能查看", "工作坊已结束，内容仍能查看", "flag"),
    "workshop_reopened": Wording("{actor}恢复了工作坊", "工作坊已恢复", "workshop"),
    "activity_new": Wording("{actor}安排了新的活动", "{actor}安排了新的活动", "flag"),
    "activity_changed": Wording("{actor}调整了活动安排", "{actor}等 {count} 次调整了活动安排", "clock"),
    "activity_cancelled": Wording("{actor}取消了活动", "{actor}取消了活动", "warning"),
    "activity_near": Wording("活动一天之内就要开始了", "活动一天之内就要开始了", "flag"),
    "term_plan": Wording("学期计划有调整", "学期计划有调整", "flag"),
    "task_new": Wording("{actor}布置了新任务", "{actor}布置了新任务", "task"),
    "task_due": Wording("任务明天截止，您还没有提交", "任务明天截止，您还没有提交", "clock"),
    "work_returned": Wording("{actor}退回了您的作业", "{actor}退回了您的作业", "undo", decides=True),
    "reviews_asked": Wording("请您互评几份作业", "请您互评几份作业", "task"),
    "work_marked": Wording("{actor}批改了您的作业", "{actor}批改了您的作业", "check"),
    "work_chosen": Wording("{actor}把您的作业推为优秀", "{actor}把您的作业推为优秀", "star"),
    "archive_ready": Wording("工作坊档案做好了，可以下载", "工作坊档案做好了，可以下载", "folder"),
    "archive_failed": Wording("工作坊档案没有做成", "工作坊档案没有做成", "warning"),
    "bulletin_new": Wording("{actor}发布了简报", "{actor}发布了简报", "file"),
    "plan_review": Wording("{actor}请您评议初案", "{actor}请您评议初案", "plan", waits=True),
    "plan_agreed": Wording("共案定了，请做您的个案", "共案定了，请做您的个案", "plan", waits=True),
    "plan_newer": Wording("共案有了新的一稿，可以收进您的个案", "共案有了新的一稿，可以收进您的个案", "plan"),
    "plan_adapted": Wording("{actor}做了个案", "{actor}等 {count} 位老师做了个案", "plan"),
    "plan_reflection": Wording("这一课上过了，请写课后反思", "这一课上过了，请写课后反思", "edit"),
    "plan_reflection_again": Wording(
        "课后反思还没有写，趁印象还在写几句", "课后反思还没有写，趁印象还在写几句", "edit"
    ),
    "plan_reflected": Wording("{actor}写了课后反思", "{actor}等 {count} 次写了课后反思", "edit"),
    "plan_comment": Wording("{actor}批注了教案", "{actor}等批注了教案 {count} 次", "comment", waits=True),
    "plan_comment_reply": Wording("{actor}回复了批注", "{actor}等回复了批注 {count} 次", "reply", waits=True),
    "plan_comment_mention": Wording(
        "{actor}在批注里提到了您", "{actor}等在批注里 {count} 次提到了您", "comment", waits=True
    ),
    "plan_comment_resolved": Wording("{actor}处理好了您的批注", "您有 {count} 条批注处理好了", "check"),
    "plan_suggestion": Wording("{actor}给教案提了建议", "{actor}等给教案提了 {count} 条建议", "comment", waits=True),
    "plan_adopted": Wording("{actor}采纳了您的建议", "您有 {count} 条建议被采纳", "check"),
    "plan_declined": Wording("{actor}说明了为什么没有采纳您的建议", "有 {count} 条建议没有采纳，理由已写明", "info"),
    "plan_checked": Wording("{actor}查阅了您的教案", "{actor}等查阅了您的教案 {count} 次", "check"),
    "plan_revise": Wording("{actor}查阅后请您修改教案", "{actor}等 {count} 次请您修改教案", "edit", waits=True),
    "plan_final": Wording("{actor}把集体备课的教案定案了", "{actor}把集体备课的教案定案了", "check"),
    "plan_handed_over": Wording("{actor}把教案交给您主备", "{actor}把教案交给您主备", "plan", decides=True),
    "plan_invited": Wording("{actor}邀请您一起备课", "{actor}邀请您一起备课", "plan", decides=True),
    "plan_writer": Wording("{actor}请您一起写教案", "{actor}请您一起写教案", "plan"),
    "plan_restored": Wording("{actor}恢复了教案早先的版本", "{actor}等 {count} 次恢复了早先的版本", "history"),
    "plan_revision": Wording("{actor}保存了教案的新版本", "{actor}等保存了 {count} 个新版本", "history"),
    "lesson_entered": Wording("{actor}为您登记了一节课", "{actor}等为您登记了 {count} 节课", "lesson"),
    "lesson_invited": Wording("{actor}邀请您观课", "{actor}邀请您观课", "lesson", decides=True),
    "lesson_asked": Wording("{actor}想来听您的课", "{actor}等 {count} 位老师想来听您的课", "lesson", decides=True),
    "lesson_declined": Wording("{actor}说这次不方便听课", "{actor}说这次不方便听课", "info"),
    "lesson_meeting": Wording("{actor}约您开课前会议", "{actor}约您开课前会议", "lesson"),
    "lesson_dealt": Wording("{actor}分给您观课的视角", "{actor} {count} 次分给您观课的视角", "lesson"),
    "lesson_evaluate": Wording("{actor}请您评课", "{actor}请您评课", "task", waits=True),
    "lesson_discuss": Wording("{actor}请大家来议课", "{actor}请大家来议课", "comment"),
    "lesson_reflect": Wording("议课结束了，请写教学反思", "议课结束了，请写教学反思", "edit", waits=True),
    "lesson_reflected": Wording("{actor}写了教学反思", "{actor}写了教学反思", "edit"),
    "lesson_door": Wording(
        "{actor}扫码想进来评课，请您按“请进来”", "{actor}等 {count} 位老师扫码想进来评课", "user", decides=True
    ),
    "lesson_together": Wording("{actor}正带大家一起看课堂实录", "{actor}带大家一起看了 {count} 次课堂实录", "play"),
    "lesson_clipped": Wording(
        "{actor}把您这节课的片段放进了微格片段集", "您这节课的片段 {count} 次放进了微格片段集", "play"
    ),
    "lesson_withdrawn": Wording(
        "{actor}把自己的课从您的片段集里拿出了", "有老师 {count} 次从您的片段集里拿出自己的课", "info"
    ),
    "lesson_clips_refused": Wording(
        "{actor}不再同意摘取自己的课，您的片段集里这几段看不到了",
        "有老师不再同意摘取自己的课，您的片段集里有几段看不到了",
        "lock",
    ),
    "lesson_archived": Wording("{actor}把这节课归档了", "{actor}把这节课归档了", "folder"),
    "lesson_reopened": Wording("{actor}重新打开了这节课", "{actor}重新打开了这节课", "undo"),
    "lesson_near": Wording("一天之内要上的课，请安排时间", "一天之内要上的课，请安排时间", "clock"),
    "lesson_due": Wording("这节课有一步明天到期，还等着您", "这节课有一步明天到期，还等着您", "clock"),
    "comment": Wording("{actor}点评了您的课", "{actor}等点评了您的课 {count} 次", "comment", waits=True),
    "comment_reply": Wording("{actor}回复了您的点评", "{actor}等回复了您的点评 {count} 次", "reply", waits=True),
    "evaluation": Wording("{actor}交来一份评课", "{actor}等交来 {count} 份评课", "task", waits=True),
    "coding": Wording("{actor}完成了行为编码", "{actor}等完成了 {count} 份行为编码", "chart"),
    "resource_accepted": Wording("{actor}审核通过了您的资源", "您的资源审核通过了", "check"),
    "resource_fine": Wording("{actor}把您的资源评为精品", "您的资源被评为精品", "star"),
    "resource_returned": Wording("{actor}退回了您的资源，写了理由", "您的资源退回修改，理由已写明", "undo", waits=True),
    "resource_taught": Wording("{actor}用您的资源上过课了", "{actor}等 {count} 次用您的资源上课", "check"),
    "resource_comment": Wording("{actor}评论了您参与的资源", "{actor}等评论了您参与的资源 {count} 次", "comment"),
    "resource_taken_down": Wording(
        "{actor}下架了您的资源，写了理由", "您的资源被下架，理由已写明", "warning", decides=True
    ),
    "search_found": Wording("您存的搜索有 1 份新内容", "您存的搜索有 {count} 份新内容", "search"),
    "recording_ready": Wording("课堂实录可以观看了", "课堂实录可以观看了", "play"),
    "recording_failed": Wording("课堂实录没有处理成功", "课堂实录没有处理成功", "warning", waits=True),
}
DECIDED_KINDS = frozenset(kind for kind, wording in KINDS.items() if wording.decides)
WAITING_KINDS = frozenset(kind for kind, wording in KINDS.items() if wording.waits)


def sentence(kind: str, actor: str, count: int) -> str:
    """Return what the message says."""
    wording = KINDS[kind]
    template = wording.one if count == 1 else wording.many
    return template.format(actor=actor, count=count)


GROUPS = {
    "研讨": ("reply", "replies_", "mention", "like", "digest", "pinned", "announcement", "answer_", "topic_"),
    "备课": ("plan_",),
    "观课": ("lesson_", "comment", "evaluation", "coding", "recording_"),
    "资源和搜索": ("resource_", "search_"),
    "任务和活动": ("task_", "work_", "reviews_", "activity_"),
}
"""Under which heading 设置 offers a kind, by how its name begins; the others belong to 工作坊."""


def kinds_by_group() -> dict[str, list[str]]:
    """Return every kind under its heading."""
    found: dict[str, list[str]] = {name: [] for name in (*GROUPS, "工作坊")}
    for kind in KINDS:
        group = next((name for name, starts in GROUPS.items() if kind.startswith(starts)), "工作坊")
        found[group].append(kind)
    return found
