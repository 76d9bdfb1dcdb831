"""The schemes of codes that are shipped.

S-T: T is what the teacher says (explains, asks, judges, sums up) and does (writes on the board, demonstrates), S is
everything else (observation.md 1.1, after 刘云, 苟琳 2013). FIAS: the ten categories of Flanders (1970), observation.md 1.2.
ITIAS: the eighteen of 顾小清, 王炜 2004, groups as in observation.md 1.3; iFIAS: 方海光 2012, Flanders' categories with 4 and
9 divided and technology added. COPUS: two-minute windows in which several codes are ticked, 13 of students and 11 of the
instructor (Smith et al. 2013 for the structure; the words are ours).
"""

from __future__ import annotations

from yanxiu.observations.instruments.schemes import KEYS, Code, Mode, Scheme, Sum

TEACHER = Code("T", "t", "教师行为", "teacher", "讲解、提问、评价、反馈、板书、演示")
STUDENT = Code("S", "s", "学生行为", "student", "发言、思考、练习、讨论、记笔记、沉默，教师行为以外的都是")
BOTH = Code("D", "d", "师生互动", "both", "一问一答连续来回，分不出以谁为主")
_ST_RULES = (
    "老师的语言和动作记 T，其余都记 S，安静思考、做题也记 S。",
    "行为变了就按一次键，不变不用按；算的时候再按取样间隔取样。",
)
_FIAS_CODES = (
    Code("1", "1", "接纳情感", "indirect", "以不使人紧张的方式接纳学生的情感"),
    Code("2", "2", "表扬鼓励", "indirect", "称赞或鼓励；不伤人的玩笑也记 2"),
    Code("3", "3", "采纳观点", "indirect", "澄清、扩展、利用学生说的"),
    Code("4", "4", "提问", "indirect", "就内容或步骤提问，期待学生回答"),
    Code("5", "5", "讲授", "direct", "讲事实、讲看法"),
    Code("6", "6", "指令", "direct", "要求学生照着做"),
    Code("7", "7", "批评或维护权威", "direct", "批评学生；拿学生开玩笑也记 7"),
    Code("8", "8", "学生应答", "student", "回答老师的问题，范围由老师定"),
    Code("9", "9", "学生主动", "student", "学生自己提出想法或问题"),
    Code("10", "0", "沉寂或混乱", "silence", "停顿、安静，或听不清在说什么；超过 3 秒才记"),
)
_FIAS_RULES = (
    "拿不准时，记离 5 最远的那一类（10 除外）。",
    "没有明显变化，不在直接影响和间接影响之间来回换。",
    "3 秒里有几类，都记下来；没有变化，算的时候每 3 秒重复一次。",
    "沉寂超过 3 秒，每 3 秒记一个 10。",
)
_ITIAS_WORDS = (
    ("接受情感", "indirect", "以不使人紧张的方式接受学生的情感"),
    ("鼓励表扬", "indirect", "称赞或鼓励学生的言行"),
    ("采纳意见", "indirect", "承认、扩展或利用学生的说法"),
    ("开放性提问", "indirect", "没有唯一答案，要学生说出自己的想法"),
    ("封闭性提问", "indirect", "答案是定好的，学生回忆或判断就能答"),
    ("讲授", "direct", "讲内容、讲看法"),
    ("指示", "direct", "要求学生照着做"),
    ("批评", "direct", "批评学生，或说明老师为什么这样要求"),
    ("被动应答", "student", "老师点名或规定了范围，学生回答"),
    ("主动应答", "student", "学生自愿回答，答得超出老师问的范围也算"),
    ("主动提问", "student", "学生自己提出问题"),
    ("与同伴讨论", "student", "学生之间讨论、交流"),
    ("无助于教学的混乱", "silence", "停顿或嘈杂，与学习无关"),
    ("思考问题", "silence", "安静地想老师的问题"),
    ("做练习", "silence", "安静地做题、写作"),
    ("教师操纵技术", "technology", "老师用课件、白板等呈现内容"),
    ("学生操纵技术", "technology", "学生用设备演示、操作、查找"),
    ("技术作用于学生", "technology", "学生看视频、听录音，跟着设备学"),
)
_ITIAS_CODES = tuple(
    Code(str(number), KEYS[number - 1], label, group, hint)
    for number, (label, group, hint) in enumerate(_ITIAS_WORDS, 1)
)
_TALLIED_RULES = (
    "行为变了就按一次键，不变不用按；算的时候每 3 秒记一个代码。",
    "3 秒里有几类，都记下来；拿不准时，记离讲授最远的那一类。",
    "键名写在每个代码前面；10 以后用字母键。",
)
_IFIAS_CODES = (
    *_FIAS_CODES[:3],
    Code("4.1", "4", "开放性提问", "indirect", "没有唯一答案", row="4"),
    Code("4.2", "t", "封闭性提问", "indirect", "答案是定好的", row="4"),
    Code("5", "5", "讲授", "direct", "讲事实、讲看法"),
    Code("6", "6", "指令", "direct", "要求学生照着做"),
    Code("7", "7", "批评或维护权威", "direct", "批评学生；拿学生开玩笑也记 7"),
    Code("8", "8", "被动应答", "student", "回答老师的问题，范围由老师定"),
    Code("9.1", "9", "主动应答", "student", "自愿回答，说出自己的想法", row="9"),
    Code("9.2", "o", "主动提问", "student", "学生自己提出问题", row="9"),
    Code("10", "0", "与同伴讨论", "student", "学生之间讨论、交流"),
    Code("11", "q", "无助于教学的混乱", "silence", "停顿或嘈杂，与学习无关"),
    Code("12", "w", "有益的沉寂", "silence", "安静地思考、做练习"),
    Code("13", "e", "教师操纵技术", "technology", "老师用课件、白板等呈现内容"),
    Code("14", "y", "学生操纵技术", "technology", "学生用设备演示、操作、查找"),
)
_COPUS_WORDS = (
    ("听讲记录", "student", "听老师讲、看板书、记笔记"),
    ("独立思考", "student", "一个人想问题、做题"),
    ("用答题器讨论", "student", "围着一道选择或投票题讨论"),
    ("小组做学习单", "student", "几个人一起完成学习单"),
    ("其他小组活动", "student", "小组做实验、制作、排练"),
    ("回答老师", "student", "回答老师的提问，全班都在听"),
    ("提出问题", "student", "学生向老师或同学提问"),
    ("全班讨论", "student", "几位学生接着说，老师常在其中引导"),
    ("作出预测", "student", "先猜演示或实验的结果"),
    ("上台展示", "student", "学生讲解、表演、展示作品"),
    ("测验", "student", "小测、听写、考试"),
    ("等待", "student", "设备没好、老师在忙，学生没事做"),
    ("学生其他", "student", "上面都不是的"),
    ("讲授", "teacher", "讲内容、推导、举例"),
    ("板书", "teacher", "在黑板、白板或实物投影上写"),
    ("讲评反馈", "teacher", "对着全班讲评作业、答案或活动"),
    ("提问（等人答）", "teacher", "提出要学生回答的问题"),
    ("投票或选择题", "teacher", "整个时段都在用一道投票或选择题"),
    ("回答学生", "teacher", "全班听着，回答学生的提问"),
    ("巡视指导", "teacher", "在小组之间走动、指导"),
    ("个别辅导", "teacher", "与一个人或一组长谈，不顾其他人"),
    ("演示", "teacher", "演示、实验、放视频、用模拟软件"),
    ("事务", "teacher", "发作业、通知、整队"),
    ("教师等待或其他", "teacher", "老师在等，或上面都不是的"),
)
_COPUS_CODES = tuple(
    Code(
        f"{'S' if group == 'student' else 'T'}{number if group == 'student' else number - 13}",
        KEYS[number - 1],
        label,
        group,
        hint,
    )
    for number, (label, group, hint) in enumerate(_COPUS_WORDS, 1)
)

_ST_STEPS = (30_000, 15_000, 10_000)
_ST_GROUPS = {"teacher": "教师", "student": "学生", "both": "互动"}
_TALK_GROUPS = {
    "indirect": "教师间接影响",
    "direct": "教师直接影响",
    "student": "学生",
    "silence": "沉寂",
    "technology": "技术",
}
ST = Scheme("st", "S-T 分析", 1, (TEACHER, STUDENT), _ST_STEPS, 30_000, _ST_RULES, groups=_ST_GROUPS)
STD = Scheme(
    "std", "S-T 分析（加师生互动）", 1, (TEACHER, STUDENT, BOTH), _ST_STEPS, 30_000, _ST_RULES, groups=_ST_GROUPS
)
FIAS = Scheme(
    "fias", "弗兰德斯互动分析", 1, _FIAS_CODES, (3_000,), 3_000, _FIAS_RULES, groups=_TALK_GROUPS, is_tallied=True
)


def _numbered(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, last + 1))


ITIAS = Scheme(
    "itias",
    "ITIAS 互动分析（18 类）",
    1,
    _ITIAS_CODES,
    (3_000,),
    3_000,
    _TALLIED_RULES,
    groups=_TALK_GROUPS,
    sums=(
        Sum("教师言语", _numbered(1, 8)),
        Sum("间接影响", _numbered(1, 5)),
        Sum("直接影响", _numbered(6, 8)),
        Sum("学生言语", _numbered(9, 12)),
        Sum("沉寂", _numbered(13, 15)),
        Sum("技术", _numbered(16, 18)),
    ),
    is_tallied=True,
    by_pairs=True,
)
IFIAS = Scheme(
    "ifias",
    "iFIAS 互动分析（14 类）",
    1,
    _IFIAS_CODES,
    (3_000,),
    3_000,
    (*_TALLIED_RULES, "4 分开放（4.1）和封闭（4.2），9 分主动应答（9.1）和主动提问（9.2），矩阵里合成一行。"),
    groups=_TALK_GROUPS,
    sums=(
        Sum("教师言语", ("1", "2", "3", "4.1", "4.2", "5", "6", "7")),
        Sum("间接影响", ("1", "2", "3", "4.1", "4.2")),
        Sum("直接影响", ("5", "6", "7")),
        Sum("教师提问", ("4.1", "4.2")),
        Sum("学生言语", ("8", "9.1", "9.2", "10")),
        Sum("学生主动", ("9.1", "9.2")),
        Sum("沉寂", ("11", "12")),
        Sum("技术", ("13", "14")),
    ),
    is_tallied=True,
    by_pairs=True,
)
COPUS = Scheme(
    "copus",
    "课堂活动时段观察（COPUS 结构）",
    1,
    _COPUS_CODES,
    (120_000,),
    120_000,
    (
        "每 2 分钟一段，这一段里出现过的都勾上，学生和老师各看各的。",
        "同一段里可以勾几个；再按一次取消。什么都不是，按 X。",
        "结果是出现过这个代码的时段占全部时段的百分比，各项加起来可以超过 100%。",
    ),
    mode=Mode.WINDOWS,
    groups={"student": "学生", "teacher": "教师"},
)
SCHEMES = {scheme.slug: scheme for scheme in (ST, STD, FIAS, ITIAS, IFIAS, COPUS)}
