"""The record of the meeting that is over, as two members wrote it down."""

from __future__ import annotations

from yanxiu.core import clock
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans import services
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.records import new_record, reading_html, sections_of
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.subscribers import tell_record
from yanxiu.workshops.events import RecordSection
from yanxiu.workshops.models import Activity
from yanxiu.workshops.services.records import keep_record

QUESTIONS = (
    ("词句看不懂的", "14", "“都督”“水寨”是什么；“谨守水寨”为什么不出战", "预习单"),
    ("人物为什么这样做的", "16", "周瑜为什么非要害诸葛亮；鲁肃为什么不告诉周瑜", "课堂的主问题"),
    ("和今天有什么关系的", "7", "现在的人还这样斗智吗", "课后"),
)
SPEECHES = (
    ("陈秀英", "难不在字，在人物的**理由**。先让学生说出“换了我会怎么做”，再读原著怎么写。"),
    ("李强", "我一直把词句当主问题来教，一节课过去一半。词句应当交给预习单。"),
    ("吴秀兰", "村小的学生问得不比别人少，只是没有人记下来。我先记一周。"),
    ("周敏", "人物关系图可以放在课前，学生拿着图读，问题会少一类。"),
)


def seed_record(world: DemoWorld, activity: Activity) -> None:
    """Write the record down; who leads the workshop began it, the other note-taker finished it that evening."""
    leader, helper = world.users["leader"], world.users["colleague"]
    with clock.frozen(activity.ends_at):
        document = record_of_difficulties(activity)
        record = services.begin_record(leader, activity, document)
        services.note_edits(record, [helper.id, leader.id])
        stored = stored_document(record.id)
        assert stored is not None
        tell_record(record, stored, document)
        # The workshop hears of it when the whole county stands; those who sow after us put the record into the library.
        sections = [RecordSection(*section) for section in sections_of(document)]
        keep_record(activity, reading_html(document), sections, [helper.id, leader.id])


def record_of_difficulties(activity: Activity) -> Node:
    """The record's sections, filled in."""
    filled: dict[str, list[Node]] = {
        "basics": [
            *new_record(activity)["content"][0]["content"][:3],
            nodes.paragraph("主持人：王丽"),
            nodes.paragraph("记录人：周敏、王丽"),
            nodes.paragraph("缺席及原因：黄翠萍（请假，带学生参加县里比赛）"),
        ],
        "process": [
            nodes.numbered(
                "每人念一个学生真实的提问，共收到 37 个（20 分钟）",
                "分成三组给问题归类，贴在黑板上（30 分钟）",
                "议：哪一类值得在课堂上花时间（40 分钟）",
            ),
            nodes.table(("类别", "个数", "例子", "交给"), QUESTIONS),
        ],
        "discussion": [nodes.table(("发言人", "要点"), SPEECHES)],
        "outcome": [
            nodes.paragraph("一张“难点分类表”，一份可以直接用的预习单。"),
            nodes.bullets("第一类交给预习单", "==第二类是课堂的主问题==", "第三类留给课后"),
        ],
        "todo": [
            nodes.tasks(
                (True, "李强：预习单，周五前发到话题里"),
                (True, "周敏：人物关系图"),
                (False, "吴秀兰：收集村小学生的问题，记一周"),
                (False, "下次再议：怎么追问"),
            )
        ],
    }
    sections = new_record(activity)["content"]
    return nodes.doc(*({**node, "content": filled[node["attrs"]["key"]]} for node in sections))
