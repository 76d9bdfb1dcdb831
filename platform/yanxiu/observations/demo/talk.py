"""What the teachers of the demo county say about two lessons, to the second."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remark:
    """One comment: who, when in the film (seconds), what kind, what; then the answers as (who, words)."""

    who: str
    start: float
    kind: str
    words: str
    end: float | None = None
    answers: tuple[tuple[str, str], ...] = ()
    audience: str = "everybody"
    resolved: bool = field(default=False)
    drawing: str = ""


GLARE = '[{"kind":"oval","color":"red","at":[6200,1200,8700,4000]},{"kind":"arrow","color":"yellow","at":[8600,8600,7600,4500]}]'
"""The bright spot on the board, and from where it cannot be read."""
PHASES = ((0, "导入"), (15, "初读"), (35, "讨论"), (62, "品读人物"), (80, "小结"))
JINGYANGGANG_PHASES = ((0, "导入"), (12, "理线索"), (33, "读打虎"), (58, "品动词"), (76, "小结"))

CAOCHUAN = (
    Remark(
        "researcher",
        4,
        "highlight",
        "用课题发问：“谁借箭？向谁借？”两个问号就把全文的人物关系带出来了，比直接讲背景好。",
        answers=(("teacher", "原来的设计是先讲故事背景，集体备课时王老师提醒我改的。"),),
    ),
    Remark("leader", 12, "question", "这里问完只等了一秒就点名，后排几个孩子手还没举起来。能不能多等两三秒？", resolved=True,
           answers=(("teacher", "看回放我也发现了，一着急就自己接话。下节课我在教案上标一个“等”字。"),
                    ("colleague", "我也有这个毛病。可以让学生先在书上画，画好再举手。"))),
    Remark("colleague", 17, "evidence", "板书“三天、十万支”，学生齐读时声音一下就起来了。数字对比在这里起了作用。"),
    Remark("villager", 22, "question", "我们班孩子读到“军令状”多半不懂。李老师这里没有停下来解释，是课前已经预习过吗？",
           answers=(("teacher", "预习单里有这个词，请学生查了字典。村小没有条件的话，建议课上用一句话带过。"),)),
    Remark("leader", 28, "suggestion", "初读任务可以再具体一点：不说“读一读”，说“找出三处写诸葛亮有把握的句子”。", end=34),
    Remark("researcher", 37, "highlight", "小组讨论前给了一分钟自己想，这一分钟给得值。讨论起来每个组都有话说。", end=48,
           answers=(("principal", "全校的公开课都可以学这一点：先独立想，再合作说。"),)),
    Remark("colleague", 41, "highlight", "板书把“妒忌—借箭—神机妙算”串成一条线，故事的因果一目了然。"),
    Remark("villager", 46, "technique", "这里投影有点反光，坐右边的学生看不清板书，可能要拉一下窗帘。", resolved=True, drawing=GLARE,
           answers=(("teacher", "已经请后勤装了窗帘，谢谢吴老师提醒。"),)),
    Remark("leader", 53, "question", "连续叫了四位举手的同学，第三、第四组一直没有发言机会。可以改成组内先说，再由组长推荐。", end=60, resolved=True,
           answers=(("teacher", "同意。第二次上课我准备用号码牌，抽到谁谁说。"),
                    ("researcher", "号码牌可以，但要给抽到又不会的孩子一个台阶，比如“可以请同组补充”。"))),
    Remark("colleague", 64, "evidence", "“大雾漫天”一句，学生说出“他早就算好了天气”，李老师接着追问“你从哪里看出来的”，学生回到了课文。", end=72),
    Remark("researcher", 67, "highlight", "追问“你从哪里看出来的”，是这节课最好的一问。理答没有停在“说得真好”上。"),
    Remark("leader", 73, "suggestion", "“知天文、懂地理、识人心”是老师概括的，如果请学生自己写三个词再比一比，概括训练会更扎实。"),
    Remark("villager", 82, "suggestion", "作业是复述。我们班可以改成“给家里人讲借箭”，家长在群里打个勾，孩子更愿意做。",
           answers=(("colleague", "这个好，我们班也这样布置。"),)),
    Remark("principal", 85, "question", "下课前有没有留时间让学生自己说说学到了什么？这里是老师在总结。"),
    Remark("researcher", 50, "suggestion", "李老师，这一段你的语速快了，可能是担心时间不够。私下提醒你：宁可少一个环节，也不要赶。", audience="teacher"),
    Remark("colleague", 30, "evidence", "自己记一下：初读用了二十秒布置任务，我上次用了两分钟。", audience="private"),
)  # fmt: skip

JINGYANGGANG = (
    Remark("teacher", 14, "highlight", "让学生用地点变化理线索，一张图就把长课文读短了。"),
    Remark("leader", 36, "question", "学生读“打虎”一段只读出了热闹，哨棒打断了这个细节没有停下来，可惜。", end=44,
           answers=(("villager", "是的，备课时写了，上课时漏了。第二课时补上。"),)),
    Remark("researcher", 60, "highlight", "请两个学生上来做“一闪、一躲”，全班都笑了，动词就记住了。", end=70),
    Remark("outsider", 78, "suggestion", "板书最后可以留一栏给学生写自己的词。"),
)  # fmt: skip

EVALUATIONS = (
    ("leader", {"goals": 4, "strategy": 4, "content": 5, "methods": 4, "effect": 4, "assessment": 3, "teacher": 5},
     "用课题发问，学生很快进入人物关系。", "候答时间再长一点，照顾没有举手的学生。"),
    ("colleague", {"goals": 5, "strategy": 4, "content": 5, "methods": 4, "effect": 4, "assessment": 4, "teacher": 5},
     "板书一条线，故事因果清楚。", "小组汇报时换一换发言的组。"),
    ("researcher", {"goals": 5, "strategy": 5, "content": 4, "methods": 4, "effect": 4, "assessment": 4, "teacher": 4},
     "追问“你从哪里看出来的”，把学生带回课文。", "概括人物特点的活动交给学生。"),
)  # fmt: skip
EVIDENCE: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {
    "leader": {"methods": ((53, 60),), "assessment": ((11, 15), (53, 60))},
    "researcher": {"effect": ((64, 72),), "strategy": ((37, 48),)},
}
"""By observer and criterion: stretches of the film in seconds."""
SEEN = {"leader": (("effect", 27, "第三组四个人都动了手，汇报时另外两组抬头在听。"),)}
"""By observer: the criterion, the minute of the lesson and what was seen in the classroom."""
HALF_FILLED = ("villager", {"goals": 5, "strategy": 4, "content": 4})
TEACH_LINES = (
    "culture-1", "culture-2", "instruction-1", "instruction-2", "instruction-3", "instruction-4",
    "socioemotional-1", "socioemotional-2", "socioemotional-3", "task-1-given", "task-1-share", "task-2-given", "task-2-share",
)  # fmt: skip
BY_TEACH = (
    ("leader", (4, 4, 5, 3, 4, 4, 4, 3, 4, 1, 3, 1, 2),
     "号码牌让第三、第四组都有人说话，学生等到的时间也长了。", "抽到不会说的孩子，可以先请同组补一句。"),
    ("colleague", (5, 4, 4, 4, 4, 3, 4, 3, 4, 1, 3, 1, 3),
     "每个组先写再说，说的人看着同学。", "“从哪里看出来的”还可以让学生互相问。"),
)  # fmt: skip
"""The lesson taught again, judged by Teach: who, the scores of `TEACH_LINES`, words."""
