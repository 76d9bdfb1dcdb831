"""《景阳冈》and《猴王出世》: plans of two members, in the state in which they really are while they are prepared."""

from __future__ import annotations

from yanxiu.lessonplans.document.nodes import Node, bullets, heading, numbered, paragraph
from yanxiu.lessonplans.document.templates import LITERACY, THREE_DIMENSIONS, filled_document, process_table


def jingyanggang() -> Node:
    """《景阳冈》, second period."""
    return filled_document(
        LITERACY,
        {
            "basics": [paragraph("课题：《景阳冈》　教材：统编版五年级下册第二单元第 6 课　课时：第二课时")],
            "standard": [
                paragraph("阅读叙事性作品，能说出自己印象最深的细节；学习讲述故事，表达有条理，语气、语调适当。")
            ],
            "textbook": [
                paragraph(
                    "本课选自《水浒传》第二十三回，按“喝酒—上冈—打虎—下冈”的顺序写武松打虎。第一课时已经理清顺序、读懂难词，第二课时聚焦打虎一段，练习有声有色地讲故事。"
                )
            ],
            "learners": [
                paragraph(
                    "学生喜欢打虎的情节，容易只顾热闹。原著语言如“提”“按”“只一扑”，动作词密集，朗读时要读出节奏。"
                ),
                paragraph("五（2）班有 6 名学生当众讲话紧张，分组讲述时安排先当“动作导演”，再当讲述人。"),
            ],
            "goals": [
                numbered(
                    "抓住“一扑、一掀、一剪”和武松的“闪”，说清打虎的过程。",
                    "能加上动作、表情，有条理地讲述武松打虎，讲到三分钟左右。",
                    "能结合语句评价武松：勇敢机敏，也有好胜、不听劝的一面。",
                )
            ],
            "focus": [
                heading("教学重点"),
                paragraph("读懂打虎的过程，用自己的话详细讲述。"),
                heading("教学难点"),
                paragraph("对人物作有依据的、多方面的评价。"),
            ],
            "preparation": [bullets("讲故事评价表（内容、顺序、动作神态、声音四项）", "武松打虎连环画四幅，遮去文字")],
            "process": [
                process_table(
                    (
                        "复习导入",
                        "出示“喝酒—上冈—打虎—下冈”四幅图，打乱顺序，请学生上台排列。",
                        "排列图片，各用一句话概括。",
                        "唤起第一课时的内容，为讲述搭好框架。",
                        "5 分钟",
                    ),
                    (
                        "细读打虎",
                        "请学生默读第 8—12 自然段，用横线画老虎的动作，用波浪线画武松的动作。\n追问：武松为什么连用几个“闪”，而不马上打？",
                        "圈画动作词，同桌演一演“扑、掀、剪”与“闪”。\n交流：先避其锋芒，再找机会反击。",
                        "动作词是读懂过程的抓手；演一演让文字变成画面。",
                        "12 分钟",
                    ),
                    (
                        "学讲故事",
                        "示范讲一小段，再放一段评书录音，请学生说说好在哪里。\n出示评价表。",
                        "归纳：讲清顺序、加上动作、声音有快慢。\n小组轮流讲，互相打星。",
                        "评价表先给标准，再练习，讲述有方向。",
                        "13 分钟",
                    ),
                    (
                        "评说武松",
                        "提问：有人说武松“艺高人胆大”，有人说他“明知山有虎偏向虎山行，太冒失”，你同意哪一种？",
                        "找语句作依据，分两方发言，可以补充和反驳。",
                        "从“读故事”走到“品人物”，说话要有依据。",
                        "8 分钟",
                    ),
                    (
                        "小结延伸",
                        "推荐《水浒传》第二十三回，比较原著与课文。",
                        "记下想读的章回。",
                        "由课文走向原著。",
                        "2 分钟",
                    ),
                )
            ],
            "board": [
                paragraph("6　景阳冈", textAlign="center"),
                paragraph("喝酒 —— 上冈 —— ==打虎== —— 下冈", textAlign="center"),
                paragraph("虎：扑　掀　剪　　　武松：闪　闪　闪　打", textAlign="center"),
            ],
            "homework": [
                heading("基础作业"),
                paragraph("把武松打虎的故事讲给家人听，请家人在评价表上打星。"),
                heading("拓展作业"),
                paragraph("读《水浒传》第二十三回，找一处课文没有写的细节，写 100 字说说自己的发现。"),
            ],
        },
    )


def houwang() -> Node:
    """《猴王出世》, just begun: the group still has to write most of it."""
    return filled_document(
        LITERACY,
        {
            "basics": [
                paragraph("课题：《猴王出世》　教材：统编版五年级下册第二单元第 7 课　课时：1 课时　课型：略读课")
            ],
            "textbook": [
                paragraph(
                    "本课选自《西游记》第一回，写石猴出世、发现水帘洞、被拜为猴王。是本单元的略读课，要让学生运用前两课学到的方法自己读。"
                )
            ],
            "learners": [
                paragraph("学生对孙悟空非常熟悉，对“石猴怎样成为猴王”知道得不多；半文半白的句子比前两课更多。")
            ],
            "goals": [
                numbered("能遇到不懂的词句时猜测大意，继续往下读。", "能说出石猴成为猴王的原因。"),
            ],
            "preparation": [bullets("读名著方法卡（沿用《草船借箭》）", "水帘洞一段的动画，1 分 20 秒")],
        },
    )


def hongloumeng() -> Node:
    """《红楼春趣》 by the three dimensions, as some schools still ask for."""
    return filled_document(
        THREE_DIMENSIONS,
        {
            "basics": [paragraph("课题：《红楼春趣》　教材：统编版五年级下册第二单元第 8 课　课时：1 课时")],
            "textbook": [
                paragraph(
                    "选自《红楼梦》第七十回，写宝玉、黛玉等在大观园放风筝。人物多，关系复杂，是四篇中最难读的一篇。"
                )
            ],
            "learners": [paragraph("班里只有两名学生读过《红楼梦》的少儿版。先给人物关系图，再读课文。")],
            "goals": [
                heading("知识与技能"),
                paragraph("能说出放风筝的大致过程，认识宝玉、黛玉、探春等人物。"),
                heading("过程与方法"),
                paragraph("借助人物关系图和资料，运用“猜读、跳读”读下去。"),
                heading("情感态度与价值观"),
                paragraph("感受放风筝的乐趣，对《红楼梦》产生好奇。"),
            ],
            "preparation": [bullets("大观园人物关系图", "民间风筝图片一组")],
        },
    )
