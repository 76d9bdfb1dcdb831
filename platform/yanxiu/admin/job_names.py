"""What background jobs are called on the page of an administrator."""

from __future__ import annotations

JOB_NAMES = {
    "accounts.import_teachers": "导入教师名单",
    "lessonplans.render": "整理教案正文",
    "lessonplans.count_shares": "统计教案版本里各人写的字",
    "resources.from_plan": "把定案的教案放进资源库",
    "lessonplans.catch_up": "检查没有整理的教案",
    "media.prepare": "检查课堂实录",
    "media.lean": "补做课堂实录的省流量版",
    "media.transcode": "转换课堂实录",
    "observations.remind": "提醒听评课的时间",
    "observations.expire": "课例展示期满后更新搜索",
    "observations.sweep_uploads": "清理没有传完的实录",
    "resources.extract_text": "读取资源里的文字",
    "resources.make_preview": "制作资源预览",
    "resources.install_books": "给还没有目录的县装入常用教材目录",
    "imports.unpack": "拆开批量导入的压缩包",
    "imports.publish": "批量导入资源",
    "imports.undo": "撤销批量导入的资源",
    "imports.sweep_arrivals": "清理批量导入里没有传完的文件",
    "resources.sweep_arrivals": "清理没有传完的资源文件",
    "versions.sweep_arrivals": "清理没有传完的资源新版本",
    "resources.drop_upload": "清理没有发布的资源",
    "archive.lesson": "制作课例归档包",
    "archive.lesson_check": "核对课例归档包",
    "archive.sweep_copies": "清理传来核对的课例归档包",
    "archive.workshop": "制作工作坊档案",
    "workshops.invite_onward": "邀请成员到下学期的工作坊",
    "workshops.reindex": "更新工作坊内容的检索",
    "workshops.announce_activities": "提前通知活动",
    "workshops.remind": "发出坊主的提醒",
    "workshops.voice": "转换语音回复",
    "workshops.plan_news": "通知学期计划有调整",
    "workshops.task_due": "提醒任务快截止",
    "workshops.replies_due": "提醒回帖要求快到期",
    "workshops.close_poll": "截止投票",
    "workshops.peer_reviews": "分配互评",
    "workshops.sign_text": "比对作业和发言的文字",
    "workshops.sign_workshop": "比对整个工作坊或任务里的文字",
    "notifications.relocated": "通知老师话题整理过",
    "notifications.announce": "通知成员有新公告",
    "notifications.tell_members": "通知成员活动有变",
    "notifications.digests": "查看谁要消息摘要",
    "notifications.mail": "发送消息摘要",
    "search.saved": "查看存下的搜索有没有新内容",
    "search.reindex_below": "更新搬家单位的检索",
}


def job_name(kind: str) -> str:
    """Return a job's name in words; a kind of an older release keeps its own."""
    return JOB_NAMES.get(kind, f"其他任务（{kind}）")
