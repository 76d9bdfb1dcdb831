"""The twenty perspectives of the LICC paradigm: four dimensions of five (observation.md 1.4, forms.md 1).

Dimensions and names are the paradigm's; its 68 points are a book's text and not here. The prompts are our own: what
somebody in the last row can see, hear or count. Schools write further ones themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "licc."


@dataclass(frozen=True)
class Licc:
    """One perspective: `key` never changes, `prompts` are what to look for."""

    key: str
    dimension: str
    name: str
    prompts: tuple[str, ...]


def _five(dimension: str, *rows: tuple[str, str, tuple[str, ...]]) -> tuple[Licc, ...]:
    return tuple(Licc(f"{PREFIX}{slug}", dimension, name, prompts) for slug, name, prompts in rows)


LICC: tuple[Licc, ...] = (
    *_five(
        "学生学习",
        ("prepare", "准备", (
            "铃响时桌上有书、有笔、有预习单的有几个人",
            "老师问到预习的内容，哪些学生答得出，答不出的差在哪里",
        )),
        ("listen", "倾听", (
            "同学发言时，看着发言人、接得上话的有几个人",
            "什么时候开始有人走神，老师做了什么把他们拉回来",
            "听的时候手上在做什么：圈画、记录，还是闲着",
        )),
        ("interact", "互动", (
            "小组里谁说得最多，谁一句没说，各记下次数",
            "学生接同伴的话时，是补充、反驳，还是各说各的",
            "讨论以后，有没有人改了原来的想法",
        )),
        ("autonomy", "自主", (
            "老师不说话、学生自己学的时间加起来有几分钟",
            "自己学的时候用什么办法：读、画、查、试，还是等答案",
            "遇到困难先问谁：自己再想、问同桌、举手问老师",
        )),
        ("achieve", "达成", (
            "抽看几本练习：一次做对的有几人，错在同一处的有几人",
            "用自己的话说得出今天学会了什么的学生有几个",
        )),
    ),
    *_five(
        "教师教学",
        ("steps", "环节", (
            "记下每个环节从几分几秒到几分几秒，哪一段超时",
            "环节之间靠什么接起来，去掉哪一段目标也不受影响",
        )),
        ("present", "呈示", (
            "一句要求说完，学生能不能马上动手，要重复几遍",
            "板书、课件、示范各出现在什么时候，后排看得清吗",
        )),
        ("dialogue", "对话", (
            "问了几个要想一想才能答的问题，问完等了几秒",
            "叫到的学生坐在哪里，有没有整片没被叫到的座位",
            "学生答完，老师是追问、转问、重复还是直接评价",
        )),
        ("guide", "指导", (
            "巡视时停在谁身边、停多久、说了什么",
            "有困难的学生得到了哪一种帮助：提示、例子，还是答案",
        )),
        ("tact", "机智", (
            "哪一刻和教案不一样了，因为什么，改得值不值",
            "学生说出意料之外的话，老师怎样接",
        )),
    ),
    *_five(
        "课程性质",
        ("goals", "目标", (
            "听完五分钟，能不能说出这节课要学生学会什么",
            "目标有没有深浅之分，学得快和学得慢的各有什么要做",
        )),
        ("content", "内容", (
            "教材上的哪些内容留、删、换、补了，理由看得出来吗",
            "最难的一点用了多少时间，讲到什么程度",
            "有没有学科特有的想法和做法，还是换一门课也能这样上",
        )),
        ("enact", "实施", (
            "每个活动学生实际做的，和目标要他们学的是不是一回事",
            "同一个活动里，有没有人只是在等、在抄",
        )),
        ("assess", "评价", (
            "老师靠什么知道学生会了：看、问、练，还是凭感觉",
            "知道还不会以后，接下来的安排变了没有",
        )),
        ("resource", "资源", (
            "学具、屏幕、视频各用了几分钟，拿掉会少了什么",
            "学生说的话、写错的题，有没有当作材料用起来",
        )),
    ),
    *_five(
        "课堂文化",
        ("think", "思考", (
            "有没有一个问题让全班安静下来想，想了多久",
            "学生说出理由的发言有几次，只给答案的有几次",
        )),
        ("democracy", "民主", (
            "学生敢不敢说“我不同意”，说了以后发生什么",
            "规则和分工由谁定，打断别人的是谁",
        )),
        ("create", "创新", (
            "哪一个做法以前没在同类课上见过，学生的反应怎样",
            "学生提出新的问题或办法时，有没有时间往下走",
        )),
        ("care", "关爱", (
            "答错、答不出的学生，老师和同学怎样对待",
            "最需要帮助的那几个学生，这节课被看见几次",
        )),
        ("character", "特质", (
            "这位老师最让人记住的一点是什么，在哪一刻",
            "和同一内容的别的课相比，这节课不一样在哪里",
        )),
    ),
)  # fmt: skip
BY_KEY = {one.key: one for one in LICC}
DIMENSIONS = tuple(dict.fromkeys(one.dimension for one in LICC))
